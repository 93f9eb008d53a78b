"""Document -> Toponyms: which of its names are places, and which place each means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt

from crawler.facts.mentions import Document, Mention, PlaceName, read_mentions
from crawler.facts.toponym_abbreviations import read_abbreviations
from crawler.facts.toponym_parts import BIG, bearers, is_located, is_small, part_of_a_name
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.context import context
from crawler.gazetteer.cues import ordinary_words
from crawler.gazetteer.signs import spoken_for
from crawler.gazetteer.type_words import type_words

# How much likelier a place is where the text names a unit of its country, where other names speak for that, where its
# own does.
_UNIT_SUPPORT, _SUPPORT, _SELF_SUPPORT = 15.0, 7.0, 1.5
_HOME = 3.0  # how much likelier a namesake is in the publisher's own country
_UNIT = "/unit"
_COUNTRY = 4.0
_OTHER_NAME = 0.1
_CONFIRMED = 60.0
_LEVEL_PEOPLE = 2_000_000  # a first-level unit's weight at most: the pack has no population for it
_LEVEL_SHARE = 20  # of its country
_NESTED = 10  # how much smaller a unit inside a first-level unit is
_LOCATED = 3.0  # what is in or near a small place speaks for it, where little else can
_REACH = 60  # characters before a name in which its verb stands
_SHORT = 1_500  # characters; a longer text says more of where it plays
_TYPE_BEFORE = re.compile(r"(?:state|province|region|republic|county) of ")
_TYPES = ("dates", "units", "towns", "parts_before", "parts_after")
_TOWN = 20_000
_MACRO_PEOPLE = 30_000_000
_WIDER = 0.02  # "Jammu and Kashmir" is the state; that lies in the macro-region which also goes by the name
_SEAT = 0.1  # "Idlib" alone is the city rather than the province
_SEAT_PEOPLE = 20_000
_ENOUGH = 170.0  # below it, a place is too small and too little spoken of to be the one that is meant
_TURKISH = re.compile("[ŞşĞğİı]")  # letters that no other language here has
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
    whole = [name for name, part in zip(every, parts, strict=True) if not part]
    support = _supported_countries(document, whole)
    names = [name for name in whole if not _is_a_bearer(document, name, people, support)]
    arounds = [_around(document, *trio) for trio in zip([None, *names], names, [*names[1:], None], strict=False)]
    told = _told_once(document, names, arounds)
    found = []
    for mention, around in zip(names, arounds, strict=True):
        setting = _Setting(
            mention,
            around=around or told.get(document.folded[mention.start : mention.end], around),
            kinds=type_words().beside(document.folded, mention.start, mention.end),
            full=_is_a_full_name(document, mention),
            seats=frozenset(
                _region(place).country for place in mention.places if place.own and _is_a_seat(_region(place))
            ),
            support=support,
            name=document.folded[mention.start : mention.end],
            home=document.home,
        )
        if region := _meant(document, setting):
            found.append(Toponym(mention.start, mention.end, region, all(place.people for place in mention.places)))
    return tuple(found)


def _is_a_bearer(document: Document, mention: Mention, people: frozenset[str], support: Mapping[str, set[str]]) -> bool:
    """Whether a name is that of somebody in the text, and not as well that of a big place in a country it speaks of."""
    name = document.folded[mention.start : mention.end]
    if name not in people or is_small(mention):
        return name in people
    return not any(support.get(_country(place.region) or "", people) - people for place in mention.places)


def _longest(document: Document) -> Iterator[Mention]:
    """Of names that overlap, the longest; a group's name that needs no cue counts, so that no place inside it does."""
    best: Mention | None = None
    for mention in sorted([*read_mentions(document), *read_abbreviations(document)], key=_span):
        if _is_a_pair(document, mention):
            continue
        if not mention.places and all(group.cue and group.cue.needs_something for group in mention.groups):
            continue
        if best and mention.start < best.end:
            best = max(mention, best, key=lambda name: _length(document, name))
            continue
        if best:
            yield best
        best = mention
    if best:
        yield best


def _length(document: Document, mention: Mention) -> tuple[int, int]:
    """Letters of a name without the type word in lower case at its ends, then the fewest: "Zhejiang" is all of it."""
    surface = document.body[mention.start : mention.end]
    core = _TYPE_BEFORE.sub("", surface) if surface[:1].islower() else surface
    if (last := surface.rpartition(" ")[2])[:1].islower() and last in context().sets["units"]:
        core = core[: -len(last) - 1]
    return len(core), -len(surface)


def _span(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _is_a_pair(document: Document, mention: Mention) -> bool:
    """Whether a name is two, a place and what it lies in: "Washington, D.C."."""
    return bool(mention.places) and ", " in document.body[mention.start : mention.end]


def _supported_countries(document: Document, names: list[Mention]) -> dict[str, set[str]]:
    """Country code -> the folded names that speak for it, which can't mean a place in another country.

    A unit's name speaks for its country twice, as itself and under `_UNIT`: who names a county is at home there.
    """
    support = spoken_for(document.folded)
    doubtful = context().sets["ordinary"] | context().sets["forenames"] | ordinary_words()
    for mention in names:
        name = document.folded[mention.start : mention.end]
        if name in doubtful:
            continue
        weighty = [place.region for place in mention.places if place.own and _is_weighty(document, mention, place)]
        countries = {_country(region) for region in weighty} - {None}
        if len(countries) == 1:
            country = next(iter(countries)) or ""
            support.setdefault(country, set()).add(name)
            if all(region.kind in ("admin1", "admin2") for region in weighty):
                support.setdefault(country + _UNIT, set()).add(name)
    return support


def _is_weighty(document: Document, mention: Mention, place: PlaceName) -> bool:
    """Whether a place is big enough, or named in full, to speak for its country."""
    if place.region.kind == "admin2" and _is_a_full_name(document, mention):
        return True
    return place.region.kind not in ("city", "admin2") or place.region.population >= BIG


def _region(place: PlaceName) -> Region:
    return place.region


def _country(region: Region) -> str | None:
    return region.country if region.kind != "macro" else gazetteer().country(region.code)


def _around(document: Document, before: Mention | None, mention: Mention, after: Mention | None) -> frozenset[str]:
    """Return the codes that the names beside this one give for what it lies in: "Mosul, Iraq", "Russia's Dagestan"."""
    codes: set[str] = set()
    if after and after.start - mention.end < 12 and _PARENT_GAP.fullmatch(document.body[mention.end : after.start]):
        codes.update(place.code for place in after.places if not place.people)
    if before and document.body[before.end : mention.start] in ("'s ", "’s ", " "):
        codes.update(place.code for place in before.places)
    return frozenset(codes)


def _told_once(document: Document, names: list[Mention], arounds: list[frozenset[str]]) -> dict[str, frozenset[str]]:
    """Folded name -> what the text once says it lies in: after "Paris, Texas" no "Paris" is the French one."""
    told: dict[str, frozenset[str]] = {}
    for mention, around in zip(names, arounds, strict=True):
        if around and any(around.intersection(gazetteer().within(place.code)[1:]) for place in mention.places):
            told.setdefault(document.folded[mention.start : mention.end], around)
    return told


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a name stands in: `around` are codes that the names beside it give, `kinds` what type words beside it say,
    `support` the names that speak for a country; `home` is the publisher's.
    """

    mention: Mention
    around: frozenset[str]
    kinds: frozenset[str]
    full: bool
    seats: frozenset[str | None]
    support: Mapping[str, set[str]]
    name: str
    home: str | None

    @property
    def is_unit(self) -> bool:
        """Whether a word beside the name says that it is a unit's rather than a town's."""
        return bool({"admin1", "admin2"} & self.kinds)


def _meant(document: Document, setting: _Setting) -> Region | None:
    """Return the likeliest place, `None` where none is likely enough."""
    mention = setting.mention
    likely = [(_likely(place, setting), -i) for i, place in enumerate(mention.places)]
    weight, i = max(likely)
    located = _LOCATED if len(document.body) < _SHORT and _is_gone_to(document, mention) else 1.0
    return _region(mention.places[-i]) if weight * located >= _needed(document, mention) else None


def _is_gone_to(document: Document, mention: Mention) -> bool:
    """Whether something is in, near or at a name, or somebody enters, seizes or shells it."""
    before = document.folded[max(0, mention.start - _REACH) : mention.start]
    return is_located(document, mention) or bool(context().placed.search(before) or context().taken.search(before))


def _likely(place: PlaceName, setting: _Setting) -> float:
    """How likely a name is to mean this place."""
    region = _region(place)
    likely = _weight(place, region)
    likely *= _supported(_country(region) or "", setting)
    if setting.around and setting.around & set(gazetteer().within(region.code)[1:]):
        likely *= _CONFIRMED
    if _is_of_kind(region, setting):
        likely *= _CONFIRMED
    if region.kind == "macro" and _yields(place, region, setting.mention):
        likely *= _WIDER
    if region.kind == "admin1" and not setting.is_unit and region.country in setting.seats:
        likely *= _SEAT
    return likely


def _supported(country: str, setting: _Setting) -> float:
    """How much likelier a country is for the other names that speak for it."""
    own = {setting.name}
    home = _HOME if country and country == setting.home else 1.0
    if setting.support.get(country + _UNIT, own) - own:
        return _UNIT_SUPPORT * home
    speaking = setting.support.get(country)
    if not speaking:
        return home
    return home * (_SUPPORT if speaking - own else _SELF_SUPPORT)


def _is_of_kind(region: Region, setting: _Setting) -> bool:
    """Whether a type word says that the name is that of a place of this kind."""
    if region.kind == "admin2" and (setting.full or setting.is_unit):
        return True
    return region.kind in setting.kinds or (region.kind == "admin1" and setting.is_unit)


def _is_a_full_name(document: Document, mention: Mention) -> bool:
    """Whether the name ends with its own type word: "Darrang district"."""
    return document.folded[mention.start : mention.end].rpartition(" ")[2] in context().sets["units"]


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
    if name in ordinary_words():
        return _ENOUGH * _CONFIRMED
    if _TURKISH.search(document.body, mention.start, mention.end):
        return _ENOUGH  # Şam is no Sam
    if name in words.sets["ordinary"]:
        if not document.body[mention.start].isupper():
            return inf
        told = not any(name in words.sets[kind] for kind in _TYPES)
        told = told and _is_a_town_somewhere(mention) and is_located(document, mention)
        return _ENOUGH if told else _ENOUGH * _CONFIRMED
    if is_small(mention) and name in words.sets["forenames"]:
        return _ENOUGH * _CONFIRMED
    return _ENOUGH


def _is_a_town_somewhere(mention: Mention) -> bool:
    return any(
        place.own and _region(place).kind in ("city", "admin2") and _region(place).population >= _TOWN
        for place in mention.places
    )
