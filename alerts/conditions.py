"""Conditions combined + a story -> Finding: met or missed, and what was found, with the sentence it was read from.

The conditions themselves stand in `conditions_facts` (what was read from the articles) and `conditions_words` (their
words and origin).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, Protocol

from alerts.view import Figure, Side, View

Operator = Literal[">=", ">", "==", "<", "<="]

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}
ALL, ANY, NOT = "all", "any", "not"  # what is written of a combined condition: no other is a word alone
WANTS = ", the rule wants"  # what follows a figure that falls short
_SAID = {">=": "at least", ">": "more than", "==": "exactly", "<": "fewer than", "<=": "at most"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found for one condition.

    `condition` is the condition as the user wrote it; `found` says in plain words what the story has; `quote` is the
    sentence it was read from and `url` its article, `None` where it was read from no sentence. `children` explain a
    combined condition.
    """

    condition: str
    met: bool
    found: str
    quote: str | None = None
    url: str | None = None
    children: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """What a story must have at least one of: keys of a kind (see `View.has`), or figures that compare.

    `rate` is a guess at how many stories of a hundred have some of it, from what the news is mostly about.
    """

    rate: float
    keys: tuple[tuple[str, str], ...] = ()
    bounds: tuple[Bound, ...] = ()

    def __or__(self, other: Needs) -> Needs:
        """Return what is needed where either is enough."""
        return Needs(self.rate + other.rate, self.keys + other.keys, self.bounds + other.bounds)


@dataclass(frozen=True, slots=True)
class Price:
    """What it takes to find rules by their words.

    `scan` is each rule's part in looking through a text, in stories of a hundred for which it could be looked at
    instead. `share` is the part of the listed words' guessed rates that an article has room for.
    """

    scan: float = 0.0
    share: float = 1.0


PLAIN = Price()


class Condition(Protocol):
    """One line of a rule's `when:`."""

    @property
    def written(self) -> str:
        """The condition as the user wrote it."""

    def holds(self, view: View) -> bool:
        """Return whether it holds, without a word of why: what `judge` says of many rules costs more."""

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Return what was found; `wanted` is whether the rule rings where the condition holds (not under a `not`)."""

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return what a story must have some of for the condition to hold; `None`: it may hold without.

        `price` is what it takes to go by words.
        """

    def plain(self) -> str:
        """Return the condition as a clause in English."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Condition, ...]
    written: str = ALL

    def holds(self, view: View) -> bool:
        """Return whether every part holds."""
        return all(part.holds(view) for part in self.parts)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Judge every part, whether or not one before it is missed."""
        children = tuple(part.judge(view, wanted) for part in self.parts)
        missed = [child for child in children if not child.met]
        if not missed:
            return _of_children(self.written, True, children, children)
        return _of_children(self.written, False, missed, children)

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return what the part needs that is least likely to hold: a story that has it not is looked at no further."""
        known = [needs for part in self.parts if (needs := part.needs(price)) is not None]
        return min(known, key=lambda needs: needs.rate, default=None)

    def plain(self) -> str:
        """Return the parts, exceptions last."""
        wanted = [_bracketed(part) for part in self.parts if not isinstance(part, Not)]
        unless = [part.plain() for part in self.parts if isinstance(part, Not)]
        return ", and ".join(wanted + unless)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part must hold."""

    parts: tuple[Condition, ...]
    written: str = ANY

    def holds(self, view: View) -> bool:
        """Return whether some part holds."""
        return any(part.holds(view) for part in self.parts)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Judge every part, whether or not one before it holds."""
        children = tuple(part.judge(view, wanted) for part in self.parts)
        met = [child for child in children if child.met]
        return (
            _of_children(self.written, True, met, children)
            if met
            else _of_children(self.written, False, children, children)
        )

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return what every part needs, if all need something."""
        every = [part.needs(price) for part in self.parts]
        known = [needs for needs in every if needs is not None]
        return reduce(operator.or_, known, Needs(0.0)) if len(known) == len(every) else None

    def plain(self) -> str:
        """Return the parts as alternatives."""
        return " or ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition
    written: str = NOT

    def holds(self, view: View) -> bool:
        """Return whether the part is missed."""
        return not self.part.holds(view)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Judge the part."""
        child = self.part.judge(view, not wanted)
        children = child.children if isinstance(self.part, All | AnyOf) else (child,)
        return Finding(
            condition=self.written,
            met=not child.met,
            found=child.found,
            quote=child.quote,
            url=child.url,
            children=children,
        )

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return `None`: it holds for a story that has nothing."""
        return None

    def plain(self) -> str:
        """Return the part as an exception."""
        return f"not ({self.part.plain()})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number of people or publishers, compared: `>= 5`."""

    operator: Operator
    number: int

    def holds(self, value: int | None) -> bool:
        """Compare; an unknown number compares as "no", whatever the operator."""
        return value is not None and _OPERATORS[self.operator](value, self.number)

    def plain(self) -> str:
        """Return the comparison in words: `at least 5`."""
        return f"{_SAID[self.operator]} {self.number:,}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison of one of a story's figures: `figure` is a name of `View`'s, such as "killed" or "publishers"."""

    figure: Figure | Literal["publishers"]
    comparison: Comparison
    sides: tuple[Side, ...] = ()

    def rate(self) -> float:
        """Return how many stories of a hundred compare so, roughly: the more dead, the rarer."""
        most = {"publishers": 60.0}.get(self.figure, 30.0)
        return most if self.comparison.operator in ("<", "<=") else most / (1 + self.comparison.number)


def compared(
    figure: Figure | Literal["publishers"], wanted: Sequence[Comparison], sides: tuple[Side, ...] = ()
) -> Needs:
    """Return the need of a figure that must compare in one of the ways wanted."""
    bounds = tuple(Bound(figure, one, sides) for one in wanted)
    return Needs(sum(bound.rate() for bound in bounds), bounds=bounds)


def short_of(wanted: Sequence[Comparison]) -> str:
    """Return what to add to a figure that compares in none of the ways wanted: the nearest miss."""
    return f"{WANTS} {listed(f'{one.operator} {one.number}' for one in wanted)}"


_COMPARISON = re.compile(r"\s*(>=|<=|==|>|<)?\s*([0-9]{1,9})\s*")


def comparison(written: str | int) -> Comparison:
    """Return `">= 5"` or a bare `5` as a comparison. Raises `ValueError`, in the user's words."""
    form = _COMPARISON.fullmatch(str(written))
    if not form:
        raise ValueError('this should be a whole number or a comparison such as ">= 5"')
    sign: Operator = form[1] or ">="  # type: ignore[assignment]  # the expression allows no other
    return Comparison(sign, int(form[2]))


def walk(condition: Condition) -> Iterator[Condition]:
    """Return the condition and everything in it."""
    yield condition
    inner: Sequence[Condition] = ()
    if isinstance(condition, All | AnyOf):
        inner = condition.parts
    elif isinstance(condition, Not):
        inner = (condition.part,)
    for part in inner:
        yield from walk(part)


def listed(words: Iterable[str], word: str = "or") -> str:
    """Return `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} {word} {last}" if most else last


def some(names: Sequence[str], most: int) -> str:
    """Return `a, b and 3 more`: at most so many of the names, and how many others there are.

    >>> some(["Mopti", "Gao", "Kidal"], 2)
    'Mopti, Gao and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _of_children(written: str, met: bool, telling: Sequence[Finding], children: tuple[Finding, ...]) -> Finding:
    """Return a finding that says what the children that tell the outcome say; its evidence is the first of theirs."""
    evidence = next((child for child in telling if child.quote), None)
    return Finding(
        condition=written,
        met=met,
        found="; ".join(dict.fromkeys(child.found for child in telling)),
        quote=evidence.quote if evidence else None,
        url=evidence.url if evidence else None,
        children=children,
    )


def _bracketed(part: Condition) -> str:
    return f"({part.plain()})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else part.plain()
