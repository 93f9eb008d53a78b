"""Pages as a real Chromium renders them, on Scrapy's reactor: in a process of its own, as there is one in each."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys

import pytest

from crawler.browser import PROGRAMS
from crawler.guard import PrivateAddress
from tests import site
from tests.crawler.test_custom import SPIDERS

missing = [
    *(["scrapy-playwright"] if importlib.util.find_spec("scrapy_playwright") is None else []),
    *(["Chromium"] if not any(map(shutil.which, PROGRAMS)) else []),
]
with_chromium = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")

SHIFT = """
import asyncio, os, signal, socket
from pathlib import Path
import crawler.browser
from crawler.newsroom import run
from crawler.settings import settings
from tests.crawler.rendering import chromiums, contexts, say, serve, show, stranger, visit

async def main(room):
    {body}
    return 0

wanted = settings("desk@example.org", "9.9", delay=0)
wanted["DOWNLOAD_TIMEOUT"] = {limit}

if __name__ == "__main__":
    run(wanted, main)
    say(chromiums())
"""


@pytest.fixture
def run(tmp_path):
    """Run lines of code with an open newsroom `room`; return what they print, as JSON, and what is complained of."""

    def begin(*lines, limit=20, path=None, python=sys.executable):
        file = tmp_path / "shift.py"
        file.write_text(SHIFT.replace("{body}", "\n    ".join(lines)).replace("{limit}", str(limit)))
        done = subprocess.run(
            [python, str(file)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.getcwd(),
                "PYTHONWARNINGS": "ignore",
                "PATH": path or os.environ["PATH"],
                "SECRET": "hunter2",
            },
        )
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return begin


def test_without_the_extra_the_source_says_what_to_install(run, wire, tmp_path):
    (tmp_path / "scrapy_playwright").mkdir()
    (tmp_path / "scrapy_playwright" / "__init__.py").write_text("raise ImportError")

    printed, complaints = run(f"await show(room, {wire.url('/')!r})")

    assert printed == [[False, "this source needs a browser: install tocsin[js] and Chromium"], []]
    assert complaints == ""


def rendered(script, body=""):
    return f"<!doctype html><html><head><title>Empty</title></head><body>{body}<script>{script}</script></body></html>"


@with_chromium
def test_without_chromium_the_source_says_what_to_install(run, wire, tmp_path):
    printed, complaints = run(f"await show(room, {wire.url('/')!r})", path=str(tmp_path))

    assert printed[0][0] is False
    assert printed[0][1].endswith("was found on PATH; install Chromium")
    assert complaints == ""


@with_chromium
def test_a_page_whose_text_exists_only_after_its_script_ran_is_read(run, wire):
    script = "fetch('/api').then(r => r.text()).then(t => { document.body.innerHTML = '<a href=/one>' + t + '</a>' })"
    page = wire.page("/", rendered(script))
    wire.page("/api", "Bridge reopened", "text/plain")

    printed, complaints = run(f"await show(room, {page!r})")

    [[status, url, body], left] = printed
    assert (status, url) == (200, page)
    assert '<a href="/one">Bridge reopened</a>' in body
    assert (left, complaints) == ([], "")
    assert wire.asked[0].path == "/robots.txt"
    assert wire.asked[1].headers["user-agent"].startswith("Tocsin/9.9 (+desk@example.org)")


ATTACKS = """
const tried = [];
for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433", "169.254.169.254"]) {
  const secret = "http://" + host + ":PORT/secret";
  tried.push(fetch(secret).then(r => r.text()), fetch(secret, {mode: "no-cors"}));
  navigator.sendBeacon(secret, "x");
  new Image().src = secret;
  for (const kind of ["iframe", "script", "embed"]) {
    const made = document.createElement(kind); made.src = secret; document.body.append(made);
  }
  new WebSocket("ws://" + host + ":PORT/secret");
  try { new EventSource(secret) } catch (e) {}
}
const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:UDP"}]});
peer.createDataChannel("x"); peer.createOffer().then(o => peer.setLocalDescription(o));
window.open("http://127.0.0.1:PORT/secret");
Promise.allSettled(tried).then(all => { document.title = "done " + all.map(one => one.status + one.value) });
"""


@with_chromium
def test_a_page_can_not_reach_into_a_private_network(run, wire):
    wire.on("/secret", site.body(b"the secret", "text/html", headers={"Access-Control-Allow-Origin": "*"}))

    printed, complaints = run(
        "stranger()",
        "udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "udp.bind(('127.0.0.1', 0))",
        "udp.setblocking(False)",
        f"script = {ATTACKS!r}.replace('PORT', '{wire.port}').replace('UDP', str(udp.getsockname()[1]))",
        "page = ('200 OK\\r\\nContent-Type: text/html', f'<html><body><script>{script}</script></body></html>')",
        f"moved = ('302 Found\\r\\nLocation: {wire.url('/secret')}', '')",
        "server, host = await serve({'/': page, '/moved': moved})",
        "await visit(room, host + '/')",
        "await visit(room, host + '/moved')",
        f"moved = ('302 Found\\r\\nLocation: {wire.url('/secret')}', '')".replace("http:", "https:"),
        "server, host = await serve({'/moved': moved})",
        "await visit(room, host + '/moved')",
        f"await visit(room, {wire.url('/secret')!r})",
        f"await visit(room, {wire.url('/secret').replace('http:', 'https:')!r})",
        "try: say(udp.recv(100).hex())",
        "except BlockingIOError: say('no datagram')",
        "await crawler.browser.browser_of(room.wire.crawler).close()",
    )

    [_, _, body], *refused, datagram, left = printed
    assert "<title>done " in body
    assert "the secret" not in body
    assert refused == [[False, str(PrivateAddress("127.0.0.1"))]] * 4
    assert datagram == "no datagram"
    assert not wire.hits
    assert (left, complaints) == ([], "")


@with_chromium
def test_each_fault_of_a_page_has_words_and_leaves_no_page_open(run, wire):
    grown = "document.body.textContent = 'x'.repeat(200000)"
    faults = {
        wire.page("/grown", rendered(grown)): [False, "the answer is larger than 0 MB"],
        wire.page("/loop", rendered("while (true) {}")): [True, "timed out after 4 s"],
        wire.on("/silent", site.silent): [True, "timed out after 4 s"],
        wire.on("/reset", site.reset): [True, "the server broke off before it had answered in full"],
        wire.on("/down", site.status("503 Down")): [True, "the server answers with an error and an empty page"],
        wire.on("/circle", site.redirect("/circle")): [False, "it redirects for ever"],
        wire.on("/file", site.body(b"PK", "application/zip")): [False, "it is no web page but a file to download"],
        "http://127.0.0.1:1/": [True, "the connection was refused"],
    }

    printed, complaints = run(
        f"for url in {list(faults)!r}:",
        "    await show(room, url)",
        "say(contexts(room))",
        limit=4,
    )

    assert printed[:-2] == list(faults.values())
    assert printed[-2] == [0, 0]
    assert (printed[-1], complaints) == ([], "")


@with_chromium
def test_pages_know_nothing_of_each_other_and_fetch_no_pictures(run, wire):
    script = """document.cookie = 'seen=1'; localStorage.seen = (localStorage.seen || '') + '1';
        document.title = localStorage.seen; alert(1); open('/popup');"""
    page = wire.page("/", rendered(script, "<img src=/a.png><video src=/b.mp4></video>"))

    printed, complaints = run(*[f"await show(room, {page!r})"] * 2)

    assert [answer[0] for answer in printed[:2]] == [200, 200]
    assert all("<title>1</title>" in answer[2] for answer in printed[:2])
    assert not {"/a.png", "/b.mp4", "/popup"} & set(wire.hits)
    assert not any("cookie" in request.headers for request in wire.asked)
    assert complaints == ""


@with_chromium
def test_a_page_that_nobody_waits_for_any_more_is_closed(run, wire):
    wire.on("/silent", site.silent)
    page = wire.page("/", rendered("document.body.textContent = 'still here'"))

    printed, complaints = run(
        f"waiting = asyncio.create_task(room.wire.get({wire.url('/silent')!r}, 1000, javascript=True, private=True))",
        f"await show(room, {page.replace('127.0.0.1', 'localhost')!r})",
        "waiting.cancel()",
        "await asyncio.wait([waiting])",
        "while contexts(room) != (0, 0): await asyncio.sleep(0.05)",
        "say(any(b'hunter2' in open(f'/proc/{pid}/environ', 'rb').read() for pid in chromiums()))",
        "handler = crawler.browser.browser_of(room.wire.crawler).opening.result().handler",
        "for pid in chromiums(): os.kill(pid, signal.SIGKILL)",
        "while hasattr(handler, 'browser'): await asyncio.sleep(0.05)",
        f"await show(room, {page!r})",
        "crawler.browser.IDLE = 0.1",
        f"await show(room, {page!r})",
        "while chromiums(): await asyncio.sleep(0.05)",
        "say('closed')",
        f"await show(room, {page!r})",
    )

    assert [line if isinstance(line, str | bool) else line[0] for line in printed[:-1]] == [
        200,
        False,
        200,
        200,
        "closed",
        200,
    ]
    assert (printed[-1], complaints) == ([], "")


@with_chromium
def test_a_users_spider_can_have_pages_rendered_too(run, wire):
    page = wire.page("/", rendered("document.body.innerHTML = '<a href=/one>Bridge reopened</a>'"))

    printed, complaints = run(
        "from crawler.custom import crawl",
        "from crawler.source import Source",
        f"source = Source(name='Desk', url={page!r}, private=True)",
        f"found = await crawl('village_desk.Rendered', source, wanted, Path({str(SPIDERS)!r}))",
        "say([item.entry.title for item in found.entries] + [found.error])",
        "say(chromiums())",
    )

    assert printed == [["Bridge reopened", None], [], []]
    assert complaints == ""


@with_chromium
def test_a_source_of_such_pages_is_polled_like_any_other(run, wire):
    story = site.article("Bridge reopened after the flood", "The bridge over the river was reopened on Sunday.")
    wire.page("/story.html", story)
    fetches = "fetch('/story.html').then(r => r.text()).then(t => { document.documentElement.innerHTML = t })"
    wire.page("/news/2026/11/22/bridge-reopened", rendered(fetches))
    links = "<h2><a href=/news/2026/11/22/bridge-reopened>Bridge reopened after the flood of last week</a></h2>"
    page = wire.page("/", rendered(f"document.body.innerHTML = {links!r}"))

    printed, complaints = run(
        "import contextlib",
        "from crawler.source import Bookmark, Source",
        "from tests.crawler.polling import NOW, Archive",
        f"source = Source(name='Desk', url={page!r}, private=True, javascript=True, links='h2 a')",
        "harvest = await room.poll(source, Bookmark(), Archive(), NOW)",
        "say([harvest.outcome.name, harvest.error])",
        "async with contextlib.aclosing(harvest.readings) as readings:",
        "    async for reading in readings:",
        "        say([reading.article.title, reading.article.text, reading.article.error])",
    )

    (outcome, (title, text, error), left) = printed
    assert (outcome, title, error) == (["NEW", None], "Bridge reopened after the flood", None)
    assert "The bridge over the river was reopened on Sunday." in text
    assert (left, complaints) == ([], "")
