"""Document, Toponyms -> Toponyms, with the small places that the text itself puts its event in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.facts.mentions import Document, Mention, PlaceName, read_mentions
from crawler.facts.toponym_parts import part_of_a_name
from crawler.facts.toponyms import Toponym
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.context import context

_LOOK_BACK = 90
_ALONE = 10_000  # people of a place that may be meant where the text names nothing else of its country
_SHORTEST = 4  # letters
_NEXT = re.compile(r"['’]?s? ?([^\W\d_]+)")
_WORD = re.compile(r"\S+")
_KIND = re.compile(r" ([A-Z][a-z]+)")
_KINDS = ("city", "admin2", "admin1")


def with_local_names(document: Document, toponyms: tuple[Toponym, ...]) -> tuple[Toponym, ...]:
    """Return the toponyms and, in order, names of small places in words that leave no doubt: "at Palali airstrip".

    Alone, such a name says too little; behind "in", "near" or "the village of", or before "village" or "district", it
    is a place, and that of its namesakes which lies in a country that the text names. Names of people and things, and
    words that are first of all something else, stay out.
    """
    if document.in_capitals:
        return toponyms
    countries = {gazetteer().country(t.region.code) for t in toponyms} - {None}
    added = list(_added(document, toponyms, {code for code in countries if code}))
    every = tuple(sorted((*toponyms, *added), key=lambda t: t.start)) if added else toponyms
    return tuple(_placed(document, one, outer) for one, outer in zip(every, (*every[1:], None), strict=False))


def _placed(document: Document, one: Toponym, outer: Toponym | None) -> Toponym:
    """A small place as the text places it: "the Ghat area of Doda district" is in Doda, and not the Ghat of Libya."""
    if outer is None or one.people or one.region.kind in ("country", "macro") or outer.region.kind == "macro":
        return one
    known = gazetteer()
    if known.country(one.region.code) == known.country(outer.region.code):
        return one
    if outer.people or not context().lies_in.fullmatch(document.folded[one.end : outer.start]):
        return one
    return Toponym(one.start, one.end, outer.region, people=False)


def name_span(document: Document, toponym: Toponym) -> tuple[int, int]:
    """Return where the name proper begins and ends: "Takhar" of "Takhar province", "Lebanon" of "south Lebanon".

    Words of English in lower case that tell a kind or a side are no part of it; "Idlib Governorate" is one name.
    """
    sets = context().sets
    words = list(_WORD.finditer(document.body, toponym.start, toponym.end))
    while len(words) > 1 and words[0][0].rpartition("-")[2] in sets["fillers"]:
        words.pop(0)
    while len(words) > 1 and words[-1][0] in sets["units"] | sets["fillers"]:
        words.pop()
    last = words[-1].end() if words else toponym.end
    after = _KIND.match(document.body, last)
    if after and toponym.region.kind in ("admin1", "admin2") and after[1].casefold() in sets["units"]:
        last = after.end()
    return (words[0].start() if words else toponym.start), last


def _added(document: Document, toponyms: tuple[Toponym, ...], countries: set[str]) -> Iterator[Toponym]:
    taken = bytearray(len(document.body))
    for toponym in toponyms:
        taken[toponym.start : toponym.end] = b"\1" * (toponym.end - toponym.start)
    stop = 0
    for mention in read_mentions(document):
        if mention.start < stop or not mention.places or any(taken[mention.start : mention.end]):
            continue
        if mention.groups or not _is_a_local_name(document, mention):
            continue
        if region := _likeliest(mention.places, countries):
            stop = mention.end
            yield Toponym(mention.start, mention.end, region, people=False)


def _is_a_local_name(document: Document, mention: Mention) -> bool:
    """Whether the words around a name make it one of a place, and it is no word of another kind."""
    surface, sets = document.body[mention.start : mention.end], context().sets
    name = document.folded[mention.start : mention.end]
    if len(name) < _SHORTEST or not surface[0].isupper() or surface.isupper():
        return False
    if any(name in sets[kind] for kind in ("ordinary", "forenames", "dates", "titles", "units", "towns", "fillers")):
        return False
    after = _NEXT.match(document.body, mention.end)
    following = after[1] if after and document.body[mention.end] in " '’" else ""
    is_kind = following.casefold() in sets["facilities"] | sets["units"] | sets["towns"]
    if following[:1].isupper() and not is_kind and following.casefold() not in sets["dates"]:
        return False
    number = document.sentence_at(mention.start)
    begun = max(document.sentences[number].start, mention.start - _LOOK_BACK)
    before = document.folded[begun : mention.start]
    if not is_kind and not context().placed.search(before):
        return False
    return not part_of_a_name(document, mention)


def _likeliest(places: tuple[PlaceName, ...], countries: set[str]) -> Region | None:
    """The biggest place of a country that the text names, or, where none is, one that is big enough."""
    local = [place for place in places if not place.people and place.region.kind in _KINDS]
    near = [place for place in local if gazetteer().country(place.code) in countries]
    if not near:
        near = [] if countries else [place for place in local if place.region.population >= _ALONE]
    return max(near, key=_size).region if near else None


def _size(place: PlaceName) -> tuple[bool, int]:
    return place.own, place.region.population
