"""Outlets and their pieces -> a news site on loopback: RSS feeds and article pages over real HTTP, with validators."""

from __future__ import annotations

import hashlib
import html
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROBOTS = b"User-agent: *\nAllow: /\n"
INVENTED = "Every outlet, person and event on this site is invented. It serves the demonstration of Tocsin."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A news site of the newsroom; `host` is a name of the loopback interface, so that two outlets are two hosts.

    `lang` is the language that it writes, as ISO 639-1.
    """

    slug: str
    name: str
    publisher: str
    host: str
    lang: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article before it is published; `text` is its paragraphs."""

    slug: str
    outlet: str
    title: str
    author: str
    summary: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at one path: the body with its validators (RFC 9110 section 8.8)."""

    body: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        """A strong validator: equal for equal bytes only."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that was answered."""

    path: str
    status: int


@dataclass(slots=True)
class _Desk:
    """An outlet with the pieces that it has published, newest first."""

    outlet: Outlet
    published: list[tuple[Piece, datetime]] = field(default_factory=list)


class Headers(Protocol):
    """Request headers: a look-up that ignores case."""

    def get(self, name: str) -> str | None:
        """Return the value, `None` where there is no such header."""


class Newsroom:
    """The outlets, served on one free port of 127.0.0.1 while the `with` block lasts."""

    def __init__(self, outlets: tuple[Outlet, ...], opened: datetime) -> None:
        """Prepare the site as it was when it `opened`: each outlet with an empty feed."""
        self._desks = {outlet.slug: _Desk(outlet) for outlet in outlets}
        self._lock = threading.Lock()
        self._pages: dict[str, Page] = {}
        self._hits: list[Hit] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._pages["/robots.txt"] = Page(ROBOTS, "text/plain", opened)
        for slug in self._desks:
            self._set_feed(slug, opened)

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def feed_url(self, outlet: str) -> str:
        """Return the address of an outlet's feed."""
        return self._url(outlet, "feed.xml")

    def publish(self, piece: Piece, now: datetime) -> str:
        """Put a piece on its outlet's site and at the top of its feed; return its address."""
        desk, url = self._desks[piece.outlet], self._url(piece.outlet, f"{piece.slug}.html")
        with self._lock:
            page = article_page(piece, desk.outlet, url, now)
            self._pages[urlsplit(url).path] = Page(page.encode(), "text/html; charset=utf-8", now)
            desk.published.insert(0, (piece, now))
            self._set_feed(piece.outlet, now)
        return url

    def hits(self, outlet: str | None = None) -> list[Hit]:
        """Return the requests answered so far, in order, or those to one outlet."""
        with self._lock:
            return [hit for hit in self._hits if outlet is None or hit.path.startswith(f"/{outlet}/")]

    def respond(self, path: str, conditions: Headers) -> tuple[int, Page | None]:
        """Return status and page for a GET of the path with these request headers."""
        with self._lock:
            page = self._pages.get(path)
            status = 404 if page is None else 304 if _unchanged(page, conditions) else 200
            self._hits.append(Hit(path, status))
            return status, page

    def _url(self, outlet: str, name: str) -> str:
        return f"http://{self._desks[outlet].outlet.host}:{self._server.server_port}/{outlet}/{name}"

    def _set_feed(self, slug: str, now: datetime) -> None:
        desk = self._desks[slug]
        items = [(piece, self._url(slug, f"{piece.slug}.html"), at) for piece, at in desk.published]
        body = feed(desk.outlet, self.feed_url(slug), items).encode()
        self._pages[f"/{slug}/feed.xml"] = Page(body, "application/rss+xml; charset=utf-8", now)


def feed(outlet: Outlet, url: str, items: list[tuple[Piece, str, datetime]]) -> str:
    """Return the RSS 2.0 document of an outlet: piece, address and time of each item."""
    home = escape(url.rpartition("/")[0] + "/")
    entries = "".join(
        f"<item><title>{escape(piece.title)}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>"
        f"<pubDate>{format_datetime(at.astimezone(UTC), usegmt=True)}</pubDate>"
        f"<description>{escape(piece.summary)}</description></item>\n"
        for piece, link, at in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>{escape(outlet.name)}</title><link>{home}</link><description>{escape(INVENTED)}</description>"
        f'<language>{outlet.lang}</language><atom:link href="{escape(url)}" rel="self" type="application/rss+xml"/>\n'
        f"{entries}</channel></rss>\n"
    )


def article_page(piece: Piece, outlet: Outlet, url: str, now: datetime) -> str:
    """Return a page as news sites build them: metadata for machines, and much around the text that is none of it."""
    at = now.astimezone(UTC)
    stamp = at.isoformat(timespec="seconds")
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": stamp,
        "dateModified": stamp,
        "inLanguage": outlet.lang,
        "mainEntityOfPage": url,
        "author": {"@type": "Person", "name": piece.author},
        "publisher": {"@type": "Organization", "name": outlet.publisher},
    }
    words = {"title": piece.title, "summary": piece.summary, "author": piece.author, "outlet": outlet.name, "url": url}
    return Template((HERE / "page.html").read_text(encoding="utf8")).substitute(
        {name: html.escape(text) for name, text in words.items()},
        slug=outlet.slug,
        lang=outlet.lang,
        stamp=stamp,
        date=f"{at:%d %B %Y, %H:%M}",
        data=json.dumps(data).replace("</", "<\\/"),
        paragraphs="\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in piece.text),
        invented=INVENTED,
    )


def _unchanged(page: Page, conditions: Headers) -> bool:
    """Say whether the client's copy is still good; an entity tag outranks a date: RFC 9110 section 13.2.2."""
    tags, since = conditions.get("If-None-Match"), conditions.get("If-Modified-Since")
    if tags is not None:
        return tags.strip() == "*" or page.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    if since is None:
        return False
    try:
        return page.modified.replace(microsecond=0) <= parsedate_to_datetime(since).replace(tzinfo=UTC)
    except ValueError:
        return False  # RFC 9110 section 13.1.3: a date that can't be read is ignored


def _handler(newsroom: Newsroom) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD from the newsroom's pages."""

        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            """Answer with the page, with 304 where the client's copy is still good, or with 404."""
            status, page = newsroom.respond(urlsplit(self.path).path, self.headers)
            body = page.body if page and status == 200 else b"" if status == 304 else b"Not found\n"
            self.send_response(status)
            if page:
                self.send_header("ETag", page.etag)
                self.send_header("Last-Modified", format_datetime(page.modified.astimezone(UTC), usegmt=True))
                self.send_header("Cache-Control", "no-cache")
            if status != 304:
                self.send_header("Content-Type", page.content_type if page else "text/plain")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the daemon's own lines are what the demonstration shows."""

    return Handler
