"""What is one letter to a reader is one letter to a rule, and each word leads back into the text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.folding import Spans, fold, words

LETTERS = "abЁйїéßİıΣςｆ爆أَ'ʼ’ік½ﷺกำ\u00ad\u0301\u0306\ud800 \t\n\u00a0-–“”.,#"
MANY = st.text(st.sampled_from(LETTERS) | st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "E"), ("Ёлка", "елка"), ("Straße", "STRASSE"), ("Łódź", "lodz"), ("Ærø", "aero"), ("ışık", "ISIK"),
        ("İstanbul", "istanbul"), ("ＢＯＭＢ", "bomb"), ("٢٠", "20"), ("۲۰", "２０"), ("الإرهـــابِيّة", "الارهابيه"),
        ("کیهان", "كيهان"), ("Qur’an", "qur'an"), ("car-bomb", "car bomb"), ("ter\u00adror", "terror"),
        ("Daʿish", "daish"), ("ΣΑΣ", "σας"), ("ﬁre", "fire"), ("об’єкт", "об'єкт"), ("café", "cafe\u0301"),
    ],
)  # fmt: skip
def test_what_differs_in_shape_alone_is_one_word(one, other):
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("мой", "мои"), ("хід", "хїд"), ("हिंदी", "हद"), ("™", "tm"), ("сімя я", "сім'я")]
)
def test_letters_of_their_own_make_another_word(one, other):
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U.S. troops", ["u", "s", "troops"]),
        ("Assad's 9/11", ["assad", "s", "9", "11"]),
        ("сім'я", ["сімя"]),
        ("北京IS组织", ["北", "京", "is", "组", "织"]),
        ("", []),
        ("… \u0301 —", []),
    ],
)
def test_a_text_falls_into_words(text, expected):
    assert words(text) == expected


@given(MANY)
def test_every_word_leads_back_into_the_text(text):
    listed, spans = words(text), Spans(text)

    assert len(spans) == len(listed)
    for place, word in enumerate(listed):
        start, end = spans[place]
        assert start < end
        assert words(spans.text[start:end]) == [word]


@given(MANY)
def test_what_is_folded_is_folded_no_further(text):
    assert words(fold(text)) == words(text)


def test_every_character_leads_back_into_the_text():
    wrong = [code for code in range(sys.maxunicode + 1) if len(words(chr(code))) != len(Spans(chr(code)))]

    assert wrong == []


@given(MANY)
def test_the_gaps_and_words_are_the_whole_text(text):
    spans = Spans(text)
    joined = "".join(spans.gap(n) + spans.text[slice(*spans[n])] for n in range(len(spans))) + spans.gap(len(spans))

    assert joined == spans.text
