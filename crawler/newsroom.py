"""Source and its bookmark -> Harvest: what is new there, read article by article."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from weakref import WeakSet

from scrapy.crawler import AsyncCrawlerProcess

from crawler.article import url_key
from crawler.fetching import Pages, content_type, status_in_words
from crawler.freshness import fresh_for, retry_after
from crawler.harvest import Choice, Harvest, Memory, Outcome, choose
from crawler.listing import Listing, Part
from crawler.reading import Announced, Reading, read_listing
from crawler.settings import FEED_CAP
from crawler.sitemap import chosen
from crawler.source import Bookmark, Kind, Source, Validators
from crawler.wire import Answer, ParkedSpider, Unreachable, Wire
from crawler.workers import Unreadable, Workers

__all__ = ["Harvest", "Memory", "Newsroom", "Outcome", "run"]

MOST_PAGES = 100  # read in one poll; the rest comes with the next
SPIDER_LIMIT = 540.0  # seconds for a user's own spider: less than a poll may take as a whole
MOST_PARTS = 5  # sitemaps of an index that are fetched in one poll
AT_ONCE = 4  # pages of a poll that are fetched or read at a time
LAST_MOMENTS = 5.0  # seconds for those who poll to put their things away when the newsroom closes


class Failed(Exception):
    """The poll came to nothing: why, whether the listing turned into something else, and how long to wait."""

    def __init__(self, reason: str, *, fault: str | None = None, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.fault, self.wait = reason, fault, wait


@dataclass(frozen=True, slots=True)
class Got:
    """One listing as it was fetched: `None` where it is the one that was read last, and what to ask with next time.

    `texts` are those that came with it, by the entries' addresses.
    """

    listing: Listing | None
    validators: Validators
    headers: Mapping[str, str]
    texts: Mapping[str, str | None] = field(default_factory=dict)


class Newsroom:
    """Polls sources through one wire and reads what they bring in a few workers."""

    def __init__(self, wire: Wire, workers: Workers, settings: Mapping[str, Any], folder: Path | None = None) -> None:
        self.wire, self.workers, self.most = wire, workers, MOST_PAGES
        self.settings, self.folder = settings, folder
        self.pages = Pages(wire, workers)
        self.callers: WeakSet[asyncio.Task[Any]] = WeakSet()

    async def poll(self, source: Source, bookmark: Bookmark, memory: Memory, now: datetime) -> Harvest:
        """Return what is new at a source. A failure is a value: of a source, of a page, never of the newsroom."""
        if caller := asyncio.current_task():
            self.callers.add(caller)
        try:
            if source.spider:
                return await self._spun(source.spider, source, bookmark, memory, now)
            return await self._poll(source, bookmark, memory, now)
        except Failed as error:
            return Harvest(
                outcome=Outcome.FAILED,
                bookmark=bookmark,
                readings=_none(),
                error=error.reason,
                fault=error.fault,
                retry_after=error.wait,
            )

    async def _poll(self, source: Source, bookmark: Bookmark, memory: Memory, now: datetime) -> Harvest:
        asked = Validators(etag=bookmark.etag, last_modified=bookmark.last_modified, body_hash=bookmark.body_hash)
        got = await self._listing(source, source.url, asked, _kind(source, bookmark), now)
        turned = _turned(bookmark, got)
        parts = await self._parts(source, turned, got, now)
        if parts is not None:
            got, turned = parts
        if got.listing is None:
            harvest = Harvest(outcome=Outcome.UNCHANGED, bookmark=turned, readings=_none())
        else:
            harvest = self._harvest(source, turned, got, memory, now)
        harvest.fresh_for = fresh_for(got.headers, turned.ttl, now)
        return harvest

    async def _spun(self, spider: str, source: Source, bookmark: Bookmark, memory: Memory, now: datetime) -> Harvest:
        """Run a source's own spider; what it yields is its listing. Raises Failed where that is only an error."""
        from crawler.custom import crawl  # noqa: PLC0415  most newsrooms need none

        found = await crawl(spider, source, self.settings, self.folder, SPIDER_LIMIT)
        if found.error and not found.entries:
            raise Failed(found.error)
        listing = Listing(entries=tuple(item.entry for item in found.entries), problem=found.note)
        texts = {item.entry.url: item.text for item in found.entries}
        harvest = self._harvest(source, bookmark, Got(listing, Validators(), {}, texts), memory, now)
        harvest.error = found.error
        return harvest

    async def _listing(self, source: Source, url: str, asked: Validators, kind: Kind | None, now: datetime) -> Got:
        """Fetch one listing and read it, unless it is the one that was read last. Raises Failed."""
        try:
            answer = await self.wire.get(
                url, FEED_CAP, _conditions(asked), private=source.private, javascript=source.javascript
            )
        except Unreachable as error:
            raise Failed(error.reason) from error
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Got(None, asked, answer.headers)
        if answer.status != HTTPStatus.OK:
            wait = retry_after(answer.headers.get("retry-after", ""), now)
            raise Failed(status_in_words(answer.status, wait), wait=wait)
        validators = _validators(answer)
        if validators.body_hash == asked.body_hash:
            return Got(None, validators, answer.headers)
        return Got(await self._read(source, answer, kind), validators, answer.headers)

    async def _read(self, source: Source, answer: Answer, kind: Kind | None) -> Listing:
        async def read(as_kind: Kind | None) -> Listing:
            return await self.workers.run(
                read_listing, answer.body, answer.url, content_type(answer), as_kind, source.links
            )

        try:
            listing = await read(kind)
            if not listing.usable and kind is not None and source.kind is None and not source.links:
                # What was first taken for a page may have been a feed's maintenance notice, but never the reverse.
                other = await read(None)
                listing = other if other.usable and other.kind != "page" else listing
        except Unreadable as error:
            raise Failed(error.reason) from error
        if not listing.usable:
            problem = listing.problem or "it is not a listing of articles"
            raise Failed(problem, fault=problem if kind is not None else None)
        return listing

    async def _parts(self, source: Source, mark: Bookmark, got: Got, now: datetime) -> tuple[Got, Bookmark] | None:
        """Fetch the sitemaps that an index names, or that it named before where it is unchanged; `None` for no index.

        Raises Failed where none of them can be read.
        """
        known = dict(mark.parts)
        wanted = [Part(url=url) for url in known] if got.listing is None else chosen(got.listing.parts, MOST_PARTS)
        if not wanted:
            return None
        found: list[tuple[str, Got]] = []
        problems: list[Failed] = []
        for part in wanted:
            try:
                asked = known.get(part.url, Validators())
                found.append((part.url, await self._listing(source, part.url, asked, "sitemap", now)))
            except Failed as error:
                problems.append(error)
        if not found:
            raise problems[0]
        mark = replace(mark, parts=tuple((url, one.validators) for url, one in found))
        return replace(got, listing=_together(found, problems, len(wanted))), mark

    def _harvest(self, source: Source, turned: Bookmark, got: Got, memory: Memory, now: datetime) -> Harvest:
        listing = got.listing or Listing()
        announced = [replace(one, text=got.texts.get(one.entry.url)) for one in _announced(listing, source, now)]
        fresh = memory.fresh(source, announced, now)
        choice = choose(fresh, self.most, now)
        empty = listing.problem if source.links and not listing.entries else None
        harvest = Harvest(
            outcome=Outcome.NEW if choice.now else Outcome.NOTHING_NEW,
            bookmark=_marked(turned, listing, choice, empty),
            readings=_none(),
            entries=len(listing.entries),
            new=sum(not one.edited for one in fresh),
            waiting=len(choice.waiting),
            listed=tuple(one for one in announced if one.url_key not in choice.waiting),
            menu=tuple(_keys(listing.menu)),
            note=_note(listing, choice),
            fault=empty,
        )
        harvest.readings = self._readings(source, choice.now, harvest, memory)
        return harvest

    async def close(self) -> None:
        """Cancel the tasks that still poll or take readings, and abort what is on its way for them."""
        left = [task for task in self.callers if not task.done() and task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        self.wire.close()
        if left:
            await asyncio.wait(left, timeout=LAST_MOMENTS)

    async def _readings(
        self, source: Source, choice: Sequence[Announced], harvest: Harvest, memory: Memory
    ) -> AsyncGenerator[Reading, None]:
        """Yield the readings in order while the next few are fetched and read."""
        under_way: deque[asyncio.Task[tuple[Reading, str]]] = deque()
        waiting = deque(choice)
        try:
            while waiting or under_way:
                while waiting and len(under_way) < AT_ONCE:
                    under_way.append(asyncio.create_task(self.pages.read(source, waiting.popleft())))
                reading, own_key = await under_way[0]
                under_way.popleft()
                if reading.article.retry:
                    harvest.bookmark = _whole_again(harvest.bookmark)
                if own_key != reading.article.url_key and memory.knows(own_key):
                    continue  # known under the address that it calls its own; this one is remembered with the listing
                yield reading
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)


def run(
    settings: Mapping[str, Any],
    main: Callable[[Newsroom], Awaitable[int]],
    workers: Workers | None = None,
    folder: Path | None = None,
) -> int:
    """Run `main` with a newsroom that is open, close it, and return what `main` returned, or raise what it raised.

    `folder` is where users' own spiders are looked for beside the installed ones. Signals are the caller's own: `main`
    runs in an asyncio loop, where it can add handlers. Workers that are passed in are left running.
    """
    process = _process(settings)
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
        room = Newsroom(Wire(crawler), readers, settings, folder)
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


def _process(settings: Mapping[str, Any]) -> AsyncCrawlerProcess:
    """Return Scrapy's process, with only its faults in the log: what goes wrong with a source, the harvests tell."""
    process = AsyncCrawlerProcess(dict(settings))
    logging.captureWarnings(False)
    for name in ("scrapy", "twisted"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return process


def _kind(source: Source, bookmark: Bookmark) -> Kind | None:
    """Return what the listing has to be: as the user says, or as it was found to be."""
    return source.kind or ("page" if source.links or source.javascript else bookmark.kind)


def _conditions(asked: Validators) -> dict[str, str]:
    """Return the headers that ask for a change only: RFC 9110 section 13.1."""
    stated = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
    return {name: value for name, value in stated.items() if value}


def _validators(answer: Answer) -> Validators:
    return Validators(
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        body_hash=hashlib.sha256(answer.body).hexdigest(),
    )


def _turned(bookmark: Bookmark, got: Got) -> Bookmark:
    new = got.validators
    ttl = got.listing.ttl if got.listing else bookmark.ttl
    return replace(bookmark, etag=new.etag, last_modified=new.last_modified, body_hash=new.body_hash, ttl=ttl)


def _whole_again(bookmark: Bookmark) -> Bookmark:
    """Return the bookmark that asks for the whole listing."""
    parts = tuple((url, Validators()) for url, _ in bookmark.parts)
    return replace(bookmark, etag=None, last_modified=None, body_hash=None, parts=parts)


def _marked(turned: Bookmark, listing: Listing, choice: Choice, fault: str | None) -> Bookmark:
    """Return the bookmark after a listing that was read: what it is, and whether the backlog is behind us."""
    if choice.waiting or fault:  # a fault must be met again, not hidden behind "unchanged"
        return replace(_whole_again(turned), kind=listing.kind, caught_up=turned.caught_up or not choice.waiting)
    return replace(turned, kind=listing.kind, caught_up=True)


def _together(found: Sequence[tuple[str, Got]], problems: Sequence[Failed], wanted: int) -> Listing | None:
    """Return the sitemaps of an index as one listing, `None` where none of them changed."""
    read = [one.listing for _, one in found if one.listing]
    if not read:
        return None
    said = (
        [f"{len(problems)} of the index's {wanted} sitemaps could not be read: {problems[0].reason}"]
        if problems
        else []
    )
    said += [listing.problem for listing in read if listing.problem]
    return Listing(
        entries=tuple(entry for listing in read for entry in listing.entries),
        kind="sitemap",
        problem="; ".join(said) or None,
    )


def _announced(listing: Listing, source: Source, now: datetime) -> list[Announced]:
    """Return the entries with an address, in the listing's order, each page once."""
    by_key: dict[str, Announced] = {}
    for entry in listing.entries:
        for key in _keys([entry.url]):
            # A page's headlines are rewritten all day; only feeds and sitemaps tell of edits.
            says = entry.fingerprint if listing.kind != "page" else ""
            one = Announced(
                entry=entry,
                url_key=key,
                source=source.name,
                publisher=source.publisher,
                fetched=now,
                fingerprint=says,
            )
            by_key.setdefault(key, one)
    return list(by_key.values())


def _keys(urls: Iterable[str]) -> Iterable[str]:
    for url in urls:
        try:
            yield _key(url)
        except ValueError:
            continue


_key = lru_cache(maxsize=20_000)(url_key)  # a listing names the same addresses at every poll


def _note(listing: Listing, choice: Choice) -> str | None:
    never = f"{choice.never} older entries are only remembered, not read" if choice.never else None
    return "; ".join(part for part in (listing.problem, never) if part) or None


async def _none() -> AsyncGenerator[Reading, None]:
    nothing: tuple[Reading, ...] = ()
    for reading in nothing:
        yield reading
