"""What was decided <-> its rows: decisions, alerts with the deliveries owed for them, and alerts that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.message import Alert
from alerts.policy import Decision, Reason, Told
from scheduler import rows
from scheduler.database import Sql
from scheduler.holds import Holds
from scheduler.outbox import Outbox

Ruling = tuple[Decision, Alert | None]
"""A decision, and the alert where it tells."""


class Rulings:
    """What was decided about stories."""

    def __init__(self, sql: Sql, outbox: Outbox) -> None:
        self.sql, self.outbox, self.holds = sql, outbox, Holds(sql)

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

        The caller's transaction holds them all.
        """
        for decision, alert in rulings:
            alert_id = self._keep_alert(alert, story_id, article_id, now) if alert else None
            row = {"article_id": article_id, "story_id": story_id, "alert_id": alert_id, "decided": rows.to_text(now)}
            row |= {"rule": decision.rule, "reason": str(decision.reason), "explanation": decision.explanation}
            self.sql.insert_all("decisions", [row])
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
            "created": rows.to_text(now),
        }
        alert_id = self.sql.insert("alerts", row)
        self.outbox.owe(alert.notify, now, alert_id=alert_id)
        return alert_id
