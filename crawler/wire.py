"""URL -> Answer, or Unreachable in a user's words: one long-lived Scrapy spider, parked, fed from outside."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy import exceptions as scrapy_errors
from scrapy.core.scheduler import BaseScheduler
from scrapy.logformatter import LogFormatter
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.guard import Guard, PrivateAddress, watch
from crawler.politeness import Refused, RobotsMiddleware

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.browser import Browser


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent, whatever the status. `url` is where redirects led; `headers` have lower-case names."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """Nothing came back that could be used. `reason` is in a user's words; `passing` where it is worth another try."""

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.reason, self.passing = reason, passing


class NoLongerWanted(scrapy_errors.DownloadCancelledError):
    """Nobody waits for the answer any more."""


class ParkedSpider(Spider):
    """The crawl that never ends by itself: while `start` waits, the engine takes requests from outside."""

    name = "newsroom"
    opened: asyncio.Future[Spider]

    async def start(self) -> AsyncIterator[Any]:
        """Say that the engine runs, and wait for ever."""
        self.opened.set_result(self)
        await asyncio.Event().wait()
        yield


class Wire:
    """Fetches through the parked spider's engine."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.headers = headers(crawler.settings["USER_AGENT"])
        self.limit = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.wanted: set[asyncio.Future[Response]] = set()

    async def get(
        self,
        url: str,
        cap: int,
        validators: Mapping[str, str] | None = None,
        *,
        private: bool = False,
        javascript: bool = False,
    ) -> Answer:
        """Return the answer, at most `cap` bytes of it. Raises Unreachable.

        `private` lets it reach addresses in private networks, `javascript` has a browser render the page.

        When the caller is cancelled, a request that waits for its turn is dropped and one on its way is aborted.
        """
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        # A page that a browser renders has no validators: its server knows the empty one only.
        sent = {**self.headers, **({} if javascript else validators or {})}
        meta = {"wanted": answer, "download_timeout": self.limit, "download_maxsize": cap}
        meta |= {"private": private, "javascript": javascript}
        try:
            arrived, failed = partial(_arrived, answer), partial(_failed, answer)
            request = Request(url, callback=arrived, errback=failed, headers=sent, meta=meta, dont_filter=True)
        except ValueError as error:
            raise Unreachable(f"not an address: {url!r}", passing=False) from error
        self.wanted.add(answer)
        self.crawler.engine.crawl(request)
        try:
            response = await answer
        except Exception as error:
            raise in_words(error, cap, self.limit) from error
        finally:
            self.wanted.discard(answer)
        return Answer(response.url, response.status, _plain(response), response.body)

    def close(self) -> None:
        """Abort what is on its way and drop what waits for its turn, so that the engine can stop at once."""
        for answer in list(self.wanted):
            answer.cancel()
        if robots := self.crawler.get_downloader_middleware(RobotsMiddleware):
            robots.close()
        downloader = self.crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0
            slot.close()
            downloader._process_queue(slot)  # a handler refuses what nobody wants


def _arrived(answer: asyncio.Future[Response], response: Response) -> None:
    if not answer.done():
        answer.set_result(response)


def _failed(answer: asyncio.Future[Response], failure: Any) -> None:
    if not answer.done():
        answer.set_exception(failure.value)


class Handler:
    """Scrapy's own handler for the web, whose downloads end when nobody waits for them any more."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        # The base setting names the handler that fits the mode: Twisted's, or plain asyncio's.
        self.handler = build_from_crawler(load_object(crawler.settings["DOWNLOAD_HANDLERS_BASE"]["https"]), crawler)
        self.crawler, self.guard = crawler, Guard()
        self.browser: Browser | None = None
        watch(self.handler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy builds its components."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Return the answer; raises NoLongerWanted, PrivateAddress, and what the handler raises."""
        with self.guard.over(request):
            return await self._while_wanted(request)

    async def _while_wanted(self, request: Request) -> Response:
        wanted: asyncio.Future[Response] = request.meta["wanted"]
        if wanted.done():
            raise NoLongerWanted
        download: asyncio.Task[Response] = asyncio.ensure_future(self._for(request).download_request(request))

        def stop(_: asyncio.Future[Response]) -> None:
            download.cancel()

        wanted.add_done_callback(stop)
        try:
            return await download
        except asyncio.CancelledError:
            # Scrapy's downloader knows ordinary exceptions only, and would wait for ever.
            raise NoLongerWanted from None
        finally:
            wanted.remove_done_callback(stop)

    async def close(self) -> None:
        """Close the connections."""
        if self.browser:
            await self.browser.close()
        await self.handler.close()

    def _for(self, request: Request) -> Any:
        if not request.meta.get("javascript"):
            return self.handler
        from crawler.browser import browser_of  # noqa: PLC0415  most newsrooms need none

        self.browser = browser_of(self.crawler)
        return self.browser


class Queue(BaseScheduler):
    """First come, first served, and every request is taken: no fingerprints, no priorities, no disk."""

    def __init__(self) -> None:
        self.requests: deque[Request] = deque()

    def has_pending_requests(self) -> bool:
        """Say whether a request waits."""
        return bool(self.requests)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request."""
        self.requests.append(request)
        return True

    def next_request(self) -> Request | None:
        """Hand out the request that came first."""
        return self.requests.popleft() if self.requests else None


class Silent(LogFormatter):
    """No log line for each page: the poll's own line says what came of it."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> Any:
        """Return nothing to log."""


def headers(agent: str) -> dict[str, str]:
    """Return the headers that every request carries."""
    feeds = "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9"
    return {"User-Agent": agent, "Accept": f"{feeds},text/html,application/xhtml+xml,*/*;q=0.8"}


def _plain(response: Response) -> dict[str, str]:
    named = ((name.decode("latin-1").lower(), values) for name, values in response.headers.items() if values)
    return {name: values[-1].decode("latin-1") for name, values in named}


def in_words(error: Exception, cap: int, limit: float) -> Unreachable:
    """Return what went wrong as a person would say it; `cap` (bytes) and `limit` (seconds) were the request's."""
    if isinstance(error, Refused | Unreachable | PrivateAddress):
        return Unreachable(str(error), passing=error.passing)
    text = " ".join(f"{type(cause).__name__} {cause}" for cause in _causes(error))
    for signs, reason, passing in _REASONS:
        if any(sign in text for sign in signs):
            return Unreachable(reason.format(seconds=limit, megabytes=cap / 1024 / 1024), passing=passing)
    return Unreachable(f"the connection failed: {text[:200]}", passing=True)


# The first line with a sign in the names and texts of an error and its causes says what happened. Scrapy's two handlers
# tell the same mishap in different classes; the signs of both are here.
_BROKEN_OFF = "the server broke off before it had answered in full"
_REASONS = [
    (("max redirections",), "it redirects for ever", False),
    (
        ("larger than download max size", "during decompression", "DownloadCancelledError"),
        "the answer is larger than {megabytes:.0f} MB",
        False,
    ),
    (("CannotResolveHostError",), "the host name could not be found", True),
    (("DownloadTimeoutError",), "timed out after {seconds:g} s", True),
    (
        ("certificate", "CERTIFICATE", "VerificationError"),
        "the server's certificate could not be verified, so it may not be who it says it is",
        True,
    ),
    (("Connect call failed", "Connection refused"), "the connection was refused", True),
    (("SSL", "TLS"), "no secure connection could be made", True),
    (
        ("NotSupported", "UnsupportedURLScheme", "Unsupported URL scheme"),
        "only http and https addresses can be fetched",
        False,
    ),
    (("ConnectionRefusedError",), "the connection was refused", True),
    (("NoRouteError", "unreachable"), "the network is out of reach", True),
    (
        ("ResponseDataLossError", "ConnectionLost", "ConnectionDone", "ConnectionReset", "ServerDisconnected"),
        _BROKEN_OFF,
        True,
    ),
    (("InvalidHeader", "BadHttpMessage", "BadStatusLine"), "the server's answer breaks the rules of HTTP", True),
    (("zlib", "BadGzipFile", "brotli", "EOFError"), "the answer is compressed in a way that can't be undone", True),
]


def _causes(error: BaseException | None) -> list[BaseException]:
    """Return an error and what it came from, the causes that Twisted lists included."""
    found: list[BaseException] = []
    queue = deque([error])
    while queue and len(found) < 10:
        cause = queue.popleft()
        if cause is not None and cause not in found:
            found.append(cause)
            queue += [
                cause.__cause__,
                cause.__context__,
                *(reason.value for reason in getattr(cause, "reasons", None) or []),
            ]
    return found
