"""A name or code -> Region, and every code that a region lies in."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache

from crawler.gazetteer.names import key
from crawler.gazetteer.pack import MacroRegion, Region, bundled_macro_regions, bundled_places

_RANK = {"macro": 0, "country": 1, "admin1": 2, "city": 3}


class Gazetteer:
    """Every region we know, by code and by name."""

    def __init__(self, places: list[Region], macros: list[tuple[Region, MacroRegion]]) -> None:
        self.by_code = {region.code: region for region in [*(region for region, _ in macros), *places]}
        self._macros = {holds.id: holds for _, holds in macros}
        self._within: dict[str, tuple[str, ...]] = {}

    def resolve(self, name_or_code: str) -> Region | None:
        """Return the region of this code, id or name in any bundled language; case and accents don't matter in names.

        Where several share a name, a macro-region goes before a country, that before a first-level unit and that
        before a city; then the one whose own name it is, then the bigger one.
        """
        asked = name_or_code.strip()
        if region := self.by_code.get(asked) or self.by_code.get(asked.upper() if "-" in asked else asked):
            return region
        code = self._named.get(key(asked))
        return self.by_code[code[0]] if code else None

    def suggest(self, name: str) -> list[str]:
        """Return up to three known names that this one may be a slip of, the likeliest first."""
        from rapidfuzz import process  # noqa: PLC0415  it brings numpy, 20 MiB, and only a slip needs it
        from rapidfuzz.distance import OSA  # noqa: PLC0415  two letters that changed places are one slip

        near = process.extract(
            key(name), self._named.keys(), scorer=OSA.normalized_similarity, limit=40, score_cutoff=0.7
        )
        best = sorted(near, key=lambda found: _RANK[self.by_code[self._named[found[0]][0]].kind] * 0.06 - found[1])
        codes = (self._named[found] for found, _, _ in best)
        return list(dict.fromkeys(self.by_code[code].name if name.isascii() else alias for code, alias in codes))[:3]

    def within(self, code: str) -> tuple[str, ...]:
        """Return every code and macro-region id that the region lies in, its own first; empty for an unknown code."""
        if code not in self.by_code:
            return ()
        if code not in self._within:
            self._within[code] = self._macro_path(code) if code in self._macros else self._place_path(code)
        return self._within[code]

    def country(self, code: str) -> str | None:
        """Return the country that a region is or lies in; `None` for a macro-region of several."""
        found = (other for other in self.within(code) if self.by_code[other].kind == "country")
        return next(found, None)

    def _place_path(self, code: str) -> tuple[str, ...]:
        path = [code]
        while parent := self.by_code[path[-1]].parent:
            path.append(parent)
        return (*path, *(macro for macro, holds in self._macros.items() if self._holds(holds, path)))

    def _holds(self, holds: MacroRegion, path: list[str]) -> bool:
        region = self.by_code[path[0]]
        if holds.places and region.kind == "city" and region.name in holds.places:
            return True
        for code in path:
            if code in holds.only:
                return _named_one_of(region, holds.only[code])
            if code in holds.members:
                return True
        return False

    def _macro_path(self, code: str) -> tuple[str, ...]:
        """A macro-region lies in whatever all its members lie in."""
        members = self._macros[code].members
        shared = [set(self.within(member)) for member in members]
        around = set.intersection(*shared) if shared else set()
        return (code, *sorted(around - {code}))

    @cached_property
    def _named(self) -> dict[str, tuple[str, str]]:
        """Folded name -> (code, the name as it is written)."""
        order: dict[str, list[tuple[int, bool, int, str, str]]] = defaultdict(list)
        for region in self.by_code.values():
            rank, size = _RANK[region.kind], -region.population
            for name in (region.name, *region.names, *region.other):
                order[key(name)].append((rank, name != region.name, size, region.code, name))
        return {name: min(found)[3:] for name, found in order.items() if name}


def _named_one_of(region: Region, names: tuple[str, ...]) -> bool:
    wanted = {key(name) for name in names}
    return region.kind == "city" and any(key(name) in wanted for name in (region.name, *region.names))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the bundled gazetteer, read once."""
    return Gazetteer(bundled_places(), list(bundled_macro_regions()))
