"""Conditions combined + a story -> Finding: met or missed, and what was found, with the sentence it was read from.

The conditions themselves stand in `conditions_facts` (what was read from the articles) and `conditions_words` (their
words and origin).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from alerts.phrases import Phrasebook
from alerts.story import Story

Operator = Literal[">=", ">", "==", "<", "<="]
Key = tuple[str, str]
"""Something that a story has or lacks: ("phrase", "opened fire"), ("region", "SY"), ("figure", "killed"), …"""

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}
_SAID = {">=": "at least", ">": "more than", "==": "exactly", "<": "fewer than", "<=": "at most"}
# the most selective first: what a block needs is told by the part that rarely holds
_RARITY = ("phrase", "group", "region", "mention", "source", "figure", "language")


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


class Condition(Protocol):
    """One line of a rule's `when:`."""

    @property
    def written(self) -> str:
        """The condition as the user wrote it."""

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Return what was found. `book` knows every phrase of the condition."""

    def keys(self) -> frozenset[Key] | None:
        """Return keys of which a story must have one for the condition to hold; `None`: it may hold without any."""

    def plain(self) -> str:
        """Return the condition as a clause in English."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Condition, ...]
    written: str = "all"

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Judge every part, whether or not one before it is missed."""
        children = tuple(part.judge(story, book) for part in self.parts)
        missed = [child for child in children if not child.met]
        if not missed:
            return _of_children(self.written, True, children, children)
        return _of_children(self.written, False, missed, children)

    def keys(self) -> frozenset[Key] | None:
        """Return the keys of the part that is least likely to hold."""
        known = [keys for keys in (part.keys() for part in self.parts) if keys is not None]
        return min(known, key=_rarity, default=None)

    def plain(self) -> str:
        """Return the parts, exceptions last."""
        wanted = [_bracketed(part) for part in self.parts if not isinstance(part, Not)]
        unless = [part.plain() for part in self.parts if isinstance(part, Not)]
        return ", and ".join(wanted + unless)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part must hold."""

    parts: tuple[Condition, ...]
    written: str = "any"

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Judge every part, whether or not one before it holds."""
        children = tuple(part.judge(story, book) for part in self.parts)
        met = [child for child in children if child.met]
        return (
            _of_children(self.written, True, met, children)
            if met
            else _of_children(self.written, False, children, children)
        )

    def keys(self) -> frozenset[Key] | None:
        """Return the keys of every part, if all have some."""
        known = [part.keys() for part in self.parts]
        if any(keys is None for keys in known):
            return None
        return frozenset(key for keys in known if keys is not None for key in keys)

    def plain(self) -> str:
        """Return the parts as alternatives."""
        return " or ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition
    written: str = "not"

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Judge the part."""
        child = self.part.judge(story, book)
        children = child.children if isinstance(self.part, All | AnyOf) else (child,)
        return Finding(
            condition=self.written,
            met=not child.met,
            found=child.found,
            quote=child.quote,
            url=child.url,
            children=children,
        )

    def keys(self) -> frozenset[Key] | None:
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


def _rarity(keys: frozenset[Key]) -> tuple[int, int]:
    return max((_RARITY.index(kind) for kind, _ in keys), default=-1), len(keys)
