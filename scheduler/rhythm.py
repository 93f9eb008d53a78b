"""When a source published -> its rhythm: how often, at which hours of the week, and how long it falls silent.

Times are seconds since 1970 (UTC), rates are articles a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

HOUR = 3600.0
DAY = 24 * HOUR
HOURS, DAYS = 24, 7
WEEK = HOURS * DAYS  # hours

MEMORY = 14 * DAY  # what was seen longer ago counts less than a third as much (e-fold)
LEAST_SEEN = 20  # articles that it reaches back at least, however rare they are
LATELY = 1 * HOUR  # the e-fold of the short memory, which notices a burst and a lull
LULLS = 45 * DAY  # the e-fold in which the longest lull is forgotten
EVEN = 12.0  # articles' worth of belief that all hours and all days are alike
ALIKE = 2.0 * WEEK  # articles' worth of belief that each day has the same hours
BURST = 2.0  # times the usual that an hour may bring before it counts less than it brought
KNOWN_GAPS, KNOWN_TIME = 5, 2 * DAY  # less of a source is no rhythm yet
FIRST_LULL = 12.0  # articles that a source may skip, whatever was seen of it


@dataclass(frozen=True)
class Rhythm:
    """What was learned of a source from its arrivals, the last of them at `at`; `since` is when it was first read.

    `watched` is the discounted time in which `week` counted the arrivals of each hour of the week, from Monday's first
    (UTC). `lately` counts those of the last hour, `lull` is the longest time that lately passed between two arrivals,
    in articles that the rhythm let expect in it.
    """

    since: float
    at: float
    watched: float = 0.0
    lately: float = 0.0
    lull: float = 0.0
    week: tuple[float, ...] = (0.0,) * WEEK

    @classmethod
    def unpacked(cls, numbers: Sequence[float]) -> Self | None:
        """Return the rhythm that a bookmark holds, `None` where it holds none."""
        if len(numbers) != 5 + WEEK:
            return None
        since, at, watched, lately, lull, *week = numbers
        return cls(since, at, watched, lately, lull, tuple(week))

    @property
    def packed(self) -> tuple[float, ...]:
        """The rhythm as a bookmark holds it, rounded: it is only an estimate."""
        return (self.since, self.at, *(round(n, 3) for n in (self.watched, self.lately, self.lull, *self.week)))

    @property
    def known(self) -> bool:
        """Whether enough was seen to call it a rhythm."""
        return self.seen >= KNOWN_GAPS and self.watched >= KNOWN_TIME

    @cached_property
    def seen(self) -> float:
        """How many arrivals it rests on."""
        return sum(self.week)

    @property
    def rate(self) -> float:
        """Articles a second, over all hours; zero while nothing is known."""
        return self.seen / self.watched if self.watched > 0 else 0.0

    def fade(self, now: float) -> float:
        """Return how much of what was seen still counts."""
        return math.exp(-max(now - self.at, 0.0) / max(MEMORY, LEAST_SEEN / self.rate if self.rate else 0.0))

    def rate_at(self, when: float) -> float:
        """Articles a second, at this hour of the week.

        With few arrivals, what all days have in common at this hour, and all hours on this day; with many, its own.
        """
        number = _number(when)
        hour, day = number % HOURS, number // HOURS
        hours, days = self._alike
        around = (hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % HOURS]) / 4
        of_hour = (around * HOURS + EVEN) / (self.seen + EVEN)
        of_day = (days[day] * DAYS + EVEN) / (self.seen + EVEN)
        return self.rate * (self.week[number] * WEEK + ALIKE * of_hour * of_day) / (self.seen + ALIKE)

    def expected(self, start: float, end: float) -> float:
        """Return how many articles the rhythm lets expect between two times."""
        if end <= start or not self.rate:
            return 0.0
        whole = (end - start) // (WEEK * HOUR) * WEEK * HOUR
        return whole * self.rate + sum(self.rate_at(when) * length for when, length in _hours(start + whole, end))

    @cached_property
    def _alike(self) -> tuple[list[float], list[float]]:
        """The arrivals of each hour of the day, and of each day."""
        days = [self.week[start : start + HOURS] for start in range(0, WEEK, HOURS)]
        return [sum(hour) for hour in zip(*days, strict=True)], [sum(day) for day in days]


def _number(when: float) -> int:
    """Return the number of an hour in its week; 1970 began on a Thursday."""
    return int(when // HOUR + 3 * HOURS) % WEEK


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
    fade = rhythm.fade(when)
    week = [count * fade for count in rhythm.week]
    lately = rhythm.lately * math.exp(-passed / LATELY)
    usual = rhythm.rate_at(when) * LATELY if rhythm.rate else 0.0
    # The burst of one great event is no habit: it would be expected again a week later.
    week[_number(when)] += 1 / (1 + max(lately - BURST * usual, 0.0) / (1 + usual))
    return Rhythm(rhythm.since, when, rhythm.watched * fade + passed, lately + 1, _lull(rhythm, when), tuple(week))


def _lull(rhythm: Rhythm, when: float) -> float:
    """Return the longest lull, after one that ended at this time.

    What was told as silence may have been none, so the next must be longer; but one true silence of weeks must not
    make us deaf.
    """
    age = max(when - rhythm.since, DAY)
    lull = rhythm.lull * math.exp(-(when - rhythm.at) / min(LULLS, age))  # nothing was known of the first nights
    return max(lull, min(rhythm.expected(rhythm.at, when), 2 * max(lull, FIRST_LULL)))
