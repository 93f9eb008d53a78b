"""Sources as they stand -> notices about their troubles, owed to the channels marked `system: true`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from alerts.message import Message
from crawler.source import Source
from scheduler.database import StoreError
from scheduler.health import Notice, changes, reminder
from scheduler.logs import say
from scheduler.store import Store

EVERY = 60  # seconds between two rounds


def make(store: Store, sources: Sequence[Source], system: Sequence[str], now: datetime) -> bool:
    """Tell what became of the sources since the last round, once; return whether there was anything to tell.

    The notice and what it told are written together, so that a crash tells neither twice nor never.
    """
    try:
        standings = store.sources.standings([source.name for source in sources])
        notice = changes(standings, now) or reminder(standings, now)
        if notice is None:
            return False
        with store.sql.writing():
            store.outbox.notice("health", Message(notice.title, notice.body, notice.severity), system, now)
            store.sources.told(notice.told, now)
    except StoreError as error:
        say("health", f"{error}; the round is made again", level=logging.WARNING)
        return False
    _say(notice, system)
    return True


def _say(notice: Notice, system: Sequence[str]) -> None:
    level = logging.INFO if notice.severity == "info" else logging.WARNING
    nobody = "" if system else " (no channel is marked 'system: true', so nobody else hears of it)"
    fields = {name: str(state) for name, state in notice.told.items()}
    say("health", f"{notice.title}{nobody}", {"sources": fields, "channels": list(system)}, level=level)
    for line in notice.body.splitlines():
        say("health", f"  {line}", level=level)
