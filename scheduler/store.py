"""What was read and decided <-> the SQLite file: articles, stories, alerts and the deliveries owed for them.

Everything that one article causes is written in one transaction, so it is there whole or not at all, whatever crashes.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict, defaultdict
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
from scheduler.database import Sql, connect
from scheduler.outbox import Outbox
from scheduler.rulings import Ruling, Rulings
from scheduler.sifting import text_hash
from scheduler.sources import Sources

WINDOW = timedelta(days=7)  # how far back an article may join a story
NEAR = 8  # stories looked at for one article; more found nothing more on labelled pages (docs/measurements.md)
KEPT_STORIES = 300  # stories held in memory: an article looks at some thirty, most of them the same as the one before
FACTS = ("facts", "article_places", "article_groups")
TRIES = 3  # polls that try again to fetch a page that failed for the moment
_TERM = re.compile(r"[^\W_]{2,}")


def open_store(path: Path) -> Store:
    """Open the database at the path, or make it. Raises StoreError."""
    return Store(connect(path), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the archive has of an article that is read again.

    `story` is its story without the article itself; `same` says that title and text are as they were; `failed` that its
    page could not be had until now; `quiet` why it was taken in without ringing, `None` where it was not.
    """

    story: Story
    same: bool
    failed: bool
    quiet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An article of the very same words under another address, and when it was first fetched."""

    story: Story
    url_key: str
    fetched: datetime


class Store:
    """The database of one running Tocsin."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.sql = db, Sql(db, path)
        self.sources, self.outbox = Sources(self.sql), Outbox(self.sql)
        self.rulings = Rulings(self.sql, self.outbox)
        self._stories: OrderedDict[int, Story] = OrderedDict()  # this process alone writes, so what it read stays true

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # articles and stories

    def earlier(self, article: Article) -> Earlier | None:
        """Return what is known of this article, `None` where it was never read."""
        with self.sql.reading():
            row = self.sql.one(
                "select story_id, title, text, retry, quiet from articles where url_key = ?", [article.url_key]
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
        )

    def twin(self, article: Article) -> Twin | None:
        """Return the first article of the very same words, `None` where there is none or they are too few to tell."""
        hashed = text_hash(article.title, article.text)
        if hashed is None:
            return None
        with self.sql.reading():
            row = self.sql.one(
                "select url_key, story_id, fetched from articles where text_hash = ? order by id limit 1", [hashed]
            )
            if row is None:
                return None
            fetched = rows.to_time(row["fetched"]) or rows.NEVER
            return Twin(story=self.story(row["story_id"]), url_key=row["url_key"], fetched=fetched)

    def stories_near(self, reading: Reading, now: datetime) -> list[Story]:
        """Return the stories of the last days that share the reading's rarer words, nearest first."""
        terms = _terms(reading)
        if not terms:
            return []
        with self.sql.reading():
            first = self.sql.one(
                "select id from articles where fetched >= ? order by fetched limit 1", [rows.to_text(now - WINDOW)]
            )
            if first is None:
                return []
            found = self.db.execute(
                "select a.story_id from articles_fts f join articles a on a.id = f.rowid "
                "where articles_fts match ? and f.rowid >= ? order by bm25(articles_fts, 2.0, 1.0) limit ?",
                [" OR ".join(f'"{term}"' for term in terms), first["id"], NEAR],
            ).fetchall()
            return [self.story(story_id) for story_id in dict.fromkeys(id_ for (id_,) in found)]

    def story(self, story_id: int) -> Story:
        """Return a story with every article and fact in it, in the order they came."""
        if story_id not in self._stories:
            self._stories[story_id] = self._load(story_id)
            if len(self._stories) > KEPT_STORIES:
                self._stories.popitem(last=False)
        self._stories.move_to_end(story_id)
        return self._stories[story_id]

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
        Return the article's id.
        """
        with self.sql.writing():
            story_id = self._keep_story(reading, placing, now)
            article_id = self._keep_article(reading, placing, story_id, now, quiet)
            self._keep_facts(article_id, reading)
            self._stories.pop(story_id, None)
            self.rulings.keep(rulings, story_id, article_id, now)
            return article_id

    def _keep_story(self, reading: Reading, placing: Placing, now: datetime) -> int:
        moment = rows.to_text(now)
        if placing.story is None or placing.story.id is None:
            row = {"title": reading.article.title, "opened": moment, "changed": moment}
            return self.sql.insert("stories", row | {"kind": "roundup" if reading.passages else None})
        self.db.execute("update stories set changed = ? where id = ?", [moment, placing.story.id])
        return placing.story.id

    def _keep_article(self, reading: Reading, placing: Placing, story_id: int, now: datetime, quiet: str | None) -> int:
        article, table = reading.article, self.db.table("articles")
        source = self.sql.one("select id from sources where name = ?", [article.source])
        copied = placing.copy_of and self.sql.one("select id from articles where url_key = ?", [placing.copy_of])
        known = self.sql.one("select * from articles where url_key = ?", [article.url_key])
        tried = (known["retry"] if known else 0) + 1
        row = rows.article_row(article) | {
            "source_id": source and source["id"],
            "story_id": story_id,
            "copy_of": copied["id"] if copied else None,
            "retry": tried if article.retry and tried < TRIES else 0,
            "placed": placing.why,
            "quiet": quiet,
            "text_hash": text_hash(article.title, article.text),
        }
        if known is None:
            return self.sql.insert("articles", row)
        if not known["retry"]:
            self._keep_revision(known, now)
        # Who reported it first stays who it was, whichever source's listing told of the edit.
        first = ("source_id", "url") if known["retry"] else ("source_id", "url", "fetched")
        table.update(known["id"], row | {name: known[name] for name in first})
        return int(known["id"])

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


def _terms(reading: Reading) -> list[str]:
    """Return up to 12 words of title and lead to look for: the longest, names first, as rare words are long and names
    tell events apart."""
    words = dict.fromkeys(_TERM.findall(f"{reading.article.title} {reading.article.text[:1500]}"))
    return sorted(words, key=lambda word: (not word[0].isupper(), -len(word)))[:12]
