"""What was decided <-> its rows: decisions, alerts with the deliveries owed for them, and alerts that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.message import Alert
from alerts.policy import Decision, Reason, Told
from alerts.telling import to_json
from scheduler import rows
from scheduler.database import Sql
from scheduler.holds import Holds
from scheduler.outbox import Outbox
from scheduler.silences import Silences

Ruling = tuple[Decision, Alert | None]
"""A decision, and the alert where it tells."""


class Rulings:
    """What was decided about stories."""

    def __init__(self, sql: Sql, outbox: Outbox) -> None:
        self.sql, self.outbox, self.holds, self.silences = sql, outbox, Holds(sql), Silences(sql)

    def told(self, story_id: int | None) -> dict[str, Told]:
        """Return, by rule, what the last alert on this story said."""
        with self.sql.reading():
            found = self.sql.rows(
                "select rule, max(id), created, reason, killed, injured from alerts where story_id = ? group by rule",
                [story_id],
            )
        return {
            row["rule"]: Told(
                at=rows.to_time(row["created"]) or rows.NEVER,
                killed=row["killed"],
                injured=row["injured"],
                reason=Reason(row["reason"]),
            )
            for row in found
        }

    def of_roundup(self, story_id: int) -> bool:
        """Whether the story is a round-up of several events."""
        with self.sql.reading():
            return self.sql.one("select 1 from stories where id = ? and kind = 'roundup'", [story_id]) is not None

    def keep(self, rulings: Sequence[Ruling], story_id: int, article_id: int, now: datetime) -> None:
        """Write decisions, the alerts of those that tell with what is owed for them, and those that begin to wait.

        Why an alert does not go to a channel at once is a decision too. It names no alert: the alert is another's.
        The caller's transaction holds them all.
        """
        for decision, alert in rulings:
            alert_id = self._keep_alert(alert, story_id, article_id, now) if alert else None
            row: dict[str, Any] = {"article_id": article_id, "story_id": story_id, "alert_id": alert_id}
            row |= {
                "decided": rows.to_text(now),
                "rule": decision.rule,
                "reason": str(decision.reason),
                "explanation": decision.explanation,
            }
            ways = alert.routes if alert else ()
            other = [{"alert_id": None, "reason": str(way.kind), "explanation": way.explanation} for way in ways]
            self.sql.insert_all("decisions", [row, *(row | one for one in other)])
            if decision.due is not None:
                self.holds.wait(decision.rule, story_id, article_id, now, decision.due)

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
            "telling": alert.message.telling and to_json(alert.message.telling),
            "created": rows.to_text(now),
        }
        alert_id = self.sql.insert("alerts", row)
        elsewhere = {route.channel for route in alert.routes}
        self.outbox.owe([one for one in alert.notify if one not in elsewhere], now, alert_id=alert_id)
        self.outbox.gathered.keep(alert_id, alert.routes)
        return alert_id
