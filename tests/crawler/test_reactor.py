"""The newsroom as the daemon runs it, on Scrapy's reactor: in a process of its own, as there is one reactor in each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests import site
from tests.crawler.polling import NOW

SHIFT = """
import asyncio, signal, sys
from crawler.newsroom import run
from crawler.settings import settings
from tests.crawler.polling import poll

async def main(room):
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    for path in sys.argv[2:]:
        harvest, readings = await poll(room, sys.argv[1] + path)
        print(harvest.outcome.name, harvest.error, [reading.article.title[:8] for reading in readings], flush=True)
    again, _ = await poll(room, sys.argv[1] + sys.argv[2], harvest.bookmark)
    elsewhere = sys.argv[1].replace("127.0.0.1", "localhost")  # one host answers one request at a time
    left = [asyncio.create_task(poll(room, url)) for url in (sys.argv[1] + "/trap.xml", elsewhere + "/silent")]
    print("ready", flush=True)
    await stop.wait()
    return 7

if __name__ == "__main__":
    wanted = settings("desk@example.org", "9.9", delay=0)
    wanted["DOWNLOAD_TIMEOUT"] = 30 if "/feed.xml" in sys.argv else 0.5
    code = run(wanted, main)
    import twisted.internet.reactor as reactor
    print(type(reactor).__name__, code)
"""


@pytest.fixture
def start(tmp_path, wire):
    file = tmp_path / "shift.py"
    file.write_text(SHIFT)
    wire.on("/silent", site.silent)
    trap = "<html><body><p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">text</p></body></html>"
    wire.feed("/trap.xml", [site.Item("A trap", wire.page("/trap.html", trap), NOW)])
    started = []

    def begin(*paths):
        process = subprocess.Popen(
            [sys.executable, str(file), wire.url(""), *paths],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONWARNINGS": "ignore"},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def wait_for(holds):
    """Wait until it holds; fail after ten seconds without."""
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def test_it_polls_says_nothing_and_ends_on_a_signal_with_its_readers(start, wire):
    wire.feed("/feed.xml", site.items(wire, 3, NOW))
    process = start("/feed.xml")

    assert process.stdout.readline() == "NEW None ['Report n', 'Report n', 'Report n']\n"
    assert process.stdout.readline() == "ready\n"
    readers = children(process.pid)
    assert readers
    wait_for(lambda: wire.hits["/trap.html"])
    process.send_signal(signal.SIGTERM)
    printed, complaints = process.communicate(timeout=20)

    assert (printed, complaints) == ("AsyncioSelectorReactor 7\n", "")
    assert process.returncode == 0
    wait_for(lambda: not [pid for pid in readers if os.path.exists(f"/proc/{pid}")])


FAULTS = {
    "/huge": (site.huge(), "the answer is larger than 8 MB"),
    "/never": (site.never_ending, "the answer is larger than 8 MB"),
    "/bomb": (site.gzip_bomb(), "the answer is larger than 8 MB"),
    "/loris": (site.slow_loris, "timed out after 0.5 s"),
    "/reset": (site.reset, "the server broke off before it had answered in full"),
    "/short": (site.cut_short, "the server broke off before it had answered in full"),
    "/circle": (site.redirect("/circle"), "it redirects for ever"),
    "/gone": (site.missing, "HTTP 404 (Not Found)"),
    "/busy": (site.status("503 Busy", {"Retry-After": "9"}), "HTTP 503 (Service Unavailable), asked to wait 9 s"),
}


def test_the_same_faults_have_the_same_words_there(start, wire):
    for path, (answering, _) in FAULTS.items():
        wire.on(path, answering)
    process = start(*FAULTS)

    told = [process.stdout.readline() for _ in FAULTS]

    assert told == [f"FAILED {words} []\n" for _, words in FAULTS.values()]
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20) == ("AsyncioSelectorReactor 7\n", "")
