"""Articles in the order they came + rules -> the alerts that would have rung, and what another set of rules would."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from alerts.message import headline
from alerts.policy import Decision, Reason, Told, release
from alerts.rules import Match, RuleSet, match
from alerts.story import Story
from alerts.turns import nearest_miss
from alerts.verdicts import Past, named, verdicts, verdicts_of_passage
from crawler.reading import Reading

Own = Callable[[Reading, datetime], int | None]
"""One event of a round-up and the time -> the story that tells that event, `None` where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An article as it came, into which story (known by numbers), and why it was no news (`quiet`).

    `passages` are the events of a round-up; `copied` marks a copy, `silent` a copy of a round-up, which never rings;
    `edited` an article that is in its story already, with other words.
    """

    article: int
    story: int
    reading: Reading
    now: datetime
    copied: bool = False
    quiet: str | None = None
    passages: Sequence[Reading] = ()
    silent: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """An alert that would have rung. `elsewhere` says what the other rules would make of it, `None` without any."""

    rule: str
    reason: Reason
    explanation: str
    story: int
    article: int
    at: datetime
    headline: str
    title: str
    url: str
    elsewhere: str | None = None


class Shelf(Protocol):
    """Where stories stand between two of their articles."""

    def get(self, story: int) -> Story | None:
        """Return a story with the articles that came so far, `None` where none did."""

    def put(self, story: Story) -> None:
        """Keep a story."""


@dataclass(frozen=True, slots=True, order=True)
class _Hold:
    due: datetime
    number: int
    rule: str = field(compare=False)
    arrived: Arrived = field(compare=False)


class Trial:
    """A set of rules on its way through the articles: what it told, and what waits."""

    def __init__(self, rules: RuleSet, other: RuleSet | None = None) -> None:
        """Begin with nothing told. `other` are rules that each alert is compared with."""
        self.rules, self.other = rules, other
        self.rang: list[Rang] = []
        self.hushed: dict[str, set[int]] = defaultdict(set)
        """By rule, the stories for which it would have rung, had their articles not been taken in quietly."""
        self._told: dict[int, dict[str, Told]] = {}
        self._due: dict[int, dict[str, datetime]] = {}
        self._holds: list[_Hold] = []
        self._numbers = itertools.count()

    def take(self, arrived: Arrived, story: Story, before: Story | None, own: Own) -> None:
        """Decide for an article that has come into its story."""
        past = Past(self._told.get(arrived.story, {}), self._due.get(arrived.story, {}))
        if arrived.passages:
            for passage in arrived.passages:
                alone = Story(id=None, readings=(passage,))
                matches = self.rules.matches(alone)
                place = own(passage, arrived.now) if matches else None
                of_passage = verdicts_of_passage(self.rules, matches, place, past, len(arrived.passages), arrived.quiet)
                self._settle(of_passage, alone, arrived)
        elif not arrived.silent:
            self._settle(verdicts(self.rules, story, before, past, arrived.quiet, arrived.now), story, arrived)

    def release(self, now: datetime, shelf: Shelf) -> None:
        """Decide about what waited and is due."""
        while self._holds and self._holds[0].due <= now:
            hold = heapq.heappop(self._holds)
            self._due[hold.arrived.story].pop(hold.rule, None)
            rule, story = named(self.rules, hold.rule), shelf.get(hold.arrived.story)
            if rule and story:
                found, told = match(rule, story), self._told.get(hold.arrived.story, {}).get(hold.rule)
                decision = release(rule, found, story, told, hold.arrived.now)
                if decision.tells:
                    self._ring(decision, story, hold.arrived, hold.due)

    @property
    def waiting(self) -> int:
        """How many alerts still wait for other reports."""
        return len(self._holds)

    def _settle(self, found: Iterable[tuple[Decision, Match]], story: Story, arrived: Arrived) -> None:
        for decision, _ in list(found):
            if decision.tells:
                self._ring(decision, story, arrived, arrived.now)
            elif decision.reason is Reason.QUIET:
                self.hushed[decision.rule].add(arrived.story)
            elif decision.due is not None:
                heapq.heappush(self._holds, _Hold(decision.due, next(self._numbers), decision.rule, arrived))
                self._due.setdefault(arrived.story, {})[decision.rule] = decision.due

    def _ring(self, decision: Decision, story: Story, arrived: Arrived, at: datetime) -> None:
        article = story.newest.article
        self.rang.append(
            Rang(
                rule=decision.rule,
                reason=decision.reason,
                explanation=decision.explanation,
                story=arrived.story,
                article=arrived.article,
                at=at,
                headline=headline(story),
                title=article.title,
                url=article.url,
                elsewhere=_elsewhere(decision.rule, story, self.other) if self.other is not None else None,
            )
        )
        self._told.setdefault(arrived.story, {})[decision.rule] = Told(
            at=at,
            killed=story.killed.low if story.killed else None,
            injured=story.injured.low if story.injured else None,
            reason=decision.reason,
        )


def replay(articles: Iterable[Arrived], shelf: Shelf, trials: Sequence[Trial], own: Own) -> Iterator[Arrived]:
    """Take every article into its story and let each set of rules decide; yield each when it is done."""
    for arrived in articles:
        before = shelf.get(arrived.story)
        for trial in trials:
            trial.release(arrived.now, shelf)
        story = _joined(before, arrived)
        for trial in trials:
            trial.take(arrived, story, before, own)
        shelf.put(_in_place(story, before) if arrived.edited and before else story)
        yield arrived


def _joined(before: Story | None, arrived: Arrived) -> Story:
    """Return the story with the article as its newest, instead of what it said before."""
    old, key = before or Story(id=arrived.story, readings=()), arrived.reading.article.url_key
    others = tuple(r for r in old.readings if r.article.url_key != key) if arrived.edited else old.readings
    copies = old.copies | {key} if arrived.copied else old.copies
    return Story(id=arrived.story, readings=(*others, arrived.reading), copies=copies)


def _in_place(story: Story, before: Story) -> Story:
    """Return the story with its newest article, an edited one, where it stood before."""
    edited = story.newest
    readings = (edited if r.article.url_key == edited.article.url_key else r for r in before.readings)
    return Story(id=story.id, readings=tuple(readings), copies=story.copies)


def _elsewhere(name: str, story: Story, other: RuleSet) -> str:
    """Return what a rule of the same name in other rules makes of the story."""
    try:
        rule = other[name]
    except KeyError:
        return "there is no such rule"
    if not rule.enabled:
        return "the rule is switched off"
    found = match(rule, story)
    if found.met:
        return "the rule holds too, and tells it at another time"
    return nearest_miss(found) or "the rule does not hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An alert that one set of rules has more than the other: `+` it rings now, `-` it no longer does, and why."""

    sign: Literal["+", "-"]
    alert: Rang
    why: str


def difference(ours: Sequence[Rang], theirs: Sequence[Rang]) -> list[Difference]:
    """Return what `ours` has more than `theirs` and less, in the order of time.

    Alerts of one rule on one story are counted against each other, so one that merely comes at another time is none.
    """
    mine, other = _by_story(ours), _by_story(theirs)
    more: list[Difference] = []
    for key in mine.keys() | other.keys():
        both = min(len(mine[key]), len(other[key]))
        more += [Difference(sign="+", alert=alert, why=_why(alert)) for alert in mine[key][both:]]
        more += [Difference(sign="-", alert=alert, why=_why(alert)) for alert in other[key][both:]]
    return sorted(more, key=lambda one: (one.alert.at, one.alert.rule, one.sign))


def _by_story(alerts: Sequence[Rang]) -> defaultdict[tuple[str, int], list[Rang]]:
    found: defaultdict[tuple[str, int], list[Rang]] = defaultdict(list)
    for alert in alerts:
        found[alert.rule, alert.story].append(alert)
    return found


def _why(alert: Rang) -> str:
    return alert.elsewhere or ""


Verdict = Literal["right", "wrong", "missed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a rule does against what a person marked: stories, not alerts.

    `right` rang and should, `wrong` rang and should not, `missed` should and did not.
    """

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of what rang that should, `None` where nothing marked rang."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of what should ring that did, `None` where nothing marked should."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None


def score(marks: Mapping[tuple[str, int], Verdict], rule: str, stories: Iterable[int]) -> Score:
    """Return how a rule that rang for these stories does against the marks, by rule and story.

    >>> score({("R", 1): "right", ("R", 2): "wrong", ("R", 3): "missed"}, "R", [1, 2])
    Score(right=1, wrong=1, missed=1)
    """
    rang = set(stories)
    wanted = {story for (name, story), verdict in marks.items() if name == rule and verdict != "wrong"}
    unwanted = {story for (name, story), verdict in marks.items() if name == rule and verdict == "wrong"}
    return Score(right=len(rang & wanted), wrong=len(rang & unwanted), missed=len(wanted - rang))
