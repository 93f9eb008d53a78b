"""Phrase -> Claims whose verb stands once for several, or apart from its people: "as was his driver", captions."""

from __future__ import annotations

from dataclasses import replace

from crawler.facts.toll_claim import Claim, What, tally
from crawler.facts.toll_clauses import Phrase, governed, is_passive, objects, subject
from crawler.facts.toll_nouns import Group

_REACH = 24
_CAPTION = 10
_OWNER = 5
_AWAY = frozenset(["hospital", "condition", "custody", "prison", "coma", "jail"])


def read_gapped(what: What, p: Phrase, i: int) -> list[Claim]:
    """'Two were killed in Kano and three in Kaduna': a number and a place, the verb left out."""
    found: list[Claim] = []
    for k in range(i + 1, min(len(p.units), i + _REACH)):
        if p.tagged(k, "clause", "relative", "kill_ed", "hurt_ed", "verb"):
            break
        group = p.starting.get(k)
        if group is None or group.kind != "bare" or not group.counted or not p.tagged(k - 1, "conj"):
            continue
        claim = tally(what, [group], i) if _is_placed(p, group.end) else None
        if claim:
            found.append(replace(claim, more=True))
    return found


def _is_placed(p: Phrase, i: int) -> bool:
    """'in Kaduna', 'on Friday', 'at the hospital'; but 'in hospital', 'in a serious condition'."""
    if p.tagged(i + 1, "weekday"):
        return True
    if not p.tagged(i, "place_follow") or any(p.text(k) in _AWAY and p.text(i) == "in" for k in range(i + 1, i + 4)):
        return False
    return p.tagged(i + 1, "name") or (p.tagged(i + 1, "definite") and not p.tagged(i + 2, "hypothetical"))


def read_likewise(what: What, p: Phrase, i: int) -> list[Claim]:
    """'The banker was hurt, as was his driver', 'so were two guards'."""
    for k in range(i + 1, min(len(p.units) - 2, i + _REACH)):
        group = p.starting.get(k + 2)
        if not (p.text(k) in {"as", "so"} and p.tagged(k + 1, "be") and group):
            continue
        people = objects(p, k + 1)
        if not people or p.tagged(people[-1].end, "kill_ed", "hurt_ed", "verb", "verbish"):
            return []
        claim = tally(what, people, i)
        return [replace(claim, more=True, definite=False)] if claim else []
    return []


def read_caption(what: What, p: Phrase, i: int) -> list[Claim]:
    """'Killed in the clash: two rebels and a driver', 'The dead: …', 'Among the dead were a nun and her cook'."""
    for k in range(i + 1, min(len(p.units), i + _CAPTION)):
        if p.text(k) == ":" or p.tagged(k, "plural_verb", "singular_verb"):
            people = objects(p, k)
            after = people[-1].end if people else k
            unnamed = all(g.low is None for g in people) or any(g.kind == "pronoun" for g in people)
            if unnamed or _is_verb(p, after):
                return []
            claim = tally(what, people, i)
            inverted = p.text(k) != ":" and _among(p, i)
            return [replace(claim, part=inverted)] if claim else []
        group = p.starting.get(k)
        if (group and group.counted and not governed(p, group)) or p.text(k) in {",", ";", "."}:
            return []
        if p.tagged(k, "clause", "relative", "kill_ed", "hurt_ed", "verb"):
            return []
    return []


def _is_verb(p: Phrase, i: int) -> bool:
    return p.tagged(i, "kill_ed", "hurt_ed", "die", "verb", "verbish", "be", "have", "modal")


def _among(p: Phrase, i: int) -> bool:
    return any(p.tagged(k, "including") or p.text(k) == "among" for k in range(max(0, i - 3), i + 1))


def read_shared(what: What, p: Phrase, last: Group | None) -> list[Claim]:
    """'The rebels lost twelve fighters and the army five soldiers': two losers, two losses, one verb."""
    if last is None or not (p.text(last.end) == "," or p.tagged(last.end, "conj")):
        return []
    start = last.end + 1 + (p.text(last.end) == "," and p.tagged(last.end + 1, "conj"))
    if not p.tagged(start, "definite"):
        return []
    for k in range(start + 1, min(len(p.units), start + _OWNER)):
        group = p.starting.get(k)
        if group and group.counted and not governed(p, group) and group.kind in {"bare", "person"}:
            closes = group.end >= len(p.units) or p.text(group.end) in {".", ",", ";"} or p.tagged(group.end, "prep")
            claim = tally(what, [group], last.start) if closes else None
            return [replace(claim, more=True)] if claim else []
        if p.tagged(k, "prep", "be", "have", "verb", "verbish", "clause", "relative"):
            return []
    return []


def read_cost(p: Phrase, i: int) -> list[Claim]:
    """'cost four miners their lives'."""
    before = p.ending.get(i)
    if before is None or not p.tagged(before.start - 1, "cost"):
        return []
    claim = tally("killed", [before], i)
    return [claim] if claim else []


def read_running(what: What, p: Phrase, groups: tuple[Group, ...], i: int) -> list[Claim] | None:
    """'He was the 31st soldier killed there': he is dead, and the ordinal counts those before. `None` without ordinal.

    'The second guard was killed' has no such ordinal: the verb is the guard's own.
    """
    if is_passive(p, i) and p.ending.get(i) is None:
        return None
    first = next((g for g in groups if _has_ordinal(p, g)), None)
    if first is None:
        return None
    start = first.start
    while start and p.tagged(start - 1, "conj", "ordinal", "label", "definite"):
        start -= 1  # 'the 40th and 41st soldiers killed'
    if not p.tagged(start, "definite"):
        return None
    said = subject(p, start - 1) if p.tagged(start - 1, "be") else None
    claim = tally(what, said.groups, i) if said else None
    return [replace(claim, definite=True)] if claim else []


def _has_ordinal(p: Phrase, group: Group) -> bool:
    return any(p.tagged(k, "ordinal", "label") for k in range(group.start, group.end - 1))
