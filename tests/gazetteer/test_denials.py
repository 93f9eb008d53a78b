"""Laws of the denials: each language finds its own, in the order it has, and no text holds them up."""

from __future__ import annotations

import pytest

from crawler.gazetteer.denials import denials
from crawler.gazetteer.names import fold


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "The group denied any part in it."),
        ("ru", "Группа отрицает причастность."),
        ("uk", "Угруповання заперечує причетність."),
        ("ar", "نفت الجماعة مسؤوليتها"),
        ("tr", "Örgüt saldırıyla ilgisi olduğunu reddetti."),
        ("fr", "Le groupe a démenti toute implication."),
        ("es", "El grupo negó su participación."),
    ],
)
def test_a_denial_is_found_in_its_language(lang: str, sentence: str) -> None:
    assert list(denials(lang).find(fold(sentence)))


@pytest.mark.parametrize("lang", ["en", "ru", "uk", "ar", "tr", "fr", "es"])
def test_no_denial_is_found_where_nothing_is_denied(lang: str) -> None:
    assert not list(denials(lang).find(fold("Tocsin 2026, 14:30.")))


@pytest.mark.parametrize("lang", [None, "", "xx"])
def test_a_language_without_a_table_is_read_as_english(lang: str | None) -> None:
    assert denials(lang) is denials("en")


def test_the_word_for_the_part_may_stand_first_only_where_the_verb_is_last() -> None:
    (turkish,) = denials("tr").find(fold("bağlantı iddia reddedildi"))
    assert turkish.part < turkish.start
    assert not list(denials("en").find(fold("a link was once reported; he denied it")))


def test_a_sentence_of_nothing_but_denials_is_not_followed_up_to_its_end() -> None:
    assert len(list(denials("en").find("denied a link " * 5_000))) <= 20
