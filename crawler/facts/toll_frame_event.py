"""An event word in its sentence -> what is claimed of the people found for it, and whether anybody was hurt at all."""

from __future__ import annotations

from dataclasses import replace

from crawler.facts.toll_claims import Claim, What, tally
from crawler.facts.toll_counted import Counted
from crawler.facts.toll_frames import EVENTS, NOUNS, VERBS, Frames
from crawler.facts.toll_nouns import Group
from crawler.facts.toll_words import Unit

_NEAR = 3
_CLAUSE = 12
_NONE = frozenset(["no", "without"])


def claim_of(f: Frames, what: What, found: list[Counted], i: int) -> list[Claim]:
    """Add up the phrases of one event and mark them as taken."""
    claim = tally(what, [_agreeing(f, c, i, len(found) > 1) for c in found], i)
    if claim is None:
        return []
    for c in found:
        f.used[c.group.start] = i
    part = _is_share(f, found[-1].group)
    own = f.p.tagged(i, "self_killed")
    if f.total or part or own:
        claim = replace(claim, total=f.total and claim.counted, nominal=f.total, part=part, own=own)
    return [claim]


def _is_share(f: Frames, group: Group) -> bool:
    """'двое из них погибли'; but all of 'قتلت ثمانية منهم', 'killed 20, of them 5 children'."""
    if not f.p.tagged(group.end, "of_them") or f.p.tagged(group.start - 1, *VERBS):
        return False
    whole = f.starting.get(group.end + 1)
    return not (whole is not None and whole.group.counted and f.p.tagged(group.end, "including"))


def _agreeing(f: Frames, c: Counted, i: int, listed: bool) -> Group:
    """A form that may be a singular or a plural is what its verb says: 'погибла женщина', 'погибли женщины'."""
    single = listed or any(f.p.tagged(k, "singular_verb") for k in range(max(0, i - 2), i + 1))
    return c.group._replace(low=1, high=1) if c.either and single else c.group


def claim_none(what: What, i: int) -> list[Claim]:
    """Say that nobody was killed, or hurt."""
    return [Claim(what=what, low=0, high=0, position=i)]


def _what(unit: Unit) -> What | None:
    return next((what for tag, what in {**VERBS, **NOUNS}.items() if tag in unit.tags), None)


def is_joint(f: Frames, i: int) -> bool:
    """'20 убитых и раненых', '20 killed and wounded': one number for both is neither figure."""
    units = f.p.units
    for step in (1, -1):
        k = i + 2 * step
        if not 0 <= k < len(units) or not f.p.tagged(i + step, "conj", "or"):
            continue
        other = _what(units[k])
        if other is not None and other != _what(units[i]):
            if units[i].low is not None and units[k].low is not None:
                return False  # 'قتيل وجريحان': each word is a number of its own
            both = f.ending.get(min(i, k)) is not None and f.starting.get(max(i, k) + 1) is not None
            return not both and not any(claim.position == min(i, k) for claim in f.claims)
    return False


def is_negated(f: Frames, i: int) -> bool:
    """Say whether a verb is denied by a word before it in its clause, or in itself."""
    if "not" not in f.seen:
        return False
    if f.p.tagged(i, "not"):
        return True
    for k in range(i - 1, max(-1, i - _NEAR - 1), -1):
        if f.p.tagged(k, "not"):
            return True
        if f.p.text(k) == "," or f.p.tagged(k, *EVENTS, "clause", "turn"):
            return False
    return False


def _comes_not_about(f: Frames, i: int) -> bool:
    """'لم يسفر الهجوم عن وقوع إصابات', 'did not result in injuries': a denied verb, then a word of coming about."""
    exists = False
    for k in range(i - 1, max(-1, i - _CLAUSE), -1):
        if f.p.text(k) in {",", ";"} or f.p.tagged(k, *EVENTS, "clause", "turn", "conj"):
            return False
        exists = exists or f.p.tagged(k, "exist")
        if f.p.tagged(k, "not"):
            return exists
    return False


def none_around(f: Frames, i: int) -> bool:
    """'aucun mort', 'sans victimes', 'жертв и пострадавших нет': a word for none before or behind the noun."""
    if "exist" in f.seen and "not" in f.seen and _comes_not_about(f, i):
        return True
    if _NONE.isdisjoint(f.seen):
        return False
    for step in (-1, 1):
        k = i + step
        for _ in range(_NEAR + 1):
            if f.p.tagged(k, "no_other") or f.p.text(k) in {",", ";", "."} or f.p.tagged(k, "clause", "turn"):
                break
            if f.p.tagged(k, "no", "without"):
                return not any(f.p.tagged(m, "no_other") for m in range(k, k + 3))
            if f.p.tagged(k, *VERBS) and not f.p.tagged(k, *NOUNS):
                break
            k += step
    return False
