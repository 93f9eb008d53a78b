"""What is silenced is held back for as long as asked, counted, and told at the end with who wanted it and why."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from scheduler.corrections import Corrections
from scheduler.gathered import Gathered
from scheduler.migrations import migrations
from scheduler.silences import Silences
from scheduler.store import open_store
from tests.fakes import NALCHIK, place, reading
from tests.scheduler.gathering import HOUR, LATE, MORNING, NIGHT, Daemon, event

ANY_TIME = """
  - name: Militancy
    when: {region: North Caucasus, killed: ">= 5"}
    notify: [desk, phone]
    tell_again: {killed: "+5"}
"""


@pytest.fixture
def daemon(tmp_path):
    made = []

    def start(*args, **own):
        made.append(Daemon(tmp_path, *args, **own))
        return made[0]

    yield start
    made[0].store.close()


def silence(daemon, scope="region", value="north-caucasus", hours=2, name="North Caucasus"):
    """Add a silence as another process does, beside the daemon."""
    beside = open_store(daemon.store.sql.path)
    until = daemon.now + hours * HOUR
    number = beside.rulings.silences.add(scope, (value, name), ("anna", "exercise"), daemon.now, until)
    beside.close()
    return number


def end(daemon, number, due=lambda _: None):
    beside = open_store(daemon.store.sql.path)
    row = beside.rulings.silences.end(number, daemon.now, due)
    beside.close()
    return row


@pytest.mark.parametrize(
    ("scope", "value"),
    [
        ("region", "north-caucasus"),
        ("region", "RU-KB"),
        ("rule", "Militancy"),
        ("group", "islamic-state"),
        ("group", "iskp"),
    ],
)
def test_a_silence_holds_alerts_back_and_what_it_held_is_told_when_it_is_over(daemon, scope, value):
    loud = daemon(ANY_TIME)
    silence(loud, scope, value)

    loud.ring(event(1, 7), event(2, 8))
    assert (loud.sent(), loud.states(), loud.release()) == ({}, ["gathered"] * 4, 0)
    assert loud.reasons()[:3] == ["new", "silenced", "silenced"]
    loud.release(LATE + 2 * HOUR)

    body = loud.bodies()[0]
    assert body.startswith("North Caucasus was silenced for 2 hours by anna: exercise (22 Nov 23:00 UTC to 23 Nov")
    title = "2 alerts held back while North Caucasus was silenced · most serious: 8 killed, Bridge2kala (RU)"
    assert loud.sent() == {"desk": [title], "phone": [title]}


@pytest.mark.parametrize(
    ("scope", "value"), [("region", "SY"), ("rule", "Night"), ("group", "al-qaeda"), ("story", "99")]
)
def test_a_silence_of_something_else_holds_nothing_back(daemon, scope, value):
    loud = daemon(ANY_TIME)
    silence(loud, scope, value)

    loud.ring(event(1, 7))

    assert loud.states() == ["owed"] * 2


def test_a_silenced_story_rings_no_more_and_the_others_do_even_when_it_was_merged(daemon):
    loud = daemon(ANY_TIME)
    loud.ring(event(1, 7), event(2, 8))
    silence(loud, "story", "1")
    Corrections(loud.store.sql).merge(2, [1], loud.now)
    loud.store.stories.settle()

    loud.restart()
    loud.ring(event(1, 70, url="https://e.example/1/7"), event(3, 7))

    assert loud.states() == ["owed"] * 4 + ["gathered"] * 2 + ["owed"] * 2


def test_one_alert_that_was_held_back_is_told_as_it_is_with_who_silenced_it(daemon):
    loud = daemon(ANY_TIME)
    silence(loud)
    loud.ring(event(1, 7))

    loud.release(LATE + 2 * HOUR)

    told = loud.store.outbox.owed(loud.now)[0].message
    assert told.title == "7 killed, Market1kala (RU) · 1 publisher"
    assert told.body.startswith("North Caucasus was silenced for 2 hours by anna: exercise")
    assert "Militancy: new" in told.body


def test_a_silence_that_is_ended_tells_at_once_and_says_how_long_it_was(daemon):
    loud = daemon(ANY_TIME)
    number = silence(loud)
    loud.ring(event(1, 7), event(2, 8))
    loud.now += timedelta(minutes=28)

    row = end(loud, number)

    assert (row["held"], row["name"], end(loud, number)) == (2, "North Caucasus", None)
    assert loud.release() == 2
    assert "was silenced for 30 minutes by anna" in loud.bodies()[0]
    loud.ring(event(3, 7))
    assert loud.states()[-2:] == ["owed", "owed"]


def test_a_silence_that_ends_in_quiet_hours_tells_when_they_end_but_what_is_urgent_at_once(daemon):
    night = daemon(NIGHT)
    number = silence(night)
    night.ring(event(1, 7), event(2, 60))
    due = night.store.sql.rows("select due from deliveries order by id")
    assert [row["due"][:16] for row in due] == ["2026-11-23T07:00", "2026-11-23T01:00"]

    end(night, number, lambda rule: MORNING if rule == "Night" else None)

    assert [night.release(), night.release(MORNING)] == [1, 1]
    assert sorted(title.split(",")[0] for title in night.sent()["phone"]) == ["60 killed", "7 killed"]


def test_a_digest_that_is_due_while_it_is_silenced_waits_for_the_end_of_that_too(daemon):
    night = daemon(NIGHT)
    night.ring(event(1, 7), event(2, 8))
    night.now = MORNING - HOUR
    silence(night)

    assert [night.release(MORNING), night.release(MORNING + HOUR)] == [0, 1]
    assert night.sent()["phone"][0].startswith("2 alerts held back while North Caucasus was silenced")
    assert night.reasons() == ["new", "quiet hours", "new", "quiet hours", "silenced", "silenced"]


def test_of_two_silences_the_last_to_end_tells(daemon):
    loud = daemon(ANY_TIME)
    silence(loud)
    loud.ring(event(1, 7), event(2, 8))
    silence(loud, "rule", "Militancy", hours=5, name="Militancy")

    assert [loud.release(LATE + 2 * HOUR), loud.release(loud.now + 4 * HOUR)] == [0, 2]
    assert loud.bodies()[0].startswith("Militancy was silenced for 5 hours")


def test_a_silence_whose_story_cannot_be_read_lets_its_alert_be_told(daemon, monkeypatch):
    night = daemon(NIGHT)
    night.ring(event(1, 7))
    silence(night, hours=20)

    def poisoned(*_):
        raise RuntimeError("no such thing")

    with monkeypatch.context() as patched:
        patched.setattr(type(night.store), "story", poisoned)
        assert night.release(MORNING) == 1


def test_a_silence_of_a_clock_that_was_ahead_holds_nothing_back(daemon):
    loud = daemon(ANY_TIME)
    loud.now += timedelta(days=400)
    silence(loud)
    loud.now -= timedelta(days=400)

    loud.ring(event(1, 7))

    assert loud.states() == ["owed"] * 2


@pytest.mark.parametrize("method", ["hush", "tell"])
def test_a_kill_while_silenced_alerts_are_told_neither_loses_nor_doubles_them(daemon, monkeypatch, method):
    night = daemon(NIGHT)
    night.ring(event(1, 7), event(2, 8))
    night.now = MORNING - HOUR
    silence(night)
    night.now = MORNING if method == "hush" else MORNING + 2 * HOUR

    night.killed(monkeypatch, Gathered, method, night.release)

    assert (night.states(), night.reasons().count("silenced")) == (["gathered"] * 2, 0)
    assert night.release() == (0 if method == "hush" else 1)
    night.release(MORNING + 2 * HOUR)
    assert sum(map(len, night.sent().values())) == 1


def test_every_event_of_a_roundup_is_told_in_a_line_of_its_own(daemon):
    loud = daemon(ANY_TIME)
    silence(loud, hours=1)
    passages = tuple(event(n, 5 + n, url="https://e.example/digest") for n in (1, 2))
    digest = reading("The week", "Two events.", url="https://e.example/digest", places=[place("KB", *NALCHIK)])

    assert loud.ring(replace(digest, passages=passages)) == 2
    loud.release(LATE + 2 * HOUR)

    assert loud.bodies()[0].count(" killed, ") == 2


STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), st.integers(5, 90)),
        st.sampled_from(["silence", "end", "restart"]),
        st.timedeltas(-HOUR, 12 * HOUR),
    ),
    max_size=8,
)


@given(STEPS)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_every_alert_is_told_to_each_channel_once(tmp_path_factory, steps):
    daemon = Daemon(
        tmp_path_factory.mktemp("run"), NIGHT + ANY_TIME.replace("tell_again", "limit: 1/h\n    tell_again")
    )
    for number, step in enumerate(steps):
        if step == "silence":
            silence(daemon, hours=3)
        elif step == "end":
            end(daemon, 1)
        elif step == "restart":
            daemon.restart()
        elif isinstance(step, timedelta):
            daemon.release(daemon.now + step)
        else:
            daemon.ring(event(step[0], step[1], url=f"https://e.example/{number}"))
    daemon.release(max(daemon.now, LATE) + timedelta(days=9))

    rows = daemon.store.sql.rows(
        "select d.state, d.digest_id, g.kind, (select count(*) from deliveries o where o.alert_id is null "
        "and o.digest_id = d.digest_id) as told from deliveries d left join digests g on g.id = d.digest_id "
        "where d.alert_id is not null"
    )
    assert {row["state"] for row in rows} <= {"owed", "digested"}
    assert all((row["state"] == "digested") == (row["told"] == 1) for row in rows)
    owed = daemon.store.sql.one(
        "select count(distinct alert_id || channel) as n, count(*) as m from deliveries where alert_id"
    )
    assert owed["n"] == owed["m"]
    daemon.store.close()


# the command


def listed(call, *args):
    return call("silence", *args, "--json")


def test_a_name_is_taken_for_a_rules_then_a_regions_then_a_groups(call):
    said = call("silence", "add", "north caucasus", "--for", "2h", "--because", "exercise", "--by", "anna")

    assert said.startswith("silence 1: rule North Caucasus is silenced until ")
    assert "there is a region of that name too, North Caucasus: --as region silences that" in said
    assert "region Dagestan [RU-DA]" in call("silence", "add", "Dagestan", "--for", "1d", "--because", "exercise")
    call("silence", "add", "IS", "--for", "1d", "--because", "exercise", "--as", "group")
    call("silence", "add", "--story", "1", "--for", "1d", "--because", "exercise")
    assert [(row["kind"], row["value"], row["author"]) for row in reversed(listed(call))] == [
        ("rule", "North Caucasus", "anna"),
        ("region", "RU-DA", getpass.getuser()),
        ("group", "islamic-state", getpass.getuser()),
        ("story", "1", getpass.getuser()),
    ]


def test_what_is_silenced_is_listed_until_it_is_ended(call):
    call(
        "silence",
        "add",
        "Syria",
        "--as",
        "region",
        "--for",
        "30m",
        "--because",
        "\u202eex\nercise",
        "--by",
        "a\x1b[31mnna",
    )

    shown = call("silence")
    assert "region Syria" in shown
    assert "ex ercise" in shown
    status = call("status")
    assert "by a[31mnna, because: ex ercise; 0 held back" in status
    assert not {"\u202e", "\x1b"} & {*shown, *status}
    assert call("silence", "end", "1") == "region Syria is silenced no more; it held nothing back\n"
    assert (listed(call), len(listed(call, "--all"))) == ([], 1)
    assert call("silence").startswith("nothing is silenced")
    assert "(over)" in call("silence", "--all")
    assert "Silenced" not in call("status")
    call("silence", "end", "1", code=1)


def test_ending_a_silence_says_how_much_is_told(call, folder):
    call("silence", "add", "Syria", "--for", "30m", "--because", "exercise")
    store = open_store(folder / "tocsin.db")
    with store.sql.writing():
        row = {
            "alert_id": 1,
            "channel": "desk",
            "state": "gathered",
            "key": "k",
            "attempts": 0,
            "silence_id": 1,
            "urgent": 0,
        }
        store.sql.insert_all("deliveries", [row])
    store.close()

    assert listed(call)[0]["held"] == 1
    (alert,) = listed(call, "1")["alerts"]
    assert (alert["rule"], alert["deliveries"]) == ("North Caucasus", "desk gathered")
    assert "North Caucasus: new — 11 killed, Kabardino-Balkaria (RU)" in call("silence", "1")
    call("silence", "2", code=1)
    assert call("silence", "end", "1").endswith("silenced no more; 1 alert that it held back is told\n")
    store = open_store(folder / "tocsin.db")
    assert store.sql.rows("select 1 from deliveries where state = 'gathered' and due is null") == []
    store.close()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["Xyzzyville", "--for", "2h", "--because", "x"], "there is no rule, region or armed group 'Xyzzyville'"),
        (["Dagestn", "--for", "2h", "--because", "x"], "did you mean Dagestan or"),
        (["Syri", "--for", "2h", "--because", "x", "--as", "rule"], "there is no rule 'Syri', did you mean Syria"),
        (["Syria", "--for", "2 hours", "--because", "x"], "did you mean 2h?"),
        (["Syria", "--for", "0s", "--because", "x"], "--for: this should be at least 1s"),
        (["Syria", "--for", "999999d", "--because", "x"], "--for: at most 366d"),
        (["Syria", "--for", "", "--because", "x"], "--for: this should be a time"),
        (["Syria", "--for", "2h"], "Missing option '--because'"),
        (["Syria", "--because", "x"], "Missing option '--for'"),
        (["Syria", "--for", "2h", "--because", " \x00"], "must not be empty"),
        (["Syria", "--for", "2h", "--because", "x", "--story", "1"], "name one thing"),
        (["--for", "2h", "--because", "x"], "name one thing"),
        (["--story", "99", "--for", "2h", "--because", "x"], "there is no story 99"),
        (["--story", "9" * 30, "--for", "2h", "--because", "x"], "range"),
        (["", "--for", "2h", "--because", "x"], "there is no rule, region or armed group ''"),
        (["я" * 9_000, "--for", "2h", "--because", "x"], "there is no rule, region or armed group"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(call, args, said):
    assert said in call("silence", "add", *args, code=2)
    assert listed(call) == []


def test_an_archive_of_before_silences_says_so_and_is_left_alone(call, folder):
    db = Database(folder / "old.db")
    migrations.apply(db, stop_before="m008_gathering")
    db.close()
    config = folder / "config.yaml"
    config.write_text(f"database: old.db\n{config.read_text()}")

    assert "was written by an older Tocsin" in call("silence", code=1)
    assert "was written by an older Tocsin" in call("silence", "add", "Syria", "--for", "2h", "--because", "x", code=1)
    assert Database(folder / "old.db").table("silences").exists() is False


def test_silences_are_in_force_until_their_time_and_not_a_moment_longer(tmp_path):
    store = open_store(tmp_path / "t.db")
    silences, now = Silences(store.sql), datetime(2026, 11, 22, tzinfo=UTC)
    silences.add("rule", ("R", "R"), ("anna", "x"), now, now + HOUR)

    moments = [timedelta(), HOUR - timedelta(milliseconds=1), HOUR]
    assert [len(silences.in_force(now + after)) for after in moments] == [1, 1, 0]
    store.close()
