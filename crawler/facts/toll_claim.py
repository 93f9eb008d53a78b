"""Noun phrases -> a Claim: a figure of dead or injured, and the sum over a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from crawler.facts.toll_nouns import Group, Side

What = Literal["killed", "injured"]
# The code of practice asks for the lowest number a plural can mean where no number is given.
PLURAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure as one clause states it.

    `position` is the unit it hangs on; `definite` a mention of people already spoken of ("the man"), `more` an addition
    ("another two"), `part` a share of the figure before ("two of whom"), `total` a figure that includes all before,
    `own` one by the dead's own hand. `people` says where their noun phrases start.
    `marks` are those of all its noun phrases; and of its sentence: `anew`
    tells of a further event ("a second bomb"), `several` of more than one, `attackers_in` that they are among the dead,
    `voice` that another than an official gives the bare figure.
    """

    what: What
    low: int
    high: int
    approximate: bool = False
    position: int = 0
    definite: bool = False
    more: bool = False
    part: bool = False
    total: bool = False
    nominal: bool = False
    own: bool = False
    counted: bool = True
    heads: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    sides: dict[Side, int] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()


def tally(what: What, groups: Iterable[Group], position: int) -> Claim | None:
    """Return the sum over a list of noun phrases, `None` where it counts no people."""
    people = [g for g in groups if g.kind not in {"animal", "other"}]
    if not people:
        return None
    counted = any(g.counted and g.low for g in people)
    low = high = 0
    approximate = False
    sides: dict[Side, int] = {}
    for g in people:
        # '2 soldiers and civilians were killed' is at least two
        n = (0 if counted else PLURAL) if g.low is None else g.low
        low, high = low + n, high + (n if g.high is None else g.high)
        approximate = approximate or g.approximate or g.low is None
        if g.side and n:
            sides[g.side] = sides.get(g.side, 0) + n
    return Claim(
        what=what,
        low=low,
        high=high,
        approximate=approximate,
        position=position,
        definite=all(g.definite and not (g.counted and g.more) for g in people),
        more=people[0].more,
        counted=any(g.counted for g in people),
        heads=tuple(g.head for g in people),
        people=tuple(g.start for g in people),
        sides=sides,
        marks=frozenset.intersection(*(g.marks for g in people)),
    )
