"""The SQLite file, read-only -> what `status`, `why` and `search` show.

Never waits for the daemon and never disturbs it.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from alerts.story import Story
from crawler.article import url_key
from scheduler import rows
from scheduler.database import StoreError
from scheduler.migrations import migrations
from scheduler.store import Store

Row = dict[str, Any]
_WORD = re.compile(r'"[^"]*"|\S+')


def open_archive(path: Path) -> Archive:
    """Open the database for looking. Raises StoreError where there is none, or none that this version can read."""
    if not path.exists():
        raise StoreError(f"there is no database at {path} yet: 'tocsin run' or 'tocsin once' makes it")
    try:
        archive = Archive(Database(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)), path)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    try:
        archive.rows("select 1 from articles limit 1", [])
        pending = migrations.pending(archive.db)
    except sqlite3.DatabaseError as error:
        archive.close()
        raise StoreError(f"{path} cannot be read as a Tocsin database: {error}") from error
    if pending:
        archive.close()
        older = "was written by an older Tocsin: 'tocsin run' or 'tocsin once' brings it up to date"
        raise StoreError(f"{path} {older}")
    return archive


class Archive:
    """What was kept, for looking back."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.path = db, path

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def rows(self, sql: str, values: Any) -> list[Row]:
        """Return the rows of one query."""
        return list(self.db.query(sql, values))

    def sources(self) -> list[Row]:
        """Return the sources as they were last polled, those with problems first."""
        return self.rows(
            "select name, last_success, last_poll, last_new, next_poll, failures, error, kind, caught_up, interval, "
            "gap, health, health_why, health_since from sources order by failures desc, name",
            [],
        )

    def rules(self, now: datetime) -> dict[str, int]:
        """Return the number of alerts of the last 24 hours by rule."""
        since = rows.to_text(now - timedelta(hours=24))
        found = self.rows("select rule, count(*) as alerts from alerts where created >= ? group by rule", [since])
        return {row["rule"]: row["alerts"] for row in found}

    def deliveries(self) -> list[Row]:
        """Return, by channel, how many deliveries are owed, wait for a digest, are sent and dead.

        With what was last said of one that was not accepted.
        """
        return self.rows(
            "select channel, sum(state = 'owed') as owed, sum(state = 'gathered') as waiting, "
            "sum(state = 'sent') as sent, sum(state = 'dead') as dead, "
            "max(case when state <> 'sent' then detail end) as detail from deliveries "
            "group by channel order by channel",
            [],
        )

    def totals(self) -> Row:
        """Return how many articles, stories and alerts there are."""
        counted = ("articles", "stories", "alerts")
        return {table: self.rows(f"select count(*) as n from {table}", [])[0]["n"] for table in counted}  # noqa: S608  fixed names

    def search(self, words: str, limit: int) -> list[Row]:
        """Return articles that hold every word (`"a phrase"`, `prefix*`), best first; other signs are taken as text."""
        terms = [_term(word) for word in _WORD.findall(words)]
        query = " ".join(term for term in terms if term)
        if not query:
            return []
        return self.rows(
            "select a.id, coalesce(a.published, a.fetched) as published, s.publisher, a.title, f.killed, a.url "
            "from articles_fts t join articles a on a.id = t.rowid join sources s on s.id = a.source_id "
            "left join facts f on f.article_id = a.id "
            "where articles_fts match ? order by bm25(articles_fts, 2.0, 1.0) limit ?",
            [query, limit],
        )

    def article(self, url_or_id: str) -> Row | None:
        """Return the article of this id or URL (any form of it that means the same page)."""
        if url_or_id.isdecimal():
            found = self.rows("select * from articles where id = ?", [int(url_or_id[:18])])
        else:
            try:
                key = url_key(url_or_id)
            except ValueError:
                key = url_or_id
            found = self.rows("select * from articles where url_key = ? or url = ? limit 1", [key, url_or_id])
        return found[0] if found else None

    def story_up_to(self, article: Row) -> Story:
        """Return the story as it stood when the article came: with it, without what came later."""
        whole = Store(self.db, self.path).story(article["story_id"])
        count = self.rows(
            "select count(*) as n from articles where story_id = ? and id <= ?", [article["story_id"], article["id"]]
        )[0]["n"]
        return Story(id=whole.id, readings=whole.readings[:count], copies=whole.copies)

    def story(self, story_id: int) -> Story:
        """Return the story as it is now; one without articles is none."""
        return Store(self.db, self.path).story(story_id)

    def corrections(self, story_id: int) -> list[Row]:
        """Return what was put right about a story by hand, in order."""
        return Store(self.db, self.path).corrections.of(story_id)

    def stories(self, since: datetime, limit: int, words: str = "") -> list[Row]:
        """Return the stories that changed since then, those with an article of these words where some are given."""
        query = " ".join(term for term in map(_term, _WORD.findall(words)) if term)
        if words.strip() and not query:
            return []
        return self.rows(
            "select t.id, t.opened, t.changed, t.kind, count(a.id) as articles, "
            "(select count(*) from alerts l where l.story_id = t.id) as alerts "
            "from stories t join articles a on a.story_id = t.id where t.changed >= :since and (:words is null or "
            "t.id in (select b.story_id from articles_fts f join articles b on b.id = f.rowid "
            "where articles_fts match :words)) "
            "group by t.id order by t.changed desc, t.id desc limit :most",
            {"since": rows.to_text(since), "words": query or None, "most": limit},
        )

    def story_rows(self, story_id: int) -> list[Row]:
        """Return how each article of a story was placed, in the order they came."""
        return self.rows(
            "select a.id, a.url_key, a.copy_of, a.placed, a.score, a.rival_story, a.rival_score, a.quiet, "
            "t.title as rival from articles a left join stories t on t.id = a.rival_story "
            "where a.story_id = ? order by a.id",
            [story_id],
        )

    def story_alerts(self, story_id: int) -> list[Row]:
        """Return the alerts of a story in order, each with its deliveries."""
        found = self.rows(
            "select id, rule, reason, severity, title, created, article_id from alerts where story_id = ? order by id",
            [story_id],
        )
        for row in found:
            row["deliveries"] = self.attempts(row["id"])
        return found

    def source_name(self, article: Row) -> str:
        """Return the name of the source that the article came from."""
        return str(self.rows("select name from sources where id = ?", [article["source_id"]])[0]["name"])

    def revisions(self, article_id: int) -> list[Row]:
        """Return what an edited article was before, in order: `title`, `fetched` and when it was `replaced`."""
        sql = "select title, fetched, replaced from revisions where article_id = ? order by id"
        return self.rows(sql, [article_id])

    def decisions(self, article_id: int) -> list[Row]:
        """Return what was decided when the article came, in order."""
        return self.rows("select * from decisions where article_id = ? order by id", [article_id])

    def decisions_of_story(self, story_id: int) -> list[Row]:
        """Return everything that was decided about a story, in order."""
        return self.rows("select * from decisions where story_id = ? order by id", [story_id])

    def holds(self, story_id: int) -> list[Row]:
        """Return the alerts on a story that wait for other reports: `rule`, `since`, `due`."""
        held = "select h.rule, h.since, h.due from holds h join articles a on a.id = h.article_id where a.story_id = ?"
        return self.rows(f"{held} order by h.id", [story_id])

    def listed(self, key: str) -> list[Row]:
        """Return which sources' listings named this URL key, and when each did last: `source`, `title`, `seen`."""
        named = "select s.name as source, e.title, e.seen from entries e join sources s on s.id = e.source_id"
        return self.rows(f"{named} where e.url_key = ? order by e.seen", [key])

    def attempts(self, alert_id: int) -> list[Row]:
        """Return the deliveries of an alert with each attempt.

        A delivery that was not tried yet has one row without `at`. Of one that was told in a digest the attempts are
        the digest's.
        """
        return self.rows(
            "select d.id, d.channel, d.state, d.due, d.kind, t.at, t.outcome, t.detail from deliveries d "
            "left join deliveries g on d.state = 'digested' and g.digest_id = d.digest_id and g.alert_id is null "
            "and g.channel = d.channel left join attempts t on t.delivery_id = coalesce(g.id, d.id) "
            "where d.alert_id = ? order by d.id, t.id",
            [alert_id],
        )


def _term(word: str) -> str:
    """Return a word in FTS5's own quotes, so that no sign in it is taken for an operator.

    A trailing `*` stays a prefix.
    """
    bare = word.strip('"*').replace('"', '""').replace("\x00", "")
    return f'"{bare}"{"*" if word.endswith("*") else ""}' if bare.strip() else ""
