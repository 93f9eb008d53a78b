"""The data path: each article is kept whole with what it owes, and the page is turned last."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.rules import RuleSet
from crawler.newsroom import Harvest, Outcome
from crawler.source import Bookmark
from scheduler import clock
from scheduler.clock import poll
from scheduler.config import load
from scheduler.database import StoreError
from scheduler.pipeline import Ringer, ring
from scheduler.store import open_store
from tests.fakes import NALCHIK, NOON, WIRE, group, place, reading, ticking

CONFIG = """
channels: {desk: "console://"}
sources: [https://wire.example/rss]
rules:
  - name: North Caucasus
    when: {region: North Caucasus, killed: ">= 5"}
    notify: desk
    tell_again: {killed: "+5"}
  - name: Syria
    when: {region: Syria}
    notify: desk
"""


class FakeNewsroom:
    """Brings the readings it was given; raises those that are exceptions."""

    def __init__(self, *readings, error=None, note=None):
        self.readings, self.error, self.note, self.closed = readings, error, note, False

    async def poll(self, source, bookmark, memory, now):
        mark = replace(bookmark, etag='"new"', caught_up=True)
        outcome = Outcome.FAILED if self.error else Outcome.NEW
        return Harvest(
            outcome=outcome,
            bookmark=mark,
            readings=self._bring(),
            entries=len(self.readings),
            error=self.error,
            note=self.note,
        )

    async def _bring(self):
        try:
            for one in self.readings:
                if isinstance(one, BaseException):
                    raise one
                await asyncio.sleep(0)
                yield one
        finally:
            self.closed = True


@pytest.fixture
def ringer(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    store = open_store(tmp_path / "t.db")
    store.sources.register([WIRE])
    store.sources.turn_page(WIRE, Bookmark(caught_up=True), NOON)
    yield Ringer(store, RuleSet(load(tmp_path / "config.yaml", {}).rules), ticking())
    store.close()


def operation(killed, url="https://wire.example/1", **more):
    text = (
        f"Security forces killed {killed} militants in an operation in Chegem on Sunday, the Anti-Terrorist "
        f"Committee said. " * 2
    )
    places = [place("Kabardino-Balkaria", *NALCHIK), place("Syria", "SY", role="mentioned", kind="country")]
    return reading(
        "Militants killed in Chegem operation",
        text,
        url=url,
        killed=killed,
        places=places,
        groups=[group("islamic-state", "Islamic State")],
        **more,
    )


def polled(ringer, newsroom):
    return asyncio.run(poll(WIRE, newsroom, ringer))


def alerts(ringer):
    return [
        (row["rule"], row["reason"], row["killed"]) for row in ringer.store.db.query("select * from alerts order by id")
    ]


def test_one_event_rings_once_and_again_when_the_toll_rises_by_the_rules_step(ringer):
    came = [
        operation(5),
        operation(5, "https://copy.example/2"),
        operation(6, "https://b.example/3"),
        operation(11, "https://wire.example/4"),
    ]

    told = [ring(one, ringer) for one in came]

    assert told == [1, 0, 0, 1]
    assert alerts(ringer) == [("North Caucasus", "new", 5), ("North Caucasus", "toll rose", 11)]


def test_what_was_held_back_is_recorded_with_its_reason(ringer):
    ring(operation(5), ringer)
    ring(operation(5, "https://copy.example/2"), ringer)

    held = list(ringer.store.db.query("select rule, reason, explanation from decisions where alert_id is null"))
    assert [(row["rule"], row["reason"]) for row in held] == [("North Caucasus", "already told")]
    assert "told at" in held[0]["explanation"]


def test_the_page_is_turned_only_after_everything_was_kept(ringer):
    tally = polled(ringer, FakeNewsroom(operation(5), RuntimeError("the worker died")))

    assert (tally.articles, tally.alerts) == (1, 1)
    assert "the worker died" in tally.error
    assert ringer.store.sources.bookmark(WIRE).etag is None


def test_a_poll_that_went_well_turns_the_page_and_plans_the_next(ringer):
    newsroom = FakeNewsroom(operation(5))
    tally = polled(ringer, newsroom)
    mark = ringer.store.sources.bookmark(WIRE)

    assert (tally.error, mark.etag, mark.failures, newsroom.closed) == (None, '"new"', 0, True)
    assert NOON + timedelta(minutes=9) < mark.next_poll < NOON + timedelta(minutes=11)


def test_a_source_that_fails_is_counted_and_tried_again(ringer):
    polled(ringer, FakeNewsroom(error="HTTP 503"))
    polled(ringer, FakeNewsroom(error="HTTP 503"))
    mark = ringer.store.sources.bookmark(WIRE)

    assert (mark.failures, mark.error) == (2, "HTTP 503")
    assert mark.next_poll - NOON > timedelta(minutes=25)


def test_a_poll_that_never_ends_is_stopped_and_what_it_brought_is_kept(ringer, monkeypatch):
    class Endless(FakeNewsroom):
        async def _bring(self):
            yield operation(5)
            await asyncio.sleep(3600)

    monkeypatch.setattr(clock, "POLL_LIMIT", 0.05)
    tally = polled(ringer, Endless())

    assert (tally.articles, tally.error) == (1, "stopped after 0 minutes")
    assert ringer.store.sources.bookmark(WIRE).failures == 1


def test_a_locked_database_leaves_the_page_unturned_and_the_next_poll_reads_again(ringer, monkeypatch):
    def refuse(*_):
        raise StoreError("t.db is locked by another program")

    with monkeypatch.context() as patched:
        patched.setattr(type(ringer.store), "keep", refuse)
        assert "locked" in polled(ringer, FakeNewsroom(operation(5))).error

    assert polled(ringer, FakeNewsroom(operation(5))).alerts == 1


def test_an_article_that_came_without_its_page_rings_once_and_not_again_when_the_page_is_read(ringer):
    bare = operation(5, error="timed out", retry=True)

    assert [ring(bare, ringer), ring(operation(5), ringer)] == [1, 0]
    assert ringer.store.db.table("stories").count == 1


def test_a_rule_that_is_met_only_in_passing_does_not_ring(ringer):
    ring(operation(50), ringer)

    assert {rule for rule, _, _ in alerts(ringer)} == {"North Caucasus"}
