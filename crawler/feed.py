"""Bytes of an RSS or Atom feed -> Listing: its entries, or what is wrong with it in a user's words."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from charset_normalizer import from_bytes

from crawler.dates import parse_date
from crawler.language import code
from crawler.listing import LONGEST_GUID, LONGEST_SUMMARY, LONGEST_TITLE, Entry, Listing, plain
from crawler.xmlrepair import deeper_than, repaired

DEEPEST = 2000  # elements within each other; feedparser's time grows with the square of it


def parse(body: bytes, url: str, content_type: str) -> Listing:
    """Return the feed's entries, as many as can be saved from a damaged one.

    `url` is the address that it came from, which relative links are read against. Dates are read by our own parser:
    feedparser takes CEST, MSK and others for UTC.
    """
    if not body.strip():
        return Listing(problem="the feed is empty", usable=False)
    readable = _readable(body)
    if deeper_than(readable, DEEPEST):
        return Listing(problem=f"its elements are nested more than {DEEPEST:,} deep, as no feed's are", usable=False)
    parsed = _parsed(readable, url, content_type)
    if parsed is None:
        return Listing(problem="the feed is damaged beyond reading", usable=False)
    lang = code(parsed["feed"].get("language"))
    entries = tuple(entry for raw in parsed["entries"] if (entry := _entry(raw, url, lang)))
    problem, usable = _problem(parsed, body, content_type, len(entries))
    return Listing(
        entries=entries,
        title=plain(parsed["feed"].get("title", ""))[:LONGEST_TITLE],
        lang=lang,
        problem=problem,
        usable=usable,
        ttl=_ttl(parsed["feed"]),
    )


def _parsed(body: bytes, url: str, content_type: str) -> dict[str, Any] | None:
    """Return what feedparser makes of the feed; where it makes nothing of it, of the feed without what XML forbids."""
    headers = {"content-type": content_type, "content-location": url}
    best: dict[str, Any] | None = None
    for again in (False, True):
        # As a file: feedparser would take bytes that read like a path or an address for one, and open it.
        file = io.BytesIO(repaired(body) if again else body)
        try:
            found = feedparser.parse(file, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError, AssertionError):
            continue  # it falls over some broken declarations, and over characters that there are not
        best = found if best is None or found.entries else best
        if found.entries:
            break
    return best


LONGEST_TTL = timedelta(days=1)  # a feed that asks for more says how rarely it is written, not how fast news is wanted
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}  # hours


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    """Return how long a feed asks not to be fetched again, a day at the most, `None` where it asks for nothing.

    RSS states minutes (https://www.rssboard.org/rss-specification), the Syndication module how often in which period
    (https://web.resource.org/rss/1.0/modules/syndication/).
    """
    minutes = re.fullmatch(r"\s*(\d{1,9})(?:\.\d*)?\s*", _stated(feed, "ttl"))
    if minutes and int(minutes[1]):
        return min(timedelta(minutes=int(minutes[1])), LONGEST_TTL)
    hours = _PERIODS.get(_stated(feed, "sy_updateperiod").strip().lower())
    often = re.fullmatch(r"\s*(\d{1,9})\s*", _stated(feed, "sy_updatefrequency") or "1")
    if hours and often and int(often[1]):
        return min(timedelta(hours=hours) / int(often[1]), LONGEST_TTL)
    return None


def _readable(body: bytes) -> bytes:
    """Return the feed with its text in the encoding it states, where it states UTF-8 (or nothing) and is in another."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as_utf8(body, "utf-16")
    stated = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", body)
    if stated and stated[1].lower() not in (b"utf-8", b"utf8"):
        return body
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if not wrong:
        return body
    if wrong * 10 < sum(char.isalpha() and not char.isascii() for char in text):
        return text.encode("utf-8")  # a few broken bytes in good text
    guess = from_bytes(body[:200_000]).best()
    return _as_utf8(body, guess.encoding) if guess else body


def _as_utf8(body: bytes, encoding: str) -> bytes:
    text = body.decode(encoding, "replace")
    return re.sub(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text, count=1).encode("utf-8")


def _entry(raw: dict[str, Any], base: str, lang: str | None) -> Entry | None:
    """Return the entry, `None` where it leads nowhere on the web."""
    link = _link(raw, base)
    if link is None:
        return None
    lang = code(_stated(raw, "language") or (raw.get("title_detail") or {}).get("language")) or lang
    # Not by raw["updated"], which feedparser fills from "published" with a warning.
    stated = [dict.get(raw, name) for name in ("published", "created", "updated")]
    dates = [parse_date(str(text), lang) if text else None for text in stated]
    published, precision = next((date for date in dates if date), (None, None))
    updated = dates[2][0] if dates[2] else None
    bodies = [str(raw.get("summary") or ""), *(str(part.get("value") or "") for part in raw.get("content") or [])]
    return Entry(
        url=link,
        title=plain(str(raw.get("title") or ""))[:LONGEST_TITLE],
        summary=max(map(plain, bodies), key=len)[:LONGEST_SUMMARY],
        published=published,
        precision=precision,
        lang=lang,
        guid=_stated(raw, "id").strip()[:LONGEST_GUID] or None,
        updated=updated if updated and published and updated > published else None,
    )


def _stated(raw: Mapping[str, Any], name: str) -> str:
    return str(raw.get(name) or "")


def _link(raw: Mapping[str, Any], base: str) -> str | None:
    """Return where the entry leads: its page behind the counter, its link, or its id where that is an address."""
    guid = _stated(raw, "id")
    if not guid.startswith(("http://", "https://")):
        guid = ""
    for candidate in (_stated(raw, "feedburner_origlink"), _stated(raw, "link"), guid):
        try:
            link = urljoin(base, re.sub(r"[\t\r\n]", "", candidate.strip())) if candidate else ""
            if urlsplit(link).scheme in ("http", "https"):
                return link
        except ValueError:  # http://[::1
            continue
    return None


def _problem(parsed: Mapping[str, Any], body: bytes, content_type: str, found: int) -> tuple[str | None, bool]:
    """Return what is wrong with a feed, and whether it is one."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    announced = len(parsed["entries"])
    if not announced and not parsed.get("version"):
        if b"<html" in start or start.startswith(b"<!doctype html"):
            return "this is a web page, not a feed", False
        kind = content_type.partition(";")[0].strip() or "of no stated type"
        return f"this is not a feed ({kind})", False
    damaged = parsed.get("bozo") and not _harmless(parsed)
    if not announced:
        return ("the feed breaks off before its first entry", False) if damaged else ("the feed holds no entries", True)
    if damaged:
        return f"the feed is damaged or breaks off: {found} of its entries could be read", bool(found)
    if found < announced:
        return f"{announced - found} of {announced} entries have no link to a web page", bool(found)
    return None, True


def _harmless(parsed: Mapping[str, Any]) -> bool:
    """A wrong media type or stated encoding that could be seen through is nobody's concern."""
    return isinstance(
        parsed.get("bozo_exception"), (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    )
