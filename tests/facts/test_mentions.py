"""Laws of read_mentions: a name is found in every language and case, whole, in its own capitals, at its own offsets."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.facts.mentions import Document, Mention, read_mentions


def read(text: str) -> list[Mention]:
    return read_mentions(Document("", text))


def codes(text: str) -> dict[str, set[str]]:
    """Surface -> codes of the places that it can mean."""
    return {text[m.start : m.end]: {place.code for place in m.places} for m in read(text) if m.places}


@pytest.mark.parametrize(
    ("text", "surface", "code"),
    [
        ("A blast hit Nalchik on Monday.", "Nalchik", "RU-KB/nalchik"),
        ("A blast hit NALCHIK on Monday.", "NALCHIK", "RU-KB/nalchik"),
        ("Shells fell near al-Hol camp.", "al-Hol", "SY-HA/al-hol"),
        ("Two died in Kurram district.", "Kurram district", "PK-KP:kurram"),
        ("Взрыв прогремел в Нальчике.", "Нальчике", "RU-KB/nalchik"),
        ("В Кабардино-Балкарской Республике убиты двое.", "Кабардино-Балкарской Республике", "RU-KB"),
        ("Бои идут в Донецкой области.", "Донецкой области", "UA-14"),
        ("Удар по Сирии нанесли ночью.", "Сирии", "SY"),
        ("Погибли двое сирийских солдат.", "сирийских", "SY"),
        ("Сирийские солдаты погибли.", "Сирийские", "SY"),
        ("Бої тривають у Бахмуті.", "Бахмуті", "UA-14/bakhmut"),
        ("У Донецькій області загинули двоє.", "Донецькій області", "UA-14"),
        ("Musul'da bir patlama oldu.", "Musul", "IQ-NI/mosul"),
        ("Suriye’nin kuzeyinde üç kişi öldü.", "Suriye", "SY"),
        ("Suriyelilerin evleri yandı.", "Suriyelilerin", "SY"),
        ("İDLİB'DE ÜÇ KİŞİ ÖLDÜ", "İDLİB", "SY-ID"),
        ("انفجار في حلب", "حلب", "SY-HL"),
        ("قتل ثلاثة بحلب", "حلب", "SY-HL"),
        ("انفجار بالموصل أمس", "الموصل", "IQ-NI/mosul"),
        ("وصلت المساعدات للموصل", "للموصل", "IQ-NI/mosul"),
        ("وفي سوريا قتل اثنان", "سوريا", "SY"),
        ("L'attaque a frappé l'Ukraine.", "Ukraine", "UA"),
        ("Une frappe près d'Alep.", "Alep", "SY-HL"),
        ("Trois soldats syriens tués.", "syriens", "SY"),
        ("Un ataque en Siria.", "Siria", "SY"),
        ("Las tropas de EE. UU. y Malí.", "Malí", "ML"),
        ("The U.S. said so.", "U.S.", "US"),
        ("The U.S.", "U.S.", "US"),
        ("The UAE said so.", "UAE", "AE"),
    ],
)
def test_a_name_is_found_in_each_language_and_case(text: str, surface: str, code: str) -> None:
    assert code in codes(text).get(surface, set())


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Nalchikskaya street is closed.", "Nalchik"),
        ("they march on", "march"),
        ("he told us to turkey shoot", "turkey"),
        ("Tell us and them", "us"),
        ("кубок чада", "чада"),
        ("The Uae said so", "Uae"),
        ("she was in nice", "nice"),
    ],
)
def test_a_word_in_other_capitals_or_a_part_of_one_is_no_name(text: str, surface: str) -> None:
    assert surface not in codes(text)


@pytest.mark.parametrize("name", ["Idlib", "Kabardino-Balkaria", "Mocímboa da Praia", "Кабардино-Балкарии", "الموصل"])
def test_marks_between_letters_hide_no_name_and_move_no_offset(name: str) -> None:
    text = unicodedata.normalize("NFD", f"Fighting in {name} went on.")
    (mention,) = (m for m in read(text) if m.places and m.end - m.start >= len(name))
    assert text[mention.start : mention.end] == unicodedata.normalize("NFD", name)


def test_a_stretched_arabic_name_is_the_same_name() -> None:
    assert "SY-HL" in codes("في حـــلب")["حـــلب"]


def test_the_readings_of_a_name_are_few_and_the_likeliest_come_first() -> None:
    (mention,) = (m for m in read("A fire in San José.") if m.places and m.end - m.start == 8)
    assert 1 < len(mention.places) <= 40
    cities = [place.region.population for place in mention.places if place.own and place.region.kind == "city"]
    assert cities == sorted(cities, reverse=True)


@given(st.text(alphabet=st.sampled_from("Nalchik Нальчик بالموصل U.S.\u0301\u0640\u200d\n'’-"), max_size=80))
def test_every_mention_lies_in_the_text_and_names_something(text: str) -> None:
    for mention in read(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.places or mention.groups


@pytest.mark.parametrize("text", ["Взрыв в Нальчике", "Вибух у Краматорську", "انفجار في الموصل"])
def test_a_towns_name_in_another_script_is_its_own(text: str) -> None:
    assert any(place.own and place.region.kind == "city" for mention in read(text) for place in mention.places)
