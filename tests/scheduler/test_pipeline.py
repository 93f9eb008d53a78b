"""The data path: each article is kept whole with what it owes, and the page is turned last."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import RuleSet
from crawler.newsroom import Harvest, Outcome
from crawler.source import Bookmark, Source
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
  - name: Confirmed
    when: {region: North Caucasus, killed: ">= 20", publishers: ">= 2"}
    notify: desk
"""
REPORTS = {
    "Example Wire": "Security forces killed {} militants in an operation in the village of Chegem in "
    "Kabardino-Balkaria on Sunday, the National Anti-Terrorist Committee said. Gunmen had opened fire on a patrol "
    "before dawn, and a house in Lenin Street was surrounded.",
    "Highland Post": "A gun battle in Chegem, Kabardino-Balkaria, left {} suspected militants dead on Sunday after a "
    "patrol came under fire, according to the National Anti-Terrorist Committee, whose troops had surrounded a house "
    "in Lenin Street.",
    "Daily Ledger": "The National Anti-Terrorist Committee put the number of militants killed in Chegem, "
    "Kabardino-Balkaria, at {} on Sunday. Residents of Lenin Street told of shooting around a house after a patrol "
    "was attacked.",
}  # three reports of one operation, none of them a copy of another


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


def opened(folder):
    store = open_store(folder / "t.db")
    others = [Source(name=name, url=f"https://{name[0]}.example/", publisher=name) for name in REPORTS]
    store.sources.register([WIRE, *(source for source in others if source.name != WIRE.name)])
    store.sources.turn_page(WIRE, Bookmark(caught_up=True), NOON)
    return store


@pytest.fixture
def ringer(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    store = opened(tmp_path)
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


def report(publisher, killed, url=None, **more):
    """Return a publisher's report of one operation in its own words."""
    return reading(
        f"{killed} militants killed in Chegem operation",
        REPORTS[publisher].format(killed),
        url=url or f"https://{publisher[0].lower()}.example/{killed}",
        source=publisher,
        publisher=WIRE.publisher if publisher == WIRE.name else publisher,
        killed=killed,
        places=[place("Kabardino-Balkaria", *NALCHIK)],
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


def decisions(ringer):
    rows = ringer.store.db.query("select rule, reason, explanation from decisions order by id")
    return [(row["rule"], row["reason"], row["explanation"]) for row in rows]


def test_a_rule_that_a_rising_toll_makes_hold_rings_as_such_and_says_by_whose_report(ringer):
    told = [ring(report("Example Wire", 3), ringer), ring(report("Highland Post", 7), ringer)]

    assert (told, alerts(ringer)) == ([0, 1], [("North Caucasus", "now matches", 7)])
    assert decisions(ringer)[0][2] == """killed: ">= 5" holds now: 7 killed, by Highland Post's report"""


def test_an_independent_publisher_confirms_and_a_copy_does_not(ringer):
    ring(report("Example Wire", 20), ringer)
    copy = replace(report("Example Wire", 20, url="https://d.example/copy"))
    copy = replace(copy, article=replace(copy.article, source="Daily Ledger", publisher="Daily Ledger"))

    assert [ring(copy, ringer), ring(report("Highland Post", 20), ringer)] == [0, 1]
    assert alerts(ringer) == [("North Caucasus", "new", 20), ("Confirmed", "confirmed", 20)]


def test_a_copy_that_is_edited_confirms_nothing(ringer):
    first = report("Example Wire", 20)
    copy = replace(first.article, url_key="https://d.example/1", source="Daily Ledger", publisher="Daily Ledger")
    edited = replace(copy, text=f"{copy.text} This report was updated.")

    told = [ring(one, ringer) for one in (first, replace(first, article=copy), replace(first, article=edited))]

    assert (told, alerts(ringer)) == ([1, 0, 0], [("North Caucasus", "new", 20)])


def test_an_edit_that_lowers_the_toll_below_a_rules_threshold_is_told_once(ringer):
    came = [report("Example Wire", n, url="https://e.example/1") for n in (11, 4, 3)]

    assert [ring(one, ringer) for one in came] == [1, 1, 0]
    assert alerts(ringer) == [("North Caucasus", "new", 11), ("North Caucasus", "corrected", 4)]
    assert decisions(ringer)[-1][2] == "killed 11 → 4, the rule wants >= 5"


def test_what_was_taken_back_rings_again_when_it_holds_again(ringer):
    for killed in (11, 4, 6):
        ring(report("Example Wire", killed, url="https://e.example/1"), ringer)

    assert [reason for _, reason, _ in alerts(ringer)] == ["new", "corrected", "now matches"]


def test_a_page_that_could_not_be_had_at_first_opens_its_story_when_it_is_read(ringer):
    bare = replace(report("Example Wire", 7, error="timed out", retry=True, url="https://e.example/1"), facts=None)

    assert [ring(bare, ringer), ring(report("Example Wire", 7, url="https://e.example/1"), ringer)] == [0, 1]
    assert alerts(ringer) == [("North Caucasus", "new", 7)]


def test_an_edited_rule_applies_from_now_on(ringer):
    before = replace(ringer, rules=RuleSet([]))
    ring(report("Example Wire", 7), before)

    follow_up = report("Example Wire", 7, url="https://e.example/funeral")
    assert [ring(follow_up, ringer), ring(report("Highland Post", 7), ringer)] == [0, 1]
    assert [reason for _, reason, _ in decisions(ringer)] == ["a follow-up", "new"]


def test_a_rule_that_is_gone_or_switched_off_takes_nothing_back(ringer):
    ring(report("Example Wire", 11, url="https://e.example/1"), ringer)
    off = RuleSet([replace(ringer.rules["North Caucasus"], enabled=False)])

    assert ring(report("Example Wire", 4, url="https://e.example/1"), replace(ringer, rules=off)) == 0
    assert ring(report("Example Wire", 3, url="https://e.example/1"), replace(ringer, rules=RuleSet([]))) == 0


def event(number, killed, where=("Kabardino-Balkaria", *NALCHIK), url="https://wire.example/digest"):
    """Return an event as a passage of a round-up tells it, or as an article of its own does."""
    towns = ("Chegem", "Baksan", "Tyrnyauz", "Prokhladny")
    town = towns[number]
    text = f"{killed} people died in {town} when bomb number {number * 7919} went off at the market, the mayor said."
    return reading(f"Blast in {town}", text * 2, url=url, killed=killed, places=[place(*where)])


def digest(*passages, url="https://wire.example/digest"):
    whole = reading("The week in brief", "\n".join(p.article.text for p in passages), url=url, killed=90,
                    places=[p for one in passages for p in one.facts.places])  # fmt: skip
    return replace(whole, passages=passages)


def test_each_event_of_a_round_up_rings_by_its_own_passage(ringer):
    syria = ("Syria", "SY")
    told = ring(digest(event(0, 7), event(1, 3), event(2, 9, syria), event(3, 6)), ringer)

    assert (told, alerts(ringer)) == (
        3, [("North Caucasus", "new", 7), ("Syria", "new", 9), ("North Caucasus", "new", 6)],
    )  # fmt: skip
    assert decisions(ringer)[0][2] == "one of 4 events in a round-up"
    bodies = [row["body"] for row in ringer.store.db.query("select body from alerts order by id")]
    assert ["Chegem" in body for body in bodies] == [True, False, False]


def test_an_event_of_a_round_up_that_has_a_story_of_its_own_rings_for_nothing(ringer):
    ring(event(0, 7, url="https://wire.example/blast"), ringer)

    assert ring(digest(event(0, 7), event(1, 3)), ringer) == 0
    assert decisions(ringer)[-1][1:] == ("a follow-up", "in a round-up; this event already has its own story, 1")
    assert ringer.store.db.table("stories").count == 2


def test_a_round_up_that_is_edited_or_copied_rings_no_second_time(ringer):
    first = digest(event(0, 7), event(1, 3))
    copied = digest(event(0, 7), event(1, 3), url="https://wire.example/copy")
    plain = replace(copied, article=replace(copied.article, url_key="https://x.example/1"), passages=())
    edited = digest(event(0, 8), event(1, 3), event(3, 1))

    assert [ring(one, ringer) for one in (first, copied, plain, edited)] == [1, 0, 0, 0]
    assert ringer.store.db.table("stories").count == 1


def test_a_round_up_in_a_backlog_rings_for_nothing(ringer):
    assert ring(digest(event(0, 7), event(1, 3)), ringer, "part of the backlog") == 0
    assert [reason for _, reason, _ in decisions(ringer)] == ["taken in quietly"]


STREAMS = st.lists(
    st.tuples(st.sampled_from(sorted(REPORTS)), st.integers(1, 30), st.booleans()), min_size=1, max_size=7
)


@given(STREAMS)
@settings(max_examples=15, deadline=None)
def test_copies_at_other_outlets_change_no_alert(tmp_path_factory, stream):
    def rung(copied):
        folder = tmp_path_factory.mktemp("run")
        (folder / "config.yaml").write_text(CONFIG)
        ringer = Ringer(opened(folder), RuleSet(load(folder / "config.yaml", {}).rules), ticking())
        for number, (publisher, killed, _) in enumerate(stream):
            one = report(publisher, killed, url=f"https://{publisher[0].lower()}.example/{number}")
            outlet = {"url": f"https://copy.example/{number}", "url_key": f"https://copy.example/{number}"}
            same = replace(one, article=replace(one.article, source="Daily Ledger", publisher="Daily Ledger", **outlet))
            for came in (one, same)[: 1 + copied]:
                ring(came, ringer)
        found = alerts(ringer)
        ringer.store.close()
        return found

    assert rung(True) == rung(False)


@given(STREAMS, st.sets(st.integers(0, 6)))
@settings(max_examples=20, deadline=None)
def test_no_sequence_of_restarts_changes_the_alerts(tmp_path_factory, stream, restarts):
    def rung(stops):
        folder = tmp_path_factory.mktemp("run")
        (folder / "config.yaml").write_text(CONFIG)
        rules, clock = RuleSet(load(folder / "config.yaml", {}).rules), ticking()
        store = opened(folder)
        for number, (publisher, killed, edited) in enumerate(stream):
            if number in stops:
                store.close()
                store = opened(folder)
            url = f"https://{publisher[0].lower()}.example/{'edited' if edited else number}"
            ring(report(publisher, killed, url=url), Ringer(store, rules, clock))
        found = alerts(Ringer(store, rules, clock))
        store.close()
        return found

    assert rung(restarts) == rung(set())
