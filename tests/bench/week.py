"""`python -m tests.bench.week [SEEDS]`: ways to choose the interval, compared on a simulated week at equal requests; and
how soon, and how rightly, a silent source is noticed."""

from __future__ import annotations

import math
import random
import statistics
import sys
from bisect import bisect
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.source import Bookmark, Source
from scheduler import health
from scheduler.cadence import PATIENCE, Found, pause, settled
from scheduler.rhythm import Rhythm
from tests.bench.weekfeeds import DAY, HOUR, START, WEEK, feeds

SHORTEST, LONGEST = 300.0, 6 * HOUR


def bounded(wait):
    return min(max(wait, SHORTEST), LONGEST)


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


class Fixed:
    """The same interval for all."""

    def __init__(self, scale):
        self.wait = bounded(600 * scale)

    def polled(self, now, new, entries, dates):
        return self.wait


class DuplicateShare:
    """Halve the interval when something is new; stretch it by the share of entries that were known."""

    def __init__(self, scale):
        self.wait, self.scale = 600.0, scale

    def polled(self, now, new, entries, dates):
        known = 1 - new / entries if entries else 1.0
        self.wait = bounded(self.wait * (0.5 if known < 1 else 1 + 0.3 * self.scale))
        return self.wait


class DuplicateTarget:
    """Steer towards a share of new entries in the listing: more of them shorten the interval, fewer stretch it."""

    def __init__(self, scale):
        self.wait, self.target = 600.0, 0.05 * scale

    def polled(self, now, new, entries, dates):
        share = new / entries if entries else 0.0
        self.wait = bounded(self.wait * min(max(self.target / share if share else 1.25, 0.5), 1.25))
        return self.wait


class EntryFrequency:
    """A week by the number of entries in the last week, as Miniflux has it."""

    def __init__(self, scale):
        self.scale, self.seen = scale, None

    def polled(self, now, new, entries, dates):
        self.seen = list(dates) if self.seen is None else [*self.seen, *[now] * new]
        self.seen = [when for when in self.seen if when > now - WEEK]
        return bounded(WEEK / len(self.seen) * self.scale) if self.seen else LONGEST


class SquareRoot(EntryFrequency):
    """The geometric mean of 5 minutes and that gap: what is best for sources that publish evenly."""

    def polled(self, now, new, entries, dates):
        gap = super().polled(now, new, entries, dates)
        count = max(len(self.seen), 0.25)
        return bounded(math.sqrt(SHORTEST * WEEK / count) * self.scale) if gap else LONGEST


class Rhythmic:
    """Tocsin's: what it settles on, with another patience."""

    def __init__(self, scale):
        self.patience, self.mark = PATIENCE.total_seconds() * scale, Bookmark()
        self.source = Source(name="simulated", url="https://simulated.example/")

    def polled(self, now, new, entries, dates):
        first = self.mark.last_success is None
        found = Found(new=new, entries=entries, published=tuple(map(moment, dates)))
        self.mark = settled(self.source, self.mark, found, moment(now))
        return 600.0 if first else pause(Rhythm.unpacked(self.mark.rhythm), now, self.patience)


@dataclass
class Result:
    requests: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    delays: dict = field(default_factory=dict)  # (week, feed) -> seconds


def watch(feed, steering, start, end, seed):
    """Yield each poll of a source: when, the new entries, and how many were pushed out of the listing unseen."""
    rng = random.Random(f"{feed.name} {seed}")
    now = start + rng.random() * 600
    last, first = bisect(feed.times, now), True
    while now < end:
        here = bisect(feed.times, now, lo=last)
        held = min(here, feed.window)
        new = feed.times[max(last, here - held) : here]
        changed = first or here > last
        dates = feed.times[here - held : here] if feed.dated and changed else ()
        wait = steering.polled(now, held if first else len(new), held if changed else 0, dates)
        yield now, new, here - last - len(new)
        last, first = here, False
        now += wait * (0.95 + 0.1 * rng.random())


def week(steer, scale, sources, weeks, seed):
    """Return what a steering came to in each week."""
    result = Result()
    for feed in sources:
        for now, new, lost in watch(feed, steer(scale), START, START + weeks * WEEK, seed):
            number = int((now - START) // WEEK)
            result.requests[number] += 1
            result.missed[number] += lost
            if new:
                result.delays.setdefault((number, feed.name), []).extend(now - when for when in new)
    return result


def equal(steer, target, sources, number, seed):
    """Return the result of the scale at which so many requests are made in that week."""
    at, tried, best = 0.0, [], None
    for _ in range(10):
        result = week(steer, math.exp(at), sources, number + 1, seed)
        off = math.log(result.requests[number] / target)
        if best is None or abs(off) < abs(best[0]):
            best = (off, result)
        if abs(off) < 0.003:
            break
        tried.append((at, off))
        (a, x), (b, y) = tried[-2:] if len(tried) > 1 else ((at, off), (at, off))
        slope = (y - x) / (b - a) if b != a and y != x else -1.0
        at -= min(max(off / slope, -1.0), 1.0)
    return best[1]


def compare(seeds, number, label):
    print(f"\n{label}, {len(feeds(1, 1))} sources × {len(seeds)} seeds, at equal requests")
    print(f"{'':<18}{'requests':>9}{'mean':>9}{'p95':>9}{'source mean':>13}{'missed':>9}{'articles':>10}")
    sets = [(seed, feeds(seed, number + 1)) for seed in seeds]
    targets = [week(Rhythmic, 1.0, sources, number + 1, seed).requests[number] for seed, sources in sets]
    for steer in (Fixed, DuplicateTarget, DuplicateShare, EntryFrequency, SquareRoot, Rhythmic):
        found = [equal(steer, goal, made, number, seed) for goal, (seed, made) in zip(targets, sets, strict=True)]
        by_source = [delays for one in found for (when, _), delays in one.delays.items() if when == number]
        delays = sorted(delay for some in by_source for delay in some)
        means = statistics.mean(map(statistics.mean, by_source))
        missed = sum(one.missed[number] for one in found)
        figures = (statistics.mean(delays), delays[int(len(delays) * 0.95)], means)
        mean, p95, source_mean = (f"{figure / 60:.1f} min" for figure in figures)
        requests = sum(one.requests[number] for one in found)
        print(
            f"{steer.__name__:<18}{requests:>9}{mean:>9}{p95:>9}{source_mean:>13}{missed:>9}{len(delays) + missed:>10}",
            flush=True,
        )


def silences(seeds, weeks):
    """False alarms while a source publishes, and how long it takes to notice that it has stopped for good."""
    rows = {}
    for seed in seeds:
        for feed in feeds(seed, weeks):
            stop = START + (weeks - 4) * WEEK + random.Random(f"{feed.name} {seed}").random() * WEEK
            steering, silent, false, told = Rhythmic(1.0), False, 0, None
            times = [when for when in feed.times if when < stop]
            cut = type(feed)(feed.name, feed.a_day, times, feed.window, feed.dated)
            for now, _, _ in watch(cut, steering, START, START + weeks * WEEK, seed):
                was, silent = silent, health.judge(steering.mark, (), moment(now)).state is health.State.SILENT
                if silent and not was and now < stop:
                    false += 1
                if silent and now >= stop:
                    told = now - stop
                    break
            rows.setdefault(feed.a_day, []).append((false, (stop - START) / (30 * DAY), told))
    print(f"\nSilence over {weeks} weeks; each source stops for good in one of the last four")
    print(
        f"{'articles a day':<18}{'sources':>9}{'false alarms / source-month':>30}{'told':>7}{'after':>12}{'in gaps':>10}"
    )
    for a_day, some in [*rows.items(), ("all", [one for row in rows.values() for one in row])]:
        false = sum(one[0] for one in some) / sum(one[1] for one in some)
        told = [one[2] for one in some if one[2] is not None]
        after = health.long(timedelta(seconds=statistics.mean(told))) if told else "-"
        gaps = f"{statistics.mean(told) * a_day / DAY:.1f}" if told and a_day != "all" else ""
        name = a_day if a_day == "all" else f"{a_day:.3g}"
        print(f"{name:<18}{len(some):>9}{false:>30.3f}{len(told):>7}{after:>12}{gaps:>10}", flush=True)


def main(count="3"):
    seeds = range(1, int(count) + 1)
    compare(seeds, 0, "The first week, of which only the first listing's dates are known")
    compare(seeds, 3, "The fourth week")
    silences(seeds, 12)


if __name__ == "__main__":
    main(*sys.argv[1:])
