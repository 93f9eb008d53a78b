"""Every macro-region is rung for by its own name and by a city of each member, and by no neighbour's city."""

from __future__ import annotations

from functools import cache
from math import hypot

import pytest

from crawler.facts.places import read_places
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.macros import bundled_macro_regions

EVERY = [pytest.param(region, holds, id=region.code) for region, holds in bundled_macro_regions()]
NEIGHBOURS = 3


@cache
def cities() -> dict[str, list[Region]]:
    """Each country's and first-level unit's cities, the biggest first."""
    found: dict[str, list[Region]] = {}
    every = [region for region in gazetteer().by_code.values() if region.kind == "city"]
    for city in sorted(every, key=lambda city: -city.population):
        for code in gazetteer().within(city.code)[1:]:
            found.setdefault(code, []).append(city)
    return found


def told_of(place: str) -> set[str]:
    """The regions in which an article puts its event, a bomb in the place."""
    read = read_places("", f"A car bomb exploded in {place} on Tuesday, killing five people.", "en")
    return {code for found in read if found.role == "event" for code in found.within}


def address(city: Region) -> str:
    first, country = gazetteer().first_level(city), gazetteer().by_code[city.country or ""]
    return ", ".join(dict.fromkeys(place.name for place in (city, first, country) if place))


def inside(code: str, macro: str) -> Region | None:
    """The biggest city of a member that lies in the macro-region."""
    return next((city for city in cities().get(code, ()) if macro in gazetteer().within(city.code)), None)


def neighbours(macro: Region) -> list[Region]:
    """The biggest cities of the countries and units nearest to the macro-region's members that lie outside it."""
    within = list(cities().get(macro.code, ()))[:40]
    if not within:
        return []
    units = {
        gazetteer().first_level(city) or city
        for code in {c.country for c in within if c.country}
        for city in cities()[code]
    }
    countries = {city.country for city in within}
    abroad = [found[0] for code, found in cities().items() if len(code) == 2 and code not in countries]
    near = [found for unit in units if (found := next(iter(cities().get(unit.code, ())), None))] + abroad
    outside = [city for city in near if macro.code not in gazetteer().within(city.code)]

    def distance(city: Region) -> float:
        return min(hypot(city.lat - other.lat, city.lon - other.lon) for other in within)

    return sorted(set(outside), key=lambda city: (distance(city), city.code))[:NEIGHBOURS]


@pytest.mark.parametrize(("macro", "holds"), EVERY)
def test_a_macro_region_rings_for_its_own_name(macro: Region, holds: object) -> None:
    assert macro.code in told_of(macro.name)


@pytest.mark.parametrize(("macro", "holds"), EVERY)
def test_a_macro_region_rings_for_a_city_of_each_member(macro: Region, holds: object) -> None:
    members = [*getattr(holds, "members", ()), *getattr(holds, "only", ())]
    named = {code: city for code in members if (city := inside(code, macro.code))}
    assert named or not members or not any(cities().get(code) for code in members)
    assert {code: macro.code in told_of(address(city)) for code, city in named.items()} == dict.fromkeys(named, True)


@pytest.mark.parametrize(("macro", "holds"), EVERY)
def test_a_macro_region_does_not_ring_for_its_neighbours(macro: Region, holds: object) -> None:
    near = neighbours(macro)
    assert {city.code: macro.code in told_of(address(city)) for city in near} == dict.fromkeys(
        (c.code for c in near), False
    )
