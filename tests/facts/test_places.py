"""Laws of read_places: what is an event place, what is a mention, and that no text breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.places import Place, read_places
from crawler.gazetteer import gazetteer

CASES = Path(__file__).parent.parent / "cases" / "places"


def cases() -> list[Any]:
    found = []
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text("utf-8")):
            found.append(pytest.param(case, id=f"{file.stem}: {(case.get('title') or case['text'])[:60]}"))
    return found


def codes(places: tuple[Place, ...], role: str) -> set[str]:
    return {place.within[0] for place in places if place.role == role}


@pytest.mark.parametrize("case", cases())
def test_an_event_place_is_told_from_a_mention(case: dict[str, Any]) -> None:
    places = read_places(case.get("title", ""), case["text"], "en")
    assert codes(places, "event") == set(case["event"])
    assert set(case.get("mentioned", ())) <= codes(places, "mentioned")
    named = {code for place in places for code in place.within}
    assert not named & set(case.get("absent", ()))


@pytest.mark.parametrize("case", cases())
def test_offsets_hold_and_quotes_are_from_the_article(case: dict[str, Any]) -> None:
    title, text = case.get("title", ""), case["text"]
    for place in read_places(title, text, "en"):
        field = title if place.field == "title" else text
        assert field[place.start : place.end] == place.surface
        assert place.surface in place.quote
        assert place.quote in (title, text) or place.quote in text


def test_a_developing_story_rings_where_it_happened_and_not_where_recruits_went() -> None:
    title = "Officers kill eleven suspected extremists in North Caucasus"
    text = (
        "Eleven men were killed on 22 November in the Kabardino-Balkar Republic (1,000 miles south of Moscow), "
        "the counter-terrorism committee said.\n\n"
        "The cell had helped volunteers travel to Syria and was plotting attacks in the North Caucasus.\n\n"
        "A retired general who once led troops in Chechnya said such raids take weeks to prepare."
    )
    places = read_places(title, text, "en")
    event = {code for place in places if place.role == "event" for code in place.within}
    assert {"RU-KB", "RU", "north-caucasus"} <= event
    assert {place.code for place in places if place.role == "mentioned"} >= {"SY", "RU-MOW"}
    assert not {"SY", "RU-MOW", "RU-CE"} & event


def test_a_city_carries_the_whole_path_it_lies_in() -> None:
    (place,) = read_places("", "A bomb killed one man in Nalchik.", "en")
    assert place.within == (
        "RU-KB/nalchik",
        "RU-KB:nalchik",
        "RU-KB",
        "RU",
        "north-caucasus",
        "caucasus",
        *place.within[6:],
    )
    assert (place.code, place.kind, place.country_name, place.admin1_name) == (
        "RU-KB",
        "city",
        "Russia",
        "Kabardino-Balkaria",
    )


def test_a_later_sentence_counts_only_where_it_speaks_of_the_same_country() -> None:
    lead = "A bomb killed nine people in Kabul. " + "Nobody has claimed it yet. " * 4
    places = read_places("", lead + "Attackers killed two in Herat. A blast in Lima injured one.", "en")
    assert codes(places, "event") == {"AF-KAB/kabul", "AF-HER/herat"}


def test_a_text_in_another_language_still_yields_its_places() -> None:
    places = read_places("", "Боевики убиты. Нальчик, Кабардино-Балкария.", "ru")
    assert {place.code for place in places} == {"RU-KB"}


HOSTILE = ["", "\x00\x01\x02", "İİİ ẞẞẞ ﬁﬁ", "\u0301" * 5000 + "Syria", "\ud800 in Syria", "(" * 10_000, "\n" * 10_000]
HOSTILE += [
    piece * 4000 for piece in ("in ", "Syria ", "killed in Mosul, ", "U.S.", "A" * 25, "Mosul. ", "in Mosul's ")
]
HOSTILE += ["in the city of " * 3000 + "Mosul", "1 2 3 " * 5000 + "miles of Syria", "killed in " + "Mosul and " * 4000]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_hostile_text_breaks_the_reader(text: str) -> None:
    for place in read_places(text[:500], text, None):
        field = text[:500] if place.field == "title" else text
        assert field[place.start : place.end] == place.surface


words = st.sampled_from(
    [
        "in",
        "near",
        "Syria",
        "Mosul",
        "killed",
        ",",
        ".",
        "(",
        "U.S.",
        "the",
        "city",
        "of",
        "10 miles",
        "north",
        "IS",
        "'s",
        "—",
        "Нальчик",
        "داعش",
    ]
)


@settings(max_examples=150, deadline=None)
@given(title=st.text(max_size=40), text=st.one_of(st.text(max_size=300), st.lists(words, max_size=60).map(" ".join)))
def test_any_text_at_all_keeps_its_offsets(title: str, text: str) -> None:
    for place in read_places(title, text, None):
        field = title if place.field == "title" else text
        assert field[place.start : place.end] == place.surface
        assert place.within == gazetteer().within(place.within[0])
