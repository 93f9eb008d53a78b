"""What a person says about stories -> the rows changed: articles split from a story, stories merged; and remembered.

Whoever asks writes it at once, in one transaction; a daemon that runs on the file sees that somebody else has written
(`pragma data_version`) and reads its stories anew before it places the next article.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from scheduler import rows
from scheduler.database import Sql

_FOLLOW = ("alerts", "decisions", "marks")  # go with their article, and with them what was told


class CorrectionError(ValueError):
    """What was asked makes no sense, in the user's words."""


class Corrections:
    """Stories put right by hand."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def split(self, story: int, articles: Sequence[int], now: datetime) -> int:
        """Make these articles of a story a story of their own, with their copies; return its id.

        An article that was taken for a copy of one that stays is a copy no more. Rings nothing. Raises CorrectionError.
        """
        with self.sql.writing():
            members = self._members(story)
            if strangers := [str(one) for one in articles if one not in members]:
                raise CorrectionError(f"story {story} has no article {', '.join(strangers)}")
            moved = _with_copies(articles, members)
            if len(moved) == len(members):
                raise CorrectionError(f"story {story} has no other article: there is nothing to split it from")
            first = members[min(moved)]
            row = {"title": first["title"], "opened": first["fetched"], "changed": rows.to_text(now)}
            own = self.sql.insert("stories", row | {"kind": None})
            self._move(moved, own)
            for one in moved:
                if members[one]["copy_of"] not in moved:
                    self.sql.do("update articles set copy_of = null where id = ?", [one])
            self._remember("split", story, own, sorted(moved), now)
        return own

    def merge(self, story: int, others: Sequence[int], now: datetime) -> None:
        """Make other stories a part of this one. Rings nothing: a rule told of any of them counts as told.

        Raises CorrectionError.
        """
        with self.sql.writing():
            for one in (story, *others):
                if not self._members(one):
                    raise CorrectionError(self._gone(one))
            if story in others:
                raise CorrectionError(f"story {story} can't be merged with itself")
            for other in dict.fromkeys(others):
                moved = set(self._members(other))
                self._move(moved, story)
                self._remember("merge", other, story, sorted(moved), now)
            self.sql.do("update stories set changed = ? where id = ?", [rows.to_text(now), story])

    def of(self, story: int) -> list[dict[str, Any]]:
        """Return what was put right about a story, in order."""
        with self.sql.reading():
            return self.sql.rows(
                "select * from corrections where story_id = ? or into_id = ? order by id", [story, story]
            )

    def _gone(self, story: int) -> str:
        merged = self.sql.one(
            "select into_id from corrections where kind = 'merge' and story_id = ? order by id desc limit 1", [story]
        )
        return f"story {story} was merged into {merged['into_id']}" if merged else f"there is no story {story}"

    def _members(self, story: int) -> dict[int, dict[str, Any]]:
        found = self.sql.rows("select id, title, fetched, copy_of from articles where story_id = ?", [story])
        return {row["id"]: row for row in found}

    def _move(self, articles: Iterable[int], story: int) -> None:
        for one in articles:
            self.sql.do("update articles set story_id = ? where id = ?", [story, one])
            for table in _FOLLOW:
                self.sql.do(f"update {table} set story_id = ? where article_id = ?", [story, one])  # noqa: S608  our own names

    def _remember(self, kind: str, story: int, into: int, articles: Iterable[int], now: datetime) -> None:
        moment = rows.to_text(now)
        row = {"kind": kind, "story_id": story, "into_id": into, "asked": moment, "applied": moment, "note": None}
        self.sql.insert_all("corrections", [row | {"article_id": article} for article in articles])


def _with_copies(articles: Iterable[int], members: dict[int, dict[str, Any]]) -> set[int]:
    """Return the articles and those of the story that are copies of them, and copies of those."""
    moved = set(articles)
    while more := {one for one, row in members.items() if row["copy_of"] in moved} - moved:
        moved |= more
    return moved
