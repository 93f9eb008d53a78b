"""Sentence -> Frames: where, by a language's grammar, the people stand whom an event word speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.facts.toll_claims import Claim, What
from crawler.facts.toll_clauses import Phrase
from crawler.facts.toll_counted import Counted, find_counted
from crawler.facts.toll_nouns import Group
from crawler.facts.toll_words import Unit
from crawler.lexicon.grammar import Grammar

VERBS: dict[str, What] = {
    "kill_ed": "killed",
    "kill_act": "killed",
    "die": "killed",
    "hurt_ed": "injured",
    "hurt_act": "injured",
    "hurt_int": "injured",
}
NOUNS: dict[str, What] = {"dead": "killed", "hurts": "injured"}
OF: dict[str, What] = {"kill_of": "killed", "hurt_of": "injured"}
TOLLS: dict[str, What] = {"toll": "killed", "toll_hurt": "injured"}
EVENT_TAGS = frozenset([*VERBS, *NOUNS, *OF, *TOLLS, "casualties", "body", "lose", "victims_of", "wounds", "critical"])
EVENTS = frozenset([*VERBS, *NOUNS, *OF])
AUXILIARY = frozenset(["be", "have", "modal", "adverb", "more", "reported_as", "floor", "approx"])
_HARD = frozenset(["clause", "turn", "relative", "including"])
_STOPS = frozenset([",", ";", ".", "(", ")"])
_QUOTES = frozenset('«»"“”„')
_PAUSES = frozenset([",", "-", "–", "—"])
_PEOPLE = frozenset(["person", "name", "bare", "pronoun"])
_REACH = 14
_LINK = 6
_PARTITIVE = frozenset(["including", "of_them", "gravely"])


@dataclass(slots=True)
class Frames:
    """One sentence being read; `used` says which event has taken a phrase, by where it starts.

    `told` are the event words that another has read with its own.
    `seen` are all tags of its words: most sentences have no negation and no correction to look for.
    """

    p: Phrase
    grammar: Grammar
    starting: dict[int, Counted]
    ending: dict[int, Counted]
    seen: frozenset[str]
    told: set[int] = field(default_factory=set)
    used: dict[int, int] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    total: bool = False

    def around(self, i: int) -> Counted | None:
        """Return the phrase that a unit stands inside of: 'пять | убитых | боевиков'."""
        for start in range(i, max(-1, i - _REACH), -1):
            c = self.starting.get(start)
            if c is not None:
                return c if c.group.end > i else None
        return None

    def free(self, c: Counted, role: str) -> bool:
        """Say whether a phrase can be the event's: people, not governed, no part of others, of the right case."""
        group = c.group
        if group.kind not in _PEOPLE or c.governed or group.start in self.used or group.start in self.p.parts:
            return False
        return role in c.cases


def read_frames(units: list[Unit], grammar: Grammar) -> Frames:
    """Return a sentence with its counted phrases found and nothing claimed yet."""
    counted = find_counted(units, grammar)
    groups = [c.group for c in counted]
    starting = {g.start: g for g in groups}
    seen = frozenset[str]().union(*[unit.tags for unit in units])
    parts = frozenset[int]() if seen.isdisjoint(_PARTITIVE) else frozenset(_parts(units, starting))
    p = Phrase(units, groups, starting, {g.end: g for g in groups}, parts)
    return Frames(p, grammar, {c.group.start: c for c in counted}, {c.group.end: c for c in counted}, seen)


def _parts(units: list[Unit], starting: dict[int, Group]) -> Iterator[int]:
    """Find the groups that 'including' introduces: to the clause's end, or to a count with an event of its own."""
    is_open, event_before, first = False, False, False
    ends = {group.end for group in starting.values()}
    i = 0
    while i < len(units):
        tags, group = units[i].tags, starting.get(i)
        if "including" in tags and not ("of_them" in tags and i in ends and not _counts_on(starting.get(i + 1))):
            is_open, first = True, True
        elif units[i].text in {";", ")", ":"} or not tags.isdisjoint({"turn", "clause", "including_end"}):
            is_open = False
        elif "in_all" in tags and units[i - 1].text in _PAUSES:
            is_open = False  # 'среди погибших двое детей, всего погибли девять'
        event_before = event_before or (not is_open and not tags.isdisjoint(EVENTS))
        if group is None:
            i += 1
            continue
        if is_open and not first and event_before and (group.more or _own_event(units, group)):
            is_open = False
        if is_open or _closed_as_part(units, group, starting):
            yield i
        event_before = event_before or any(not u.tags.isdisjoint(EVENTS) for u in units[i : group.end] if not is_open)
        first = False
        i = group.end


def _own_event(units: list[Unit], group: Group) -> bool:
    """'…, ещё пятеро ранены', '… et cinq blessés': an event stands right behind the count."""
    i = group.end
    while i < len(units) and not units[i].tags.isdisjoint(AUXILIARY):
        i += 1
    return i < len(units) and not units[i].tags.isdisjoint(EVENTS)


def _counts_on(group: Group | None) -> bool:
    """'20 persons, of them 5 children': what follows is the part, not what stands before."""
    return group is not None and group.counted


def _closed_as_part(units: list[Unit], group: Group, starting: dict[int, Group]) -> bool:
    """'трое из них дети', 'un grièvement': what follows says that the group is some of those just counted."""
    after = units[group.end].tags if group.end < len(units) else frozenset()
    later = units[group.end + 1].tags if group.end + 1 < len(units) else frozenset()
    if "of_them" in after and _counts_on(starting.get(group.end + 1)) and "including" in after:
        return False
    if "of_them" in after:
        if group.start and not units[group.start - 1].tags.isdisjoint(VERBS):
            return False  # 'قتلت ثمانية منهم': the count of the verb before it
        return later.isdisjoint(EVENTS | AUXILIARY)
    return "gravely" in after and later.isdisjoint(EVENTS)


def right_of(f: Frames, i: int, role: str) -> Counted | None:
    """The next free phrase to the right in the same clause; of 'gunmen five soldiers' (VSO) the counted one."""
    k = i + 1
    while k < min(len(f.p.units), i + _REACH):
        c = f.starting.get(k)
        if c is not None:
            if f.free(c, role):
                return _second(f, c, role)
            k = c.group.end
            continue
        tags, text = f.p.units[k].tags, f.p.text(k)
        if text in _STOPS or not tags.isdisjoint(_HARD | EVENTS) or "conj" in tags:
            return None
        k += 1
    return None


def _second(f: Frames, c: Counted, role: str) -> Counted:
    following = f.starting.get(c.group.end)
    if following is None or not f.free(following, role):
        return c
    counted = following.group.counted and not c.group.counted
    return following if counted or (role == "object" and _is_marked(f, following) and not _is_marked(f, c)) else c


def _is_marked(f: Frames, c: Counted) -> bool:
    """An unmistakable accusative, where no other case is told: 'قتل مسلحون | جنديا'."""
    return any(f.p.tagged(k, "object") for k in range(c.group.start, c.group.end))


def left_of(f: Frames, i: int, role: str, cross: bool) -> Counted | None:
    """The nearest free phrase to the left; past commas, 'and' and a relative pronoun only if told to cross them."""
    k, steps = i, 0
    while k > 0 and steps < _REACH * (3 if cross else 1):
        steps += 1
        c = f.ending.get(k)
        if c is not None:
            if f.free(c, role):
                return c
            k = c.group.start
            continue
        tags, text = f.p.units[k - 1].tags, f.p.text(k - 1)
        soft = text in {",", ")", "("} or not tags.isdisjoint({"conj", "relative", "including"})
        hard = text in {";", "."} or not tags.isdisjoint({"clause", "turn"} | EVENTS)
        if hard or (soft and not cross):
            return None
        k -= 1
    return None


def passive_mark(f: Frames, i: int) -> int | None:
    """'枪手被警方击毙': a word before a verb that makes it passive, its agent between."""
    return next((k for k in range(i - 1, max(-1, i - _LINK), -1) if f.p.tagged(k, "passive_mark")), None)


def beside(f: Frames, left: int, right: int) -> bool:
    """Say whether nothing but auxiliaries stands between two places."""
    return all(not f.p.units[k].tags.isdisjoint(AUXILIARY) for k in range(left, right))


def find(f: Frames, i: int, side: str, role: str) -> Counted | None:
    """Return the phrase of the event at `i`: a counted one, then the one right beside it, then by the grammar."""
    left, right = left_of(f, i, role, cross=False), right_of(f, i, role)
    if right is None and side == "after" and _takes_things(f, i) and not (left and beside(f, left.group.end, i)):
        return None
    if left is not None and right is not None:
        near_left, near_right = beside(f, left.group.end, i), beside(f, i + 1, right.group.start)
        if near_right and _own_event(f.p.units, right.group) and near_left:
            return left
        if left.group.counted != right.group.counted:
            return left if left.group.counted else right
        if near_left != near_right:
            return left if near_left else right
        return left if side == "before" else right
    return left or right or left_of(f, i, role, cross=True)


def _takes_things(f: Frames, i: int) -> bool:
    """'МЧС: уничтожены 54 беспилотника': the counted things right behind are what the event speaks of."""
    c = f.starting.get(i + 1)
    return c is not None and c.group.counted and c.group.kind in {"animal", "other"} and not c.governed


def chain(f: Frames, c: Counted, i: int, role: str) -> list[Counted]:
    """Return the list that the phrase stands in: 'двое военных, полицейский и их водитель'."""
    found = [c]
    if c.group.start < i:
        while len(found) < _REACH and (before := _before(f, found[0].group, role)) is not None:
            found.insert(0, before)
        return _unexplained(f, found)
    while len(found) < _REACH and (after := _after(f, found[-1].group, role)) is not None:
        found.append(after)
    return _unexplained(f, found)


def _is_link(p: Phrase, k: int) -> bool:
    return p.text(k) == "," or p.tagged(k, "conj")


def _before(f: Frames, group: Group, role: str) -> Counted | None:
    k = group.start
    if not _is_link(f.p, k - 1):
        return None
    while k > 0 and _is_link(f.p, k - 1):
        k -= 1
    for end in range(k, max(0, k - _LINK), -1):
        c = f.ending.get(end)
        if c is not None:
            return c if f.free(c, role) and _joinable(f, c.group, group) else None
        if not _is_filler(f.p, end - 1):
            return None
    return None


def _after(f: Frames, group: Group, role: str) -> Counted | None:
    k = group.end
    while k < min(len(f.p.units), group.end + _LINK) and not _is_link(f.p, k):
        c = f.starting.get(k)
        if not _is_filler(f.p, k) and not (c is not None and c.governed):
            return None
        k = c.group.end if c is not None else k + 1
    if not _is_link(f.p, k):
        return None
    while _is_link(f.p, k) or _is_bare_age(f.p, k):
        k += 1
    c = f.starting.get(k)
    ok = c is not None and f.free(c, role) and not _opens_clause(f, c.group) and _joinable(f, group, c.group)
    return c if ok else None


def _is_bare_age(p: Phrase, k: int) -> bool:
    """'einer Frau, 38, und ihrer Söhne'."""
    return p.text(k).isdecimal() and k not in p.starting and p.text(k - 1) == "," == p.text(k + 1)


def _is_filler(p: Phrase, k: int) -> bool:
    """Words that may stand between a list's item and the next link: 'of the village', 'français'."""
    if p.text(k) in _QUOTES:
        return True
    return p.text(k)[:1].isalnum() and p.units[k].tags.isdisjoint(_HARD | EVENTS | {"be", "have", "modal", "verb"})


def _joinable(f: Frames, first: Group, second: Group) -> bool:
    """After a bare comma only something counted goes on with a list, or what an 'and' closes."""
    if f.p.tagged(second.start - 1, "conj"):
        return True
    closing = any(
        _is_link(f.p, k) and f.p.tagged(k, "conj") for k in range(second.end, min(second.end + 4, len(f.p.units)))
    )
    return (second.counted and first.counted) or (closing and second.kind == "person")


def _opens_clause(f: Frames, group: Group) -> bool:
    """'… and two were hurt': the phrase has an event of its own behind it."""
    for k in range(group.end, min(len(f.p.units), group.end + 5)):
        if k == group.end and f.p.tagged(k, "of_them"):
            return True
        if f.p.text(k) in _STOPS or f.p.tagged(k, "conj", "including", "relative", "clause", "turn"):
            return False
        if f.p.tagged(k, *EVENTS, "be", "have", "modal", "verb"):
            return True
    return False


def _unexplained(f: Frames, found: list[Counted]) -> list[Counted]:
    """Keep 'трое братьев' of 'трое братьев, Али, Омар и Сами': what adds up to the number only explains it."""
    first = found[0].group
    rest = [c.group for c in found[1:]]
    if rest and first.counted and first.low and first.low > 1 and f.p.text(first.end) == ",":
        named = all(g.kind == "name" for g in rest)
        # 'three women, two children and a man' are six, though two and one are three
        any_kind = any(f.p.tagged(k, "generic") for k in range(first.start, first.end))
        adds_up = sum(g.low or 0 for g in rest) == first.low and len(rest) > 1
        if named or (adds_up and (any_kind or all(g.low == 1 for g in rest))):
            return found[:1]
    return found
