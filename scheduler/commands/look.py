"""`tocsin status` and `tocsin search`: look back at what happened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, plainly, read_config

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config


@click.command()
@config_option
@json_option
@plainly
def status(config_path: Path, as_json: bool) -> None:
    """Sources, rules and deliveries: what is well and what is not."""
    from scheduler.archive import open_archive

    config = read_config(config_path)
    archive = open_archive(config.database)
    click.get_current_context().call_on_close(archive.close)
    told = _status(config, archive, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    wrong = [source for source in told["sources"] if source["error"]]
    totals = told["totals"]
    click.echo(
        f"{totals['articles']} articles, {totals['stories']} stories, {totals['alerts']} alerts in {config.database}\n"
    )
    click.echo(
        _table(
            ["source", "last success", "next poll", "what is wrong"], [_source(source) for source in told["sources"]]
        )
    )
    click.echo(f"\n{len(told['sources'])} sources, {len(wrong) or 'none'} with a problem\n")
    click.echo(_table(["rule", "alerts in 24 h"], [[rule["name"], rule["alerts"]] for rule in told["rules"]]))
    click.echo()
    columns = ["channel", "owed", "sent", "dead", "detail"]
    click.echo(
        _table(columns, [[row[name] for name in columns] for row in told["deliveries"]])
        if told["deliveries"]
        else "no deliveries yet"
    )


def _status(config: Config, archive: Archive, now: datetime) -> dict[str, Any]:
    known = {row["name"]: row for row in archive.sources()}
    never = {"last_success": None, "last_poll": None, "next_poll": None, "failures": 0, "error": None}
    sources = [known.get(source.name, {"name": source.name} | never) for source in config.sources]
    alerts = archive.rules(now)
    return {
        "totals": archive.totals(),
        "sources": sorted(sources, key=lambda row: (-row["failures"], row["name"])),
        "rules": [{"name": rule.name, "alerts": alerts.get(rule.name, 0)} for rule in config.rules],
        "deliveries": archive.deliveries(),
    }


def _source(row: dict[str, Any]) -> list[str]:
    again = f" ({row['failures']} times in a row)" if row["failures"] > 1 else ""
    wrong = f"{row['error']}{again}" if row["error"] else "" if row["last_poll"] else "not polled yet"
    return [row["name"], moment(row["last_success"]), moment(row["next_poll"]), wrong]


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="How many articles at the most.",
)
@config_option
@json_option
@plainly
def search(words: tuple[str, ...], limit: int, config_path: Path, as_json: bool) -> None:
    """Find articles that hold all WORDS ("a phrase", prefix*), best first."""
    from scheduler.archive import open_archive

    archive = open_archive(read_config(config_path).database)
    click.get_current_context().call_on_close(archive.close)
    quoted = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    found = archive.search(quoted, limit)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif found:
        click.echo(_table(["id", "published", "publisher", "title", "killed"], [_hit(row) for row in found]))
        click.echo("\n'tocsin why ID' tells an article's whole trail")
    else:
        click.echo("no article holds all of these words")


def _hit(row: dict[str, Any]) -> list[Any]:
    return [row["id"], moment(row["published"]), row["publisher"], row["title"], row["killed"]]


def moment(text: str | None) -> str:
    """Return a moment of the database as a person reads it, in local time; the year where it is not this one."""
    if not text:
        return "–"
    local = datetime.fromisoformat(text).astimezone()
    return local.strftime("%d %b %H:%M" if local.year == datetime.now(UTC).year else "%d %b %Y")


def _table(headers: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    """Return a table as wide as the terminal at most: long last-but-one columns wrap."""
    from tabulate import tabulate

    width = max(shutil.get_terminal_size((100, 24)).columns, 60)
    fixed = sum(
        min(max([len(str(line[i])) for line in lines] + [len(headers[i])]), 24) + 2 for i in range(len(headers))
    )
    widest = max(range(len(headers)), key=lambda i: max([len(str(line[i])) for line in lines] + [0]))
    widths: list[int | None] = [28 if i != widest else max(width - fixed, 30) for i in range(len(headers))]
    return tabulate(
        lines, headers=headers, tablefmt="simple", maxcolwidths=widths, missingval="–", disable_numparse=True
    )
