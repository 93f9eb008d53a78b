"""Whoever asks why is told each figure that was met, and what it did to the toll."""

from datetime import UTC, datetime

import pytest

from crawler.facts.toll import read_toll
from crawler.facts.toll_steps import MOST, read_steps

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = (
    "Two militants were killed in the first clash near Chegem on Sunday. The number of militants killed has "
    "risen to eleven, the committee said. All eleven were known to the police. A gang leader was killed in the same "
    "district on 10 November. "
    "Three officers were wounded. The group had threatened to kill fifty villagers."
)


def test_each_figure_says_what_it_did_to_the_toll():
    told = [(step.low, step.what, step.verdict) for step in read_steps("", TEXT, "en", NOON)]

    assert told == [
        (2, "killed", "killed 2"),
        (11, "killed", "killed 2 → 11"),
        (1, "killed", "set aside: it names another day"),
        (3, "injured", "injured 3"),
        (50, "killed", "set aside: it did not happen"),
    ]


def test_the_last_step_leaves_the_toll_that_is_read():
    steps, toll = read_steps("", TEXT, "en", NOON), read_toll("", TEXT, "en", NOON)

    assert {what: [s.after for s in steps if s.what == what][-1] for what in ("killed", "injured")} == {
        "killed": toll.killed.low,
        "injured": toll.injured.low,
    }


@pytest.mark.parametrize("lang", [None, "xx", "../en", ""])
def test_of_a_language_without_a_lexicon_nothing_is_told(lang):
    assert read_steps("", TEXT, lang, NOON) == ()


def test_a_list_of_a_thousand_deaths_is_not_told_to_its_end():
    assert len(read_steps("", " ".join(f"{n} men were shot dead in Gao." for n in range(2, 1000)), "en", NOON)) == MOST
