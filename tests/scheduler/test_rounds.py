"""A source that breaks is told to the system channels once, reminded of daily, and its recovery is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from alerts.rules import RuleSet
from crawler.harvest import Harvest, Outcome
from crawler.source import Source
from scheduler import rounds
from scheduler.clock import poll
from scheduler.database import StoreError
from scheduler.pipeline import Ringer
from scheduler.store import Store, open_store
from tests.fakes import NOON, reading

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Newsroom:
    """Answers every poll as it is told: `error`, `fault`, and one new page, with text or without."""

    error: str | None = None
    fault: str | None = None
    pages: int = 0
    text: bool = True

    async def poll(self, source, bookmark, memory, now):
        self.pages += 1
        outcome = Outcome.FAILED if self.error else Outcome.NEW
        mark = bookmark if self.error else replace(bookmark, caught_up=True)
        return Harvest(
            outcome=outcome, bookmark=mark, readings=self._read(source), error=self.error, fault=self.fault, new=1
        )

    async def _read(self, source):
        if not self.error:
            address = f"https://{source.name.lower()}.example/{self.pages}"
            page = reading(f"Report {self.pages}", f"Report {self.pages} of {source.name}.", url=address)
            article = replace(page.article, source=source.name, error=None if self.text else "no readable text")
            yield replace(page, article=article)


@dataclass
class Watch:
    store: Store
    sources: tuple[Source, ...]
    clock: datetime = NOON

    def polls(self, newsroom, times=1, *, after=10 * MINUTE, only=None):
        ringer = Ringer(self.store, RuleSet(()), lambda: self.clock)
        for _ in range(times):
            self.clock += after
            for source in [one for one in self.sources if only in (None, one.name)]:
                asyncio.run(poll(source, newsroom, ringer))
            rounds.make(self.store, self.sources, ("desk", "phone"), self.clock)

    def told(self):
        return [row["title"] for row in self.store.sql.rows("select title from notices order by id")]


@pytest.fixture
def watch(tmp_path):
    store = open_store(tmp_path / "t.db")
    sources = tuple(
        Source(name=name, url=f"https://{name.lower()}.example/rss") for name in ("Wire", "Paper", "Radio", "Daily")
    )
    store.sources.register(sources)
    yield Watch(store, sources)
    store.close()


def test_a_broken_source_is_told_once_to_each_system_channel_and_its_recovery_when_it_lasts(watch):
    watch.polls(Newsroom())
    watch.polls(Newsroom(error="timed out after 30 s"), 2, only="Wire")
    assert watch.told() == []  # two failures are nothing

    watch.polls(Newsroom(error="timed out after 30 s"), 5, only="Wire")
    watch.polls(Newsroom(), 2, only="Wire")
    watch.polls(Newsroom(), 1, after=HOUR, only="Wire")

    assert watch.told() == ["1 source broken: Wire", "1 source recovered: Wire"]
    owed = watch.store.outbox.owed(watch.clock)
    assert [(one.channel, one.message.title) for one in owed] == [
        (channel, title) for title in watch.told() for channel in ("desk", "phone")
    ]
    assert "timed out after 30 s" in owed[0].message.body


def test_what_is_still_down_is_told_again_after_a_day_and_nothing_else(watch):
    watch.polls(Newsroom())
    watch.polls(Newsroom(error="HTTP 404"), 3, only="Paper")
    watch.polls(Newsroom(), 26, after=HOUR, only="Wire")

    assert watch.told() == ["1 source broken: Paper", "Still down: 1 source broken: Paper"]


def test_a_feed_that_turned_into_a_web_page_is_degraded(watch):
    watch.polls(Newsroom())
    page = "this is a web page, not a feed"
    watch.polls(Newsroom(error=page, fault=page), 3, only="Daily")

    assert watch.told() == ["1 source degraded: Daily"]


def test_a_source_whose_pages_lose_their_text_is_degraded(watch):
    newsroom = Newsroom()
    watch.polls(newsroom, 30, only="Radio")
    newsroom.text = False
    watch.polls(newsroom, 12, only="Radio")

    assert watch.told() == ["1 source degraded: Radio"]
    assert "no readable text" in watch.store.sql.rows("select body from notices")[0]["body"]


def test_when_everything_breaks_at_once_one_notice_says_that_it_is_probably_us(watch):
    watch.polls(Newsroom())
    watch.polls(Newsroom(error="the network is out of reach"), 4)

    (title,) = watch.told()
    assert title.startswith("4 sources broken: ")
    assert "this machine's own connection" in watch.store.sql.rows("select body from notices")[0]["body"]


def test_a_round_that_cannot_be_written_is_made_again(watch, monkeypatch):
    watch.polls(Newsroom())
    with monkeypatch.context() as broken:

        def fails(*_):
            raise StoreError("the disk is full")

        broken.setattr(watch.store.sources, "told", fails)
        watch.polls(Newsroom(error="HTTP 404"), 3, only="Wire")
        assert watch.told() == []
    watch.polls(Newsroom(error="HTTP 404"), only="Wire")

    assert watch.told() == ["1 source broken: Wire"]


def test_sources_that_left_the_configuration_are_not_spoken_of(watch):
    watch.polls(Newsroom())
    watch.polls(Newsroom(error="HTTP 404"), 2, only="Wire")
    watch.sources = watch.sources[1:]
    asyncio.run(
        poll(
            Source(name="Wire", url="https://wire.example/rss"),
            Newsroom(error="HTTP 404"),
            Ringer(watch.store, RuleSet(()), lambda: watch.clock),
        )
    )
    watch.polls(Newsroom())

    assert watch.told() == []
