"""Stories <-> their rows, and the index in memory that tells which of them an article belongs to."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from datetime import datetime
from typing import Any

from alerts.index import COUNTED, WINDOW, StoryIndex
from alerts.placing import Placing
from alerts.story import Story
from crawler.reading import Reading
from crawler.sketch import Sketch, sketch
from scheduler import rows
from scheduler.database import Sql

KEPT_STORIES = 300  # stories held in memory: most articles join one that another joined lately
FACTS = ("facts", "article_places", "article_groups")


class Stories:
    """What articles say together. This process alone writes, so what it read stays true."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql
        self._kept: OrderedDict[int, Story] = OrderedDict()
        self._index: StoryIndex | None = None
        self._version, self._corrected = self._written(), self._last_correction()

    def settle(self) -> bool:
        """Read stories anew if somebody else has changed them since the last look; return whether anybody has."""
        version = self._written()
        if version == self._version:
            return False
        corrected, before = self._last_correction(), self._corrected
        self._version, self._corrected = version, corrected
        if corrected == before:  # marks and silences are written beside us too, and an index takes seconds to build
            return False
        self.forget()
        return True

    def _last_correction(self) -> int:
        with self.sql.reading():
            row = self.sql.one("select max(id) as id from corrections", [])
        return int((row and row["id"]) or 0)

    def _written(self) -> int:
        """Return a number that changes when another connection writes (https://sqlite.org/pragma.html#pragma_data_version)."""
        with self.sql.reading():
            return int(self.sql.db.execute("pragma data_version").fetchone()[0])

    def story(self, story_id: int) -> Story:
        """Return a story with every article and fact in it, in the order they came."""
        if story_id not in self._kept:
            self._keep(self._load(story_id))
        self._kept.move_to_end(story_id)
        return self._kept[story_id]

    def place(self, reading: Reading, now: datetime) -> Placing:
        """Return which story the reading belongs to; writes nothing."""
        return self.index(now).place(_sketched(reading), now)

    def index(self, now: datetime) -> StoryIndex:
        """Return the index; at first it is built from what was kept, and is as it was when the last run ended."""
        if self._index is None:
            self._index = self._built(now)
        return self._index

    def packed(self, reading: Reading) -> bytes:
        """Return what an article is compared by, for its row."""
        return _sketched(reading).pack()

    def added(self, article_id: int, placing: Placing, story_id: int, reading: Reading, fetched: datetime) -> None:
        """Take an article into the index, once it is kept; one that was not built yet will find it in its row."""
        self._kept.pop(story_id, None)
        if self._index is not None:
            copied = placing.copy_of is not None
            self._index.add(article_id, story_id, _sketched(reading), fetched, copied=copied)

    def forget(self) -> None:
        """Read everything anew at the next question: what is kept was changed by hand."""
        self._kept.clear()
        self._index = None

    def _keep(self, story: Story) -> None:
        if story.id is not None:
            self._kept[story.id] = story
        if len(self._kept) > KEPT_STORIES:
            self._kept.popitem(last=False)

    def _built(self, now: datetime) -> StoryIndex:
        index = StoryIndex()
        with self.sql.reading():
            for row in self._recent(now):
                fetched = rows.to_time(row["fetched"]) or rows.NEVER
                copied = row["copy_of"] is not None
                index.add(row["id"], row["story_id"], self._sketch(row), fetched, copied=copied)
        return index

    def _recent(self, now: datetime) -> list[dict[str, Any]]:
        """Return the articles of the window, and at least the last ones that tell how rare a word is."""
        first = self.sql.one(
            "select min(least) as id from (select min(id) as least from articles where fetched >= ? union all "
            "select min(id) from (select id from articles order by id desc limit ?))",
            [rows.to_text(now - WINDOW), COUNTED],
        )
        columns = "select id, story_id, url_key, copy_of, fetched, sketch from articles"
        return self.sql.rows(f"{columns} where id >= ? order by id", [(first and first["id"]) or 0])

    def _sketch(self, row: dict[str, Any]) -> Sketch:
        """Return what the article is compared by, made anew where another version made it, or none did."""
        try:
            return Sketch.unpack(row["sketch"] or b"")
        except ValueError:
            story = self._load(row["story_id"])
            return _sketched(next(r for r in story.readings if r.article.url_key == row["url_key"]))

    def _load(self, story_id: int) -> Story:
        members = self.sql.rows(
            "select a.*, s.name as source, s.publisher from articles a join sources s on s.id = a.source_id "
            "where story_id = ? order by a.id",
            [story_id],
        )
        facts, places, groups = (self._by_article(table, story_id) for table in FACTS)
        readings = tuple(
            rows.reading(row, next(iter(facts[row["id"]]), None), places[row["id"]], groups[row["id"]])
            for row in members
        )
        copies = frozenset(row["url_key"] for row in members if row["copy_of"] is not None)
        return Story(id=story_id, readings=readings, copies=copies)

    def _by_article(self, table: str, story_id: int) -> defaultdict[int, list[dict[str, Any]]]:
        found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        inside = "article_id in (select id from articles where story_id = ?)"
        for row in self.sql.rows(f"select * from {table} where {inside} order by rowid", [story_id]):  # noqa: S608  our names
            found[row["article_id"]].append(row)
        return found


def _sketched(reading: Reading) -> Sketch:
    return reading.sketch or sketch(reading.article, reading.facts, roundup=bool(reading.passages))
