"""What was read and decided <-> the SQLite file: articles, stories, alerts and the deliveries owed for them.

Everything that one article causes is written in one transaction, so it is there whole or not at all, whatever crashes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from alerts.placing import Placing
from alerts.policy import Told
from alerts.story import Story
from crawler.article import Article
from crawler.reading import Reading
from scheduler import rows
from scheduler.corrections import Corrections
from scheduler.database import Sql, connect
from scheduler.escalations import Escalations
from scheduler.failures import Failures
from scheduler.outbox import Outbox
from scheduler.rulings import Ruling, Rulings
from scheduler.sifting import text_hash
from scheduler.sources import Sources
from scheduler.standing_orders import StandingOrders
from scheduler.stories import FACTS, Stories

TRIES = 3  # polls that try again to fetch a page that failed for the moment


def open_store(path: Path) -> Store:
    """Open the database at the path, or make it. Raises StoreError."""
    return Store(connect(path), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the archive has of an article that is read again.

    `story` is its story without the article itself; `same` says that title and text are as they were; `failed` that its
    page could not be had until now; `quiet` why it was taken in without ringing, `None` where it was not; `copy_of`
    the article that it is a copy of.
    """

    story: Story
    same: bool
    failed: bool
    quiet: str | None
    copy_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An article of the very same words under another address, and when it was first fetched."""

    id: int
    story_id: int
    url_key: str
    fetched: datetime


class Overtaken(Exception):
    """Somebody else wrote between the placing of an article and its keeping: it is to be placed again."""


class Store:
    """The database of one running Tocsin."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.sql = db, Sql(db, path)
        self.sources, self.outbox = Sources(self.sql), Outbox(self.sql)
        self.rulings = Rulings(self.sql, self.outbox)
        self.failures = Failures(self.outbox)
        self.corrections = Corrections(self.sql)
        self.orders = StandingOrders(self.sql)
        self.escalations = Escalations(self.outbox)
        self.stories = Stories(self.sql)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def put_back(self, by: timedelta, now: datetime) -> None:
        """Plan anew what waits: the machine's clock was put back by so much. Raises StoreError."""
        with self.sql.writing():
            self.rulings.holds.put_back(by, now)
            self.outbox.hurry(now)

    # articles and stories

    def earlier(self, article: Article) -> Earlier | None:
        """Return what is known of this article, `None` where it was never read."""
        with self.sql.reading():
            row = self.sql.one(
                "select story_id, title, text, retry, quiet, copy_of from articles where url_key = ?", [article.url_key]
            )
            if row is None:
                return None
            story = self.story(row["story_id"])
            others = tuple(r for r in story.readings if r.article.url_key != article.url_key)
        return Earlier(
            story=Story(id=story.id, readings=others, copies=story.copies - {article.url_key}),
            same=(row["title"], row["text"]) == (article.title, article.text),
            failed=row["retry"] > 0,
            quiet=row["quiet"],
            copy_of=row["copy_of"],
        )

    def twin(self, article: Article) -> Twin | None:
        """Return the first article of the very same words, `None` where there is none or they are too few to tell."""
        hashed = text_hash(article.title, article.text)
        if hashed is None:
            return None
        with self.sql.reading():
            row = self.sql.one(
                "select id, url_key, story_id, fetched from articles where text_hash = ? order by id limit 1", [hashed]
            )
            if row is None:
                return None
        fetched = rows.to_time(row["fetched"]) or rows.NEVER
        return Twin(id=row["id"], story_id=row["story_id"], url_key=row["url_key"], fetched=fetched)

    def place(self, reading: Reading, now: datetime) -> Placing:
        """Return which story a reading belongs to; writes nothing."""
        return self.stories.place(reading, now)

    def story(self, story_id: int) -> Story:
        """Return a story with every article and fact in it, in the order they came."""
        return self.stories.story(story_id)

    def told(self, story: Story) -> dict[str, Told]:
        """Return, by rule, what the last alert on this story said."""
        return self.rulings.told(story.id)

    def keep(
        self,
        reading: Reading,
        placing: Placing,
        rulings: Sequence[Ruling],
        now: datetime,
        quiet: str | None = None,
    ) -> int:
        """Write the article, its facts, its story, what was decided and what is owed, in one transaction.

        `quiet` is why it rings for nothing, `None` where it may. What an edited article said before becomes a revision.
        Return the article's id. Raises Overtaken where stories were changed by hand since the article was placed.
        """
        with self.sql.writing():
            if self.stories.settle():
                raise Overtaken("stories were changed by hand while an article was placed")
            story_id = self._keep_story(reading, placing, now)
            article_id, fetched = self._keep_article(reading, placing, story_id, now, quiet)
            self._keep_facts(article_id, reading)
            self.rulings.keep(rulings, story_id, article_id, now)
        self.stories.added(article_id, placing, story_id, reading, fetched)
        return article_id

    def _keep_story(self, reading: Reading, placing: Placing, now: datetime) -> int:
        moment = rows.to_text(now)
        if placing.story is None:
            row = {"title": reading.article.title, "opened": moment, "changed": moment}
            return self.sql.insert("stories", row | {"kind": "roundup" if reading.passages else None})
        self.db.execute("update stories set changed = ? where id = ?", [moment, placing.story])
        return placing.story

    def _keep_article(
        self, reading: Reading, placing: Placing, story_id: int, now: datetime, quiet: str | None
    ) -> tuple[int, datetime]:
        """Return the article's id, and when it was first fetched."""
        article, table = reading.article, self.db.table("articles")
        source = self.sql.one("select id from sources where name = ?", [article.source])
        known = self.sql.one("select * from articles where url_key = ?", [article.url_key])
        tried = (known["retry"] if known else 0) + 1
        row = rows.article_row(article) | {
            "source_id": source and source["id"],
            "story_id": story_id,
            "copy_of": placing.copy_of,
            "retry": tried if article.retry and tried < TRIES else 0,
            "placed": placing.why,
            "score": placing.score,
            "rival_story": placing.rival and placing.rival[0],
            "rival_score": placing.rival and placing.rival[1],
            "sketch": self.stories.packed(reading),
            "quiet": quiet,
            "text_hash": text_hash(article.title, article.text),
        }
        if known is None:
            return self.sql.insert("articles", row), article.fetched
        if not known["retry"]:
            self._keep_revision(known, now)
        # Who reported it first stays who it was, whichever source's listing told of the edit.
        first = ("source_id", "url") if known["retry"] else ("source_id", "url", "fetched")
        table.update(known["id"], row | {name: known[name] for name in first})
        fetched = article.fetched if known["retry"] else rows.to_time(known["fetched"])
        return int(known["id"]), fetched or article.fetched

    def _keep_revision(self, known: dict[str, Any], now: datetime) -> None:
        facts = self.sql.one("select * from facts where article_id = ?", [known["id"]])
        row = {name: known[name] for name in ("title", "text", "published", "fetched")}
        row |= {"article_id": known["id"], "replaced": rows.to_text(now), "facts": facts and json.dumps(facts)}
        self.sql.insert_all("revisions", [row])

    def _keep_facts(self, article_id: int, reading: Reading) -> None:
        for table in FACTS:
            self.db.execute(f"delete from {table} where article_id = ?", [article_id])  # noqa: S608  our own names
        if reading.facts:
            self.sql.insert_all("facts", [rows.facts_row(article_id, reading.facts)])
            self.sql.insert_all("article_places", [rows.place_row(article_id, place) for place in reading.facts.places])
            self.sql.insert_all("article_groups", [rows.group_row(article_id, group) for group in reading.facts.groups])
