"""Dataclasses <-> database rows, without SQL: times as ISO 8601 in UTC, lists as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.article import Article
from crawler.facts import Facts, Group, Place
from crawler.facts.toll import Count, Toll
from crawler.reading import Reading
from crawler.source import Bookmark, Validators
from scheduler.health import Health, Standing, State

Row = Mapping[str, Any]
NEVER = datetime.fromtimestamp(0, UTC)


def to_text(moment: datetime | None) -> str | None:
    """Return the moment as text that sorts by time: always UTC, always milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else None


def to_time(text: str | None) -> datetime | None:
    """Return the aware moment that `to_text` wrote."""
    return datetime.fromisoformat(text) if text else None


def article_row(article: Article) -> dict[str, Any]:
    """Return the article's own columns."""
    return {
        "url": article.url,
        "url_key": article.url_key,
        "title": article.title,
        "text": article.text,
        "published": to_text(article.published),
        "precision": article.precision,
        "lang": article.lang,
        "fetched": to_text(article.fetched),
        "error": article.error,
    }


def facts_row(article_id: int, facts: Facts) -> dict[str, Any]:
    """Return the row of the article's toll."""
    toll = facts.toll
    row: dict[str, Any] = {"article_id": article_id, "lang": facts.lang, "disputed": toll.disputed}
    row |= {"civilians": toll.civilians, "security": toll.security, "militants": toll.militants}
    for name, count in (("killed", toll.killed), ("injured", toll.injured)):
        row[name] = count and count.low
        row[f"{name}_max"] = count and count.high
        row[f"{name}_approximate"] = count and int(count.approximate)
        row[f"{name}_quote"] = count and count.quote
    return row


def place_row(article_id: int, place: Place) -> dict[str, Any]:
    """Return the row of one named place."""
    row = {name: getattr(place, name) for name in Place.__slots__}
    return row | {"article_id": article_id, "within": json.dumps(place.within)}


def group_row(article_id: int, group: Group) -> dict[str, Any]:
    """Return the row of one named group."""
    row = {name: getattr(group, name) for name in Group.__slots__ if name != "id"}
    return row | {
        "article_id": article_id,
        "group_id": group.id,
        "lineage": json.dumps(group.lineage),
        "denied": int(group.denied),
    }


def reading(row: Row, facts: Row | None, places: Iterable[Row], groups: Iterable[Row]) -> Reading:
    """Return the reading that these rows keep.

    `row` is an article joined with its source's `source` and `publisher`.
    """
    article = Article(
        url=row["url"],
        url_key=row["url_key"],
        source=row["source"],
        publisher=row["publisher"],
        title=row["title"],
        text=row["text"],
        published=to_time(row["published"]),
        precision=row["precision"],
        lang=row["lang"],
        fetched=to_time(row["fetched"]) or NEVER,
        error=row["error"],
        retry=bool(row["retry"]),
    )
    return Reading(article, _facts(facts, places, groups) if facts else None)


def _facts(row: Row, places: Iterable[Row], groups: Iterable[Row]) -> Facts:
    toll = Toll(
        killed=_count(row, "killed"),
        injured=_count(row, "injured"),
        civilians=row["civilians"],
        security=row["security"],
        militants=row["militants"],
        disputed=row["disputed"],
    )
    return Facts(lang=row["lang"], toll=toll, places=tuple(map(_place, places)), groups=tuple(map(_group, groups)))


def _count(row: Row, name: str) -> Count | None:
    if row[name] is None:
        return None
    return Count(
        low=row[name], high=row[f"{name}_max"], approximate=bool(row[f"{name}_approximate"]), quote=row[f"{name}_quote"]
    )


def _place(row: Row) -> Place:
    return Place(**({name: row[name] for name in Place.__slots__} | {"within": tuple(json.loads(row["within"]))}))


def _group(row: Row) -> Group:
    own = {name: row[name] for name in Group.__slots__ if name != "id"}
    return Group(
        **(own | {"id": row["group_id"], "lineage": tuple(json.loads(row["lineage"])), "denied": bool(row["denied"])})
    )


_TIMES = ("next_poll", "last_poll", "last_success", "last_new", "failing_since")
_LENGTHS = ("interval", "gap", "ttl")  # seconds
_PLAIN = ("etag", "last_modified", "body_hash", "kind", "error", "failures")


def bookmark(row: Row) -> Bookmark:
    """Return where we stopped reading the source of this row."""
    own: dict[str, Any] = {name: row[name] for name in _PLAIN}
    own |= {name: to_time(row[name]) for name in _TIMES}
    own |= {name: None if row[name] is None else timedelta(seconds=row[name]) for name in _LENGTHS}
    parts = json.loads(row["parts"] or "[]")
    own["parts"] = tuple(
        (url, Validators(etag=etag, last_modified=changed, body_hash=hashed)) for url, etag, changed, hashed in parts
    )
    own["rhythm"] = tuple(json.loads(row["rhythm"] or "[]"))
    return Bookmark(caught_up=bool(row["caught_up"]), flood=bool(row["flood"]), **own)


def bookmark_row(mark: Bookmark) -> dict[str, Any]:
    """Return the source's columns that its bookmark fills."""
    row: dict[str, Any] = {name: getattr(mark, name) for name in _PLAIN}
    row |= {name: to_text(getattr(mark, name)) for name in _TIMES}
    row |= {name: length and length.total_seconds() for name in _LENGTHS for length in [getattr(mark, name)]}
    parts = [[url, v.etag, v.last_modified, v.body_hash] for url, v in mark.parts]
    return row | {
        "parts": json.dumps(parts) if parts else None,
        "rhythm": json.dumps(mark.rhythm) if mark.rhythm else None,
        "caught_up": int(mark.caught_up),
        "flood": int(mark.flood),
    }


def health(row: Row) -> Health | None:
    """Return how the source of this row was judged last."""
    if row["health"] is None:
        return None
    return Health(State(row["health"]), row["health_why"], to_time(row["health_since"]) or NEVER)


def health_row(health: Health) -> dict[str, Any]:
    """Return the source's columns that a judgement fills."""
    return {"health": str(health.state), "health_why": health.why, "health_since": to_text(health.since)}


def standing(row: Row) -> Standing:
    """Return how the source of this row is and what was told of it."""
    return Standing(
        name=row["name"],
        state=State(row["health"]),
        why=row["health_why"],
        since=to_time(row["health_since"]) or NEVER,
        told=State(row["health_told"]) if row["health_told"] else None,
        told_at=to_time(row["health_told_at"]),
        failing_since=to_time(row["failing_since"]),
    )
