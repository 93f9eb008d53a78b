"""`tocsin silence`: hear nothing of a rule, a region, an armed group or a story for a while; what that held back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.message import clean
from scheduler.commands import config_option, json_option, login, plainly, read_config, readable, writable
from scheduler.commands.groups import ShowGroup
from scheduler.commands.look import moment, table

if TYPE_CHECKING:
    from alerts.gathering import Scope
    from scheduler.config import Config
    from scheduler.store import Store

Row = dict[str, Any]
Meant = tuple["Scope", str, str]  # what kind of thing it is, its code, id or name, and its name
LONGEST = timedelta(days=366)
STORY = click.IntRange(1, 10**18)


@click.group(cls=ShowGroup)
def silence() -> None:
    """Hear nothing of a rule, region, group or story for a while (`add`, `end`); without a command, list what is."""


@silence.command()
@click.argument("number", type=STORY, required=False, metavar="[ID]")
@click.option("--all", "past", is_flag=True, help="Those that are over, too.")
@config_option
@json_option
@plainly
def show(number: int | None, past: bool, config_path: Path, as_json: bool) -> None:
    """List the silences in force, with how many alerts each has held back; or the alerts that the silence ID has."""
    found, alerts = _looked_up(read_config(config_path), number, past)
    if number is not None and not found:
        click.echo(f"there is no silence {number}; 'tocsin silence --all' lists those there were", err=True)
        raise click.exceptions.Exit(1)
    if as_json:
        rows = found if number is None else found[0] | {"alerts": alerts}
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif found:
        heads = ["id", "silenced", "since", "until", "by", "because", "held back"]
        click.echo(table(heads, [_cells(row) for row in found]))
        for alert in alerts:
            said = f"{alert['rule']}: {alert['reason']} — {clean(alert['title'])} ({alert['deliveries']})"
            click.echo(f"  {moment(alert['created'])}  {said}")
        if number is None:
            click.echo(
                "\n'tocsin silence ID' lists what one held back; 'tocsin silence end ID' ends it and has that told"
            )
    else:
        click.echo("nothing is silenced; 'tocsin silence add NAME --for 2h --because …' does it")


def _looked_up(config: Config, number: int | None, past: bool) -> tuple[list[Row], list[Row]]:
    """Return the silences asked for, and the alerts that the one asked for held back."""
    from scheduler.database import Sql
    from scheduler.silences import Silences

    archive = readable(config)
    silences = Silences(Sql(archive.db, archive.path))
    found = silences.listed(datetime.now(UTC), past=past or number is not None)
    if number is None:
        return found, []
    return [row for row in found if row["id"] == number], silences.held(number)


def _cells(row: Row) -> list[Any]:
    until = moment(row["ended"] or row["until"]) + " (over)" * (not row["in_force"])
    told = [clean(row[name]) for name in ("author", "because")]
    return [row["id"], _what(row["kind"], clean(row["name"])), moment(row["begun"]), until, *told, row["held"]]


def _what(kind: str, name: str) -> str:
    return name if kind == "story" else f"{kind} {name}"


@silence.command()
@click.argument("name", required=False)
@click.option("--story", type=STORY, metavar="ID", help="A story, instead of a name.")
@click.option("--as", "kind", type=click.Choice(["rule", "region", "group"]), help="What NAME is, where it is several.")
@click.option("--for", "length", required=True, metavar="TIME", help="How long: 30m, 2h, 3d.")
@click.option("--because", required=True, metavar="TEXT", help="Why; told with what was held back.")
@click.option("--by", metavar="WHO", help="Who does it.  [default: the login name]")
@config_option
@plainly
def add(name: str | None, config_path: Path, **asked: Any) -> None:
    """Hold back every alert of the rule, region or armed group NAME, or of one story.

    NAME is taken for a rule's if there is one, then for a region's, then for a group's. Alerts are decided and kept as
    ever; at the end what was held back is told in one digest for each channel.
    """
    config, now = read_config(config_path), datetime.now(UTC)
    until = now + _length(asked["length"])
    because, author = (clean(text).strip() for text in (asked["because"], asked["by"] or login()))
    if not because or not author:
        raise click.UsageError("a silence says who wants it and why: --because and --by must not be empty")
    if (name is None) == (asked["story"] is None):
        raise click.UsageError("name one thing: a rule, a region, a group, or --story ID")
    store = writable(config)
    if name is None:
        meant, *others = [_story(store, asked["story"])]
    else:
        meant, *others = _meanings(name, asked["kind"], config)
    scope, value, known = meant
    number = store.rulings.silences.add(scope, (value, known), (author, because), now, until)
    code = f" [{value}]" if scope == "region" else ""  # many places share a name
    click.echo(f"silence {number}: {_what(scope, known)}{code} is silenced until {moment(until.isoformat())}")
    for other, _, called in others:
        click.echo(f"there is a {other} of that name too, {called}: --as {other} silences that", err=True)


def _length(written: str) -> timedelta:
    from pydantic_core import PydanticCustomError

    from scheduler.config_values import duration

    try:
        length = duration(written)
    except PydanticCustomError as error:
        raise click.UsageError(f"--for: {error}") from error
    if length > LONGEST:
        raise click.UsageError("--for: at most 366d; 'enabled: false' switches a rule off")
    return length


def _meanings(name: str, kind: str | None, config: Config) -> list[Meant]:
    """Return what a name may be, that which it is taken for first; or leave with 2 where it is nothing."""
    found = [meant for meant in _named(name.strip(), config) if kind in (None, meant[0])]
    if not found:
        wanted = kind or "rule, region or armed group"
        raise click.UsageError(f"there is no {wanted} '{clean(name)}'{_near(name, config)}")
    return found


def _named(name: str, config: Config) -> Iterator[Meant]:
    from crawler.gazetteer import gazetteer, groups

    rules = {rule.name: rule.name for rule in config.rules}
    rule = rules.get(name) or {known.casefold(): known for known in rules}.get(name.casefold())
    if rule:
        yield "rule", rule, rule
    if name and (region := gazetteer().resolve(name)):
        yield "region", region.code, region.name
    if name and (group := groups().resolve(name)):
        yield "group", group.id, group.name


def _near(name: str, config: Config) -> str:
    from difflib import get_close_matches

    from crawler.gazetteer import gazetteer, groups

    rules = get_close_matches(name[:200], [rule.name for rule in config.rules], n=1)
    near = [*rules, *gazetteer().suggest(name)[:1], *groups().suggest(name)[:1]] if name.strip() else []
    return f", did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""


def _story(store: Store, story: int) -> Meant:
    if not store.story(story).readings:
        raise click.UsageError(f"there is no story {story}; 'tocsin stories' lists those of the last days")
    return "story", str(story), f"story {story}"


@silence.command()
@click.argument("number", type=STORY, metavar="ID")
@config_option
@plainly
def end(number: int, config_path: Path) -> None:
    """End a silence now and tell what it held back, but for what then waits for a rule's quiet hours."""
    from alerts.local_time import quiet_until

    config, now = read_config(config_path), datetime.now(UTC)
    quiet = {rule.name: rule.quiet for rule in config.rules if rule.quiet}
    row = writable(config).rulings.silences.end(
        number, now, lambda rule: quiet_until(quiet[rule], now) if rule in quiet else None
    )
    if row is None:
        click.echo(f"there is no silence {number} in force; 'tocsin silence' lists those there are", err=True)
        raise click.exceptions.Exit(1)
    held = row["held"]
    told = f"{held} alert{'s' * (held != 1)} that it held back {'are' if held != 1 else 'is'} told"
    click.echo(
        f"{_what(row['kind'], clean(row['name']))} is silenced no more; {told if held else 'it held nothing back'}"
    )
