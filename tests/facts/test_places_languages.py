"""Laws of places in languages other than English: the event's place by case and cue, inflected names, regions asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.facts.event_place_cues import event_places_by_cues, is_cued, tells_of_event
from crawler.facts.mentions import Document, read_document
from crawler.facts.places import Place, read_places
from crawler.facts.toponyms import read_toponyms
from crawler.gazetteer import gazetteer
from crawler.gazetteer.cues import CuesError, cues, parse

CASES = Path(__file__).parent.parent / "cases" / "places"


def cases(folder: str) -> list[Any]:
    return [
        pytest.param(file.stem, case, id=f"{file.stem}: {(case.get('title') or case['text'])[:60]}")
        for file in sorted((CASES / folder).glob("*.yaml"))
        for case in yaml.safe_load(file.read_text("utf-8"))
    ]


def codes(places: tuple[Place, ...], role: str) -> set[str]:
    return {place.within[0] for place in places if place.role == role}


@pytest.mark.parametrize(("lang", "case"), cases("languages"))
def test_an_event_place_is_told_from_a_mention_in_each_language(lang: str, case: dict[str, Any]) -> None:
    title, text = case.get("title", ""), case["text"]
    places = read_places(title, text, lang)
    assert codes(places, "event") == set(case["event"]), case["why"]
    assert set(case.get("mentioned", ())) <= codes(places, "mentioned"), case["why"]
    for place in places:
        field = title if place.field == "title" else text
        assert field[place.start : place.end] == place.surface


@pytest.mark.parametrize(("lang", "case"), cases("inflected"))
def test_an_inflected_name_means_its_place(lang: str, case: dict[str, Any]) -> None:
    assert case["code"] in {code for place in read_places("", case["text"], lang) for code in place.within[:1]}


ASKED = yaml.safe_load((CASES / "asked" / "regions.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        pytest.param(row["code"], row[lang], id=f"{lang}: {row[lang]}")
        for row in ASKED
        for lang in row
        if lang != "code"
    ],
)
def test_a_region_resolves_by_its_name_in_each_language(code: str | list[str], name: str) -> None:
    found = gazetteer().resolve(name)
    assert found is not None
    assert found.code in ([code] if isinstance(code, str) else code)


@pytest.mark.parametrize("lang", ["en", "ru", "uk", "ar", "tr", "fr", "es"])
def test_each_language_has_at_least_sixty_cases_of_its_own(lang: str) -> None:
    written = yaml.safe_load((CASES / "languages" / f"{lang}.yaml").read_text("utf-8"))
    assert len({case["text"] + case.get("title", "") for case in written}) >= 60
    assert all(case["why"] for case in written)


@pytest.mark.parametrize("lang", ["ru", "uk", "ar", "tr", "fr", "es"])
def test_a_language_with_cues_tells_an_event_from_what_is_remembered(lang: str) -> None:
    assert is_cued(lang)
    document = read_document("", EVENTS[lang] + "\n\n" + REMEMBERED[lang])
    assert tells_of_event(document, 0, lang)
    assert not tells_of_event(document, 1, lang)


EVENTS = {
    "ru": "Взрыв в Нальчике.",
    "uk": "Вибух у Харкові.",
    "ar": "انفجار في بغداد.",
    "tr": "Kabil'de patlama.",
    "fr": "Une explosion à Gao.",
    "es": "Una explosión en Alepo.",
}
REMEMBERED = {
    "ru": "Годовщина теракта в Беслане.",
    "uk": "Роковини вибуху в Одесі.",
    "ar": "ذكرى انفجار في بغداد.",
    "tr": "Kabil'deki patlamanın yıl dönümü.",
    "fr": "L'anniversaire de l'explosion de Gao.",
    "es": "El aniversario de la explosión de Alepo.",
}


@pytest.mark.parametrize("lang", [None, "", "en", "xx", "../ru", "RU", "ру"])
def test_a_language_without_cues_gives_no_event_place(lang: str | None) -> None:
    document = Document("", "Взрыв в Нальчике.")
    assert not is_cued(lang)
    assert not tells_of_event(document, 0, lang)
    assert event_places_by_cues(document, read_toponyms(document), lang) == frozenset()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("[", "cues xx.yaml"),
        ("- a", "a map of sections"),
        ("evnts: [a]", "unknown section 'evnts'"),
        ("events: a", "events is not a list"),
        ("events: [no]", "events: False is not a word"),
        ("events: ['!']", "events: '!' is not a word"),
        ("accusative_of: [a]", "accusative_of is not a map"),
        ("between_endings: [12]", "between_endings: 12 is not a word"),
    ],
)
def test_a_broken_table_of_cues_is_refused_by_name(source: str, told: str) -> None:
    with pytest.raises(CuesError, match=r"cues xx\.yaml") as refused:
        parse("xx", source, {})
    assert told in str(refused.value)


HOSTILE = {
    "ru": ["в Сирии и ", "в селе Акбаш ", "убиты ", "к северу от ", "Сирию ", "— " * 3],
    "ar": ["في ", "بالموصل و", "قتل ", "والموصل "],
    "tr": ["Halep'te ", "Suriye'nin ", "öldü ", "ve "],
}


@pytest.mark.parametrize(("lang", "piece"), [(lang, piece) for lang, pieces in HOSTILE.items() for piece in pieces])
def test_no_repeated_cue_breaks_the_reader(lang: str, piece: str) -> None:
    text = piece * 2000
    for place in read_places("", text, lang):
        assert text[place.start : place.end] == place.surface


NO_PLACES = {
    "ar": "كان أمن العاصمة والداخلية والسلطات في المدينة بعد هزة.",
    "ru": "Полиция Иванов задержан.",
    "uk": "Усі загинули.",
    "tr": "İki kişi öldü. Ordu açıkladı. Kara gün.",
    "es": "Treinta muertos. Nacional.",
}


@pytest.mark.parametrize(("lang", "text"), NO_PLACES.items())
def test_an_ordinary_word_of_a_language_is_no_place(lang: str, text: str) -> None:
    assert read_places("", text, lang) == ()


@pytest.mark.parametrize("lang", ["ru", "uk", "ar", "tr", "fr", "es"])
def test_every_table_of_cues_can_be_read(lang: str) -> None:
    known = cues(lang)
    assert known is not None
    assert known.words["events"]
    assert known.words["governors"] or known.words["after_event"]
