"""`tocsin reload`: have the running daemon read its configuration now."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.message import clean
from scheduler.commands import config_option, plainly, read_config, writable
from scheduler.commands.watch import apply_option, check_rules

PATIENCE = 20.0  # seconds that the daemon is given to answer
SHOWN = 20  # problems


@click.command()
@apply_option
@config_option
@plainly
def reload(rules: tuple[str, ...], config_path: Path) -> None:
    """Have the running daemon read config.yaml now, as SIGHUP does; it does so by itself within seconds of a save.

    Checks the file first: exit 2 where it does not pass, 1 where no daemon runs.
    """
    from alerts.delivery import valid_url
    from scheduler import rows
    from scheduler.archive_alerts import APPLY
    from scheduler.database import holder

    config = read_config(config_path, valid_url)
    check_rules(config, rules)
    store = writable(config)
    process = holder(config.database)
    if process is None:
        click.echo(f"no Tocsin is running on {config.database}; 'tocsin run' reads the file when it starts", err=True)
        raise click.exceptions.Exit(1)
    begun = rows.to_time(rows.to_text(datetime.now(UTC))) or rows.NEVER
    for rule in rules:
        store.orders.ask(APPLY, rule, begun)
    os.kill(process, signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        standing = store.orders.standing()
        if standing and standing.loaded >= begun:
            click.echo(f"{config_path} is in force: {len(standing.rules)} rules")
            return
        if standing and standing.since and standing.since >= begun:
            break
        time.sleep(0.1)
    if standing and standing.problems:  # the daemon's environment, or its folder, is another than ours
        said = "".join(f"\n  {clean(line)}" for line in standing.problems.splitlines()[:SHOWN])
        click.echo(f"{config_path} does not pass as the daemon reads it; its old rules stay in force:{said}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"process {process} was asked, but has not read {config_path} yet: see its log", err=True)
    raise click.exceptions.Exit(1)
