"""Laws of reading a toll by a language's grammar: spelling, cost, the shipped lexicons, and what no text can break."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import lexicon as package
from crawler.facts.toll import read_toll
from crawler.facts.toll_frames import EVENT_TAGS
from crawler.facts.toll_tokens import read_tokens
from crawler.facts.toll_trace import trace
from crawler.lexicon import LexiconError, load, parse
from crawler.lexicon.build import build, by_pattern
from tests.facts.reading import steps

HERE = Path(package.__file__).parent
CASES = Path(__file__).parent.parent / "cases" / "toll"
LANGUAGES = sorted(file.stem for file in HERE.glob("??.yaml") if load(file.stem) and load(file.stem).grammar)
BUILT = sorted(file.stem for file in (HERE / "source").glob("*.yaml"))
PUBLISHED = datetime(2024, 5, 14, tzinfo=UTC)
TINY = """
grammar: {thousands: " .", decimal: ",", apostrophe: prefix}
fold: {"٥": "5", ё: е}
prefixes: [ال, و]
suffixes: [in]
numbers: {cinq: 5, vingt: 20, deux: 2}
multipliers: {cent: 100, mille: 1000}
vague: {dizaines: 10}
tags: {dead: [جنود, asker, нёбо], number_ending: [ти], and: [و]}
"""
WRITTEN = [
    ("1 200", [1200]),
    ("1.200.300", [1200300]),
    ("2,5 mille", [2500]),
    ("deux cent cinq", [205]),
    ("mille vingt", [1020]),
    ("٥", [5]),
    ("15-ти", [15]),
    ("34-летний", []),
    ("5asker", [5]),
    ("9mm", []),
    ("12:30", []),
    ("$500", []),
    ("10–15", [10]),
    ("9" * 5000, []),
    ("dizaines", [10]),
]
STUCK = [("والجنود", "الجنود"), ("وجنود", "جنود"), ("askerin", "asker"), ("небо", "небо"), ("l'asker", "asker")]
UNSPACED = """
grammar: {blanks: false, names: false}
fold: {發: 发, 傷: 伤}
numbers: {三: 3, 二十: 20}
tags: {thing: [爆炸, 发], kill_act: [炸死], die: [死亡], hurt_int: [受伤], person: [人]}
"""
CUT = [
    ("爆炸死亡三人", ["爆炸", "死亡", "三", "人"]),  # the longest from the left, though 炸死 is a word too
    ("造成5人死亡12人受傷", ["造成", "5", "人", "死亡", "12", "人", "受伤"]),
    ("某某地爆炸", ["某某地", "爆炸"]),  # what nobody knows stays together
    ("人" * 5000, ["人"]),
    ("ABC死亡", ["abc", "死亡"]),
]
BROKEN = [
    ("grammar: {order: middle}", "order: 'middle' is none of before, after"),
    ("grammar: {word_order: svo}", "unknown entry 'word_order'"),
    ("grammar: {cases: maybe}", "cases: 'maybe' is not a bool"),
    ("grammar: [order]", "grammar is not a map"),
    ("fold: {ab: c}", "fold: 'ab': 'c' is not one sign"),
    ("fold: {a: 1}", "fold: 'a': 1 is not one sign"),
    ("prefixes: al", "prefixes is not a list"),
    ("words: {person: soldat}", "person is not a list"),
]


@pytest.mark.parametrize(("text", "values"), WRITTEN, ids=[text[:12] for text, _ in WRITTEN])
def test_a_number_is_read_as_the_language_writes_it(text: str, values: list[int]) -> None:
    units = read_tokens(text, parse("xx", TINY))
    assert [unit.low for unit in units if unit.low is not None] == values


@pytest.mark.parametrize(("text", "word"), STUCK)
def test_what_is_stuck_to_a_known_word_is_taken_off(text: str, word: str) -> None:
    units = read_tokens(text, parse("xx", TINY))
    known = [unit.text for unit in units if "dead" in unit.tags]
    assert known == ([word] if word in {"جنود", "asker", "небо"} else [])


@pytest.mark.parametrize(("text", "words"), CUT, ids=[text[:12] for text, _ in CUT])
def test_a_text_without_blanks_is_cut_into_the_longest_words_that_are_known(text: str, words: list[str]) -> None:
    read = [unit.text for unit in read_tokens(text, parse("xx", UNSPACED))]
    assert read[: len(words)] == words


@pytest.mark.parametrize(("source", "problem"), BROKEN)
def test_a_broken_grammar_says_what_is_wrong(source: str, problem: str) -> None:
    with pytest.raises(LexiconError, match=r"lexicon xx\.yaml") as error:
        parse("xx", source)
    assert problem in str(error.value)


@pytest.mark.parametrize("lang", BUILT)
def test_a_built_lexicon_is_what_its_source_gives(lang: str) -> None:
    if any(f"\n{section}:" in (HERE / "source" / f"{lang}.yaml").read_text("utf-8") for section in ("nouns", "verbs")):
        for name in ("pymorphy3", f"pymorphy3_dicts_{lang}"):
            if find_spec(name) is None:
                pytest.skip(f"{name} of the extra `lexicon` is not installed")
    assert build(lang) == (HERE / f"{lang}.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("inflected", "problem"),
    [({"x person": ["a"]}, "there is no pattern 'x'"), ({"s person": [1]}, "1 is not a word; put it in quotes")],
)
def test_a_broken_source_says_what_is_wrong(inflected: dict[str, list[str]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        list(by_pattern({"patterns": {"s": {"": "", "s": "people"}}, "inflected": inflected}))


def test_a_stem_is_put_before_every_ending_of_its_pattern() -> None:
    found = dict(
        by_pattern({"patterns": {"s": {"": "person", "s": "people"}}, "inflected": {"s security": ["soldat"]}})
    )
    assert found == {"soldat": {"person", "security"}, "soldats": {"people", "security"}}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shipped_lexicon_is_small(lang: str) -> None:
    assert (
        HERE / f"{lang}.yaml"
    ).stat().st_size <= 200_000  # loads in a tenth of a second, once in each worker that meets the language


def test_the_trace_says_what_counts_and_what_does_not() -> None:
    lines = list(trace("fr", ["Cinq personnes ont été tuées.", "", "L'an dernier, six soldats ont été tués."]))
    assert lines[0].startswith("killed 5, injured None")
    assert lines[1].endswith(": counted")
    assert lines[3].endswith("not counted: it tells of another time")
    assert list(trace("tlh", ["x"])) == ["there is no lexicon for 'tlh'"]


def salad(lang: str, seed: int, words: int) -> str:
    """Words of a lexicon in any order, with numbers and signs."""
    lexicon = load(lang)
    assert lexicon is not None
    pieces = [*sorted(lexicon.entries), "5", "12", "2015", "1 200", ",", ",", ";", "(", ")", ".", "–", "Ab", "'"]
    return " ".join(random.Random(seed).choices(pieces, k=words))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_words_in_any_order_give_figures_in_order(lang: str, seed: int) -> None:
    text = salad(lang, seed, 1500)
    toll = read_toll(text[:80], text, lang, PUBLISHED)
    for count in (toll.killed, toll.injured):
        assert count is None or (0 <= count.low <= count.high and count.quote in text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("piece", ["9", "a", "(", "' ", "5, ", "5 ", "\x00", "\u0301", "-a", "1 000 ", "\n", "٥"])
def test_a_hostile_text_is_read(lang: str, piece: str) -> None:
    toll = read_toll(piece * 20, piece * 20_000, lang, PUBLISHED)
    assert toll.disputed is None


@settings(max_examples=150, deadline=None)
@given(lang=st.sampled_from(LANGUAGES), title=st.text(max_size=60), text=st.text(max_size=300))
def test_no_text_breaks_the_reading(lang: str, title: str, text: str) -> None:
    toll = read_toll(title, text, lang, None)
    assert min(toll.civilians, toll.security, toll.militants) >= 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_work_grows_with_the_text_and_not_faster(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = salad(lang, 1, 6_000).split(" ")
    cost = steps((" ".join(words[:n]) for n in (1_500, 6_000)), lang, monkeypatch)
    assert cost[1] <= 6 * cost[0] + 1_000


def calls(text: str, lang: str) -> int:
    """The calls that reading a text makes, Python's own functions among them: its cost, whatever the machine."""
    made = 0

    def counting(*_: object) -> None:
        nonlocal made
        made += 1

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        read_toll("", text, lang, None)
    finally:
        sys.setprofile(before)
    return made


@cache
def ordinary(lang: str) -> str:
    """All cases of a language, as one text; its words have been read before."""
    rows = yaml.safe_load((CASES / f"{lang}.yaml").read_text("utf-8"))
    text = " ".join(row["text"] for row in rows)
    read_toll("", text, lang, None)
    return text


@cache
def telling(lang: str) -> tuple[str, ...]:
    """The words that the reading of a toll turns on."""
    lexicon = load(lang)
    assert lexicon is not None
    tags = EVENT_TAGS | {
        "including",
        "of_them",
        "conj",
        "of",
        "superseded",
        "not",
        "exist",
        "person",
        "more",
        "relative",
    }
    return ("5", "12", *sorted(word for tag in tags for word in lexicon.tags.get(tag, ())))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), lang=st.sampled_from(LANGUAGES))
def test_no_text_costs_ten_times_an_ordinary_one_of_its_length(data: st.DataObject, lang: str) -> None:
    words = data.draw(st.lists(st.sampled_from(telling(lang)), min_size=1, max_size=8))
    end = data.draw(st.sampled_from([" ", ", ", ". ", ".\n", " – ", " ("]))
    hostile = ((" ".join(words) + end) * 1500)[:1500]
    usual = ordinary(lang)
    assert calls(hostile, lang) / len(hostile) <= 10 * calls(usual[:6000], lang) / len(usual[:6000])
