"""Phrase -> whom its pronouns mean, and what its claims are to the rest of the article: a further event's or not."""

from __future__ import annotations

from dataclasses import replace

from crawler.facts.toll_claim import Claim
from crawler.facts.toll_clauses import Phrase
from crawler.facts.toll_nouns import Group

_INCIDENT = 4


def resolve(p: Phrase, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return the groups with 'them' and 'they' made those whom the sentence counted last: 'took 14 men and shot them'.

    They stay definite: who is meant was spoken of before.
    """
    if len(groups) != 1 or groups[0].kind != "pronoun" or groups[0].low is not None or groups[0].more:
        return groups
    for g in reversed(p.groups):
        several = g.counted and (g.low or 0) > 1 and g.kind in {"person", "bare"}
        if g.start < groups[0].start and several and g.start not in p.parts:
            return (g._replace(definite=True, more=False),)
    return groups


def mark(p: Phrase, claims: list[Claim]) -> list[Claim]:
    """Return the claims with the marks of their sentence."""
    if not claims:
        return claims
    claims = [_explained(p, claim, claims) for claim in claims if not _died_later(claim, claims)]
    marks = {"attackers_in"} if _attackers_among(p) else set[str]()
    if any(p.tagged(k, "incident") and p.tagged(k, "plural") for k in range(len(p.units))):
        marks.add("several")
    claims = [replace(claim, part=True) if _is_share(p, claim, claims) else claim for claim in claims]
    first = _anew(p)
    found = []
    for claim in claims:
        adds = first is not None and first < claim.position and claim.counted and not (claim.definite or claim.total)
        own = marks | {"anew"} if adds else marks
        found.append(replace(claim, marks=claim.marks | own, more=claim.more or adds) if own else claim)
    return found


def _died_later(claim: Claim, claims: list[Claim]) -> bool:
    """'Two girls hurt in the blast died on Tuesday': they are no longer among the injured."""
    later = [c for c in claims if c.what == "killed" and not c.part and c.position > claim.position]
    dead = {start for other in later for start in other.people}
    return claim.what == "injured" and bool(claim.people) and dead.issuperset(claim.people)


def _explained(p: Phrase, claim: Claim, claims: list[Claim]) -> Claim:
    """'the biggest by the number of rebels killed, with 11 people neutralized': the 11 are those rebels."""
    if claim.sides or not claim.counted or not claim.people or not p.tagged(claim.people[0] - 1, "absolute"):
        return claim
    for whole in claims:
        if whole.what == claim.what and whole.position < claim.position and not whole.counted and len(whole.sides) == 1:
            return replace(claim, sides=dict.fromkeys(whole.sides, claim.low))
    return claim


def _is_share(p: Phrase, claim: Claim, claims: list[Claim]) -> bool:
    """'Two men were killed: one was shot dead and the other stabbed': what follows the colon tells of the two."""
    colon = next((k for k in range(claim.position) if p.text(k) == ":"), None)
    if colon is None or not claim.counted or claim.total:
        return False
    before = [c for c in claims if c.what == claim.what and c.position < colon and c.counted]
    after = [c for c in claims if c.what == claim.what and colon < c.position]
    return bool(before) and sum(c.low for c in after) <= before[-1].low


def _attackers_among(p: Phrase) -> bool:
    return any(g.start in p.parts and "attacker" in g.marks for g in p.groups)


def _anew(p: Phrase) -> int | None:
    """'Elsewhere, …', 'Also, …', 'a second bomb': return where a further event is named, `None` where none is."""
    if p.tagged(0, "addition"):
        return 0
    for k in range(len(p.units)):
        if p.tagged(k, "anew"):
            after = next((m for m in range(k + 1, k + _INCIDENT) if p.tagged(m, "incident", "person", "people")), None)
            if after is not None and p.tagged(after, "incident") and not p.tagged(after, "plural"):
                return k
    return None
