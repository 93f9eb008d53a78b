"""A seed -> simulated sources: when each publishes, how much its listing holds, and whether that tells dates.

Time is in seconds since 1970, and the first simulated week begins on a Monday at midnight UTC.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0
START = 1_795_996_800.0 // WEEK * WEEK + 4 * DAY  # 1970 began on a Thursday

A_DAY = (1 / 30, 1 / 7, 3 / 7, 1, 3, 10, 30, 100, 300)  # articles
ZONES = (-8, -5, 0, 1, 3, 5.5, 8)
WINDOWS = (10, 20, 30, 50)


@dataclass(frozen=True)
class Feed:
    name: str
    a_day: float
    times: list[float]
    window: int
    dated: bool


def even(hour, day):
    return 1.0


def paper(hour, day):
    """A newspaper: few at night, half as many at the weekend."""
    return (1.0 if 7 <= hour < 23 else 0.12) * (1.0 if day < 5 else 0.55)


def office(hour, day):
    """A ministry: working hours."""
    return 1.0 if day < 5 and 8 <= hour < 18 else 0.03


def calendar(shape, zone):
    """Return the relative rate of each hour of the week, UTC; their mean is 1."""
    local = [int(hour + zone) for hour in range(168)]
    rates = [shape(hour % 24, hour // 24 % 7) for hour in local]
    return [rate * 168 / sum(rates) for rate in rates]


def at_random(rng, a_second, week, start, end):
    """A Poisson process of this calendar, by thinning."""
    top, when, found = a_second * max(week), start, []
    while (when := when + rng.expovariate(top)) < end:
        if rng.random() * max(week) < week[int((when - START) // HOUR) % 168]:
            found.append(when)
    return found


def poisson(rng, a_second, week, start, end):
    """Each article by itself."""
    return at_random(rng, a_second, week, start, end)


def bursty(rng, a_second, week, start, end):
    """Four articles on each subject, some minutes apart."""
    found = []
    for when in at_random(rng, a_second / 4, week, start, end):
        found.append(when)
        while rng.random() < 0.75:
            found.append(found[-1] + rng.expovariate(1 / 720))
    return found


def eruptive(rng, a_second, week, start, end):
    """Two fifths of the articles as they come; the others in a few hours, once in ten days."""
    found = at_random(rng, a_second * 0.4, week, start, end)
    for when in at_random(rng, 1 / (10 * DAY), week, start, end):
        many = min(max(3, round(a_second * 0.6 * 10 * DAY)), 600)
        found += [when + rng.random() ** 2 * 12 * HOUR for _ in range(many)]
    return found


def batches(rng, a_second, week, start, end):
    """All that was written goes out at a few fixed times of the day."""
    times = max(1, min(4, round(a_second * DAY / 5)))
    written = at_random(rng, a_second, week, start, end)
    step = DAY / times
    return [(when // step + 1) * step + number % 20 * 20 for number, when in enumerate(written)]


KINDS = ((poisson, even), (poisson, paper), (poisson, office), (bursty, paper), (bursty, office), (eruptive, paper), (batches, paper))  # fmt: skip


def feeds(seed, weeks):
    """Return a source of each kind and frequency, with zones, windows and dates dealt out in turn."""
    rng, end, made = random.Random(seed), START + weeks * WEEK, []
    for kind, shape in KINDS:
        for a_day in A_DAY:
            number = len(made) + seed
            zone, window = ZONES[number % len(ZONES)], WINDOWS[number % len(WINDOWS)]
            before = START - max(30, min(60 / a_day, 700)) * DAY
            times = kind(rng, a_day / DAY, calendar(shape, zone), before, end)
            name = f"{kind.__name__} {shape.__name__} {a_day:.3g} a day, zone {zone:+g}, window {window}"
            made.append(Feed(name, a_day, sorted(when for when in times if when < end), window, number % 3 > 0))
    return made
