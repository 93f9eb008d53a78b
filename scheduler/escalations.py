"""Alerts that nobody acknowledged -> the next channel; and acknowledgements <-> their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from alerts.hours import length
from alerts.rules import Rule
from scheduler import rows
from scheduler.outbox import Outbox

REACH = timedelta(days=2)  # an alert that is older is nobody's emergency any more
KIND = "escalation"

# Told is an alert from when it began to be owed to a channel, or stood in a digest: not while it is gathered or muted.
_UNHEARD = """
select l.id, min(coalesce(g.begun, d.begun)) as told
from alerts l join deliveries d on d.alert_id = l.id and d.kind is not 'escalation'
left join deliveries g on d.state = 'digested' and g.digest_id = d.digest_id and g.alert_id is null
where l.rule = :rule and l.created >= :since and d.state in ('owed', 'sent', 'dead', 'digested')
  and not exists (select 1 from acknowledgements a where a.story_id = l.story_id and a.at >= l.created)
group by l.id
"""
_TAKEN = """
select d.alert_id, d.terms, d.channel from deliveries d join alerts l on l.id = d.alert_id
where d.kind = 'escalation' and l.rule = :rule and l.created >= :since
"""


class Escalations:
    """What waits for somebody to acknowledge it."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.sql = outbox, outbox.sql

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
        return sum(self._steps(rule, channels, now) for rule in rules if rule.escalate and rule.enabled)

    def _steps(self, rule: Rule, channels: Mapping[str, Any], now: datetime) -> int:
        asked = {"rule": rule.name, "since": rows.to_text(now - REACH)}
        with self.sql.reading():
            unheard = [(row["id"], rows.to_time(row["told"])) for row in self.sql.rows(_UNHEARD, asked)]
            taken = {(row["alert_id"], row["terms"], row["channel"]) for row in self.sql.rows(_TAKEN, asked)}
        owed = 0
        for (alert, told), (number, step) in product(unheard, enumerate(rule.escalate)):
            to = [name for name in step.to if name in channels and (alert, str(number), name) not in taken]
            if to and told is not None and now >= told + step.after:
                note = f"Not acknowledged for {length(step.after)}; 'tocsin ack {alert}' acknowledges it."
                with self.sql.writing():
                    self.outbox.owe(to, now, alert_id=alert, kind=KIND, terms=str(number), note=note)
                owed += len(to)
        return owed
