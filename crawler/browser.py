"""A page's address -> the page as a browser shows it once its scripts ran; the browser is confined by a relay."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError

from crawler.guard import allowed
from crawler.relay import Relay, reason_of
from crawler.wire import Unreachable

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as PageRequest
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

AT_ONCE: Final = 2  # pages that are open at a time: each takes about 100 MB
SETTLE: Final = 3.0  # seconds at most for a page to become quiet once its document is there
IDLE: Final = 60.0  # seconds without work after which the browser is closed
LAST_WORDS: Final = 5.0  # seconds to close a page before the browser is given up
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

NO_EXTRA = "this source needs a browser: install tocsin[js] and Chromium"
NO_CHROMIUM = f"this source needs a browser: none of {', '.join(PROGRAMS)} was found on PATH; install Chromium"
NO_REACTOR = "pages can't be rendered in this mode: a browser needs Scrapy's reactor"

# Everything goes through the relay: no look-up of names and no datagram (QUIC, WebRTC) finds its own way.
ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-dev-shm-usage",  # /dev/shm is tiny in containers
    "--js-flags=--max-old-space-size=256",  # MB of a page's own objects
)
ENVIRONMENT: Final = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR")  # the rest may hold secrets
UNWANTED: Final = {"image", "media", "font"}


@dataclass(slots=True)
class Opened:
    """A browser that runs, with the relays to the internet (`False`) and to private networks too (`True`)."""

    handler: Any
    relays: dict[bool, Relay]


@dataclass  # Playwright leaves a mark of its own on it, which slots forbid
class Visit:
    """One page on its way: its context's name in the browser, and the last address that it failed to reach."""

    name: str
    failed: str = ""

    async def prepare(self, page: Page, _: Request) -> None:
        """Watch a page before it goes anywhere."""
        page.on("requestfailed", self._missed)
        page.on("popup", _shut)
        await page.context.route("**/*", _refuse)  # the page's own requests have a route of their own; popups do not

    def _missed(self, request: PageRequest) -> None:
        if request.is_navigation_request():
            self.failed = request.url


class Browser:
    """Renders pages in one Chromium, which is started when it is needed and closed when it is not."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.opening: asyncio.Task[Opened] | None = None
        self.leaving: set[asyncio.Task[None]] = set()
        self.idle: asyncio.TimerHandle | None = None
        self.users, self.names = 0, count()

    async def download_request(self, request: Request) -> Response:
        """Return the rendered page. Raises Unreachable and what Scrapy's handlers raise."""
        self.users += 1
        if self.idle:
            self.idle.cancel()
        try:
            async with self.turns:
                return await self._visited(await self._opened(), request)
        finally:
            self.users -= 1
            if not self.users:
                self.idle = asyncio.get_running_loop().call_later(IDLE, self._leave)

    async def close(self) -> None:
        """Close the browser and its relays."""
        _browsers.pop(self.crawler, None)
        if self.idle:
            self.idle.cancel()
        self._leave()
        await asyncio.gather(*self.leaving)

    async def _opened(self) -> Opened:
        if self.opening and self.opening.done() and _is_lost(self.opening):
            self._leave()
        if self.opening is None:
            self.opening = asyncio.ensure_future(_open(self.crawler))
        # Shielded: who stops waiting must not leave a browser that is half started.
        return await asyncio.shield(self.opening)

    async def _visited(self, opened: Opened, request: Request) -> Response:
        visit = Visit(f"visit {next(self.names)}")
        relay = opened.relays[bool(request.meta.get("private"))]
        limit = float(request.meta["download_timeout"])
        page = request.replace(meta=_meta(visit, relay, request, self.crawler.settings["USER_AGENT"]))
        try:
            async with asyncio.timeout(limit):
                response: Response = await opened.handler.download_request(page)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"no page after {limit:g} s") from error
        except DownloadCancelledError:
            raise
        except Exception as error:
            raise _in_words(error, relay, visit.failed or request.url) from error
        finally:
            await asyncio.shield(self._closed(opened, visit))
        if response.url.startswith("http:") and (why := reason_of(_proxy_status(response))):
            raise Unreachable(why, passing=response.status != HTTPStatus.FORBIDDEN)
        if len(response.body) > request.meta["download_maxsize"]:
            raise DownloadCancelledError
        return response

    async def _closed(self, opened: Opened, visit: Visit) -> None:
        """Close all pages of a visit, or the whole browser where it does not listen any more."""
        wrapper = opened.handler.context_wrappers.get(visit.name)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(LAST_WORDS):
                await wrapper.context.close()
        except Exception:  # noqa: BLE001  whatever holds it up, the next page needs a browser that works
            self._leave(opened)

    def _leave(self, opened: Opened | None = None) -> None:
        """Close the browser in the background; the next page starts another."""
        opening = self.opening
        if opening is None or (opened and opening.done() and opening.result() is not opened):
            return
        self.opening = None
        task = asyncio.ensure_future(_close(opening))
        self.leaving.add(task)
        task.add_done_callback(self.leaving.discard)


def browser_of(crawler: Crawler) -> Browser:
    """Return the one browser of a crawler, whose handlers share it."""
    return _browsers.setdefault(crawler, Browser(crawler))


_browsers: dict[Crawler, Browser] = {}  # until they are closed


def _is_lost(opening: asyncio.Task[Opened]) -> bool:
    """Whether the browser could not be started, or is gone."""
    if opening.cancelled() or opening.exception():
        return True
    browser = getattr(opening.result().handler, "browser", None)
    return browser is None or not browser.is_connected()


async def _open(crawler: Crawler) -> Opened:
    """Start a browser. Raises Unreachable."""
    try:
        from scrapy_playwright.handler import (  # noqa: PLC0415  an extra, and 60 MB of it: only where it is needed
            ScrapyPlaywrightDownloadHandler,
        )
    except ImportError as error:
        raise Unreachable(NO_EXTRA, passing=False) from error
    if not crawler.settings.getbool("TWISTED_REACTOR_ENABLED"):
        raise Unreachable(NO_REACTOR, passing=False)
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise Unreachable(NO_CHROMIUM, passing=False)
    logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # what goes wrong is told by the sources
    relays = {False: Relay(allowed), True: Relay(lambda _: True)}
    for relay in relays.values():
        await relay.open()
    opened = Opened(ScrapyPlaywrightDownloadHandler(crawler), relays)
    handler = opened.handler
    handler.config.launch_options = _launch_options(program, relays[False])
    handler.config.max_pages_per_context = 1
    handler.config.target_closed_max_retries = 0  # a page that was closed was closed by us
    handler.process_request_headers = None  # the browser's own: only it knows what a script asks for
    handler.abort_request = _is_unwanted
    try:
        await handler._launch()  # what it does when Scrapy's engine starts, which was long ago
        await handler._maybe_launch_browser()
    except Exception as error:
        await _let_go(opened)
        raise Unreachable(f"the browser could not be started: {_first_line(error)}", passing=True) from error
    return opened


async def _close(opening: asyncio.Task[Opened]) -> None:
    with suppress(Exception):
        await _let_go(await opening)


async def _let_go(opened: Opened) -> None:
    with suppress(Exception):
        async with asyncio.timeout(2 * LAST_WORDS):
            await opened.handler.close()
    for relay in opened.relays.values():
        await relay.close()


def _launch_options(program: str, relay: Relay) -> dict[str, Any]:
    return {
        "executable_path": program,
        "args": list(ARGUMENTS),
        "headless": True,
        "chromium_sandbox": os.geteuid() != 0,  # Chromium refuses to run as root with it
        "proxy": _proxy(relay),
        "env": {name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        "handle_sigint": False,  # signals are for the daemon
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def _proxy(relay: Relay) -> dict[str, str]:
    # Chromium goes to loopback directly if it is not told otherwise.
    return {
        "server": relay.url,
        "username": relay.username,
        "password": relay.password,
        "bypass": "<-loopback>",
    }


def _meta(visit: Visit, relay: Relay, request: Request, agent: str) -> dict[str, Any]:
    """Return what scrapy-playwright is told of a page: https://github.com/scrapy-plugins/scrapy-playwright."""
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415  the extra is there by now

    return {
        **request.meta,
        "playwright": True,
        "playwright_context": visit.name,  # of its own: no cookies, storage or cache from page to page
        "playwright_context_kwargs": {
            "proxy": _proxy(relay),
            "user_agent": agent,
            "accept_downloads": False,
            "service_workers": "block",
        },
        "playwright_page_init_callback": visit.prepare,
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": 0},
        "playwright_page_methods": [PageMethod(_settled, request.meta["download_maxsize"])],
    }


async def _settled(page: Page, cap: int) -> None:
    """Wait until a page is quiet, or long enough. Raises DownloadCancelledError where it became too large."""
    from playwright.async_api import TimeoutError as Impatience  # noqa: PLC0415  the extra is there by now

    with suppress(Impatience):
        await page.wait_for_load_state("networkidle", timeout=SETTLE * 1000)
    await page.evaluate("window.stop()")
    if await page.evaluate("document.documentElement.outerHTML.length") > cap:
        raise DownloadCancelledError


async def _refuse(route: Route) -> None:
    with suppress(Exception):
        await route.abort()


async def _shut(page: Page) -> None:
    with suppress(Exception):
        await page.close()


def _proxy_status(response: Response) -> str:
    return (response.headers.get("Proxy-Status") or b"").decode("latin-1")


def _is_unwanted(request: PageRequest) -> bool:
    return request.resource_type in UNWANTED or not request.url.startswith(("http:", "https:", "data:", "blob:"))


def _in_words(error: Exception, relay: Relay, url: str) -> Unreachable:
    """Return what went wrong as a person would say it; `url` is the last address that was tried."""
    if why := relay.why(urlsplit(url).hostname or ""):
        return Unreachable(why.reason, passing=why.passing)
    text = str(error)
    for sign, reason, passing in _REASONS:
        if sign in text:
            return Unreachable(reason, passing=passing)
    return Unreachable(f"the browser failed: {_first_line(error)}", passing=True)


_REASONS = (
    ("ERR_CERT_", "the server's certificate could not be verified, so it may not be who it says it is", True),
    ("ERR_TOO_MANY_REDIRECTS", "it redirects for ever", False),
    ("ownload", "it is no web page but a file to download", False),
    ("ERR_ABORTED", "it is no web page but a file to download", False),
    ("ERR_EMPTY_RESPONSE", "the server broke off before it had answered in full", True),
    ("ERR_CONNECTION_", "the server broke off before it had answered in full", True),
    ("ERR_INCOMPLETE_", "the server broke off before it had answered in full", True),
    ("ERR_SSL_", "no secure connection could be made", True),
    ("ERR_HTTP_RESPONSE_CODE_FAILURE", "the server answers with an error and an empty page", True),
    ("crashed", "the page crashed the browser", True),
    ("has been closed", "the browser was closed before the page was there", True),
)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
