"""Laws of the toll as a whole: totals and their parts, remembered deaths, deaths of things, who holds which side."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.facts.toll import Count, Toll, read_toll

PUBLISHED = datetime(2015, 11, 22, 12, tzinfo=UTC)

TOTALS = [
    ("The number of rebels killed in the raid has risen to nine after four more bodies were found.", 9),
    ("The number of people killed in the floods reached 40 on Friday, when five more died in hospital.", 40),
    ("The death toll rose to 12 after two more bodies were pulled from the lake where six men had been killed.", 12),
    ("Three men were shot dead in the yard and two in the lane, bringing the death toll to five.", 5),
]
REMEMBERED = [
    ("Town falls silent for the 40 dead of the ferry bombing", "Last year 40 people were killed on the ferry."),
    ("The 12 killed at the well", "A ceremony marked ten years since the raid in which 12 people were killed."),
]
NO_DEATH = [
    "Their last chance died when the keeper caught the ball.",
    "The captain killed off the game with a second goal.",
    "Hopes of a deal died when the talks broke up.",
    "The minister killed off the proposal.",
]
A_DEATH = [
    ("The captain died when the lorry turned over.", 1),
    ("The gang killed off three policemen.", 3),
    ("Five passengers died when the engine caught fire.", 5),
]
HOSTILE = [
    "",
    " \n\t ",
    "9" * 100_000,
    "killed " * 20_000 + "five men",
    "a" * 1_000_000,
    "\x00\x01\x1b five \x7f killed \u202e dead",
    "(" * 5_000 + "five men were killed" + ")" * 5_000,
    "the number of " * 10_000 + "killed has risen to 5",
    "of whom " * 10_000 + "five were killed",
]
VOCABULARY = (
    "the number of killed off died dead bodies toll rose to five 400 men rebels chance , ; ( ) . of whom were was and "
    "injured after at first put no not last year a 12 dozen militants soldiers who"
)
WORDS = st.sampled_from(sorted(set(VOCABULARY.split())))


def dead(text: str, title: str = "") -> int | None:
    """Return the lowest figure of the killed, `None` where nothing is claimed."""
    killed = read_toll(title, text, "en", PUBLISHED).killed
    return killed.low if killed else None


@pytest.mark.parametrize(("text", "killed"), TOTALS)
def test_a_total_includes_every_other_figure_of_its_sentence(text: str, killed: int) -> None:
    assert dead(text) == killed
    assert dead(text, f"{killed} now dead") == killed


def test_a_total_of_a_kind_of_people_is_of_their_side() -> None:
    toll = read_toll("", TOTALS[0][0], "en", PUBLISHED)
    assert (toll.militants, toll.security, toll.civilians) == (9, 0, 0)


def test_a_number_of_the_wounded_is_a_total_of_the_injured() -> None:
    toll = read_toll("", "The number of soldiers wounded has climbed to 14.", "en", PUBLISHED)
    assert toll.killed is None
    assert toll.injured is not None
    assert toll.injured.low == 14


@pytest.mark.parametrize(("title", "text"), REMEMBERED)
def test_a_titles_figure_that_the_body_only_remembers_counts_nobody(title: str, text: str) -> None:
    assert dead(text, title) is None


def test_a_titles_figure_counts_where_the_body_tells_of_new_deaths_too() -> None:
    text = "Two nurses were killed on Sunday. Two people were killed there last year."
    assert dead(text, "Two killed in clinic") == 2


@pytest.mark.parametrize("text", NO_DEATH)
def test_the_end_of_a_thing_is_nobodys_death(text: str) -> None:
    assert read_toll("", text, "en", PUBLISHED) == Toll()


@pytest.mark.parametrize(("text", "killed"), A_DEATH)
def test_the_same_words_count_where_people_die(text: str, killed: int) -> None:
    assert dead(text) == killed


def test_an_older_figure_of_the_same_voice_is_no_dispute() -> None:
    toll = read_toll(
        "", "Nine men were killed. Officials had at first put the number of dead at five.", "en", PUBLISHED
    )
    assert toll.disputed is None
    assert toll.killed is not None
    assert (toll.killed.low, toll.killed.high) == (9, 9)


def test_a_text_without_a_known_language_claims_nothing() -> None:
    assert read_toll("Five killed", "Five men were killed.", None, PUBLISHED) == Toll()
    assert read_toll("Five killed", "Five men were killed.", "tlh", PUBLISHED) == Toll()


def in_order(count: Count | None, source: str) -> bool:
    """Say whether a figure's bounds are in order and its quote stands in the source."""
    return count is None or (0 <= count.low <= count.high and count.quote in source)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_gives_a_toll_in_order(text: str) -> None:
    toll = read_toll(text[:500], text, "en", PUBLISHED)
    assert in_order(toll.killed, text)
    assert in_order(toll.injured, text)


@settings(max_examples=150, deadline=None)
@given(title=st.text(max_size=60), words=st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=60))
@example(title="", words=["number", "of"])
def test_no_words_in_any_order_make_the_reader_fail(title: str, words: list[str]) -> None:
    text = " ".join(words)
    toll = read_toll(title, text, "en", None)
    assert in_order(toll.killed, f"{title}\n{text}")
    assert in_order(toll.injured, f"{title}\n{text}")
