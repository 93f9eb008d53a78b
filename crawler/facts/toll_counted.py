"""Units -> Counted: the people, beasts and things of a sentence, each with its number, by a language's grammar."""

from __future__ import annotations

from typing import NamedTuple

from crawler.facts.toll_nouns import Group, Kind, Side
from crawler.facts.toll_words import Unit
from crawler.lexicon.grammar import Grammar


class Counted(NamedTuple):
    """A noun phrase with what the frame reader must know of it besides.

    `governed`: a preposition governs it, so it is no verb's subject or object. `cases`: `subject`, `object` or both.
    `either`: its form may be a singular or a plural. `known`: its noun is in the lexicon, or it has none.
    """

    group: Group
    governed: bool
    cases: frozenset[str]
    either: bool
    known: bool


_NOUNS = frozenset(["person", "people", "collective", "animal", "thing", "measure"])
_PEOPLE = frozenset(["person", "people", "collective"])
_LEADS = frozenset(["floor", "approx", "more", "definite", "no", "one", "adverb"])
_ATTRIBUTES = frozenset(["dead", "hurts", "adjective"])
_PLAIN = frozenset(["adjective", "name", "plural"])
_CASES = frozenset(["subject", "object"])
_BOTH = _CASES
_BEFORE_ARTICLE = frozenset(["sign", "conj", "clause", "kill_act", "hurt_act", "kill_ed", "hurt_ed", "more", "adverb"])
_STARTS = _NOUNS | _LEADS | frozenset(["number", "adjective", "name", "pronoun_one", "pronoun_many"])
_GAP = 3
_LEAD_LIMIT = 8
_OLDEST = 120
_SIDES: tuple[Side, ...] = ("militants", "security", "civilians")


class _Lead(NamedTuple):
    end: int
    seen: frozenset[str]
    number: Unit | None


def find_counted(units: list[Unit], grammar: Grammar) -> list[Counted]:
    """Return the noun phrases of a sentence, left to right, none inside another."""
    found: list[Counted] = []
    i = 0
    while i < len(units):
        if units[i].tags.isdisjoint(_STARTS):
            i += 1
            continue
        counted = _read(units, i, grammar)
        if counted is None or (found and _is_age(units, found[-1].group, counted.group)):
            i += 1 if counted is None else counted.group.end - i
            continue
        found.append(counted)
        i = counted.group.end
    return found


def _read(units: list[Unit], start: int, grammar: Grammar) -> Counted | None:
    tags = units[start].tags
    if "pronoun_one" in tags or "pronoun_many" in tags:
        low = 1 if "pronoun_one" in tags else None
        group = Group(start, start + 1, "pronoun", low, low, definite=True)
        return Counted(group, _after_preposition(units, start), tags & _CASES or _BOTH, False, True)
    lead = _lead(units, start)
    end, head, last = _noun(units, lead, grammar)
    if head is None and lead.number is None and not ("no" in lead.seen or _stands_alone(units, lead)):
        return _name(units, start, grammar) if lead.end == start else None
    return _finish(units, start, lead, _End(end, head, last), grammar)


def _stands_alone(units: list[Unit], lead: _Lead) -> bool:
    """'another' in 'one was killed, another hurt' is a person."""
    return bool(lead.seen) and "another" in units[lead.end - 1].tags


def _lead(units: list[Unit], i: int) -> _Lead:
    """Read 'at least', 'the', 'another', 'no' and the number."""
    start, seen, number = i, set[str](), None
    while i < len(units) and i < start + _LEAD_LIMIT:
        tags = units[i].tags
        if number is None and units[i].low is not None:
            if _aged(units, i):
                break
            number = units[i]
        elif not _leads(units, i, number):
            break
        seen |= tags & _LEADS
        i += 1
    if number is None and seen <= {"floor", "approx", "adverb", "more"} and not _introduces(units, i):
        return _Lead(start, frozenset(), None)
    return _Lead(i, frozenset(seen), number)


def _leads(units: list[Unit], i: int, number: Unit | None) -> bool:
    """Say whether a word goes with the number: 'at least', 'about' on either side of it, 'of the' only behind it."""
    tags = units[i].tags
    if number is None:
        return not tags.isdisjoint(_LEADS)
    if units[i].low is not None:  # 'drei der vier Täter', 'двое из десяти раненых'
        before = units[i - 1].tags
        if "definite" in before:  # 'dos de los cuatro heridos'
            before = before | units[i - 2].tags
        return not before.isdisjoint({"of", "part_of"}) and not _aged(units, i)
    if not tags.isdisjoint({"more", "floor", "approx"}):
        return tags.isdisjoint(_NOUNS)
    if not tags.isdisjoint({"of", "part_of"}):
        return _goes_on(units, i + 1)
    return "definite" in tags and "of" in units[i - 1].tags


def _introduces(units: list[Unit], i: int) -> bool:
    """'ещё мужчина', 'un autre soldat': a lead without number only before a noun, or as a word that stands alone."""
    return (i < len(units) and not units[i].tags.isdisjoint(_PEOPLE | {"adjective"})) or "another" in units[i - 1].tags


def _goes_on(units: list[Unit], i: int) -> bool:
    """'une dizaine de personnes', 'deux des dix blessés': 'of' goes on to a noun, of which it may tell the number."""
    while i < len(units) and (
        units[i].low is not None
        or (not units[i].tags.isdisjoint({"definite", "adjective"}) and units[i].tags.isdisjoint(_NOUNS))
    ):
        i += 1
    return i < len(units) and not units[i].tags.isdisjoint(_NOUNS | _ATTRIBUTES) and units[i].low is None


def _aged(units: list[Unit], i: int) -> bool:
    """'34 лет', 'de 34 ans', 'aged 34', 'drei und fünf Jahre alt'."""
    if i + 3 < len(units) and "conj" in units[i + 1].tags and "age" in units[i + 3].tags:
        return units[i + 2].low is not None
    after = units[i + 1].tags if i + 1 < len(units) else frozenset()
    return "age" in after or (i > 0 and "age" in units[i - 1].tags)


def _noun(units: list[Unit], lead: _Lead, grammar: Grammar) -> tuple[int, Unit | None, int]:
    """Read on to the head: unknown words may stand between a number and its noun; return end, head, its index."""
    # 'one 34-year-old woman' where the age is a number and a word
    i = lead.end + (lead.number is not None and lead.end < len(units) - 1 and _aged(units, lead.end))
    head, at, gap = None, lead.end, 0
    while i < len(units) and gap <= _GAP:
        tags = units[i].tags
        if not tags.isdisjoint(_NOUNS) and units[i].low is None and "possessive" not in tags:
            if head is not None and _is_another(units, i, grammar):
                break
            if head is None or grammar.head == "last":
                head, at = units[i], i
        elif head is not None and not (grammar.head == "last" and _noun_follows(units, i)):
            break
        elif (
            not tags.isdisjoint(_ATTRIBUTES)
            and (lead.seen or lead.number or "adjective" in tags)
            and _noun_follows(units, i)
        ):
            pass
        elif lead.number is not None and head is None and tags <= _PLAIN and units[i].text[0].isalpha():
            gap += 1
        else:
            break
        i += 1
    return (at + 1 if grammar.head == "last" else i, head, at) if head is not None else (lead.end, None, lead.end)


def _is_another(units: list[Unit], i: int, grammar: Grammar) -> bool:
    """Say whether a noun behind the head is no part of the phrase: an agent in 'üç asker | teröristler tarafından'.

    With cases, 'сотрудник полиции' goes on: what cannot be a subject explains the head.
    """
    if grammar.head == "last":
        return "postposition" in _tags_at(units, i + 1)
    return "adjective" not in units[i].tags and (not grammar.cases or "subject" in units[i].tags)


def _tags_at(units: list[Unit], i: int) -> frozenset[str]:
    return units[i].tags if i < len(units) else frozenset()


def _noun_follows(units: list[Unit], i: int) -> bool:
    after = units[i + 1 : i + 3]
    return any(not u.tags.isdisjoint(_NOUNS) for u in after[:1]) or (
        len(after) == 2 and after[0].tags <= _PLAIN and not after[1].tags.isdisjoint(_NOUNS)
    )


class _End(NamedTuple):
    end: int
    head: Unit | None
    at: int


def _finish(units: list[Unit], start: int, lead: _Lead, noun: _End, grammar: Grammar) -> Counted:
    """Put number, noun, side and case together."""
    head, number = noun.head, lead.number
    none = "no" in lead.seen and number is None
    tags = head.tags if head is not None else frozenset[str]()
    low, high = (number.low, number.high) if number is not None else _bare_bounds(tags, lead)
    inner = _collective(units, noun, grammar) if "collective" in tags else None
    if inner is not None:
        low, high, number = inner.group.low, inner.group.high, units[inner.group.end - 1]
    if none:
        low = high = 0
    counted = number is not None or none or "dual" in tags or bool(lead.seen & {"one"}) or head is None
    end = inner.group.end if inner is not None else noun.end
    group = Group(
        start,
        end,
        _kind(head),
        low,
        high,
        bool(number is not None and number.approximate) or "approx" in lead.seen,
        "definite" in lead.seen,
        "more" in lead.seen,
        none,
        counted,
        "" if head is None or "generic" in tags else head.text,
        _side(units[lead.end : end], head),
    )
    cases = _BOTH if _over(units, start, lead) else _cases(lead.number, tags, grammar)
    known = head is not None or noun.end >= len(units) or not units[noun.end].tags <= {"plural", "adjective"}
    either = number is None and not none and {"person", "people"} <= tags
    return Counted(group, _is_governed(units, group), cases, either, known)


def _collective(units: list[Unit], noun: _End, grammar: Grammar) -> Counted | None:
    """'семья из пяти человек', 'une famille de cinq': the number inside is the group's."""
    i = noun.end
    if i + 1 < len(units) and not units[i].tags.isdisjoint({"of", "prep"}):
        inner = _read(units, i + 1, grammar)
        if inner is not None and inner.group.counted and inner.group.kind in {"bare", "person"}:
            return inner
    return None


def _bare_bounds(tags: frozenset[str], lead: _Lead) -> tuple[int | None, int | None]:
    """A noun without a number: a dual is two, a singular one, a plural or an 'either' unknown."""
    if "dual" in tags:
        return 2, 2
    if "people" in tags and "one" not in lead.seen:
        return None, None
    return 1, 1


def _kind(head: Unit | None) -> Kind:
    if head is None:
        return "bare"
    if not head.tags.isdisjoint(_PEOPLE):
        return "person"
    return "animal" if "animal" in head.tags else "other"


def _side(units: list[Unit], head: Unit | None) -> Side | None:
    for unit in ([head] if head is not None else []) + units:
        for side in _SIDES:
            if side in unit.tags:
                return side
    return None


def _over(units: list[Unit], start: int, lead: _Lead) -> bool:
    """'не менее двух человек': a lead that governs the number's case says nothing of the phrase's own."""
    return lead.number is not None and any("genitive_lead" in unit.tags for unit in units[start : lead.end])


def _cases(number: Unit | None, tags: frozenset[str], grammar: Grammar) -> frozenset[str]:
    """What the phrase can be by its form: the number decides where there is one (digits can be both)."""
    if not grammar.cases:
        return _BOTH
    if number is not None:
        return number.tags & _CASES or (frozenset() if "oblique" in number.tags else _BOTH)
    return tags & _CASES if tags else _BOTH


def _after_preposition(units: list[Unit], start: int) -> bool:
    """A range's own 'от' and a personal object's mark (Spanish 'a') govern nothing."""
    if start == 0 or units[start - 1].tags.isdisjoint({"prep", "of"}):
        return False
    tags = units[start - 1].tags
    is_range = "between" in tags and units[start].low != units[start].high
    return not is_range and "object_mark" not in tags and not ("article" in tags and _opens(units, start - 1))


def _opens(units: list[Unit], i: int) -> bool:
    """'Des civils ont été tués', 'a tué des civils': no word before the article that it could belong to."""
    return i == 0 or not units[i - 1].tags.isdisjoint(_BEFORE_ARTICLE)


def _is_governed(units: list[Unit], group: Group) -> bool:
    """A preposition before the phrase governs it; before unknown words and a noun without number or article too."""
    if _after_preposition(units, group.start):
        return True
    if "postposition" in _tags_at(units, group.end):
        return True  # 'üç terörist tarafından'
    if group.counted or group.definite:
        return False
    i = group.start
    while (
        i > max(0, group.start - _GAP)
        and units[i - 1].tags <= {"adjective", "plural"}
        and units[i - 1].text[0].isalpha()
    ):
        i -= 1
    return i < group.start and _after_preposition(units, i)


def _name(units: list[Unit], start: int, grammar: Grammar) -> Counted | None:
    """Two capital words in a row may be a person's name."""
    end = start
    while end < len(units) and end < start + 5 and "name" in units[end].tags and units[end].capital:
        end += 1
    if end < start + 2 or not grammar.names:
        return None
    group = Group(start, end, "name", 1, 1, definite=True, head=units[start].text)
    return Counted(group, _after_preposition(units, start), _BOTH, False, True)


def _is_age(units: list[Unit], before: Group, group: Group) -> bool:
    """'мужчина, 34,' and 'мужчина (34)': a small bare number that commas or brackets close counts nobody."""
    if group.kind != "bare" or group.start != before.end + 1 or before.kind not in {"person", "name"}:
        return False
    opening, closing = units[before.end].text, units[group.end].text if group.end < len(units) else "."
    plain = units[group.start].text.isdecimal() and (group.low or 0) <= _OLDEST and before.low == 1
    return plain and ((opening == "(" and closing == ")") or (opening == "," and closing in {",", "."}))
