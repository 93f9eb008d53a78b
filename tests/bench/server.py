"""A loopback news site for the benchmarks, in a process of its own: N feeds with ETags, and articles that appear when
told to.

GET /feed/I.xml, /a/I/K.html, /robots.txt; POST /advance gives every feed one new article; POST /articles answers how
many there are.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.request import Request, urlopen

FIRST = 5
GLUE = "the of and to in a that on for was with by as at from it is were said had after been which".split()
SYLLABLES = "ka ro min ter sa lo vi den mar tu pe lan gor shi ba ne ul cha fo ri".split()
_words = random.Random(7)
WORDS = ["".join(_words.choices(SYLLABLES, k=_words.randint(2, 4))) for _ in range(6000)]
NAMES = [word.capitalize() for word in WORDS[:1500]]
EVENTS = (
    "Five soldiers were killed in an attack near Gao",
    "Police opened fire in Nalchik and two people were injured",
    "An explosion in Mosul killed three",
    "The Islamic State claimed the bombing",
    "Parliament voted on the budget in Paris",
)
NAV = "".join(f'<li><a class="nav n{i}" href="/section/{i}">Section {i}</a></li>' for i in range(250))
SCRIPT = "<script>" + "".join(f"var v{i}={i * 7919 % 1000};" for i in range(1500)) + "</script>"


def _sentences(feed: int, article: int) -> list[str]:
    """Return the sentences of an article: glue as in any text, a hundred words and a dozen names of its own, one event."""
    rng = random.Random(feed * 1000 + article)
    own, names = rng.choices(WORDS, k=120), rng.choices(NAMES, k=12)
    kinds = (own, GLUE, GLUE, names)
    said = [" ".join(rng.choice(rng.choice(kinds)) for _ in range(rng.randint(9, 22))) for _ in range(35)]
    said.insert(rng.randrange(4), rng.choice(EVENTS))
    return [sentence[0].upper() + sentence[1:] + "." for sentence in said]


def _page(feed: int, article: int) -> str:
    said = _sentences(feed, article)
    body = "".join(f"<p>{' '.join(said[i : i + 3])}</p>" for i in range(0, len(said), 3))
    return (
        f'<!doctype html><html lang="en"><head><title>{said[0]}</title><meta property="og:title" content="{said[0]}">'
        f'<meta property="article:published_time" content="{_date(article).isoformat()}">{SCRIPT}</head><body><nav><ul>{NAV}</ul></nav>'
        f"<main><article><h1>{said[0]}</h1>{body}</article></main><footer>{NAV[:4000]}</footer></body></html>"
    )


def _date(article: int) -> datetime:
    return datetime(2026, 11, 22, 6, tzinfo=UTC) + timedelta(minutes=article)


def address(port: int, feed: int) -> str:
    """Return where a feed lives: each on a host of its own, as in life (all of 127.0.0.0/8 is this machine)."""
    return f"http://127.0.{1 + feed // 250}.{1 + feed % 250}:{port}"


class Site:
    """The state: how many articles every feed has."""

    def __init__(self) -> None:
        self.articles, self.port = FIRST, 0

    def feed(self, feed: int) -> str:
        """Return the RSS of the newest fifteen articles."""
        items = "".join(
            f""
            f"<item><title>{_sentences(feed, k)[0]}</title><link>{address(self.port, feed)}/a/{feed}/{k}.html</link><guid>{feed}-{k}</guid>"
            f"<pubDate>{format_datetime(_date(k))}</pubDate><description>{_sentences(feed, k)[1]}</description></item>"
            for k in reversed(range(max(0, self.articles - 15), self.articles))
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {feed}</title><link>{address(self.port, feed)}</link>{items}</channel></rss>'

    def answer(self, method: str, path: str, etag: str) -> bytes:
        """Return the whole HTTP response."""
        if path.startswith("/advance") and method == "POST":
            self.articles += 1
            return _response(200, "text/plain", str(self.articles))
        if path.startswith("/feed/"):
            tag = f'"{self.articles}"'
            if etag == tag:
                return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\nContent-Length: 0\r\n\r\n" % tag.encode()
            return _response(200, "application/rss+xml", self.feed(int(path[6:-4])), tag)
        if path.startswith("/a/"):
            feed, _, article = path[3:-5].partition("/")
            return _response(200, "text/html; charset=utf-8", _page(int(feed), int(article)))
        return _response(404, "text/plain", "no such page")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it closes."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin1").split("\r\n")
                method, path, _ = lines[0].split(" ", 2)
                headers = {k.casefold(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
                if length := int(headers.get("content-length", 0)):
                    await reader.readexactly(length)
                writer.write(self.answer(method, path, headers.get("if-none-match", "")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _response(status: int, kind: str, text: str, etag: str = "") -> bytes:
    body = text.encode()
    tag = f"ETag: {etag or hashlib.sha256(body).hexdigest()[:16]}\r\n"
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{tag}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _main() -> None:
    site = Site()
    server = await asyncio.start_server(site.serve, "0.0.0.0", 0)
    site.port = server.sockets[0].getsockname()[1]
    print(site.port, flush=True)
    await server.serve_forever()


@contextmanager
def running():
    """Run the site in a process of its own and yield its port."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.server"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def advance(port: int) -> None:
    """Give every feed one new article."""
    urlopen(Request(f"{address(port, 0)}/advance", method="POST"), timeout=10).read()


if __name__ == "__main__":
    asyncio.run(_main())
