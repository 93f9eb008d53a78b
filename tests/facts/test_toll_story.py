"""Laws of an article's order: its head tells its toll, a paragraph keeps its time, an old story tells no new death."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.facts.toll import read_toll
from crawler.facts.toll_context import Aside
from crawler.facts.toll_findings import read_findings
from crawler.lexicon import load

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
LEAD = "Four farmers were killed on Monday when gunmen raided a village.\n\nThe mayor asked for help.\n\n"
FILLER = "The road was closed.\n\n" * 12
RETOLD = [
    "Two jailed over ferry bombing",
    "Explainer: who are the River Men?",
    "Thousands at funeral of teacher",
    "Town remembers its dead",
]


def dead(title: str, text: str) -> int | None:
    killed = read_toll(title, text, "en", NOON).killed
    return killed.low if killed else None


def why(text: str) -> list[Aside | None]:
    lexicon = load("en")
    assert lexicon is not None
    return [f.aside for f in read_findings("", text, lexicon, date(2024, 5, 14)).found]


def test_a_larger_figure_first_told_far_down_is_another_events() -> None:
    text = LEAD + FILLER + "More than 3,000 people have been killed."
    assert dead("", text) == 4
    assert why(text)[-1] is Aside.FAR


def test_a_toll_that_rises_counts_wherever_it_is_told() -> None:
    assert dead("", LEAD + FILLER + "The death toll has since risen to nine.") == 9


def test_a_sentence_keeps_the_time_that_its_paragraph_has_gone_to() -> None:
    old = "In October 2005 gunmen attacked the barracks. In two days of fighting 90 people were killed."
    assert dead("", LEAD + old) == 4
    assert why(LEAD + old)[-1] is Aside.HISTORY


def test_the_next_paragraph_is_back_in_the_events_own_time() -> None:
    text = LEAD + "In 2005 gunmen attacked the barracks.\n\nTwo guards were killed as well."
    assert dead("", text) == 6


def test_a_day_of_this_week_ends_a_paragraphs_other_time() -> None:
    text = LEAD + "In 2005 gunmen attacked the barracks. On Monday they killed two guards as well."
    assert why(text)[-1] is None


@pytest.mark.parametrize("title", RETOLD)
def test_a_story_that_tells_old_deaths_again_has_no_toll(title: str) -> None:
    text = "The hall was full.\n\nThe bomb killed 40 people.\n\nTheir names were read.\n\nMost of them drowned."
    assert dead(title, text) is None


def test_a_death_in_the_headline_is_new_even_at_a_funeral() -> None:
    text = "The hall was full.\n\nNine mourners were killed by a shell.\n\nThe road was closed."
    assert dead("Nine killed at funeral", text) == 9


def test_a_note_of_one_paragraph_is_read_from_its_beginning_to_its_end() -> None:
    text = "The road was closed. " * 14 + "Six men were killed."
    assert dead("", text) == 6
