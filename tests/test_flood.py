"""A hiccup of a source is no flood of alerts: through the newsroom, the store and the rules, against a real server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.rules import RuleSet
from crawler.source import Source
from scheduler.clock import poll
from scheduler.pipeline import Ringer
from scheduler.store import Store, open_store
from tests import site
from tests.crawler.conftest import shift, wire, workers  # noqa: F401
from tests.world import rule_of

START = datetime.now(UTC).replace(microsecond=0)
BACKLOG = "part of the backlog: it was there when the source was first read"
TOWNS = ["Gao", "Mopti", "Kidal", "Ansongo", "Menaka", "Timbuktu", "Segou", "Sikasso", "Kayes", "Koulikoro"]


@dataclass
class Desk:
    """One source, its store, and the rule that rings for whatever kills somebody; `rounds` counts the polls."""

    folder: Path
    store: Store
    source: Source
    served: site.Site
    clock: datetime = START
    items: list[site.Item] = field(default_factory=list)

    def report(self, number: int, killed: int, *, published: datetime | None = None, path: str | None = None, **feed):
        """Publish a report of an event of its own, and put it into the feed, newest first."""
        title = f"{killed} soldiers killed in ambush near {TOWNS[number % 10]}, incident {number}"
        where = path or f"/story/{number}"
        text = (
            f"Gunmen on motorbikes killed {killed} soldiers in an ambush on convoy {number} near {TOWNS[number % 10]}, "
            f"the army said. Report {number} was confirmed by officer {number * 7919} and by witness {number * 104729}."
        )
        self.served.page(where, site.article(title, text))
        self.items.insert(0, site.Item(title, self.served.url(where), published or self.clock, **feed))

    def publish(self):
        self.served.feed("/feed.xml", self.items)

    async def polled(self, room, after=timedelta(minutes=10), **more):
        self.clock += after
        return await poll(self.source, room, Ringer(self.store, self.rules(**more), lambda: self.clock))

    def rules(self, **more):
        return RuleSet([rule_of(self.folder, {"killed": 1}, **more)])

    def rows(self, sql):
        return self.store.sql.rows(sql)

    def reasons(self):
        return [row["reason"] for row in self.rows("select reason from decisions order by id")]


@pytest.fixture
def desk(tmp_path, wire):  # noqa: F811
    store = open_store(tmp_path / "t.db")
    source = Source(name="Wire", url=wire.url("/feed.xml"), private=True)
    store.sources.register([source])
    yield Desk(tmp_path, store, source, wire)
    store.close()


def test_a_new_sources_backlog_is_stored_and_what_comes_after_it_rings(shift, desk):  # noqa: F811
    for number in range(3):
        desk.report(number, 5)
    desk.publish()

    async def main(room):
        first = await desk.polled(room)
        desk.report(3, 7)
        desk.publish()
        second = await desk.polled(room)
        assert [(t.articles, t.alerts, t.quiet) for t in (first, second)] == [(3, 0, BACKLOG), (1, 1, None)]

    shift(main)
    assert desk.reasons() == ["taken in quietly"] * 3 + ["new"]
    assert {row["quiet"] is None for row in desk.rows("select quiet from articles where id <= 3")} == {False}


def test_a_backlog_rings_where_the_user_wants_it(shift, desk):  # noqa: F811
    desk.source = Source(name="Wire", url=desk.source.url, private=True, backlog=True)
    desk.report(1, 5)
    desk.publish()

    async def main(room):
        assert (await desk.polled(room)).alerts == 1

    shift(main)


def test_entries_that_change_their_address_their_guid_or_their_date_do_not_ring_again(shift, desk):  # noqa: F811
    desk.report(0, 3)
    desk.publish()

    async def main(room):
        await desk.polled(room)
        desk.report(1, 5)
        desk.publish()
        assert (await desk.polled(room)).alerts == 1
        title = desk.items[0].title
        moved = [
            site.Item(title, desk.served.url("/story/1?version=2"), desk.items[0].published),
            site.Item(title, desk.served.url("/story/1"), desk.clock + timedelta(minutes=5)),
            site.Item(title, desk.served.url("/moved/1"), desk.clock),
        ]
        desk.served.answers["/moved/1"] = desk.served.answers["/story/1"]
        for item in moved:
            desk.items[0] = item
            desk.publish()
            assert (await desk.polled(room)).alerts == 0

    shift(main)
    assert desk.reasons()[1:] == ["new", "already told"]
    last = desk.rows("select url_key, copy_of from articles order by id desc")[0]
    assert last["url_key"].endswith("/moved/1")
    assert last["copy_of"] == 2


def test_the_same_words_that_reappear_after_months_under_a_new_address_are_no_news(shift, desk):  # noqa: F811
    desk.report(0, 3)
    desk.publish()

    async def main(room):
        await desk.polled(room)
        desk.items.clear()
        desk.report(0, 3, path="/archive/0", published=desk.clock + timedelta(days=90))
        desk.publish()
        tally = await desk.polled(room, timedelta(days=90))
        assert (tally.articles, tally.alerts) == (1, 0)

    shift(main)
    assert "the same words were first read on" in desk.rows("select quiet from articles order by id desc")[0]["quiet"]


def test_five_hundred_entries_at_once_are_taken_in_by_and_by_and_quietly(shift, desk):  # noqa: F811
    desk.report(0, 3)
    desk.publish()

    async def main(room):
        room.most = 60
        await desk.polled(room)
        for number in range(1, 131):
            desk.report(number, 5, published=desk.clock + timedelta(seconds=number))
        desk.publish()
        tallies = [await desk.polled(room) for _ in range(3)]
        assert [(t.articles, t.alerts) for t in tallies] == [(60, 0), (60, 0), (10, 0)]

    shift(main)


def test_an_edited_article_is_a_revision_of_itself_and_rings_again_when_its_toll_rises(shift, desk):  # noqa: F811
    desk.report(0, 1)
    desk.publish()

    async def main(room):
        await desk.polled(room)
        desk.report(1, 5)
        desk.publish()
        await desk.polled(room)
        kept = desk.items.pop(0)
        desk.report(1, 12, published=kept.published)
        desk.publish()
        tally = await desk.polled(room, tell_again={"killed": "+5"})
        assert (tally.articles, tally.alerts) == (1, 1)

    shift(main)
    assert desk.reasons()[1:] == ["new", "toll rose"]
    assert [row["killed"] for row in desk.rows("select killed from facts order by article_id")] == [1, 12]
    assert [row["title"][:2] for row in desk.rows("select title from revisions")] == ["5 "]


def test_an_article_that_is_gone_when_its_listing_stamps_it_anew_keeps_what_it_said(shift, desk):  # noqa: F811
    desk.report(0, 4)
    desk.publish()

    async def main(room):
        await desk.polled(room)
        desk.items[0] = site.Item(desk.items[0].title, desk.items[0].link, desk.items[0].published, "Another summary.")
        del desk.served.answers["/story/0"]
        desk.publish()
        await desk.polled(room)

    shift(main)
    (row,) = desk.rows("select error, text from articles")
    assert row["error"] is None
    assert "convoy 0" in row["text"]


def test_a_poll_that_was_stopped_half_way_leaves_the_rest_to_the_next(shift, desk, monkeypatch):  # noqa: F811
    for number in range(6):
        desk.report(number, 5)
    desk.publish()

    async def main(room):
        read = room.pages.read

        async def slow(source, announced):
            if announced.url_key.endswith("/3"):
                await asyncio.sleep(3600)
            return await read(source, announced)

        room.pages.read = slow
        monkeypatch.setattr("scheduler.clock.POLL_LIMIT", 3)
        first = await desk.polled(room)
        room.pages.read = read
        second = await desk.polled(room)
        assert (first.articles, second.articles, second.alerts) == (3, 3, 0)

    shift(main)
    assert [row["n"] for row in desk.rows("select count(*) as n from articles")] == [6]
