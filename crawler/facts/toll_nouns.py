"""Units -> Groups: the people, beasts and things that a sentence speaks of, each with its number."""

from __future__ import annotations

from typing import Literal, NamedTuple

from crawler.facts.toll_ages import ends_in_age, skip_age
from crawler.facts.toll_words import Unit

Kind = Literal["person", "name", "pronoun", "bare", "animal", "other"]
Side = Literal["civilians", "security", "militants"]


class Group(NamedTuple):
    """A noun phrase over `units[start:end]`.

    `low` is `None` where people are plural without a number. `kind` is `bare` for a number without a known noun,
    `other` for things and measures. `marks` tell whether they are somebody's ("his wife"), the attackers, or those
    spoken of as wounded.
    """

    start: int
    end: int
    kind: Kind
    low: int | None
    high: int | None
    approximate: bool = False
    definite: bool = False
    more: bool = False
    none: bool = False
    counted: bool = False
    head: str = ""
    side: Side | None = None
    marks: frozenset[str] = frozenset()


_STOP = frozenset(
    [
        *(
            "prep",
            "conj",
            "clause",
            "be",
            "have",
            "modal",
            "relative",
            "verb",
            "including",
            "negation",
            "neuter",
            "sign",
        ),
        *("kill_ed", "kill_act", "die", "dead", "deaths", "kill_of", "to_death", "body", "found", "lose", "casualties"),
        *(
            "hurt_ed",
            "hurt_act",
            "hurt_int",
            "hurt_of",
            "hurts",
            "unhurt",
            "toll",
            "toll_hurt",
            "number_of",
            "gravely",
            "hypothetical",
            "history",
        ),
        *("weekday", "date", "number", "no", "one", "more", "definite", "floor", "pronoun_one", "pronoun_many"),
    ]
)
_LEADS = frozenset(["floor", "approx", "definite", "more", "no", "one", "adverb"])
_COUNTING = frozenset(["floor", "approx", "number"])
_UNKNOWN = frozenset(["plural", "singular"])
_PEOPLE = frozenset(["person", "people"])
_NOUNS = frozenset(["person", "people", "animal", "thing", "measure", "collective"])
_ADJECTIVES = frozenset(["kill_ed", "hurt_ed", "dead"])
_LIMIT = 14
_SIGN = frozenset(["sign"])
_PLAIN: frozenset[str] = frozenset()


def find_groups(units: list[Unit]) -> list[Group]:
    """Return the noun phrases of a sentence, left to right, none inside another."""
    groups: list[Group] = []
    i = 0
    while i < len(units):
        group = read_group(units, i)
        if group:
            groups.append(group)
            i = group.end
        else:
            i += 1
    return groups


def _opens_content(units: list[Unit], i: int) -> bool:
    """'said that 50 were killed', 'that at least 50': the word opens what is said, it points at nobody."""
    if "that" not in units[i].tags or i + 1 >= len(units):
        return False
    return (units[i + 1].low or 0) > 1 or ("floor" in units[i + 1].tags and i + 2 < len(units))


class _Lead(NamedTuple):
    end: int
    seen: frozenset[str]
    number: Unit | None


def read_group(units: list[Unit], start: int) -> Group | None:
    """Return the noun phrase that begins at unit `start`, if one does."""
    if _opens_content(units, start):
        return None
    lead = _lead(units, start)
    pronoun = _pronoun(units, start, lead)
    if pronoun:
        return pronoun
    if _is_ordinal(units, lead):
        counted = "one" in lead.seen
        return Group(start, lead.end + 1, "bare", 1, 1, definite=not counted, counted=counted)
    end, head, kind = _noun(units, lead)
    if kind is None:
        return _without_noun(units, start, lead)
    return _finish(units, start, lead, end, head, kind)


def _is_ordinal(units: list[Unit], lead: _Lead) -> bool:
    """'wounded a second', 'the third was hurt'; but 'a second bomb', 'a third of them', 'a second later'."""
    i = lead.end
    if lead.number or lead.seen.isdisjoint({"one", "definite"}) or i >= len(units) or "ordinal" not in units[i].tags:
        return False
    after = units[i + 1].tags if i + 1 < len(units) else _SIGN
    return not after.isdisjoint(_STOP) and after.isdisjoint({"of", "more", "clause", "number"})


def _lead(units: list[Unit], i: int) -> _Lead:
    """Read 'at least', 'the', 'another', 'about' and the number."""
    seen: set[str] = set()
    number = None
    start = i
    while i < len(units) and i < start + _LIMIT:
        tags = units[i].tags
        if units[i].low is not None and number is None:
            aged = i + 1 < len(units) and "age" in units[i + 1].tags
            number = None if aged else units[i]
            i += aged
            seen |= tags & {"one", "floor"}
        elif number is None and not tags.isdisjoint(_LEADS) and _leads(units, i):
            seen |= tags & _LEADS
        elif number is not None and "other" in tags:
            seen.add("more")
        elif number is not None and "of" in tags:
            i, partitive = _partitive(units, i)
            if not partitive:
                break
            continue
        else:
            break
        i += 1
    return _Lead(i, frozenset(seen), number)


def _leads(units: list[Unit], i: int) -> bool:
    """'over', 'about', 'also' lead a noun phrase only before its number."""
    tags = units[i].tags
    if not tags.isdisjoint({"definite", "no", "one", "other"}):
        return True
    if "floor" in tags and any(unit.low is not None for unit in units[i + 1 : i + 4]):
        return not units[i + 1].tags.isdisjoint({"one", "more", *_COUNTING})
    return i + 1 < len(units) and (units[i + 1].low is not None or not units[i + 1].tags.isdisjoint(_COUNTING))


def _partitive(units: list[Unit], i: int) -> tuple[int, bool]:
    """'dozens of', 'one of the'; 'of whom' is a word of its own and never comes here."""
    i += 1
    while i < len(units) and not units[i].tags.isdisjoint({"definite", "one"}) and "number" not in units[i].tags:
        i += 1
    if units[i - 1].text == "the" and i + 1 < len(units) and units[i].low is not None:
        i += 1  # 'three of the 11 wounded'
    if i < len(units) and "hurt_ed" in units[i].tags:
        return i + 1, True  # 'four of the wounded'
    if i < len(units) and (not units[i].tags.isdisjoint(_NOUNS) or units[i].tags.isdisjoint(_STOP)):
        return i, True
    return i, False


def _pronoun(units: list[Unit], start: int, lead: _Lead) -> Group | None:
    if lead.end != start or start >= len(units):
        return None
    tags = units[start].tags
    if "pronoun_one" in tags:
        return Group(start, start + 1, "pronoun", 1, 1, definite=True)
    if "pronoun_many" in tags:
        return Group(start, start + 1, "pronoun", None, None, definite=True)
    return None


def _noun(units: list[Unit], lead: _Lead) -> tuple[int, Unit | None, Kind | None]:
    """Read modifiers and head: the last noun of the run is the head ('police vehicles' are vehicles)."""
    i, head, run = lead.end, None, Run(0, 0)
    while i < len(units) and i < lead.end + _LIMIT:
        unit = units[i]
        if not unit.tags.isdisjoint(_NOUNS):
            head = unit
        elif unit.text == "(" and (after := _past_acronym(units, i)):
            i = after
            continue
        elif head is not None and _is_unknown_head(unit, head):
            head, run = None, Run(run.names, run.unknown + 1)
        elif not _is_adjective(units, i, lead):
            if _ends_phrase(units, i, head):
                break
            run = run.with_word(unit)
        i += 1
    return i, head, _kind(head, run, lead) if i > lead.end else None


def _past_acronym(units: list[Unit], i: int) -> int:
    """'Kuki National Front (KNF) members': the phrase goes on behind its own short name; 0 where it does not."""
    if i + 3 < len(units) and units[i + 2].text == ")" and not units[i + 3].tags.isdisjoint(_PEOPLE | {"collective"}):
        return i + 3
    return 0


class Run(NamedTuple):
    """How many of the words of a noun phrase look like names, and how many are unknown."""

    names: int
    unknown: int

    def with_word(self, unit: Unit) -> Run:
        """Return the run with one word more."""
        named = not unit.tags.isdisjoint({"name", "title_word"})
        return Run(self.names + named, self.unknown + ("name" not in unit.tags and unit.text != "."))


def _ends_phrase(units: list[Unit], i: int, head: Unit | None) -> bool:
    stop = not units[i].tags.isdisjoint(_STOP)
    if stop and not (units[i].text == "." and i and "title_word" in units[i - 1].tags):
        return True
    return head is not None and not _goes_on(units, i)


def _kind(head: Unit | None, run: Run, lead: _Lead) -> Kind | None:
    if head is None and run.names and run.unknown - run.names <= 1:
        return "name"
    if head is None:
        return "bare" if lead.number or lead.seen else None
    if not head.tags.isdisjoint(_PEOPLE | {"collective"}):
        return "person"
    return "animal" if "animal" in head.tags else "other"


def _is_unknown_head(word: Unit, head: Unit) -> bool:
    """'flight attendants', 'bomb disposal specialist': an unknown noun after a thing takes the thing's place."""
    if not head.tags.isdisjoint(_PEOPLE) or not word.text.isalpha():
        return False
    return word.tags <= _UNKNOWN


def _is_adjective(units: list[Unit], i: int, lead: _Lead) -> bool:
    """'four wounded officers died': the wounded are the dead."""
    if units[i].tags.isdisjoint(_ADJECTIVES):
        return False
    follows = i + 1 < len(units) and not units[i + 1].tags.isdisjoint(_NOUNS)
    return (
        follows and i == lead.end and (lead.number is not None or not lead.seen.isdisjoint({"definite", "one", "more"}))
    )


def _goes_on(units: list[Unit], i: int) -> bool:
    """After a noun the phrase goes on only to another noun: 'police patrol vehicle'."""
    nearby = units[i + 1 : i + 2]
    if not units[i].tags.isdisjoint({"verbish", "adverb"}):
        return False
    if "name" in units[i].tags and not units[i - 1].tags.isdisjoint({"people"}):
        return False
    return "name" in units[i].tags or bool(
        nearby and not nearby[0].tags.isdisjoint(_NOUNS) and "possessive" not in units[i].tags
    )


def _without_noun(units: list[Unit], start: int, lead: _Lead) -> Group | None:
    """'five', 'another', 'others', 'all', 'none' stand for people by themselves."""
    if lead.end == start:
        return None
    more, definite, none = "more" in lead.seen, "definite" in lead.seen, "no" in lead.seen
    if lead.number is not None:
        if "year" in lead.number.tags or _labels(units, start):
            return None
        low, high, approximate = _bounds(lead)
        wounded = frozenset(["hurt_ed"]) if "hurt_ed" in units[lead.end - 1].tags else _PLAIN
        return Group(start, lead.end, "bare", low, high, approximate, definite, more, none, True, marks=wounded)
    last = units[lead.end - 1].tags
    if none:
        return Group(start, lead.end, "bare", 0, 0, none=True, counted=True)
    if units[lead.end - 1].text == "other" and definite and lead.end - start == 2 and _is_alone(units, lead.end):
        return Group(start, lead.end, "bare", 1, 1, counted=True)  # 'one was killed and the other hurt'
    if "another" in last:
        return Group(start, lead.end, "bare", 1, 1, more=True, counted=True)
    if "stands_alone" in last:
        return Group(start, lead.end, "pronoun", None, None, definite="more" not in last, more=more)
    return None


def _is_alone(units: list[Unit], i: int) -> bool:
    """'the other wounded are' speaks of the wounded, 'the other was hurt' of one man."""
    follows = i + 1 < len(units) and "be" in units[i + 1].tags
    return not (follows and i < len(units) and not units[i].tags.isdisjoint(_ADJECTIVES))


def _labels(units: list[Unit], start: int) -> bool:
    """'checkpoint 17', 'Route 60', 'aged 34': the number belongs to the word before it."""
    if not start:
        return False
    tags = units[start - 1].tags
    if "be" in tags and start > 1 and "relative" in units[start - 2].tags and _ends_clause(units, start + 1):
        return True  # 'the owner, who is 60, was hurt'
    if ends_in_age(units, start):
        return True
    return "age" in tags or ("thing" in tags and "plural" not in tags and _not_followed_by_event(units, start + 1))


def _ends_clause(units: list[Unit], i: int) -> bool:
    return i >= len(units) or units[i].text in {",", ".", ";"}


def _not_followed_by_event(units: list[Unit], i: int) -> bool:
    return i >= len(units) or units[i].tags.isdisjoint(
        {"kill_ed", "hurt_ed", "dead", "deaths", "be", "die", "hurt_int"}
    )


def _bounds(lead: _Lead) -> tuple[int | None, int | None, bool]:
    number = lead.number
    if number is None:
        return None, None, False
    return number.low, number.high, number.approximate or bool(lead.seen & {"approx"})


def _finish(units: list[Unit], start: int, lead: _Lead, end: int, head: Unit | None, kind: Kind) -> Group | None:
    """Put number, noun and age together."""
    low, high, approximate = _bounds(lead)
    counted = lead.number is not None or "one" in lead.seen
    if lead.number is not None and "year" in lead.number.tags and (head is None or head.tags.isdisjoint({"people"})):
        return None
    if head is not None and "collective" in head.tags and end + 1 < len(units) and "of" in units[end].tags:
        inner = read_group(units, end + 1)
        if inner and inner.counted and (lead.number is None or lead.number.low == 1):
            return inner._replace(start=start, marks=_PLAIN, kind="person" if inner.kind == "bare" else inner.kind)
    none = "no" in lead.seen
    if none:
        low = high = 0
    elif low is None and end < len(units) and "pair" in units[end].tags and units[end].low is not None:
        low, high, end = units[end].low, units[end].high, end + 1
    elif low is None and _singular(units[end - 1], lead, head, kind):
        low = high = 1
    return Group(
        start,
        skip_age(units, end),
        kind,
        low,
        high,
        approximate,
        "definite" in lead.seen or kind == "name",
        "more" in lead.seen,
        none,
        counted,
        head.text if head and "generic" not in head.tags else "",
        _side(head, units, lead.end, end),
        _marks(head, units, start, end) if kind == "person" else _PLAIN,
    )


def _marks(head: Unit | None, units: list[Unit], start: int, end: int) -> frozenset[str]:
    """'his wife' is somebody else than he; 'the gunman' did it; 'one of the wounded officers' was wounded before."""
    marks = {mark for mark in ("whose", "hurt_ed") if any(mark in unit.tags for unit in units[start:end])}
    return frozenset(marks | {"attacker"} if head and "attacker" in head.tags else marks)


def _singular(last: Unit, lead: _Lead, head: Unit | None, kind: Kind) -> bool:
    if kind == "name":
        return True
    if head is None:
        return "one" in lead.seen or "plural" not in last.tags
    if "collective" in head.tags:
        return False
    return "people" not in head.tags or "one" in lead.seen


def _side(head: Unit | None, units: list[Unit], start: int, end: int) -> Side | None:
    """The head says the side; a side named before a neutral head ('police chief', 'rebel leader') says it too."""
    sides: tuple[Side, ...] = ("militants", "security", "civilians")
    for unit in ([head] if head else []) + units[start:end]:
        for side in sides:
            if side in unit.tags:
                return side
    return None
