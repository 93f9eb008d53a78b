"""Source and its bookmark -> Harvest: what is new there, read article by article."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

from scrapy.crawler import AsyncCrawlerProcess

from crawler.article import url_key
from crawler.reading import Announced, Reading, Sent, bare, read_announced, read_article, read_listing
from crawler.settings import FEED_CAP, PAGE_CAP
from crawler.source import Bookmark, Source
from crawler.wire import Answer, ParkedSpider, Unreachable, Wire
from crawler.workers import Unreadable, Workers

MOST_PAGES = 100  # read in one poll; the rest comes with the next
AT_ONCE = 4  # pages of a poll that are fetched or read at a time
REMEMBERED = 20_000  # addresses that led to an article known under another, and that failed
TRY_FOR = timedelta(days=1)  # how long after its date a page that fails for a passing reason is tried again,
TRIES = 5  # and how often, for those without a date
LAST_MOMENTS = 5.0  # seconds for those who poll to put their things away when the newsroom closes
LONGEST_WAIT = timedelta(days=1)  # believed of a Retry-After

logger = logging.getLogger(__name__)

V = TypeVar("V")
Unseen = Callable[[Sequence[str]], set[str]]


class Outcome(Enum):
    """What a poll found, in the user's words."""

    UNCHANGED = "unchanged"  # the server said so (304), or the listing is byte for byte the last one
    NOTHING_NEW = "nothing new"  # another listing of articles that are all known
    NEW = "new articles"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Harvest:
    """What one poll of a source brought.

    `readings` fetches and reads the new articles as it is iterated, oldest first; close it (`aclose`) to let the rest
    go. `bookmark` is to be stored only after every reading was kept, and holds then: while it is being iterated,
    `readings` makes it ask for the whole listing again where a page is to be tried again. `entries` counts what the
    listing holds, `waiting` the new ones that are left to the next poll: then, too, it asks for the whole listing.
    `error` says in a user's words why the poll failed, `note` what is wrong with a listing that could be used all the
    same. `retry_after` is how long the server asked to be left alone.
    """

    outcome: Outcome
    bookmark: Bookmark
    readings: AsyncGenerator[Reading, None]
    entries: int = 0
    waiting: int = 0
    error: str | None = None
    note: str | None = None
    retry_after: timedelta | None = None


class Newsroom:
    """Polls sources through one wire and reads what they bring in a few workers."""

    def __init__(self, wire: Wire, workers: Workers, most: int = MOST_PAGES) -> None:
        self.wire, self.workers, self.most = wire, workers, most
        self.moved: OrderedDict[str, str] = OrderedDict()
        self.failed: OrderedDict[str, int] = OrderedDict()
        self.callers: WeakSet[asyncio.Task[Any]] = WeakSet()

    async def poll(self, source: Source, bookmark: Bookmark, unseen: Unseen, now: datetime) -> Harvest:
        """Return what is new at a source. A failure is a value: of a source, of a page, never of the newsroom.

        `unseen` returns those of the URL keys that it is given which the archive does not have.
        """
        if caller := asyncio.current_task():
            self.callers.add(caller)
        try:
            answer = await self.wire.get(source.url, FEED_CAP, _validators(bookmark))
        except Unreachable as error:
            return _failed(bookmark, error.reason)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Harvest(outcome=Outcome.UNCHANGED, bookmark=bookmark, readings=_none())
        if answer.status != HTTPStatus.OK:
            wait = retry_after(answer.headers.get("retry-after", ""), now)
            return _failed(bookmark, status_in_words(answer.status, wait), wait)
        turned = _turned(bookmark, answer)
        if turned.body_hash == bookmark.body_hash:
            return Harvest(outcome=Outcome.UNCHANGED, bookmark=turned, readings=_none())
        try:
            listing = await self.workers.run(read_listing, answer.body, answer.url, _type(answer))
        except Unreadable as error:
            return _failed(bookmark, error.reason)
        if not listing.usable:
            return _failed(bookmark, listing.problem or "it is not a feed")
        fresh = self._fresh([_announced(entry, source, now) for entry in listing.entries], unseen)
        chosen, waiting = _chosen(fresh, self.most)
        harvest = Harvest(
            outcome=Outcome.NEW if chosen else Outcome.NOTHING_NEW,
            bookmark=_whole_again(turned) if waiting else turned,
            readings=_none(),
            entries=len(listing.entries),
            waiting=waiting,
            note=listing.problem,
        )
        harvest.readings = self._readings(chosen, harvest, unseen)
        return harvest

    async def close(self) -> None:
        """Cancel the tasks that still poll or take readings, and abort what is on its way for them."""
        left = [task for task in self.callers if not task.done() and task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        self.wire.close()
        if left:
            await asyncio.wait(left, timeout=LAST_MOMENTS)

    def _fresh(self, announced: Sequence[Announced | None], unseen: Unseen) -> list[Announced]:
        """Return the entries that are not in the archive, in the listing's order, each page once."""
        by_key = {one.url_key: one for one in announced if one}
        keys = {key: self.moved.get(key, key) for key in by_key}
        new = unseen(sorted({*keys, *keys.values()})) if keys else set()
        return [one for key, one in by_key.items() if key in new and keys[key] in new]

    async def _readings(
        self, chosen: Sequence[Announced], harvest: Harvest, unseen: Unseen
    ) -> AsyncGenerator[Reading, None]:
        """Yield the readings in order while the next few are fetched and read."""
        under_way: deque[asyncio.Task[tuple[Reading, str]]] = deque()
        waiting = deque(chosen)
        try:
            while waiting or under_way:
                while waiting and len(under_way) < AT_ONCE:
                    under_way.append(asyncio.create_task(self._read(waiting.popleft())))
                reading, own_key = await under_way[0]
                under_way.popleft()
                if reading.article.retry:
                    harvest.bookmark = _whole_again(harvest.bookmark)
                if own_key != reading.article.url_key and own_key not in unseen([own_key]):
                    # Not fetched again while we remember that it is known under the address that it calls its own.
                    _remember(self.moved, reading.article.url_key, own_key)
                    continue
                yield reading
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _read(self, announced: Announced) -> tuple[Reading, str]:
        """Return the reading of an entry's page and the key of the page's own address."""
        try:
            answer = await self.wire.get(announced.entry.url, PAGE_CAP)
            _check_page(answer, announced)
            sent = Sent(answer.body, answer.url, _type(answer))
            reading, own = await self.workers.run(read_article, announced, sent)
        except Unreachable as error:
            return await self._without_page(announced, error.reason, error.passing), announced.url_key
        except Unreadable as error:
            return await self._without_page(announced, f"the page: {error.reason}", passing=False), announced.url_key
        except Exception as error:  # one poisonous page must not stop the rest
            logger.exception("%s: %s", announced.source, announced.entry.url)
            return bare(announced, f"a fault in Tocsin: {error!r}"[:200]), announced.url_key
        return reading, _own_key(announced, own, answer.url)

    async def _without_page(self, announced: Announced, error: str, passing: bool) -> Reading:
        tries = self.failed.get(announced.url_key, 0) + 1
        _remember(self.failed, announced.url_key, tries)
        dated = announced.entry.published
        retry = passing and (announced.fetched - dated < TRY_FOR if dated else tries <= TRIES)
        try:
            return await self.workers.run(read_announced, announced, error, retry)
        except Unreadable:
            return bare(announced, error, retry)


def run(settings: Mapping[str, Any], main: Callable[[Newsroom], Awaitable[int]], workers: Workers | None = None) -> int:
    """Run `main` with a newsroom that is open, close it, and return what `main` returned, or raise what it raised.

    Signals are the caller's own: `main` runs in an asyncio loop, where it can add handlers. Workers that are passed in
    are left running.
    """
    process = AsyncCrawlerProcess(dict(settings))
    # What goes wrong is told by the harvests; Scrapy would tell it a second time in its own words.
    logging.captureWarnings(False)
    for name in ("scrapy", "twisted"):
        logging.getLogger(name).setLevel(logging.ERROR)
    loop = asyncio.get_event_loop()
    opened, ended, readers = loop.create_future(), Future[int](), workers or Workers()
    crawler = process.create_crawler(ParkedSpider)
    crawl = asyncio.ensure_future(process.crawl(crawler, opened=opened))

    async def shift() -> None:
        """Wait for the doors to open, work, close them. The loop may end before this does: `ended` has the result."""
        await asyncio.wait([crawl, opened], return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            ended.set_exception(crawl.exception() or RuntimeError("the newsroom did not open"))
            return
        room = Newsroom(Wire(crawler), readers)
        try:
            ended.set_result(await main(room))
        except BaseException as error:  # noqa: BLE001  handed on to the caller of run
            ended.set_exception(error)
        await room.close()
        await process.stop()

    try:
        working = loop.create_task(shift())
        process.start(stop_after_crawl=True, install_signal_handlers=False)
    finally:
        if workers is None:
            readers.close()
    if not ended.done():
        working.result()  # raises what went wrong with the opening itself
    return ended.result()


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Return how long a server asks to be left alone: RFC 9110 section 10.2.3, seconds or a date."""
    with contextlib.suppress(ValueError, OverflowError):
        if text.strip().isdigit():
            wait = timedelta(seconds=int(text))
        else:
            when = parsedate_to_datetime(text)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
        return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None
    return None


def status_in_words(status: int, wait: timedelta | None = None) -> str:
    """Return an HTTP status as a person would read it."""
    try:
        words = f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        words = f"HTTP {status}"
    return f"{words}, asked to wait {wait.total_seconds():.0f} s" if wait else words


def _validators(bookmark: Bookmark) -> dict[str, str]:
    """Return the headers that ask for a change only: RFC 9110 section 13.1."""
    stated = {"If-None-Match": bookmark.etag, "If-Modified-Since": bookmark.last_modified}
    return {name: value for name, value in stated.items() if value}


def _turned(bookmark: Bookmark, answer: Answer) -> Bookmark:
    return replace(
        bookmark,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        body_hash=hashlib.sha256(answer.body).hexdigest(),
    )


def _whole_again(bookmark: Bookmark) -> Bookmark:
    """Return the bookmark that asks for the whole listing."""
    return replace(bookmark, etag=None, last_modified=None, body_hash=None)


def _failed(bookmark: Bookmark, error: str, wait: timedelta | None = None) -> Harvest:
    return Harvest(outcome=Outcome.FAILED, bookmark=bookmark, readings=_none(), error=error, retry_after=wait)


def _remember(memory: OrderedDict[str, V], key: str, value: V) -> None:
    memory[key] = value
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)


async def _none() -> AsyncGenerator[Reading, None]:
    nothing: tuple[Reading, ...] = ()
    for reading in nothing:
        yield reading


def _type(answer: Answer) -> str:
    return answer.headers.get("content-type", "")


def _announced(entry: Any, source: Source, now: datetime) -> Announced | None:
    try:
        key = url_key(entry.url)
    except ValueError:
        return None
    return Announced(entry=entry, url_key=key, source=source.name, publisher=source.publisher, fetched=now)


def _chosen(fresh: Sequence[Announced], most: int) -> tuple[list[Announced], int]:
    """Return the newest entries, oldest first, and how many are left. Without dates the listing's own order counts.

    The newest, because an alarm is about them; oldest first, because a story is told from its beginning.
    """
    order = list(reversed(fresh))  # listings begin with the newest
    dates = [one.entry.published for one in order]
    if all(dates):
        order.sort(key=lambda one: one.entry.published or one.fetched)
    return order[-most:], max(0, len(order) - most)


def _check_page(answer: Answer, announced: Announced) -> None:
    """Raise Unreachable for what is no article page."""
    status, kind = answer.status, _type(answer).partition(";")[0].strip().lower()
    if status != HTTPStatus.OK:
        passing = status >= 500 or status in (
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.TOO_EARLY,
            HTTPStatus.TOO_MANY_REQUESTS,
        )
        raise Unreachable(f"the page answers {status_in_words(status)}", passing=passing)
    if kind and not kind.startswith("text/") and "html" not in kind and "xml" not in kind:
        raise Unreachable(f"it is no web page but {kind}", passing=False)
    if _is_front(answer.url) and not _is_front(announced.entry.url):
        raise Unreachable("the page is gone: it leads to the site's front page", passing=False)


_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


def _is_front(url: str) -> bool:
    with contextlib.suppress(ValueError):
        return urlsplit(url_key(url))[2:] == ("", "", "")
    return False


def _own_key(announced: Announced, own: str | None, led_to: str) -> str:
    """Return the key of the address that the page calls its own, else of the one that it was found at."""
    with contextlib.suppress(ValueError):
        return url_key(own or led_to)
    return announced.url_key
