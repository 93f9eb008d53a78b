"""Request -> allowed or not, by the host's robots.txt: RFC 9309, with a lifetime and Crawl-delay."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Self

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from crawler.settings import AGENT

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

LIFETIME = 24 * 3600.0  # seconds; RFC 9309 section 2.4
TRY_AGAIN = 600.0  # seconds after a robots.txt that could not be had
UNREACHED = 60.0  # seconds; a host that was not there is asked again soon: that costs it nothing
LARGEST = 512 * 1024  # bytes that are parsed; RFC 9309 section 2.5 asks for 500 KiB
LONGEST_DELAY = 60.0  # seconds; some files ask for an hour between requests, which no news survives
MANY = 5000  # hosts remembered before those whose time is over are dropped


class Refused(IgnoreRequest):
    """The host does not want this to be fetched; `passing` where it could not say so just now."""

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt said: `rules` is `None` where all is allowed, `unknown` why nothing is for now."""

    until: float
    rules: Protego | None = None
    unknown: str | None = None
    delay: float = 0.0


class RobotsMiddleware:
    """Asks each host's robots.txt before anything else is fetched from it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.known: dict[tuple[str, bool], Robots] = {}
        self.asking: dict[tuple[str, bool], asyncio.Task[Robots]] = {}
        self.wanted: set[asyncio.Future[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy builds its components."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise Refused."""
        parts = urlparse_cached(request)
        host = parts.hostname or ""
        # Said here because a redirected request carries the slot of the host that it comes from.
        request.meta["download_slot"] = host
        if request.meta.get("is_robots"):
            return
        robots = await self._robots(f"{parts.scheme}://{parts.netloc}", host, bool(request.meta.get("private")))
        if robots.unknown:
            raise Refused(robots.unknown, passing=True)
        if robots.rules and not robots.rules.can_fetch(request.url, AGENT):
            raise Refused("the site's robots.txt does not allow it", passing=False)

    async def _robots(self, origin: str, host: str, private: bool) -> Robots:
        key = (origin, private)  # what one may not even ask is known to the other
        robots = self.known.get(key)
        if robots and monotonic() < robots.until:
            return robots
        if key not in self.asking:
            self.asking[key] = asyncio.ensure_future(self._ask(key, host))
            self.asking[key].add_done_callback(lambda _: self.asking.pop(key, None))
        # Shielded: others wait for the same answer.
        return await asyncio.shield(self.asking[key])

    async def _ask(self, key: tuple[str, bool], host: str) -> Robots:
        robots = await self._fetched(*key)
        last = self.known.get(key)
        if robots.unknown and last and not last.unknown:
            # RFC 9309 section 2.4: an old copy serves while the file is out of reach.
            robots = Robots(robots.until, last.rules, None, last.delay)
        if len(self.known) > MANY:
            self.known = {key: value for key, value in self.known.items() if monotonic() < value.until}
        self.known[key] = robots
        self._slow_down(host, robots.delay)
        return robots

    async def _fetched(self, origin: str, private: bool) -> Robots:
        from crawler.wire import headers, in_words  # noqa: PLC0415  the wire imports this module for Refused

        wanted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.wanted.add(wanted)
        limit = self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        meta = {"is_robots": True, "wanted": wanted, "download_timeout": limit, "download_maxsize": 4 * LARGEST}
        meta["private"] = private
        request = Request(f"{origin}/robots.txt", headers=headers(self.crawler.settings["USER_AGENT"]), meta=meta)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001  whatever went wrong on the way: it is not now
            why = in_words(error, 4 * LARGEST, limit)
            if not why.passing:  # RFC 9309 section 2.3.1: endless redirects and the like are as if there were none
                return Robots(monotonic() + LIFETIME)
            return Robots(monotonic() + UNREACHED, unknown=why.reason)
        finally:
            self.wanted.discard(wanted)
        return read_robots(response)

    def close(self) -> None:
        """Abort the questions that are under way."""
        for wanted in list(self.wanted):
            wanted.cancel()

    def _slow_down(self, host: str, delay: float) -> None:
        """Set the host's delay to what it asks for, where that is more than ours."""
        downloader = self.crawler.engine.downloader
        delay = max(delay, self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        if host in downloader.per_slot_settings or delay > self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            downloader.per_slot_settings[host] = {"delay": delay}  # for slots to come: idle ones are collected
            if host in downloader.slots:
                downloader.slots[host].delay = delay


def read_robots(response: Response) -> Robots:
    """Return what an answer to /robots.txt means: RFC 9309 section 2.3.1."""
    now, status = monotonic(), response.status
    if status >= 500 or status == 429:
        return Robots(now + TRY_AGAIN, unknown=f"not now: its robots.txt answers HTTP {status}")
    if not 200 <= status < 300:
        return Robots(now + LIFETIME)
    try:
        rules = Protego.parse(response.body[:LARGEST].decode("utf-8-sig", "replace"))
    except Exception:  # noqa: BLE001  a file that breaks the parser forbids nothing that could be known
        return Robots(now + LIFETIME)
    delay = rules.crawl_delay(AGENT) or 0.0
    return Robots(now + LIFETIME, rules, None, min(max(float(delay), 0.0), LONGEST_DELAY))
