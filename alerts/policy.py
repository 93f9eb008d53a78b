"""Match + what was told before + now -> Decision: whether it is worth telling, and the reason, in the user's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.conditions import some
from alerts.rules import Match, Rule, TellAgain, match
from alerts.story import Story
from alerts.turns import fallen, missed, turned_true
from crawler.facts.toll import Count

FRESH = timedelta(days=1)  # how long an event that nobody was told of is new to another publisher's readers

SHOWN = 5  # publishers named in an explanation


class Reason(StrEnum):
    """Why an alert rings, or why it does not."""

    NEW = "new"
    NOW_MATCHES = "now matches"
    TOLL_ROSE = "toll rose"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    REPEAT = "told again"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    ALREADY_TOLD = "already told"
    FOLLOW_UP = "a follow-up"
    QUIET = "taken in quietly"


RINGING = frozenset(
    (Reason.NEW, Reason.NOW_MATCHES, Reason.TOLL_ROSE, Reason.CORRECTED, Reason.CONFIRMED, Reason.REPEAT)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last alert of one rule on one story said; `None` where it named no figure."""

    at: datetime
    killed: int | None
    injured: int | None
    reason: Reason = Reason.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How an article came into its story.

    `before` is the story as it stood without it, `None` for the article that opened it. `quiet` is why it is no news
    (see `alerts.intake`), `None` where it may ring. `due` is until when an alert of the rule on this story is held,
    `None` where none waits.
    """

    before: Story | None = None
    quiet: str | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for a rule on a story; `tells` says whether an alert is owed.

    `due` is when to look again, only on the decision that begins to wait (`hold:`).
    """

    rule: str
    reason: Reason
    explanation: str
    due: datetime | None = None

    @property
    def tells(self) -> bool:
        """Whether this reason rings."""
        return self.reason in RINGING


UNMARKED = Arrival()


def decide(
    rule: Rule, match: Match, story: Story, told: Told | None, now: datetime, arrival: Arrival = UNMARKED
) -> Decision:
    """Return the decision for a rule that holds for the story, `match`, given what this rule last told of it.

    1. A rule that has not told of the story yet tells it: `new` when the article opened it, `confirmed` when the number
       of publishers alone was missing, `now matches` when something else was.
    2. A rule that held before and did not tell (the story was taken in quietly, or the rule is newer than it) tells it
       as new when a toll rises, or when another publisher reports it within a day; else the report is a follow-up.
    3. A rule that told of it tells again by its `tell_again`, measured against what it told.
    4. A rule whose alert was corrected away tells again when it holds again: `now matches`.
    5. An article that is no news rings for nothing, and the first alert of a rule with `hold:` waits.

    >>> decide(rule, match, story, None, now).reason
    <Reason.NEW: 'new'>
    """
    if arrival.due is not None and told is None:
        return _decision(rule, Reason.HELD, f"waits for other reports until {_clock(arrival.due)}")
    if told is None and arrival.quiet:  # before anything is compared: a backlog is thousands of these
        return _decision(rule, Reason.QUIET, arrival.quiet)
    if told is None:
        decision = _first(rule, match, story, now, arrival.before)
    elif told.reason is Reason.CORRECTED:
        decision = _decision(rule, Reason.NOW_MATCHES, _since_correction(story, told))
    else:
        decision = _again(rule, story, told, now)
    if arrival.quiet and decision.tells:
        return _decision(rule, Reason.QUIET, arrival.quiet)
    if decision.tells and rule.hold and told is None:
        due = now + rule.hold
        why = f"{decision.reason}; waits for other reports until {_clock(due)}"
        return _decision(rule, Reason.HELD, why, due)
    return decision


def correct(
    rule: Rule, match: Match, story: Story, told: Told, before: Story | None, quiet: str | None = None
) -> Decision | None:
    """Return the decision to take back what a rule told of the story, `None` where there is nothing to take back.

    There is where the rule holds no more because a figure that it asks about is lower than what was told, or than what
    was said before this article; a new article that lacks a word corrects nothing. It is told once.
    """
    if match.met or told.reason is Reason.CORRECTED:
        return None
    then = {name: _most(getattr(told, name), _figure(before, name)) for name in ("killed", "injured")}
    fell = fallen(rule.when, match.findings, then, {name: _figure(story, name) for name in then})
    if not fell:
        return None
    return _decision(rule, Reason.QUIET, quiet) if quiet else _decision(rule, Reason.CORRECTED, " and ".join(fell))


def release(rule: Rule, match: Match, story: Story, told: Told | None, since: datetime) -> Decision:
    """Return the decision for an alert that was held and whose time is up: by the story as it is now."""
    if told is not None:
        return _already(rule, told, "it was held since before that")
    if not match.met:
        why = "; ".join(f"{finding.condition} no longer holds: {finding.found}" for finding in missed(match.findings))
        return _decision(rule, Reason.WITHDRAWN, f"held since {_clock(since)}, then {why}")
    names = story.publishers
    reports = f"{len(names)} publisher{'s' * (len(names) != 1)}: {some(names, SHOWN)}"
    return _decision(rule, Reason.NEW, f"held since {_clock(since)}, by now reported by {reports}")


def apply(rule: Rule, told: Told | None) -> Decision:
    """Return the decision for a rule that holds for a story of the archive, to which somebody has it applied."""
    if told is not None:
        return _already(rule, told, "the rule told of this story before")
    return _decision(rule, Reason.NEW, "applied to the archive: the rule holds for the story as it stands")


def decide_passage(rule: Rule, own: int | None, told: Told | None, events: int, quiet: str | None) -> Decision:
    """Return the decision for a rule that holds for one of the `events` that a round-up tells.

    `own` is the id of the event's own story, which tells it; `told` what the rule told of this round-up before. Such an
    alert never waits: other reports of its event open a story, and don't come to the round-up's.
    """
    if own is not None:
        return _decision(rule, Reason.FOLLOW_UP, f"in a round-up; this event already has its own story, {own}")
    if told is not None:
        return _already(rule, told, "the round-up was read before")
    if quiet:
        return _decision(rule, Reason.QUIET, quiet)
    return _decision(rule, Reason.NEW, f"one of {events} events in a round-up")


def _first(rule: Rule, now_holds: Match, story: Story, now: datetime, before: Story | None) -> Decision:
    if before is None or not before.readings:
        return _decision(rule, Reason.NEW, "the first time this rule holds for this story")
    held = match(rule, before)
    if held.met:
        return _unheard(rule, story, before, now)
    turned = turned_true(rule.when, held.findings, now_holds.findings)
    by = story.newest.article.publisher
    said = "; ".join(f"{finding.condition} holds now: {finding.found}" for finding, _ in turned)
    if turned and all(counts_publishers for _, counts_publishers in turned):
        return _decision(rule, Reason.CONFIRMED, f"{said}; the newest is {by}")
    return _decision(rule, Reason.NOW_MATCHES, f"{said or 'the rule holds now'}, by {by}'s report")


def _unheard(rule: Rule, story: Story, before: Story, now: datetime) -> Decision:
    """Decide for a rule that held before this article came and yet was not told."""
    rises = [
        f"{name} {_figure(before, name) or 0} → {_figure(story, name)}"
        for name in ("killed", "injured")
        if (_figure(story, name) or 0) > (_figure(before, name) or 0)
    ]
    if rises:
        return _decision(rule, Reason.NEW, f"{' and '.join(rises)}; this rule told nothing of the story until now")
    article = story.newest.article
    known = {reading.article.publisher for reading in before.readings}
    first = min(reading.article.published or reading.article.fetched for reading in before.readings)
    if article.publisher not in known and now - first <= FRESH:
        why = f"{article.publisher} reports it too; this rule told nothing of the story until now"
        return _decision(rule, Reason.NEW, why)
    why = "this rule held for the story before, without telling of it, and this report changes nothing that it asks for"
    return _decision(rule, Reason.FOLLOW_UP, why)


def _again(rule: Rule, story: Story, told: Told, now: datetime) -> Decision:
    step = rule.tell_again
    if step is None:
        return _already(rule, told, "the rule tells a story once")
    rises = [
        *_rise("killed", step.killed, told.killed, _figure(story, "killed")),
        *_rise("injured", step.injured, told.injured, _figure(story, "injured")),
    ]
    if rises:
        return _decision(rule, Reason.TOLL_ROSE, " and ".join(rises))
    copied = story.newest.article.url_key in story.copies
    if step.every is not None and now - told.at >= step.every and not copied:
        return _decision(rule, Reason.REPEAT, f"still reported, last told at {told.at:%H:%M} UTC")
    return _already(rule, told, _standing(step, story, told))


def _decision(rule: Rule, reason: Reason, explanation: str, due: datetime | None = None) -> Decision:
    return Decision(rule=rule.name, reason=reason, explanation=explanation, due=due)


def _already(rule: Rule, told: Told, why: str) -> Decision:
    return _decision(rule, Reason.ALREADY_TOLD, f"told at {told.at:%d %b %H:%M} UTC; {why}")


def _since_correction(story: Story, told: Told) -> str:
    figures = [
        f"{name} {then or 0} → {now}"
        for name, then, now in _figures(story, told)
        if now is not None and now > (then or 0)
    ]
    return f"{' and '.join(figures) or 'the rule holds again'}, after the correction told at {told.at:%d %b %H:%M} UTC"


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
    return [(name, getattr(told, name), _figure(story, name)) for name in ("killed", "injured")]


def _figure(story: Story | None, name: str) -> int | None:
    """Return the lower figure that the story has for `killed` or `injured`."""
    count: Count | None = getattr(story, name) if story else None
    return count.low if count else None


def _most(one: int | None, other: int | None) -> int | None:
    return max((figure for figure in (one, other) if figure is not None), default=None)


def _clock(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M:%S} UTC"
