"""Bytes of a sitemap or of an index of them -> Listing; Parts of an index -> those that are worth fetching."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree

from crawler.language import code
from crawler.listing import LONGEST_TITLE, Entry, Listing, Part, machine_date, plain
from crawler.xmlrepair import repaired


def parse(body: bytes, url: str) -> Listing:
    """Return what a sitemap names: https://www.sitemaps.org/protocol.html, with the tags of Google News.

    The newest come first where dates are stated, the others follow in their own order. A `lastmod` is when a page last
    changed, not when it was published. Pages of other hosts are taken as well: the protocol's rule against them keeps
    one site from putting another's pages into a search engine, but here the user has chosen the sitemap, and publishers
    do keep theirs on a host of its own. `url` is the address that it came from, which relative ones are read against.
    """
    if not body.strip(b"\xef\xbb\xbf \t\r\n"):
        return _refused("the sitemap is empty")
    if b"<" not in body:
        return _plain_text(body, url)
    root, damaged = _root(body)
    if root is None:
        return _refused("this is not a sitemap")
    rows = [child for child in root if _name(child) in ("url", "sitemap")]
    if damaged and _CUT.search(body[-10_000:]):
        rows = rows[:-1]  # half an address may be another page's
    if _name(root) == "sitemapindex":
        parts = tuple(part for row in rows if (part := _part(row, url)))
        problem, usable = _problem(len(parts), len(rows), damaged)
        return Listing(parts=parts, problem=problem, usable=usable, kind="sitemap")
    entries = [entry for row in rows if (entry := _entry(row, url))]
    problem, usable = _problem(len(entries), len(rows), damaged)
    return Listing(entries=_believed(_ordered(entries)), problem=problem, usable=usable, kind="sitemap")


_CUT = re.compile(rb"<(?:\w+:)?loc\b[^<>]*>(?:[^<]|<!\[CDATA\[)*\Z", re.IGNORECASE)


def _refused(problem: str) -> Listing:
    return Listing(problem=problem, usable=False, kind="sitemap")


def _problem(found: int, announced: int, damaged: bool) -> tuple[str | None, bool]:
    """Return what is wrong with a sitemap, and whether it is one."""
    if damaged:
        return f"the sitemap is damaged or breaks off: {found} of its entries could be read", bool(found)
    if not announced:
        return "the sitemap holds no entries", True
    if found < announced:
        return f"{announced - found} of {announced} entries of the sitemap have no web address", bool(found)
    return None, True


def _root(body: bytes) -> tuple[Any, bool]:
    """Return the element that the entries are in, and whether something is wrong with the document.

    No entity is resolved, nothing is fetched, and libxml2's limits on depth and size stay on.
    """
    parser = lxml.etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in body[:4]:  # not UTF-16
        body = repaired(body.lstrip())
    try:
        root = lxml.etree.fromstring(body, parser=parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        return None, True
    if root is None:
        return None, True
    found = next((one for one in root.iter() if _name(one) in ("urlset", "sitemapindex")), None)
    return found, any(error.domain_name != "NAMESPACE" for error in parser.error_log)


def _name(element: Any) -> str:
    """Return the local name in lower case, "" for what is no element."""
    return _known(element.tag)[0] if isinstance(element.tag, str) else ""


@lru_cache(maxsize=256)
def _known(tag: str) -> tuple[str, bool]:
    """Return a tag's local name in lower case, and whether it is one of Google's for images and videos.

    Those have addresses of their own. A prefix that is declared nowhere is still part of the tag.
    """
    name = re.split("[}:]", tag)[-1]
    return name.lower(), bool(re.search(r"image|video", tag.removesuffix(name), re.IGNORECASE))


def _child(element: Any, name: str) -> Any:
    return next((one for one in element if isinstance(one.tag, str) and _known(one.tag) == (name, False)), None)


def _said(element: Any, *path: str) -> str:
    """Return the text at the end of a path of names, "" where there is none."""
    for name in path:
        element = _child(element, name) if element is not None else None
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").strip()
    if next(element.iter(lxml.etree.Entity), None) is not None:  # which nobody resolves
        return ""
    return "".join(element.itertext()).strip()


def _address(row: Any, base: str) -> str | None:
    return _absolute(_said(row, "loc"), base)


def _absolute(written: str, base: str) -> str | None:
    try:
        url = urljoin(base, re.sub(r"[\t\r\n]", "", written)) if written else ""
        parts = urlsplit(url)
    except ValueError:  # http://[::1
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _entry(row: Any, base: str) -> Entry | None:
    """Return the entry, `None` where it leads nowhere on the web."""
    url = _address(row, base)
    if url is None:
        return None
    published = machine_date(_said(row, "news", "publication_date"))
    changed = machine_date(_said(row, "lastmod"))
    later = changed and (published is None or changed[0] > published[0])
    return Entry(
        url=url,
        title=plain(_said(row, "news", "title"))[:LONGEST_TITLE],
        published=published[0] if published else None,
        precision=published[1] if published else None,
        lang=code(_said(row, "news", "publication", "language")),
        updated=changed[0] if changed and later else None,
    )


def _part(row: Any, base: str) -> Part | None:
    url = _address(row, base)
    changed = machine_date(_said(row, "lastmod"))
    return Part(url=url, changed=changed[0] if changed else None) if url else None


def _ordered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    def age(entry: Entry) -> float:
        stated = entry.published or entry.updated
        return -stated.timestamp() if stated else float("inf")

    return tuple(sorted(entries, key=age))


def _believed(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the entries without a last change that most of them share to the second: it is when the file was made.

    Taken at its word, all of a site's articles would count as edited at every poll.
    """
    moments = Counter(entry.updated for entry in entries if entry.updated and entry.updated.time() != time.min)
    moment, count = max(moments.items(), key=lambda pair: pair[1], default=(None, 0))
    if count < MANY or count * 2 <= len(entries):
        return entries
    return tuple(replace(entry, updated=None) if entry.updated == moment else entry for entry in entries)


MANY = 5  # articles that nobody changes in the same second


def _plain_text(body: bytes, url: str) -> Listing:
    """Read a text file of one address a line, in UTF-8."""
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    lines = [line.strip() for line in body.decode(encoding, "replace").replace("\x00", "").splitlines() if line.strip()]
    found = [line for line in lines if re.match(r"https?://[^\s/]+\S*$", line, re.IGNORECASE)]
    entries = tuple(Entry(url=address) for line in found if (address := _absolute(line, url)))
    if not entries:
        return _refused("this is not a sitemap")
    problem, usable = _problem(len(entries), len(lines), damaged=False)
    return Listing(entries=entries, problem=problem, usable=usable, kind="sitemap")


# The parts of an index


_NEWS = re.compile(r"news|latest|recent|today|breaking|48h|fresh|novosti|noticias|aktuell|actualit", re.IGNORECASE)
# Sitemaps of what is not articles, as the makers of sitemaps name them.
_OTHER = re.compile(
    r"(?<![a-z])(?:categor(?:y|ies)|tags?|post_tag|authors?|users?|pages?|static|images?|videos?|gallery|galleries"
    r"|products?|topics?|sections?|recipes?|attachments?|events?|podcasts?|weather|misc)(?![a-z])",
    re.IGNORECASE,
)
_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\D?(0[1-9]|1[0-2])(?:\D?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_ARCHIVE = timedelta(days=28)  # parts that were last changed so long before the newest ones are an archive


def chosen(parts: Sequence[Part], most: int) -> list[Part]:
    """Return the parts of an index that can hold new articles, the likeliest first, at most `most`.

    News sitemaps (by their names) come first, then what was changed last, by its stated date or the one in its name; of
    parts that say nothing, the first and the last in turn, since some sites append and some prepend. Never the archive:
    what was last changed long before the newest parts, and what says nothing where others do.
    """
    parts = list({part.url: part for part in parts}.values())
    articles = [part for part in parts if not _OTHER.search(_tail(part.url))] or parts
    dated = sorted((part for part in articles if _changed(part)), key=_recency, reverse=True)
    # Against the second: one date in the future must not make an archive of all the others.
    archive = _recency(dated[min(1, len(dated) - 1)]) - _ARCHIVE.total_seconds() if dated else 0.0
    alive = [part for n, part in enumerate(dated) if n < 2 or _recency(part) >= archive]
    silent = _from_both_ends([part for part in articles if not _changed(part)])
    news = [part for part in (*alive, *silent) if _NEWS.search(_tail(part.url))]
    others = alive if news or alive else silent
    return list({part.url: part for part in (*news, *others)}.values())[: max(most, 0)]


def _tail(url: str) -> str:
    """Return the path and query: example-news.org is no news sitemap."""
    return url.partition("://")[2].partition("/")[2]


def _changed(part: Part) -> datetime | None:
    """Return when a part was last changed, as stated, or else as its name says: `sitemap-2026-11.xml`."""
    if part.changed:
        return part.changed
    named = [found.groups() for found in _DATED.finditer(_tail(part.url))]
    try:
        return max((datetime(int(y), int(m or 12), int(d or 28), tzinfo=UTC) for y, m, d in named), default=None)
    except ValueError:  # the 31st of February
        return None


def _recency(part: Part) -> float:
    changed = _changed(part)
    return changed.timestamp() if changed else 0.0


def _from_both_ends(parts: Sequence[Part]) -> list[Part]:
    pairs = chain.from_iterable(zip(parts, reversed(parts), strict=True))
    return list({part.url: part for part in pairs}.values())
