"""The configuration that a daemon runs by, and what was asked of it while it runs <-> their rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler import rows
from scheduler.database import Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the daemon runs by: loaded when, and what is wrong with the file since (`None` where it is in order)."""

    path: str
    loaded: datetime
    rules: tuple[str, ...]
    problems: str | None = None
    since: datetime | None = None


class StandingOrders:
    """One row of what is in force, and the requests that a command leaves beside a running daemon."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def loaded(self, path: Path, rules: Sequence[str], sources: Sequence[str], now: datetime) -> None:
        """Keep that this file is in force and in order. The caller's transaction may hold it. Raises StoreError."""
        names = {"rules": json.dumps(rules, ensure_ascii=False), "sources": json.dumps(sources, ensure_ascii=False)}
        row = {"id": 1, "path": str(path), "loaded": rows.to_text(now), **names, "problems": None, "since": None}
        with self.sql.writing():
            self.sql.insert_all("configuration", [row], or_replace=True)

    def refused(self, problems: str, now: datetime) -> None:
        """Keep that the file as it is now does not pass. Raises StoreError."""
        with self.sql.writing():
            self.sql.do("update configuration set problems = ?, since = ?", [problems, rows.to_text(now)])

    def standing(self) -> Standing | None:
        """Return what is in force, `None` where no daemon has run by this database yet. Raises StoreError."""
        with self.sql.reading():
            row = self.sql.one("select * from configuration where id = 1")
        if row is None:
            return None
        return Standing(
            path=row["path"],
            loaded=rows.to_time(row["loaded"]) or rows.NEVER,
            rules=tuple(json.loads(row["rules"])),
            problems=row["problems"],
            since=rows.to_time(row["since"]),
        )

    def ask(self, kind: str, value: str, now: datetime) -> None:
        """Leave a request for the daemon. Raises StoreError."""
        with self.sql.writing():
            self.sql.insert_all("requests", [{"kind": kind, "value": value, "asked": rows.to_text(now)}])

    def forget(self, kind: str, before: datetime) -> None:
        """Drop what was asked for until then: nobody waits for it any more. Raises StoreError."""
        with self.sql.writing():
            self.sql.do("delete from requests where kind = ? and asked < ?", [kind, rows.to_text(before)])

    def asked(self, kind: str) -> list[str]:
        """Return what was asked for, and forget it. Raises StoreError."""
        with self.sql.writing():
            found = self.sql.rows("select value from requests where kind = ? order by id", [kind])
            self.sql.do("delete from requests where kind = ?", [kind])
        return [row["value"] for row in found]
