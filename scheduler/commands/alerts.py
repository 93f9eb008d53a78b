"""`tocsin alerts`: what rang, one alert whole, and what a person says of it: right, wrong, or missed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.message import clean
from scheduler.commands import config_option, json_option, plainly, read_config, readable, writable
from scheduler.commands.alerts_retry import retry
from scheduler.commands.groups import ShowGroup
from scheduler.commands.look import became, moment, table

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config

Row = dict[str, Any]
NOTE = 500  # characters of a person's note


@click.group(cls=ShowGroup)
def alerts() -> None:
    """Alerts of the last days, one alert whole (`alerts ID`), marking them right, wrong or missed (`mark`).

    And sending again what could not be delivered (`retry`).
    """


@alerts.command()
@click.argument("alert_id", required=False, metavar="[ID]")
@click.option("--rule", metavar="NAME", help="Only this rule's.")
@click.option("--days", type=click.IntRange(1, 36_500), default=7, show_default=True, help="How far to look back.")
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@config_option
@json_option
@plainly
def show(alert_id: str | None, rule: str | None, days: int, limit: int, config_path: Path, as_json: bool) -> None:
    """List alerts, the newest first; or show the alert ID as it was told, with its deliveries."""
    from scheduler import marks

    archive = readable(read_config(config_path))
    if alert_id is not None:
        row = known_alert(archive, alert_id) | {"attempts": archive.attempts(as_id(alert_id))}
        click.echo(_json(row) if as_json else "\n".join(_whole(row)))
        return
    found = marks.alerts(archive, datetime.now(UTC) - timedelta(days=days), limit, rule)
    missed = [row for row in marks.missed(archive) if rule in (None, row["rule"])]
    if as_json:
        click.echo(_json({"alerts": found, "missed": missed}))
        return
    of = f" of the rule '{rule}'" if rule else ""
    if found:
        heads = ["id", "when", "rule", "reason", "alert", "story", "deliveries", "mark"]
        click.echo(table(heads, [_line(row) for row in found]))
        click.echo("\n'tocsin alerts ID' shows one whole; 'tocsin alerts mark ID right|wrong' says what it was worth")
    else:
        click.echo(f"no alert{of} in the last {days} day{'s' * (days != 1)}")
    for row in missed:
        note = f" ({clean(row['note'])})" if row["note"] else ""
        click.echo(f"missed by {row['rule']}: story {row['story_id']} “{clean(row['title'] or '')}”{note}")


def _line(row: Row) -> list[Any]:
    short = (row["id"], moment(row["created"]), row["rule"], row["reason"], clean(row["title"]), row["story_id"])
    return [*short, row["deliveries"] or "–", row["mark"] or ""]


def _whole(row: Row) -> Iterable[str]:
    yield click.style(f"Alert {row['id']}: {clean(row['title'])}", bold=True)
    yield f"  {moment(row['created'])}  {row['rule']}: {row['reason']}, {row['severity']}; story {row['story_id']}"
    if row["mark"]:
        yield f"  marked {row['mark']}" + (f": {clean(row['note'])}" if row["note"] else "")
    for one in row["attempts"]:
        yield f"  to {one['channel']}: {became(one)}"
    yield ""
    yield from (f"  {clean(line)}" for line in row["body"].splitlines())
    yield ""
    yield f"  'tocsin why {row['article_id']}' tells the whole trail of the article that rang it"


@alerts.command()
@click.argument("what", metavar="ID")
@click.argument("verdict", type=click.Choice(["right", "wrong", "missed"]))
@click.option("--rule", metavar="NAME", help="The rule that missed it.")
@click.option("--because", metavar="TEXT", help="Why, for whoever reads it later.")
@config_option
@plainly
def mark(what: str, verdict: str, rule: str | None, because: str | None, config_path: Path) -> None:
    """Say that the alert ID was right or wrong, or that a rule missed an article (its id or URL) or `story:ID`.

    The last word on a rule and a story counts; `tocsin backtest` reckons precision and recall from them.
    """
    from scheduler import marks

    config = read_config(config_path)
    archive = readable(config)
    if verdict == "missed":
        about = _missed(archive, what, _rule(config, rule))
    else:
        row = known_alert(archive, what)
        if rule not in (None, row["rule"]):
            raise click.UsageError(f"alert {row['id']} is one of '{row['rule']}', not of '{rule}'")
        about = row | {"alert_id": row["id"]}
    store = writable(config)
    note = clean(because)[:NOTE] if because else None
    marks.keep(store, about, verdict, note, datetime.now(UTC))  # type: ignore[arg-type]  # click has checked it
    title = clean(about["title"] or "(no title)")
    click.echo(f"{about['rule']}: story {about['story_id']} “{title}” is marked {verdict}")


def _missed(archive: Archive, what: str, rule: str) -> Row:
    """Return what a rule missed: the story of an article, or a story by its id with its newest article."""
    kind, _, number = what.partition(":")
    if kind == "story" and number.isdecimal():
        found = archive.rows("select id from articles where story_id = ? order by id desc limit 1", [as_id(number)])
        row = archive.article(str(found[0]["id"])) if found else None
    else:
        row = archive.article(what)
    if row is None:
        raise click.UsageError(f"there is no article or story '{clean(what)}'; 'tocsin search WORDS' finds an id")
    return {**row, "rule": rule, "article_id": row["id"], "alert_id": None}


def _rule(config: Config, rule: str | None) -> str:
    names = [one.name for one in config.rules]
    if rule is None and len(names) != 1:
        raise click.UsageError(f"say which rule missed it: --rule NAME; there is {', '.join(names) or 'none'}")
    if rule is not None and rule not in names:
        raise click.UsageError(f"there is no rule '{rule}'; there is {', '.join(names) or 'none'}")
    return rule or names[0]


def known_alert(archive: Archive, written: str) -> Row:
    """Return the alert of this id; exits with 2 where there is none."""
    from scheduler import marks

    row = marks.alert(archive, as_id(written)) if written.isdecimal() else None
    if row is None:
        raise click.UsageError(f"there is no alert '{clean(written)}'; 'tocsin alerts' lists those of the last days")
    return row


def as_id(written: str) -> int:
    """Return decimal digits as an id."""
    return int(written[:18])  # more digits are no id that SQLite could hold


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


alerts.add_command(retry)
