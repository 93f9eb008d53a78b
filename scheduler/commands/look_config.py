"""The configuration that the daemon runs by, for `tocsin status`: also while the file itself does not pass."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.message import clean
from scheduler.commands import read_config

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config

Row = dict[str, Any]


def opened(path: Path) -> tuple[Config | None, Archive]:
    """Return the configuration, `None` where it does not pass, and its archive.

    What is wrong is printed. Exits with 2 where there is no archive that a daemon runs on either. Raises StoreError.
    """
    from crawler.gazetteer.own import adopt
    from scheduler.archive import open_archive
    from scheduler.config import ConfigError, load

    if not path.exists():
        read_config(path)  # says so, and exits: another file's daemon is not what was asked about
    try:
        config = load(path, os.environ)
    except ConfigError as error:
        count = len(error.problems)
        click.echo(f"{path} does not pass ({count} problem{'s' * (count != 1)}; 'tocsin check' says which)", err=True)
        database = _database(path)
        if not database.exists():
            raise click.exceptions.Exit(2) from error
        return None, open_archive(database)
    adopt(config.own)
    return config, open_archive(config.database)


def _database(path: Path) -> Path:
    """Return the database that a file names, even one that does not pass: what it would be by default else."""
    from scheduler.config_yaml import read

    try:
        data = read(path.read_bytes()).data
    except OSError:
        data = None
    named = data.get("database") if isinstance(data, dict) else None
    return path.parent / Path(named if isinstance(named, str) and named.isprintable() else "tocsin.db").expanduser()


def in_force(archive: Archive) -> Row | None:
    """Return what the daemon runs by and its process, `None` where none has run yet.

    A process that is no more says nothing about the file: it may have been mended since.
    """
    from scheduler.database import holder

    rows = archive.rows("select path, loaded, problems, since from configuration where id = 1", [])
    if not rows:
        return None
    process = holder(archive.path)
    return rows[0] | {"process": process} | ({"problems": None, "since": None} if process is None else {})


def names_in_force(config: Config | None, archive: Archive) -> tuple[list[str], list[str]]:
    """Return the names of the rules and the sources: of the file, or where it does not pass, of the daemon's."""
    if config is not None:
        return [rule.name for rule in config.rules], [source.name for source in config.sources]
    rows = archive.rows("select rules, sources from configuration where id = 1", [])
    if not rows:
        return [], [row["name"] for row in archive.sources()]
    return json.loads(rows[0]["rules"]), json.loads(rows[0]["sources"])


def told_config(row: Row | None) -> Iterator[str]:
    """Yield what is wrong with the file that the daemon looks at, before anything else."""
    from scheduler.commands.look import moment

    if row and row["problems"]:
        yield click.style(f"{row['path']} has not passed since {moment(row['since'])}:", fg="red", bold=True)
        yield from (f"  {clean(line)}" for line in row["problems"].splitlines()[:20])
        yield f"the rules of {moment(row['loaded'])} stay in force until it does\n"
    if row and row["process"] is None:
        yield click.style("no daemon is running: 'tocsin run' starts it\n", fg="yellow")
