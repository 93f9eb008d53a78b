"""One thing at a time of a host, with pauses, without cookies, and with a name that can be asked."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from time import monotonic

from crawler.harvest import Outcome
from tests import site
from tests.crawler.polling import NOW, poll


def test_sources_of_one_host_share_its_pauses_and_ask_one_at_a_time(shift, wire):
    answered: list[float] = []
    under_way = most = 0

    async def slowly(request, writer):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        answered.append(monotonic())
        site.send(writer, "200 OK", {"Content-Type": "application/rss+xml"}, site.rss([]).encode())
        under_way -= 1

    for number in range(4):
        wire.on(f"/{number}.xml", slowly)

    async def main(room):
        await asyncio.gather(*(poll(room, wire.url(f"/{number}.xml")) for number in range(4)))

    shift(main, DOWNLOAD_DELAY=0.2, DOWNLOAD_DELAY_JITTER=0)
    assert most == 1
    assert min(later - earlier for earlier, later in itertools.pairwise(answered)) > 0.15


def test_a_cookie_that_a_site_sets_is_never_sent_back(shift, wire):
    feed = site.rss(site.items(wire, 2, NOW)).encode()
    wire.on("/feed.xml", site.body(feed, "application/rss+xml", headers={"Set-Cookie": "id=1; Path=/"}))

    async def main(room):
        for _ in range(2):
            await poll(room, wire.url("/feed.xml"))

    shift(main)
    assert wire.hits["/story/1"] > 0
    assert [request for request in wire.asked if "cookie" in request.headers] == []


def test_every_request_says_who_asks_and_whom_to_write_to(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 1, NOW))

    async def main(room):
        await poll(room, wire.url("/feed.xml"))

    shift(main)
    assert {request.headers["user-agent"] for request in wire.asked} == {"Tocsin/9.9 (+desk@example.org)"}


def test_a_host_whose_robots_file_never_comes_is_not_asked_for_anything_else(shift, wire):
    wire.on("/robots.txt", site.silent)
    wire.feed("/feed.xml", [])

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert (harvest.outcome, harvest.error) == (Outcome.FAILED, "timed out after 0.3 s")

    shift(main, DOWNLOAD_TIMEOUT=0.3)
    assert wire.hits["/feed.xml"] == 0


def test_a_robots_file_that_leads_into_another_network_is_as_none(shift, wire):
    wire.on("/robots.txt", site.redirect("http://169.254.169.254/latest/meta-data"))
    wire.feed("/feed.xml", [])

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert harvest.error is None or "connection" in harvest.error or "network" in harvest.error

    shift(main, DOWNLOAD_TIMEOUT=0.5)


def test_a_page_that_asks_to_wait_is_tried_with_the_next_poll_and_delays_nobody(shift, wire):
    items = site.items(wire, 2, NOW)
    wire.on("/story/2", site.status("429 Too Many Requests", {"Retry-After": "3600"}))
    wire.feed("/feed.xml", items)

    async def main(room):
        harvest, readings = await poll(room, wire.url("/feed.xml"))
        assert harvest.retry_after is None
        assert [(reading.article.retry, reading.article.error is None) for reading in readings] == [
            (False, True), (True, False)
        ]  # fmt: skip

    shift(main)


def test_a_listing_that_asks_to_wait_is_waited_for(shift, wire):
    wire.on("/feed.xml", site.status("503 Service Unavailable", {"Retry-After": "7200"}))

    async def main(room):
        harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert harvest.retry_after == timedelta(hours=2)

    shift(main)
