"""Bytes of a listing -> Listing, whatever kind of listing they are: a feed, a sitemap, a web page."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import Literal

from crawler.listing import Listing
from crawler.settings import FEED_CAP
from crawler.source import Kind

# What reads is imported where it is used: each kind brings libraries that the others don't need.

Form = Literal["xml feed", "json", "sitemap", "text sitemap", "page"]

# What a root element says, by its local name in lower case.
_ROOTS: dict[str, Form] = {
    "rss": "xml feed",
    "rdf": "xml feed",
    "feed": "xml feed",
    "channel": "xml feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "page",
    "head": "page",
    "body": "page",
}
_NAMES: dict[Form, str] = {
    "xml feed": "a feed",
    "json": "JSON",
    "sitemap": "a sitemap",
    "text sitemap": "a list of addresses",
    "page": "a web page",
}
_WANTED: dict[Kind, str] = {"feed": "a feed", "sitemap": "a sitemap", "page": "a web page"}
_FORMS: dict[Kind, frozenset[Form]] = {
    "feed": frozenset({"xml feed", "json"}),
    "sitemap": frozenset({"sitemap", "text sitemap"}),
    "page": frozenset({"page"}),
}


def read(body: bytes, url: str, content_type: str, kind: Kind | None, links: str | None) -> Listing:
    """Return what a listing announces, or in a user's words why it is none.

    `kind` is what it has to be, `None` where that is found out from its content: what the server calls it is too often
    wrong. `links` is the CSS selector of a page's articles, which makes it a page. `url` is the address that it came
    from, which relative links are read against.
    """
    kind = kind or ("page" if links else None)
    try:
        body = unpacked(body)
    except ValueError as error:
        return Listing(problem=str(error), usable=False, kind=kind or "feed")
    found = form(body)
    if kind and found and found not in _FORMS[kind]:
        return Listing(problem=f"this is {_NAMES[found]}, not {_WANTED[kind]}", usable=False, kind=kind)
    kind = kind or next((name for name, forms in _FORMS.items() if found in forms), None)
    if kind == "page":
        from crawler.frontpage import parse as parse_page  # noqa: PLC0415  as above

        return replace(parse_page(body, url, content_type, links), kind="page")
    if kind == "sitemap":
        from crawler.sitemap import parse as parse_sitemap  # noqa: PLC0415  as above

        return replace(parse_sitemap(body, url), kind="sitemap")
    if kind == "feed":
        return replace(_feed(body, url, content_type, found), kind="feed")
    called = content_type.partition(";")[0].strip()[:80] or "of no stated type"
    said = (
        f"this is neither a feed, nor a sitemap, nor a web page ({called})" if body.strip() else "the answer is empty"
    )
    return Listing(problem=said, usable=False)


def _feed(body: bytes, url: str, content_type: str, found: Form | None) -> Listing:
    if found == "json":
        from crawler.jsonfeed import parse as parse_json  # noqa: PLC0415  as above

        return parse_json(body, url)
    from crawler.feed import parse as parse_xml  # noqa: PLC0415  as above

    return parse_xml(body, url, content_type)


def unpacked(body: bytes, cap: int = FEED_CAP) -> bytes:
    """Return the body without its gzip wrapping (RFC 1952), if it has one: `.xml.gz` is served as it lies on the disk.

    One that breaks off is taken as far as it goes. Raises `ValueError` for a damaged one and for one larger than `cap`
    bytes.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    pieces: list[bytes] = []
    room, rest = cap, body
    while rest.startswith(b"\x1f\x8b"):  # several members are one file
        unpacker = zlib.decompressobj(wbits=31)
        try:
            pieces.append(unpacker.decompress(rest, room + 1))
        except zlib.error as error:
            raise ValueError("the gzip file is damaged") from error
        room -= len(pieces[-1])
        if room < 0:
            raise ValueError(f"it is larger than {cap // (1024 * 1024)} MB when unpacked")
        rest = unpacker.unused_data
    return b"".join(pieces)


def form(body: bytes) -> Form | None:
    """Return what the content is by its beginning: its root element, a JSON text, a list of addresses."""
    start = _beginning(body)
    if start.startswith(("{", "[")):
        return "json"
    if re.match(r"https?://\S+[^\S\n]*(?:\n|$)", start, re.IGNORECASE):
        return "text sitemap"
    root = _ROOT.match(start)
    if root and (found := _ROOTS.get(root[1].rpartition(":")[2].lower())):
        return found
    # A script's warnings may stand before a feed, and a page may begin anywhere.
    inner = re.search(
        r"<(?:!doctype\s+|\w{1,20}:)?(rss|rdf|feed|urlset|sitemapindex|html|body)[\s>]", start, re.IGNORECASE
    )
    if inner:
        return _ROOTS[inner[1].lower()]
    if start.startswith("<?xml"):
        return None
    return "page" if re.search(r"<(?:a|div|p|section|main|article|table|h[1-6])[\s>]", start, re.IGNORECASE) else None


_LOOKED_AT = 20_000  # bytes

# Declarations, processing instructions and comments, then the first element's name. A doctype may hold declarations of
# its own, in brackets; each piece ends at the first of its own ends, so that nothing is tried twice.
_ROOT = re.compile(
    r"(?:\s|<\?[^>]*>|<!--(?:[^-]|-(?!->))*-->|<!doctype[^\[>]*(?:\[[^\]]*\]\s*)?>)*+<([A-Za-z_][\w.:-]*)",
    re.IGNORECASE,
)


def _beginning(body: bytes) -> str:
    """Return the first characters, whatever their encoding, as far as ASCII goes."""
    start = body[:_LOOKED_AT]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(mark):
            return start[2:].decode(encoding, "replace").lstrip()
    if start[:2] in (b"<\x00", b"\x00<"):
        return start.replace(b"\x00", b"").decode("ascii", "replace")
    return start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip("\ufeff \t\r\n\x00")
