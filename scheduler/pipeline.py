"""poll -> article -> facts -> story -> match -> alert -> delivery: the whole data path, top to bottom."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alerts import intake as news
from alerts.delivery import Delivery, Outcome, Send, State, deliver
from alerts.message import Alert, compose
from alerts.placing import Placing, place
from alerts.policy import Decision, Reason, decide
from alerts.rules import RuleSet
from alerts.story import Story
from crawler.reading import Reading
from crawler.source import Bookmark, Source
from scheduler import health as condition
from scheduler.cadence import SOON, Found, settled
from scheduler.logs import Mask, say
from scheduler.store import Earlier, Store

if TYPE_CHECKING:
    from crawler.harvest import Harvest
    from crawler.newsroom import Newsroom  # Scrapy is imported by those who crawl

Now = Callable[[], datetime]


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


@dataclass(frozen=True, slots=True)
class Ringer:
    """What the data path needs to know beside the source: where to keep, which rules, the time, and whom to wake."""

    store: Store
    rules: RuleSet
    now: Now
    rang: Callable[[], None] = lambda: None  # called when something may be owed
    system: tuple[str, ...] = ()  # the channels that hear of Tocsin's own troubles


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


def ring(reading: Reading, ringer: Ringer, quiet: str | None = None) -> int:
    """Place one reading, decide what is worth telling, keep it all; return the number of alerts. Awaits nothing.

    `quiet` is why an article that was never met rings for nothing. One that was met is a revision of itself.
    """
    store, now = ringer.store, ringer.now()
    earlier = store.earlier(reading.article)
    if earlier and not earlier.failed and (earlier.same or reading.article.error):
        return 0  # the same words under a new stamp, or a page that was there before and is not now
    if earlier:
        quiet, placing = earlier.quiet, _again(earlier)
    else:
        placing, old = _placed(reading, store, now)
        quiet = old or quiet
    story = _joined(placing, reading)
    told = store.told(story)
    rulings: list[tuple[Decision, Alert | None]] = []
    for match in ringer.rules.matches(story):
        rule = ringer.rules[match.rule]
        decision = decide(rule, story, told.get(rule.name), now, quiet)
        rulings.append((decision, compose(rule, decision, match, story) if decision.tells else None))
    store.keep(reading, placing, rulings, now, quiet)
    for decision, alert in rulings:
        if decision.reason is not Reason.QUIET:  # the line of the poll says it once for all of them
            _say_ruling(reading, decision, alert)
    return sum(alert is not None for _, alert in rulings)


def _again(earlier: Earlier) -> Placing:
    return Placing(story=earlier.story, copy_of=None, score=1.0, why="the article's own story, read again")


def _placed(reading: Reading, store: Store, now: datetime) -> tuple[Placing, str | None]:
    """Return the reading's story, and why it is no news where its very words were met long ago."""
    twin = store.twin(reading.article)
    if twin is None:
        return place(reading, store.stories_near(reading, now)), None
    why = f"the very words of {twin.url_key}"
    return Placing(story=twin.story, copy_of=twin.url_key, score=1.0, why=why), news.reappeared(twin.fetched, now)


def _joined(placing: Placing, reading: Reading) -> Story:
    old = placing.story or Story(id=None, readings=())
    copies = old.copies | {reading.article.url_key} if placing.copy_of else old.copies
    return Story(id=old.id, readings=(*old.readings, reading), copies=copies)


def _say_ruling(reading: Reading, decision: Decision, alert: Alert | None) -> None:
    article = reading.article
    fields: dict[str, Any] = {"rule": decision.rule, "reason": str(decision.reason), "url": article.url}
    if alert:
        say("alert", f"{decision.rule}: {alert.message.title} ({decision.reason})", fields | {"channels": alert.notify})
    else:
        say("held", f"{decision.rule}: {article.title} ({decision.reason}: {decision.explanation})", fields)


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
