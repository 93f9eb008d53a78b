"""Frames -> those who were hurt and then died: they are dead, and hurt no more."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from crawler.facts.toll_claims import Claim
from crawler.facts.toll_counted import Counted
from crawler.facts.toll_frames import AUXILIARY, EVENTS, Frames

_ASIDE = 8  # words between the wounded and their death: 'de los cuatro heridos en la explosión del lunes fallecieron'
_STOPS = frozenset([",", ";", ":", ".", "(", ")"])
_HURT = frozenset(["hurts", "hurt_ed"])
_OF_WOUNDED = 4  # units from "one" to the wounded: 'один из пяти раненых'
_BETWEEN = frozenset(["part_of", "prep", "of", "definite", "article", "from", "number"])
_SOMEBODY = frozenset(["person", "name", "bare", "pronoun"])
_OTHERS = EVENTS | {"conj", "clause", "turn", "relative", "including", "verb", "no"}


def died_then(f: Frames, i: int) -> bool:
    """'deux blessés ont succombé', 'dos heridos en la explosión fallecieron': who was hurt is dead."""
    for k in range(i + 1, min(len(f.p.units), i + _ASIDE)):
        tags = f.p.units[k].tags
        if "die" in tags:
            return "not" not in tags and not f.p.tagged(k - 1, "not")
        c = f.starting.get(k)
        another = c is not None and not c.governed and c.group.kind in {"person", "name", "bare", "pronoun"}
        if another or f.p.text(k) in _STOPS or (not tags.isdisjoint(_OTHERS) and tags.isdisjoint(AUXILIARY)):
            return False
    return False


def of_wounds(f: Frames, claim: Claim) -> Claim:
    """Return the claim of wounded who died as a part of the injured that the sentence has just told."""
    told = f.claims[-1] if f.claims else None
    return replace(claim, part=True) if told is not None and told.what == "injured" else claim


def wounded_behind(f: Frames, i: int) -> Counted | None:
    """'умер раненый накануне водитель', 'Умерла в реанимации пострадавшая девочка': who was hurt, behind the verb."""
    for k in range(i + 1, min(len(f.p.units), i + _ASIDE)):
        c = f.starting.get(k)
        if f.p.text(k) in _STOPS or (c is not None and not c.governed and c.group.kind in _SOMEBODY):
            return None
        if f.p.tagged(k, *_HURT):
            dead = _described(f, k)
            f.told |= set() if dead is None else {k}
            return dead
        if not f.p.units[k].tags.isdisjoint(_OTHERS):
            return None
    return None


def _described(f: Frames, i: int) -> Counted | None:
    """The one whom a word for the hurt describes: 'поранений | напередодні водій'."""
    for k in range(i + 1, min(len(f.p.units), i + _ASIDE)):
        c = f.starting.get(k)
        if c is not None and c.group.kind == "person" and f.free(c, "subject"):
            return c if c.group.low in {1, None} else None
        if f.p.text(k) in _STOPS or not f.p.units[k].tags.isdisjoint(_OTHERS):
            return None
    return None


def died_after(f: Frames, i: int) -> list[Claim]:
    """'el soldado herido el lunes falleció', 'wurde niedergestochen und verblutete': who was hurt dies."""
    told = f.claims[-1] if f.claims else None
    if told is None or told.what != "injured" or not told.people or told.low != told.high:
        return []
    between = range(told.position + 1, i)
    if told.low != 1 or len(between) > _ASIDE or any(f.p.text(k) in _STOPS for k in between):
        return []
    joined = f.p.tagged(i - 1, "conj") and not any(_is_new(f, k) for k in between[:-1])
    described = f.p.tagged(told.position, "hurt_ed") and told.position in f.ending
    plain = all(f.p.units[k].tags.isdisjoint(_OTHERS) for k in between)
    if not joined and not (described and plain):
        return []
    f.claims.pop()
    return [replace(told, what="killed", position=i)]


def _is_new(f: Frames, k: int) -> bool:
    """Say whether somebody else is named at `k`, or another clause begins."""
    c = f.starting.get(k)
    other = c is not None and k not in f.used and not c.governed and c.group.kind in {"person", "name", "bare"}
    return other or f.p.tagged(k, "clause", "turn", "relative")


def of_the_wounded(f: Frames) -> list[Claim]:
    """Return the claims, those of the wounded marked who died: 'Один из раненых скончался'."""
    claims = _without_the_dead(f.claims)
    return [replace(c, marks=c.marks | {"hurt_ed"}, part=False) if _is_of_wounded(f, c) else c for c in claims]


def _is_of_wounded(f: Frames, claim: Claim) -> bool:
    # 'Трое раненых скончались' is told of a toll that rose; the one who died later is news by himself.
    if claim.what != "killed" or not claim.counted or claim.low != 1 or len(claim.people) != 1:
        return False
    start = claim.people[0]
    if any(f.p.tagged(k, "of_hurt") for k in (start - 1, start, start + 1)):
        return True
    if claim.part:
        return False
    for k in range(start + 1, min(len(f.p.units), start + _OF_WOUNDED)):
        if f.p.tagged(k, *_HURT):
            return True
        if not f.p.tagged(k, *_BETWEEN):
            return False
    return False


def _without_the_dead(claims: list[Claim]) -> list[Claim]:
    """'Er war so schwer verletzt worden, dass er starb': one person hurt, then dead by a pronoun, is dead only."""
    return [c for c, after in zip_longest(claims, claims[1:]) if not _is_same(c, after)]


def _is_same(hurt: Claim, dead: Claim | None) -> bool:
    if dead is None or hurt.what != "injured" or dead.what != "killed":
        return False
    one = hurt.low == hurt.high == dead.low == dead.high == 1 and not dead.more
    return one and dead.definite and not dead.counted and dead.heads == ("",)


def counted_before(f: Frames, c: Counted) -> Counted | None:
    """'holten vier Männer heraus und richteten sie hin': whom a pronoun of several means."""
    for start in sorted(f.starting, reverse=True):
        told = f.starting[start]
        several = told.group.counted and (told.group.low or 0) > 1 and told.group.kind in {"person", "bare"}
        if start < c.group.start and several and not told.governed and start not in f.used and start not in f.p.parts:
            return told
    return None
