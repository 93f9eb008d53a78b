"""`tocsin check` and `tocsin test-channel`: is the configuration what the user meant?"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, read_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.message import Message
    from alerts.rules import Rule
    from scheduler.config import Channel, Config

DAYS = 30


@click.command()
@click.option(
    "--days",
    type=click.IntRange(0, 3_650),
    default=DAYS,
    show_default=True,
    help="How far to look back in the archive for how often each rule would have rung; 0 for not at all.",
)
@config_option
@json_option
def check(config_path: Path, as_json: bool, days: int) -> None:
    """Say config.yaml in plain words and how often each rule would have rung, or every problem in it (exit 2)."""
    from alerts.delivery import valid_url
    from alerts.rules import describe

    config = read_config(config_path, valid_url, strict=True)
    past = _past(config, days)
    rules: list[dict[str, Any]] = [
        {"name": rule.name, "enabled": rule.enabled, "says": describe(rule), "alerts": past.counts.get(rule.name)}
        for rule in config.rules
    ]
    if as_json:
        channels = list(config.channels)
        sources = [{"name": source.name, "url": source.url} for source in config.sources]
        since = past.since.isoformat() if past.since else None
        made = {"sources": sources, "channels": channels, "rules": rules, "since": since}
        click.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    counts = ((len(config.sources), "source"), (len(config.channels), "channel"), (len(rules), "rule"))
    said = ", ".join(f"{number} {noun}{'s' * (number != 1)}" for number, noun in counts)
    click.echo(f"{config_path} is in order: {said}.")
    for rule in config.rules:
        click.echo(f"\n  {click.style(rule.name, bold=True)}\n{_wrapped(describe(rule) + past.said(rule))}")
    if past.unknown:
        click.echo(f"\nHow often they would have rung is not known: {past.unknown}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """How many alerts each rule would have rung since then; `unknown` says why that can't be told."""

    counts: Mapping[str, int] = field(default_factory=dict)
    since: datetime | None = None
    words: str = ""
    unknown: str = ""

    def said(self, rule: Rule) -> str:
        """Return a sentence on a rule, empty where nothing is known."""
        if rule.name not in self.counts:
            return ""
        count = self.counts[rule.name]
        times = {0: "not have rung", 1: "have rung once"}.get(count, f"have rung {count:,} times")
        return f" It would {times} {self.words}."


def _past(config: Config, days: int) -> _Past:
    """Try the rules that are not switched off on the archive."""
    from alerts.rules import RuleSet
    from scheduler.archive import open_archive
    from scheduler.database import StoreError
    from scheduler.replay import began, counted

    rules = RuleSet(rule for rule in config.rules if rule.enabled)
    if not days or not len(rules):
        return _Past()
    now = datetime.now(UTC)
    try:
        with closing(open_archive(config.database)) as archive, ExitStack() as stack:
            first = began(archive)
            if first is None:
                return _Past(unknown="the archive is empty")
            asked = now - timedelta(days=days)
            since = max(asked, first)
            counts = counted(archive, rules, since, now, lambda length: _bar(stack, length))
    except StoreError as error:
        return _Past(unknown=str(error))
    words = f"in the last {days} days" if first <= asked else f"since {first:%d %b}, when the archive begins"
    return _Past(counts=counts, since=since, words=words.replace("last 1 days", "last day"))


def _bar(stack: ExitStack, length: int) -> Callable[[int], None]:
    shown = sys.stderr.isatty()
    bar = click.progressbar(length=length, label="looking back", file=sys.stderr, hidden=not shown)
    return stack.enter_context(bar).update


def _wrapped(text: str) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return click.wrap_text(text, width, initial_indent="      ", subsequent_indent="      ")


@click.command("test-channel")
@click.argument("name")
@config_option
def test_channel(name: str, config_path: Path) -> None:
    """Send a made-up alert to the channel NAME of config.yaml, as it shows one; exit 1 where it is not accepted."""
    from alerts.delivery import send_by_apprise, valid_url
    from scheduler.logs import Mask

    config = read_config(config_path, valid_url)
    channel = config.channels.get(name)
    if channel is None:
        raise click.UsageError(f"{config_path} has no channel '{name}'; it has: {', '.join(config.channels) or 'none'}")
    problem = send_by_apprise(channel.url, _sample(channel, config.timezone))
    if problem:
        click.echo(f"{name}: {Mask(config.secrets)(problem)}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{name}: accepted")


def _sample(channel: Channel, timezone: str) -> Message:
    """Return a made-up alert as the channel shows one, which says so first."""
    from zoneinfo import ZoneInfo

    from alerts.message import Message
    from alerts.rendering import TemplateFaultError
    from alerts.samples import sample

    page = sample(ZoneInfo(timezone) if timezone else UTC)
    note = f"This is a test of the channel “{channel.name}”. Nothing has happened."
    title = f"Test: {page.title}"
    page, template, written = replace(page, title=title, note=note), channel.template, None
    if template:
        try:
            written = template.of(page)
        except TemplateFaultError as fault:  # it was tried without a note
            raise click.ClickException(f"{template.name}:{fault.line}: {fault}") from None
    return Message(title, page.body, page.severity, telling=page.telling, note=note, zone=page.zone, written=written)
