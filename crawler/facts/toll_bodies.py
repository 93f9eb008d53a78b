"""A sentence's bodies, deaths "to death" and maimed limbs -> Claims."""

from __future__ import annotations

from dataclasses import replace

from crawler.facts.toll_claim import PLURAL, Claim, tally
from crawler.facts.toll_clauses import Phrase, chain, is_passive, objects, subject
from crawler.facts.toll_elliptic import read_gapped

_LIMB_REACH = 6


def read_body(p: Phrase, i: int) -> list[Claim]:
    """'the bodies of five men were found', 'found a body'."""
    around = range(max(0, i - 8), min(len(p.units), i + 30))
    if not p.tagged(i, "dead_body") and not any(p.tagged(k, "found") for k in around):
        return []
    before = p.ending.get(i)
    if before is None and p.text(i - 1) in {"'", "’"}:
        before = p.ending.get(i - 1)
    if before is not None and (before.counted or before.kind == "person"):
        claim = tally("killed", [before], i)
        return [claim, *read_gapped("killed", p, i)] if claim else []
    group = p.starting.get(i + 2) if p.tagged(i + 1, "of") else None
    if group is not None and group.kind in {"person", "bare", "name"}:
        claim = tally("killed", objects(p, i + 1), i)
        return [claim] if claim else []
    plural = p.tagged(i, "bodies")
    definite = any(p.tagged(k, "definite") for k in range(max(0, i - 3), i))
    n = PLURAL if plural else 1
    return [Claim(what="killed", low=n, high=n, approximate=plural, position=i, definite=definite, counted=False)]


def read_found(p: Phrase, i: int) -> list[Claim]:
    """'6 shot dead men were found': the noun phrase itself says that they are dead."""
    said = subject(p, i) if is_passive(p, i) else None
    if said is None or not any(p.tagged(k, "kill_ed", "dead") for g in said.groups for k in range(g.start, g.end)):
        return []
    claim = tally("killed", said.groups, i)
    return [replace(claim, part=said.part)] if claim else []


def read_to_death(p: Phrase, i: int) -> list[Claim]:
    """'was chopped to death', 'shot a man to death'; but 'sentenced to death'."""
    if any(p.tagged(k, "sentenced") for k in range(max(0, i - 4), i)):
        return []
    if is_passive(p, i):
        said = subject(p, i)
        claim = tally("killed", said.groups, i) if said else None
        return [replace(claim, part=said.part)] if claim and said else []
    before = p.ending.get(i)
    claim = tally("killed", chain(p, before), i) if before else None
    return [claim] if claim else []


def read_limb(p: Phrase, i: int) -> list[Claim]:
    """'burned her hands', 'shot in both legs', 'two men lost limbs': whose limb it is was hurt."""
    for k in range(i - 1, max(-1, i - _LIMB_REACH), -1):
        if p.tagged(k, "limb_lost") or (p.tagged(k, "limb_shot") and _is_slight(p, k, i)):
            said = subject(p, k)
            claim = tally("injured", said.groups, i) if said else None
            # 'hurt 30, several of whom lost limbs': they are among the 30
            return [replace(claim, nominal=True)] if claim else []
        if p.tagged(k, "limb_hurt"):
            whose = p.tagged(i - 1, "definite", "possessive", "one") or p.tagged(i + 1, "of")
            return [Claim(what="injured", low=1, high=1, position=i, definite=True, counted=False)] if whose else []
        if p.tagged(k, "clause", "relative", "kill_ed", "hurt_ed", "die"):
            return []
    return []


def _is_slight(p: Phrase, shot: int, i: int) -> bool:
    """'shot in both legs'; 'killed, shot in the eye' and 'in the leg and chest' tell how somebody died."""
    if any(p.tagged(k, "kill_ed", "die") for k in range(max(0, shot - _LIMB_REACH), shot)):
        return False
    deadly = any(p.tagged(k, "vital") for k in range(shot, min(len(p.units), i + _LIMB_REACH)))
    return not deadly and any(p.tagged(k, "prep") for k in range(shot, i))


def read_survived(p: Phrase, i: int) -> list[Claim]:
    """'None of the seven passengers survived': all seven died."""
    for k in range(i - 1, max(-1, i - _LIMB_REACH - 2), -1):
        group = p.ending.get(k)
        if group and group.none and p.tagged(k, "of") and (of := p.starting.get(k + 1)) and of.counted:
            claim = tally("killed", [of._replace(definite=False)], i)
            return [claim] if claim else []
    return []
