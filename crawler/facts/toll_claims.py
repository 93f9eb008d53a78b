"""Sentence -> Claims: each figure of dead or injured that it states, with how it states it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crawler.facts.toll_bodies import read_body, read_found, read_limb, read_survived, read_to_death
from crawler.facts.toll_claim import PLURAL, Claim, What, tally
from crawler.facts.toll_clauses import Phrase, Subject, chain, governed, is_passive, objects, skip_auxiliaries, subject
from crawler.facts.toll_elliptic import (
    read_caption,
    read_cost,
    read_gapped,
    read_likewise,
    read_running,
    read_shared,
)
from crawler.facts.toll_nouns import Group
from crawler.facts.toll_reference import mark, resolve

__all__ = ["PLURAL", "Claim", "What", "read_claims", "tally"]


_NOR = 8


def read_claims(p: Phrase) -> list[Claim]:
    """Return a sentence's claims, left to right."""
    claims: list[Claim] = []
    inside = {i for g in p.groups for i in range(g.start, g.end)}
    for i, unit in enumerate(p.units):
        if unit.tags.isdisjoint(_TOLD):
            continue
        if i in inside and unit.tags.isdisjoint({"die", "limb"}):
            continue
        for tag, reader in _READERS.items():
            if tag in unit.tags:
                claims.extend(reader(p, i))
                break
    return mark(p, claims)


def _from_subject(what: What, p: Phrase, event: int, said: Subject | None) -> list[Claim]:
    if said is None:
        return []
    claim = tally(what, said.groups, event)
    if claim is None:
        return []
    adds = event not in p.ending and p.tagged(event - 1, "more")
    marks = claim.marks | ({"afterwards"} if adds and p.tagged(event - 1, "eventually") else set())
    return [replace(claim, part=said.part, more=claim.more or adds, marks=marks)]


def _negated(p: Phrase, event: int) -> bool:
    if any(p.tagged(k, "not") for k in range(max(0, event - 3), event)):
        return True
    return any(p.text(k) == "nor" for k in range(max(0, event - _NOR), event))  # 'neither he nor his guards were hurt'


def _participle(what: What) -> Callable[[Phrase, int], list[Claim]]:
    """'5 were killed' and 'the blast killed 5': 'be' before it or an object after it decides."""

    def read(p: Phrase, i: int) -> list[Claim]:
        if _negated(p, i):
            return []
        if _joint(p, i):
            return _none_of_either(what, p, i)
        if not is_passive(p, i) or (p.text(i - 1) == "," and i + 1 in p.starting):
            reached = objects(p, i)
            if reached and not _elliptic(p, i, reached):
                return _from_objects(what, p, i, reached)
        said = subject(p, i)
        if said is None:
            return _unsaid(what, p, i) if is_passive(p, i) else read_caption(what, p, i)
        running = [] if _of_things(p, i, said.groups) else read_running(what, p, said.groups, i)
        if running is not None:
            return running
        further = (*_along_with(what, p, i), *read_gapped(what, p, i), *read_likewise(what, p, i))
        return [*_from_subject(what, p, i, said), *further]

    return read


def _along_with(what: What, p: Phrase, i: int) -> list[Claim]:
    """'Two officers were killed along with 15 militants'."""
    if not p.tagged(i + 1, "with_them"):
        return []
    claim = tally(what, objects(p, i + 1), i)
    return [replace(claim, more=True)] if claim else []


def _elliptic(p: Phrase, i: int, reached: tuple[Group, ...]) -> bool:
    """'Five killed, 30 hurt', '2 policemen killed Ali says': a counted subject right before and no counted object."""
    before = p.ending.get(i)
    return before is not None and before.counted and not any(g.counted or g.kind == "person" for g in reached)


def _joint(p: Phrase, i: int) -> bool:
    """'30 were killed or wounded' is neither figure."""
    for step in (1, -1):
        other = p.tagged(i + 2 * step, "hurt_ed", "hurt_act", "kill_ed", "kill_act")
        listed = p.text(i + step) == "," and any(p.tagged(k, "or") for k in (i + 3 * step, i + 3, i + 1))
        if other and (p.tagged(i + step, "or") or listed):
            return True
    return False


def _none_of_either(what: What, p: Phrase, i: int) -> list[Claim]:
    """'No one was killed or injured' is both: none."""
    said = subject(p, i)
    return [Claim(what=what, low=0, high=0, position=i)] if said and all(g.none for g in said.groups) else []


def _unsaid(what: What, p: Phrase, i: int) -> list[Claim]:
    """'…, police said, was killed': the verb's number is all that is left of a subject out of reach."""
    for k in range(i - 1, max(-1, i - 5), -1):
        if p.tagged(k, "singular_verb"):
            return [Claim(what=what, low=1, high=1, position=i, definite=True, counted=False)]
    return []


def _active(what: What) -> Callable[[Phrase, int], list[Claim]]:
    """'killing five', 'claimed the lives of five'."""

    def read(p: Phrase, i: int) -> list[Claim]:
        if _negated(p, i) or _joint(p, i):
            return []
        reached = objects(p, i)
        if not reached and p.tagged(i + 1, "conj") and p.tagged(i + 2, "hurt_act", "kill_act", "hurt_ed", "kill_ed"):
            return []
        return _from_objects(what, p, i, reached)

    return read


def _from_objects(what: What, p: Phrase, i: int, reached: tuple[Group, ...]) -> list[Claim]:
    """The claim of an active verb; 'smoking kills people' and 'to hurt farmers' count nobody."""
    claim = tally(what, resolve(p, reached), i)
    if claim is None or _of_things(p, i, reached):
        return []
    timeless = p.tagged(i, "infinitive") and all(g.low is None for g in reached)
    return [] if timeless else [claim, *read_shared(what, p, reached[-1])]


def _of_things(p: Phrase, i: int, groups: tuple[Group, ...]) -> bool:
    """'eliminated 200 jobs', 'hurt exports': a verb that also fits things counts only known people and numbers."""
    if not p.tagged(i, "soft"):
        return False
    return not all(g.kind in {"person", "name"} or _is_plain_number(p, g) for g in groups)


def _is_plain_number(p: Phrase, group: Group) -> bool:
    last = p.units[group.end - 1]
    return (
        group.none
        or group.kind == "pronoun"
        or (group.kind == "bare" and (last.low is not None or "other" in last.tags))
    )


def _intransitive(what: What) -> Callable[[Phrase, int], list[Claim]]:
    """'five died', 'two suffered injuries'."""

    def read(p: Phrase, i: int) -> list[Claim]:
        if _negated(p, i) or _thing(p, i):
            return []
        said = subject(p, i)
        own = p.tagged(i, "self_killed")
        if said is None and own:
            return [Claim(what=what, low=1, high=1, position=i, own=True)]
        claims = [replace(c, own=own) for c in [*_from_subject(what, p, i, said), *read_gapped(what, p, i)]]
        if own and p.tagged(i + 1, "conj"):  # 'killing himself and 21 recruits'
            others = tally(what, tuple(g for g in objects(p, i + 1) if g.counted), i)
            return [*claims, others] if others else claims
        return claims

    return read


def _thing(p: Phrase, i: int) -> bool:
    """'their only chance died': what stands right before the verb, governed by nothing, is no person."""
    before = p.ending.get(skip_auxiliaries(p, i)[0])
    return before is not None and before.kind == "other" and not governed(p, before)


def _kill_off(p: Phrase, i: int) -> list[Claim]:
    """'killed off the contest' counts nobody; 'killed off three rivals' does."""
    reached = objects(p, i)
    claim = tally("killed", reached, i) if all(g.kind == "person" for g in reached) else None
    return [claim] if claim else []


def _dead(p: Phrase, i: int) -> list[Claim]:
    """'left five dead', '5 dead'; 'the dead' and 'a dead man' count nobody anew."""
    before = p.ending.get(i)
    if before is not None:
        if before.kind == "pronoun" and not p.tagged(before.start - 1, "leave", "falls"):
            return []
        claim = tally("killed", chain(p, before, reached=True), i)
        return [claim] if claim else []
    if p.tagged(i - 1, "falls") or is_passive(p, i):
        return _from_subject("killed", p, i, subject(p, i))
    return read_caption("killed", p, i)


def _deaths(p: Phrase, i: int) -> list[Claim]:
    """'five deaths', 'claimed four lives', 'no fatalities'."""
    before = p.starting.get(i + 2) if p.text(i + 1) == ":" else p.ending.get(i)  # 'Fatalities: 4'
    if before is None or before.kind in {"pronoun", "other"} or not (before.counted or before.none):
        return []
    if p.tagged(i, "lives") and not (p.tagged(before.start - 1, "cause") or p.tagged(i + 1, "plural_verb", "lose")):
        return []
    claim = tally("killed", chain(p, before), i)
    return [replace(claim, nominal=True)] if claim else []


def _noun_of(what: What) -> Callable[[Phrase, int], list[Claim]]:
    """'the killing of five'."""

    def read(p: Phrase, i: int) -> list[Claim]:
        claim = tally(what, objects(p, i), i)
        return [replace(claim, nominal=True, definite=claim.definite or not claim.counted)] if claim else []

    return read


def _lose(p: Phrase, i: int) -> list[Claim]:
    """'the brigade lost two men'."""
    group = p.starting.get(i + 1)
    if group is None or not group.counted or group.kind != "person":
        return []
    claim = tally("killed", [group], i)
    return [claim, *read_shared("killed", p, group)] if claim else []


def _hurts(p: Phrase, i: int) -> list[Claim]:
    """'no injuries', 'caused 5 injuries'."""
    before = p.ending.get(i)
    if before is None or not before.counted:
        return []
    limb = p.tagged(before.end - 1, "limb")  # 'a leg injury'
    claim = tally("injured", [before._replace(kind="bare") if limb else before], i)
    return [replace(claim, nominal=True)] if claim else []


def _casualties(p: Phrase, i: int) -> list[Claim]:
    """'no casualties' says that nobody was killed and nobody hurt; a number of casualties says neither."""
    before = p.ending.get(i)
    if before is not None and p.tagged(before.start, "no_other"):
        return []
    near = any(p.tagged(k, "no") for k in range(max(0, i - 6), i))
    if (before is not None and before.none) or near or p.tagged(i - 1, "without"):
        return [Claim(what=what, low=0, high=0, position=i) for what in ("killed", "injured")]
    return []


def _toll(what: What) -> Callable[[Phrase, int], list[Claim]]:
    """'the death toll rose to 23 from 19', 'bringing the number of dead to 16'."""

    def read(p: Phrase, i: int) -> list[Claim]:
        for k in range(i + 1, min(len(p.units), i + 16)):
            group = p.starting.get(k)
            if p.tagged(k, "clause") and not p.tagged(k - 1, "have") and p.text(k) != "as":  # 'has since risen'
                break
            older = p.tagged(k - 1, "from") or (p.tagged(k - 1, "of") and p.tagged(i - 1, "superseded"))
            if group and group.counted and group.kind in {"bare", "person"} and not older:
                claim = tally(what, [group], i)
                if claim and (
                    p.tagged(k - 1, "toll_to")
                    or _given_as(p, i, k)
                    or p.tagged(k - 1, "of")
                    or p.tagged(k, "floor")
                    or k == i + 1
                ):
                    return [replace(claim, total=True, nominal=True)]
        return []

    return read


def _given_as(p: Phrase, i: int, k: int) -> bool:
    """'gave the toll as 17'; but 'the toll, first given as 12, is 10'."""
    return p.text(k - 1) == "as" and all(p.text(m) != "," for m in range(i, k))


def _number_of(p: Phrase, i: int) -> list[Claim]:
    """'the number of militants killed in the raid has risen to eleven': a total of the kind it names."""
    whose = p.starting.get(i + 1)
    event = whose.end if whose else i + 1
    what: What = "injured" if p.tagged(event, "hurt_ed") else "killed"
    if not p.tagged(event, "kill_ed", "hurt_ed", "dead"):
        return []
    for k in range(event + 1, min(len(p.units), event + 30)):
        group = p.starting.get(k)
        if p.tagged(k, "clause", "relative") or p.text(k) == ";":
            break
        if group and group.kind in {"bare", "person"} and group.counted and p.tagged(k - 1, "toll_to"):
            claim = tally(what, [group._replace(side=whose.side if whose else None)], i)
            return [replace(claim, total=True, nominal=True)] if claim else []
    return []


_READERS: dict[str, Callable[[Phrase, int], list[Claim]]] = {
    "number_of": _number_of,
    "kill_off": _kill_off,
    "toll": _toll("killed"),
    "toll_hurt": _toll("injured"),
    "casualties": _casualties,
    "kill_ed": _participle("killed"),
    "kill_act": _active("killed"),
    "die": _intransitive("killed"),
    "dead": _dead,
    "kill_of": _noun_of("killed"),
    "hurt_of": _noun_of("injured"),
    "deaths": _deaths,
    "body": read_body,
    "found": read_found,
    "to_death": read_to_death,
    "lose": _lose,
    "hurt_ed": _participle("injured"),
    "hurt_act": _active("injured"),
    "hurt_int": _intransitive("injured"),
    "hurts": _hurts,
    "limb": read_limb,
    "cost_lives": read_cost,
    "survive": read_survived,
}
_TOLD = frozenset(_READERS)
