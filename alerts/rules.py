"""Rules + a story -> Matches: which rules hold, and for each condition what was found, met or missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from typing import Literal

from alerts.candidates import Candidates, cheapest_first
from alerts.conditions import All, Finding, Not, Price, listed, walk
from alerts.conditions_words import Words
from alerts.hours import Digest, Escalation, Limit, Quiet, length
from alerts.phrases import Phrasebook
from alerts.story import Story
from alerts.view import View

__all__ = ["Finding", "Match", "Rule", "RuleSet", "Severity", "TellAgain", "describe", "match"]

SCAN = 5_000.0  # rules, in hundredths, that can be looked at in the time it takes to look through a text
ROOM = 10_000.0  # different listed words that an article may well have, in hundredths

Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAgain:
    """When a rule that rang for a story rings for it again.

    `killed` and `injured` are the rise since the last alert: `+5` (people more) or `x2` (times as many); `every` is a
    time since it.
    """

    killed: str | None = None
    injured: str | None = None
    every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the user wants to be told of, and where. `when` holds the conditions of its block, in the user's order.

    `hold` is how long the first alert of a story waits for other reports; `quiet`, `limit` and `digest` say which
    alerts are gathered and told together.
    """

    name: str
    when: All
    notify: tuple[str, ...]
    severity: Severity = "warning"
    tell_again: TellAgain | None = None
    hold: timedelta | None = None
    quiet: Quiet | None = None
    limit: Limit | None = None
    digest: Digest | None = None
    escalate: tuple[Escalation, ...] = ()
    enabled: bool = True


class Match:
    """Whether a rule holds for a story, with a finding for every line of its `when:`.

    `findings` may be a function that finds them: of a thousand rules that hold, few tell, and only what is told is
    looked for in the texts.
    """

    __slots__ = ("_findings", "met", "rule")

    def __init__(self, *, rule: str, met: bool, findings: tuple[Finding, ...] | Callable[[], Finding]) -> None:
        """Look for nothing yet."""
        self.rule, self.met, self._findings = rule, met, findings

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found for each line of `when:`, in the user's order."""
        if not isinstance(self._findings, tuple):
            self._findings = self._findings().children
        return self._findings

    def __eq__(self, other: object) -> bool:
        """Compare what was found, too."""
        same = isinstance(other, Match) and (self.rule, self.met) == (other.rule, other.met)
        return same and isinstance(other, Match) and self.findings == other.findings

    __hash__ = None  # type: ignore[assignment]  # nothing is looked up by what was found

    def __repr__(self) -> str:
        """Return all of it: a test that fails shows it."""
        return f"Match(rule={self.rule!r}, met={self.met}, findings={self.findings!r})"


class RuleSet:
    """Rules that are matched together: one pass over each text, and only rules that can hold are looked at."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Build the phrasebook and the index. Rules' names are unique."""
        self._rules = {rule.name: rule for rule in rules}
        self._order = list(self._rules.values())
        self._book = Phrasebook(_phrases(rule for rule in self._order if rule.enabled))
        self._quick = [cheapest_first(rule.when) for rule in self._order]
        on = [(number, rule) for number, rule in enumerate(self._order) if rule.enabled]
        price = _price([rule for _, rule in on])
        self._candidates = Candidates((number, rule.when.needs(price)) for number, rule in on)

    def __getitem__(self, name: str) -> Rule:
        """Return a rule by its name; raises `KeyError`."""
        return self._rules[name]

    def __iter__(self) -> Iterator[Rule]:
        """Return the rules in the user's order."""
        return iter(self._order)

    def __len__(self) -> int:
        """Return how many rules there are, those switched off included."""
        return len(self._order)

    def matches(self, story: Story) -> list[Match]:
        """Return the rules that hold, in the user's order; those switched off hold never."""
        view = View(story, self._book)
        likely = self._candidates.of(view)
        return [_held(self._order[number], view) for number in likely if self._quick[number].holds(view)]

    def explain(self, story: Story) -> list[Match]:
        """Return every rule with what was found, those switched off included."""
        view = View(story, self._book)
        return [_judged(rule, view) if rule.enabled else match(rule, story) for rule in self]


def match(rule: Rule, story: Story, book: Phrasebook | None = None) -> Match:
    """Return whether the rule holds for the story, and why.

    `book` must know the rule's phrases; without it the rule gets its own.
    """
    return _judged(rule, View(story, book or _own_book(rule)))


def _held(rule: Rule, view: View) -> Match:
    return Match(rule=rule.name, met=True, findings=partial(rule.when.judge, view))


def _judged(rule: Rule, view: View) -> Match:
    finding = rule.when.judge(view)
    return Match(rule=rule.name, met=finding.met, findings=finding.children)


def describe(rule: Rule) -> str:
    """Return the rule as one sentence in English."""
    rings = (
        _rings(rule.when) if rule.enabled else f"Switched off; {_rings(rule.when).replace('Rings', 'would ring', 1)}"
    )
    severity = "" if rule.severity == "warning" else f" ({rule.severity})"
    tells = f"tells {listed(rule.notify, 'and')}{severity}"
    hours = (_quiet(rule.quiet), _at_most(rule.limit), _gathered(rule.digest), _escalates(rule.escalate))
    return "; ".join(filter(None, [rings, tells, _waits(rule.hold), _again(rule.tell_again), *hours])) + "."


def _rings(when: All) -> str:
    wanted = All(tuple(part for part in when.parts if not isinstance(part, Not)))
    unless = [part.part.plain() for part in when.parts if isinstance(part, Not)]
    start = f"Rings when {wanted.plain()}" if wanted.parts else "Rings for every story"
    return ", ".join(
        [start, *(f"unless {clause}" for clause in unless[:1]), *(f"or {clause}" for clause in unless[1:])]
    )


def _waits(hold: timedelta | None) -> str:
    return f"waits {length(hold)} for other reports before the first alert" if hold else ""


def _quiet(quiet: Quiet | None) -> str:
    if quiet is None:
        return ""
    unless = f" unless {quiet.unless.plain()}" if quiet.unless else ""
    return f"quiet from {quiet.start:%H:%M} to {quiet.end:%H:%M} ({quiet.timezone}){unless}"


def _at_most(limit: Limit | None) -> str:
    if limit is None:
        return ""
    said = length(limit.per)
    unit = said.removeprefix("1 ")
    per = f"in {said}" if unit == said else f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"at most {limit.number:,} {per}, the rest in one digest"


def _escalates(steps: tuple[Escalation, ...]) -> str:
    said = [f"{listed(step.to, 'and')} after {length(step.after)}" for step in steps]
    return f"tells {listed(said, 'and')} where nobody acknowledges it" if said else ""


def _gathered(digest: Digest | None) -> str:
    if digest is None:
        return ""
    return f"gathered into one digest {f'a day at {digest.at:%H:%M} ({digest.timezone})' if digest.at else 'an hour'}"


def _again(step: TellAgain | None) -> str:
    if step is None:
        return "once for a story"
    rises = [_rise(size, verb) for verb, size in (("killed", step.killed), ("injured", step.injured)) if size]
    waits = [f"after {length(step.every)} while it is reported"] if step.every else []
    return f"again {listed([*rises, *waits])}"


def _rise(size: str, verb: str) -> str:
    number = size[1:]
    if size[0] == "x":
        return f"when {number} times as many are {verb}"
    return f"when {number} more {'is' if number == '1' else 'are'} {verb}"


def _phrases(rules: Iterable[Rule]) -> Iterator[str]:
    return (key for rule in rules for part in walk(rule.when) if isinstance(part, Words) for key in part.phrases())


def _price(rules: Sequence[Rule]) -> Price:
    """Return what it takes to find rules by their words.

    Few rules go by their facts, so that most texts are not looked through at all; many share one look. Where many words
    are listed, most must be rare.
    """
    words = (part for rule in rules for part in walk(rule.when) if isinstance(part, Words))
    rates = {term.key: term.rate() for part in words for term in part.terms}
    return Price(SCAN / max(1, len(rules)), min(1.0, ROOM / max(1.0, sum(rates.values()))))


@lru_cache(maxsize=64)
def _own_book(rule: Rule) -> Phrasebook:
    return Phrasebook(_phrases([rule]))
