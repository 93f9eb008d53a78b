"""Words and phrases are found where they stand, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.expressions import check
from alerts.phrases import KEPT_TEXTS, Phrasebook, fold, hit, phrase


def found(text, *written):
    book = Phrasebook(phrase(one) for one in written)
    return {one for one in written if phrase(one) in book.scan(text)}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Opened  Fire", "opened fire"),
        ("al-Qa’ida", "al qa'ida"),
        ("BOMB*", "bomb*"),
        ("suicide bomb*", "suicide bomb*"),
        ("Straße", "strasse"),
        ("Ёлка", "елка"),
        ("мой", "мой"),
        ("İstanbul", "istanbul"),
        ("إرهاب", "ارهاب"),
        ("ﬁre", "fire"),
        ("C++", "c++"),
        ("हिंदी", "हिंदी"),
    ],
)
def test_a_phrase_is_known_by_what_is_compared(written, key):
    assert phrase(written) == key


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "there is no letter or digit to look for"),
        ("…!", "there is no letter or digit to look for"),
        ("*", "there is no letter or digit to look for"),
        ("*bomb", "a * can only stand at the end of the last word"),
        ("bo*mb*", "a * can only stand at the end of the last word"),
        ("bomb**", "a * can only stand at the end of the last word"),
        ("bomb *", "a * must follow a letter or digit"),
    ],
)
def test_a_phrase_that_finds_nothing_is_refused(written, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        phrase(written)


def test_phrases_that_overlap_are_all_found():
    assert found("a car bomb attack", "car", "car bomb", "bomb attack", "bomb", "bomb*", "attack", "om", "car b") == {
        "car", "car bomb", "bomb attack", "bomb", "bomb*", "attack",
    }  # fmt: skip


def test_a_word_and_the_same_as_a_prefix_are_two():
    assert found("bombers", "bomb", "bomb*") == {"bomb*"}


def test_the_first_place_where_a_phrase_stands_whole_is_its_evidence():
    text = "Partying. The art was lost. Art again."
    span = Phrasebook(["art"]).scan(text)["art"]

    assert hit(text, span).surface == "art"
    assert hit(text, span).quote == "The art was lost."


def test_the_evidence_of_an_endless_sentence_is_cut():
    text = "word " * 5_000 + "attack" + " word" * 5_000
    span = Phrasebook(["attack"]).scan(text)["attack"]

    assert len(hit(text, span).quote) < 1_000
    assert "attack" in hit(text, span).quote


def test_a_book_without_phrases_finds_none():
    assert Phrasebook([]).scan("An attack.") == {}


def test_a_text_is_passed_over_once_however_often_it_is_asked_for():
    book = Phrasebook(["attack"])
    first = book.scan("An attack.")

    assert book.scan("An attack.") is first


def test_texts_are_not_remembered_for_ever():
    book = Phrasebook(["attack"])
    first = book.scan("An attack.")
    for number in range(KEPT_TEXTS):
        book.scan(f"Attack {number}.")

    assert book.scan("An attack.") is not first


LETTERS = "abЁйїéßİıΣςｆ爆أَ\u00ad\u0301\u0306\ud800 \t\n\u00a0-–'’“”.,"
MANY = st.text(st.sampled_from(LETTERS) | st.characters(), max_size=40)


@given(MANY)
def test_every_span_of_what_is_compared_leads_back_into_the_text(text):
    folded = fold(text)
    for start in range(len(folded)):
        one = hit(text, (start, start + 1))

        assert one.surface
        assert folded[start] == " " or folded[start] in fold(one.surface)


def plainly(text, key):
    """Find a phrase by the plain meaning of it: word characters before and after part of no longer word."""
    end = "" if key.endswith("*") else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(key.removesuffix('*'))}{end}", text) is not None


@given(
    st.text(st.sampled_from("ab _,"), max_size=30),
    st.lists(st.sampled_from(["a", "b", "ab", "a b", "ba*", "a*", "b ab", "bb a*"])),
)
def test_many_phrases_are_found_as_each_is_alone(text, written):
    assert found(text, *written) == {one for one in written if plainly(fold(text), one)}


@pytest.mark.parametrize(
    "source", [r"\w+", r"[\w\d]+x", r"[^\w]x", r"\Q\w\E", r"[]\w]x", r"a\\w", r"\pLx", r"[[:alpha:]\s]x"]
)
def test_a_regular_expression_of_every_shape_is_taken(source):
    assert check(source) is None


@given(st.text(st.sampled_from("aw\\[]^()|*+?{}1,Q E-:дѣ"), max_size=12) | st.text(max_size=12))
def test_any_regular_expression_is_taken_or_refused_in_words(source):
    message = "taken"
    try:
        check(source)
    except ValueError as error:
        message = str(error)

    assert len(message) >= 5
