"""Hosts are asked by robots.txt before anything else, and what they say is done: RFC 9309."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from crawler.newsroom import Outcome
from crawler.politeness import LONGEST_DELAY, RobotsMiddleware, read_robots
from tests import site
from tests.crawler.polling import NOW, poll

NO_STORIES = b"User-agent: *\nDisallow: /story/\nCrawl-delay: 0.2\n"


def robots(body, line="200 OK"):
    return site.status(line, {"Content-Type": "text/plain"}, body)


def test_a_forbidden_article_is_not_fetched_and_told_by_its_listing(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 2, NOW))
    wire.on("/robots.txt", robots(NO_STORIES))

    async def main(room):
        _, readings = await poll(room, wire.url("/feed.xml"))
        assert {r.article.error for r in readings} == {"the site's robots.txt does not allow it"}
        assert [(r.article.text, r.article.retry) for r in readings] == [("Summary 1.", False), ("Summary 2.", False)]
        assert wire.hits["/story/1"] == 0

    shift(main)


def test_a_forbidden_feed_is_not_fetched(shift, wire):
    wire.feed("/feed.xml", [])
    wire.on("/robots.txt", robots(b"User-agent: Tocsin\nDisallow: /feed"))

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert (harvest.outcome, harvest.error) == (Outcome.FAILED, "the site's robots.txt does not allow it")
        assert wire.hits["/feed.xml"] == 0

    shift(main)


def test_a_redirect_into_what_is_forbidden_is_not_followed(shift, wire):
    wire.on("/feed.xml", site.redirect("/story/feed.xml"))
    wire.on("/robots.txt", robots(NO_STORIES))

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert harvest.error == "the site's robots.txt does not allow it"
        assert wire.hits["/story/feed.xml"] == 0

    shift(main)


def test_a_host_is_asked_once_for_all_that_is_fetched_from_it(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 3, NOW))
    wire.on("/robots.txt", robots(b"User-agent: *\nDisallow: /private/"))

    async def main(room):
        for _ in range(3):
            await poll(room, wire.url("/feed.xml"))
        assert wire.hits["/robots.txt"] == 1

    shift(main)


@pytest.mark.parametrize("line", ["500 Oops", "503 Busy", "429 Slow"])
def test_a_host_that_cannot_say_is_left_alone_and_not_asked_again_at_once(shift, wire, line):
    wire.feed("/feed.xml", [])
    wire.on("/robots.txt", robots(b"", line))

    async def main(room):
        for _ in range(2):
            harvest, _ = await poll(room, wire.url("/feed.xml"))
            assert harvest.error == f"not now: its robots.txt answers HTTP {line[:3]}"
        assert (wire.hits["/robots.txt"], wire.hits["/feed.xml"]) == (1, 0)

    shift(main)


def test_an_old_copy_serves_while_the_file_is_out_of_reach(shift, wire):
    wire.feed("/feed.xml", [])
    wire.on("/robots.txt", robots(b"User-agent: *\nDisallow: /private/"))

    async def main(room):
        await poll(room, wire.url("/feed.xml"))
        keeper = room.wire.crawler.get_downloader_middleware(RobotsMiddleware)
        origin = wire.url("")
        key = (origin, True)
        keeper.known[key] = keeper.known[key].__class__(0.0, keeper.known[key].rules)
        wire.on("/robots.txt", robots(b"", "503 Busy"))
        allowed, _ = await poll(room, wire.url("/feed.xml"))
        forbidden, _ = await poll(room, wire.url("/private/feed.xml"))
        assert allowed.error is None
        assert forbidden.error == "the site's robots.txt does not allow it"
        assert wire.hits["/robots.txt"] == 2

    shift(main)


@pytest.mark.parametrize(
    "answering", [site.missing, site.status("401 No"), site.redirect("/robots.txt"), site.gzip_bomb()]
)
def test_a_host_without_such_a_file_allows_everything(shift, wire, answering):
    wire.feed("/feed.xml", [])
    wire.on("/robots.txt", answering)

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert harvest.error is None

    shift(main)


def test_the_delay_that_a_host_asks_for_is_kept(shift, wire):
    wire.feed("/feed.xml", [])
    wire.on("/robots.txt", robots(NO_STORIES))

    async def main(room):
        await poll(room, wire.url("/feed.xml"))
        downloader = room.wire.crawler.engine.downloader
        assert downloader.slots["127.0.0.1"].delay == 0.2
        assert downloader.per_slot_settings["127.0.0.1"] == {"delay": 0.2}

    shift(main)


@pytest.mark.parametrize(
    ("body", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 3600", LONGEST_DELAY),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (b"User-agent: *\nCrawl-delay: -5", 0.0),
        (b"\xff\xfe\x00 nonsense \x00", 0.0),
        (b"User-agent: *\n" + b"Disallow: /x\n" * 100_000, 0.0),
        (b"", 0.0),
    ],
)
def test_whatever_the_file_holds_something_is_understood(body, delay):
    read = read_robots(Response("https://example.org/robots.txt", body=body))

    assert (read.delay, read.unknown) == (delay, None)
    assert read.rules is not None
    assert read.rules.can_fetch("https://example.org/story", "Tocsin")
