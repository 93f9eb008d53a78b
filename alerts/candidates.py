"""What each rule needs + a View -> the rules that may hold: all others are looked at no further.

A rule is entered under one of its conditions alone, the one that fewest stories are likely to meet. Words, regions,
groups and the like are looked up; figures are compared with all thresholds at once, by bisection. A rule that may hold
is asked for its facts before its words (`cheapest_first`): with most, the texts need not be looked through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from alerts.conditions import All, AnyOf, Bound, Condition, Needs, Not
from alerts.conditions_words import Words
from alerts.view import Figure, Side, View

Quantity = tuple[Figure | Literal["publishers"], tuple[Side, ...]]


class Candidates:
    """Which of many rules, each known by its number, may hold for a story."""

    def __init__(self, rules: Iterable[tuple[int, Needs | None]]) -> None:
        """Enter every rule; one that needs nothing is a candidate always."""
        self._always: list[int] = []
        # a key that one rule alone has (most do) is worth no list of its own: there may be 100,000
        self._by_key: dict[str, dict[str, int | list[int]]] = {}
        bounds: dict[Quantity, list[tuple[Bound, int]]] = {}
        for rule, needs in rules:
            if needs is None:
                self._always.append(rule)
                continue
            for kind, key in needs.keys:
                _enter(self._by_key.setdefault(kind, {}), key, rule)
            for bound in needs.bounds:
                bounds.setdefault((bound.figure, bound.sides), []).append((bound, rule))
        self._by_figure = {quantity: _Thresholds(entered) for quantity, entered in bounds.items()}

    def of(self, view: View) -> list[int]:
        """Return the rules that may hold, each once, in order."""
        found = set(self._always)
        for kind, rules in self._by_key.items():
            for key in rules.keys() & view.has(kind):
                here = rules[key]
                found.add(here) if isinstance(here, int) else found.update(here)
        for quantity, thresholds in self._by_figure.items():
            value = _value(view, quantity)
            if value is not None:
                found.update(thresholds.met(value))
        return sorted(found)


def cheapest_first(condition: Condition) -> Condition:
    """Return a condition that holds whenever this one does, and asks for facts first, then titles, then texts."""
    if isinstance(condition, Not):
        inner = cheapest_first(condition.part)
        return condition if inner is condition.part else Not(inner)
    if not isinstance(condition, All | AnyOf):
        return condition
    parts = tuple(sorted(map(cheapest_first, condition.parts), key=_cost))
    if all(part is own for part, own in zip(parts, condition.parts, strict=True)):
        return condition  # of 100,000 rules most are in order
    return type(condition)(parts)


def _cost(condition: Condition) -> int:
    if isinstance(condition, Words):
        return 2 if condition.field == "text" else 1
    if isinstance(condition, Not):
        return _cost(condition.part)
    return max(map(_cost, condition.parts)) if isinstance(condition, All | AnyOf) else 0


def _enter(rules: dict[str, int | list[int]], key: str, rule: int) -> None:
    here = rules.setdefault(key, rule)
    if isinstance(here, list):
        here.append(rule)
    elif here != rule:
        rules[key] = [here, rule]


def _value(view: View, quantity: Quantity) -> int | None:
    figure, sides = quantity
    return len(view.story.publishers) if figure == "publishers" else view.said(figure, sides)[0]


class _Thresholds:
    """Every threshold of one figure, in order."""

    def __init__(self, bounds: Sequence[tuple[Bound, int]]) -> None:
        wants = [(bound.comparison.operator, bound.comparison.number, rule) for bound, rule in bounds]
        self._least = sorted((number + (sign == ">"), rule) for sign, number, rule in wants if sign in (">", ">="))
        self._most = sorted((number - (sign == "<"), rule) for sign, number, rule in wants if sign in ("<", "<="))
        self._exact = sorted((number, rule) for sign, number, rule in wants if sign == "==")

    def met(self, value: int) -> Iterator[int]:
        """Yield the rules whose threshold the value meets."""
        yield from (rule for _, rule in self._least[: bisect_right(self._least, (value, _LAST))])
        yield from (rule for _, rule in self._most[bisect_left(self._most, (value, -1)) :])
        low, high = bisect_left(self._exact, (value, -1)), bisect_right(self._exact, (value, _LAST))
        yield from (rule for _, rule in self._exact[low:high])


_LAST = 1 << 62  # past every rule's number
