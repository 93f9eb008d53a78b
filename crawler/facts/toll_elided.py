"""Frames with their claims -> what they say without saying it: a figure put right, a verb that is not repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crawler.facts.toll_claims import Claim, tally
from crawler.facts.toll_counted import Counted
from crawler.facts.toll_frames import EVENT_TAGS, Frames

_BEFORE = 8
_NUMBERED = frozenset(["bare", "person"])
_VERBS = frozenset(["kill_ed", "die", "hurt_ed", "hurt_int"])
_OTHERS = frozenset(["verb", "have", "modal", "clause", "relative", "turn", "including", "of_them"])
_TAIL = 12


def later_figure(f: Frames, claim: Claim) -> Claim:
    """Return the figure that a sentence puts in place of its first: 'zunächst von fünf Toten, später von acht'."""
    if "superseded" not in f.seen or claim.total:
        return claim
    if not any(f.p.tagged(k, "superseded") for k in range(claim.position - _BEFORE, claim.position)):
        return claim
    for k in range(claim.position + 1, len(f.p.units)):
        c = f.starting.get(k)
        if c is None or c.group.kind != "bare" or not c.group.counted or k in f.used or k in f.p.parts:
            continue
        if f.p.units[c.group.end :][:1] and not f.p.units[c.group.end].tags.isdisjoint(EVENT_TAGS):
            return claim
        later = tally(claim.what, [c.group], claim.position)
        return claim if later is None else replace(later, nominal=claim.nominal)
    return claim


def gapped(f: Frames) -> Iterator[Claim]:
    """Yield what shares the verb of the clause before: 'двое погибли в Киеве и трое в Харькове'."""
    last = max(
        (c.group.start for c in f.starting.values() if c.group.counted and c.group.start not in f.used), default=0
    )
    for claim in list(f.claims):
        unit = f.p.units[claim.position]
        if claim.position > last or claim.total or claim.part or not claim.counted or unit.tags.isdisjoint(_VERBS):
            continue
        for c in _sharing(f, claim.position):
            f.used[c.group.start] = claim.position
            added = tally(claim.what, [c.group], c.group.start)
            if added is not None:
                yield replace(added, more=True)


def _sharing(f: Frames, position: int) -> Iterator[Counted]:
    """The counts behind 'and', each with its own place, up to the first word that tells something else."""
    link, k = False, position + 1
    placed = any(f.p.tagged(m, "prep") for m in range(max(0, position - 4), position))
    while k < min(len(f.p.units), position + 3 * _TAIL):
        tags, c = f.p.units[k].tags, f.starting.get(k)
        if not tags.isdisjoint(EVENT_TAGS | _OTHERS) or f.p.text(k) in {";", ":", "."}:
            return
        if c is not None and c.group.counted and c.group.kind in _NUMBERED and not c.governed:
            if not (link and placed) or k in f.used or k in f.p.parts or not _has_place(f, c.group.end):
                return
            yield c
            link, placed, k = False, True, c.group.end
            continue
        placed = placed or "prep" in tags
        link = f.p.tagged(k, "conj") or f.p.text(k) == ","
        k += 1


def _has_place(f: Frames, start: int) -> bool:
    """Whether a preposition follows at once, and no event before the clause ends: 'трое | — в Харькове'."""
    start += f.p.text(start) in {"-", "–", "—"}
    if not f.p.tagged(start, "prep"):
        return False
    for k in range(start, min(len(f.p.units), start + _TAIL)):
        if not f.p.units[k].tags.isdisjoint(EVENT_TAGS | _OTHERS | {"be"}):
            return False
        if f.p.text(k) in {",", ";", "."} or f.p.tagged(k, "conj"):
            return True
    return True
