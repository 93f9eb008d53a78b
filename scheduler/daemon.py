"""Config -> a running Tocsin: one process, one asyncio loop, until a signal; or one poll of everything."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alerts.delivery import send_by_apprise
from alerts.rules import RuleSet
from crawler import newsroom as crawl
from crawler.gazetteer.own import adopt
from crawler.newsroom import Newsroom
from crawler.settings import settings
from crawler.source import Source
from scheduler import canary, heartbeat, rounds
from scheduler.archive_alerts import APPLY, apply_all
from scheduler.clock import SPREAD, Clock, poll, release_held
from scheduler.config import Config
from scheduler.database import claim
from scheduler.dispatcher import Dispatcher
from scheduler.logs import Mask, say
from scheduler.pipeline import Ringer, Tally
from scheduler.reload import House, Load, Reloader, furnish
from scheduler.store import Store, open_store

LAST_WORDS = 10.0  # seconds given to messages that are being sent when the daemon is stopped
STALE = timedelta(minutes=1)  # after which nobody waits for what `tocsin reload` asked


def utc_now() -> datetime:
    """Return the time, the one place where the data path takes it from."""
    return datetime.now(UTC)


def run(config: Config, load: Load, mask: Mask, path: Path, applied: Sequence[str] = ()) -> int:
    """Poll, read and ring until SIGINT or SIGTERM; return the exit code. Raises StoreError.

    `load` reads the configuration anew when a file of it is saved or SIGHUP comes; `mask` is that of the log; `applied`
    are the rules that ring for stories of the archive too.
    """

    def main(house: House) -> Awaitable[int]:
        orders = house.ringer.store.orders
        orders.forget(APPLY, utc_now() - STALE)  # of a daemon that ended before it saw to it; who asked was told
        for rule in applied:
            orders.ask(APPLY, rule, utc_now())
        return _until_signal(house, load, mask)

    return _open(config, path, mask, main)


def once(
    config: Config, sources: Sequence[Source], progress: Callable[[], None], mask: Mask, applied: Sequence[str] = ()
) -> int:
    """Poll these sources once, deliver what is owed; return 1 where something failed. Raises StoreError."""

    async def main(house: House) -> int:
        await apply_all(house.ringer, applied)

        async def one(number: int, source: Source) -> Tally:
            await asyncio.sleep(number * SPREAD)  # one by one, but never waiting for one that hangs
            tally = await poll(source, house.newsroom, house.ringer)
            progress()
            return tally

        work: asyncio.Future[Any] = asyncio.gather(*itertools.starmap(one, enumerate(sources)))
        stopped: asyncio.Future[Any] = asyncio.create_task(_signalled().wait())
        await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
            say("stop", "stopped: what was read is kept, the rest comes with the next poll")
            return 1
        tallies = work.result()
        released = release_held(house.ringer)  # last: with everything known; what is not due yet waits for the next run
        rounds.make(house.ringer.store, config.sources, house.ringer.system, utc_now())
        await house.dispatcher.drain(LAST_WORDS)
        say("done", _summary(tallies, released))
        return int(any(tally.error for tally in tallies) or house.dispatcher.failed > 0)

    return _open(config, config.files[0], mask, main)


def _summary(tallies: Sequence[Tally], released: int) -> str:
    articles, alerts = sum(tally.articles for tally in tallies), sum(tally.alerts for tally in tallies) + released
    failed = sum(tally.error is not None for tally in tallies)
    return f"{len(tallies)} sources polled, {failed or 'none'} failed; {articles} new articles, {alerts} alerts"


def _open(config: Config, path: Path, mask: Mask, main: Callable[[House], Awaitable[int]]) -> int:
    if hasattr(signal, "SIGHUP"):  # until the daemon listens: `tocsin reload` asks whoever holds the database
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with claim(config.database):
        store = open_store(config.database)
        try:
            adopt(config.own)  # before the first worker starts: it adopts what its parent has
            store.sources.register(config.sources)
            crawl_settings = settings(
                contact=config.contact, version=version("tocsin"), delay=config.delay.total_seconds()
            )

            def begin(room: Newsroom) -> Awaitable[int]:
                return main(_house(config, path, store, room, mask))

            return crawl.run(crawl_settings, begin, folder=config.folder)
        finally:
            store.close()


def _house(config: Config, path: Path, store: Store, newsroom: Newsroom, mask: Mask) -> House:
    dispatcher = Dispatcher(store, {}, send_by_apprise, mask, utc_now)
    rules = RuleSet(config.rules)
    house = House(config, path, newsroom, Ringer(store, rules, utc_now, dispatcher.kick), dispatcher)
    furnish(house, config, rules)
    return house


def _signalled() -> asyncio.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _until_signal(house: House, load: Load, mask: Mask) -> int:
    stop, config = _signalled(), house.config
    _say_start(house)
    clock = Clock(house.newsroom, house.ringer)
    reloader = Reloader(house, clock, load, mask)
    _on_hangup(reloader)
    release_held(house.ringer)  # what fell due while nobody ran
    house.dispatcher.kick()  # what an earlier run left owed
    clock.start(config.sources)
    watches = [asyncio.create_task(one) for one in (reloader.watch(), canary.watch(house), heartbeat.watch(house))]
    await stop.wait()
    say("stop", "stopping: polls are dropped and made again at the next start, messages being sent are finished")
    for watch in watches:
        watch.cancel()
    clock.stop()
    if house.dispatcher.busy:
        await asyncio.wait(list(house.dispatcher.busy.values()), timeout=LAST_WORDS)
    return 0


def _say_start(house: House) -> None:
    config = house.config
    rules = [rule.name for rule in config.rules if rule.enabled]
    if not config.sources:
        say("start", "the configuration names no sources: there is nothing to poll", level=logging.WARNING)
    for problem in config.warnings:
        say("config", str(problem), level=logging.WARNING)
    watched = f"watching {len(config.sources)} sources with {len(rules)} rules"
    say("start", f"{watched}; database {config.database}; Ctrl-C stops")
    house.ringer.store.orders.loaded(house.path, rules, [source.name for source in config.sources], utc_now())


def _on_hangup(reloader: Reloader) -> None:
    """Read the configuration anew at SIGHUP, where there is such a signal."""
    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.forced.set)
