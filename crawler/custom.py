"""A source's own Scrapy spider -> Found: run as a crawl of its own, beside the newsroom and within its limits."""

from __future__ import annotations

import asyncio
import importlib
import sys
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import load_object

from crawler.fetching import status_in_words
from crawler.settings import FEED_CAP
from crawler.wire import NoLongerWanted, Wire, in_words
from crawler.yielded import BadItem, SpiderItem, read_item

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.source import Source

TIME_LIMIT: Final = 600.0  # seconds for a whole crawl
IMPORT_LIMIT: Final = 30.0  # seconds for the spider's module to be imported
LAST_WORDS: Final = 3.0  # seconds for a spider that is stopped to close its things
MOST_ITEMS: Final = 1000  # of one crawl
MOST_REQUESTS: Final = 1000  # of one crawl: with a second between them it has no time for more
TOLD: Final = 3  # different problems that are told; the rest are counted
BREATH: Final = 50  # things that a spider yields before others have their turn


@dataclass(frozen=True, slots=True)
class Found:
    """What a crawl brought. `error` says in a user's words what went wrong with it, `note` what with its items."""

    entries: tuple[SpiderItem, ...] = ()
    error: str | None = None
    note: str | None = None


class NotASpider(Exception):
    """There is no spider at this path: why, in a user's words."""


async def crawl(
    path: str, source: Source, settings: Mapping[str, Any], folder: Path | None, limit: float = TIME_LIMIT
) -> Found:
    """Run the spider class at a dotted path and return what it yields, in the order in which it does.

    `settings` are the newsroom's: what keeps it safe and polite holds for the spider too. `folder` is where config.yaml
    is, and where modules are looked for after the installed ones. A failure is a value, and what was found before it is
    kept. When the caller is cancelled, the crawl is closed at once.
    """
    try:
        spider = await load(path, folder)
    except NotASpider as error:
        return Found(error=str(error))
    run = Run(source)
    await run.through(spider, settings, limit)
    return run.found()


async def load(path: str, folder: Path | None) -> type[Spider]:
    """Import a spider class. Raises NotASpider."""
    module_path, _, name = path.rpartition(".")
    if folder and str(folder) not in sys.path:
        sys.path.append(str(folder))  # last: a file called email.py there must not stand for Python's own
    try:
        # In a thread: a module may do anything while it is imported, and nobody else has to wait for it.
        module = await asyncio.wait_for(asyncio.to_thread(_imported, module_path), IMPORT_LIMIT)
    except TimeoutError as error:
        raise NotASpider(f"importing {module_path} took longer than {IMPORT_LIMIT:g} s") from error
    spider = getattr(module, name, None)
    if spider is None:
        raise NotASpider(f"{module_path} has no class {name}")
    if not isinstance(spider, type) or not issubclass(spider, Spider) or spider is Spider:
        raise NotASpider(f"{path} is no Scrapy spider: it has to be a subclass of scrapy.Spider")
    return spider


def _imported(path: str) -> Any:
    importlib.invalidate_caches()  # the file may have been written since the last look
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and f"{path}.".startswith(f"{error.name}."):
            raise NotASpider(f"there is no module {error.name}, neither installed nor beside config.yaml") from error
        raise NotASpider(f"{path} imports {error.name}, which is not installed") from error
    except (Exception, SystemExit) as error:
        raise NotASpider(f"{path} can't be imported: {_said(error)}{_place(error, path)}") from error


class Run:
    """One crawl of a user's spider: what it found, and what went wrong."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.items: list[SpiderItem] = []
        self.faults: Counter[str] = Counter()  # exceptions of the spider's own
        self.places: dict[str, str] = {}
        self.misses: Counter[str] = Counter()  # pages that could not be had
        self.bad: Counter[str] = Counter()  # items that can't be used
        self.doubts: Counter[str] = Counter()
        self.stopped: str | None = None
        self.requests = 0
        self.module = ""
        # Done when the crawl is over: what is on its way then is not wanted any more (see wire.Handler).
        self.over: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def through(self, spider: type[Spider], settings: Mapping[str, Any], limit: float) -> None:
        """Crawl until the spider is done, has brought enough, or time is up."""
        self.module = spider.__module__
        arguments = {"start_urls": [self.source.url]} if self.source.url else {}
        try:
            crawler = self._crawler(spider, settings)
        except Exception as error:  # noqa: BLE001  a spider's update_settings is the user's code
            self._fault(error, "the spider could not be started: ")
            return
        crawling = asyncio.ensure_future(crawler.crawl_async(**arguments))
        try:
            await asyncio.wait([crawling, self.over], timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not crawling.done() and not self.over.done():
                self.stopped = f"the spider was stopped after {limit:g} s"
        finally:
            await self._end(crawler, crawling)
        if crawling.done() and not crawling.cancelled() and (fault := crawling.exception()):
            self._fault(fault, "the spider could not be started: ")

    def found(self) -> Found:
        """Return what came of it."""
        errors = [self.stopped] if self.stopped else []
        if self.faults:
            told = Counter({f"{fault}{self.places[fault]}": times for fault, times in self.faults.items()})
            errors.append(_counted(told))
        misses = [f"pages that could not be had: {_counted(self.misses)}"] if self.misses else []
        errors += misses if not self.items else []
        notes = [f"{self.bad.total()} items were left out: {_counted(self.bad)}"] if self.bad else []
        notes += (
            [f"of {self.doubts.total()} items something was left out: {_counted(self.doubts)}"] if self.doubts else []
        )
        notes += misses if self.items else []
        if not (self.items or errors or notes):
            notes.append("the spider yielded no items")
        return Found(tuple(self.items), "; ".join(errors) or None, "; ".join(notes) or None)

    def enough(self, why: str) -> None:
        """Stop the crawl."""
        if not self.over.done():
            self.stopped = why
            self.over.set_result(None)

    def _crawler(self, spider: type[Spider], settings: Mapping[str, Any]) -> Crawler:
        crawler = Crawler(spider, {name: value for name, value in settings.items() if name not in _NEWSROOMS})
        for name, value in _imposed(crawler, settings, self.source.private).items():
            crawler.settings.set(name, value, priority=ABOVE)
        crawler.settings.set("TOCSIN_RUN", self, priority=ABOVE)
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._failed, signals.spider_error)
        crawler.signals.connect(self._failed, signals.item_error)
        return crawler

    async def _end(self, crawler: Crawler, crawling: asyncio.Future[None]) -> None:
        if not self.over.done():
            self.over.set_result(None)
        if crawling.done():
            return
        try:
            async with asyncio.timeout(LAST_WORDS):
                with suppress(RuntimeError):  # it has not opened yet
                    Wire(crawler).close()
                    await crawler.stop_async()
                await asyncio.wait([crawling])
        except TimeoutError:
            crawling.cancel()  # something of the spider's own waits for what does not come
            await asyncio.wait([crawling], timeout=LAST_WORDS)

    def _scraped(self, item: Any, response: Response | None) -> None:
        if self.over.done():
            return
        try:
            read = read_item(item, response.url if response else None)
        except BadItem as error:
            self.bad[str(error)] += 1
        except Exception as error:  # noqa: BLE001  an item's own class can raise anything
            self.bad[_said(error)] += 1
        else:
            if read.doubt:
                self.doubts[read.doubt] += 1
            self.items.append(read)
        if len(self.items) + self.bad.total() >= MOST_ITEMS:
            self.enough(f"the spider was stopped at {MOST_ITEMS} items")

    def _failed(self, failure: Failure) -> None:
        error = failure.value
        if error is not None and not isinstance(error, CloseSpider | IgnoreRequest):
            self._fault(error, "the spider failed: ")

    def _fault(self, error: BaseException, what: str) -> None:
        fault = f"{what}{_said(error)}"
        self.faults[fault] += 1
        self.places.setdefault(fault, _place(error, self.module))


class Escort:
    """Goes with each request of a spider, as downloader middleware, and with what it yields, as spider middleware."""

    def __init__(self, crawler: Crawler) -> None:
        self.run: Run = crawler.settings["TOCSIN_RUN"]
        self.limit = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy builds its components."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Hold the request to the newsroom's limits. Raises NoLongerWanted."""
        if self.run.over.done():
            raise NoLongerWanted
        meta = request.meta
        cap = min(meta.get("download_maxsize") or FEED_CAP, FEED_CAP)
        limit = min(meta.get("download_timeout") or self.limit, self.limit)
        meta |= {"wanted": self.run.over, "private": self.run.source.private}
        meta |= {"download_maxsize": cap, "download_timeout": limit, "proxy": None}
        if not request.url.endswith("/robots.txt"):
            meta.pop("is_robots", None)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what the spider starts with."""
        async for one in self._while_wanted(start):
            yield one

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what a callback yields."""
        async for one in self._while_wanted(result):
            yield one

    async def _while_wanted(self, yielded: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Stop with the crawl: a callback that yields or waits for ever would go on without it."""
        passed = 0
        while True:
            coming: asyncio.Future[Any] = asyncio.ensure_future(anext(yielded, _THE_END))
            try:
                await asyncio.wait([coming, self.run.over], return_when=asyncio.FIRST_COMPLETED)
            finally:
                coming.cancel()
            if self.run.over.done():
                return
            one = coming.result()
            if one is _THE_END:
                return
            if isinstance(one, Request):
                self._send(one)
            passed += 1
            if passed % BREATH == 0:
                await asyncio.sleep(0)
            yield one

    def _send(self, request: Request) -> None:
        self.run.requests += 1
        if self.run.requests > MOST_REQUESTS:
            self.run.enough(f"the spider was stopped at {MOST_REQUESTS} requests")
        if request.errback is None:
            request.errback = self._missed

    def _missed(self, failure: Failure) -> None:
        """Count what could not be had and the spider does not care for."""
        error = failure.value
        if isinstance(error, HttpError):
            self.run.misses[status_in_words(error.response.status)] += 1
        elif isinstance(error, Exception) and not self.run.over.done():
            self.run.misses[in_words(error, FEED_CAP, self.limit).reason] += 1


_THE_END = object()

ABOVE: Final = 1000  # every priority that a spider sets its settings with

# What makes the newsroom lean and is of no use to a spider.
_NEWSROOMS = {
    "SCHEDULER",
    "STATS_CLASS",
    "CONCURRENT_ITEMS",
    "EXTENSIONS",
    "SPIDER_MIDDLEWARES",
    "DOWNLOADER_MIDDLEWARES",
    "LOG_FORMATTER",
    "WARN_ON_GENERATOR_RETURN_VALUE",
}
# What a spider may choose for itself. All other settings of the newsroom are what keeps it safe and polite.
_OPEN = _NEWSROOMS | {
    "CONCURRENT_REQUESTS",
    "COOKIES_ENABLED",
    "DOWNLOAD_DELAY",
    "METAREFRESH_ENABLED",
    "REDIRECT_MAX_TIMES",
    "RETRY_ENABLED",
}
_ESCORT = "crawler.custom.Escort"
_ROBOTS = "crawler.politeness.RobotsMiddleware"
_DOWNLOADERS = {
    _ESCORT: 50,
    _ROBOTS: 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # it would go round the address guard
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
_EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.logcount.LogCount": None,
}


def _imposed(crawler: Crawler, settings: Mapping[str, Any], private: bool) -> dict[str, Any]:
    """Return the settings that hold whatever the spider's own say; these may add to them."""
    theirs = crawler.settings
    robots = {_ROBOTS: None} if private else {}
    return {
        **{name: value for name, value in settings.items() if name not in _OPEN},
        "DOWNLOAD_DELAY": max(theirs.getfloat("DOWNLOAD_DELAY"), settings["DOWNLOAD_DELAY"]),
        "DOWNLOAD_SLOTS": {},  # it could undo the delay
        "HTTPPROXY_ENABLED": False,
        "JOBDIR": None,  # each poll starts anew
        "DOWNLOADER_MIDDLEWARES": _with(theirs["DOWNLOADER_MIDDLEWARES"], {**_DOWNLOADERS, **robots}),
        "SPIDER_MIDDLEWARES": _with(theirs["SPIDER_MIDDLEWARES"], {_ESCORT: 1000}),
        "EXTENSIONS": _with(theirs["EXTENSIONS"], _EXTENSIONS),
    }


def _with(theirs: Mapping[Any, Any], ours: Mapping[str, int | None]) -> dict[Any, Any]:
    """Return their components and ours, whether they name a class by its path or itself."""
    classes = {load_object(path) for path in ours}
    return {**{one: order for one, order in theirs.items() if load_object(one) not in classes}, **ours}


def _counted(problems: Counter[str]) -> str:
    """Return the most frequent problems and how often each occurred."""
    told = [f"{problem} ({times} times)" if times > 1 else problem for problem, times in problems.most_common(TOLD)]
    others = problems.total() - sum(times for _, times in problems.most_common(TOLD))
    return ", ".join([*told, f"and {others} more" if others else ""]).removesuffix(", ")


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(error: BaseException, module: str) -> str:
    """Return where in the user's own file it happened, "" where it did not."""
    if isinstance(error, SyntaxError):
        return ""  # it says so itself
    file = getattr(sys.modules.get(module), "__file__", None) or f"{module.rpartition('.')[2]}.py"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == Path(file).name
    ]
    return f" ({Path(file).name}, line {frames[-1].lineno})" if frames else ""
