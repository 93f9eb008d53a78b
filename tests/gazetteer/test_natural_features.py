"""Laws of the table of natural features."""

from __future__ import annotations

import pytest

from crawler.gazetteer import gazetteer
from crawler.gazetteer.natural_features import natural_features, parse


def test_every_feature_lies_on_the_earth_and_in_a_known_country() -> None:
    for feature in natural_features().by_name.values():
        assert -90 <= feature.lat <= 90
        assert -180 <= feature.lon <= 180
        assert feature.country is None or feature.country in gazetteer().by_code


def test_the_longest_name_is_found() -> None:
    table = parse("Atlantic Ocean\t\t0\t-25\tAtlantic\n")
    assert [found[0] for found in table.pattern.finditer("The Atlantic Ocean, the Atlantic, mid-Atlantic")] == [
        "Atlantic Ocean",
        "Atlantic",
    ]


@pytest.mark.parametrize("row", ["Nile\tEG\t25", "Nile\tEG\tx\t32\t", "\tEG\t25\t32\t", "Nile\tEG\t25\t32\t\t"])
def test_a_row_that_is_not_what_it_should_be_is_told_with_its_line(row: str) -> None:
    with pytest.raises(ValueError, match=r"natural_features\.tsv:2: "):
        parse(f"# name\n{row}\n")
