"""Config -> a running Tocsin: one process, one asyncio loop, until a signal; or one poll of everything."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from alerts.delivery import send_by_apprise
from alerts.rules import RuleSet
from crawler import newsroom as crawl
from crawler.gazetteer.own import adopt
from crawler.newsroom import Newsroom
from crawler.settings import settings
from crawler.source import Source
from scheduler import rounds
from scheduler.clock import SPREAD, Clock, poll, release_held
from scheduler.config import Config
from scheduler.database import claim
from scheduler.dispatcher import Dispatcher
from scheduler.failures import Ways
from scheduler.logs import Mask, say
from scheduler.pipeline import Ringer, Tally
from scheduler.store import Store, open_store

LAST_WORDS = 10.0  # seconds given to messages that are being sent when the daemon is stopped


def utc_now() -> datetime:
    """Return the time, the one place where the data path takes it from."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """A configuration with its database open and its newsroom running."""

    config: Config
    newsroom: Newsroom
    ringer: Ringer
    dispatcher: Dispatcher


def run(config: Config) -> int:
    """Poll, read and ring until SIGINT or SIGTERM; return the exit code. Raises StoreError."""
    return _open(config, _until_signal)


def once(config: Config, sources: Sequence[Source], progress: Callable[[], None]) -> int:
    """Poll these sources once, deliver what is owed; return 1 where something failed. Raises StoreError."""

    async def main(house: House) -> int:

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

    return _open(config, main)


def _summary(tallies: Sequence[Tally], released: int) -> str:
    articles, alerts = sum(tally.articles for tally in tallies), sum(tally.alerts for tally in tallies) + released
    failed = sum(tally.error is not None for tally in tallies)
    return f"{len(tallies)} sources polled, {failed or 'none'} failed; {articles} new articles, {alerts} alerts"


def _open(config: Config, main: Callable[[House], Awaitable[int]]) -> int:
    with claim(config.database):
        store = open_store(config.database)
        try:
            adopt(config.own)  # before the first worker starts: it adopts what its parent has
            store.sources.register(config.sources)
            crawl_settings = settings(
                contact=config.contact, version=version("tocsin"), delay=config.delay.total_seconds()
            )
            return crawl.run(crawl_settings, lambda room: main(_house(config, store, room)), folder=config.folder)
        finally:
            store.close()


def _house(config: Config, store: Store, newsroom: Newsroom) -> House:
    channels = {channel.name: channel.url for channel in config.channels.values()}
    dispatcher = Dispatcher(store, channels, send_by_apprise, Mask(config.secrets), utc_now)
    system = tuple(channel.name for channel in config.channels.values() if channel.system)
    fallbacks = {channel.name: channel.fallback for channel in config.channels.values() if channel.fallback}
    dispatcher.ways = Ways(fallbacks, system)
    limits = {channel.name: channel.limit for channel in config.channels.values()}
    ringer = Ringer(store, RuleSet(config.rules), utc_now, dispatcher.kick, system, limits)
    return House(config, newsroom, ringer, dispatcher)


def _signalled() -> asyncio.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _until_signal(house: House) -> int:
    stop = _signalled()
    config = house.config
    rules = sum(rule.enabled for rule in config.rules)
    if not config.sources:
        say("start", "the configuration names no sources: there is nothing to poll", level=logging.WARNING)
    say("start", f"watching {len(config.sources)} sources with {rules} rules; database {config.database}; Ctrl-C stops")
    clock = Clock(house.newsroom, house.ringer)
    release_held(house.ringer)  # what fell due while nobody ran
    house.dispatcher.kick()  # what an earlier run left owed
    clock.start(config.sources)
    await stop.wait()
    say("stop", "stopping: polls are dropped and made again at the next start, messages being sent are finished")
    clock.stop()
    if house.dispatcher.busy:
        await asyncio.wait(list(house.dispatcher.busy.values()), timeout=LAST_WORDS)
    return 0
