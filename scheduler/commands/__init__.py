"""One file for each family of commands; what they share: the configuration option and how problems are told."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from scheduler.config import Config

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


def read_config(path: Path, valid_url: Callable[[str], bool] | None = None) -> Config:
    """Load the configuration and adopt its own names, or print every problem and exit with 2."""
    from crawler.gazetteer.own import adopt
    from scheduler.config import ConfigError, load

    try:
        config = load(path, os.environ, valid_url=valid_url)
        adopt(config.own)
        return config
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' * (count != 1)} in {path}", err=True)
        raise click.exceptions.Exit(2) from error


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
