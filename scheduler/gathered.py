"""Alerts that wait for a digest <-> their rows; and what went to the channels before, by which ways are decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.gathering import STANDS, Kind, Route, Rung, Sent, Silence, Standing, Waiting
from alerts.hours import Limit
from alerts.message import Message
from alerts.policy import Reason
from alerts.rules import Rule
from scheduler import rows
from scheduler.database import Sql
from scheduler.silences import LEAP

Row = dict[str, Any]
GATHERED, DIGESTED, MUTED = "gathered", "digested", "muted"  # states of a delivery beside those of alerts.delivery

_DUE = """
select d.id, d.alert_id, d.channel, d.kind, d.terms, d.silence_id, d.urgent, l.rule, l.story_id, l.article_id,
  l.reason, l.severity, l.title, l.body, l.created, l.killed, l.injured, a.url, t.kind as told_as, t.changed
from deliveries d join alerts l on l.id = d.alert_id join articles a on a.id = l.article_id
  join stories t on t.id = l.story_id
where d.state = 'gathered'
"""


class Gathered:
    """Deliveries that are not owed yet. A row is written with the alert and changed with the digest that tells it."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def standing(
        self,
        story: int | None,
        rules: Iterable[Rule],
        silences: Sequence[Silence],
        limits: Mapping[str, Limit | None],
        now: datetime,
    ) -> Standing:
        """Return how things stand for alerts of these rules on a story; `None` for one that has no past."""
        keys: dict[tuple[str, str], Limit | None] = {}
        for rule in rules:
            keys |= {(rule.name, channel): rule.limit for channel in rule.notify}
            keys |= {("", channel): limits.get(channel) for channel in rule.notify}
        with self.sql.reading():
            return Standing(
                silences=silences,
                limits=limits,
                sent={key: self._sent(*key, limit, now) for key, limit in keys.items() if limit},
                waiting=[] if story is None else self._waiting(story, now),
                rung=[] if story is None else self._rung(story, now),
            )

    def _sent(self, rule: str, channel: str, limit: Limit, now: datetime) -> Sent:
        of_rule = "and exists (select 1 from alerts l where l.id = d.alert_id and l.rule = :rule)" if rule else ""
        # What a clock that was ahead wrote is not counted: it would fill the limit until that time comes.
        row = self.sql.one(
            "select count(*) as n, min(begun) as oldest from (select d.begun from deliveries d "  # noqa: S608  our own words
            "where d.channel = :channel and d.begun > :since and d.begun <= :now and d.alert_id is not null "
            f"{of_rule} order by d.begun desc limit :most)",
            {
                "channel": channel, "since": rows.to_text(now - limit.per), "now": rows.to_text(now), "rule": rule,
                "most": limit.number,
            },
        )  # fmt: skip
        return Sent(row["n"], rows.to_time(row["oldest"])) if row else Sent()

    def _waiting(self, story: int, now: datetime) -> list[Waiting]:
        found = self.sql.rows(
            "select l.rule, d.channel, d.kind, d.due, d.terms, d.silence_id as silence from alerts l "
            "join deliveries d on d.alert_id = l.id where l.story_id = ? and d.state = 'gathered' order by d.id desc",
            [story],
        )
        return [
            Waiting(**row | {"kind": Kind(row["kind"]), "due": rows.to_time(row["due"]) or now, "terms": row["terms"]})
            for row in found
        ]

    def _rung(self, story: int, now: datetime) -> list[Rung]:
        """Return the last alert of each critical rule that each channel got of the story."""
        found = self.sql.rows(
            "select l.rule, d.channel, max(l.id), l.created, l.killed, l.injured, l.reason from alerts l "
            "join deliveries d on d.alert_id = l.id where l.story_id = ? and l.severity = 'critical' "
            "and l.created > ? and d.state in ('owed', 'sent', 'digested') "
            "group by l.rule, d.channel order by max(l.id)",
            [story, rows.to_text(now - STANDS)],
        )
        return [
            Rung(
                at=rows.to_time(row["created"]) or now,
                reason=Reason(row["reason"]),
                **{name: row[name] for name in ("rule", "channel", "killed", "injured")},
            )
            for row in found
        ]

    def keep(self, alert: int, routes: Iterable[Route]) -> None:
        """Write the deliveries of an alert that do not go at once. The caller's transaction holds them."""
        kept = [
            {
                "alert_id": alert,
                "channel": route.channel,
                "state": MUTED if route.due is None else GATHERED,
                "key": uuid.uuid4().hex,
                "attempts": 0,
                "due": rows.to_text(route.due),
                "kind": str(route.kind),
                "terms": route.terms,
                "urgent": int(route.urgent),
                "silence_id": route.silence,
            }
            for route in routes
        ]
        self.sql.insert_all("deliveries", kept)

    def due(self, now: datetime) -> list[Row]:
        """Return what has waited long enough, that which was gathered first first.

        What was gathered by a clock that has been set back since is due at once: its time may be years away.
        """
        with self.sql.reading():
            found = self.sql.rows(f"{_DUE} and d.due <= ? order by d.id", [rows.to_text(now)])
            leap = rows.to_text(now + LEAP)
            if self.sql.one("select 1 from alerts where created > ? limit 1", [leap]):
                ahead = self.sql.rows(
                    f"{_DUE} and d.due > ? and l.created > ? order by d.id", [rows.to_text(now), leap]
                )
                found += ahead
        return found

    def tell(self, deliveries: Iterable[int], digest: int) -> None:
        """Say that these are told in a digest. The caller's transaction holds both."""
        for one in deliveries:
            self.sql.do("update deliveries set state = ?, digest_id = ? where id = ?", [DIGESTED, digest, one])

    def hush(self, row: Row, silence: Silence, why: str, times: tuple[datetime, datetime]) -> None:
        """Hold one that waited back until later, as a silence wants it; `times` are now and then.

        The caller's transaction holds it.
        """
        now, due = map(rows.to_text, times)
        self.sql.do(
            "update deliveries set kind = ?, silence_id = ?, due = ? where id = ?",
            [Kind.SILENCE, silence.id, due, row["id"]],
        )
        decision = {name: row[name] for name in ("article_id", "story_id", "rule")} | {"alert_id": None}
        decision |= {"reason": str(Kind.SILENCE), "explanation": why, "decided": now}
        self.sql.insert_all("decisions", [decision])

    def let_go(self, delivery: int, now: datetime) -> None:
        """Owe what waited as the alert that it is. The caller's transaction holds it."""
        moment = rows.to_text(now)
        self.sql.do(
            "update deliveries set state = 'owed', due = ?, begun = ? where id = ? and state = ?",
            [moment, moment, delivery, GATHERED],
        )

    def digest(self, kind: Kind, channel: str, message: Message, now: datetime) -> int:
        """Keep a digest and return its id. The caller's transaction holds it and what is owed for it."""
        row = {"kind": str(kind), "channel": channel, "severity": message.severity, "title": message.title}
        return self.sql.insert("digests", row | {"body": message.body, "created": rows.to_text(now)})

    def put_off(self, deliveries: Iterable[int], until: datetime) -> None:
        """Wait until later."""
        with self.sql.writing():
            for one in deliveries:
                self.sql.do("update deliveries set due = ? where id = ?", [rows.to_text(until), one])
