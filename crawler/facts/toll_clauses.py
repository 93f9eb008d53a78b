"""A clause's verb -> its subject and its object: who was killed, whom somebody killed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crawler.facts.toll_apposition import without_apposition
from crawler.facts.toll_nouns import Group
from crawler.facts.toll_phrase import EVENTS, Phrase, phrase

__all__ = [
    "EVENTS",
    "Phrase",
    "Subject",
    "chain",
    "governed",
    "is_passive",
    "objects",
    "phrase",
    "skip_auxiliaries",
    "subject",
]

_REACH = 70
_AUXILIARY = frozenset(["feared", "be", "have", "adverb", "modal", "negation", "more"])
_LISTED = frozenset(
    ["feared", "reported_as", "and", "or", "not", "verb", "verbish", "adverb", "more", "kill_ed", "hurt_ed"]
)
_BREAKS = frozenset([";", ":", "–", "—"])
_TALLIES = frozenset(["person", "name", "bare", "pronoun"])


@dataclass(frozen=True, slots=True)
class Subject:
    """The noun phrases a verb is said of; `part` where they are some of those just counted ('two of whom')."""

    groups: tuple[Group, ...]
    part: bool = False


def skip_auxiliaries(p: Phrase, event: int) -> tuple[int, str]:
    """Walk left over 'had been fatally'; return where that began and the word that agrees with the subject."""
    i, agree = event, ""
    while i > 0 and i not in p.ending and (not p.units[i - 1].tags.isdisjoint(_AUXILIARY) or _reported(p, i - 1)):
        i -= 1
        for number in ("singular_verb", "plural_verb"):
            if number in p.units[i].tags:
                agree = number
    return i, agree


def _reported(p: Phrase, i: int) -> bool:
    """'was reported to have been killed', 'is believed to have died'."""
    return any(p.tagged(k, "to") and p.tagged(k + 1, "have") for k in (i, i + 1))


def is_passive(p: Phrase, event: int) -> bool:
    """Say whether a form of 'be' governs a participle, also through a list: 'were seized, tortured and killed'."""
    i = event - 1
    steps = 0
    while i >= 0 and steps < 8:
        unit = p.units[i]
        if "be" in unit.tags:
            return True
        if i + 1 in p.ending or (unit.text != "," and unit.tags.isdisjoint(_LISTED)):
            return False
        i, steps = i - 1, steps + 1
    return False


def subject(p: Phrase, event: int) -> Subject | None:
    """Return what the verb at `event` is said of: the nearest noun phrase to the left that no preposition governs."""
    start, agree = skip_auxiliaries(p, event)
    beside = p.ending.get(event)
    if start == event and beside is not None and beside.counted and p.tagged(beside.start - 1, "absolute"):
        return Subject((beside,))  # 'they stormed the house, with 11 militants killed'
    found = _walk_left(p, event, start)
    if found is None:
        return None
    if agree == "singular_verb":
        return replace(found, groups=_agreeing(found.groups))
    if (
        agree == "plural_verb"
        and len(found.groups) == 1
        and found.groups[0].low == 1
        and found.groups[0].kind == "person"
    ):
        # 'X, who …, and his mother were killed': the list began out of reach, but it has a second member
        return replace(found, groups=(found.groups[0]._replace(low=2, high=2),))
    return found


def _agreeing(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """A singular verb has one subject: the rest explains it ('Ali, a teacher, was'); 'a family of five was' is five."""
    single = [g for g in groups if g.low == 1 and g.kind != "other"]
    if len(groups) > 1 and single:
        return (single[0],)
    return groups


def _walk_left(p: Phrase, event: int, start: int) -> Subject | None:
    i, steps, fallback = start, 0, None
    while i > 0 and steps < _REACH:
        steps += 1
        group = p.ending.get(i)
        if group is not None:
            if _can_be_subject(p, group):
                if i == event or not _is_object(p, group):
                    return Subject(chain(p, group))
                fallback = fallback or Subject((group,))
            i = group.start
            continue
        unit = p.units[i - 1]
        if "of_them" in unit.tags and (i == start or _fills(p, i, start)):
            inner = p.ending.get(i - 1) if i == start else p.starting[i]
            return Subject((inner,), part=True) if inner else None
        if i == start and unit.text in {"but", "yet"}:
            i -= 1  # 'he was shot but survived his wounds'
            continue
        if (not unit.tags.isdisjoint({"clause"}) or unit.text in _BREAKS) and not _aside_said(p, i - 1):
            return fallback
        i -= 1
    return fallback


def _can_be_subject(p: Phrase, group: Group) -> bool:
    """Nothing governs it, and it is no inner subject: 'the man | they were chasing was killed'."""
    inner = group.kind == "pronoun" and group.start in p.ending
    return not inner and group.kind != "other" and not governed(p, group)


def _fills(p: Phrase, start: int, end: int) -> bool:
    """'of whom four were killed': one counted phrase is all between the pronoun and the verb."""
    group = p.starting.get(start)
    return group is not None and group.end == end and group.counted


def _aside_said(p: Phrase, i: int) -> bool:
    """'two men who police said were rebels were shot dead': the reporting verb stands inside a relative clause."""
    return p.tagged(i, "reporting") and any(p.tagged(k, "relative") for k in range(i - 4, i))


def governed(p: Phrase, group: Group) -> bool:
    """Say whether a preposition governs the group.

    A name after a comma or 'and' shares its neighbour's: 'in Lodi, Bolivar state'.
    """
    while True:
        dated = p.tagged(group.start - 1, "weekday", "possessive")  # 'in Monday's blast'
        if p.tagged(group.start - 1 - dated, "prep", "including") or group.start in p.parts:
            return True
        if group.start in p.ending and not group.counted and not group.definite:
            return True  # runs on from the phrase before: 'Karbi Tiger (KPLT) | militants'
        before = p.ending.get(group.start - 1)
        listed = p.text(group.start - 1) == "," or p.tagged(group.start - 1, "conj")
        own_verb = p.tagged(group.start - 1, "conj") and p.tagged(group.end, "singular_verb")  # 'and Marx was killed'
        if group.kind != "name" or group.counted or not listed or before is None or own_verb:
            return False
        group = before


def chain(p: Phrase, last: Group, reached: bool = False) -> tuple[Group, ...]:
    """Return the list that `last` closes: 'a soldier, two guards and their driver'.

    A verb's object may open it where the list is that verb's (`reached`): 'left two guards and a driver dead'.
    """
    found = [last]
    while len(found) < 12:
        first = found[0]
        if not (p.text(first.start - 1) == "," or p.tagged(first.start - 1, "conj")):
            break
        before = _before_link(p, first)
        if before is None or before.kind not in _TALLIES or (_is_object(p, before) and not reached):
            break
        found.insert(0, before)
    return tuple(without_apposition(p, found))


def _before_link(p: Phrase, group: Group) -> Group | None:
    """Return the list item before ', and': past its own 'of the village', but not past a verb."""
    i = group.start - 1
    conj = p.tagged(i, "conj")
    while i > 0 and (p.text(i - 1) == "," or p.tagged(i - 1, "conj")):
        i -= 1
    steps = 0
    while i > 0 and steps < 24:
        before = p.ending.get(i)
        if before is not None:
            if not governed(p, before):
                return before
            if not conj or not group.counted:
                return None
            i = before.start
        elif p.tagged(i - 1, "prep", "including"):
            i -= 1
        elif p.text(i - 1) == ")":
            i = next((k for k in range(i - 1, max(-1, i - 14), -1) if p.text(k) == "("), 0)
        else:
            return None
        steps += 1
    return None


def _is_object(p: Phrase, group: Group) -> bool:
    """A group right after a verb is that verb's object, and no part of the next verb's subject."""
    i = group.start - 1
    return p.tagged(i, "verb", "kill_act", "hurt_act", "kill_ed", "hurt_ed", "found") or (
        i >= 0 and i + 1 not in p.ending and p.tagged(i, "verbish")
    )


def objects(p: Phrase, event: int) -> tuple[Group, ...]:
    """Return whom the active verb at `event` reaches: the list to its right, up to the next verb."""
    i = event + 1
    while (p.tagged(i, "adverb") or _stray_comma(p, event, i)) and i not in p.starting:
        i += 1
    found: list[Group] = []
    while len(found) < 12:
        group = p.starting.get(i)
        if group is None or (found and (group.start in p.parts or _starts_clause(p, group))):
            break
        if not found and _side_by_side(p, event, group):
            break
        found.append(group)
        following = _next_item(p, group.end)
        if following is None:
            break
        item = p.starting.get(following)
        if item is None or not _continues(p, group, item):
            break
        i = following
    return tuple(without_apposition(p, found)) if found else ()


def _stray_comma(p: Phrase, event: int, i: int) -> bool:
    """'injuring, 8', but not '8 killed, 3 injured'."""
    return p.text(i) == "," and p.tagged(i + 1, "number") and not (event in p.ending and p.ending[event].counted)


def _side_by_side(p: Phrase, event: int, group: Group) -> bool:
    """'1 killed 3 injured': two counts side by side, not one killing the other."""
    before = p.ending.get(event)
    return before is not None and before.counted and p.tagged(group.end, "kill_ed", "hurt_ed", "dead")


def _continues(p: Phrase, group: Group, item: Group) -> bool:
    """Say whether `item` is the next of the list: after a bare comma only something counted, no explaining name."""
    if item.kind == "other":
        return True
    if p.text(item.start - 1) == "," and not item.counted and group.counted:
        return False
    if (
        p.text(item.start - 1) == ","
        and group.low == 1
        and group.kind in {"name", "person"}
        and item.low == 1
        and _apposes(p, item)
    ):
        return False
    return item.kind in _TALLIES and not (item.kind == "name" and governed(p, item))


def _apposes(p: Phrase, item: Group) -> bool:
    """', a teacher,' without an 'and' to close a list explains the one before."""
    after = _next_item(p, item.end)
    return after is None or not p.tagged(after - 1, "conj")


def _starts_clause(p: Phrase, group: Group) -> bool:
    """Say whether the group is a new clause's subject: 'killed three, and two were arrested', 'and 2 injured'."""
    i = group.end
    steps = 0
    while i < len(p.units) and steps < 12:
        if p.tagged(i, "be", "have", "modal", "verb", "die", "hurt_int", "dead"):
            return not p.tagged(i - 1, "relative")
        if p.tagged(i, "kill_ed", "hurt_ed"):
            return True
        if p.tagged(i, "conj", "clause", "relative", "including") or p.text(i) in {",", ";", "."}:
            return False
        if steps == 0 and p.tagged(i, "verbish"):
            return True
        i, steps = i + 1, steps + 1
    return False


def _next_item(p: Phrase, i: int) -> int | None:
    """Return where the list's next item would start: past 'of the village', a comma, 'and'."""
    steps = 0
    while i < len(p.units) and steps < 20:
        if p.text(i) == "(":
            i = next((k for k in range(i, min(i + 14, len(p.units))) if p.text(k) == ")"), len(p.units)) + 1
            continue
        if p.text(i) == "," or p.tagged(i, "conj"):
            while i < len(p.units) and (p.text(i) == "," or p.tagged(i, "conj")):
                i += 1
            return i
        stop = p.tagged(i, "clause", "including", "relative", "verb", "be", "have", "modal", *EVENTS)
        if stop or p.text(i) in {".", ";", ":", "(", "–", "—"}:
            return None
        if steps == 0 and not p.tagged(i, "prep", "date", "weekday", "adverb"):
            return None
        i, steps = i + 1, steps + 1
    return None
