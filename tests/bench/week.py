"""`python -m tests.bench.week [SEEDS]`: ways to choose the interval, compared on a simulated week at equal requests; and
how soon, and how rightly, a silent source is noticed."""

from __future__ import annotations

import math
import random
import statistics
import sys
from bisect import bisect
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from crawler.source import Bookmark, Source
from scheduler import health
from scheduler.cadence import PATIENCE, Found, pause, settled
from scheduler.rhythm import Rhythm
from tests.bench.weekfeeds import A_DAY, DAY, HOUR, START, WEEK, feeds

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
    """Known entries in the listing stretch the interval, each new one shortens it, by a tenth of the listing to half."""

    def __init__(self, scale):
        self.wait, self.stretch = 600.0, 1 + 0.3 * scale

    def polled(self, now, new, entries, dates):
        known = 1 - new / entries if entries else 1.0
        self.wait = bounded(self.wait * (self.stretch if known == 1 else max(known**7, 0.25)))
        return self.wait


class Halving(DuplicateShare):
    """The same, but anything new halves the interval."""

    def polled(self, now, new, entries, dates):
        self.wait = bounded(self.wait * (0.5 if new else self.stretch))
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


STEERINGS = (Fixed, DuplicateShare, Halving, EntryFrequency, SquareRoot, Rhythmic)


def one_seed(seed, number):
    """Return what each steering came to in that week, at as many requests as Tocsin makes."""
    sources = feeds(seed, number + 1)
    target = week(Rhythmic, 1.0, sources, number + 1, seed).requests[number]
    return [equal(steer, target, sources, number, seed) for steer in STEERINGS]


def compare(pool, seeds, number, label):
    print(f"\n{label}, {len(feeds(1, 1))} sources × {len(seeds)} seeds, at equal requests")
    print(f"{'':<16}{'requests':>9}{'mean':>10}{'p95':>10}{'mean of sources':>17}{'missed':>9}{'articles':>10}")
    by_seed = pool.map(one_seed, seeds, [number] * len(seeds))
    for steer, found in zip(STEERINGS, zip(*by_seed, strict=True), strict=True):
        by_source = [delays for one in found for (when, _), delays in one.delays.items() if when == number]
        delays = sorted(delay for some in by_source for delay in some)
        figures = (statistics.mean(delays), delays[int(len(delays) * 0.95)])
        mean, p95 = (f"{figure / 60:.1f} min" for figure in figures)
        means = f"{statistics.mean(map(statistics.mean, by_source)) / 60:.1f} min"
        requests, missed = (sum(counted) for counted in zip(*((o.requests[number], o.missed[number]) for o in found), strict=True))  # fmt: skip
        all_articles = len(delays) + missed
        print(f"{steer.__name__:<16}{requests:>9}{mean:>10}{p95:>10}{means:>17}{missed:>9}{all_articles:>10}", flush=True)  # fmt: skip


def one_silence(seed, weeks):
    """Return for each source: articles a day, false alarms, months watched, and the seconds until its end was told."""
    rows = []
    for feed in feeds(seed, weeks):
        stop = START + (weeks - 4) * WEEK + random.Random(f"{feed.name} {seed}").random() * WEEK
        steering, silent, false, told = Rhythmic(1.0), False, 0, None
        cut = replace(feed, times=[when for when in feed.times if when < stop])
        for now, _, _ in watch(cut, steering, START, START + weeks * WEEK, seed):
            was, silent = silent, health.judge(steering.mark, (), moment(now)).state is health.State.SILENT
            false += silent and not was and now < stop
            if silent and now >= stop:
                told = now - stop
                break
        rows.append((feed.a_day, false, (stop - START) / (30 * DAY), told))
    return rows


def silences(pool, seeds, weeks):
    """False alarms while a source publishes, and how long it takes to notice that it has stopped for good."""
    rows = [row for some in pool.map(one_silence, seeds, [weeks] * len(seeds)) for row in some]
    print(f"\nSilence over {weeks} weeks; each source stops for good in the fourth week from the end")
    print(f"{'articles a day':<16}{'sources':>8}{'false alarms a source-month':>29}{'told by then':>14}{'after (median)':>16}{'in gaps':>9}")  # fmt: skip
    for a_day in (*A_DAY, None):
        some = [row for row in rows if a_day in {row[0], None}]
        false = sum(row[1] for row in some) / sum(row[2] for row in some)
        told = [row[3] for row in some if row[3] is not None]
        after = health.long(timedelta(seconds=statistics.median(told))) if told else ""
        gaps = statistics.median(row[3] * row[0] / DAY for row in some if row[3] is not None) if told else math.nan
        name = "all" if a_day is None else f"{a_day:.3g}"
        print(f"{name:<16}{len(some):>8}{false:>29.3f}{len(told):>14}{after:>16}{gaps:>9.1f}", flush=True)


def main(count="3"):
    seeds = range(1, int(count) + 1)
    with ProcessPoolExecutor() as pool:
        compare(pool, seeds, 0, "The first week, of which only the first listing's dates are known")
        compare(pool, seeds, 3, "The fourth week")
        silences(pool, seeds, 12)


if __name__ == "__main__":
    main(*sys.argv[1:])
