"""Deliveries owed <-> their rows: an alert or a notice is rows before it is a message."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.delivery import Delivery, Outcome, State
from alerts.message import Message
from alerts.refusals import LONGEST
from alerts.telling import Telling, from_json
from scheduler import rows
from scheduler.database import Sql
from scheduler.gathered import Gathered


class Outbox:
    """What is to be sent, and what became of it."""

    def __init__(self, sql: Sql) -> None:
        self.sql, self.gathered = sql, Gathered(sql)

    def owe(self, channels: Iterable[str], now: datetime, **of: Any) -> None:
        """Write one delivery a channel for an alert (`alert_id=`), a notice (`notice_id=`) or a digest (`digest_id=`).

        `of` are these and any other columns. The caller's transaction holds both.
        """
        moment = rows.to_text(now)
        owed = {**of, "state": str(State.OWED), "attempts": 0, "due": moment, "begun": moment}
        self.sql.insert_all(
            "deliveries", [owed | {"channel": channel, "key": uuid.uuid4().hex} for channel in channels]
        )

    def notice(self, kind: str, message: Message, channels: Iterable[str], now: datetime) -> None:
        """Keep a notice about Tocsin's own troubles, owed to these channels. The caller's transaction holds it."""
        row = {"kind": kind, "severity": message.severity, "title": message.title, "body": message.body}
        notice = self.sql.insert("notices", row | {"created": rows.to_text(now)})
        self.owe(channels, now, notice_id=notice)

    def owed(self, now: datetime) -> list[Delivery]:
        """Return the deliveries that are due, oldest first."""
        with self.sql.reading():
            found = self.sql.rows(
                "select d.*, coalesce(l.title, n.title, g.title) as title, coalesce(l.body, n.body, g.body) as body, "
                "coalesce(l.severity, n.severity, g.severity) as severity, "
                "coalesce(d.begun, l.created, n.created) as created, "  # one that was gathered is not given up at once
                "l.rule, l.story_id, l.article_id, l.telling, s.opened from deliveries d "
                "left join alerts l on l.id = d.alert_id left join stories s on s.id = l.story_id "
                "left join notices n on n.id = d.notice_id "
                "left join digests g on g.id = d.digest_id "
                # What is due later than anything can be was put off by a clock that has been set back since.
                "where d.state = ? and (d.due <= ? or d.due > ?) order by d.id",
                [State.OWED, rows.to_text(now), rows.to_text(now + LONGEST)],
            )
        return [
            Delivery(
                id=row["id"],
                channel=row["channel"],
                message=Message(row["title"], row["body"], row["severity"], telling=_telling(row)),
                key=row["key"],
                attempts=row["attempts"],
                created=rows.to_time(row["created"]) or now,
                thread=_thread(row),
                note=row["note"],
            )
            for row in found
        ]

    def hurry(self, now: datetime) -> None:
        """Make due now what is owed and was put off: by a clock that was wrong. The caller's transaction holds it."""
        moment = rows.to_text(now)
        self.sql.do("update deliveries set due = ? where state = ? and due > ?", [moment, State.OWED, moment])

    def record(self, outcome: Outcome) -> None:
        """Write what an attempt came to."""
        with self.sql.writing():
            settled = None if outcome.state is State.OWED else rows.to_text(outcome.at)
            self.sql.do(
                "update deliveries set state = ?, attempts = attempts + 1, due = ?, settled = ?, detail = ?, "
                "problem = ? where id = ?",
                [outcome.state, rows.to_text(outcome.due), settled, outcome.detail, outcome.code, outcome.delivery],
            )
            attempt = {
                "delivery_id": outcome.delivery,
                "at": rows.to_text(outcome.at),
                "outcome": str(outcome.state),
                "detail": outcome.detail,
            }
            self.sql.insert_all("attempts", [attempt])


def _thread(row: dict[str, Any]) -> str | None:
    """Return what the alerts of one rule on one story have in common, and those of no other, whatever the database."""
    if row["story_id"] is None:
        return None
    of = f"{row['rule']}\n{row['story_id']}\n{row['opened']}"
    return hashlib.blake2b(of.encode("utf8", "replace"), digest_size=12).hexdigest()


def _telling(row: dict[str, Any]) -> Telling | None:
    """Return what an alert tells, with its story as it is called now; `None` for what is no alert, or an older one."""
    telling = from_json(row["telling"])
    return telling and replace(telling, story=row["story_id"], article=row["article_id"])
