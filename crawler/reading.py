"""Bytes of a listing or a page -> Listing, Reading: what a worker process does, as picklable functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.article import Article, Precision
from crawler.dates import sane

if TYPE_CHECKING:
    from crawler.facts import Facts
    from crawler.listing import Entry, Listing
    from crawler.page import Page
    from crawler.sketch import Sketch
    from crawler.source import Kind

# What reads is imported where it is used: the daemon's own process hands out work and needs none of the extractors.


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and its facts; `facts` is `None` where there was nothing to read (`article.error` says why).

    `passages` are the events of a round-up, each read as an article of its own; an article of one event has none.
    `sketch` is what the article is compared by, where a worker made it: it is made of the other two.
    """

    article: Article
    facts: Facts | None
    passages: tuple[Reading, ...] = field(default=(), kw_only=True)
    sketch: Sketch | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An entry of a listing on its way to be read: whose it is, and when it was fetched (aware, UTC).

    `fingerprint` is of what the listing says of it, "" where that tells nothing of edits; `edited` marks an article
    that is known and is read again. `text` is what a user's own spider already read of the page.
    """

    entry: Entry
    url_key: str
    source: str
    publisher: str
    fetched: datetime
    fingerprint: str = ""
    edited: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A page as the server sent it; `url` is where redirects led."""

    body: bytes
    url: str
    content_type: str


NO_TEXT = "the page has no readable text"


def warm_up() -> None:
    """Load what readings need, so that the first one does not pay for it."""
    from crawler.facts import read_facts
    from crawler.language import language_of
    from crawler.page import read_page
    from crawler.sketch import warm_up as load_words

    read_listing(b"<rss/>", "", "", "feed", None)
    read_page(b"", "", "")
    language_of("Words enough to load the model of languages.")
    read_facts("", "", "en", None)
    load_words()


def read_listing(body: bytes, url: str, content_type: str, kind: Kind | None, links: str | None) -> Listing:
    """Return a listing's entries, or what is wrong with it; `kind` and `links` as the source states them."""
    from crawler.kinds import read

    return read(body, url, content_type, kind, links)


def read_article(announced: Announced, sent: Sent) -> tuple[Reading, str | None]:
    """Return the article of a page with its facts, and the address that the page calls its own.

    The listing's date outranks the page's, the page's title the listing's. A page without text is told by its listing.
    """
    from crawler.page import read_page

    page = read_page(sent.body, sent.url, sent.content_type)
    if not page.text:
        return _told(announced, NO_TEXT, retry=False, page=page), page.canonical
    return read_text(_article(announced, page, page.text)), page.canonical


def read_told(announced: Announced) -> tuple[Reading, str]:
    """Return the article whose text came with its announcement, with its facts, and its key."""
    if not announced.text:
        return _told(announced, NO_TEXT, retry=False, page=None), announced.url_key
    return read_text(_article(announced, None, announced.text)), announced.url_key


def read_announced(announced: Announced, error: str, retry: bool) -> Reading:
    """Return what the listing alone tells of an article whose page could not be had."""
    return _told(announced, error, retry=retry, page=None)


def bare(announced: Announced, error: str, retry: bool = False) -> Reading:
    """Return the announcement as it is, without facts: for what no worker could read. Costs nothing."""
    return Reading(_article(announced, None, announced.entry.summary, error=error, retry=retry), None)


def _told(announced: Announced, error: str, *, retry: bool, page: Page | None) -> Reading:
    return read_text(_article(announced, page, announced.entry.summary, error=error, retry=retry))


def read_text(article: Article) -> Reading:
    """Return the article with what it claims, the events of a round-up each by itself, and what it is compared by."""
    if not article.title and not article.text:
        return Reading(article, None)
    from crawler.facts import read_facts
    from crawler.gazetteer.home import home_of
    from crawler.language import language_of
    from crawler.roundup import passages
    from crawler.sketch import sketch

    if article.lang is None:
        article = replace(article, lang=language_of(f"{article.title}\n{article.text}"))
    home = home_of(article.url)
    facts = read_facts(article.title, article.text, article.lang, article.published, home)
    told = tuple(
        Reading(part, passage.facts, sketch=sketch(part, passage.facts))
        for passage in passages(article, facts, home)
        for part in [replace(article, title=passage.title or article.title, text=passage.text)]
    )
    return Reading(article, facts, passages=told, sketch=sketch(article, facts, roundup=bool(told)))


def _article(
    announced: Announced, page: Page | None, text: str, error: str | None = None, retry: bool = False
) -> Article:
    entry = announced.entry
    title = (page.title if page and not error else "") or entry.title or (page.title if page else "")
    published, precision = _when(announced, page)
    return Article(
        url=entry.url,
        url_key=announced.url_key,
        source=announced.source,
        publisher=announced.publisher,
        title=_whole(title),
        text=_whole(text),
        published=published,
        precision=precision,
        lang=(page.lang if page else None) or entry.lang,
        fetched=announced.fetched,
        error=error,
        retry=retry,
    )


def _when(announced: Announced, page: Page | None) -> tuple[datetime | None, Precision | None]:
    """The listing's date, where it can be true, else the page's. A minute is worth more than a day."""
    entry = announced.entry
    stated = [(entry.published, entry.precision), (page.published, page.precision) if page else (None, None)]
    true = [(when.astimezone(UTC), precision) for when, precision in stated if when and sane(when, announced.fetched)]
    if len(true) == 2 and true[0][1] == "day" and true[1][1] == "minute" and _same_day(true[0][0], true[1][0]):
        return true[1]
    return true[0] if true else (None, None)


def _same_day(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < 36 * 3600


def _whole(text: str) -> str:
    """Join words that were cut for the eye only: a soft hyphen or a zero-width space hides a name from every rule."""
    return re.sub("[\u00ad\u200b\u2060\ufeff]", "", text)
