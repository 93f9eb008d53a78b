"""What was read and decided <-> the SQLite file: articles, stories, alerts and the deliveries owed for them.

Everything that one article causes is written in one transaction, so it is there whole or not at all, whatever crashes.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from alerts.delivery import Delivery, Outcome, State
from alerts.message import Alert, Message
from alerts.placing import Placing
from alerts.policy import Decision, Told
from alerts.story import Story
from crawler.reading import Reading
from crawler.source import Bookmark, Source
from scheduler import rows
from scheduler.database import connect, in_plain_words

WINDOW = timedelta(days=7)  # how far back an article may join a story
NEAR = 8  # stories looked at for one article; more found nothing more on labelled pages (docs/measurements.md)
KEPT_STORIES = 300  # stories held in memory: an article looks at some thirty, most of them the same as the one before
FACTS = ("facts", "article_places", "article_groups")
TRIES = 3  # polls that try again to fetch a page that failed for the moment
_TERM = re.compile(r"[^\W_]{2,}")


def open_store(path: Path) -> Store:
    """Open the database at the path, or make it. Raises StoreError."""
    return Store(connect(path), path)


class Store:
    """The database of one running Tocsin."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.path = db, path
        self._stories: OrderedDict[int, Story] = OrderedDict()  # this process alone writes, so what it read stays true

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # sources

    def register(self, sources: Sequence[Source]) -> None:
        """Make a row for each source, and bring name, URL and publisher up to date.

        A changed URL starts with no bookmark.
        """
        with in_plain_words(self.path), self.db.atomic():
            for source in sources:
                known = self._one("select id, url from sources where name = ?", [source.name])
                row: dict[str, Any] = {"name": source.name, "url": source.url, "publisher": source.publisher}
                if known and known["url"] != source.url:
                    row |= rows.bookmark_row(Bookmark())
                if known:
                    self.db.table("sources").update(known["id"], row)
                else:
                    self.db.table("sources").insert(row | {"failures": 0})

    def bookmark(self, source: Source) -> Bookmark:
        """Return where we stopped reading this source.

        Without validators while pages that failed are to be tried again.
        """
        with in_plain_words(self.path):
            row = self._one(
                "select s.*, exists (select 1 from articles where source_id = s.id and retry > 0) as owes_pages "
                "from sources s where name = ?",
                [source.name],
            )
        if row is None:
            return Bookmark()
        mark = rows.bookmark(row)
        return replace(mark, etag=None, last_modified=None, body_hash=None) if row["owes_pages"] else mark

    def turn_page(self, source: Source, mark: Bookmark) -> None:
        """Remember where we stopped.

        The last thing of a poll, so that a crash before it reads again and never skips.
        """
        with in_plain_words(self.path), self.db.atomic():
            self.db.execute(
                "update sources set etag = :etag, last_modified = :last_modified, body_hash = :body_hash, "
                "next_poll = :next_poll, "
                "last_poll = :last_poll, last_success = :last_success, failures = :failures, error = :error "
                "where name = :name",
                rows.bookmark_row(mark) | {"name": source.name},
            )

    # articles and stories

    def unseen(self, keys: Sequence[str]) -> set[str]:
        """Return those URL keys that are not in the database, or whose page failed and is to be tried again."""
        with in_plain_words(self.path):
            found = self.db.execute(
                "select url_key from articles where retry = 0 and url_key in (select value from json_each(?))",
                [json.dumps(list(keys))],
            )
            return set(keys) - {key for (key,) in found}

    def story_of(self, url_key: str) -> Story | None:
        """Return the story that holds this article, without the article itself; `None` where it was never read."""
        with in_plain_words(self.path):
            row = self._one("select story_id from articles where url_key = ?", [url_key])
            if row is None:
                return None
            story = self.story(row["story_id"])
            others = tuple(r for r in story.readings if r.article.url_key != url_key)
            return Story(id=story.id, readings=others, copies=story.copies - {url_key})

    def stories_near(self, reading: Reading, now: datetime) -> list[Story]:
        """Return the stories of the last days that share the reading's rarer words, nearest first."""
        terms = _terms(reading)
        if not terms:
            return []
        with in_plain_words(self.path):
            first = self._one(
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
        members = self._rows(
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
        for row in self._rows(f"select * from {table} where {inside} order by rowid", [story_id]):  # noqa: S608  our names
            found[row["article_id"]].append(row)
        return found

    def told(self, story: Story) -> dict[str, Told]:
        """Return, by rule, what the last alert on this story said."""
        with in_plain_words(self.path):
            found = self._rows(
                "select rule, max(id), created, killed, injured from alerts where story_id = ? group by rule",
                [story.id],
            )
            return {
                row["rule"]: Told(
                    at=rows.to_time(row["created"]) or rows.NEVER, killed=row["killed"], injured=row["injured"]
                )
                for row in found
            }

    def keep(
        self, reading: Reading, placing: Placing, rulings: Sequence[tuple[Decision, Alert | None]], now: datetime
    ) -> int:
        """Write the article, its facts, its story, what was decided and what is owed, in one transaction.

        Return the article's id.
        """
        with in_plain_words(self.path), self.db.atomic():
            story_id = self._keep_story(reading, placing, now)
            article_id = self._keep_article(reading, placing, story_id)
            self._keep_facts(article_id, reading)
            self._stories.pop(story_id, None)
            for decision, alert in rulings:
                alert_id = self._keep_alert(alert, story_id, article_id, now) if alert else None
                row = {
                    "article_id": article_id,
                    "story_id": story_id,
                    "alert_id": alert_id,
                    "decided": rows.to_text(now),
                }
                row |= {"rule": decision.rule, "reason": str(decision.reason), "explanation": decision.explanation}
                self._insert_all("decisions", [row])
            return article_id

    def _keep_story(self, reading: Reading, placing: Placing, now: datetime) -> int:
        moment = rows.to_text(now)
        if placing.story is None or placing.story.id is None:
            row = {"title": reading.article.title, "opened": moment, "changed": moment}
            return self._insert("stories", row)
        self.db.execute("update stories set changed = ? where id = ?", [moment, placing.story.id])
        return placing.story.id

    def _keep_article(self, reading: Reading, placing: Placing, story_id: int) -> int:
        article, table = reading.article, self.db.table("articles")
        source = self._one("select id from sources where name = ?", [article.source])
        copied = placing.copy_of and self._one("select id from articles where url_key = ?", [placing.copy_of])
        known = self._one("select id, retry from articles where url_key = ?", [article.url_key])
        tried = (known["retry"] if known else 0) + 1
        row = rows.article_row(article) | {
            "source_id": source and source["id"],
            "story_id": story_id,
            "copy_of": copied["id"] if copied else None,
            "retry": tried if article.retry and tried < TRIES else 0,
            "placed": placing.why,
        }
        if known is None:
            return self._insert("articles", row)
        table.update(known["id"], row)
        return int(known["id"])

    def _keep_facts(self, article_id: int, reading: Reading) -> None:
        for table in FACTS:
            self.db.execute(f"delete from {table} where article_id = ?", [article_id])  # noqa: S608  our own names
        if reading.facts:
            self._insert_all("facts", [rows.facts_row(article_id, reading.facts)])
            self._insert_all("article_places", [rows.place_row(article_id, place) for place in reading.facts.places])
            self._insert_all("article_groups", [rows.group_row(article_id, group) for group in reading.facts.groups])

    def _keep_alert(self, alert: Alert, story_id: int, article_id: int, now: datetime) -> int:
        row = {
            "rule": alert.rule,
            "story_id": story_id,
            "article_id": article_id,
            "reason": str(alert.reason),
            "severity": alert.message.severity,
            "killed": alert.killed,
            "injured": alert.injured,
            "title": alert.message.title,
            "body": alert.message.body,
            "created": rows.to_text(now),
        }
        alert_id = self._insert("alerts", row)
        owed = {"alert_id": alert_id, "state": str(State.OWED), "attempts": 0, "due": rows.to_text(now)}
        self._insert_all(
            "deliveries", [owed | {"channel": channel, "key": uuid.uuid4().hex} for channel in alert.notify]
        )
        return alert_id

    # deliveries

    def owed(self, now: datetime) -> list[Delivery]:
        """Return the deliveries that are due, oldest first."""
        with in_plain_words(self.path):
            found = self._rows(
                "select d.*, l.title, l.body, l.severity, l.created from deliveries d join alerts l on l.id = "
                "d.alert_id "
                "where d.state = ? and d.due <= ? order by d.id",
                [State.OWED, rows.to_text(now)],
            )
            return [
                Delivery(
                    id=row["id"],
                    channel=row["channel"],
                    message=Message(row["title"], row["body"], row["severity"]),
                    key=row["key"],
                    attempts=row["attempts"],
                    created=rows.to_time(row["created"]) or now,
                )
                for row in found
            ]

    def record(self, outcome: Outcome) -> None:
        """Write what an attempt came to."""
        with in_plain_words(self.path), self.db.atomic():
            settled = None if outcome.state is State.OWED else rows.to_text(outcome.at)
            self.db.execute(
                "update deliveries set state = ?, attempts = attempts + 1, due = ?, settled = ?, detail = ? "
                "where id = ?",
                [outcome.state, rows.to_text(outcome.due), settled, outcome.detail, outcome.delivery],
            )
            attempt = {
                "delivery_id": outcome.delivery,
                "at": rows.to_text(outcome.at),
                "outcome": str(outcome.state),
                "detail": outcome.detail,
            }
            self._insert_all("attempts", [attempt])

    def _insert(self, table: str, row: dict[str, Any]) -> int:
        """Insert a row and return its id."""
        self._insert_all(table, [row])
        return int(self.db.execute("select last_insert_rowid()").fetchone()[0])

    def _insert_all(self, table: str, found: list[dict[str, Any]]) -> None:
        """Insert rows of the same columns. The library's own insert looks the table up in the schema again for each."""
        if found:
            columns, marks = ", ".join(f'"{name}"' for name in found[0]), ", ".join("?" * len(found[0]))
            sql = f"insert into {table} ({columns}) values ({marks})"  # noqa: S608  our own names
            self.db.conn.executemany(sql, [list(row.values()) for row in found])

    def _one(self, sql: str, values: Sequence[Any]) -> dict[str, Any] | None:
        return next(iter(self._rows(sql, values)), None)

    def _rows(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows of a query. The library's own `query` makes a savepoint for each."""
        found = self.db.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]


def _terms(reading: Reading) -> list[str]:
    """Return up to 12 words of title and lead to look for: the longest, names first, as rare words are long and names
    tell events apart."""
    words = dict.fromkeys(_TERM.findall(f"{reading.article.title} {reading.article.text[:1500]}"))
    return sorted(words, key=lambda word: (not word[0].isupper(), -len(word)))[:12]
