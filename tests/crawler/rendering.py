"""What a newsroom does with a browser in a process of its own, and prints as JSON, a line each: for tests."""

from __future__ import annotations

import asyncio
import json
import os

from scrapy import Request

import crawler.browser
from crawler.wire import Unreachable


def say(what):
    print(json.dumps(what), flush=True)


async def told(fetching):
    """Say what came, or why nothing did."""
    try:
        answer = await fetching
        say([answer.status, answer.url, answer.body.decode()])
    except Unreachable as error:
        say([error.passing, error.reason])


async def show(room, url):
    """Render a page of a private source, as a poll would."""
    await told(room.wire.get(url, 100_000, private=True, javascript=True))


async def visit(room, url):
    """Render a page as if it had passed robots.txt and the address guard."""
    meta = {"download_timeout": 10.0, "download_maxsize": 100_000}
    await told(crawler.browser.browser_of(room.wire.crawler).download_request(Request(url, meta=meta)))


def stranger():
    """Let the browser take 127.0.0.2 for the internet, and nothing else."""
    crawler.browser.allowed = "127.0.0.2".__eq__


async def serve(answers):
    """Serve answers by path, each a head without its end and a body, at 127.0.0.2; return the address."""

    async def handle(reader, writer):
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        head, body = answers.get(path, ("404 Not Found", ""))
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.2", 0)
    return server, f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}"


def contexts(room):
    """Return how many contexts are open in the browser, and how many scrapy-playwright knows."""
    opened = crawler.browser.browser_of(room.wire.crawler).opening.result()
    return len(opened.handler.browser.contexts), len(opened.handler.context_wrappers)


def chromiums():
    """Return the ids of this process's Chromium processes, those of its children's children included."""
    return [pid for pid, name in _under(os.getpid(), _processes()) if "chrom" in name]


def _processes():
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if state != "Z":
            found[int(pid)] = (int(parent), name)
    return found


def _under(pid, found):
    own = [(child, name) for child, (parent, name) in found.items() if parent == pid]
    return own + [deeper for child, _ in own for deeper in _under(child, found)]
