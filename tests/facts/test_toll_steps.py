"""Laws of each step from a sentence to a toll: numbers, dates, noun phrases, claims, and why one is set aside."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.facts.toll import Toll, read_toll
from crawler.facts.toll_clauses import phrase
from crawler.facts.toll_context import Aside
from crawler.facts.toll_dates import Named, mark_dates
from crawler.facts.toll_findings import read_findings
from crawler.facts.toll_words import Unit, read_units
from crawler.lexicon import Lexicon, load
from tests.facts.reading import steps

NUMBERS = [
    ("Twenty-one men", 21, 21),
    ("two hundred and five men", 205, 205),
    ("1,250 people", 1250, 1250),
    ("three thousand two hundred men", 3200, 3200),
    ("2.5 million people", 2_500_000, 2_500_000),
    ("half a dozen men", 6, 6),
    ("two dozen men", 24, 24),
    ("dozens of men", 12, 12),
    ("10-15 men", 10, 15),
    ("10 to 15 men", 10, 15),
    ("between ten and fifteen men", 10, 15),
]
NO_NUMBERS = ["$500", "45%", "9-mm", "7:30", "16/01", "3rd", "M-19", "1.2.3", "34-year-old", "1" * 5000]
GROUPS = [
    ("at least five soldiers", "soldiers", 5),
    ("a senior police officer", "officer", 1),
    ("another two guards", "guards", 2),
    ("a family of five", "", 5),
    ("three police vehicles", "vehicles", 3),
    ("a 12 year old girl", "girl", 1),
    ("one of the attackers", "attackers", 1),
    ("no civilians", "civilians", 0),
    ("the soldiers", "soldiers", None),
]
ASIDES = [
    ("A man was killed on Nov. 10, 2015.", Aside.OTHER_DAY),
    ("Ten people were killed last year.", Aside.HISTORY),
    ("The bomb could have killed ten people.", Aside.HYPOTHETICAL),
    ("He was convicted of killing two guards.", Aside.BACKGROUND),
    ("Students protested against the killing of two girls.", Aside.PROTEST),
    ("Ten people are feared dead.", Aside.FEARED),
    ("Ten people were killed on Nov. 22.", None),
    ("Ten people were killed.", None),
]
EVENT_DAY = date(2015, 11, 22)
HOSTILE = [
    "9" * 100_000,
    "killed " * 20_000,
    "five, " * 20_000 + "killed",
    "(" * 50_000 + " five killed",
    "and " * 30_000 + "were killed",
    "a man who said " * 10_000 + "was killed",
    "of whom two of them " * 5_000 + "died",
    "\x00\x1b[31m five\u202e killed \ufeff" * 3_000,
    "two hundred thousand " * 10_000 + "killed",
    "including five " * 10_000 + "killed",
    "to death " * 10_000,
]


def english() -> Lexicon:
    lexicon = load("en")
    assert lexicon is not None
    return lexicon


def units(text: str) -> list[Unit]:
    return read_units(text, english())


@pytest.mark.parametrize(("text", "low", "high"), NUMBERS)
def test_a_number_is_read_however_it_is_written(text: str, low: int, high: int) -> None:
    assert [(u.low, u.high) for u in units(text) if u.low is not None] == [(low, high)]


@pytest.mark.parametrize("text", NO_NUMBERS, ids=[text[:10] for text in NO_NUMBERS])
def test_what_counts_nobody_is_no_number(text: str) -> None:
    assert [u.low for u in units(text) if u.low is not None] == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("on 22 November 2015", Named(2, 2015, 11, 22)),
        ("on Nov. 22, 2015", Named(1, 2015, 11, 22)),
        ("on March 3rd", Named(1, None, 3, 3)),
        ("in November", Named(1, None, 11, None)),
        ("in 2010", Named(1, 2010, None, None)),
    ],
)
def test_a_date_is_marked_and_its_numbers_are_nobodys(text: str, named: Named) -> None:
    marked, dates = mark_dates(units(text), english())
    assert [(d.year, d.month, d.day) for d in dates] == [(named.year, named.month, named.day)]
    assert all(u.low is None for u in marked)


def test_a_month_that_is_a_word_is_a_date_only_beside_a_number() -> None:
    assert mark_dates(units("May they rest. The March went on."), english())[1] == []


@pytest.mark.parametrize(("text", "head", "low"), GROUPS)
def test_a_noun_phrase_has_its_number_and_its_head(text: str, head: str, low: int | None) -> None:
    (group,) = phrase(units(text)).groups
    assert (group.head, group.low) == (head, low)


def test_a_passive_verb_takes_its_subject_and_an_active_one_its_object() -> None:
    found = read_findings("", "Six rebels killed two guards. Three rebels were killed by two guards.", english(), None)
    assert [f.claim.low for f in found.found] == [2, 3]


@pytest.mark.parametrize(("text", "why"), ASIDES)
def test_a_claim_of_another_event_says_why_it_does_not_count(text: str, why: Aside | None) -> None:
    found = read_findings("", "Troops came to the town. It was quiet. " + text, english(), EVENT_DAY).found
    assert [f.aside for f in found] == [why]
    assert found[0].quote == text


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_a_hostile_text_is_read_to_an_ordinary_toll(text: str) -> None:
    toll = read_toll(text[:5000], text, "en", datetime(2015, 11, 22, tzinfo=UTC))
    assert isinstance(toll, Toll)


WORDS = sorted(english().entries)


@st.composite
def word_salads(draw: st.DrawFn) -> str:
    """Words of the lexicon, numbers and signs in any order: more likely to reach odd corners than plain text."""
    pieces = st.sampled_from(WORDS) | st.sampled_from(
        [",", ".", "(", ")", ";", "and", "were", "Nov.", "2015", "31", "-", "’s", "\n"]
    )
    return " ".join(draw(st.lists(pieces | st.text(max_size=4), max_size=40)))


@settings(max_examples=400, deadline=None)
@given(
    title=st.text(max_size=20) | word_salads(),
    text=word_salads() | st.text(max_size=100),
    day=st.none() | st.datetimes(timezones=st.just(UTC)),
)
@example(title="", text="killed", day=datetime(1, 1, 1, tzinfo=UTC))
@example(title="", text="31 killed on Feb. 31, 9999", day=datetime(9999, 12, 31, tzinfo=UTC))
def test_no_text_makes_the_reader_fail_or_disorder_its_figures(title: str, text: str, day: datetime | None) -> None:
    toll = read_toll(title, text, "en", day)
    for count in (toll.killed, toll.injured):
        assert count is None or 0 <= count.low <= count.high


@pytest.mark.parametrize("seed", range(5))
def test_the_work_grows_with_the_text_and_not_faster(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the units looked at by `Phrase.tagged`, the reader's innermost step, over texts of n and of 4n words."""
    words = random.Random(seed).choices([*WORDS, "five", "were", "killed", ",", "and", "who", "of"], k=8_000)
    cost = steps((" ".join(words[:n]) for n in (2_000, 8_000)), "en", monkeypatch)
    assert cost[1] <= 6 * cost[0] + 1_000
