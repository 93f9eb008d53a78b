"""An announced article -> its Reading: the page fetched, checked and read, or why it could not be."""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from crawler.article import url_key
from crawler.reading import Announced, Reading, Sent, bare, read_announced, read_article, read_told
from crawler.settings import PAGE_CAP
from crawler.source import Source
from crawler.wire import Answer, Unreachable, Wire
from crawler.workers import Unreadable, Workers

REMEMBERED = 20_000  # addresses of pages that failed
TRY_FOR = timedelta(days=1)  # how long after its date a page that fails for a passing reason is tried again,
TRIES = 5  # and how often, for those without a date

logger = logging.getLogger(__name__)


class Pages:
    """Fetches and reads article pages."""

    def __init__(self, wire: Wire, workers: Workers) -> None:
        self.wire, self.workers = wire, workers
        self.failed: OrderedDict[str, int] = OrderedDict()

    async def read(self, source: Source, announced: Announced) -> tuple[Reading, str]:
        """Return the reading of an entry's page and the key of the page's own address. A failure is a reading too."""
        try:
            if announced.text is not None:
                return await self.workers.run(read_told, announced)
            answer = await self.wire.get(
                announced.entry.url, PAGE_CAP, private=source.private, javascript=source.javascript
            )
            _check_page(answer, announced)
            sent = Sent(answer.body, answer.url, content_type(answer))
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
        self.failed[announced.url_key] = tries
        if len(self.failed) > REMEMBERED:
            self.failed.popitem(last=False)
        dated = announced.entry.published
        retry = passing and (announced.fetched - dated < TRY_FOR if dated else tries <= TRIES)
        try:
            return await self.workers.run(read_announced, replace(announced, text=None), error, retry)
        except Unreadable:
            return bare(announced, error, retry)


def status_in_words(status: int, wait: timedelta | None = None) -> str:
    """Return an HTTP status as a person would read it."""
    try:
        words = f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        words = f"HTTP {status}"
    return f"{words}, asked to wait {wait.total_seconds():.0f} s" if wait else words


def content_type(answer: Answer) -> str:
    """Return the media type as stated, "" where it is not."""
    return answer.headers.get("content-type", "")


_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


def _check_page(answer: Answer, announced: Announced) -> None:
    """Raise Unreachable for what is no article page."""
    status, kind = answer.status, content_type(answer).partition(";")[0].strip().lower()
    if status != HTTPStatus.OK:
        raise Unreachable(f"the page answers {status_in_words(status)}", passing=status >= 500 or status in _PASSING)
    if kind and not kind.startswith("text/") and "html" not in kind and "xml" not in kind:
        raise Unreachable(f"it is no web page but {kind}", passing=False)
    if _is_front(answer.url) and not _is_front(announced.entry.url):
        raise Unreachable("the page is gone: it leads to the site's front page", passing=False)


def _is_front(url: str) -> bool:
    with contextlib.suppress(ValueError):
        return urlsplit(url_key(url))[2:] == ("", "", "")
    return False


def _own_key(announced: Announced, own: str | None, led_to: str) -> str:
    """Return the key of the address that the page calls its own, else of the one that it was found at."""
    with contextlib.suppress(ValueError):
        return url_key(own or led_to)
    return announced.url_key
