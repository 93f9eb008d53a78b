"""Words and phrases are found where they stand, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import phrases
from alerts.conditions_words import term
from alerts.expressions import Expressions, check
from alerts.expressions import search as searched
from alerts.phrases import Phrasebook, phrase


def found(text, *written, lang=None):
    keys = {one: term(one).key for one in written}
    held = Phrasebook(keys.values()).scan(text, lang)
    return {one for one, key in keys.items() if key in held}


def evidence(text, written, lang=None):
    return Phrasebook([term(written).key]).hit(term(written).key, text, lang)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Opened  Fire", "opened fire"),
        ("BOMB*", "bomb*"),
        ("suicide bomb*", "suicide bomb*"),
        ("~Боевик", "~боевик"),
        ("~ terör  örgütü", "~terör örgütü"),
        ("~сім’я", "~сім’я"),
        ("İstanbul", "istanbul"),
        ("C++", "c++"),
        ('"/etc/passwd', '"/etc/passwd'),
        ("／etc", "etc"),
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
        ("~", "there is no letter or digit to look for"),
        ("*bomb", "a * can only stand at the end of the last word"),
        ("bo*mb*", "a * can only stand at the end of the last word"),
        ("bomb**", "a * can only stand at the end of the last word"),
        ("bomb *", "a * must follow a letter or digit"),
        ("~bomb*", "a ~ finds every ending already: leave the * away"),
        ("~~bomb", "a ~ can only stand before the first word"),
        ("car ~bomb", "a ~ can only stand before the first word"),
        ("car ～bomb", "a ~ can only stand before the first word"),
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
    assert found("bombers", "bomb", "bomb*", "~bomb") == {"bomb*"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("The market opened, fire trucks came.", "opened fire"),
        ("They fought in Syria – Islamic State said.", "Syria Islamic"),
        ('He said: "Open" (fire).', "open fire"),
        ("He lives in St. Petersburg.", "St Petersburg"),
        ("He lives in St Petersburg.", "St. Petersburg"),
        ("The U.S. troops left.", "U.S. troops"),
        ("Gunmen opened\nfire on a bus.", "opened fire"),
        ("A 7.62 mm rifle", "7.62 mm"),
        ("l’attaque du 9/11", "attaque du 9/11"),
    ],
)
def test_punctuation_within_a_sentence_parts_no_phrase(text, written):
    assert found(text, written) == {written}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It was an attack. Police said so.", "attack police"),
        ("Was it an attack? Police said so.", "attack police"),
        ("这是爆炸。北京警方", "爆炸北京"),
        ("They spoke of an attack\n\nPolice said so.", "attack police"),
        ("Это был взрыв. Полиция молчит.", "~взрыв полиция"),
        ("大爆，発した", "爆発"),
        ("A bomb car.", "car bomb"),
    ],
)
def test_no_phrase_runs_from_one_sentence_into_the_next(text, written):
    assert found(text, written) == set()


def test_a_phrase_that_is_parted_once_is_found_where_it_is_whole():
    text = "They fear an attack. Police came. The attack police expected came."

    assert evidence(text, "attack police").quote == "The attack police expected came."


@pytest.mark.parametrize(
    ("written", "finds", "misses"),
    [
        ("C++", ["C++", "in C++, say"], ["C", "C#", "C +"]),
        ("#Syria", ["#Syria", "Look: #Syria!"], ["Syria"]),
        ("AT&T", ["AT&T", "AT & T"], ["at t", "AT-T"]),
        ("C", ["C++", "C"], ["CC"]),
        ("5 $", ["5 $", "5$"], ["5", "5 €"]),
    ],
)
def test_signs_count_where_the_phrase_has_them(written, finds, misses):
    assert [text for text in finds if not found(text, written)] == []
    assert [text for text in misses if found(text, written)] == []


def test_the_first_place_where_a_phrase_stands_whole_is_its_evidence():
    text = "Partying. The art was lost. Art again."

    assert evidence(text, "art").surface == "art"
    assert evidence(text, "art").quote == "The art was lost."


@pytest.mark.parametrize(
    ("text", "written", "surface"),
    [
        ("½ der Łódźer Straße", "lodzer strasse", "Łódźer Straße"),
        ("Он уби\u0301л боевико\u0301в.", "~боевик", "боевико\u0301в"),
        ("Das Cafe\u0301 brennt", "café", "Café"),
        ("北京发生爆炸", "爆炸", "爆炸"),
        ("قتل في الهجــوم", "الهجوم", "الهجــوم"),
        ("\ud800\ud800 ＢＯＭＢ", "bomb", "ＢＯＭＢ"),
        ("ﷺ attack", "attack", "attack"),
    ],
)
def test_evidence_is_what_the_article_has(text, written, surface):
    assert evidence(text, written).surface == surface


def test_the_evidence_of_an_endless_sentence_is_cut():
    text = "word " * 5_000 + "attack" + " word" * 5_000

    assert len(evidence(text, "attack").quote) < 1_000
    assert "attack" in evidence(text, "attack").quote


def test_a_book_without_phrases_finds_none():
    assert Phrasebook([]).scan("An attack.") == []


class Counted(Phrasebook):
    scans = 0

    def _scan(self, text, lang):
        self.scans += 1
        return super()._scan(text, lang)


def test_a_story_of_many_articles_is_not_passed_over_again_with_each_new_one():
    book = Counted(["attack", "night"])
    texts = [f"Attack {number} at night." for number in range(500)]
    for text in texts:
        book.scan(text, "en")
    before = book.scans
    again = [book.scan(text, "en") for text in texts]

    assert (before, book.scans) == (500, 500)
    assert again == [["attack", "night"]] * 500


def test_a_text_is_passed_over_again_in_another_language():
    book = Phrasebook(["~saldırı"])

    assert [book.scan("saldırıda", lang) for lang in ("tr", "en", "tr")] == [["~saldırı"], [], ["~saldırı"]]


@pytest.mark.parametrize(("name", "many"), [("KEPT_TEXTS", 3), ("KEPT_KEYS", 3)])
def test_texts_are_not_remembered_for_ever(name, many, monkeypatch):
    monkeypatch.setattr(phrases, name, many)
    monkeypatch.setattr(phrases, "KEPT_EVIDENCE", 1)
    book = Counted(["attack"])
    for number in range(10):
        book.scan(f"Attack {number}.")
    for number in range(10):
        book.scan(f"Attack {number}.")

    assert book.scans == 20
    assert book.scan("Attack 9.") == ["attack"]


def test_a_longer_word_is_the_nearest_miss():
    book = Phrasebook(["bomb", "fire", "~bomb", "b"])

    assert book.longer("bomb", "The Bombers fled.") == "Bombers"
    assert [book.longer(key, "The Bombers fled.") for key in ("fire", "~bomb", "b", "bomb*")] == [None] * 4


LETTERS = "abЁйїéßİıΣςｆ爆أَ\u00ad\u0301\u0306\ud800 \t\n\u00a0-–'’“”.,#"
MANY = st.text(st.sampled_from(LETTERS) | st.characters(), max_size=40)


@given(MANY, st.sampled_from([None, "en", "tr", "ar", "xx"]))
def test_any_text_is_passed_over(text, lang):
    keys = [term(one).key for one in ("a", "b*", "~a b", "爆", r"/[a-b]\w/", "a#")]
    book = Phrasebook(keys)

    assert all(book.hit(key, text, lang) is not None for key in book.scan(text, lang))


def plainly(text, key):
    """Find a phrase by the plain meaning of it: word characters before and after part of no longer word."""
    words = [re.escape(word) for word in re.findall(r"\w+", key)]
    end = "" if key.endswith("*") else r"(?!\w)"
    return re.search(rf"(?<!\w){r'[ ,]+'.join(words)}{end}", text) is not None


@given(
    st.text(st.sampled_from("ab _,"), max_size=30),
    st.lists(st.sampled_from(["a", "b", "ab", "a b", "ba*", "a*", "b ab", "bb a*", "a, b"])),
)
def test_many_phrases_are_found_as_each_is_alone(text, written):
    assert found(text, *written) == {one for one in written if plainly(text, one)}


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


SOURCES = [r"a+b", "взрыв", "ВЗРЫВ|x", r"\d", "k", "ſ", "ß", "(?-i)Взрыв", "x.*y", "^a", r"\w爆", "[^a]b$", "İ"]


@given(MANY | st.text(st.sampled_from("abxyВЗРЫВвзрыв1kKsſß爆 ")), st.lists(st.sampled_from(SOURCES), unique=True))
def test_many_expressions_match_as_each_does_alone(text, sources):
    together = Expressions(f"/{source}/" for source in sources).find(text)

    assert sorted(together) == sorted(f"/{source}/" for source in sources if searched(source, text))
