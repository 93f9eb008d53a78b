"""A digest tells every alert in it, the newest story first, in a message that no flood makes endless."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest import LINES, Entry, Hush, compose_digest
from alerts.gathering import Kind
from alerts.policy import Reason
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)


def entry(number=1, **own):
    given_ = {
        "alert": number,
        "rule": "Militancy",
        "story": str(number),
        "reason": Reason.NEW,
        "severity": "warning",
        "title": f"{number} killed, Gao (ML) · 2 publishers",
        "url": f"https://wire.example/{number}",
        "at": NOON + number * MINUTE,
        "killed": number,
        "terms": "22:00–07:00",
    }
    return Entry(**given_ | own)


def digest(*entries, kind=Kind.QUIET, **own):
    return compose_digest(kind, entries, **own)


def test_the_title_says_how_many_why_they_waited_and_the_most_serious():
    found = digest(entry(1), entry(30), entry(3))

    assert found.title == "3 alerts while it was quiet, 22:00–07:00 · most serious: 30 killed, Gao (ML)"


@pytest.mark.parametrize(
    ("kind", "terms", "said"),
    [
        (Kind.QUIET, ["22:00–07:00", "23:00–06:00"], "2 alerts while it was quiet"),
        (Kind.LIMIT, ["10 in 1 hour"] * 2, "2 alerts past the limit of 10 in 1 hour"),
        (Kind.LIMIT, ["10 in 1 hour", "5 in 1 day"], "2 alerts past the limit"),
        (Kind.DIGEST, ["daily at 08:00"] * 2, "2 alerts, daily at 08:00"),
        (Kind.DIGEST, ["daily at 08:00", "hourly"], "2 alerts gathered"),
    ],
)
def test_the_title_names_hours_and_limits_where_all_waited_for_the_same(kind, terms, said):
    entries = [entry(n + 1, terms=one) for n, one in enumerate(terms)]

    assert digest(*entries, kind=kind).title.split(" · ")[0] == said


def test_several_alerts_of_a_story_are_one_line_with_what_it_came_to():
    rose = entry(2, story="1", reason=Reason.TOLL_ROSE, title="Update: 12 killed, Gao (ML) · 3 publishers", rule="Mali")

    body = digest(entry(1), rose).body

    assert body == (
        "12 killed, Gao (ML) · 3 publishers\n"
        "Mali, Militancy: toll rose, 22 Nov 12:02 UTC; 2 alerts since 22 Nov 12:01 UTC\n"
        "https://wire.example/2"
    )


def test_an_update_of_what_was_told_before_stays_one():
    rose = [entry(n, story="1", reason=Reason.TOLL_ROSE, title=f"Update: {n} killed") for n in (1, 2)]

    assert digest(*rose).body.startswith("Update: 2 killed\n")


def test_a_story_that_was_corrected_away_says_so_and_is_not_the_most_serious():
    gone = entry(90, story="9", reason=Reason.CORRECTED, title="Corrected: 2 killed, Gao (ML)", severity="critical")

    found = digest(entry(50, story="9"), gone, entry(3, title="3 killed, Kidal (ML)"))

    assert found.body.startswith("Corrected: 2 killed, Gao (ML)\nMilitancy: corrected")
    assert found.title.endswith("most serious: 3 killed, Kidal (ML)")
    assert digest(gone, replace(gone, alert=91, story="10")).title.endswith(
        "most serious: Corrected: 2 killed, Gao (ML)"
    )


def test_the_story_that_was_told_of_last_comes_first():
    lines = digest(entry(1), entry(3), entry(2), entry(4, story="1")).body.split("\n\n")

    assert [line.split(" killed")[0] for line in lines] == ["4", "3", "2"]


@pytest.mark.parametrize("more", ["info", "critical"])
def test_a_digest_is_as_severe_as_the_most_severe_in_it(more):
    assert digest(entry(1), entry(2, severity=more)).severity == ("critical" if more == "critical" else "warning")


def test_a_flood_is_told_in_fifty_stories_and_a_number():
    found = digest(*(entry(n) for n in range(1, 10_001)), kind=Kind.LIMIT)

    assert found.title.startswith("10,000 alerts past the limit")
    assert found.body.count("https://") == LINES
    assert found.body.endswith("\n\n… and 9,950 more: 'tocsin alerts' lists all of them")
    assert len(found.body) < 8_000


def test_what_a_silence_held_back_says_who_silenced_it_why_and_how_long():
    hush = Hush(name="North Caucasus", author="anna", because="exercise", begun=NOON, ended=NOON + 2 * 60 * MINUTE)

    found = digest(entry(1), entry(2), kind=Kind.SILENCE, hush=hush)

    assert found.title.startswith("2 alerts held back while North Caucasus was silenced · most serious")
    assert found.body.startswith(
        "North Caucasus was silenced for 2 hours by anna: exercise (22 Nov 12:00 UTC to 22 Nov 14:00 UTC)\n\n2 killed"
    )


def test_many_rules_of_one_story_are_counted():
    entries = [entry(n, story="1", rule=f"Rule {n}") for n in range(1, 7)]

    assert "\nRule 6, Rule 5, Rule 4 and 3 more: new" in digest(*entries).body


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 99), st.text(max_size=20)), min_size=2, max_size=120))
def test_every_story_has_its_line_whatever_its_words(found):
    entries = [
        entry(
            number,
            story=str(story),
            at=NOON + at * MINUTE,
            title=title,
            rule=title or "R",
            url=f"https://e.example/{story}",
        )
        for number, (story, at, title) in enumerate(found)
    ]
    told = digest(*entries, note="for the channel 'x'")

    assert {f"https://e.example/{story}" for story, _, _ in found} == {
        line for line in told.body.splitlines() if line.startswith("https://e.example/")
    }
    assert told.title.startswith(f"{len(found)} alerts ")
    assert told.body.startswith("for the channel 'x'\n\n")
    assert "\n" not in told.title
