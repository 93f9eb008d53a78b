"""`tocsin discover URL`: a site's feeds, sitemaps and sections, as lines to paste into config.yaml."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, read_config

if TYPE_CHECKING:
    from crawler.newsroom import Newsroom
    from crawler.survey import Found, Survey
    from crawler.wire import Unreachable
    from scheduler.config import Config
    from scheduler.config_lines import Line

DELAY = 1.0  # seconds between two requests to one host, without a configuration that says otherwise


@click.command()
@click.argument("url")
@click.option("--private", is_flag=True, help="Let it reach addresses in private networks.")
@config_option
@json_option
def discover(url: str, private: bool, config_path: Path, as_json: bool) -> None:
    """Find the feeds, sitemaps and sections of a site; print lines to paste into config.yaml.

    URL is a site, a section of it or a page; without a scheme, https:// is put before it. Needs no config.yaml, but
    asks in the name of its contact where there is one. Exit 1 where nothing was found.
    """
    address = web_address(url)
    config = known_config(config_path)
    now = datetime.now(UTC)
    survey = _surveyed(address, private, config, now, bare="://" not in url)
    say_notes(address, survey)
    if as_json:
        click.echo(json.dumps(report(survey, private), ensure_ascii=False, indent=1))
    elif survey.found:
        from scheduler.config_lines import sources_block

        click.echo(sources_block(lines(survey, private, config, now)), nl=False)
    raise click.exceptions.Exit(int(not survey.found or survey.stopped))


def web_address(text: str) -> str:
    """Return the address that a person typed, whole; exits with 2 where it is none."""
    from pydantic_core import PydanticCustomError

    from scheduler.config_sources import web_url

    typed = text.strip()
    bare = not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)", typed)  # example.org:8443, but not mailto:desk@example.org
    try:
        return web_url(f"https://{typed}" if bare else typed)
    except PydanticCustomError as error:
        said = str(error).replace("a source is an address", "it should be an address")
        raise click.UsageError(f"'{_plain(typed)[:80]}' can't be looked at: {said}") from error


def known_config(path: Path) -> Config | None:
    """Return the configuration where there is one; one that was not asked for and has problems is gone without."""
    from click.core import ParameterSource

    if click.get_current_context().get_parameter_source("config_path") is not ParameterSource.DEFAULT:
        return read_config(path)
    if not path.exists():
        return None
    from scheduler.config import ConfigError, load

    try:
        return load(path, os.environ)
    except ConfigError as error:
        count = len(error.problems)
        click.echo(f"{path} has {count} problem{'s' * (count != 1)} ('tocsin check'): it is not used here", err=True)
        return None


def _surveyed(url: str, private: bool, config: Config | None, now: datetime, *, bare: bool) -> Survey:
    """Survey the site, or say why it can't be reached and exit with 1."""
    from importlib.metadata import version

    from crawler import newsroom as crawl
    from crawler.settings import settings
    from crawler.survey import survey
    from crawler.wire import Unreachable
    from crawler.workers import Workers

    results: list[Survey] = []

    async def main(room: Newsroom) -> int:
        with _progress() as told:
            work = asyncio.ensure_future(survey(room, url, now, private=private, told=told))
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, work.cancel)
            results.append(await work)
        return 0

    delay = config.delay.total_seconds() if config else DELAY
    wanted = settings(config.contact if config else "", version("tocsin"), delay=delay)
    readers = Workers(count=1)  # one thing is read at a time, and each takes seconds to start
    try:
        crawl.run(wanted, main, readers)
    except Unreachable as error:
        click.echo(f"tocsin: {_plain(url)}: {why_not(error, url, bare=bare)}", err=True)
        raise click.exceptions.Exit(1) from error
    except asyncio.CancelledError as error:
        click.echo("tocsin: stopped before anything was found", err=True)
        raise click.exceptions.Exit(1) from error
    finally:
        readers.close()
    return results[0]


def why_not(error: Unreachable, url: str, *, bare: bool) -> str:
    """Return why an address can't be had, and what else to try; `bare` where it was typed without a scheme."""
    if "private" in error.reason:
        return f"{error.reason}; 'tocsin discover --private' looks there"
    if bare and error.passing:
        return f"{error.reason}; without encryption: 'tocsin discover http{url.removeprefix('https')}'"
    return error.reason


class _progress(contextlib.AbstractContextManager[Callable[[str], None]]):
    """A line on a terminal that says what is being asked for, and goes when it is over."""

    def __init__(self) -> None:
        self.count, self.shown = 0, sys.stderr.isatty()

    def __enter__(self) -> Callable[[str], None]:
        return self._say

    def __exit__(self, *_: object) -> None:
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _say(self, url: str) -> None:
        self.count += 1
        width = shutil.get_terminal_size((100, 24)).columns - 1
        if self.shown:
            click.echo(f"\r\x1b[K{f'{self.count:>3}  {_plain(url)}'[:width]}", err=True, nl=False)


def _plain(text: str) -> str:
    from scheduler.config_lines import on_one_line

    return on_one_line(text)


def say_notes(url: str, survey: Survey) -> None:
    """Say on standard error what was done, and what of the site's own naming was no use."""
    for address, reason in survey.missing:
        click.echo(f"{_plain(address)} is no use: {_plain(reason)}", err=True)
    if survey.unseen:
        shown = ", ".join(map(_plain, survey.unseen[:3])) + (", …" if len(survey.unseen) > 3 else "")
        click.echo(f"{len(survey.unseen)} more that the site names or links to were not looked at: {shown}", err=True)
    asked = f"{survey.asked} request{'s' * (survey.asked != 1)}"
    if survey.stopped:
        click.echo(f"stopped after {asked}", err=True)
    if not survey.found:
        hint = "a page of it that lists articles can be a source with 'kind: page' and 'links', a CSS selector"
        click.echo(f"tocsin: {_plain(url)} has no feed, sitemap or section that {asked} could find; {hint}", err=True)
    elif survey.direct:
        click.echo(f"{_plain(url)} is itself a {what_it_is(survey.found[0])}", err=True)
    else:
        count = len(survey.found)
        found = "one source" if count == 1 else f"{count} sources, the best first, the others as comments"
        click.echo(f"{_plain(survey.name) or _plain(url)}: {found} ({asked})", err=True)


def what_it_is(found: Found) -> str:
    """Return the kind of a listing in words."""
    if found.kind == "page":
        return "section" if found.how == "section" else "page"
    return "news sitemap" if found.news else found.kind


def lines(survey: Survey, private: bool, config: Config | None, now: datetime) -> list[Line | str]:
    """Return the lines to paste: the best source, and the others as comments."""
    from crawler.discover import listing_key
    from scheduler.config_lines import Line, named

    there = {listing_key(source.url): source.name for source in config.sources} if config else {}
    names = named((_name(found, survey) for found in survey.found), there.values())
    made: list[Line | str] = []
    for found, name in zip(survey.found, names, strict=True):
        twin = there.get(listing_key(found.url))
        remark = f"already in config.yaml as '{twin}'" if twin else remark_on(found, now)
        made.append(Line(row=_row(found, name, private), remark=remark, active=not made and not twin))
    return made


@dataclass(frozen=True, slots=True)
class _Step:
    length: timedelta
    name: str


_STEPS = (
    _Step(timedelta(days=365), "year"),
    _Step(timedelta(days=30), "month"),
    _Step(timedelta(days=1), "day"),
    _Step(timedelta(hours=1), "hour"),
    _Step(timedelta(minutes=1), "minute"),
)


def ago(age: timedelta) -> str:
    """Return how long ago something was, as a person says it."""
    for step in _STEPS:
        if age >= step.length:
            number = age // step.length
            return f"{number} {step.name}{'s' * (number != 1)} ago"
    return "just now"


def remark_on(found: Found, now: datetime) -> str:
    """Return what a person wants to know before choosing: what it is, how much it holds, how fresh it is."""
    count = f"{found.entries or 'no'} entr{'y' if found.entries == 1 else 'ies'}"
    age = f"newest {ago(now - found.newest)}" if found.newest else "without dates" if found.entries else ""
    said = (what_it_is(found), count, age, found.lang or "")
    return ", ".join(part for part in said if part) + (f"; {found.problem}" if found.problem else "")


def _name(found: Found, survey: Survey) -> str:
    from urllib.parse import urlsplit

    site = survey.name or urlsplit(found.url).hostname or found.url
    return f"{site}: {found.title}" if found.kind == "page" and found.title else found.title or site


def _row(found: Found, name: str, private: bool) -> dict[str, str | bool]:
    # A stranger's address must not ask for a secret of the user's; such braces stand for themselves in none.
    row: dict[str, str | bool] = {"name": name, "url": found.url.replace("${", "$%7B")}
    if found.kind != "feed":
        row["kind"] = found.kind
    return row | ({"private": True} if private else {})


def report(survey: Survey, private: bool) -> dict[str, Any]:
    """Return the survey as a program reads it; dates in ISO 8601."""
    from scheduler.config_lines import named

    names = named(_name(found, survey) for found in survey.found)
    return {
        "site": survey.name,
        "direct": survey.direct,
        "requests": survey.asked,
        "stopped": survey.stopped,
        "found": [
            _row(found, name, private)
            | {
                "what": what_it_is(found),
                "how": found.how,
                "entries": found.entries,
                "newest": found.newest.isoformat() if found.newest else None,
                "language": found.lang,
                "title": found.title,
                "problem": found.problem,
            }
            for found, name in zip(survey.found, names, strict=True)
        ],
        "missing": [{"url": url, "reason": reason} for url, reason in survey.missing],
        "unseen": list(survey.unseen),
    }
