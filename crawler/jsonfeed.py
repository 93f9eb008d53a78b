"""Bytes of a JSON Feed -> Listing: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.language import code
from crawler.listing import LONGEST_GUID, LONGEST_SUMMARY, LONGEST_TITLE, Entry, Listing, clean, machine_date, plain


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def parse(body: bytes, url: str) -> Listing:
    """Return the feed's entries. A field of a wrong type counts as not stated, as version 1.1 asks of readers.

    `url` is the address that it came from, which relative links are read against.
    """
    try:
        # Never a number that is taken apart: one of 5,000 digits is a ValueError, one of a million takes seconds.
        feed = json.loads(_text(body), strict=False, parse_int=Number, parse_float=Number, parse_constant=Number)
    except (ValueError, RecursionError):
        return _refused("the JSON is damaged, breaks off or is nested too deep")
    version = _said(feed, "version") if isinstance(feed, dict) else ""
    items = feed.get("items") if isinstance(feed, dict) else None
    if not re.match(r"https?://(?:www\.)?jsonfeed\.org/version/", version):
        return _refused("this is JSON, but not a JSON Feed")
    if not isinstance(items, list):
        return _refused("the JSON Feed has no list of items")
    lang = code(_said(feed, "language"))
    entries = tuple(entry for item in items if (entry := _entry(item, url, lang)))
    problem = None
    if not items:
        problem = "the feed holds no entries"
    elif len(entries) < len(items):
        problem = f"{len(items) - len(entries)} of {len(items)} entries have no link to a web page"
    return Listing(
        entries=entries,
        title=plain(_said(feed, "title"))[:LONGEST_TITLE],
        lang=lang,
        problem=problem,
        usable=bool(entries) or not items,
    )


def _refused(problem: str) -> Listing:
    return Listing(problem=problem, usable=False)


def _text(body: bytes) -> str:
    """JSON is UTF-8 (RFC 8259), or tells by its first bytes what else it is; a broken byte breaks one character."""
    text = body.decode(json.detect_encoding(body), "replace")
    return text.lstrip("\ufeff").rstrip("\x00 \t\r\n")


def _entry(item: Any, base: str, lang: str | None) -> Entry | None:
    """Return the entry, `None` where it leads nowhere on the web."""
    if not isinstance(item, dict):
        return None
    link = _link(item, base)
    if link is None:
        return None
    lang = code(_said(item, "language")) or lang
    published = machine_date(_said(item, "date_published"))
    updated = machine_date(_said(item, "date_modified"))
    stated = published or updated
    bodies = [plain(_said(item, name)) for name in ("content_html", "summary")]
    bodies.append(clean(_said(item, "content_text")))  # no markup: < and & mean themselves
    return Entry(
        url=link,
        title=plain(_said(item, "title"))[:LONGEST_TITLE],
        summary=max(bodies, key=len)[:LONGEST_SUMMARY],
        published=stated[0] if stated else None,
        precision=stated[1] if stated else None,
        lang=lang,
        guid=_said(item, "id")[:LONGEST_GUID] or None,
        updated=updated[0] if published and updated and updated[0] > published[0] else None,
    )


def _said(item: dict[str, Any], name: str) -> str:
    """Return a text, "" for what is none; of numbers only an id, as version 1.0 has them, and a date in seconds."""
    value = item.get(name)
    if not isinstance(value, str) or (isinstance(value, Number) and name not in _NUMBERS):
        return ""
    return _LONE.sub("\ufffd", value).strip()


_NUMBERS = frozenset({"id", "date_published", "date_modified"})


_LONE = re.compile("[\ud800-\udfff]")  # "\ud83d" alone: JSON can say what no encoding can


def _link(item: dict[str, Any], base: str) -> str | None:
    """Return the item's own page, else the one that it is about, else its id where that is an address."""
    said = _said(item, "id")
    for candidate in (_said(item, "url"), _said(item, "external_url"), said if said.startswith("http") else ""):
        try:
            link = urljoin(base, re.sub(r"[\t\r\n]", "", candidate)) if candidate else ""
            parts = urlsplit(link)
        except ValueError:  # http://[::1
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            return link
    return None
