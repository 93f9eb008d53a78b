"""Parties, forces and kinds of district speak for their country where a name has namesakes; they are no places."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
import yaml

from crawler.facts.places import read_places
from crawler.gazetteer import gazetteer
from crawler.gazetteer.names import key
from crawler.gazetteer.signs import spoken_for


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("A trader was stabbed to death in Mirzapur upazila on Friday.", "BD"),
        ("BJP workers clashed with police in Punjab on Friday; two were hurt.", "IN"),
        ("Frontier Corps men were killed in Punjab on Friday, said ISPR.", "PK"),
        ("Two women were killed in Valencia on Friday, said the Guardia Civil.", "ES"),
    ],
)
def test_a_sign_settles_namesakes(text: str, country: str) -> None:
    places = read_places("", text, "en")
    assert {place.country for place in places if place.role == "event"} == {country}


@pytest.mark.parametrize("text", ["", "bjp" * 1000, "\x00 bjp \x00", "UPAZILA", "b j p", "Trina mool"])
def test_any_text_is_looked_through(text: str) -> None:
    assert set(spoken_for(text)) <= {"IN"}


def test_the_table_has_known_countries_and_folded_words_each_once() -> None:
    table = yaml.safe_load((gazetteer_folder() / "country_signs.yaml").read_text("utf-8"))
    assert set(table) <= set(gazetteer().by_code)
    signs = [sign for listed in table.values() for sign in listed]
    assert len(signs) == len(set(signs))
    assert all(key(sign) == sign for sign in signs)


def gazetteer_folder() -> Traversable:

    return files("crawler.gazetteer")
