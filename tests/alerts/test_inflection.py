"""A ~word finds the forms of the word in the languages that inflect, and no other words: tests/cases/inflection."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alerts import inflection
from alerts.conditions_words import term
from alerts.inflection import Inflections
from alerts.phrases import Phrasebook

CASES = [
    {"lang": path.stem, **case}
    for path in sorted((Path(__file__).parent.parent / "cases" / "inflection").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]


def held(word, text, lang):
    key = term(f"~{word}").key
    return Phrasebook([key]).scan(text, lang) == [key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']}-{case['word'].replace(' ', '-')}")
def test_a_word_finds_its_forms_and_no_others(case):
    assert [form for form in [case["word"], *case["finds"]] if not held(case["word"], form, case["lang"])] == []
    assert [form for form in case["misses"] if held(case["word"], form, case["lang"])] == []


@pytest.mark.parametrize("lang", ["ru", "uk", "tr"])
def test_enough_pairs_are_tried_in_each_language_that_is_promised(lang):
    cases = [case for case in CASES if case["lang"] == lang]

    assert sum(len(case["finds"]) for case in cases) >= 60
    assert sum(len(case["misses"]) for case in cases) >= 60


@pytest.mark.parametrize("lang", [None, "en", "be", "zz", ""])
def test_cyrillic_forms_are_found_whatever_the_language_is_taken_for(lang):
    assert held("боевик", "Двое боевиков бежали.", lang)


@pytest.mark.parametrize(("lang", "finds"), [("tr", True), ("es", False), (None, False), ("ru", False)])
def test_turkish_forms_are_found_in_turkish_articles_alone(lang, finds):
    assert held("bomba", "bombalarda", lang) is finds


@pytest.mark.parametrize("word", ["x" * 10_000, "爆発", "हमला", "12", "a_b", "Ѿ", "י", "mek", "tmak", "ı"])
@pytest.mark.parametrize("lang", ["tr", "ar", "hi", "ru", None])
def test_any_word_finds_itself(word, lang):
    assert held(word, f"({word})", lang)


def test_an_inflected_form_that_is_listed_finds_the_others():
    assert held("боевиками", "боевик", "ru")


def test_ten_thousand_words_are_looked_for_at_once():
    words = [f"слово{number}" for number in range(10_000)]
    listed = Inflections([*words, "боевик"])

    assert listed.find({"боевиков", "слово77", "дом"}, "ru") == {"боевиков": (10_000,), "слово77": (77,)}


def test_what_turkish_texts_hold_is_not_remembered_for_ever(monkeypatch):
    monkeypatch.setattr(inflection, "KEPT_WORDS", 2)
    listed = Inflections(["ev"])

    for text in ({"evde", "evler"}, {"okulda", "evin"}, {"evde"}):
        assert listed.find(text, "tr") == {word: (0,) for word in text if word.startswith("ev")}


def test_without_a_dictionary_a_word_still_finds_itself(monkeypatch):
    monkeypatch.setattr("pymorphy3.MorphAnalyzer", refused)

    assert [held("бойовик", text, "uk") for text in ("бойовик", "бойовиків")] == [True, False]


def refused(lang):
    raise ValueError(f"Can't find a dictionary for language {lang!r}.")
