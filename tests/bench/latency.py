"""`python -m tests.bench latency`: from a feed's bytes to the webhook; the real daemon, 200 sources, 10,000 rules."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from tests.bench import stories

SOURCES, RULES, ARTICLES, EVERY, PAUSE = 200, 10_000, 300, 5, 0.2
CITIES = (
    "Kano, Nigeria", "Lahore, Pakistan", "Gao, Mali", "Homs, Syria", "Kharkiv, Ukraine", "Mosul, Iraq", "Nyala, Sudan", "Baidoa, Somalia",
    "Cali, Colombia", "Goma, Congo", "Kunduz, Afghanistan", "Derbent, Dagestan", "Sittwe, Myanmar", "Pemba, Mozambique", "Cotabato, Philippines",
)  # fmt: skip


class World:
    """Feeds on loopback addresses of their own, the pages, and the webhook; `sent` and `came` are moments by article."""

    def __init__(self):
        self.items = {number: [] for number in range(SOURCES)}
        self.pages, self.sent, self.came, self.polled = {}, {}, {}, set()
        self.port = 0

    def url(self, number, path):
        return f"http://127.0.{1 + number // 200}.{1 + number % 200}:{self.port}/{number}{path}"

    async def answer(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, path, _ = head.split(" ", 2)
                length = re.search(r"content-length: (\d+)", head, re.I)
                body = await reader.readexactly(int(length[1])) if length else b""
                if method == "POST":
                    self.hooked(body)
                status, kind, answer = self.content(path)
                lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n"
                writer.write(lines.encode() + answer)
                await writer.drain()
                self.gone_out(path)
        writer.close()

    def content(self, path):
        if path in self.pages:
            return "200 OK", "text/html; charset=utf-8", self.pages[path].encode()
        if path.endswith(".xml"):
            return "200 OK", "application/rss+xml", self.feed(int(path.split("/")[1])).encode()
        return ("200 OK", "text/plain", b"") if path == "/hook" else ("404 Not Found", "text/plain", b"")

    def feed(self, number):
        listed = "".join(
            f"<item><title>{title}</title><link>{self.url(number, page)}</link><pubDate>{date}</pubDate></item>"
            for title, page, date in reversed(self.items[number])
        )
        return f'<rss version="2.0"><channel><title>Outlet {number}</title>{listed}</channel></rss>'

    def gone_out(self, path):
        if path.endswith(".xml"):
            number = int(path.split("/")[1])
            self.polled.add(number)
            for _, page, _ in self.items[number]:
                self.sent.setdefault(page, time.perf_counter())

    def hooked(self, body):
        for page in re.findall(r"/(a\d+\.html)", json.loads(body)["message"]):
            self.came.setdefault(f"/{page}", time.perf_counter())

    def publish(self, number, page, title, text):
        self.pages[f"/{number}{page}"] = (
            f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
            f"<p>{html.escape(text)}</p></article></body></html>"
        )
        self.items[number] = [*self.items[number][-20:], (title, page, format_datetime(datetime.now(UTC)))]


def config(folder, world):
    """Write a configuration of 200 sources and 10,000 rules, all but one of which hold for next to nothing."""
    chance, words = random.Random(3), next(stories.articles()).text.split()
    listed = [f"{chance.choice(words).strip('.').lower()}x{n}" for n in range(RULES - 1)]
    made = [f'- {{name: "rule {n}", when: {{text: {word}}}, notify: hook}}' for n, word in enumerate(listed)]
    for part in range(4):
        (folder / f"rules{part}.yaml").write_text("\n".join(made[part::4]) + "\n")
    urls = [world.url(number, "/feed.xml") for number in range(SOURCES)]
    sources = "".join(
        f'  - {{name: "s{n}", url: "{url}", every: {EVERY}s, private: true}}\n' for n, url in enumerate(urls)
    )
    hook = f"json://127.0.0.1:{world.port}/hook"
    (folder / "config.yaml").write_text(
        f'delay: 0s\nchannels: {{hook: "{hook}"}}\ninclude: rules*.yaml\nsources:\n{sources}'
        'rules:\n  - {name: Toll, when: {killed: ">= 3"}, notify: hook}\n'
    )


async def measured(folder):
    world = World()
    server = await asyncio.start_server(world.answer, "0.0.0.0", 0)
    world.port = server.sockets[0].getsockname()[1]
    texts, chance = stories.articles(), random.Random(4)
    for number in range(SOURCES):
        world.publish(number, f"/old{number}.html", "Old news", next(texts).text)
    config(folder, world)
    command, quiet = ["-m", "scheduler", "run", "-q", "-c", str(folder / "config.yaml")], {"PYTHONWARNINGS": "ignore"}
    daemon = await asyncio.create_subprocess_exec(sys.executable, *command, env=os.environ | quiet)
    try:
        while len(world.polled) < SOURCES:
            await asyncio.sleep(0.2)
        await asyncio.sleep(3 * EVERY)  # the backlogs are read
        for number, article in zip(range(ARTICLES), texts, strict=False):
            dead = 3 + number % 90
            lead = f"A bomb killed {dead} people near {chance.choice(CITIES)} on Monday, police said. "
            title = f"Bomb kills {dead}: {article.title}"
            world.publish(chance.randrange(SOURCES), f"/a{number}.html", title, lead + article.text)
            await asyncio.sleep(PAUSE)
        end = time.perf_counter() + 30
        while len(world.came) < ARTICLES and time.perf_counter() < end:
            await asyncio.sleep(0.2)
    finally:
        daemon.send_signal(signal.SIGTERM)
        await daemon.wait()
        server.close()
    return sorted(world.came[page] - world.sent[page] for page in world.came if page in world.sent)


def latency():
    """Time from the last byte of a feed that names an article to the webhook's receiving the alert: p50 and p99."""
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measured(Path(folder)))
    if not took:
        sys.exit("no alert arrived")
    p50, p99 = (took[min(len(took) - 1, round(share * (len(took) - 1)))] for share in (0.5, 0.99))
    told = f"{len(took)} of {ARTICLES} articles, {SOURCES} sources each {EVERY} s, {RULES:,} rules"
    name = "from the bytes of a feed to the webhook"
    print(f"{name:<44} p50 {p50:.2f} s, p99 {p99:.2f} s  limit 1 s   {told}; longest {took[-1]:.2f} s", flush=True)


if __name__ == "__main__":
    latency()
