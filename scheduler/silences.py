"""Silences <-> their rows: what somebody wants to hear nothing of for a while, and how much that held back.

Each call is a short transaction of its own, so that `tocsin silence` works beside a running daemon, which reads what is
in force whenever an alert is to ring.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from alerts.gathering import Scope, Silence
from scheduler import rows
from scheduler.database import Sql

Row = dict[str, Any]
LEAP = timedelta(days=1)  # what begins later than this was written by a clock that has been set back since

_MERGED = "select into_id from corrections where kind = 'merge' and story_id = ? order by id desc limit 1"
_SILENCES = """
select s.*, (s.ended is null and s.until > :now) as in_force,
  (select count(distinct d.alert_id) from deliveries d where d.silence_id = s.id) as held
from silences s
"""


class Silences:
    """What is silenced."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def in_force(self, now: datetime) -> list[Silence]:
        """Return the silences that have neither expired nor been ended; one of a merged story is for the other."""
        with self.sql.reading():
            found = self.sql.rows(
                "select * from silences where until > ? and ended is null and begun <= ? order by id",
                [rows.to_text(now), rows.to_text(now + LEAP)],
            )
            return [self._read(row, now) for row in found]

    def _read(self, row: Row, now: datetime) -> Silence:
        value, seen = row["value"], set[str]()
        while row["kind"] == "story" and value not in seen:
            seen.add(value)
            merged = self.sql.one(_MERGED, [value])
            value = str(merged["into_id"]) if merged else value
        own = {name: row[name] for name in ("id", "name", "author", "because")}
        begun, until = (rows.to_time(row[name]) or now for name in ("begun", "until"))
        return Silence(scope=row["kind"], value=value, begun=begun, until=until, **own)

    def add(self, scope: Scope, of: tuple[str, str], by: tuple[str, str], now: datetime, until: datetime) -> int:
        """Begin a silence of a value and its name, by an author and because of a reason; return its id."""
        row = {"kind": scope, "value": of[0], "name": of[1], "author": by[0], "because": by[1]}
        with self.sql.writing():
            return self.sql.insert("silences", row | {"begun": rows.to_text(now), "until": rows.to_text(until)})

    def end(self, silence: int, now: datetime, due: Callable[[str], datetime | None]) -> Row | None:
        """End a silence and make due what it held back; return it with `held`, `None` where there is none in force.

        `due` says until when an alert of a rule that is not urgent waits all the same, `None` where it does not.
        """
        with self.sql.writing():
            moment = rows.to_text(now)
            self.sql.do(
                "update silences set ended = ? where id = ? and ended is null and until > ?", [moment, silence, moment]
            )
            if not (self.sql.one("select changes() as n") or {"n": 0})["n"]:
                return None
            for waiting in self._waiting(silence):
                later = None if waiting["urgent"] else due(waiting["rule"])
                self.sql.do("update deliveries set due = ? where id = ?", [rows.to_text(later or now), waiting["id"]])
            return self.sql.one(f"{_SILENCES} where s.id = :id", {"id": silence, "now": moment})

    def _waiting(self, silence: int) -> list[Row]:
        return self.sql.rows(
            "select d.id, d.urgent, l.rule from deliveries d join alerts l on l.id = d.alert_id "
            "where d.silence_id = ? and d.state = 'gathered'",
            [silence],
        )

    def one(self, silence: int) -> Row | None:
        """Return a silence as its row, `None` where there is none of this id."""
        with self.sql.reading():
            return self.sql.one("select * from silences where id = ?", [silence])

    def held(self, silence: int) -> list[Row]:
        """Return the alerts that a silence held back, in order, with what became of each for its channels."""
        with self.sql.reading():
            return self.sql.rows(
                "select l.id, l.created, l.rule, l.reason, l.title, "
                "group_concat(d.channel || ' ' || d.state, ', ') as deliveries from deliveries d "
                "join alerts l on l.id = d.alert_id where d.silence_id = ? group by l.id order by l.id",
                [silence],
            )

    def listed(self, now: datetime, *, past: bool = False) -> list[Row]:
        """Return silences as rows with how many alerts each `held` back: those in force, or with `past` all of them."""
        with self.sql.reading():
            return self.sql.rows(
                f"{_SILENCES} where :past or in_force order by s.id desc",
                {"now": rows.to_text(now), "past": past},
            )
