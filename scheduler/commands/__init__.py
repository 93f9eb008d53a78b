"""One file for each family of commands; what they share: the configuration option and how problems are told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config, Problem
    from scheduler.store import Store

P = ParamSpec("P")
R = TypeVar("R")

config_option = click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("config.yaml"),
    show_default=True,
    metavar="FILE",
    help="The configuration file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def read_config(path: Path, valid_url: Callable[[str], bool] | None = None, *, strict: bool = False) -> Config:
    """Load the configuration and adopt its own names, or print every problem and exit with 2.

    Where it is `strict`, warnings are problems too.
    """
    from crawler.gazetteer.own import adopt
    from scheduler.config import ConfigError, load

    try:
        config = load(path, os.environ, valid_url=valid_url)
    except ConfigError as error:
        warnings = [one for one in error.warnings if one not in error.problems] if strict else []
        _complain(path, error.problems + warnings)
        raise click.exceptions.Exit(2) from error
    if strict and config.warnings:
        _complain(path, list(config.warnings))
        raise click.exceptions.Exit(2)
    adopt(config.own)
    return config


def _complain(path: Path, problems: list[Problem]) -> None:
    """Print each problem, on a terminal with its line and a caret under the column."""
    in_order = {file: number for number, file in enumerate(dict.fromkeys(one.path for one in problems))}
    for problem in sorted(problems, key=lambda one: (in_order[one.path], one.line, one.column)):
        if sys.stderr.isatty():
            click.echo(_marked(problem), err=True)
        else:
            click.echo(str(problem), err=True)
    count = len(problems)
    click.echo(f"{count} problem{'s' * (count != 1)} in {path}", err=True)


def _marked(problem: Problem) -> str:
    from scheduler.config_excerpt import excerpt, is_secretive

    place, message = str(problem).removesuffix(problem.message), problem.message
    said = f"{click.style(place, bold=True)}{message}"
    before = list(problem.lines[: problem.line])
    if len(before) < problem.line:  # the end of the file, or a file that can't be read
        return said
    width = shutil.get_terminal_size((100, 24)).columns
    shown = excerpt(before[-1], problem.line, problem.column, width, secretive=is_secretive(before))
    line, caret = shown.splitlines()
    return f"{said}\n{line}\n{click.style(caret, fg='red', bold=True)}\n"


def readable(config: Config) -> Archive:
    """Open the database to look at while the command runs. Raises StoreError."""
    from scheduler.archive import open_archive

    archive = open_archive(config.database)
    click.get_current_context().call_on_close(archive.close)
    return archive


def writable(config: Config) -> Store:
    """Open the database to write while the command runs, whether a daemon does or not. Raises StoreError.

    A file that is not there is not made, and one of an older Tocsin not brought up to date.
    """
    from scheduler.archive import open_archive
    from scheduler.store import open_store

    open_archive(config.database).close()
    store = open_store(config.database)
    click.get_current_context().call_on_close(store.close)
    return store


def login() -> str:
    """Return who runs the command."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "unknown"


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Tell what a person can act on in one line, without a traceback: exit 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> R:
        from scheduler.database import StoreError

        try:
            return command(*args, **kwargs)
        except StoreError as error:
            click.echo(f"tocsin: {error}", err=True)
            raise click.exceptions.Exit(1) from error

    return wrapped
