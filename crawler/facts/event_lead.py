"""Names where an event happens, each with its sentence -> those that the lead binds, and the finest of them."""

from __future__ import annotations

from collections import defaultdict

from crawler.facts.toponyms import Toponym
from crawler.gazetteer import gazetteer

LEAD = 4  # sentences, the title included, whose event is the article's; later ones must agree with it

Spots = list[tuple[int, int]]
"""Numbers of toponyms, each with the number of its sentence, in the text's order."""


def bound_by_lead(telling: Spots, toponyms: tuple[Toponym, ...]) -> Spots:
    """Keep what the lead says, or else the first sentence that tells, and of later ones what agrees with it."""
    lead = {toponyms[i].region.code for i, number in telling if number < LEAD or number == telling[0][1]}
    return [
        (i, number)
        for i, number in telling
        if number < LEAD or number == telling[0][1] or _agrees(toponyms[i].region.code, lead)
    ]


def _agrees(code: str, lead: set[str]) -> bool:
    """Whether a place lies in one of the lead's, or one of those in it, or both in one country."""
    place = gazetteer()
    if lead & set(place.within(code)) or place.country(code) in {place.country(other) for other in lead} - {None}:
        return True
    return any(code in place.within(other) for other in lead)


def finest(spots: Spots, toponyms: tuple[Toponym, ...]) -> Spots:
    """Leave out a place where the same sentence names a finer one inside it: the finer says it all."""
    codes: defaultdict[int, set[str]] = defaultdict(set)
    for i, number in spots:
        codes[number].add(toponyms[i].region.code)
    within = gazetteer().within
    return [
        (i, number) for i, number in spots if not any(toponyms[i].region.code in within(o)[1:] for o in codes[number])
    ]
