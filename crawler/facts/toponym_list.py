"""Text -> every toponym in it with its offsets and the place it means, event or not, each time it is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.facts.groups import named_groups
from crawler.facts.mentions import Document, read_document
from crawler.facts.toponyms import Toponym, read_toponyms
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.context import context
from crawler.gazetteer.natural_features import natural_features

_OF_A_NAME = re.compile(r"[A-Z]\w+ of (?:the )?\Z")
_BEFORE_A_NAME = re.compile(r" [A-Z]")
# "of Meadow Grove, Neb.": a town too small for the gazetteer is told by the preposition and the unit behind the comma.
_WORD = r"(?:[A-Z][\w'’]*|St\.|Mt\.|Ft\.)"
_TOWN = re.compile(rf"\b(?:in|of|from|near|at|outside|to|and) ({_WORD}(?:[ -]{_WORD}){{0,2}}), \Z")
_LOOK_BACK = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """One toponym: `start` and `end` are character offsets in the text.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level; what lies in it has its own: `RU-KB/nalchik`) or a
    macro-region's id; a town that the gazetteer lacks has the unit's that is named with it, a sea or a river its
    country's. `country`, `admin1` and a sea's `code` are `None` where the place spans several; `lat` and `lon` are
    degrees, of the capital for a country, `None` where unknown.
    """

    start: int
    end: int
    name: str
    code: str | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None


def list_toponyms(text: str) -> tuple[NamedPlace, ...]:
    """Return every toponym of a text in any bundled language, in order; none inside the name of an armed group."""
    document = read_document("", text)
    taken = bytearray(len(document.body))
    for group in named_groups(document):
        _take(taken, group.start, group.end)
    known = [toponym for toponym in read_toponyms(document) if not any(taken[toponym.start : toponym.end])]
    features = list(_features(document, taken))
    within = [(feature.start, feature.end) for feature in features]
    named = [_named(t) for t in known if not any(start <= t.start and t.end <= end for start, end in within)]
    features = [f for f in features if not any(f.start < other.end and other.start < f.end for other in named)]
    for place in (*named, *features):
        _take(taken, place.start, place.end)
    return tuple(sorted([*named, *features, *_towns(document, known, taken)], key=lambda place: place.start))


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\1" * (end - start)


def _features(document: Document, taken: bytearray) -> Iterator[NamedPlace]:
    """Yield the waters, mountains and wide regions, without those in the names of organisations."""
    table = natural_features()
    for found in table.pattern.finditer(document.body):
        start, end = found.span()
        in_a_name = " " not in found[0] and _BEFORE_A_NAME.match(document.body, end)
        if in_a_name or any(taken[start:end]) or _OF_A_NAME.search(document.body, max(0, start - _LOOK_BACK), start):
            continue
        feature = table.by_name[found[0]]
        yield NamedPlace(
            start=start,
            end=end,
            name=feature.name,
            code=feature.country,
            country=feature.country,
            admin1=None,
            lat=feature.lat,
            lon=feature.lon,
        )


def _towns(document: Document, known: list[Toponym], taken: bytearray) -> Iterator[NamedPlace]:
    """Yield the towns that the gazetteer lacks, each time, as lying in the unit that one of them is named with."""
    units: dict[str, Region] = {}
    for toponym in known:
        if toponym.region.kind not in ("admin1", "country") or toponym.people:
            continue
        before = _TOWN.search(document.body, max(0, toponym.start - _LOOK_BACK), toponym.start)
        if before and not any(taken[before.start(1) : before.end(1)]) and _is_a_name(before[1]):
            units.setdefault(before[1], toponym.region)
    if not units:
        return
    names = "|".join(re.escape(name) for name in sorted(units, key=lambda name: (-len(name), name)))
    for found in re.finditer(rf"(?<![\w-])(?:{names})(?![\w-])", document.body):
        if not any(taken[found.start() : found.end()]):
            yield _named(Toponym(found.start(), found.end(), units[found[0]], people=False))


def _is_a_name(words: str) -> bool:
    """Whether none of the words is a title, a weekday or a person's first name."""
    sets = context().sets
    return not any(word.casefold() in sets[name] for word in words.split() for name in ("titles", "dates", "forenames"))


def _named(toponym: Toponym) -> NamedPlace:
    region = toponym.region
    located = bool(region.lat or region.lon)
    return NamedPlace(
        start=toponym.start,
        end=toponym.end,
        name=region.name,
        code=region.code,
        country=gazetteer().country(region.code),
        admin1=first.code if (first := gazetteer().first_level(region)) else None,
        lat=region.lat if located else None,
        lon=region.lon if located else None,
    )
