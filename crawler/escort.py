"""A spider's requests, settings and output -> the same, within the newsroom's limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request
from scrapy.logformatter import LogFormatter
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import load_object

from crawler.fetching import status_in_words
from crawler.politeness import MANY, Robots, RobotsMiddleware
from crawler.settings import FEED_CAP
from crawler.wire import NoLongerWanted, in_words

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.custom import Run

MOST_REQUESTS: Final = 1000  # of one crawl: with a second between them it has no time for more
BREATH: Final = 50  # things that a spider yields before others have their turn
ABOVE: Final = 1000  # every priority that a spider sets its settings with
RUN: Final = "TOCSIN_RUN"  # the setting that holds the crawl's Run


class Escort:
    """Goes with each request of a spider, as downloader middleware, and with what it yields, as spider middleware."""

    def __init__(self, crawler: Crawler) -> None:
        self.run: Run = crawler.settings[RUN]
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


class KnownRobots(RobotsMiddleware):
    """The newsroom's manners, with a memory that outlives the crawl: a spider is run every few minutes."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if len(_known) > MANY:
            _known.clear()
        self.known = _known

    async def _robots(self, origin: str, host: str, private: bool) -> Robots:
        robots = await super()._robots(origin, host, private)
        self._slow_down(host, robots.delay)  # this crawl may not have asked itself
        return robots


class Terse(LogFormatter):
    """Logs the traceback of each fault once in a crawl; the source's error counts the others."""

    def spider_error(self, failure: Failure, request: Request, response: Response | Failure, spider: Spider) -> Any:
        """Return what to log."""
        said = super().spider_error(failure, request, response, spider)
        if spider.crawler.settings[RUN].knows(failure.value):
            said["level"] = logging.DEBUG
        return said


_known: dict[tuple[str, bool], Robots] = {}
_THE_END = object()

# What makes the newsroom lean and is of no use to a spider.
NEWSROOMS = {
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
_OPEN = NEWSROOMS | {
    "CONCURRENT_REQUESTS",
    "COOKIES_ENABLED",
    "DOWNLOAD_DELAY",
    "METAREFRESH_ENABLED",
    "REDIRECT_MAX_TIMES",
    "RETRY_ENABLED",
}
_ESCORT = "crawler.escort.Escort"
_ROBOTS = "crawler.escort.KnownRobots"
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


def imposed(crawler: Crawler, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that hold whatever the spider's own say; these may add to them."""
    theirs = crawler.settings
    return {
        **{name: value for name, value in settings.items() if name not in _OPEN},
        "DOWNLOAD_DELAY": max(theirs.getfloat("DOWNLOAD_DELAY"), settings["DOWNLOAD_DELAY"]),
        "DOWNLOAD_SLOTS": {},  # it could undo the delay
        "HTTPPROXY_ENABLED": False,
        "LOG_FORMATTER": "crawler.escort.Terse",
        "JOBDIR": None,  # each poll starts anew
        "DOWNLOADER_MIDDLEWARES": _with(theirs["DOWNLOADER_MIDDLEWARES"], _DOWNLOADERS),
        "SPIDER_MIDDLEWARES": _with(theirs["SPIDER_MIDDLEWARES"], {_ESCORT: 1000}),
        "EXTENSIONS": _with(theirs["EXTENSIONS"], _EXTENSIONS),
    }


def _with(theirs: Mapping[Any, Any], ours: Mapping[str, int | None]) -> dict[Any, Any]:
    """Return their components and ours, whether they name a class by its path or itself."""
    classes = {load_object(path) for path in ours}
    return {**{one: order for one, order in theirs.items() if load_object(one) not in classes}, **ours}
