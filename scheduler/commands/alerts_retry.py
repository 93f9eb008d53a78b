"""`tocsin alerts retry`: owe again what could not be delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.message import clean
from scheduler.commands import config_option, plainly, read_config, readable, writable


@click.command()
@click.argument("alert_id", required=False, metavar="[ID]")
@click.option("--channel", metavar="NAME", help="Whatever this channel did not take.")
@click.option("--all", "everything", is_flag=True, help="Whatever no channel took.")
@config_option
@plainly
def retry(alert_id: str | None, channel: str | None, everything: bool, config_path: Path) -> None:
    """Send again what could not be delivered: of the alert ID, of a channel, or all of it.

    A running daemon does so within seconds, else the next `tocsin run` or `tocsin once`.
    """
    from scheduler.dead_letters import channels, owe_again

    if [alert_id is not None, channel is not None, everything].count(True) != 1:
        raise click.UsageError("say what: the ID of an alert, --channel NAME, or --all; 'tocsin status' lists them")
    if alert_id is not None and not alert_id.isdecimal():
        raise click.UsageError(f"there is no alert '{clean(alert_id)}'; 'tocsin status' lists what was not delivered")
    config = read_config(config_path)
    archive = readable(config)
    known = channels(archive)
    if channel is not None and channel not in config.channels and channel not in known:
        there = ", ".join(sorted(known | set(config.channels))) or "none"
        raise click.UsageError(f"there is no channel '{clean(channel)}'; there is {there}")
    store = writable(config)
    alert = int(alert_id[:18]) if alert_id is not None else None
    dead, waiting = owe_again(store, datetime.now(UTC), channel=channel, alert=alert)
    click.echo(_said(dead, waiting))
    for name in sorted(known - set(config.channels)):
        if channel in (None, name):
            click.echo(f"{name}: {config_path} has no such channel, so nothing can be sent there", err=True)


def _said(dead: int, waiting: int) -> str:
    if not dead and not waiting:
        return "nothing to send again: no delivery is dead or waits for another try"
    parts = [f"{dead} dead {'delivery' if dead == 1 else 'deliveries'} owed again"] if dead else []
    parts += [f"{waiting} that waited {'is' if waiting == 1 else 'are'} tried at once"] if waiting else []
    return ", ".join(parts)
