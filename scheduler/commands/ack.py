"""`tocsin ack`: somebody has seen it."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.message import clean
from scheduler.commands import config_option, plainly, read_config

LONGEST = 80  # characters of a name


@click.command()
@click.argument("what", metavar="ID")
@click.option("--by", metavar="NAME", help="Who; the login name by default.")
@config_option
@plainly
def ack(what: str, by: str | None, config_path: Path) -> None:
    """Acknowledge the alert ID, or the alerts of a story (`story:41`): they escalate no further.

    All that rang for the story until now is acknowledged; what rings for it later escalates anew.
    """
    from scheduler import marks
    from scheduler.archive import open_archive
    from scheduler.store import open_store

    config = read_config(config_path)
    archive = open_archive(config.database)
    click.get_current_context().call_on_close(archive.close)
    kind, _, number = what.rpartition(":")
    row = None
    if number.isdecimal() and kind == "":
        row = marks.alert(archive, int(number[:18]))
    elif number.isdecimal() and kind == "story":
        row = next(iter(archive.story_alerts(int(number[:18]))), None)
        row = row and row | {"story_id": int(number[:18])}
    if row is None:
        raise click.UsageError(f"there is no alert '{clean(what)}'; 'tocsin alerts' lists those of the last days")
    store = open_store(config.database)
    click.get_current_context().call_on_close(store.close)
    name = clean(by or getpass.getuser())[:LONGEST] or "unknown"
    waiting = store.escalations.acknowledge(row["story_id"], name, datetime.now(UTC))
    said = f"{waiting} alert{'s' * (waiting != 1)}" if waiting else "nothing that was not acknowledged before"
    click.echo(f"story {row['story_id']}: {said} acknowledged by {name}")
