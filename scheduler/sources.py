"""Sources, where we stopped reading them, and what their listings named <-> the rows that remember it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from crawler.reading import Announced
from crawler.source import Bookmark, Source
from scheduler import rows
from scheduler.database import Sql
from scheduler.health import Health, Page, Standing, State
from scheduler.sifting import Known, entry_row, menu_rows, sift

PAGES = 60  # of a source, by which it is judged whether its pages are what they were
SEEN_AGAIN = timedelta(days=1)  # how exactly it is remembered when a listing last named an entry


class Sources:
    """The sources of one database."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql
        self._health: dict[str, Health | None] = {}  # this process alone writes, so what it read stays true

    def register(self, sources: Sequence[Source]) -> None:
        """Make a row for each source, and bring name, URL and publisher up to date.

        A changed URL starts with no bookmark.
        """
        with self.sql.writing():
            known = {row["name"]: row for row in self.sql.rows("select id, name, url, publisher from sources")}
            for source in sources:
                row: dict[str, Any] = {"name": source.name, "url": source.url, "publisher": source.publisher}
                was = known.get(source.name)
                if was is None:
                    self.sql.db.table("sources").insert(row | {"failures": 0, "caught_up": 0})
                elif was != row | {"id": was["id"]}:
                    new_url = rows.bookmark_row(Bookmark()) if was["url"] != source.url else {}
                    self.sql.db.table("sources").update(was["id"], row | new_url)

    def bookmark(self, source: Source) -> Bookmark:
        """Return where we stopped reading this source.

        Without validators while pages that failed are to be tried again.
        """
        with self.sql.reading():
            row = self.sql.one(
                "select s.*, exists (select 1 from articles where source_id = s.id and retry > 0) as owes_pages "
                "from sources s where name = ?",
                [source.name],
            )
        if row is None:
            return Bookmark()
        mark = rows.bookmark(row)
        return replace(mark, etag=None, last_modified=None, body_hash=None, parts=()) if row["owes_pages"] else mark

    def lately(self, names: Sequence[str], usual: timedelta) -> tuple[datetime | None, datetime | None, timedelta]:
        """Return when any of these sources was read last and polled last, and the shortest interval that one has.

        A source whose interval is not known yet has the `usual` one. One look for all of them.
        """
        with self.sql.reading():
            row = self.sql.one(
                "select max(last_success) as read, max(last_poll) as polled, min(coalesce(interval, ?)) as shortest "
                "from sources where name in (select value from json_each(?))",
                [usual.total_seconds(), json.dumps(names)],
            )
        row = row or {"read": None, "polled": None, "shortest": None}
        return rows.to_time(row["read"]), rows.to_time(row["polled"]), timedelta(seconds=row["shortest"] or 0)

    def turn_page(
        self,
        source: Source,
        mark: Bookmark,
        now: datetime,
        health: Health | None = None,
        listed: Sequence[Announced] = (),
        menu: Sequence[str] = (),
    ) -> None:
        """Remember where we stopped, how the source is, the entries that were dealt with, and the keys of links that
        are no articles.

        The last thing of a poll, so that a crash before it reads again and never skips.
        """
        row = rows.bookmark_row(mark) | (rows.health_row(health) if health else {})
        columns = ", ".join(f"{name} = :{name}" for name in row)
        with self.sql.writing():
            self.sql.do(f"update sources set {columns} where name = :of", row | {"of": source.name})  # noqa: S608  ours
            if listed or menu:
                self._remember(source, listed, menu, now)
        if health:
            self._health[source.name] = health

    def _remember(self, source: Source, listed: Sequence[Announced], menu: Sequence[str], now: datetime) -> None:
        row = self.sql.one("select id from sources where name = ?", [source.name])
        if row is None:
            return
        keys = [*(one.url_key for one in listed), *menu]
        stale = rows.to_text(now - SEEN_AGAIN)
        fresh = {
            entry["url_key"]: entry["fingerprint"]
            for entry in self.sql.rows(
                "select url_key, fingerprint from entries where source_id = ? and seen > ? "
                "and url_key in (select value from json_each(?))",
                [row["id"], stale, json.dumps(keys)],
            )
        }
        moment = rows.to_text(now) or ""
        new = [entry_row(row["id"], one, moment) for one in listed if fresh.get(one.url_key) != one.fingerprint]
        self.sql.insert_all("entries", new, or_replace=True)
        unknown = [key for key in menu if key not in fresh]
        self.sql.insert_all("entries", menu_rows(row["id"], unknown, moment), or_replace=True)

    def health(self, source: Source) -> Health | None:
        """Return how the source was judged last, `None` where it never was."""
        if source.name not in self._health:
            with self.sql.reading():
                row = self.sql.one("select * from sources where name = ?", [source.name])
            self._health[source.name] = rows.health(row) if row else None
        return self._health[source.name]

    def pages(self, source: Source, most: int = PAGES) -> list[Page]:
        """Return what the last pages of the source gave, the newest first."""
        with self.sql.reading():
            found = self.sql.rows(
                "select a.fetched, a.error, a.published from articles a join sources s on s.id = a.source_id "
                "where s.name = ? order by a.fetched desc, a.id desc limit ?",
                [source.name, most],
            )
        return [
            Page(
                fetched=rows.to_time(row["fetched"]) or rows.NEVER,
                has_text=row["error"] is None,
                dated=row["published"] is not None,
            )
            for row in found
        ]

    def standings(self, names: Sequence[str]) -> list[Standing]:
        """Return how these sources are and what was told of them; those never judged are left out."""
        with self.sql.reading():
            found = self.sql.rows(
                "select * from sources where health is not null and name in (select value from json_each(?)) "
                "order by name",
                [json.dumps(names)],
            )
        return [rows.standing(row) for row in found]

    def told(self, states: Mapping[str, State], now: datetime) -> None:
        """Remember what was told of these sources. The caller's transaction holds it."""
        for name, state in states.items():
            told = [str(state), rows.to_text(now), name]
            self.sql.do("update sources set health_told = ?, health_told_at = ? where name = ?", told)

    def fresh(self, source: Source, announced: Sequence[Announced], now: datetime) -> list[Announced]:
        """Return what of a listing is to be read: the new, the edited, and those whose page is to be tried again."""
        keys = json.dumps([one.url_key for one in announced])
        guids = json.dumps([one.entry.guid for one in announced if one.entry.guid])
        titles = json.dumps([entry_row(0, one, "")["title"] for one in announced])
        with self.sql.reading():
            articles = self.sql.rows(
                "select url_key, retry from articles where url_key in (select value from json_each(?))", [keys]
            )
            entries = self.sql.rows(
                "select e.* from entries e join sources s on s.id = e.source_id where s.name = ? and ("
                "e.url_key in (select value from json_each(?)) or e.guid in (select value from json_each(?)) "
                "or e.title in (select value from json_each(?)))",
                [source.name, keys, guids, titles],
            )
        known = Known({row["url_key"]: row["retry"] for row in articles}, entries)
        return sift(announced, known, now)

    def knows(self, url_key: str) -> bool:
        """Whether the archive has the article, and does not mean to try its page again."""
        with self.sql.reading():
            return self.sql.one("select 1 from articles where url_key = ? and retry = 0", [url_key]) is not None
