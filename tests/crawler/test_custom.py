"""Users' own spiders, run on plain asyncio as crawls of their own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.custom import crawl
from crawler.guard import PrivateAddress
from crawler.settings import settings
from crawler.source import Source
from tests import site

SPIDERS = Path(__file__).parent / "spiders"


def run(spider, url="", *, private=True, limit=20.0, **overrides):
    """Crawl with a spider of the village desk's, or at a dotted path."""
    path = spider if "." in spider else f"village_desk.{spider}"
    source = Source(name="Desk", url=url, spider=path, private=private)
    wanted = {**settings("desk@example.org", "9.9", delay=0, reactor=False), **overrides}
    return asyncio.run(crawl(path, source, wanted, SPIDERS, limit))


def front(wire, count=4):
    """Serve stories and a page that links to them."""
    links = [f'<a href="{item.link}">{item.title}</a>' for item in site.items(wire, count, datetime.now(UTC))]
    return wire.page("/", f"<html><body>{''.join(links)}</body></html>")


def urls(found):
    return [item.entry.url for item in found.entries]


def test_a_spider_that_reads_the_pages_brings_their_texts(wire):
    found = run("Headlines", front(wire, 2))

    assert (found.error, found.note) == (None, None)
    assert sorted(urls(found)) == [wire.url("/story/1"), wire.url("/story/2")]
    entry = found.entries[0].entry
    assert entry.title.startswith("Report number")
    assert (entry.published, entry.precision) == (datetime(2026, 11, 22, 4, tzinfo=UTC), "minute")
    assert entry.lang == "en"
    assert found.entries[0].text.startswith("The report with the number")


def test_an_item_without_text_is_left_to_the_newsroom(wire):
    found = run("Links", wire.page("/", '<a href="/one">One</a>'))

    assert [(item.entry.url, item.entry.title, item.text) for item in found.entries] == [
        (wire.url("/one"), "One", None)
    ]


def test_items_of_every_kind_are_read():
    found = run("EveryKind")

    assert (found.error, found.note) == (None, None)
    one, two, three, four = (item.entry for item in found.entries)
    assert (one.url, one.title, one.published) == ("https://a.example/1", "", None)
    assert two.title == "Two & three"
    assert (three.published, three.precision) == (datetime(2026, 11, 22, 6, tzinfo=UTC), "minute")
    assert (four.published, four.precision, four.guid) == (datetime(2026, 11, 22, tzinfo=UTC), "day", "4")


def test_bad_items_are_counted_and_the_good_ones_kept():
    found = run("Mixed")

    assert urls(found) == ["https://a.example/good", "https://a.example/undated"]
    assert found.error is None
    assert found.note.startswith("7 items were left out: it has no 'url' (2 times), ")
    assert "of 1 items something was left out: its 'published' is no date" in found.note


def test_a_spider_that_never_stops_yielding_is_stopped(wire):
    found = run("Endless", wire.page("/", ""))

    assert len(found.entries) == 1000
    assert found.error == "the spider was stopped at 1000 items"


def test_a_spider_that_never_stops_asking_is_stopped(wire, monkeypatch):
    monkeypatch.setattr("crawler.escort.MOST_REQUESTS", 50)

    found = run("Trap", wire.page("/", ""))

    assert found.entries == ()
    assert found.error.startswith("the spider was stopped at 50 requests")


def test_exceptions_of_a_spider_are_counted_and_its_good_items_kept(wire):
    found = run("Breaks", front(wire))

    assert urls(found) == [wire.url("/story/1")]
    assert found.error.startswith("the spider failed: ValueError: no such layout as on breaks (village_desk.py, line ")
    assert found.error.endswith(") (3 times)")


@pytest.mark.parametrize(
    ("spider", "error"),
    [
        ("BreaksAtOnce", "the spider failed: KeyError: 'token' (village_desk.py, line "),
        (
            "BreaksInItsMaking",
            "the spider could not be started: RuntimeError: no configuration (village_desk.py, line ",
        ),
        ("Nameless", "the spider could not be started: ValueError: Nameless must have a name"),
        ("Missing", "village_desk has no class Missing"),
        ("NotASpider", "village_desk.NotASpider is no Scrapy spider: it has to be a subclass of scrapy.Spider"),
        ("Stamp", "village_desk.Stamp is no Scrapy spider: it has to be a subclass of scrapy.Spider"),
        ("no_such.thing.Spider", "there is no module no_such, neither installed nor beside config.yaml"),
        ("needy.Spider", "needy imports no_such_library_as_this, which is not installed"),
        ("stumbles.Spider", "stumbles can't be imported: ValueError: the desk is closed (stumbles.py, line 3)"),
        ("scrapy.Spider", "scrapy.Spider is no Scrapy spider: it has to be a subclass of scrapy.Spider"),
    ],
)
def test_a_spider_that_can_not_run_says_why(spider, error):
    found = run(spider)

    assert found.entries == ()
    assert found.error.startswith(error)


def test_pages_that_can_not_be_had_are_the_sources_error(wire):
    assert run("Links", wire.url("/gone")).error == "pages that could not be had: HTTP 404 (Not Found)"
    assert run("Links", "http://127.0.0.1:1/").error == "pages that could not be had: the connection was refused"


def test_pages_that_can_not_be_had_beside_items_are_a_note(wire):
    found = run("Headlines", wire.page("/", f'<a href="{front(wire, 1)}story/1">1</a><a href="/gone">2</a>'))

    assert (len(found.entries), found.error, found.note) == (
        1,
        None,
        "pages that could not be had: HTTP 404 (Not Found)",
    )


def test_a_spider_that_takes_too_long_is_stopped_and_what_it_found_is_kept(wire):
    wire.on("/story/1", site.silent)
    front(wire, 2)
    wire.on("/story/1", site.silent)

    found = run("Headlines", wire.url("/"), limit=1.0)

    assert urls(found) in ([wire.url("/story/2")], [])
    assert found.error.startswith("the spider was stopped after 1 s")


def test_a_callback_that_waits_for_ever_holds_up_nobody(wire):
    found = run("Sleeps", wire.page("/", ""), limit=0.5)

    assert (len(found.entries), found.error) == (1, "the spider was stopped after 0.5 s")


def test_cancelling_ends_the_crawl_and_its_downloads(wire):
    wire.on("/", site.silent)
    wire.page("/robots.txt", "")

    async def main():
        source = Source(name="Desk", url=wire.url("/"), private=True)
        wanted = settings("desk@example.org", "9.9", delay=0, reactor=False)
        crawling = asyncio.create_task(crawl("village_desk.Links", source, wanted, SPIDERS))
        while not wire.hits["/"]:
            await asyncio.sleep(0.01)
        crawling.cancel()
        await asyncio.wait([crawling], timeout=10)
        return crawling.cancelled(), asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == (True, set())


@pytest.fixture
def public_loopback(monkeypatch):
    """Let the address guard take loopback for the internet, where the tests' site is."""
    monkeypatch.setattr("crawler.guard.allowed", lambda address: address == "127.0.0.1")


@pytest.mark.usefixtures("public_loopback")
def test_a_spider_can_not_undo_what_keeps_the_newsroom_safe(wire):
    wire.page("/robots.txt", "User-agent: *\nDisallow: /secret")
    wire.page("/", "")

    found = run("Reckless", wire.url("/"), private=False)

    assert [item.entry.title for item in found.entries] == ["200 [True, False, False, True] b'stamped'"]
    assert found.note == "pages that could not be had: only http and https addresses can be fetched"
    assert {request.headers["user-agent"] for request in wire.asked} == {"Tocsin/9.9 (+desk@example.org)"}


def test_a_spider_obeys_robots_txt(wire):
    wire.page("/robots.txt", "User-agent: *\nDisallow: /secret")
    secret = wire.page("/secret", '<a href="/a">A</a>')

    asked = run("Links", secret)
    assert asked.error == "pages that could not be had: the site's robots.txt does not allow it"


@pytest.mark.usefixtures("public_loopback")
def test_a_host_is_asked_for_its_robots_txt_once_for_many_crawls(wire):
    page = wire.page("/", '<a href="/a">A</a>')

    for _ in range(3):
        assert len(run("Links", page, private=False).entries) == 1

    assert (wire.hits["/robots.txt"], wire.hits["/"]) == (1, 3)


def test_a_spider_reaches_private_addresses_for_a_private_source_only(wire):
    page = wire.page("/", '<a href="/a">A</a>')

    assert run("Links", page, private=False).error == f"pages that could not be had: {PrivateAddress('127.0.0.1')}"
    assert not wire.hits
    assert len(run("Links", page, private=True).entries) == 1


def test_an_answer_that_is_too_large_is_a_miss(wire):
    wire.on("/", site.gzip_bomb())

    assert run("Links", wire.url("/")).error == "pages that could not be had: the answer is larger than 8 MB"


def test_a_spider_runs_beside_the_newsroom(wire, shift):
    page = front(wire, 2)

    async def main(room):
        source = Source(name="Desk", url=page, private=True)
        found = await crawl("village_desk.Headlines", source, settings("", "9", delay=0, reactor=False), SPIDERS)
        assert len(found.entries) == 2

    shift(main)


SHIFT = """
import asyncio, json, sys
from pathlib import Path
from crawler.custom import crawl
from crawler.newsroom import run
from crawler.settings import settings
from crawler.source import Source

wanted = settings("desk@example.org", "9.9", delay=0)

async def main(room):
    for spider in ("Headlines", "Breaks", "Rendered"):
        for private in (True, False):
            source = Source(name="Desk", url=sys.argv[1], private=private)
            found = await crawl(f"village_desk.{spider}", source, wanted, Path(sys.argv[2]))
            print(json.dumps([len(found.entries), found.error]), flush=True)
    return 0

if __name__ == "__main__":
    run(wanted, main)
"""


def test_on_the_reactor_beside_the_newsroom_the_same_holds(wire, tmp_path):
    file = tmp_path / "shift.py"
    file.write_text(SHIFT)
    (tmp_path / "scrapy_playwright.py").write_text("raise ImportError")
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONWARNINGS": "ignore"}

    done = subprocess.run(
        [sys.executable, str(file), front(wire), str(SPIDERS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
    )

    headlines, refused, breaks, _, rendered, _ = [json.loads(line) for line in done.stdout.splitlines()]
    assert headlines == [4, None]
    assert refused == [0, f"pages that could not be had: {PrivateAddress('127.0.0.1')}"]
    assert breaks[0] == 1
    assert breaks[1].endswith(" (3 times)")
    assert rendered == [0, "pages that could not be had: this source needs a browser: install tocsin[js] and Chromium"]
    assert done.stderr.count("Traceback") == 1  # of the three that are alike
