"""macro_regions.yaml -> MacroRegions: a name, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crawler.gazetteer.pack import Region
from crawler.gazetteer.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroRegion:
    """What a macro-region holds: its members' codes; for a wider member, the names of its places that count.

    `places` are names of places that no member covers, in one of the `countries` if there are any.
    """

    id: str
    members: tuple[str, ...]
    only: dict[str, tuple[str, ...]]
    places: tuple[str, ...]
    countries: tuple[str, ...] = ()


def bundled_macro_regions() -> Iterator[tuple[Region, MacroRegion]]:
    """Yield each macro-region with what it holds. All its aliases, of every language, are read in text."""
    for row in rows():
        yield _macro(row)


def rows() -> list[dict[str, Any]]:
    """Return the table as it is written."""
    listed: list[dict[str, Any]] = read_table("macro_regions.yaml")["regions"]
    return listed


def _macro(row: dict[str, Any]) -> tuple[Region, MacroRegion]:
    aliases = tuple(dict.fromkeys(alias for names in row["aliases"].values() for alias in names))
    countries = tuple(row.get("countries", ()))
    holds = MacroRegion(
        id=row["id"],
        members=tuple(row["members"] or (() if row.get("places") else countries)),
        only={code: tuple(names) for code, names in row.get("only", {}).items()},
        places=tuple(row.get("places", ())),
        countries=countries,
    )
    people = tuple(row.get("people", ()))
    return Region(code=row["id"], name=row["name"], kind="macro", names=aliases, people=people), holds
