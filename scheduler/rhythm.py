"""When a source published -> its rhythm: how often, at which hours and on which days, and how long it falls silent.

Times are seconds since 1970 (UTC), rates are articles a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

HOUR = 3600.0
DAY = 24 * HOUR
HOURS, DAYS = 24, 7

MEMORY = 14 * DAY  # what was seen longer ago counts less than a third as much (e-fold)
LEAST_SEEN = 20  # articles that it reaches back at least, however rare they are
LATELY = 1 * HOUR  # the e-fold of the short memory, which notices a burst and a lull
LULLS = 45 * DAY  # the e-fold in which the longest lull is forgotten
EVEN = 12.0  # articles' worth of belief that all hours and all days are alike
KNOWN_GAPS, KNOWN_TIME = 5, 2 * DAY  # less of a source is no rhythm yet


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was learned of a source from its arrivals, the last of them at `at`; `since` is when it was first read.

    `watched` is the discounted time in which `hours` and `days` counted arrivals, each by its UTC hour and its weekday.
    `lately` counts those of the last hours, `lull` is the longest time that lately passed between two arrivals, in
    articles that the rhythm let expect in it.
    """

    since: float
    at: float
    watched: float = 0.0
    lately: float = 0.0
    lull: float = 0.0
    hours: tuple[float, ...] = (0.0,) * HOURS
    days: tuple[float, ...] = (0.0,) * DAYS

    @classmethod
    def unpacked(cls, numbers: Sequence[float]) -> Self | None:
        """Return the rhythm that a bookmark holds, `None` where it holds none."""
        if len(numbers) != 5 + HOURS + DAYS:
            return None
        since, at, watched, lately, lull, *counts = numbers
        return cls(since, at, watched, lately, lull, hours=tuple(counts[:HOURS]), days=tuple(counts[HOURS:]))

    @property
    def packed(self) -> tuple[float, ...]:
        """The rhythm as a bookmark holds it, rounded: it is only an estimate."""
        counts = (self.watched, self.lately, self.lull, *self.hours, *self.days)
        return (self.since, self.at, *(round(number, 3) for number in counts))

    @property
    def known(self) -> bool:
        """Whether enough was seen to call it a rhythm."""
        return self.seen >= KNOWN_GAPS and self.watched >= KNOWN_TIME

    @property
    def seen(self) -> float:
        """How many arrivals it rests on."""
        return sum(self.days)

    @property
    def rate(self) -> float:
        """Articles a second, over all hours; zero while nothing is known."""
        return self.seen / self.watched if self.watched > 0 else 0.0

    def rate_at(self, when: float) -> float:
        """Articles a second, at this hour of this day of the week."""
        seen = self.seen
        hour = _hour(when)
        around = (self.hours[hour - 1] + 2 * self.hours[hour] + self.hours[(hour + 1) % HOURS]) / 4
        of_hour = (around * HOURS + EVEN) / (seen + EVEN)
        of_day = (self.days[_day(when)] * DAYS + EVEN) / (seen + EVEN)
        return self.rate * of_hour * of_day

    def expected(self, start: float, end: float) -> float:
        """Return how many articles the rhythm lets expect between two times."""
        if end <= start or not self.rate:
            return 0.0
        weeks = (end - start) // (DAYS * DAY)
        total = weeks * DAYS * DAY * self.rate
        return total + sum(self.rate_at(when) * length for when, length in _hours(start + weeks * DAYS * DAY, end))


def _hour(when: float) -> int:
    return int(when // HOUR) % HOURS


def _day(when: float) -> int:
    return int(when // DAY + 3) % DAYS  # 1 January 1970 was a Thursday


def _hours(start: float, end: float) -> Iterable[tuple[float, float]]:
    """Yield the hours between two times, each with the seconds of it that lie between them."""
    while start < end:
        until = min((start // HOUR + 1) * HOUR, end)
        yield start, until - start
        start = until


def learned(rhythm: Rhythm, arrivals: Iterable[float]) -> Rhythm:
    """Return the rhythm after these arrivals, ascending. One dated before what was learned last counts as of then."""
    for when in arrivals:
        rhythm = _arrived(rhythm, max(when, rhythm.at))
    return rhythm


def _arrived(rhythm: Rhythm, when: float) -> Rhythm:
    passed = when - rhythm.at
    reach = max(MEMORY, LEAST_SEEN / rhythm.rate if rhythm.rate else 0.0)
    fade = math.exp(-passed / reach)
    hours = [count * fade for count in rhythm.hours]
    days = [count * fade for count in rhythm.days]
    hours[_hour(when)] += 1
    days[_day(when)] += 1
    return Rhythm(
        since=rhythm.since,
        at=when,
        watched=rhythm.watched * fade + passed,
        lately=rhythm.lately * math.exp(-passed / LATELY) + 1,
        lull=_lull(rhythm, when),
        hours=tuple(hours),
        days=tuple(days),
    )


def _lull(rhythm: Rhythm, when: float) -> float:
    """Return the longest lull, after one that ended at this time.

    What was told as silence may have been none, so the next must be longer; but one true silence of weeks must not
    make us deaf.
    """
    lull = rhythm.lull * math.exp(-(when - rhythm.at) / LULLS)
    return max(lull, min(rhythm.expected(rhythm.at, when), 2 * max(lull, EVEN)))
