"""Deliveries that died <-> what a person sees of them, and owing them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.delivery import State
from scheduler import rows
from scheduler.archive import Archive
from scheduler.store import Store

Row = dict[str, Any]

SHOWN = 20  # dead letters that are listed


def listed(archive: Archive, most: int = SHOWN) -> list[Row]:
    """Return the dead letters, the newest first.

    `since` is when the message began to be owed, `settled` when it was given up; `fallback` names the channel that it
    was sent to instead, and what became of it there.
    """
    return archive.rows(
        "select d.id, d.alert_id, d.channel, coalesce(l.title, n.title, g.title) as title, "
        "coalesce(d.begun, l.created, n.created, g.created) as since, d.settled, d.attempts, d.problem, d.detail, "
        "(select f.channel || ' ' || f.state from deliveries f where f.fallback_of = d.id) as fallback "
        "from deliveries d left join alerts l on l.id = d.alert_id left join notices n on n.id = d.notice_id "
        "left join digests g on g.id = d.digest_id where d.state = ? order by d.settled desc, d.id desc limit ?",
        [State.DEAD, most],
    )


def owe_again(store: Store, now: datetime, *, channel: str | None = None, alert: int | None = None) -> tuple[int, int]:
    """Owe dead letters again, with two days ahead of them, and try those that wait for another try at once.

    All of them, or those of a channel, or of an alert. Return how many were dead and how many waited. Raises
    StoreError. The keys stay, so that a service that took one after all can know it again.
    """
    these = "and (:channel is null or channel = :channel) and (:alert is null or alert_id = :alert)"
    values = {"channel": channel, "alert": alert, "now": rows.to_text(now)}
    with store.sql.writing():
        waited = store.db.execute(
            f"update deliveries set due = :now where state = 'owed' and due > :now {these}",  # noqa: S608  our own words
            values,
        )
        dead = store.db.execute(
            "update deliveries set state = 'owed', attempts = 0, due = :now, begun = :now, settled = null "  # noqa: S608  as above
            f"where state = 'dead' {these}",
            values,
        )
    return dead.rowcount, waited.rowcount


def channels(archive: Archive) -> set[str]:
    """Return the channels that something is owed to, or died on."""
    found = archive.rows("select distinct channel from deliveries where state in (?, ?)", [State.DEAD, State.OWED])
    return {row["channel"] for row in found}
