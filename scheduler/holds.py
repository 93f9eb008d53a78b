"""Alerts that wait for other reports (`hold:`) <-> their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler import rows
from scheduler.database import Sql

LONGEST = timedelta(days=1)  # that `hold:` may say

_HOLDS = (
    "select h.id, h.rule, a.story_id, h.article_id, h.since, h.due from holds h join articles a on a.id = h.article_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The first alert of a rule on a story, which waits from `since` until it is `due`.

    `article_id` is the article that made it, and `story_id` that article's story, wherever it was moved by hand.
    """

    id: int
    rule: str
    story_id: int
    article_id: int
    since: datetime
    due: datetime


class Holds:
    """What waits. A row is written with the article that makes it and deleted with the decision that ends it."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def of(self, story_id: int | None) -> dict[str, Hold]:
        """Return, by rule, what waits for this story."""
        with self.sql.reading():
            found = self.sql.rows(f"{_HOLDS} where a.story_id = ? order by h.id desc", [story_id])
        return {hold.rule: hold for hold in _read(found)}

    def due(self, now: datetime) -> list[Hold]:
        """Return what has waited long enough, that which began first first."""
        with self.sql.reading():
            # What is due later than a hold can last was begun by a clock that was set back since.
            times = [rows.to_text(now), rows.to_text(now + LONGEST)]
            found = self.sql.rows(f"{_HOLDS} where h.due <= ? or h.due > ? order by h.id", times)
        return list(_read(found))

    def wait(self, rule: str, story_id: int, article_id: int, since: datetime, due: datetime) -> None:
        """Begin to wait. The caller's transaction holds it."""
        row: dict[str, Any] = {"rule": rule, "story_id": story_id, "article_id": article_id}
        self.sql.insert_all("holds", [row | {"since": rows.to_text(since), "due": rows.to_text(due)}])

    def put_off(self, hold: Hold, due: datetime) -> None:
        """Wait until later."""
        with self.sql.writing():
            self.sql.do("update holds set due = ? where id = ?", [rows.to_text(due), hold.id])

    def put_back(self, by: timedelta, now: datetime) -> None:
        """Let what waits wait no longer for a clock that was put back. The caller's transaction holds it."""
        for row in self.sql.rows("select id, since, due from holds where due > ?", [rows.to_text(now)]):
            times = [rows.to_text((rows.to_time(row[name]) or now) - by) for name in ("since", "due")]
            self.sql.do("update holds set since = ?, due = ? where id = ?", [*times, row["id"]])

    def end(self, hold: Hold) -> None:
        """Wait no more. The caller's transaction holds it."""
        self.sql.do("delete from holds where id = ?", [hold.id])


def _read(found: Iterable[dict[str, Any]]) -> Iterable[Hold]:
    for row in found:
        since, due = rows.to_time(row["since"]) or rows.NEVER, rows.to_time(row["due"]) or rows.NEVER
        yield Hold(
            id=row["id"],
            rule=row["rule"],
            story_id=row["story_id"],
            article_id=row["article_id"],
            since=since,
            due=due,
        )
