"""A small news server on loopback, with every fault that a real one has; it runs in a thread of its own.

with site.serve() as s:
    s.page("/a.html", site.article("Title", "Text."))
    s.feed("/feed.xml", [site.Item("Title", s.url("/a.html"))])
    ... s.url("/feed.xml") ... s.hits["/feed.xml"]
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import html
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

Answering = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Item:
    title: str
    link: str
    published: datetime | None = None
    summary: str = ""


@dataclass
class Site:
    """What the server serves; `hits` counts requests by path, `unmodified` those answered 304, `asked` keeps all."""

    port: int = 0
    scheme: str = "http"
    hits: Counter[str] = field(default_factory=Counter)
    unmodified: Counter[str] = field(default_factory=Counter)
    asked: list[Request] = field(default_factory=list)
    answers: dict[str, Answering] = field(default_factory=dict)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, answering: Answering) -> str:
        self.answers[path] = answering
        return self.url(path)

    def page(self, path: str, text: str, content_type: str = "text/html; charset=utf-8") -> str:
        return self.on(path, body(text.encode(), content_type))

    def feed(self, path: str, items: Sequence[Item], language: str = "en", publisher: str = "Wire") -> str:
        return self.on(path, body(rss(items, language, publisher).encode(), "application/rss+xml", tags=True))


@contextlib.contextmanager
def serve(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve a site on a free loopback port until the block ends."""
    site = Site(scheme="https" if tls else "http")
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(lambda r, w: _handle(site, r, w), host, 0, ssl=tls)
        site.port = server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


async def _handle(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            named = (line.partition(":") for line in head[1:] if line)
            request = Request(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in named})
            site.hits[request.path] += 1
            site.asked.append(request)
            answering = site.answers.get(request.path) or site.answers.get(request.path.partition("?")[0]) or missing
            await answering(request, writer)
            # before anything is waited for: the client may look at once
            site.unmodified[request.path] += getattr(writer, "last_status", "").startswith("304")
            await writer.drain()
    writer.close()


def send(writer: asyncio.StreamWriter, status: str, headers: Mapping[str, str], content: bytes) -> None:
    writer.last_status = status
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    if not status.startswith("304"):
        lines.append(f"Content-Length: {len(content)}")
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + content)


# Ordinary answers


def body(
    content: bytes, content_type: str, *, tags: bool = False, headers: Mapping[str, str] | None = None
) -> Answering:
    """Answer with a body; `tags` adds an ETag and a date, and answers 304 to who has them."""
    stamped = {"Content-Type": content_type, **(headers or {})}
    if tags:
        stamped["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        stamped["Last-Modified"] = format_datetime(datetime(2026, 11, 22, 6, 0, tzinfo=UTC), usegmt=True)

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        if tags and request.headers.get("if-none-match") == stamped["ETag"]:
            send(writer, "304 Not Modified", {"ETag": stamped["ETag"]}, b"")
        else:
            send(writer, "200 OK", stamped, content)

    return answer


def status(line: str, headers: Mapping[str, str] | None = None, content: bytes = b"") -> Answering:
    """Answer with a status line such as "503 Service Unavailable"."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        send(writer, line, {"Content-Type": "text/html", **(headers or {})}, content)

    return answer


def redirect(to: str, line: str = "302 Found") -> Answering:
    return status(line, {"Location": to})


async def missing(_: Request, writer: asyncio.StreamWriter) -> None:
    send(writer, "404 Not Found", {"Content-Type": "text/html"}, b"<h1>Not here</h1>")


# Faults


async def never_ending(_: Request, writer: asyncio.StreamWriter) -> None:
    """A body that goes on for ever, as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>")
    while True:
        writer.write(b"<item><title>x</title></item>" * 2000)
        await writer.drain()


async def slow_loris(_: Request, writer: asyncio.StreamWriter) -> None:
    """A body that trickles, a byte at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(_: Request, writer: asyncio.StreamWriter) -> None:
    """No answer at all, on an open connection."""
    await asyncio.sleep(3600)


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """The connection is cut without a word."""
    writer.transport.abort()
    raise ConnectionError


async def cut_short(_: Request, writer: asyncio.StreamWriter) -> None:
    """Less of a body than was announced."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 5000\r\n\r\n<rss><channel>")
    await writer.drain()
    writer.close()
    raise ConnectionError


def huge(size: int = 50 * 1024 * 1024) -> Answering:
    """A body far too large, announced as such."""
    return body(b" " * size, "application/rss+xml")


def gzip_bomb(size: int = 50 * 1024 * 1024) -> Answering:
    """A small body that becomes a huge one."""
    return body(gzip.compress(b" " * size), "application/rss+xml", headers={"Content-Encoding": "gzip"})


def ever_new(make: Callable[[int], bytes], content_type: str = "application/rss+xml") -> Answering:
    """A body that differs with each request: `make` gets its number, from 1."""
    count = 0

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        await body(make(count), content_type)(request, writer)

    return answer


# Texts


def rss(items: Sequence[Item], language: str = "en", publisher: str = "Wire") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{html.escape(publisher)}</title>'
        f"<language>{language}</language>{''.join(map(_item, items))}</channel></rss>"
    )


def _item(item: Item) -> str:
    date = f"<pubDate>{format_datetime(item.published)}</pubDate>" if item.published else ""
    texts = f"<title>{html.escape(item.title)}</title><description>{html.escape(item.summary)}</description>"
    return f"<item>{texts}<link>{html.escape(item.link)}</link>{date}</item>"


def items(site: Site, count: int, now: datetime, path: str = "/story/{}") -> list[Item]:
    """Return entries as feeds have them, the newest first, an hour apart, and serve a page for each."""
    made = []
    for number in range(count, 0, -1):
        title, where = f"Report number {number} from the valley", path.format(number)
        site.page(where, article(title, f"The report with the number {number} says that all is quiet in the valley."))
        made.append(Item(title, site.url(where), now - timedelta(hours=count - number + 1), f"Summary {number}."))
    return made


def article(title: str, text: str, lang: str = "en", head: str = "") -> str:
    """Return a page as newspapers have them: a head, a menu, the article in paragraphs, a foot."""
    filler = (
        "Officials in the district said on Sunday that an inquiry had been opened and that it would be made public.",
        "Residents reached by telephone spoke of a long night and said that they expected more news by the evening.",
    )
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in (*text.split("\n"), *filler))
    start = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
    return (
        f"{start}<title>{html.escape(title)}</title>{head}</head>"
        f'<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><main><article><h1>{html.escape(title)}</h1>'
        f"{paragraphs}</article></main><footer>All rights reserved.</footer></body></html>"
    )
