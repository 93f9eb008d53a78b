"""Alerts that nobody acknowledged -> the next channel; and acknowledgements <-> their rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from alerts.delivery import State
from alerts.hours import Escalation, length
from alerts.rules import Rule
from scheduler import rows
from scheduler.database import Sql

REACH = timedelta(days=2)  # an alert that is older is nobody's emergency any more
KIND = "escalation"
Row = dict[str, Any]

# Told is an alert from when it began to be owed to a channel, or stood in a digest: not while it is gathered or muted.
_UNHEARD = """
select l.id, l.story_id, l.rule, min(coalesce(g.begun, d.begun)) as told
from alerts l join deliveries d on d.alert_id = l.id and d.kind is not 'escalation'
left join deliveries g on d.state = 'digested' and g.digest_id = d.digest_id and g.alert_id is null
where l.rule = :rule and l.created >= :since and d.state in ('owed', 'sent', 'dead', 'digested')
  and not exists (select 1 from acknowledgements a where a.story_id = l.story_id and a.at >= l.created)
group by l.id
"""


class Escalations:
    """What waits for somebody to acknowledge it."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def acknowledge(self, story: int, by: str, now: datetime) -> int:
        """Keep that somebody has seen the alerts of a story; return how many waited for it. Raises StoreError."""
        with self.sql.writing():
            waiting = self.sql.one(
                "select count(*) as n from alerts l where l.story_id = ? and not exists "
                "(select 1 from acknowledgements a where a.story_id = l.story_id and a.at >= l.created)",
                [story],
            )
            self.sql.insert_all("acknowledgements", [{"story_id": story, "by": by, "at": rows.to_text(now)}])
        return int((waiting or {"n": 0})["n"])

    def escalate(self, rules: Iterable[Rule], channels: Mapping[str, Any], now: datetime) -> int:
        """Owe what nobody acknowledged in time to the next channel, each step once; return how many. Raises StoreError.

        A channel that is no more in the configuration is passed over.
        """
        owed = 0
        for rule in rules:
            for number, step in enumerate(rule.escalate if rule.enabled else ()):
                owed += self._step(rule, number, step, channels, now)
        return owed

    def _step(self, rule: Rule, number: int, step: Escalation, channels: Mapping[str, Any], now: datetime) -> int:
        with self.sql.reading():
            unheard = self.sql.rows(_UNHEARD, {"rule": rule.name, "since": rows.to_text(now - REACH)})
        owed = 0
        for row in unheard:
            told = rows.to_time(row["told"])
            if told is None or now < told + step.after:
                continue
            with self.sql.writing():
                taken = {one["channel"] for one in self._taken(row["id"], number)}
                to = [name for name in step.to if name not in taken and name in channels]
                self.sql.insert_all("deliveries", [_delivery(row, number, name, step, now) for name in to])
            owed += len(to)
        return owed

    def _taken(self, alert: int, number: int) -> list[Row]:
        step = "select channel from deliveries where alert_id = ? and kind = ? and terms = ?"
        return self.sql.rows(step, [alert, KIND, str(number)])


def _delivery(row: Row, number: int, channel: str, step: Escalation, now: datetime) -> Row:
    moment = rows.to_text(now)
    note = f"Not acknowledged for {length(step.after)}; 'tocsin ack {row['id']}' acknowledges it."
    return {
        "alert_id": row["id"],
        "channel": channel,
        "state": str(State.OWED),
        "key": uuid.uuid4().hex,
        "attempts": 0,
        "due": moment,
        "begun": moment,
        "kind": KIND,
        "terms": str(number),
        "note": note,
    }
