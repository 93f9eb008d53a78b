"""Document -> Toponyms: which of its names are places, and which place each means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from crawler.facts.mentions import Document, Mention, PlaceName, read_mentions
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.context import context
from crawler.gazetteer.cues import small_words
from crawler.gazetteer.names import key
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
_MACRO_PEOPLE = 30_000_000
_WIDER = 0.02  # "Jammu and Kashmir" is the state; that lies in the macro-region which also goes by the name
_SEAT = 0.1  # "Idlib" alone is the city rather than the province
_SEAT_PEOPLE = 20_000
_ENOUGH = 170.0  # below it, a place is too small and too little spoken of to be the one that is meant
_BIG = 200_000
_PARENT_GAP = re.compile(r",? ?\(?\Z|, (?:the )?\Z| in (?:the )?(?:\w+ )?\Z")
_NEXT_WORD = re.compile(r" ([^\W\d_]+)")
_LAST_WORD = re.compile(r"([^\W\d_]+)(\.?) \Z")
_LAST_OF = re.compile(r"([^\W\d_]+) (?:of|at) (?:the )?\Z")


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
    names = [name for name in _longest(document) if name.places and not _is_part_of_a_name(document, name)]
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
    for mention in read_mentions(document):
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


def _supported_countries(names: list[Mention]) -> Counter[str]:
    """Country code -> how often names speak for it that can't mean a place in another country."""
    support: Counter[str] = Counter()
    for mention in names:
        firm = [_region(place) for place in mention.places if place.own]
        weighty = [region for region in firm if region.kind != "city" or region.population >= _BIG]
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
    if name in words.sets["ordinary"] or (
        name in words.sets["forenames"] and all(_is_small(place) for place in mention.places)
    ):
        return _ENOUGH * _CONFIRMED
    return _ENOUGH


def _is_small(place: PlaceName) -> bool:
    region = _region(place)
    return region.kind == "city" and region.population < _BIG


def _is_part_of_a_name(document: Document, mention: Mention) -> bool:
    """Whether the name is part of a person's or a thing's: "University of Aleppo", "Michael Jordan"."""
    words = context()
    kinds = {_region(place).kind for place in mention.places}
    before = document.body[max(0, mention.start - 40) : mention.start]
    if (of := _LAST_OF.search(before)) and of[1][:1].isupper() and of[1].casefold() in words.sets["parts_before"]:
        return True
    last = _LAST_WORD.search(before)
    if last and _is_a_person_or_thing(last[1], bool(last[2])):
        return True
    if "country" in kinds or "macro" in kinds:
        return False
    after = _NEXT_WORD.match(document.body, mention.end)
    if after and after[1][0].isupper() and after[1].casefold() in words.sets["parts_after"]:
        return not ("admin1" in kinds and after[1].casefold() in words.sets["units"])
    return _looks_like_a_person(document, mention, last, after)


def _is_a_person_or_thing(word: str, dotted: bool) -> bool:
    words, folded = context(), word.casefold()
    if folded in words.sets["titles"]:
        return True
    if not word[0].isupper() or dotted:
        return dotted and len(word) == 1  # an initial: "John D. Hamilton"
    return folded in words.sets["forenames"] or folded in words.sets["parts_before"]


def _looks_like_a_person(
    document: Document, mention: Mention, last: re.Match[str] | None, after: re.Match[str] | None
) -> bool:
    """Whether a small place stands beside another word with a capital, as half of a person's name does."""
    if document.in_capitals or mention.start < document.offset:
        return False
    if any(
        place.own and (_region(place).kind != "city" or _region(place).population >= _BIG) for place in mention.places
    ):
        return False
    return any(_is_name_word(document, match, mention) for match in (last, after) if match)


def _is_name_word(document: Document, match: re.Match[str], mention: Mention) -> bool:
    words, word = context(), match[1].casefold()
    if (
        not match[1][0].isupper()
        or word in words.sets["dates"]
        or word in words.sets["units"]
        or word in words.sets["towns"]
        or key(word) in small_words()
    ):
        return False
    return not words.governed.search(f"{word} ") and word not in ("the", "a", "and", "but", "from", "to", "of")
