"""`tocsin status` and `tocsin search`: look back at what happened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.message import clean
from scheduler.commands import config_option, json_option, plainly, read_config, readable

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config


@click.command()
@config_option
@json_option
@plainly
def status(config_path: Path, as_json: bool) -> None:
    """Sources, rules and deliveries: what is well and what is not."""
    from scheduler.commands.look_config import in_force, opened, told_config

    config, archive = opened(config_path)
    click.get_current_context().call_on_close(archive.close)
    told = _status(config, archive, datetime.now(UTC)) | {"configuration": in_force(archive)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in (*told_config(told["configuration"]), *_troubles(told["sources"])):
        click.echo(line)
    totals, several = told["totals"], {"articles": "article", "stories": "story", "alerts": "alert"}
    counted = [f"{totals[name]} {one if totals[name] == 1 else name}" for name, one in several.items()]
    click.echo(f"{', '.join(counted)} in {archive.path}\n")
    heads = ["source", "last success", "last new", "next poll", "how it is"]
    click.echo(table(heads, [_source(source) for source in told["sources"]]))
    click.echo()
    click.echo(table(["rule", "alerts in 24 h"], [[rule["name"], rule["alerts"]] for rule in told["rules"]]))
    click.echo()
    columns = ["channel", "owed", "waiting", "sent", "dead", "detail"]
    click.echo(
        table(columns, [[row[name] for name in columns] for row in told["deliveries"]])
        if told["deliveries"]
        else "no deliveries yet"
    )
    for line in (*_silenced(told["silences"]), *_dead(told["dead"], told["deliveries"])):
        click.echo(line)


def _status(config: Config | None, archive: Archive, now: datetime) -> dict[str, Any]:
    """Return how everything is; without a configuration that passes, of what the daemon runs by."""
    from scheduler.commands.look_config import names_in_force
    from scheduler.database import Sql
    from scheduler.dead_letters import listed
    from scheduler.silences import Silences

    known = {row["name"]: row for row in archive.sources()}
    never = dict.fromkeys(("last_success", "last_poll", "last_new", "next_poll", "error", "kind", "gap", "interval"))
    never |= {"failures": 0, "health": None, "health_why": None, "health_since": None, "caught_up": 0}
    rules, watched = names_in_force(config, archive)
    sources = [known.get(name, {"name": name} | never) for name in watched]
    alerts = archive.rules(now)
    return {
        "totals": archive.totals(),
        "sources": sorted(sources, key=lambda row: (_rank(row), -row["failures"], row["name"])),
        "rules": [{"name": name, "alerts": alerts.get(name, 0)} for name in rules],
        "deliveries": archive.deliveries(),
        "silences": Silences(Sql(archive.db, archive.path)).listed(now),
        "dead": listed(archive),
    }


def _silenced(silences: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what nobody hears of now: who asked for quiet should not wonder later why it is."""
    if silences:
        yield f"\n{click.style('Silenced', bold=True)} ('tocsin silence end ID' ends one):"
    for row in silences:
        by = f"by {clean(row['author'])}, because: {clean(row['because'])}"
        yield f"  {row['id']}  {clean(row['name'])} until {moment(row['until'])}, {by}; {row['held']} held back"


def _dead(letters: Sequence[dict[str, Any]], deliveries: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what could not be delivered, and what to do about it for each trouble."""
    from alerts.refusals import remedy

    if not letters:
        return
    count = sum(row["dead"] for row in deliveries)
    yield "\n" + click.style(f"{count} {'message was' if count == 1 else 'messages were'} not delivered:", bold=True)
    for row in letters:
        what = f"alert {row['alert_id']}" if row["alert_id"] else "a digest or notice"
        where, _, how = (row["fallback"] or "").rpartition(" ")
        instead = f"; {how} to {clean(where)} instead" if how else ""
        times = f"{row['attempts']} attempt{'s' * (row['attempts'] != 1)} since {moment(row['since'])}"
        yield f"  {moment(row['settled'])}  {clean(row['channel'])}: {clean(row['title'])} ({what}, {times}{instead})"
        yield f"      {clean(row['detail'] or '')}"
    if count > len(letters):
        yield f"  … and {count - len(letters)} older"
    for channel, problem in dict.fromkeys((row["channel"], row["problem"]) for row in letters):
        yield f"{clean(channel)}: {remedy(problem or '')} Then: tocsin alerts retry --channel '{clean(channel)}'"


DOWN = ("broken", "degraded", "silent")


def _rank(row: dict[str, Any]) -> int:
    """What needs somebody first: broken, degraded, silent, then the rest."""
    return DOWN.index(row["health"]) if row["health"] in DOWN else len(DOWN)


def _troubles(sources: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong, in plain words, before anything else."""
    down = [source for source in sources if source["health"] in DOWN]
    if not down:
        polled = sum(source["last_poll"] is not None for source in sources)
        yield f"{len(sources)} sources, {polled} of them polled: none is broken, degraded or silent\n"
        return
    yield click.style(f"{len(down)} of {len(sources)} sources need{'s' * (len(down) == 1)} a look:", bold=True)
    for source in down:
        label = click.style(f"{source['health']:<9}", fg="red" if source["health"] == "broken" else "yellow")
        again = f"; next poll {moment(source['next_poll'])}" if source["health"] == "broken" else ""
        yield f"  {label} {clean(source['name'])}: {clean(source['health_why'])}{again}"
    yield ""


def _source(row: dict[str, Any]) -> list[str]:
    times = f" ({row['failures']} times in a row)" if row["failures"] > 1 else ""
    if row["health"] in DOWN:
        state = f"{row['health']}, see above"
    elif row["error"]:
        state = f"{row['error']}{times}"
    elif not row["last_poll"]:
        state = "not polled yet"
    else:
        state = row["health_why"] or ""
    return [row["name"], moment(row["last_success"]), moment(row["last_new"]), moment(row["next_poll"]), clean(state)]


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

    archive = readable(read_config(config_path))
    quoted = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    found = archive.search(quoted, limit)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif found:
        click.echo(table(["id", "published", "publisher", "title", "killed"], [_hit(row) for row in found]))
        click.echo("\n'tocsin why ID' tells an article's whole trail")
    else:
        click.echo("no article holds all of these words")


def became(delivery: dict[str, Any]) -> str:
    """Return what became of a delivery, or of one attempt at it: `sent; 23 Nov 11:09 sent: accepted`."""
    state = clean(delivery["state"])
    if delivery["at"]:
        return f"{state}; {moment(delivery['at'])} {delivery['outcome']}: {clean(delivery['detail'] or '')}"
    waits = f"waits for a digest until {moment(delivery['due'])}"
    said = {"gathered": waits, "digested": "told in a digest", "muted": ""}.get(state, "not tried yet")
    return f"{state}; {said}" if said else state


def _hit(row: dict[str, Any]) -> list[Any]:
    return [row["id"], moment(row["published"]), row["publisher"], row["title"], row["killed"]]


def moment(text: str | None) -> str:
    """Return a moment of the database as a person reads it, in local time; the year where it is not this one."""
    if not text:
        return "–"
    local = datetime.fromisoformat(text).astimezone()
    return local.strftime("%d %b %H:%M" if local.year == datetime.now(UTC).year else "%d %b %Y")


def table(headers: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
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
