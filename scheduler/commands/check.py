"""`tocsin check` and `tocsin test-channel`: is the configuration what the user meant?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click

from scheduler.commands import config_option, json_option, read_config


@click.command()
@config_option
@json_option
def check(config_path: Path, as_json: bool) -> None:
    """Say config.yaml in plain words, or every problem in it (exit 2)."""
    from alerts.delivery import valid_url
    from alerts.rules import describe

    config = read_config(config_path, valid_url, strict=True)
    rules: list[dict[str, Any]] = [
        {"name": rule.name, "enabled": rule.enabled, "says": describe(rule)} for rule in config.rules
    ]
    if as_json:
        channels = list(config.channels)
        sources = [{"name": source.name, "url": source.url} for source in config.sources]
        click.echo(json.dumps({"sources": sources, "channels": channels, "rules": rules}, ensure_ascii=False, indent=1))
        return
    counts = ((len(config.sources), "source"), (len(config.channels), "channel"), (len(rules), "rule"))
    said = ", ".join(f"{number} {noun}{'s' * (number != 1)}" for number, noun in counts)
    click.echo(f"{config_path} is in order: {said}.")
    for rule in rules:
        click.echo(f"\n  {click.style(rule['name'], bold=True)}\n{_wrapped(rule['says'])}")


def _wrapped(text: str) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return click.wrap_text(text, width, initial_indent="      ", subsequent_indent="      ")


@click.command("test-channel")
@click.argument("name")
@config_option
def test_channel(name: str, config_path: Path) -> None:
    """Send one test message to the channel NAME of config.yaml; exit 1 where it is not accepted."""
    from alerts.delivery import send_by_apprise, valid_url
    from alerts.message import Message
    from scheduler.logs import Mask

    config = read_config(config_path, valid_url)
    channel = config.channels.get(name)
    if channel is None:
        raise click.UsageError(f"{config_path} has no channel '{name}'; it has: {', '.join(config.channels) or 'none'}")
    body = f"This is what an alert on the channel “{name}” will arrive as. Nothing has happened."
    problem = send_by_apprise(channel.url, Message("Test message from Tocsin", body, "info"))
    if problem:
        click.echo(f"{name}: {Mask(config.secrets)(problem)}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{name}: accepted")
