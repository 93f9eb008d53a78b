"""poll -> article -> facts -> story -> match -> alert -> delivery: the whole data path, top to bottom."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts import intake as news
from alerts.delivery import Delivery, Outcome, Send, State, deliver
from crawler.source import Bookmark, Source
from scheduler import health as condition
from scheduler.cadence import SOON, Found, settled
from scheduler.logs import Mask, say
from scheduler.ringing import Now, Ringer, ring

if TYPE_CHECKING:
    from crawler.harvest import Harvest
    from crawler.newsroom import Newsroom  # Scrapy is imported by those who crawl

__all__ = ["Now", "Ringer", "Tally", "dispatch", "ingest", "judged", "ring"]


@dataclass(slots=True)
class Tally:
    """What one poll came to."""

    entries: int = 0
    articles: int = 0
    alerts: int = 0
    error: str | None = None
    note: str | None = None
    quiet: str | None = None  # why what it brought rings for nothing
    next_poll: datetime | None = None


async def ingest(source: Source, newsroom: Newsroom, ringer: Ringer, tally: Tally) -> None:
    """Poll a source and keep each new article whole with what it owes, or not at all; count into `tally` as it goes."""
    store, now = ringer.store, ringer.now
    before = store.sources.bookmark(source)
    harvest = await newsroom.poll(source, before, store.sources, now())
    tally.entries, tally.error, tally.note = harvest.entries, harvest.error or harvest.fault, harvest.note
    intake = news.Intake(
        backlog=not before.caught_up and not source.backlog,
        flooded=before.flood,
        new=harvest.new,
        since=before.last_success,
        gap=before.gap,
        now=now(),
    )
    tally.quiet = news.quiet(None, intake)
    flawed = False
    async with contextlib.aclosing(harvest.readings) as readings:
        async for reading in readings:
            alerts = ring(reading, ringer, news.quiet(reading.article.published, intake))
            tally.articles, tally.alerts = tally.articles + 1, tally.alerts + alerts
            flawed = flawed or reading.article.error is not None or reading.article.published is None
            if alerts:
                ringer.rang()
    mark = settled(
        source, replace(harvest.bookmark, flood=intake.flood and harvest.waiting > 0), _found(harvest), now()
    )
    if harvest.waiting:
        mark = replace(mark, next_poll=min(mark.next_poll or now(), now() + SOON))
    tally.next_poll = mark.next_poll
    health = judged(source, mark, ringer, fault=harvest.fault, pages=flawed)
    # Last: a crash before it reads again.
    store.sources.turn_page(source, mark, now(), health, harvest.listed, harvest.menu)


def judged(
    source: Source, mark: Bookmark, ringer: Ringer, *, fault: str | None = None, pages: bool = False
) -> condition.Health:
    """Return how the source is after a poll; its pages are looked at only where they can have changed the answer."""
    was = ringer.store.sources.health(source)
    look = pages or (was is not None and was.state is condition.State.DEGRADED)
    return condition.judge(mark, ringer.store.sources.pages(source) if look else (), ringer.now(), fault, was)


def _found(harvest: Harvest) -> Found:
    return Found(
        error=harvest.error or harvest.fault,
        retry_after=harvest.retry_after,
        fresh_for=harvest.fresh_for,
        new=max(harvest.new - harvest.waiting, 0),  # those that wait are counted when they are read
        entries=harvest.entries,
        published=tuple(one.entry.published for one in harvest.listed if one.entry.published),
    )


async def dispatch(delivery: Delivery, channels: Mapping[str, str], send: Send, mask: Mask, now: Now) -> Outcome:
    """Make one attempt to deliver, say and return what it came to, with secrets masked; the caller records it."""
    outcome = await deliver(delivery, channels, send, now)
    outcome = replace(outcome, detail=mask(outcome.detail))
    fields = {
        "channel": delivery.channel,
        "state": str(outcome.state),
        "attempt": delivery.attempts + 1,
        "delivery": delivery.id,
    }
    if outcome.state is State.SENT:
        say("delivery", f"{delivery.channel}: sent “{delivery.message.title}”", fields)
    else:
        again = f"; tries again at {outcome.due.astimezone():%H:%M:%S}" if outcome.due else "; not tried again"
        level = logging.WARNING if outcome.state is State.OWED else logging.ERROR
        say("delivery", f"{delivery.channel}: {outcome.detail}{again}", fields, level=level)
    return outcome
