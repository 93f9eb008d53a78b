"""What a poll brings: the new articles, once each, oldest first; nothing for an unchanged listing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import url_key
from crawler.freshness import retry_after
from crawler.harvest import Outcome
from crawler.source import Bookmark, Source
from tests import site
from tests.crawler.polling import NOW, Archive, poll


class CountingWorkers:
    """Passes work on and counts it."""

    def __init__(self, workers):
        self.workers, self.jobs = workers, 0

    async def run(self, function, *args):
        self.jobs += 1
        return await self.workers.run(function, *args)


def keys(readings):
    return {reading.article.url_key for reading in readings}


def test_a_first_poll_reads_every_article_from_its_page_the_oldest_first(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 6, NOW))

    async def main(room):
        harvest, readings = await poll(room, wire.url("/feed.xml"))
        articles = [reading.article for reading in readings]
        assert (harvest.outcome, harvest.entries, harvest.error) == (Outcome.NEW, 6, None)
        assert [a.title for a in articles] == [f"Report number {n} from the valley" for n in range(1, 7)]
        assert all("all is quiet in the valley" in a.text and "All rights" not in a.text for a in articles)
        assert {(a.source, a.publisher, a.lang, a.error) for a in articles} == {("Wire", "Wire Group", "en", None)}
        assert articles[0].published == NOW - timedelta(hours=6)
        assert all(reading.facts is not None for reading in readings)

    shift(main)


def test_an_unchanged_feed_fetches_no_page_and_reads_nothing(shift, wire, workers):
    wire.feed("/feed.xml", site.items(wire, 2, NOW))
    counting = CountingWorkers(workers)

    async def main(room):
        first, _ = await poll(room, wire.url("/feed.xml"))
        done, asked = counting.jobs, wire.hits.copy()
        harvest, readings = await poll(room, wire.url("/feed.xml"), first.bookmark)
        assert (harvest.outcome, harvest.bookmark, readings) == (Outcome.UNCHANGED, first.bookmark, [])
        assert counting.jobs == done
        assert wire.hits - asked == {"/feed.xml": 1}
        assert wire.unmodified["/feed.xml"] == 1

    shift(main, counting)


def test_a_feed_without_validators_is_known_by_its_body(shift, wire):
    text = site.rss(site.items(wire, 2, NOW))
    wire.on("/feed.xml", site.body(text.encode(), "application/rss+xml"))

    async def main(room):
        first, _ = await poll(room, wire.url("/feed.xml"))
        harvest, _ = await poll(room, wire.url("/feed.xml"), first.bookmark)
        assert first.bookmark.etag is None
        assert harvest.outcome is Outcome.UNCHANGED

    shift(main)


def test_a_changed_feed_brings_only_what_the_archive_has_not(shift, wire):
    entries = site.items(wire, 4, NOW)
    wire.feed("/feed.xml", entries[1:])

    async def main(room):
        first, old = await poll(room, wire.url("/feed.xml"))
        wire.feed("/feed.xml", entries)
        harvest, new = await poll(room, wire.url("/feed.xml"), first.bookmark, keys(old))
        assert [r.article.url for r in new] == [entries[0].link]
        again, none = await poll(room, wire.url("/feed.xml"), Bookmark(), keys(old + new))
        assert (again.outcome, none) == (Outcome.NOTHING_NEW, [])
        assert harvest.bookmark.etag != first.bookmark.etag
        assert all(wire.hits[f"/story/{n}"] == 1 for n in range(1, 5))

    shift(main)


def test_a_page_that_two_entries_lead_to_is_read_once(shift, wire):
    link = wire.page("/a.html", site.article("A report", "All is quiet in the valley."))
    wire.feed("/feed.xml", [site.Item("A report", f"{link}?utm_source=rss"), site.Item("A report", f"{link}#top")])

    async def main(room):
        _, readings = await poll(room, wire.url("/feed.xml"))
        assert len(readings) == 1

    shift(main)


def test_what_is_too_much_for_one_poll_comes_with_the_next_and_the_newest_comes_first(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 5, NOW))

    async def main(room):
        room.most = 3
        first, new = await poll(room, wire.url("/feed.xml"))
        assert (first.waiting, [r.article.title[14:15] for r in new]) == (2, ["3", "4", "5"])
        second, rest = await poll(room, wire.url("/feed.xml"), first.bookmark, keys(new))
        assert (second.waiting, [r.article.title[14:15] for r in rest]) == (0, ["1", "2"])
        third, _ = await poll(room, wire.url("/feed.xml"), second.bookmark, keys(new + rest))
        assert third.outcome is Outcome.UNCHANGED

    shift(main)


def test_a_page_that_calls_itself_by_a_known_address_is_not_new_and_is_remembered(shift, wire):
    known = wire.url("/story.html")
    head = f'<link rel="canonical" href="{known}">'
    wire.page("/copy.html", site.article("A report", "All is quiet in the valley.", head=head))
    wire.on("/moved.html", site.redirect("/story.html"))
    wire.page("/story.html", site.article("A report", "All is quiet in the valley."))
    links = [wire.url("/copy.html"), wire.url("/moved.html")]
    wire.feed("/feed.xml", [site.Item("A report", link) for link in links])

    async def main(room):
        harvest, readings = await poll(room, wire.url("/feed.xml"), known={url_key(known)})
        assert readings == []
        assert [one.entry.url for one in harvest.listed] == links

    shift(main)


def test_readings_that_nobody_takes_leave_nothing_behind(shift, wire):
    wire.feed("/feed.xml", site.items(wire, 30, NOW))

    async def main(room):
        before = asyncio.all_tasks()
        harvest = await room.poll(_source(wire), Bookmark(), Archive(), NOW)
        await anext(harvest.readings)
        await harvest.readings.aclose()
        assert sum(wire.hits[f"/story/{n}"] for n in range(1, 31)) < 15
        await asyncio.sleep(0.05)
        assert {task for task in asyncio.all_tasks() - before if "_read" in repr(task)} == set()

    shift(main)


def test_a_poll_that_is_given_up_frees_its_host(shift, wire):
    wire.on("/silent.xml", site.silent)
    wire.feed("/feed.xml", site.items(wire, 1, NOW))

    async def main(room):
        given_up = [asyncio.create_task(poll(room, wire.url("/silent.xml"))) for _ in range(3)]
        while not wire.hits["/silent.xml"]:
            await asyncio.sleep(0.01)
        for task in given_up:
            task.cancel()
        async with asyncio.timeout(60):  # readers whose work was given up may have to start anew
            harvest, _ = await poll(room, wire.url("/feed.xml"))
        assert harvest.outcome is Outcome.NEW
        assert wire.hits["/silent.xml"] == 1

    shift(main)


def test_the_newsroom_closes_at_once_whatever_is_on_its_way(shift, wire):
    wire.on("/silent.xml", site.silent)
    wire.on("/robots.txt", site.silent)
    left = []

    async def main(room):
        left.extend(asyncio.create_task(poll(room, wire.url("/silent.xml"))) for _ in range(3))
        while not wire.hits["/robots.txt"]:
            await asyncio.sleep(0.01)

    shift(main)  # would hang for the time limit of half a minute
    assert all(task.cancelled() for task in left)


def test_what_main_raises_comes_out_and_the_newsroom_is_closed(shift):
    async def main(room):
        raise LookupError("no such desk")

    with pytest.raises(LookupError, match="no such desk"):
        shift(main)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", None),
        ("99999999999", timedelta(days=1)),
        ("9" * 400, timedelta(days=1)),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date_and_believed_for_a_day(text, wait):
    noon = NOW.replace(year=2026, month=11, day=22, hour=12, minute=0, second=0)

    assert retry_after(text, noon) == wait


def test_validators_are_sent_back_word_for_word(shift, wire):
    wire.feed("/feed.xml", [])
    mark = replace(Bookmark(), etag='W/"odd tag, here"', last_modified="Sunday")

    async def main(room):
        await poll(room, wire.url("/feed.xml"), mark)
        sent = wire.asked[-1].headers
        assert (sent["if-none-match"], sent["if-modified-since"]) == (mark.etag, mark.last_modified)
        assert sent["user-agent"] == "Tocsin/9.9 (+desk@example.org)"
        assert "cookie" not in sent

    shift(main)


def _source(wire):
    return Source(name="Wire", url=wire.url("/feed.xml"), private=True)
