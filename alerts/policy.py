"""Match + what was told before + now -> Decision: whether it is worth telling, and the reason, in the user's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.rules import Rule, TellAgain
from alerts.story import Story
from crawler.facts.toll import Count


class Reason(StrEnum):
    """Why an alert rings, or why it does not."""

    NEW = "new"
    TOLL_ROSE = "toll rose"
    REPEAT = "told again"
    ALREADY_TOLD = "already told"
    QUIET = "taken in quietly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last alert of one rule on one story said; `None` where it named no figure."""

    at: datetime
    killed: int | None
    injured: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for a rule that holds for a story; `tells` says whether an alert is owed."""

    rule: str
    reason: Reason
    explanation: str

    @property
    def tells(self) -> bool:
        """Whether this reason rings."""
        return self.reason not in (Reason.ALREADY_TOLD, Reason.QUIET)


def decide(rule: Rule, story: Story, told: Told | None, now: datetime, quiet: str | None = None) -> Decision:
    """Return the decision for a rule that holds for the story, given what this rule last told of it.

    `quiet` is why the article that came is no news (see `alerts.intake`), `None` where it is.

    >>> decide(rule, story, None, now).reason
    <Reason.NEW: 'new'>
    """
    decision = _decided(rule, story, told, now)
    if quiet and decision.tells:
        return Decision(rule=rule.name, reason=Reason.QUIET, explanation=quiet)
    return decision


def _decided(rule: Rule, story: Story, told: Told | None, now: datetime) -> Decision:
    if told is None:
        return Decision(rule=rule.name, reason=Reason.NEW, explanation="the first time this rule holds for this story")
    step = rule.tell_again
    if step is None:
        return _already(rule, told, "the rule tells a story once")
    rises = [
        *_rise("killed", step.killed, told.killed, _low(story.killed)),
        *_rise("injured", step.injured, told.injured, _low(story.injured)),
    ]
    if rises:
        return Decision(rule=rule.name, reason=Reason.TOLL_ROSE, explanation=" and ".join(rises))
    if step.every is not None and now - told.at >= step.every:
        return Decision(
            rule=rule.name, reason=Reason.REPEAT, explanation=f"still reported, last told at {told.at:%H:%M} UTC"
        )
    return _already(rule, told, _standing(step, story, told))


def _already(rule: Rule, told: Told, why: str) -> Decision:
    return Decision(rule=rule.name, reason=Reason.ALREADY_TOLD, explanation=f"told at {told.at:%d %b %H:%M} UTC; {why}")


def _rise(noun: str, step: str | None, before: int | None, after: int | None) -> list[str]:
    """Return what to say of a figure that rose by the step (`+5` or `x2`), nothing where it did not."""
    if step is None or after is None or after < _wanted(step, before or 0):
        return []
    return [f"{noun} {before or 0} → {after}"]


def _wanted(step: str, before: int) -> float:
    """Return the figure from which a rise is worth telling; it is always above what was told."""
    number = float(step[1:])
    return max(before + 1, before + number if step[0] == "+" else before * number)


def _standing(step: TellAgain, story: Story, told: Told) -> str:
    wants = [f"{noun} {s}" for noun, s in (("killed", step.killed), ("injured", step.injured)) if s]
    figures = [f"{noun} {n} then, {m or 0} now" for noun, n, m in _figures(story, told) if n is not None]
    return f"tells again at {' or '.join(wants) or f'every {step.every}'}" + (
        f" ({', '.join(figures)})" if figures else ""
    )


def _figures(story: Story, told: Told) -> list[tuple[str, int | None, int | None]]:
    return [("killed", told.killed, _low(story.killed)), ("injured", told.injured, _low(story.injured))]


def _low(count: Count | None) -> int | None:
    return count.low if count else None
