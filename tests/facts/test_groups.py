"""Laws of read_groups: an alias counts with its cue, the longest wins, a denial is noticed, and no text breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.groups import Group, read_groups
from tests.facts.reading import cases

CASES = Path(__file__).parent.parent / "cases" / "groups"


def read(case: dict[str, Any]) -> tuple[Group, ...]:
    return read_groups(case.get("title", ""), case["text"], case.get("lang", "en"))


def test_groups_are_found_and_none_made_up_as_often_as_promised() -> None:
    rows = [param.values[0] for param in cases(CASES)]
    right = wrong = missed = 0
    for case in rows:
        found, meant = {group.id for group in read(case)}, set(case["groups"])
        right, wrong, missed = right + len(found & meant), wrong + len(found - meant), missed + len(meant - found)
    assert len(rows) >= 200
    assert right / (right + missed) >= 0.95
    assert right / (right + wrong) >= 0.98


@pytest.mark.parametrize("lang", ["en", "ru", "uk", "ar", "tr", "fr", "es"])
def test_every_language_has_its_sentences(lang: str) -> None:
    rows = [param.values[0] for param in cases(CASES)]
    own = [case for case in rows if case.get("lang", "en") == lang]
    assert len(own) >= 30
    assert any(case.get("denied") for case in own)
    assert any(not case["groups"] for case in own)


@pytest.mark.parametrize("case", cases(CASES))
def test_a_group_is_named_only_where_it_is_meant(case: dict[str, Any]) -> None:
    found = read(case)
    assert {group.id for group in found} == set(case["groups"])
    assert {group.id for group in found if group.denied} == set(case.get("denied", ()))
    assert set(case.get("actor", ())) <= {group.id for group in found if group.role == "actor"}


@pytest.mark.parametrize("case", cases(CASES))
def test_a_group_is_quoted_from_the_article(case: dict[str, Any]) -> None:
    title, text = case.get("title", ""), case["text"]
    for group in read(case):
        assert group.surface in title or group.surface in text
        assert group.quote == title or group.quote in text


def test_a_branch_carries_its_parents() -> None:
    (group,) = read_groups("", "ISIS-K killed four people.", "en")
    assert group.lineage == ("iskp", "islamic-state")


def test_a_group_is_told_once_in_its_best_role_with_the_first_sentence_of_it() -> None:
    text = "Hamas is a movement. Hamas killed two men. Hamas killed three more."
    (group,) = read_groups("", text, "en")
    assert (group.role, group.quote) == ("actor", "Hamas killed two men.")


def test_a_sentence_of_another_language_that_tells_of_no_event_only_mentions() -> None:
    (group,) = read_groups("", "Переговоры с ХАМАСом начались в Каире.", "ru")
    assert group.role == "mentioned"


def test_the_denied_claim_shows_the_sentence_that_denies_it() -> None:
    text = "ISIS gunmen were killed, police said. Locals denied that the dead were linked to ISIS."
    (group,) = read_groups("", text, "en")
    assert group.denied
    assert group.quote == "Locals denied that the dead were linked to ISIS."


def test_a_line_of_capitals_says_nothing_of_its_own() -> None:
    assert read_groups("", "THE FIGHT IS ON\n\nJihadist groups and militants were not there, he said.", "en") == ()


@pytest.mark.parametrize(
    "text",
    ["", "IS " * 5000, "\x00ISIS\x00", "ISIS" * 20_000, "\ud800ISIS", "denied ISIS affiliated " * 2000, "«" * 5000],
)
def test_no_hostile_text_breaks_the_reader(text: str) -> None:
    for group in read_groups("", text, None):
        assert group.surface in text


words = st.sampled_from(
    [
        "IS",
        "is",
        "ISIS",
        "militants",
        "denied",
        "linked",
        "Wagner",
        "M23",
        "ETA",
        "Taliban",
        ".",
        "\n",
        "Iraq",
        "«",
        "-",
        "ЭТА",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(words, max_size=50).map(" ".join)))
def test_any_text_at_all_is_read(text: str) -> None:
    for group in read_groups(text[:30], text, None):
        assert group.lineage[0] == group.id
