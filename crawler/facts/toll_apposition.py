"""A list of noun phrases -> the same without those that explain another: "three brothers, Ali, Omar and Sami"."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.facts.toll_nouns import Group
from crawler.facts.toll_phrase import Phrase


def without_apposition(p: Phrase, chain: Sequence[Group]) -> list[Group]:
    """Keep 'three brothers' of 'three brothers, Ali, Omar and Sami': what adds up to the number only explains it."""
    first = chain[0]
    if len(chain) > 1 and p.text(first.end) == ",":
        rest = chain[1:]
        counted = first.counted and (first.low or 0) > 1
        if counted and (all(g.kind == "name" for g in rest) or _one_by_one(p, first, rest) or _adds_up(first, rest)):
            return [first]
    return [g for k, g in enumerate(chain) if k == 0 or not _explains(p, chain, k)]


def _adds_up(first: Group, rest: Sequence[Group]) -> bool:
    """'16 people, 11 men and five women, were killed'."""
    told = not first.head and all(g.counted and g.kind == "person" for g in rest)
    return told and sum(g.low or 0 for g in rest) == first.low


def _one_by_one(p: Phrase, first: Group, rest: Sequence[Group]) -> bool:
    """'two nuns, one German and the other Austrian'; 'two nuns, a guard and a cook' are four."""
    return len(rest) == first.low and all(g.low == 1 for g in rest) and p.tagged(rest[0].start, "number")


def _explains(p: Phrase, chain: Sequence[Group], k: int) -> bool:
    """Say whether item `k`, after a bare comma, explains the one before: a name its role, or what follows 'and'."""
    item, before = chain[k], chain[k - 1]
    if p.tagged(item.start - 1, "conj"):
        return False
    if _names_holder(p, before, item):
        return True
    if item.low is not None and item.low > 1:
        return before.low is None and not before.counted
    if (item.kind == "name") != (before.kind == "name"):
        return True
    return any(p.tagged(g.start - 1, "conj") for g in chain[1:k]) or (len(chain) == 2 and item.low == before.low == 1)


def _names_holder(p: Phrase, before: Group, item: Group) -> bool:
    """'killed the police chief, Colonel Dares, along with his driver'."""
    whole_name = p.units[item.start].capital and p.units[item.end - 1].capital
    return whole_name and item.kind == "person" and not (item.counted or item.definite) and before.definite
