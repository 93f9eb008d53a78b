"""places.tsv and macro_regions.yaml -> Regions: countries, first-level units, cities and macro-regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import yaml

RegionKind = Literal["macro", "country", "admin1", "city"]
_KINDS: dict[str, RegionKind] = {"C": "country", "A": "admin1", "P": "city"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place with a name.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level), a city's own (`RU-KB/nalchik`) or a
    macro-region's id. `parent` is the code of what it lies in, `None` for a country or a macro-region; `country` is
    `None` for a macro-region. `names` are read in text, `other` are names in other languages that only resolve,
    `people` the words for its people and things. `lat` and `lon` are degrees, 0 and 0 where unknown; a country's are
    its capital's.
    """

    code: str
    name: str
    kind: RegionKind
    country: str | None = None
    parent: str | None = None
    population: int = 0
    lat: float = 0.0
    lon: float = 0.0
    names: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroRegion:
    """What a macro-region holds: its members' codes; for a wider member, the names of its places that count."""

    id: str
    members: tuple[str, ...]
    only: dict[str, tuple[str, ...]]
    places: tuple[str, ...]


def bundled_places() -> list[Region]:
    """Return the countries, first-level units and cities of the pack, in its order."""
    text = files("crawler.gazetteer").joinpath("places.tsv").read_text("utf-8")
    return [_place(line.split("\t")) for line in text.splitlines() if not line.startswith("#")]


def _place(row: list[str]) -> Region:
    kind, code, parent, name, population, lat, lon, names, other, people = row
    return Region(
        code=code,
        name=name,
        kind=_KINDS[kind],
        country=code[:2],
        parent=parent or None,
        population=int(population),
        lat=float(lat),
        lon=float(lon),
        names=_list(names),
        other=_list(other),
        people=_list(people),
    )


def _list(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|")) if joined else ()


def bundled_macro_regions() -> Iterator[tuple[Region, MacroRegion]]:
    """Yield each macro-region with what it holds. All its aliases, of every language, are read in text."""
    text = files("crawler.gazetteer").joinpath("macro_regions.yaml").read_text("utf-8")
    for row in yaml.load(text, Loader=yaml.CSafeLoader)["regions"]:
        yield _macro(row)


def _macro(row: dict[str, Any]) -> tuple[Region, MacroRegion]:
    aliases = tuple(dict.fromkeys(alias for names in row["aliases"].values() for alias in names))
    members = tuple(row["members"] or row.get("countries", ())) if not row.get("places") else tuple(row["members"])
    holds = MacroRegion(
        id=row["id"],
        members=members,
        only={code: tuple(names) for code, names in row.get("only", {}).items()},
        places=tuple(row.get("places", ())),
    )
    return Region(
        code=row["id"], name=row["name"], kind="macro", names=aliases, people=tuple(row.get("people", ()))
    ), holds
