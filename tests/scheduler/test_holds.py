"""What is held is told once, with everything known by then, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import RuleSet
from scheduler.clock import release_held
from scheduler.config import load
from scheduler.database import StoreError
from scheduler.holds import Holds
from scheduler.ringing import Ringer, release, ring
from scheduler.rulings import Rulings
from tests.fakes import NOON
from tests.scheduler.test_pipeline import REPORTS, alerts, decisions, opened, report

CONFIG = """
channels: {desk: "console://"}
rules:
  - name: Held
    when: {region: North Caucasus, killed: ">= 5"}
    notify: desk
    hold: 2m
    tell_again: {killed: "+5"}
"""
WAIT = timedelta(minutes=2)


class Daemon:
    """Rings by one clock that is set by hand, and is started again on the same file where told to."""

    def __init__(self, folder):
        (folder / "config.yaml").write_text(CONFIG)
        self.folder, self.rules, self.now, self.woken = folder, RuleSet(load(folder / "config.yaml", {}).rules), NOON, 0
        self.ringer = Ringer(opened(folder), self.rules, lambda: self.now, self.wake)

    def wake(self):
        self.woken += 1

    def restart(self, rules=None):
        self.ringer.store.close()
        self.ringer = replace(self.ringer, store=opened(self.folder), rules=self.rules if rules is None else rules)

    def ring(self, *came, after=timedelta(seconds=20)):
        rung = 0
        for reading in came:
            self.now += after
            rung += ring(reading, self.ringer)
        return rung

    def release(self, after=WAIT):
        self.now += after
        return release(self.ringer)

    def holds(self):
        return list(self.ringer.store.db.query("select rule, since, due from holds"))


@pytest.fixture
def daemon(tmp_path):
    one = Daemon(tmp_path)
    yield one
    one.ringer.store.close()


def test_a_held_alert_rings_once_when_its_time_is_up_with_everything_known(daemon):
    came = [report("Example Wire", 5), report("Highland Post", 7), report("Daily Ledger", 7)]

    assert (daemon.ring(*came), daemon.release(), daemon.release()) == (0, 1, 0)
    assert alerts(daemon.ringer) == [("Held", "new", 7)]
    assert decisions(daemon.ringer)[-1][2].endswith("3 publishers: Example Group, Highland Post, Daily Ledger")
    assert [reason for _, reason, _ in decisions(daemon.ringer)] == ["held", "held", "held", "new"]


def test_a_held_alert_is_not_told_before_its_time(daemon):
    daemon.ring(report("Example Wire", 5))

    assert daemon.release(WAIT - timedelta(milliseconds=1)) == 0
    assert daemon.release(timedelta(milliseconds=1)) == 1


def test_the_wait_counts_from_the_first_report(daemon):
    daemon.ring(report("Example Wire", 5))
    daemon.ring(report("Highland Post", 6), after=WAIT - timedelta(seconds=1))

    assert daemon.release(timedelta(seconds=1)) == 1


def test_what_is_held_when_the_daemon_dies_is_told_by_the_next(daemon):
    daemon.ring(report("Example Wire", 5))
    daemon.restart()

    assert daemon.ring(report("Highland Post", 5)) == 0
    daemon.restart()
    assert daemon.release(timedelta(hours=9)) == 1
    daemon.restart()
    assert daemon.release() == 0
    assert alerts(daemon.ringer) == [("Held", "new", 5)]


@pytest.mark.parametrize(("kind", "method"), [(Holds, "end"), (Rulings, "keep")])
def test_a_crash_while_a_held_alert_is_told_neither_loses_nor_doubles_it(daemon, monkeypatch, kind, method):
    daemon.ring(report("Example Wire", 5))
    done = getattr(kind, method)

    def crash(*args):
        done(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(kind, method, crash)
        with pytest.raises(KeyboardInterrupt):
            daemon.release()
    daemon.restart()

    assert (alerts(daemon.ringer), daemon.release()) == ([], 1)


def test_an_alert_that_a_correction_overtakes_is_not_told_and_says_so(daemon):
    daemon.ring(*(report("Example Wire", killed, url="https://e.example/1") for killed in (11, 4)))

    assert daemon.release() == 0
    assert decisions(daemon.ringer)[-1][1:] == (
        "withdrawn",
        'held since 22 Nov 12:00:20 UTC, then killed: ">= 5" no longer holds: 4 killed, the rule wants >= 5',
    )
    assert daemon.holds() == []


def test_an_alert_that_was_withdrawn_is_told_when_the_rule_holds_again(daemon):
    daemon.ring(*(report("Example Wire", killed, url="https://e.example/1") for killed in (11, 4)))
    daemon.release()
    daemon.ring(report("Example Wire", 9, url="https://e.example/1"))

    assert daemon.release() == 1
    assert alerts(daemon.ringer) == [("Held", "new", 9)]


def test_a_told_alert_is_told_again_without_waiting(daemon):
    daemon.ring(report("Example Wire", 5))
    daemon.release()

    assert daemon.ring(report("Highland Post", 12)) == 1
    assert alerts(daemon.ringer)[1] == ("Held", "toll rose", 12)


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "switched off"])
def test_what_is_held_for_a_rule_that_is_no_more_is_dropped_and_says_so(daemon, gone):
    daemon.ring(report("Example Wire", 5))
    daemon.restart(RuleSet([] if gone else [replace(daemon.rules["Held"], enabled=False)]))

    assert (daemon.release(), daemon.holds()) == (0, [])
    assert decisions(daemon.ringer)[-1][2] == "the rule is no longer in config.yaml, or switched off"


def test_a_rule_that_holds_nothing_any_more_still_tells_what_it_held(daemon):
    daemon.ring(report("Example Wire", 5))
    daemon.restart(RuleSet([replace(daemon.rules["Held"], hold=None)]))

    assert (daemon.ring(report("Highland Post", 5)), daemon.release()) == (0, 1)


def test_one_story_that_cannot_be_told_keeps_back_no_other(daemon, monkeypatch):
    daemon.ring(report("Example Wire", 5))

    def poisoned(*_):
        raise RuntimeError("no such thing")

    with monkeypatch.context() as patched:
        patched.setattr(type(daemon.ringer.store), "story", poisoned)
        assert daemon.release() == 0
    assert [daemon.release(), daemon.release(timedelta(minutes=10))] == [0, 1]


def test_a_locked_database_leaves_held_what_is_held(daemon, monkeypatch):
    daemon.ring(report("Example Wire", 5))

    def refuse(*_):
        raise StoreError("t.db is locked by another program")

    daemon.now += WAIT
    with monkeypatch.context() as patched:
        patched.setattr(Rulings, "keep", refuse)
        release_held(daemon.ringer)
    assert (alerts(daemon.ringer), daemon.woken) == ([], 0)

    release_held(daemon.ringer)
    assert (alerts(daemon.ringer), daemon.woken) == ([("Held", "new", 5)], 1)


def test_two_stories_wait_each_for_itself(daemon):
    other = replace(
        report("Daily Ledger", 6),
        article=replace(
            report("Daily Ledger", 6).article,
            title="Бомба на рынке",
            text="Взрыв бомбы на рынке в Махачкале: погибли шесть человек, сообщила полиция.",
        ),
    )
    daemon.ring(report("Example Wire", 5))
    daemon.ring(other, after=timedelta(minutes=1))

    assert [daemon.release(timedelta(minutes=1)), daemon.release(timedelta(minutes=1))] == [1, 1]
    assert [killed for _, _, killed in alerts(daemon.ringer)] == [5, 6]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(REPORTS)), st.integers(1, 20)),
        st.sampled_from([timedelta(seconds=30), timedelta(minutes=2), timedelta(hours=1)]),
    ),
    max_size=8,
)


def lived(folder, steps, restarts):
    """Return what rang while reports came in and time passed, where the daemon was started again before some steps."""
    daemon = Daemon(folder)
    for number, step in enumerate(steps):
        if number in restarts:
            daemon.restart()
        if isinstance(step, timedelta):
            daemon.release(step)
        else:
            publisher, killed = step
            daemon.ring(report(publisher, killed, url=f"https://{publisher[0].lower()}.example/{number}"))
    daemon.release()
    found = [(row["rule"], row["reason"], row["killed"], row["created"]) for row in daemon.ringer.store.db.query(RANG)]
    assert daemon.holds() == []
    daemon.ringer.store.close()
    return found


RANG = "select rule, reason, killed, created from alerts order by id"


@given(STEPS, st.sets(st.integers(0, 7)))
@settings(max_examples=20, deadline=None)
def test_no_restart_changes_what_is_held_and_what_rings_when(tmp_path_factory, steps, restarts):
    with_restarts = lived(tmp_path_factory.mktemp("run"), steps, restarts)

    assert with_restarts == lived(tmp_path_factory.mktemp("run"), steps, set())
    assert [reason for _, reason, _, _ in with_restarts].count("new") <= 1
