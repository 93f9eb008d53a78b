"""Laws of list_toponyms: what is a place's name, which place it is, and that no text breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.toponym_list import list_toponyms
from crawler.gazetteer import gazetteer
from tests.facts.reading import cases

CASES = Path(__file__).parent.parent / "cases" / "toponyms"


@pytest.mark.parametrize("case", cases(CASES))
def test_a_text_has_these_toponyms_in_this_order_and_no_others(case: dict[str, Any]) -> None:
    text = case["text"]
    assert [[text[place.start : place.end], place.code] for place in list_toponyms(text)] == case["places"]


def test_a_toponym_is_listed_each_time_it_is_named() -> None:
    text = "Nalchik is calm. Officials in Nalchik said so."
    assert [place.start for place in list_toponyms(text)] == [0, text.rindex("Nalchik")]


def test_a_town_has_its_country_first_level_and_coordinates() -> None:
    (place,) = list_toponyms("Shells fell on Nalchik.")
    assert (place.name, place.code, place.country, place.admin1) == ("Nalchik", "RU-KB/nalchik", "RU", "RU-KB")
    assert place.lat == pytest.approx(43.5, abs=0.3)
    assert place.lon == pytest.approx(43.6, abs=0.3)


def test_a_region_of_several_countries_has_no_country() -> None:
    (place,) = list_toponyms("The drought in the Sahel goes on.")
    assert (place.code, place.country, place.admin1) == ("sahel", None, None)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\u00ad\u200b", "....", "🙂" * 50, "\x00", "A" * 50_000, "in " * 9_000]
)
def test_a_text_without_names_has_no_toponyms(text: str) -> None:
    assert list_toponyms(text) == ()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "in",
                "of",
                "Mr",
                "Paris",
                "Mosul",
                "Ill.",
                "Fla.",
                ",",
                "-",
                "(",
                ")",
                "D.C.",
                "Georgia",
                "Jordan",
                "said",
                "University",
                "County",
                "US",
                "U.S.",
                "$",
                "province\n",
                "Mosul-Erbil",
                "مدينة",
                "الموصل",
                "в",
                "Грозном",
                "北京",
                "İzmir",
            ]
        ),
        max_size=40,
    )
)
def test_toponyms_of_any_text_lie_in_it_in_order_and_never_overlap(words: list[str]) -> None:
    text = " ".join(words)
    places = list_toponyms(text)
    ends = [0, *(place.end for place in places)]
    for place, before in zip(places, ends, strict=False):
        assert before <= place.start < place.end <= len(text)
        assert text[place.start : place.end].strip() == text[place.start : place.end]
        assert place.country is None or place.country in gazetteer().by_code
