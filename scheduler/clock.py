"""Sources and their next polls -> jobs: at most one poll in flight for each source, each with a hard time limit."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.source import Source
from scheduler import rounds
from scheduler.cadence import EVERY, LONGEST, Found, settled
from scheduler.database import StoreError
from scheduler.digests import release_gathered
from scheduler.logs import say
from scheduler.pipeline import Ringer, Tally, ingest, judged
from scheduler.ringing import release

if TYPE_CHECKING:
    from crawler.newsroom import Newsroom

POLL_LIMIT = 600.0  # seconds; what was kept until then stays kept, the rest comes with the next poll
SPREAD = 0.05  # seconds between the first polls of two sources
MANY = 10  # runs of one source's job that APScheduler may start; we see to it that one polls
PUT_BACK = 60.0  # seconds by which the machine's clock goes back before we take notice
TICK = 5  # seconds between looks for what is due: alerts that were held, deliveries


async def poll(source: Source, newsroom: Newsroom, ringer: Ringer) -> Tally:
    """Poll a source once and say how it went.

    Never raises but for cancellation: one bad source must not stop the rest.
    """
    started, tally = monotonic(), Tally()
    try:
        async with asyncio.timeout(POLL_LIMIT):
            await ingest(source, newsroom, ringer, tally)
    except TimeoutError:
        _failed(source, ringer, tally, f"stopped after {POLL_LIMIT / 60:.0f} minutes")
    except StoreError as error:
        tally.error = f"{error}; the poll is made again"
    except Exception as error:  # noqa: BLE001  an unforeseen fault in one source; logged in full, counted, tried again
        say("fault", f"{source.name}: {error}", {"source": source.name}, level=logging.ERROR, trace=True)
        _failed(source, ringer, tally, f"a fault in Tocsin: {traceback.format_exception_only(error)[-1].strip()}")
    _say_poll(source, tally, monotonic() - started)
    return tally


def _failed(source: Source, ringer: Ringer, tally: Tally, error: str) -> None:
    tally.error = error
    try:
        mark = settled(source, ringer.store.sources.bookmark(source), Found(error=error), ringer.now())
        ringer.store.sources.turn_page(source, mark, ringer.now(), judged(source, mark, ringer))
        tally.next_poll = mark.next_poll
    except StoreError as problem:
        say("fault", str(problem), level=logging.ERROR)


def _say_poll(source: Source, tally: Tally, seconds: float) -> None:
    fields = {
        "source": source.name,
        "entries": tally.entries,
        "articles": tally.articles,
        "alerts": tally.alerts,
        "seconds": round(seconds, 3),
    }
    if tally.error:
        kept = f" ({tally.articles} articles kept)" if tally.articles else ""
        again = f"; tries again at {tally.next_poll.astimezone():%H:%M:%S}" if tally.next_poll else ""
        say(
            "poll", f"{source.name}: {tally.error}{kept}{again}", fields | {"error": tally.error}, level=logging.WARNING
        )
    else:
        brought = f"{tally.articles} new of {tally.entries} ({seconds:.1f} s)" if tally.entries else "unchanged"
        quiet = tally.quiet if tally.articles else None
        say("poll", "; ".join(filter(None, (f"{source.name}: {brought}", quiet, tally.note))), fields)


def release_held(ringer: Ringer) -> int:
    """Tell what was held or gathered and is due now, and return how many alerts of those held rang.

    Never raises: what can't be told yet stays held.
    """
    rung = _released("held", lambda: release(ringer))
    _released("gathered", lambda: release_gathered(ringer, ringer.now()))
    escalations = ringer.store.escalations
    _released("unacknowledged", lambda: escalations.escalate(ringer.rules, ringer.channels, ringer.now()))
    return rung


def _released(what: str, tell: Callable[[], int]) -> int:
    try:
        return tell()
    except StoreError as error:
        say("held", f"{error}; what is {what} stays {what}", level=logging.WARNING)
        return 0


class Clock:
    """The jobs of the daemon, on APScheduler."""

    def __init__(self, newsroom: Newsroom, ringer: Ringer) -> None:
        self.newsroom, self.ringer = newsroom, ringer
        self.sources: dict[str, Source] = {}
        self.polling: set[str] = set()  # the sources that are being polled
        self.watch: asyncio.Task[None] | None = None
        # Jobs are coroutines: APScheduler runs plain functions in threads, where the engine must not be touched. No
        # grace limit: a poll that comes late because the loop was busy is not dropped (by default it is, after 1 s).
        self.scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self, sources: Sequence[Source]) -> None:
        """Begin to poll each source when it is due, and to look for alerts that were held, and deliveries, that are."""
        self.adopt(sources)
        self.scheduler.add_job(self._tick, "interval", seconds=TICK, id="deliveries")
        self.scheduler.add_job(self._round, "interval", seconds=rounds.EVERY, id="health")
        self.scheduler.start()
        self.watch = asyncio.create_task(self._look_at_the_clock())

    def adopt(self, sources: Sequence[Source]) -> None:
        """Poll these sources from now on, and no others; one that is as it was keeps its next poll.

        One that is removed while it is polled is still read to the end of that poll. Raises StoreError, with nothing
        changed.
        """
        now, before = self.ringer.now(), self.sources
        changed = [source for source in sources if before.get(source.name) != source]
        marks = self.ringer.store.sources
        planned = [None if source.name in before else marks.bookmark(source).next_poll for source in changed]
        self.sources = {source.name: source for source in sources}
        for name in before.keys() - self.sources.keys():
            self._forget(name)
        for number, (source, due) in enumerate(zip(changed, planned, strict=True)):
            latest = now + max(source.every or LONGEST, LONGEST)  # later than that the clock was wrong
            self._at(source, max(min(due or now, latest), now) + timedelta(seconds=number * SPREAD))

    def _forget(self, name: str) -> None:
        if self.scheduler.get_job(f"poll {name}"):
            self.scheduler.remove_job(f"poll {name}")

    def stop(self) -> None:
        """Start no more jobs."""
        if self.watch:
            self.watch.cancel()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    def _at(self, source: Source, when: datetime) -> None:
        # APScheduler drops a job for good that falls due while its last run is just ending, unless several may run.
        self.scheduler.add_job(
            self._poll,
            "date",
            run_date=when,
            args=[source],
            id=f"poll {source.name}",
            replace_existing=True,
            max_instances=MANY,
        )

    async def _poll(self, source: Source) -> None:
        if source.name in self.polling:
            return  # the poll that is under way plans the next one when it ends
        self.polling.add(source.name)
        try:
            tally = await poll(source, self.newsroom, self.ringer)
        except asyncio.CancelledError:  # we are being stopped, which is no fault to log
            return
        finally:
            self.polling.discard(source.name)
        now, known = self.ringer.now(), self.sources.get(source.name)
        if known == source:
            self._at(source, tally.next_poll or now + (source.every or EVERY))
        elif known:  # it was changed while it was polled
            self._at(known, now)

    async def _look_at_the_clock(self) -> None:
        """Notice that the machine's clock was put back: every job would wait for a time that has been already."""
        wall, steady = self.ringer.now(), monotonic()
        while True:
            await asyncio.sleep(TICK)
            drift = (self.ringer.now() - wall).total_seconds() - (monotonic() - steady)
            wall, steady = self.ringer.now(), monotonic()
            if drift < -PUT_BACK:
                self._put_back(timedelta(seconds=-drift))

    def _put_back(self, by: timedelta) -> None:
        say("clock", f"the clock was put back by {by}; what was planned is planned anew", level=logging.WARNING)
        for job in self.scheduler.get_jobs():
            job.modify(next_run_time=job.next_run_time - by)
        try:
            self.ringer.store.put_back(by, self.ringer.now())
        except StoreError as error:
            say("clock", str(error), level=logging.WARNING)

    async def _round(self) -> None:
        if rounds.make(self.ringer.store, list(self.sources.values()), self.ringer.system, self.ringer.now()):
            self.ringer.rang()

    async def _tick(self) -> None:
        release_held(self.ringer)
        self.ringer.rang()
