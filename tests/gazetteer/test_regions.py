"""Laws of the gazetteer: every name resolves, every code is known, a region covers what lies in it and no neighbour."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.facts.places import read_places
from crawler.gazetteer import Gazetteer, Region, gazetteer
from crawler.gazetteer.macros import MacroRegion
from crawler.gazetteer.names import key
from crawler.gazetteer.pack import Pack
from crawler.gazetteer.packing import Row, write

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


@cache
def towns() -> dict[str, list[Region]]:
    """The bigger towns of each unit."""
    found: dict[str, list[Region]] = defaultdict(list)
    pack = gazetteer().pack
    for number in range(len(pack)):
        if pack.kind(number) == "city" and pack.population(number) >= 10_000:
            unit = pack.parent(number)
            while unit is not None:
                found[pack.region(unit).code].append(pack.region(number))
                unit = pack.parent(unit)
    return found


@pytest.mark.parametrize("row", EVERY)
def test_a_macro_region_covers_its_members_and_a_city_of_each(row: dict[str, Any]) -> None:
    for member in row["members"]:
        inside = towns()[member]
        assert not inside or any(row["id"] in gazetteer().within(city.code) for city in inside), member
        if member not in row.get("only", {}):
            assert row["id"] in gazetteer().within(member)
            assert all(row["id"] in gazetteer().within(city.code) for city in inside[:20])


@pytest.mark.parametrize("row", EVERY)
def test_a_macro_region_covers_no_country_that_it_does_not_hold(row: dict[str, Any]) -> None:
    countries = {code for code in gazetteer().pack.upper if len(code) == 2}
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
        ("KHARKOV", "UA-63"),
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
    for number in range(0, len(gazetteer().pack), 7):
        region = gazetteer().pack.region(number)
        assert region.parent is None or region.parent in gazetteer().by_code
        assert gazetteer().within(region.code)[0] == region.code
        assert -90 <= region.lat <= 90
        assert -180 <= region.lon <= 180


def packed(folder: Path, *rows: Row) -> Pack:
    write([Row("country", "XX", "", "Exland"), *rows], folder, {}, frozenset())
    return Pack(folder)


def test_a_bigger_place_goes_before_a_smaller_namesake(tmp_path: Path) -> None:
    small = Row("city", "XX/twin-2", "XX", "Twin", 1, number=2)
    big = Row("city", "XX/twin", "XX", "Twin", 9)
    found = Gazetteer(packed(tmp_path, small, big), []).resolve("twin")
    assert found
    assert found.population == 9


def test_a_place_that_no_member_covers_is_in_the_region_that_lists_it(tmp_path: Path) -> None:
    pack = packed(
        tmp_path,
        Row("country", "YY", "", "Yland"),
        Row("city", "XX/port", "XX", "Port"),
        Row("city", "YY/port", "YY", "Port"),
    )
    holds = MacroRegion(id="coast", members=(), only={}, places=("Port",), countries=("XX",))
    here = Gazetteer(pack, [(Region(code="coast", name="Coast", kind="macro"), holds)])
    assert here.within("XX/port") == ("XX/port", "XX", "coast")
    assert here.within("YY/port") == ("YY/port", "YY")
    assert here.within("coast") == ("coast",)


def own_table(name: str) -> list[list[str]]:
    lines = files("crawler.gazetteer").joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("table", ["country_names.tsv", "admin1_names.tsv", "more_places.tsv"])
def test_the_pack_holds_what_our_own_tables_say(table: str) -> None:
    for row in own_table(table):
        if table == "more_places.tsv":
            found = [gazetteer().pack.region(reading.place) for reading in gazetteer().pack.readings(key(row[1]))]
            assert [region for region in found if row[0] in gazetteer().within(region.code)], row
            continue
        if row[0] in gazetteer().by_code:  # a withdrawn code may stay in a table: the next list may have it again
            region, names = gazetteer().by_code[row[0]], row[2]
            held = {key(name) for name in (region.name, *region.names)}
            assert key(row[1] or region.name) in held
            assert {key(name) for name in names.split("|") if name} <= held


def test_every_code_is_its_own_and_can_be_read() -> None:
    codes = list(gazetteer().by_code)
    assert len(set(codes)) == len(codes) == len(gazetteer().by_code)
    places = [code for code in codes if code not in gazetteer().macros]
    assert all(re.fullmatch(r"[A-Z]{2}(-\w+)?([/:][\w-]+)?", code) for code in places)
    assert [gazetteer().by_code[code].code for code in codes[::50]] == codes[::50]


@pytest.mark.parametrize(
    "code", ["RU-KB/", "/nalchik", "RU-KB/nalchik-0", "RU-KB/nalchik-99", "RU-KB/nalchik-x", "RU:", ":", "/"]
)
def test_a_code_that_nothing_has_is_unknown(code: str) -> None:
    assert code not in gazetteer().by_code
    assert gazetteer().within(code) == ()
    assert gazetteer().country(code) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Idlib province", "SY-ID"),
        ("Province of Idlib", "SY-ID"),
        ("провинция Идлиб", "SY-ID"),
        ("محافظة إدلب", "SY-ID"),
        ("İdlib ili", "SY-ID"),
        ("province de Idlib", "SY-ID"),
        ("Idlib district", "SY-ID:idlib"),
        ("city of Idlib", "SY-ID/idlib"),
        ("Kurram district", "PK-KP:kurram"),
        ("Republic of Dagestan", "RU-DA"),
        ("Донецкой области", "UA-14"),
    ],
)
def test_a_word_for_the_kind_of_place_picks_among_namesakes(name: str, code: str) -> None:
    found = gazetteer().resolve(name)
    assert found
    assert found.code == code


def test_a_town_lies_in_its_second_level() -> None:
    assert within("Parachinar")[:4] == ("PK-KP/parachinar", "PK-KP:kurram", "PK-KP", "PK")
