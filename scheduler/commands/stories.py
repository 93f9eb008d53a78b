"""`tocsin stories`: the stories of the last days, one story's timeline, and putting them right by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alerts.message import clean, figure
from scheduler.commands import config_option, json_option, plainly, read_config, readable, writable
from scheduler.commands.groups import ShowGroup
from scheduler.commands.look import moment, table

if TYPE_CHECKING:
    from alerts.figures import Figure
    from alerts.story import Story
    from scheduler.archive import Archive
    from scheduler.store import Store

Row = dict[str, Any]


@click.group(cls=ShowGroup)
def stories() -> None:
    """Stories of the last days, one story's timeline (`stories ID`), and putting them right (`split`, `merge`)."""


@stories.command()
@click.argument("words", nargs=-1, metavar="[ID | WORDS…]")
@click.option("--days", type=click.IntRange(1, 36_500), default=7, show_default=True, help="How far to look back.")
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@config_option
@json_option
@plainly
def show(words: tuple[str, ...], days: int, limit: int, config_path: Path, as_json: bool) -> None:
    """List stories, those with an article that holds all WORDS; or tell the whole of the story ID."""

    archive = readable(read_config(config_path))
    if len(words) == 1 and words[0].isdecimal():
        told = _timeline(archive, int(words[0][:18]))
        click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(_told(told)))
        return
    quoted = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    found = [_row(archive, row) for row in archive.stories(datetime.now(UTC) - timedelta(days=days), limit, quoted)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif found:
        heads = ["id", "changed", "title", "killed", "injured", "where", "publishers", "articles", "alerts"]
        click.echo(table(heads, [[_cell(row, head) for head in heads] for row in found]))
        click.echo("\n'tocsin stories ID' tells a story's whole timeline")
    else:
        asked = f" with an article that holds {' '.join(words)}" if words else ""
        click.echo(f"no story{asked} in the last {days} day{'s' * (days != 1)}")


def _row(archive: Archive, row: Row) -> Row:
    story = archive.story(row["id"])
    place = next((place for place in story.places if place.role == "event"), None)
    return row | {
        "title": story.readings[0].article.title,
        "killed": story.killed.low if story.killed else None,
        "injured": story.injured.low if story.injured else None,
        "where": place.name if place else None,
        "publishers": len(story.publishers),
    }


def _cell(row: Row, head: str) -> Any:
    if head == "changed":
        return moment(row["changed"])
    if head == "title":
        return clean(row["title"]) + " (a round-up)" * (row["kind"] == "roundup")
    return row[head]


def _timeline(archive: Archive, story_id: int) -> Row:
    """Return all that is known of a story, or leave with 1 where there is none."""
    from alerts.history import history

    story, corrections = archive.story(story_id), archive.corrections(story_id)
    if not story.readings:
        merged = next((row["into_id"] for row in reversed(corrections) if row["kind"] == "merge"), None)
        why = f"was merged into story {merged}" if merged else "is unknown"
        click.echo(f"story {story_id} {why}; 'tocsin stories' lists those of the last days", err=True)
        raise click.exceptions.Exit(1)
    changes = history(story)
    placed = {row["url_key"]: row for row in archive.story_rows(story_id)}
    return {
        "id": story_id,
        "title": story.readings[0].article.title,
        "opened": story.opened.isoformat(),
        "changed": max(change.came for change in changes).isoformat(),
        "publishers": list(story.publishers),
        "killed": _figure(story, story.deaths),
        "injured": _figure(story, story.injuries),
        "places": list(dict.fromkeys(place.name for place in story.places if place.role == "event")),
        "groups": list(dict.fromkeys(group.name + " (denied)" * group.denied for group in story.groups)),
        "disputed": story.disputed,
        "articles": [_article(reading, placed[reading.article.url_key], changes) for reading in story.readings],
        "alerts": archive.story_alerts(story_id),
        "corrections": corrections,
    }


def _figure(story: Story, found: Figure | None) -> Row | None:
    if found is None:
        return None
    said = [
        {"publisher": c.publisher, "says": figure(c.count), "at": c.at.isoformat(), "quote": c.count.quote}
        for c in found.claims
        if not c.copied
    ]
    return {"stands": figure(found.count), "corrected": found.corrected, "claims": said}


def _article(reading: Any, placed: Row, changes: Iterable[Any]) -> Row:
    article = reading.article
    toll = reading.facts.toll if reading.facts else None
    counts = [(name, getattr(toll, name)) for name in ("killed", "injured")] if toll else []
    return {
        name: placed[name]
        for name in ("id", "copy_of", "placed", "score", "rival_story", "rival_score", "rival", "quiet")
    } | {
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published": article.published and article.published.isoformat(),
        "fetched": article.fetched.isoformat(),
        "claims": [f"{figure(count)} {name}" for name, count in counts if count],
        "changes": [
            {"what": change.what, "quote": change.quote}
            for change in changes
            if change.url == article.url and change.kind != "opened"
        ],
    }


def _told(told: Row) -> Iterable[str]:
    count = len(told["articles"])
    yield click.style(f"Story {told['id']}: {clean(told['title']) or '(no title)'}", bold=True)
    names = ", ".join(map(clean, told["publishers"]))
    yield f"  {count} article{'s' * (count != 1)}, independently by {names}"
    yield f"  opened {moment(told['opened'])}, last changed {moment(told['changed'])}"
    yield from _facts(told)
    for article in told["articles"]:
        yield ""
        yield from _article_told(article)
    if told["alerts"]:
        yield ""
        yield click.style("Alerts", bold=True)
    for alert in told["alerts"]:
        yield f"  {moment(alert['created'])}  {alert['rule']}: {alert['reason']} — {clean(alert['title'])}"
        for delivery in alert["deliveries"]:
            tried = f", {moment(delivery['at'])} {clean(delivery['detail'] or '')}" if delivery["at"] else ""
            yield f"      {delivery['channel']}: {delivery['state']}{tried}"
    yield from _corrections(told["id"], told["corrections"])


def _facts(told: Row) -> Iterable[str]:
    for name in ("killed", "injured"):
        if told[name]:
            yield f"  {name}: {told[name]['stands']}{' (corrected)' * told[name]['corrected']}"
            claims = told[name]["claims"]
            for claim in claims if len(claims) > 1 else ():
                who = f"{clean(claim['publisher'])}, {moment(claim['at'])}"
                yield f"    {who}: {claim['says']}  “{clean(claim['quote'])}”"
    for name, word in (("places", "happened in"), ("groups", "groups")):
        if told[name]:
            yield f"  {word}: {', '.join(told[name])}"
    if told["disputed"]:
        yield f"  disputed: “{clean(told['disputed'])}”"


def _article_told(article: Row) -> Iterable[str]:
    when = moment(article["published"] or article["fetched"])
    kind = f"  [copy of {article['copy_of']}]" if article["copy_of"] is not None else ""
    who = click.style(clean(article["publisher"]), bold=True)
    yield f"{article['id']:>6}  {when}  {who}{kind}: {clean(article['title'])}"
    yield f"        {article['url']}"
    rival = ""
    if article["rival_story"] is not None:
        title = f" “{clean(article['rival'])}”" if article["rival"] else ""
        rival = f"; nearest other: story {article['rival_story']}{title} ({article['rival_score']:.2f})"
    yield f"        placed: {article['placed']}{rival}"
    if article["claims"]:
        yield f"        says: {', '.join(article['claims'])}"
    for change in article["changes"]:
        quote = f"  “{clean(change['quote'])}”" if change["quote"] else ""
        yield f"        {click.style(clean(change['what']), fg='cyan')}{quote}"
    if article["quiet"]:
        yield f"        taken in without ringing: {article['quiet']}"


def _corrections(story: int, corrections: list[Row]) -> Iterable[str]:
    if corrections:
        yield ""
        yield click.style("Put right by hand", bold=True)
    for row in corrections:
        if row["kind"] == "merge":
            other = f"story {row['story_id']} was merged into this one" if row["into_id"] == story else "merged away"
            yield f"  {moment(row['asked'])}  {other}: article {row['article_id']}"
        else:
            came = f"from story {row['story_id']}" if row["into_id"] == story else f"to story {row['into_id']}"
            yield f"  {moment(row['asked'])}  article {row['article_id']} was split {came}"


@stories.command()
@click.argument("story", type=click.IntRange(1))
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
@config_option
@plainly
def split(story: int, articles: tuple[str, ...], config_path: Path) -> None:
    """Make ARTICLEs (ids or URLs) of STORY a story of their own. Rings nothing; `merge` takes it back."""

    def put_right(store: Store) -> str:
        from scheduler.archive import Archive

        found = []
        for name in articles:
            row = Archive(store.db, store.sql.path).article(name)
            if row is None:
                raise click.UsageError(f"there is no article '{name}'; 'tocsin stories {story}' lists the story's")
            found.append(row["id"])
        own = store.corrections.split(story, found, datetime.now(UTC))
        return f"story {own} now holds what was split from story {story}"

    _put_right(config_path, put_right)


@stories.command()
@click.argument("story", type=click.IntRange(1))
@click.argument("others", type=click.IntRange(1), nargs=-1, required=True, metavar="OTHER…")
@config_option
@plainly
def merge(story: int, others: tuple[int, ...], config_path: Path) -> None:
    """Make OTHER stories a part of STORY. Rings nothing; `split` takes it back."""

    def put_right(store: Store) -> str:
        store.corrections.merge(story, others, datetime.now(UTC))
        merged = ", ".join(map(str, dict.fromkeys(others)))
        return f"story {story} now holds story {merged} too"

    _put_right(config_path, put_right)


def _put_right(config_path: Path, change: Callable[[Store], str]) -> None:
    """Make a change, whether a daemon runs or not: it sees that the file was written, and reads its stories anew."""
    from scheduler.corrections import CorrectionError

    store = writable(read_config(config_path))
    try:
        click.echo(change(store))
    except CorrectionError as error:
        raise click.UsageError(str(error)) from error
