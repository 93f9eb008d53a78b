"""Alerts that are to ring + hours, limits and silences + what went to a channel before -> what each channel gets when.

An alert is decided once (`alerts.policy`) and then goes its way to each channel of its rule: at once, or it waits for a
digest, or it is held back by a silence, or it is muted by a critical rule. Every way but the first has its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from alerts.hours import Limit, length
from alerts.local_time import next_digest, quiet_until
from alerts.policy import Reason
from alerts.rules import Rule

STANDS = timedelta(hours=24)  # how long what a critical rule told of a story mutes weaker rules on it


class Kind(StrEnum):
    """Why an alert does not go to a channel at once."""

    QUIET = "quiet hours"
    LIMIT = "limit"
    DIGEST = "digest"
    SILENCE = "silenced"
    MUTED = "muted"


Scope = Literal["rule", "region", "group", "story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What somebody wants to hear nothing of until a time.

    `value` is a rule's name, a region's code, an armed group's id, or a story's id; `name` is it as a person reads it.
    """

    id: int
    scope: Scope
    value: str
    name: str
    author: str
    because: str
    begun: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """An alert that is to ring, as its way depends on it.

    `event` tells the events of one round-up apart. `urgent` is whether it meets what quiet hours except. `regions` and
    `groups` are the codes and ids that its story happened in and names, with all that they lie in and are branches of.
    """

    rule: Rule
    reason: Reason
    killed: int | None = None
    injured: int | None = None
    story: int | None = None
    event: int = 0
    urgent: bool = False
    regions: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way of an alert to a channel that it does not go to at once.

    `due` is when it is told at the latest, `None` where it is not (muted). `terms` are the hours or the limit in words.
    """

    channel: str
    kind: Kind
    explanation: str
    due: datetime | None = None
    terms: str = ""
    silence: int | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert of a rule on the story that waits for a channel."""

    rule: str
    channel: str
    kind: Kind
    due: datetime
    terms: str = ""
    silence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """The last alert of a critical rule on the story that went to a channel."""

    rule: str
    channel: str
    at: datetime
    killed: int | None
    injured: int | None
    reason: Reason
    event: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """How many alerts went out within a limit's time, at most as many as it allows, and when the first of those did."""

    count: int = 0
    oldest: datetime | None = None


NONE_SENT = Sent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand when the alerts of one article are to go their ways.

    `sent` is by rule and channel, and with "" for the rule what all of them sent to the channel. Only those that have a
    limit are in it.
    """

    silences: Sequence[Silence] = ()
    limits: Mapping[str, Limit | None] = field(default_factory=dict)
    sent: Mapping[tuple[str, str], Sent] = field(default_factory=dict)
    waiting: Sequence[Waiting] = ()
    rung: Sequence[Rung] = ()


def routes(bells: Sequence[Bell], standing: Standing, now: datetime) -> list[list[Route]]:
    """Return, for each alert, its way to each channel of its rule that it does not go to at once.

    Critical rules go first, as what they tell mutes the others. For each channel, the first of these that is so:

    1. A critical rule told that channel of the story within a day, and no lower figures: muted. Corrections never are,
       nor is what another publisher has confirmed since.
    2. A silence is in force for the rule, a region or a group of the story, or the story: held back until it ends.
    3. The rule's last alert on the story still waits for that channel: this one waits with it, unless it is urgent.
    4. The rule has a `digest`: waits for the next.
    5. Quiet hours, and the alert is not urgent: waits until they end.
    6. The rule's limit or the channel's is reached: waits until it lets one through again.
    """
    way = _Way(standing, now)
    found: list[list[Route]] = [[] for _ in bells]
    for number in sorted(range(len(bells)), key=lambda n: bells[n].rule.severity != "critical"):
        found[number] = way.of(bells[number])
    return found


class _Way:
    """Goes through the alerts of one article, and remembers which of them were sent."""

    def __init__(self, standing: Standing, now: datetime) -> None:
        self.standing, self.now = standing, now
        self.before = {(one.rule, one.channel, one.event): one for one in standing.rung}
        self.rung: dict[tuple[str, str, int], Rung] = {}
        self.sent: Counter[tuple[str, str]] = Counter()

    def of(self, bell: Bell) -> list[Route]:
        found = []
        for channel in bell.rule.notify:
            route = self._route(bell, channel)
            if route:
                found.append(route)
            else:
                self._send(bell, channel)
        return found

    def _send(self, bell: Bell, channel: str) -> None:
        self.sent[bell.rule.name, channel] += 1
        self.sent["", channel] += 1
        if bell.rule.severity == "critical":
            rung = Rung(
                rule=bell.rule.name, channel=channel, at=self.now, killed=bell.killed, injured=bell.injured,
                reason=bell.reason, event=bell.event,
            )  # fmt: skip
            self.rung[rung.rule, channel, rung.event] = rung

    def _route(self, bell: Bell, channel: str) -> Route | None:
        return (
            self._muted(bell, channel)
            or self._silenced(bell, channel)
            or self._beside(bell, channel)
            or self._digest(bell, channel)
            or self._quiet(bell, channel)
            or self._limited(bell, channel)
        )

    def _muted(self, bell: Bell, channel: str) -> Route | None:
        if bell.rule.severity == "critical" or bell.reason is Reason.CORRECTED:
            return None
        # What was confirmed since a critical rule told the story is news: it could not tell that.
        before = {} if bell.reason is Reason.CONFIRMED else self.before
        for rung in (before | self.rung).values():
            if rung.channel == channel and rung.event == bell.event and self._covers(rung, bell):
                why = f"{channel}: the critical rule '{rung.rule}' told of this story at {_clock(rung.at)}"
                return Route(channel=channel, kind=Kind.MUTED, explanation=why)
        return None

    def _covers(self, rung: Rung, bell: Bell) -> bool:
        """Whether what was told stands, and says all that there is to tell."""
        told = ((rung.killed, bell.killed), (rung.injured, bell.injured))
        lately = abs(self.now - rung.at) <= STANDS
        return lately and rung.reason is not Reason.CORRECTED and all((said or 0) >= (now or 0) for said, now in told)

    def _silenced(self, bell: Bell, channel: str) -> Route | None:
        silence = silenced(self.standing.silences, bell.rule.name, bell.story, bell.regions, bell.groups)
        if silence is None:
            return None
        why = why_silenced(silence, channel)
        route = Route(channel=channel, kind=Kind.SILENCE, explanation=why, silence=silence.id)
        return self._wait(bell, route, silence.until)

    def _beside(self, bell: Bell, channel: str) -> Route | None:
        if bell.urgent:
            return None
        for one in self.standing.waiting:
            if (one.rule, one.channel) == (bell.rule.name, channel):
                until = f"until {_clock(one.due)} ({one.kind})"
                why = f"{channel}: waits with what this rule told of the story before, {until}"
                return Route(
                    channel=channel, kind=one.kind, explanation=why, due=one.due, terms=one.terms, silence=one.silence
                )
        return None

    def _digest(self, bell: Bell, channel: str) -> Route | None:
        digest = bell.rule.digest
        if digest is None:
            return None
        due = next_digest(digest, self.now)
        terms = f"daily at {digest.at:%H:%M}" if digest.at else "hourly"
        why = f"{channel}: told in the digest, {terms}; the next is at {_clock(due)}"
        return self._wait(bell, Route(channel=channel, kind=Kind.DIGEST, explanation=why, terms=terms), due)

    def _quiet(self, bell: Bell, channel: str) -> Route | None:
        quiet = bell.rule.quiet
        until = quiet_until(quiet, self.now) if quiet and not bell.urgent else None
        if quiet is None or until is None:
            return None
        terms = f"{quiet.start:%H:%M}–{quiet.end:%H:%M}"
        why = f"{channel}: it is quiet, {terms} {quiet.timezone}; told when that ends, at {_clock(until)}"
        return Route(channel=channel, kind=Kind.QUIET, explanation=why, due=until, terms=terms)

    def _limited(self, bell: Bell, channel: str) -> Route | None:
        limits = (
            ("", self.standing.limits.get(channel), "of any rule"),
            (bell.rule.name, bell.rule.limit, "of this rule"),
        )
        found = []
        for rule, limit, whose in limits:
            room = limit and self._room(limit, (rule, channel))
            if limit and room:
                found.append((room, f"{limit.number} in {length(limit.per)}", whose))
        if not found:
            return None
        room, terms, whose = max(found)
        why = f"{channel}: got as many alerts {whose} as its limit allows, {terms}; there is room at {_clock(room)}"
        return self._wait(bell, Route(channel=channel, kind=Kind.LIMIT, explanation=why, terms=terms), room)

    def _room(self, limit: Limit, key: tuple[str, str]) -> datetime | None:
        """Return when the limit lets another one through, `None` where it does now."""
        sent = self.standing.sent.get(key, NONE_SENT)
        if sent.count + self.sent[key] < limit.number:
            return None
        return min(sent.oldest or self.now, self.now) + limit.per

    def _wait(self, bell: Bell, route: Route, due: datetime) -> Route:
        """Return the route with its time, put off to the end of the quiet hours that this would fall in."""
        quiet = bell.rule.quiet
        later = quiet_until(quiet, due) if quiet and not bell.urgent else None
        why = route.explanation + (f"; then it is quiet until {_clock(later)}" if later else "")
        return Route(
            channel=route.channel, kind=route.kind, explanation=why, due=later or due, terms=route.terms,
            silence=route.silence, urgent=bell.urgent,
        )  # fmt: skip


def silenced(
    silences: Iterable[Silence], rule: str, story: int | None, regions: frozenset[str], groups: frozenset[str]
) -> Silence | None:
    """Return the silence that holds an alert of this rule on this story back for longest, `None` where none does."""
    values = {"rule": {rule}, "story": set() if story is None else {str(story)}, "region": regions, "group": groups}
    return max((one for one in silences if one.value in values[one.scope]), key=_until, default=None)


def why_silenced(silence: Silence, channel: str) -> str:
    """Return the reason in words."""
    what = f"{silence.name} is silenced until {_clock(silence.until)} by {silence.author}"
    return f"{channel}: {what}{f': {silence.because}' if silence.because else ''}"


def _until(silence: Silence) -> datetime:
    return silence.until


def _clock(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"
