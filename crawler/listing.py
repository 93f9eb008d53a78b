"""What a listing announces: Entry, Listing; markup of a title or a summary -> its plain text."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import lxml.html

from crawler.article import Precision
from crawler.dates import Dated, parse_date
from crawler.source import Kind

LONGEST_TITLE = 500  # characters
LONGEST_SUMMARY = 20_000
LONGEST_GUID = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as its listing announces it: plain text, an absolute address, the dates as stated (in UTC).

    `guid` is the name that the listing gives the article beside its address. `updated` is when the listing says that
    the article last changed, where it says so apart from `published`.
    """

    url: str
    title: str = ""
    summary: str = ""
    published: datetime | None = None
    precision: Precision | None = None
    lang: str | None = None
    guid: str | None = None
    updated: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Return what changes when the listing says something else of the article; a date that is bumped does not."""
        said = "\n".join((self.title, self.summary, self.updated.isoformat() if self.updated else ""))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A listing that an index of sitemaps names; `changed` is its stated last change (aware)."""

    url: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source announces, in its own order.

    `problem` says what is wrong in a user's words, `usable` whether it is a listing. `kind` is what it was read as.
    `ttl` is how long it asks not to be fetched again. `parts` are the further listings that it is an index of. `menu`
    holds the addresses of a page that are links but hardly articles: to be known when they are met again, not read.
    """

    entries: tuple[Entry, ...] = ()
    title: str = ""
    lang: str | None = None
    problem: str | None = None
    usable: bool = True
    kind: Kind = "feed"
    ttl: timedelta | None = None
    parts: tuple[Part, ...] = ()
    menu: tuple[str, ...] = ()


# https://www.w3.org/TR/NOTE-datetime and RFC 822, as far as they are found where a program wrote the date.
_MACHINE_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]+\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
    r"|(?:[A-Za-z]{3},?\s+)?\d\d?\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+(?:GMT|UTC?|Z|[ECMP][SD]T|CES?T|MSK|[+-]\d{4})"
    r"|\d{10}(?:\d{3})?"  # seconds or milliseconds since 1970
)


def machine_date(written: str) -> Dated | None:
    """Return a date that a program wrote for programs, and no other: fifty thousand dates in words take minutes."""
    written = written.strip()
    return parse_date(written) if _MACHINE_DATE.fullmatch(written) else None


def plain(markup: str) -> str:
    """Return the text of a title or summary, which may hold HTML, escaped once or twice, or none."""
    if "<" in markup or "&" in markup:
        markup = html.unescape(markup)
    if re.search(r"<[/!a-zA-Z]", markup):
        markup = _text_of(markup)
    return clean(markup)


def clean(text: str) -> str:
    """Return a text on one line, without characters that nobody sees."""
    return _SPACES.sub(" ", _CONTROLS.sub(" ", _UNSEEN.sub("", text))).strip()


_SPACES = re.compile(r"[ \xa0\u2002-\u200a\u202f]+")  # but not the ideographic one, which is part of a CJK text
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # they stand within words, where a line may break or not


def _text_of(markup: str) -> str:
    # Space between blocks, or "killed.</p><p>The" would join two sentences.
    spaced = re.sub(r"(?i)(</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote)\b)", r" \1", markup[: 4 * LONGEST_SUMMARY])
    try:
        tree = lxml.html.fragment_fromstring(spaced, create_parent="div")
    except (ValueError, lxml.etree.LxmlError):
        return re.sub(r"<[^>]*>", " ", markup)
    for unseen in tree.xpath(".//script|.//style|.//noscript|.//iframe"):
        unseen.drop_tree()
    return str(tree.text_content())
