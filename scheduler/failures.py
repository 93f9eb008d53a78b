"""What an attempt came to -> its rows; for a delivery that failed also another channel's, and a notice of it.

All of it is one transaction: a delivery can't be dead without somebody being told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.delivery import Outcome, State
from alerts.message import Message
from alerts.refusals import remedy
from scheduler import rows
from scheduler.outbox import Outbox

PATIENCE = timedelta(minutes=10)  # without success, before the message goes to the fallback too
AGAIN = timedelta(hours=24)  # before the same trouble of the same channel is told again

Row = dict[str, Any]

_OF = """
select d.*, coalesce(l.title, n.title, g.title) as title from deliveries d left join alerts l on l.id = d.alert_id
left join notices n on n.id = d.notice_id left join digests g on g.id = d.digest_id
"""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where else to: the fallback of each channel that has one, and the channels marked `system: true`."""

    fallbacks: Mapping[str, str] = field(default_factory=dict)
    system: Sequence[str] = ()


class Failures:
    """Keeps what attempts came to."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.sql = outbox, outbox.sql

    def record(self, outcome: Outcome, ways: Ways) -> None:
        """Write what an attempt came to, and what follows from it. Raises StoreError."""
        with self.sql.writing():
            self.outbox.record(outcome)
            if outcome.state is not State.DEAD:
                return
            row = self.sql.one(f"{_OF} where d.id = ?", [outcome.delivery])
            if row is not None:
                self._fall_back(row, ways.fallbacks, outcome.at)
                self._tell(row, outcome, ways)

    def overdue(self, ways: Ways, now: datetime, started: datetime) -> int:
        """Owe what waits too long for its channel to that channel's fallback; return how many that were.

        What nobody has tried yet because nobody ran is not overdue: `started` is when this run began. Raises
        StoreError.
        """
        if not ways.fallbacks:
            return 0
        marks = ", ".join("?" * len(ways.fallbacks))
        waiting = (
            f"{_OF} where d.state = 'owed' and d.begun <= ? and (d.attempts > 0 or ? <= ?) and d.channel in ({marks}) "  # noqa: S608  as many question marks as there are names
            "and not exists (select 1 from deliveries f where f.fallback_of = d.id)"
        )
        limit = rows.to_text(now - PATIENCE)
        with self.sql.reading():
            found = self.sql.rows(waiting, [limit, rows.to_text(started), limit, *ways.fallbacks])
        if not found:
            return 0
        with self.sql.writing():
            return sum(self._fall_back(row, ways.fallbacks, now) for row in found)

    def _fall_back(self, row: Row, fallbacks: Mapping[str, str], now: datetime) -> bool:
        """Owe the message to the fallback, unless it is or was owed there anyway. The caller's transaction holds it."""
        channel = fallbacks.get(row["channel"])
        cause = {name: row[name] for name in ("alert_id", "notice_id", "digest_id") if row[name] is not None}
        if channel is None or not cause:
            return False
        (kind, of), *_ = cause.items()
        there = f"select 1 from deliveries where channel = ? and {kind} = ? and state <> 'muted'"  # noqa: S608  our own names
        if self.sql.one(there, [channel, of]):
            return False
        note = f"This could not be delivered to '{row['channel']}': {row['detail'] or 'it is still waiting there'}"
        self.outbox.owe([channel], now, **cause, fallback_of=row["id"], note=note)
        return True

    def _tell(self, row: Row, outcome: Outcome, ways: Ways) -> None:
        """Owe a notice to the other system channels, once for a channel and its trouble."""
        channel, code = row["channel"], outcome.code or "refused"
        kind = f"delivery {code} {channel}"
        others = [one for one in ways.system if one != channel]
        if not others or self._known(kind, channel, outcome.at):
            return
        lines = [
            f"Not delivered: {row['title']}",
            f"The channel '{channel}': {outcome.detail}",
            remedy(code),
            f"Then send what could not be delivered: tocsin alerts retry --channel '{channel}'",
        ]
        if channel in ways.fallbacks:
            lines.insert(2, f"It goes to '{ways.fallbacks[channel]}' instead.")
        title = f"The channel '{channel}' takes no messages"
        self.outbox.notice(kind, Message(title, "\n".join(lines), "critical"), others, outcome.at)

    def _known(self, kind: str, channel: str, now: datetime) -> bool:
        """Whether this was told, and nothing was sent there since."""
        told = self.sql.one("select created from notices where kind = ? order by id desc limit 1", [kind])
        when = rows.to_time(told["created"]) if told else None
        if told is None or when is None or now - when >= AGAIN:
            return False
        sent = "select 1 from deliveries where channel = ? and state = 'sent' and settled > ? limit 1"
        return self.sql.one(sent, [channel, told["created"]]) is None
