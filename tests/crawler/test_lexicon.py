"""Laws of the lexicon: a language is one file, and a broken one says what is wrong with it."""

from __future__ import annotations

import pytest

from crawler.lexicon import LexiconError, load, parse

BROKEN = [
    ("- a list", "a map of sections is needed"),
    ("numbers: {one: [1", "lexicon xx.yaml"),
    ("numbers: {one: two}", "numbers: 'one': 'two'"),
    ("numbers: {true: 1}", "numbers: True is not a word; put it in quotes"),
    ("numbers: {one: true}", "numbers: 'one': True"),
    ("numbers: [one]", "numbers is not a map"),
    ("verbs: {kill: [kill]}", "unknown section 'verbs'"),
    ("tags: {no: [no]}", "is not a word; put it in quotes"),
    ("tags: {negation: [not, 12]}", "negation: 12 is not a word"),
    ("tags: {negation: ['not', '']}", "negation: '' is not a word"),
    ("tags: {negation: not}", "negation is not a list"),
    ("beside: [um]", "beside is not a map"),
    ("beside: {um: kam}", "beside is not a list"),
    ("beside: {um: [1]}", "beside: 1 is not a word"),
    ("endings: {plural: s}", "plural is not a list"),
]


@pytest.mark.parametrize(("source", "problem"), BROKEN)
def test_a_broken_lexicon_names_its_file_and_entry(source: str, problem: str) -> None:
    with pytest.raises(LexiconError, match=r"lexicon xx\.yaml") as error:
        parse("xx", source)
    assert problem in str(error.value)


@pytest.mark.parametrize("lang", ["xx", "", "en-GB", "../en", "EN", "e\x00n", "abbreviations"])
def test_a_language_without_a_file_has_no_lexicon(lang: str) -> None:
    assert load(lang) is None


def test_a_lexicon_is_read_once() -> None:
    assert load("en") is load("en")


def test_the_longest_phrase_comes_first_and_a_word_carries_all_its_tags() -> None:
    lexicon = parse("xx", "tags: {a: [shot, shot and killed, shot dead], b: [Shot]}\nnumbers: {one: 1}")
    assert [words for words, _ in lexicon.entries["shot"]] == [("shot", "and", "killed"), ("shot", "dead"), ("shot",)]
    assert lexicon.entries["shot"][-1][1] == {"a", "b"}
    assert lexicon.entries["one"] == ((("one",), frozenset({"number"})),)
