"""`tocsin ack`: somebody has seen it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.message import clean
from scheduler.commands import config_option, login, plainly, read_config, readable, writable
from scheduler.commands.alerts import as_id, known_alert

if TYPE_CHECKING:
    from scheduler.archive import Archive

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

    config = read_config(config_path)
    archive = readable(config)
    story, name = _story(archive, what), clean(by or login())[:LONGEST] or "unknown"
    waiting = writable(config).escalations.acknowledge(story, name, datetime.now(UTC))
    said = f"{waiting} alert{'s' * (waiting != 1)}" if waiting else "nothing that was not acknowledged before"
    click.echo(f"story {story}: {said} acknowledged by {name}")


def _story(archive: Archive, what: str) -> int:
    """Return the story of an alert, or the one that is named; exits with 2 where nothing rang for it."""
    kind, _, number = what.partition(":")
    if kind == "story" and number.isdecimal() and archive.story_alerts(as_id(number)):
        return as_id(number)
    return int(known_alert(archive, what)["story_id"])
