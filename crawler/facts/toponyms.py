"""Document -> Toponyms: which of its names are places, and which place each means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from crawler.facts.mentions import Document, Mention, PlaceName, read_mentions
from crawler.facts.toponym_abbreviations import read_abbreviations
from crawler.facts.toponym_parts import BIG, bearers, is_located, is_small, part_of_a_name
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.context import context
from crawler.gazetteer.type_words import type_words

_SUPPORT = (
    7.0  # how much likelier a place is where the text names its country, and that of a country against its namesakes
)
_COUNTRY = 4.0
_OTHER_NAME = 0.1
_CONFIRMED = 60.0
_LEVEL_PEOPLE = 2_000_000  # a first-level unit's weight at most: the pack has no population for it
_LEVEL_SHARE = 20  # of its country
_NESTED = 10  # how much smaller a unit inside a first-level unit is
_TOWN = 20_000
_MACRO_PEOPLE = 30_000_000
_WIDER = 0.02  # "Jammu and Kashmir" is the state; that lies in the macro-region which also goes by the name
_SEAT = 0.1  # "Idlib" alone is the city rather than the province
_SEAT_PEOPLE = 20_000
_ENOUGH = 170.0  # below it, a place is too small and too little spoken of to be the one that is meant
_PARENT_GAP = re.compile(r",? ?\(?\Z|, (?:the )?\Z| in (?:the )?(?:\w+ )?\Z")


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name that means a place; `people` for a demonym (`Syrian`), `unit` for a type word after it (`province`)."""

    start: int
    end: int
    region: Region
    people: bool


@lru_cache(maxsize=2)
def read_toponyms(document: Document) -> tuple[Toponym, ...]:
    """Return the document's place names in order, without those inside names of groups, people and organisations."""
    every = [name for name in _longest(document) if name.places]
    parts = [part_of_a_name(document, name) for name in every]
    people = bearers(document, every, parts)
    names = [
        name
        for name, part in zip(every, parts, strict=True)
        if not part and document.folded[name.start : name.end] not in people
    ]
    support = _supported_countries(names)
    found = []
    for i, mention in enumerate(names):
        after = names[i + 1] if i + 1 < len(names) else None
        before = names[i - 1] if i else None
        if region := _meant(document, mention, _around(document, before, mention, after), support):
            found.append(Toponym(mention.start, mention.end, region, all(place.people for place in mention.places)))
    return tuple(found)


def _longest(document: Document) -> Iterator[Mention]:
    """Of names that overlap, the longest; a group's name that needs no cue counts, so that no place inside it does."""
    best: Mention | None = None
    for mention in sorted([*read_mentions(document), *read_abbreviations(document)], key=_span):
        if _is_a_pair(document, mention):
            continue
        if not mention.places and all(group.cue and group.cue.needs_something for group in mention.groups):
            continue
        if best and mention.start < best.end:
            best = mention if mention.end - mention.start > best.end - best.start else best
            continue
        if best:
            yield best
        best = mention
    if best:
        yield best


def _span(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _is_a_pair(document: Document, mention: Mention) -> bool:
    """Whether a name is two, a place and what it lies in: "Washington, D.C."."""
    return bool(mention.places) and ", " in document.body[mention.start : mention.end]


def _supported_countries(names: list[Mention]) -> Counter[str]:
    """Country code -> how often names speak for it that can't mean a place in another country."""
    support: Counter[str] = Counter()
    for mention in names:
        firm = [_region(place) for place in mention.places if place.own]
        weighty = [region for region in firm if region.kind != "city" or region.population >= BIG]
        countries = {gazetteer().country(region.code) for region in weighty} - {None}
        if len(countries) == 1:
            support.update(country for country in countries if country)
    return support


def _region(place: PlaceName) -> Region:
    return place.region


def _around(document: Document, before: Mention | None, mention: Mention, after: Mention | None) -> frozenset[str]:
    """Return the codes that the names beside this one give for what it lies in: "Mosul, Iraq", "Russia's Dagestan"."""
    codes: set[str] = set()
    if after and after.start - mention.end < 12 and _PARENT_GAP.fullmatch(document.body[mention.end : after.start]):
        codes.update(place.code for place in after.places if not place.people)
    if before and document.body[before.end : mention.start] in ("'s ", "’s ", " "):
        codes.update(place.code for place in before.places)
    return frozenset(codes)


def _meant(document: Document, mention: Mention, around: frozenset[str], support: Counter[str]) -> Region | None:
    """Return the likeliest place, `None` where none is likely enough."""
    kinds = type_words().beside(document.folded, mention.start, mention.end)
    unit = "admin1" in kinds or "admin2" in kinds
    seats = {_region(place).country for place in mention.places if place.own and _is_a_seat(_region(place))}
    best, weight = None, 0.0
    for place in mention.places:
        region = _region(place)
        likely = _weight(place, region)
        if support[gazetteer().country(region.code) or ""]:
            likely *= _SUPPORT
        if around & set(gazetteer().within(region.code)[1:]):
            likely *= _CONFIRMED
        if (unit and region.kind in ("admin1", "admin2")) or region.kind in kinds:
            likely *= _CONFIRMED
        if region.kind == "macro" and _yields(place, region, mention):
            likely *= _WIDER
        if region.kind == "admin1" and not unit and region.country in seats:
            likely *= _SEAT
        if likely > weight:
            best, weight = region, likely
    return best if weight >= _needed(document, mention) else None


def _yields(place: PlaceName, macro: Region, mention: Mention) -> bool:
    """Whether a macro-region shares the name with a first-level unit in it, whose it is rather than its own."""
    within = gazetteer().within
    units = [unit for unit in mention.places if _region(unit).kind == "admin1" and macro.code in within(unit.code)]
    return any(unit.main or unit.code in within(macro.code) for unit in units)


def _is_a_seat(region: Region) -> bool:
    return region.kind == "city" and region.population >= _SEAT_PEOPLE


def _weight(place: PlaceName, region: Region) -> float:
    if region.kind == "macro":
        return sqrt(_MACRO_PEOPLE) * _COUNTRY
    if region.kind == "country":
        return sqrt(max(region.population, 1_000_000)) * _COUNTRY
    if region.kind == "admin1":
        country = gazetteer().by_code[region.country or ""]
        nested = _NESTED if region.parent != region.country else 1
        return sqrt(min(_LEVEL_PEOPLE, country.population / _LEVEL_SHARE / nested)) * (1.0 if place.main else 0.7)
    return sqrt(max(region.population, 1_000)) * (1.0 if place.own else _OTHER_NAME)


def _needed(document: Document, mention: Mention) -> float:
    """How much must speak for a name that is first of all a word or a person's name, and for any other."""
    words = context()
    name = document.folded[mention.start : mention.end]
    if name in words.sets["ordinary"]:
        return _ENOUGH if _is_a_town_somewhere(mention) and is_located(document, mention) else _ENOUGH * _CONFIRMED
    if is_small(mention) and name in words.sets["forenames"]:
        return _ENOUGH * _CONFIRMED
    return _ENOUGH


def _is_a_town_somewhere(mention: Mention) -> bool:
    return any(
        place.own and _region(place).kind == "city" and _region(place).population >= _TOWN for place in mention.places
    )
