"""A rule's conditions -> which of them can't hold together, where no story at all could meet the rule.

Only what is certain counts: a rule is called impossible where every way of meeting it asks for something and forbids
it. Facts that stories merely never had together are the user's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from alerts.conditions import All, AnyOf, Comparison, Condition, Not
from alerts.conditions_facts import ByGroup, Disputed, InRegion, Tally
from alerts.conditions_words import FromSource, Language, Publishers, Words
from alerts.folding import words

MAX_WAYS = 4_096  # of meeting a rule; one with more is taken to be possible
MAX_PHRASE = 8  # words of a phrase of which every part is looked for among the excluded

Holders = Callable[[str], Collection[str]]
"""A region's code -> those of all that it certainly lies in; a group's id -> those of all that it is a branch of."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition that must hold, or that must not."""

    condition: Condition
    wanted: bool

    def said(self) -> str:
        """Return it as the user wrote it: `killed >= 10`, `not region: Syria`."""
        one = self.condition
        said = one.written
        if isinstance(one, Tally | Publishers):
            figure = one.figure if isinstance(one, Tally) else "publishers"
            of = f" of {' and '.join(one.sides)}" if isinstance(one, Tally) and one.sides else ""
            said = f"{figure}{of} {' or '.join(f'{c.operator} {c.number}' for c in one.comparisons)}"
        return said if self.wanted else f"not {said}"


def _alone(code: str) -> Collection[str]:
    return (code,)


def contradiction(when: All, within: Holders = _alone, lineage: Holders = _alone) -> str | None:
    """Return what the conditions want that can't be had, `None` where some story may have it.

    >>> contradiction(when)
    'killed >= 10 and not killed >= 5'
    """
    ways = _ways(when, True)
    if ways is None:
        return None
    said: list[str] = []
    for way in ways:
        clash = _clash(way, within, lineage)
        if clash is None:
            return None
        said.append(" and ".join(dict.fromkeys(one.said() for one in clash)))
    clashes = list(dict.fromkeys(said))
    return "; or ".join(clashes[:2]) + ("; or …" if clashes[2:] else "") if clashes else None


Way = tuple[Literal, ...]


def _ways(condition: Condition, wanted: bool) -> list[Way] | None:
    """Return every way of meeting a condition, or of missing it; `None` where there are too many."""
    if isinstance(condition, Not):
        return _ways(condition.part, not wanted)
    if not isinstance(condition, All | AnyOf):
        return [(Literal(condition, wanted),)]
    together = isinstance(condition, All) is wanted
    ways: list[Way] = [()] if together else []
    for part in condition.parts:
        inner = _ways(part, wanted)
        if inner is None or (len(ways) * len(inner) if together else len(ways) + len(inner)) > MAX_WAYS:
            return None
        ways = [(*one, *other) for one, other in product(ways, inner)] if together else ways + inner
    return ways


def _clash(way: Way, within: Holders, lineage: Holders) -> list[Literal] | None:
    """Return the conditions of one way that can't hold together."""
    return _figures_clash(way) or _kinds_clash(way, within, lineage)


def _figures_clash(way: Way) -> list[Literal] | None:
    asked: dict[tuple[str, ...], list[Literal]] = {}
    for one in way:
        if isinstance(one.condition, Tally):
            asked.setdefault((one.condition.figure, *sorted(one.condition.sides)), []).append(one)
        elif isinstance(one.condition, Publishers):
            asked.setdefault(("publishers",), []).append(one)
    return next((wanted for figure, wanted in asked.items() if not _some_number_fits(figure[0], wanted)), None)


def _some_number_fits(figure: str, wanted: list[Literal]) -> bool:
    """Whether a number, or none where a figure may be unknown, meets all; it is enough to try those at the edges."""
    least = 1 if figure == "publishers" else 0
    edges = {least} | {c.number + step for one in wanted for c in _comparisons(one) for step in (-1, 0, 1)}
    numbers: list[int | None] = [number for number in edges if number >= least]
    if figure != "publishers":
        numbers.append(None)
    return any(all(_fits(one, number) for one in wanted) for number in numbers)


def _comparisons(one: Literal) -> tuple[Comparison, ...]:
    return one.condition.comparisons if isinstance(one.condition, Tally | Publishers) else ()


def _fits(one: Literal, number: int | None) -> bool:
    return any(comparison.holds(number) for comparison in _comparisons(one)) is one.wanted


def _kinds_clash(way: Way, within: Holders, lineage: Holders) -> list[Literal] | None:
    """Return a condition that asks for one of several things, and those that forbid every one of them."""
    forbidden: dict[str, list[Literal]] = {}
    for one in way:
        if not one.wanted:
            for key in _forbids(one.condition):
                forbidden.setdefault(key, []).append(one)
    disputed = _disputed(way)
    if disputed:
        return disputed
    for one in way if forbidden else ():
        if one.wanted and (against := _against(_implied(one.condition, within, lineage), forbidden)):
            return [one, *against]
    return None


def _disputed(way: Way) -> list[Literal] | None:
    """Return two conditions of which one wants a dispute and the other none."""
    asked = [(one, one.condition.wanted is one.wanted) for one in way if isinstance(one.condition, Disputed)]
    sides = {disputed: one for one, disputed in asked}
    return [one for one, _ in asked] if len(sides) == 2 else None


def _against(options: Iterable[Iterable[str]], forbidden: dict[str, list[Literal]]) -> list[Literal]:
    """Return what forbids every option, nothing where one is open."""
    found: dict[int, Literal] = {}  # by identity: one may list thousands of words
    for keys in options:
        by = next((forbidden[key][0] for key in keys if key in forbidden), None)
        if by is None:
            return []
        found[id(by)] = by
    return list(found.values())


def _forbids(condition: Condition) -> Iterator[str]:
    """Return what a story must have nothing of, for the condition not to hold."""
    if isinstance(condition, InRegion):
        kind = "mentions" if condition.anywhere else "region"
        yield from (f"{kind} {target.code}" for target in condition.targets)
    elif isinstance(condition, ByGroup):
        kind = "group" if condition.branches or not condition.targets else "only"
        yield from (f"{kind} {target.code}" for target in condition.targets)
        if not condition.targets:
            yield "group"
    elif isinstance(condition, Words):
        yield from (f"{condition.field} {_normal(term.key)}" for term in condition.terms)
    elif isinstance(condition, Language):
        yield from (f"language {code}" for code in condition.codes)
    elif isinstance(condition, FromSource):
        yield from (f"source {name}" for name in condition.names)


def _implied(condition: Condition, within: Holders, lineage: Holders) -> Iterator[Iterator[str]]:
    """Return for each option of a condition what a story certainly has that has it, as `_forbids` writes it."""
    if isinstance(condition, InRegion):
        kinds = ("mentions",) if condition.anywhere else ("region", "mentions")
        for target in condition.targets:
            yield (f"{kind} {code}" for kind in kinds for code in {target.code, *within(target.code)})
    elif isinstance(condition, ByGroup):
        yield from _implied_groups(condition, lineage)
    elif isinstance(condition, Words):
        fields = ("text",) if condition.field == "text" else ("title", "text")
        for term in condition.terms:
            yield (f"{field} {key}" for field in fields for key in _parts(_normal(term.key)))
    elif isinstance(condition, Language | FromSource):
        yield from (iter((key,)) for key in _forbids(condition))


def _implied_groups(condition: ByGroup, lineage: Holders) -> Iterator[Iterator[str]]:
    if not condition.targets:
        yield iter(("group",))
    for target in condition.targets:
        keys = ["group", *(f"group {id_}" for id_ in {target.code, *lineage(target.code)})]
        yield iter(keys if condition.branches else [*keys, f"only {target.code}"])


def _normal(key: str) -> str:
    """Return a term's key with its words folded, where no sign in it matters."""
    if key[0] == "~":
        return "~" + " ".join(words(key[1:]))
    return key


def _parts(key: str) -> Iterator[str]:
    """Return every term that certainly stands where this one does: itself, its words, and prefixes of them."""
    yield key
    end = "*" if key[-1] == "*" else ""
    said = key.removesuffix("*").split(" ")
    if key[0] in "/~" or not all(map(str.isalnum, said)) or len(said) > MAX_PHRASE:
        return
    for first in range(len(said)):
        for last in range(first, len(said)):
            span = " ".join(said[first : last + 1])
            open_end = end if last == len(said) - 1 else ""
            if not open_end:
                yield span
                yield f"~{span}"
            start = len(span) - len(said[last])
            yield from (f"{span[:stop]}*" for stop in range(start + 1, len(span) + 1))
