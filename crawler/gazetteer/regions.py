"""A name or code -> Region, and every code that a region lies in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from crawler.gazetteer.macros import MacroRegion, bundled_macro_regions
from crawler.gazetteer.names import key
from crawler.gazetteer.own import NOTHING, Own, adopted
from crawler.gazetteer.pack import OWN, PEOPLE, Pack, Reading, Region
from crawler.gazetteer.type_words import type_words

_RANK = {"macro": 0, "country": 1, "admin1": 2, "admin2": 3, "city": 3}
_KNOWN = 15_000  # people from which a city may be what a slip meant; a smaller one where nothing else is
_SLIP = 3  # letters that a name may be longer or shorter
_LONGEST = 80  # letters of a name that is looked for


class Gazetteer:
    """Every region we know, by code and by name: the pack's places, and macro-regions made of them."""

    def __init__(self, pack: Pack, macros: Sequence[tuple[Region, MacroRegion]]) -> None:
        self.pack = pack
        self.macros = {region.code: region for region, _ in macros}
        self.by_code: Mapping[str, Region] = _ByCode(pack, self.macros)
        self._holds = {holds.id: _Held(holds, self) for _, holds in macros}
        self._holders: dict[str, list[str]] = defaultdict(list)
        for macro, held in self._holds.items():
            for code in held.codes:
                self._holders[code].append(macro)
        self._order = {macro: i for i, macro in enumerate(self._holds)}
        self.within = lru_cache(maxsize=16_384)(self._within)

    def resolve(self, name_or_code: str) -> Region | None:
        """Return the region of this code, id or name in any bundled language; case and accents don't matter in names.

        Where several share a name, a macro-region goes before a country, that before a first-level unit, that before
        a city and that before a second-level unit; then the one whose own name it is, then the bigger one. A word for
        the kind of place picks among them: "Idlib province", "провинция Идлиб".
        """
        asked = name_or_code.strip()[: _LONGEST + 1]
        if region := self.by_code.get(asked) or self.by_code.get(asked.upper() if "-" in asked else asked):
            return region
        folded = key(asked)
        if macro := self._named_macros.get(folded):
            return self.macros[macro]
        return self._first(folded, ()) or next(
            (found for name, kinds in type_words().bare(folded) if (found := self._first(name, kinds))), None
        )

    def _first(self, folded: str, kinds: Iterable[str]) -> Region | None:
        for reading in self.pack.readings(folded):
            if reading.flags & PEOPLE or (kinds and self.pack.kind(reading.place) not in kinds):
                continue
            if region := self.read(reading):
                return region
        return None

    def read(self, reading: Reading) -> Region | None:
        """Return the region that a reading means, `None` for a macro-region that is no more."""
        region = self.pack.region(reading.place)
        return region if region.kind != "macro" else self.macros.get(region.code)

    def suggest(self, name: str) -> list[str]:
        """Return up to three known names that this one may be a slip of, the likeliest first."""
        asked = key(name[:_LONGEST])
        return (self._near(asked, self._like(asked)) or self._near(asked, self._curated())) if asked else []

    def _near(self, asked: str, names: dict[str, Region]) -> list[str]:
        from rapidfuzz import process  # noqa: PLC0415  it brings numpy, 20 MiB, and only a slip needs it
        from rapidfuzz.distance import OSA  # noqa: PLC0415  two letters that changed places are one slip

        near = process.extract(asked, names.keys(), scorer=OSA.normalized_similarity, limit=40, score_cutoff=0.7)
        best = sorted(near, key=lambda found: _RANK[names[found[0]].kind] * 0.06 - found[1])
        return list(dict.fromkeys(_as_written(names[found], found) for found, _, _ in best))[:3]

    def _like(self, asked: str) -> dict[str, Region]:
        """Folded names with the same first letter and about as long, of every place that isn't small."""
        names = {name: self.macros[code] for name, code in self._named_macros.items() if name[0] == asked[0]}
        for name, readings in self.pack.names(asked[0]):
            first = readings[0]
            if abs(len(name) - len(asked)) > _SLIP or first.flags & PEOPLE or not self._is_known(first, name):
                continue
            if region := self.read(first):
                names.setdefault(name, region)
        return names

    def _is_known(self, reading: Reading, name: str) -> bool:
        if not reading.flags & OWN and name.isascii():
            return False
        return self.pack.kind(reading.place) not in ("city", "admin2") or self.pack.population(reading.place) >= _KNOWN

    def _curated(self) -> dict[str, Region]:
        """Folded names of countries, first levels and macro-regions."""
        upper = [*self.macros.values(), *map(self.pack.region, self.pack.upper.values())]
        return {key(name): region for region in reversed(upper) for name in (*region.names, region.name)}

    def people(self) -> list[str]:
        """Return the English words for the people and things of countries and macro-regions."""
        upper = (*self.macros.values(), *map(self.pack.region, self.pack.upper.values()))
        return [word for region in upper for word in region.people]

    def country(self, code: str) -> str | None:
        """Return the country that a region is or lies in; `None` for a macro-region of several."""
        if (region := self.by_code.get(code)) and region.kind != "macro":
            return region.country
        return next((other for other in self.within(code) if self.by_code[other].kind == "country"), None)

    def first_level(self, region: Region) -> Region | None:
        """Return the first-level unit that a place is or lies in; where units are nested (Sylhet), the outermost."""
        found, around = None, self.by_code.get(region.code)
        while around:
            found = around if around.kind == "admin1" else found
            around = self.by_code.get(around.parent or "")
        return found

    def _within(self, code: str) -> tuple[str, ...]:
        """Return every code and macro-region id that the region lies in, its own first; empty for an unknown code."""
        region = self.by_code.get(code)
        if region is None:
            return ()
        if region.kind == "macro":
            return self._macro_path(code)
        path = [region]
        while parent := path[-1].parent:
            path.append(self.by_code[parent])
        holders = {macro for place in path for macro in self._holders.get(place.code, ())}
        macros = [macro for macro in sorted(holders, key=self._order.__getitem__) if self._holds[macro].holds(path)]
        return (*(place.code for place in path), *macros)

    def _macro_path(self, code: str) -> tuple[str, ...]:
        """A macro-region lies in whatever all its members lie in."""
        shared = [set(self.within(member)) for member in self._holds[code].members]
        around = set.intersection(*shared) if shared else set()
        return (code, *sorted(around - {code}))

    @cached_property
    def _named_macros(self) -> dict[str, str]:
        """Folded name of a macro-region -> its id; the first in the table keeps a name that two have."""
        named: dict[str, str] = {}
        for own in (True, False):
            for region in self.macros.values():
                for name in (region.name,) if own else region.names:
                    named.setdefault(key(name), region.code)
        return named


class _Held:
    """What a macro-region holds, as codes; so are the places of a member that is wider than the region."""

    def __init__(self, holds: MacroRegion, known: Gazetteer) -> None:
        self.members = holds.members
        self.only = {
            member: {code for name in names for code in _named_in(known, name, member)}
            for member, names in holds.only.items()
        }
        self.places = {
            code for name in holds.places for country in holds.countries for code in _named_in(known, name, country)
        }
        self.codes = {*self.members, *self.only, *self.places}

    def holds(self, path: list[Region]) -> bool:
        """Whether a place with this path of regions around it, itself first, is in the macro-region."""
        codes = [region.code for region in path]
        if self.places.intersection(codes):
            return True
        for code in codes:
            if code in self.only:
                return bool(self.only[code].intersection(codes))
            if code in self.members:
                return True
        return False


def _named_in(known: Gazetteer, name: str, member: str) -> Iterator[str]:
    """Yield the codes of towns and second-level units of this name in a member."""
    for reading in known.pack.readings(key(name)):
        region = known.pack.region(reading.place)
        if reading.flags & OWN and region.kind in ("city", "admin2") and _lies_in(known.pack, reading.place, member):
            yield region.code


def _lies_in(pack: Pack, place: int | None, code: str) -> bool:
    while place is not None:
        if pack.region(place).code == code:
            return True
        place = pack.parent(place)
    return False


class _ByCode(Mapping[str, Region]):
    """Code -> region, made when it is asked for."""

    def __init__(self, pack: Pack, macros: Mapping[str, Region]) -> None:
        self._pack, self._macros = pack, macros

    def __getitem__(self, code: str) -> Region:
        if found := self._macros.get(code):
            return found
        number = self._pack.number(code)
        if number is None or self._pack.kind(number) == "macro":
            raise KeyError(code)
        return self._pack.region(number)

    def __iter__(self) -> Iterator[str]:
        yield from self._macros
        for number in range(len(self._pack)):
            if self._pack.kind(number) != "macro":
                yield self._pack.region(number).code

    def __len__(self) -> int:
        packed = sum(1 for number in self._pack.upper.values() if self._pack.kind(number) == "macro")
        return len(self._pack) - packed + len(self._macros)


def _as_written(region: Region, folded: str) -> str:
    """Return a region's name, in the script that was asked for where it was chosen in that."""
    if folded.isascii():
        return region.name
    return next((name for name in region.names if key(name) == folded), region.name)


def gazetteer() -> Gazetteer:
    """Return the bundled gazetteer with the regions that were adopted, opened once."""
    return _with(adopted())


def bundled_gazetteer() -> Gazetteer:
    """Return the bundled gazetteer alone, opened once."""
    return _with(NOTHING)


@lru_cache(maxsize=3)
def _with(own: Own) -> Gazetteer:
    return Gazetteer(_pack(), [*own.regions, *bundled_macro_regions()])


@lru_cache(maxsize=1)
def _pack() -> Pack:
    return Pack()
