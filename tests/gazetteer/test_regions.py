"""Laws of the gazetteer: every name resolves, every code is known, a region covers what lies in it and no neighbour."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest
import yaml

from crawler.facts.places import read_places
from crawler.gazetteer import Gazetteer, gazetteer
from crawler.gazetteer.names import key
from crawler.gazetteer.pack import MacroRegion, Region

ROWS: list[dict[str, Any]] = yaml.safe_load(
    files("crawler.gazetteer").joinpath("macro_regions.yaml").read_text("utf-8")
)["regions"]


def macro(region: str) -> Any:
    return pytest.param(next(row for row in ROWS if row["id"] == region), id=region)


EVERY = [macro(row["id"]) for row in ROWS]


@pytest.mark.parametrize("row", EVERY)
def test_every_macro_region_resolves_by_its_id_name_and_each_alias(row: dict[str, Any]) -> None:
    assert gazetteer().resolve(row["id"]) == gazetteer().resolve(row["name"]) == gazetteer().by_code[row["id"]]
    for alias in (alias for names in row["aliases"].values() for alias in names):
        found = gazetteer().resolve(alias)
        assert found is not None
        assert found.kind == "macro"
        namesakes = {other["id"] for other in ROWS if _is_named(other, alias)}
        assert found.code in namesakes


def _is_named(row: dict[str, Any], name: str) -> bool:
    aliases = [alias for names in row["aliases"].values() for alias in names]
    return key(name) in {key(alias) for alias in (row["name"], *aliases)}


@pytest.mark.parametrize("row", EVERY)
def test_every_code_of_a_macro_region_is_known(row: dict[str, Any]) -> None:
    codes = [*row["members"], *row.get("wide", []), *row.get("countries", []), *row.get("only", {})]
    assert codes
    assert set(codes) <= gazetteer().by_code.keys()
    assert set(row.get("only", {})) <= set(row["members"])


@pytest.mark.parametrize("row", EVERY)
def test_a_macro_region_covers_its_members_and_a_city_of_each(row: dict[str, Any]) -> None:
    cities = [region for region in gazetteer().by_code.values() if region.kind == "city"]
    for member in row["members"]:
        inside = [city for city in cities if member in gazetteer().within(city.code)]
        assert not inside or any(row["id"] in gazetteer().within(city.code) for city in inside), member
        if member not in row.get("only", {}):
            assert row["id"] in gazetteer().within(member)
            assert all(row["id"] in gazetteer().within(city.code) for city in inside)


@pytest.mark.parametrize("row", EVERY)
def test_a_macro_region_covers_no_country_that_it_does_not_hold(row: dict[str, Any]) -> None:
    countries = {region.code for region in gazetteer().by_code.values() if region.kind == "country"}
    held = {code for code in countries if row["id"] in gazetteer().within(code)}
    assert held == countries & set(row["members"]) - set(row.get("only", {}))


WRITTEN = [macro(row["id"]) for row in ROWS if "(" not in row["name"]]  # no article writes a name with a gloss


@pytest.mark.parametrize("row", WRITTEN)
def test_a_macro_region_is_read_as_the_event_place_by_its_name(row: dict[str, Any]) -> None:
    places = read_places("", f"Nine people were killed in the {row['name']} on Monday.", "en")
    assert any(row["id"] in place.within and place.role == "event" for place in places)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [("Nalchik", "Rostov-on-Don"), ("Makhachkala", "Volgograd"), ("Grozny", "Tbilisi"), ("Stavropol", "Krasnodar")],
)
def test_the_north_caucasus_covers_its_cities_and_no_neighbour(inside: str, outside: str) -> None:
    assert "north-caucasus" in within(inside)
    assert "north-caucasus" not in within(outside)


def within(name: str) -> tuple[str, ...]:
    found = gazetteer().resolve(name)
    assert found
    return gazetteer().within(found.code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nalchik", "RU-KB/nalchik"),
        ("нальчик", "RU-KB/nalchik"),
        ("Kabardino-Balkar Republic", "RU-KB"),
        ("Кабардино-Балкарская Республика", "RU-KB"),
        ("ru-kb", "RU-KB"),
        ("RU", "RU"),
        ("Россия", "RU"),
        ("Suriye", "SY"),
        ("سوريا", "SY"),
        ("Syrie", "SY"),
        ("Siria", "SY"),
        ("U.S.", "US"),
        ("UK", "GB"),
        ("DRC", "CD"),
        ("UAE", "AE"),
        ("Georgia", "GE"),
        ("Niger", "NE"),
        ("Mosul", "IQ-NI/mosul"),
        ("Goma", "CD-NK/goma"),
        ("Idlib", "SY-ID"),
        ("KHARKOV", "UA-63/kharkiv"),
        ("Kyiv", "UA-30"),
        ("Khyber Pakhtunkhwa", "khyber-pakhtunkhwa"),
        ("north-caucasus", "north-caucasus"),
        ("Сахель", "sahel"),
    ],
)
def test_any_name_or_code_resolves(name: str, code: str) -> None:
    found = gazetteer().resolve(name)
    assert found
    assert found.code == code


@pytest.mark.parametrize("name", ["", " ", "Wakanda", "russian", "\x00", "x" * 10_000, "🏴"])
def test_an_unknown_name_resolves_to_nothing(name: str) -> None:
    assert gazetteer().resolve(name) is None
    assert gazetteer().within(name) == ()


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("Northen Caucasus", "North Caucasus"), ("Nalchick", "Nalchik"), ("Syira", "Syria"), ("Dagesten", "Dagestan")],
)
def test_a_slip_is_told_the_right_spelling(slip: str, meant: str) -> None:
    assert meant in gazetteer().suggest(slip)


def test_a_member_wider_than_its_region_counts_only_by_the_places_named() -> None:
    assert "pakistan-tribal-areas" in within("Miranshah")
    assert "pakistan-tribal-areas" not in within("Peshawar")
    assert "pakistan-tribal-areas" not in gazetteer().within("PK-KP")


def test_a_macro_region_lies_in_what_all_its_members_lie_in() -> None:
    assert set(gazetteer().within("north-caucasus")) >= {"north-caucasus", "RU", "caucasus"}
    assert gazetteer().country("north-caucasus") == "RU"
    assert gazetteer().country("sahel") is None


def test_every_place_has_a_known_parent_and_a_path_that_ends() -> None:
    for region in gazetteer().by_code.values():
        assert region.parent is None or region.parent in gazetteer().by_code
        assert gazetteer().within(region.code)[0] == region.code
        assert -90 <= region.lat <= 90
        assert -180 <= region.lon <= 180


def test_a_bigger_place_goes_before_a_smaller_namesake() -> None:
    small = Region(code="XX-A/x", name="Twin", kind="city", country="XX", population=1)
    big = Region(code="XX-B/x", name="Twin", kind="city", country="XX", population=9)
    found = Gazetteer([small, big], []).resolve("twin")
    assert found == big


def test_a_place_that_no_member_covers_is_in_the_region_that_lists_it() -> None:
    city = Region(code="XX/port", name="Port", kind="city", country="XX")
    holds = MacroRegion(id="coast", members=(), only={}, places=("Port",))
    here = Gazetteer([city], [(Region(code="coast", name="Coast", kind="macro"), holds)])
    assert here.within("XX/port") == ("XX/port", "coast")
    assert here.within("coast") == ("coast",)


def own_table(name: str) -> list[list[str]]:
    lines = files("crawler.gazetteer").joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("table", ["country_names.tsv", "admin1_names.tsv", "more_places.tsv"])
def test_the_pack_holds_what_our_own_tables_say(table: str) -> None:
    for row in own_table(table):
        if table == "more_places.tsv":
            assert [r for r in gazetteer().by_code.values() if r.parent == row[0] and r.name == row[1]], row
            continue
        elif row[0] in gazetteer().by_code:  # a withdrawn code may stay in a table: the next list may have it again
            region, names = gazetteer().by_code[row[0]], row[2]
            assert region.name == (row[1] or region.name)
        held = {key(name) for name in (region.name, *region.names)}
        assert {key(name) for name in names.split("|") if name} <= held


def test_the_pack_is_sorted_and_every_code_is_its_own() -> None:
    lines = files("crawler.gazetteer").joinpath("places.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    codes = [row[1] for row in rows]
    assert len(set(codes)) == len(codes)
    for kind in "CA":
        listed = [row[1] for row in rows if row[0] == kind]
        assert listed == sorted(listed)
    parents = [row[2] for row in rows if row[0] == "P"]
    assert parents == sorted(parents)
    assert all(re.fullmatch(r"[A-Z]{2}(-\w+)?(/[\w-]+)?", code) for code in codes)
