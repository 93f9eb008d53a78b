"""What is gathered is told once and whole, in one message for each channel and reason, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.gathering import Kind, Route
from alerts.hours import Limit
from alerts.message import Alert, Message
from alerts.policy import Decision, Reason
from scheduler.clock import release_held
from scheduler.database import StoreError
from scheduler.gathered import Gathered
from scheduler.outbox import Outbox
from scheduler.rulings import Rulings
from tests.fakes import NOON
from tests.scheduler.gathering import HOUR, LATE, MORNING, NIGHT, Daemon, event

LIMITED = """
  - name: Limited
    when: {region: North Caucasus, killed: ">= 5"}
    notify: phone
    limit: 3/h
"""
GATHERING = """
  - {name: Daily, when: {region: North Caucasus}, notify: [desk, phone], digest: daily 08:00 UTC}
  - {name: Hourly, when: {killed: ">= 5"}, notify: desk, digest: hourly}
"""
MUTING = """
  - {name: Weak, when: {region: North Caucasus}, notify: [phone, desk], tell_again: {killed: "+1"}}
  - {name: Strong, when: {killed: ">= 10"}, notify: phone, severity: critical}
"""


@pytest.fixture
def daemon(tmp_path):
    made = []

    def start(*args, **own):
        made.append(Daemon(tmp_path, *args, **own))
        return made[0]

    yield start
    made[0].store.close()


def test_what_came_in_quiet_hours_is_told_in_one_digest_when_they_end(daemon):
    night = daemon()

    assert (night.ring(event(1, 7), event(2, 30), event(3, 6)), night.sent()) == (3, {})
    assert [night.release(MORNING - timedelta(seconds=1)), night.release(MORNING), night.release(MORNING)] == [0, 1, 0]
    title = "3 alerts while it was quiet, 22:00–07:00 · most serious: 30 killed, Bridge2kala (RU)"
    assert night.sent() == {"phone": [title]}
    assert (night.states(), night.woken) == (["digested"] * 3, 1)


def test_why_an_alert_waits_is_a_decision_beside_the_one_to_ring(daemon):
    night = daemon()
    night.ring(event(1, 7))

    first, second = night.store.sql.rows("select reason, explanation, alert_id from decisions order by id")
    assert (first["reason"], first["alert_id"], second["reason"], second["alert_id"]) == ("new", 1, "quiet hours", None)
    assert second["explanation"].startswith("phone: it is quiet, 22:00–07:00 UTC")
    assert night.store.told(night.store.story(1))["Night"].killed == 7


def test_a_digest_of_one_alert_is_that_alert(daemon):
    night = daemon()
    night.ring(event(1, 7))
    body = night.store.sql.one("select body from alerts")["body"]

    assert (night.release(MORNING), night.bodies()) == (1, [body])
    assert (night.sent(), night.states()) == ({"phone": ["7 killed, Market1kala (RU) · 1 publisher"]}, ["sent"])
    assert night.store.sql.rows("select * from digests") == []


def test_a_late_alert_that_no_service_takes_at_once_is_not_given_up(daemon):
    night = daemon()
    night.ring(event(1, 7))
    night.release(MORNING + timedelta(days=3))

    assert [one.created for one in night.store.outbox.owed(night.now)] == [night.now]


def test_what_is_excepted_rings_in_the_night_and_so_does_a_rise_to_it(daemon):
    night = daemon()

    night.ring(event(1, 60), event(2, 7), event(2, 55, url="https://e.example/2/7"))

    assert [title.split(",")[0] for title in night.sent()["phone"]] == ["60 killed", "Update: 55 killed"]
    assert night.states() == ["sent", "gathered", "sent"]


def test_a_rise_of_what_waits_waits_with_it_and_they_are_one_line(daemon):
    night = daemon()
    night.ring(event(1, 7), event(1, 13, url="https://e.example/1/7"), event(2, 6))

    night.release(MORNING)

    (body,) = night.bodies()
    assert night.reasons()[:4] == ["new", "quiet hours", "toll rose", "quiet hours"]
    assert "13 killed, Market1kala (RU)" in body
    assert "Night: toll rose, 22 Nov 23:02 UTC; 2 alerts since 22 Nov 23:01 UTC" in body
    assert body.count("https://") == 2


def test_what_was_corrected_away_while_it_waited_is_told_as_corrected(daemon):
    night = daemon()
    night.ring(event(1, 7), event(1, 2, url="https://e.example/1/7"), event(2, 6))

    night.release(MORNING)

    (body,) = night.bodies()
    assert "Corrected: 2 killed, Market1kala (RU) · 1 publisher\nNight: corrected" in body


def test_past_its_limit_a_rule_gathers_until_there_is_room(daemon):
    busy = daemon(LIMITED)

    busy.ring(*(event(n, 5 + n) for n in range(8)))

    assert busy.states() == ["owed"] * 3 + ["gathered"] * 5
    assert (len(busy.sent()["phone"]), busy.release()) == (3, 0)
    assert busy.release(LATE + HOUR + timedelta(minutes=1)) == 1
    assert busy.sent()["phone"][0].startswith("5 alerts past the limit of 3 in 1 hour · most serious: 12 killed")
    busy.ring(event(9, 9))
    assert busy.states()[-1] == "owed"


def test_a_channel_has_a_limit_of_its_own_over_all_rules(daemon):
    busy = daemon(
        NIGHT.replace("22:00-07:00", "01:00-02:00")
        + NIGHT.replace("22:00-07:00", "01:00-02:00").replace("Night", "Other")
    )
    busy.restart(channels={"phone": Limit(number=2, per=HOUR), "desk": None})

    busy.ring(event(1, 7), event(2, 7), after=timedelta(seconds=1))

    assert busy.states() == ["owed", "owed", "gathered", "gathered"]
    assert (
        "alerts of any rule as its limit allows, 2 in 1 hour"
        in busy.store.sql.rows("select explanation from decisions where reason = 'limit'")[0]["explanation"]
    )


def test_no_clock_that_was_ahead_fills_a_limit(daemon):
    busy = daemon(LIMITED)
    busy.ring(*(event(n, 9) for n in range(4)))
    busy.now -= timedelta(days=400)

    busy.ring(event(5, 9))

    assert busy.states() == ["owed"] * 3 + ["gathered", "owed"]


def test_what_a_clock_that_was_ahead_gathered_is_told_when_it_is_set_back(daemon):
    night = daemon()
    night.now += timedelta(days=400)
    night.ring(event(1, 7), event(2, 7))

    assert night.release(LATE + 2 * HOUR) == 1
    assert night.sent()["phone"][0].startswith("2 alerts")


def test_a_clock_that_goes_back_an_hour_in_the_night_tells_nothing_twice_and_nothing_early(daemon):
    night = daemon()
    night.ring(event(1, 7), event(2, 7))
    night.now -= HOUR

    assert [night.release(), night.release(MORNING), night.release(MORNING - HOUR), night.release(MORNING)] == [
        0,
        1,
        0,
        0,
    ]


def test_each_channel_and_each_kind_of_digest_gets_one_message(daemon):
    both = daemon(GATHERING)
    both.ring(event(1, 7), event(2, 8))

    both.release(LATE + HOUR)
    assert both.sent() == {"desk": ["2 alerts, hourly · most serious: 8 killed, Bridge2kala (RU)"]}
    both.release(MORNING + HOUR)
    daily = ["2 alerts, daily at 08:00 · most serious: 8 killed, Bridge2kala (RU)"]
    assert both.sent() == {"desk": daily, "phone": daily}


def test_a_critical_rule_mutes_the_weaker_ones_where_it_rang_and_while_it_says_all(daemon):
    loud = daemon(MUTING)

    loud.ring(event(1, 12), event(1, 14, url="https://e.example/1/12"))

    sent = loud.store.sql.rows("select l.rule, d.channel, d.state from deliveries d join alerts l on l.id = d.alert_id")
    assert [tuple(row.values()) for row in sent] == [
        ("Weak", "desk", "owed"), ("Weak", "phone", "muted"), ("Strong", "phone", "owed"),
        ("Weak", "phone", "owed"), ("Weak", "desk", "owed"),
    ]  # fmt: skip
    assert [one for one in loud.reasons() if one == "muted"] == ["muted"]


def test_what_was_gathered_for_a_rule_that_is_gone_or_by_hours_that_are_edited_is_told(daemon):
    night = daemon()
    night.ring(event(1, 7), event(2, 8))
    night.restart(NIGHT.replace("22:00-07:00", "22:00-11:00"))
    night.ring(event(3, 9))
    night.restart(LIMITED)

    night.release(MORNING)
    assert night.sent()["phone"][0].startswith("2 alerts while it was quiet")
    night.release(MORNING + 4 * HOUR)
    assert night.sent()["phone"] == ["9 killed, Barracks3kala (RU) · 1 publisher"]


@pytest.mark.parametrize("count", [1, 2])
def test_what_was_gathered_for_a_channel_that_is_gone_goes_to_the_system_channels(daemon, count):
    night = daemon()
    night.ring(*(event(n, 7) for n in range(count)))
    night.restart(channels={"desk": None})

    night.release(MORNING)

    assert night.bodies()[0].startswith("for the channel 'phone', which is no longer in config.yaml\n\n")
    assert list(night.sent()) == ["desk"]


def test_without_a_system_channel_it_stays_owed_where_it_was_to_go_and_is_not_lost(daemon):
    night = daemon()
    night.ring(event(1, 7), event(2, 7))
    night.restart(channels={"desk": None}, system=())

    night.release(MORNING)

    assert list(night.sent()) == ["phone"]


STEPS = [(1, Gathered, "let_go"), (4, Gathered, "digest"), (4, Gathered, "tell"), (4, Outbox, "owe")]


@pytest.mark.parametrize(("count", "owner", "method"), STEPS, ids=[method for _, _, method in STEPS])
def test_a_kill_while_a_digest_is_made_neither_loses_nor_doubles_it(daemon, monkeypatch, count, owner, method):
    night = daemon()
    night.ring(*(event(n, 7) for n in range(count)))
    night.now = MORNING

    night.killed(monkeypatch, owner, method, night.release)

    assert (night.sent(), night.states()) == ({}, ["gathered"] * count)
    assert [night.release(), night.release()] == [1, 0]
    assert sum(map(len, night.sent().values())) == 1
    assert night.store.sql.rows("pragma foreign_key_check") == []


@pytest.mark.parametrize(("owner", "method"), [(Gathered, "keep"), (Outbox, "owe"), (Rulings, "keep")])
def test_a_kill_while_an_alert_is_gathered_leaves_all_of_it_or_nothing(daemon, monkeypatch, owner, method):
    night = daemon()

    night.killed(monkeypatch, owner, method, lambda: night.ring(event(1, 7)))

    assert (night.states(), night.reasons()) == ([], [])
    assert night.ring(event(1, 7)) == 1
    assert night.states() == ["gathered"]


def test_one_digest_that_cannot_be_made_keeps_back_no_other_and_is_made_later(daemon, monkeypatch):
    both = daemon(GATHERING.replace("hourly", "daily 08:00 UTC"))
    both.ring(event(1, 7), event(2, 8))
    made = Gathered.digest

    def poisoned(self, kind, channel, message, now):
        if channel == "desk":
            raise ValueError("no such thing")
        return made(self, kind, channel, message, now)

    with monkeypatch.context() as patched:
        patched.setattr(Gathered, "digest", poisoned)
        assert both.release(MORNING + HOUR) == 1
    assert list(both.sent()) == ["phone"]
    assert [both.release(), both.release(MORNING + 2 * HOUR)] == [0, 1]
    assert both.sent()["desk"][0].startswith("4 alerts")


def test_a_locked_database_leaves_gathered_what_is_gathered(daemon, monkeypatch):
    night = daemon()
    night.ring(event(1, 7), event(2, 8))
    night.now = MORNING

    def refuse(*_):
        raise StoreError("t.db is locked by another program")

    with monkeypatch.context() as patched:
        patched.setattr(Gathered, "tell", refuse)
        release_held(night.ringer)
    assert (night.states(), night.sent()) == (["gathered"] * 2, {})
    release_held(night.ringer)
    assert night.states() == ["digested"] * 2


def test_a_flood_is_its_limit_and_one_digest(daemon):
    busy = daemon(LIMITED)
    busy.ring(event(1, 7))
    told = [f"{n} killed, Gao (ML) · 1 publisher" for n in range(2_000)]
    waits = Route(channel="phone", kind=Kind.LIMIT, explanation="phone: …", due=LATE + HOUR, terms="3 in 1 hour")
    rulings = []
    for n, title in enumerate(told):
        message = Message(title, "", "warning")
        alert = Alert(
            rule="Limited",
            reason=Reason.NEW,
            killed=n,
            injured=None,
            message=message,
            notify=("phone",),
            routes=(waits,),
        )
        rulings.append((Decision(rule="Limited", reason=Reason.NEW, explanation=""), alert))
    with busy.store.sql.writing():
        busy.store.rulings.keep(rulings, 1, 1, LATE)

    assert busy.release(LATE + HOUR) == 1
    flood = [one.message for one in busy.store.outbox.owed(busy.now)][-1]
    assert flood.title == "2,000 alerts past the limit of 3 in 1 hour · most serious: 1999 killed, Gao (ML)"


@pytest.mark.parametrize("rules", [NIGHT, LIMITED, MUTING], ids=["quiet", "limit", "muted"])
def test_no_look_at_what_was_sent_or_waits_goes_through_all_of_it(daemon, rules):
    busy, seen = daemon(rules), []
    busy.ring(event(1, 7))
    busy.store.db.conn.set_trace_callback(seen.append)
    busy.ring(event(1, 12), event(2, 60))
    busy.release(MORNING)
    busy.store.db.conn.set_trace_callback(None)

    looks = [sql for sql in seen if sql.lstrip().startswith("select") and "deliveries" in sql]
    plans = [row["detail"] for sql in looks for row in busy.store.sql.rows(f"explain query plan {sql}")]
    assert looks
    assert [step for step in plans if step.startswith("SCAN") and "subquery" not in step.lower()] == []


def test_events_of_these_tests_are_stories_of_their_own(daemon):
    day = daemon(LIMITED)
    day.now = NOON
    day.ring(*(event(n, 7) for n in range(12)))

    assert day.store.sql.one("select count(*) as n from stories")["n"] == 12
