"""Rules + a story, and what was told of it -> what each rule that has something to say decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerts.policy import Arrival, Decision, Told, correct, decide, decide_passage
from alerts.rules import Match, Rule, RuleSet, match
from alerts.story import Story

Verdict = tuple[Decision, Match]
"""A decision and the match that it was made by."""


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a story before: by rule, what it was last told, and until when an alert waits (`hold:`)."""

    told: Mapping[str, Told] = field(default_factory=dict)
    due: Mapping[str, datetime] = field(default_factory=dict)


def verdicts(
    rules: RuleSet, story: Story, before: Story | None, past: Past, quiet: str | None, now: datetime
) -> Iterator[Verdict]:
    """Decide for each rule that holds, and for each that was told of the story and holds no more.

    `before` is the story without its newest article, `None` where that opened it; `quiet` why the article is no news.
    """
    matches = rules.matches(story)
    for found in matches:
        rule = rules[found.rule]
        arrival = Arrival(before=before, quiet=quiet, due=past.due.get(rule.name))
        yield decide(rule, found, story, past.told.get(rule.name), now, arrival), found
    for name in past.told.keys() - {found.rule for found in matches}:
        if told_of := named(rules, name):
            missed = match(told_of, story)
            taken_back = correct(told_of, missed, story, past.told[name], before, quiet)
            if taken_back:
                yield taken_back, missed


def verdicts_of_passage(
    rules: RuleSet, matches: list[Match], own: int | None, past: Past, events: int, quiet: str | None
) -> Iterator[Verdict]:
    """Decide for each rule that holds for one of the `events` of a round-up; `own` is the event's own story."""
    for found in matches:
        yield decide_passage(rules[found.rule], own, past.told.get(found.rule), events, quiet), found


def named(rules: RuleSet, name: str) -> Rule | None:
    """Return the rule of this name where there is one that is switched on."""
    try:
        rule = rules[name]
    except KeyError:
        return None
    return rule if rule.enabled else None
