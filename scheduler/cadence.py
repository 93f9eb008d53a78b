"""Source, its bookmark, how its poll went, now -> the bookmark with what was learned, and when to poll next.

The interval follows what the source is expected to publish: the next poll is due when the articles that are expected
until then will together have waited for `PATIENCE`. For an even source that is the square root of the time between two
articles, which makes the delay of all articles together the least that so many requests can buy (Sia, Cho and Cho,
"Efficient Monitoring Algorithm for Fast News Alerts", 2007). What is expected comes from the source's rhythm: its hours
and weekdays, and what it did in the last hour. How this fares against other ways: `python -m tests.bench.week`.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.source import Bookmark, Source
from scheduler.rhythm import HOUR, LATELY, Rhythm, learned

EVERY = timedelta(minutes=10)  # until something is known of a source
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=6)
LONGEST_WAIT = timedelta(days=1)  # that a server may ask for
JITTER = 0.1
SOON = timedelta(seconds=30)  # until the rest of a listing is read that had more news than one poll takes

PATIENCE = timedelta(seconds=150)  # that the articles between two polls wait together
BACKLOG = timedelta(days=1)  # an entry that is new to us but dated so long before the last poll did not arrive since
UNDATED = 50  # arrivals without dates that are believed of one poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a poll came to, as far as the next one depends on it.

    `error` is why it failed, `None` where it did not. `retry_after` is how long the server asked to be left alone,
    `fresh_for` how long its answer is said to stay good. `new` counts the entries that were never met, of `entries` in
    the listing (both 0 where it was unchanged), `published` are their dates, where given.
    """

    error: str | None = None
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    new: int = 0
    entries: int = 0
    published: tuple[datetime, ...] = ()


def settled(source: Source, mark: Bookmark, found: Found, now: datetime) -> Bookmark:
    """Return the bookmark after a poll that ended now: what was learned from it, and the time of the next poll.

    A stated `every` is kept, and grows only with failures and with what the server asks for by Retry-After; how long
    its answer stays good is for the sources whose interval adapts.
    """
    if found.error:
        mark = replace(mark, failures=mark.failures + 1, failing_since=mark.failing_since or now, error=found.error)
    else:
        mark = replace(_taught(mark, found, now), failures=0, failing_since=None, error=None, last_success=now)
    interval = source.every or _interval(mark, found, now)
    due = next_poll(interval, mark.failures, found.retry_after, now, _chance(source, now))
    return replace(mark, interval=interval, last_poll=now, next_poll=due)


def next_poll(
    interval: timedelta, failures: int, retry_after: timedelta | None, now: datetime, chance: float
) -> datetime:
    """Return the time of the next poll.

    `failures` is the number of polls in a row that failed, the last one included: the wait grows by one interval for
    each, up to 6 h or the user's own longer interval, and polling never ends. `retry_after` is what the server asked
    for (RFC 9110 section 10.2.3); more than a day of it is not believed. `chance`, 0 to 1, spreads sources of one
    interval over a tenth of it, so that they don't all come at once.
    """
    wait = min(interval * (1 + failures), max(LONGEST, interval))
    asked = min(retry_after or timedelta(), LONGEST_WAIT)
    return now + max(wait * (1 - JITTER / 2 + JITTER * chance), asked)


def pause(rhythm: Rhythm, now: float, patience: float = PATIENCE.total_seconds()) -> float:
    """Return the seconds until the next poll of a source of this rhythm, 5 min to 6 h; `now` in seconds since 1970.

    Articles that come at a rate r wait for r/2 t^2 together when they are polled after t; here r changes by the hour.
    """
    usual, pace = _pace(rhythm, now)
    start, stop, pending, waited = now, now + LONGEST.total_seconds(), 0.0, 0.0
    while start < stop:
        length = (start // HOUR + 1) * HOUR - start
        excess = 1 + (pace - 1) * math.exp(-(start - now) / LATELY)  # a burst or a lull does not last
        rate = (rhythm.rate_at(start) * usual if rhythm.rate else usual) * excess
        more = pending * length + rate / 2 * length**2
        if waited + more >= patience:
            start += (math.sqrt(pending**2 + 2 * rate * (patience - waited)) - pending) / rate
            break
        start, pending, waited = start + length, pending + rate * length, waited + more
    return min(max(start - now, SHORTEST.total_seconds()), LONGEST.total_seconds())


def _pace(rhythm: Rhythm, now: float) -> tuple[float, float]:
    """Return what to multiply the rhythm's rate by, and how many times as busy as usual the last hour was.

    The first falls the longer nothing comes, so that a source that died is asked more and more seldom. Each is a mean
    with one article's worth of belief in what was known before; of a source without a rhythm, the first is its rate.
    """
    passed = max(now - rhythm.at, 0.0)
    fade = rhythm.fade(now)
    rate = (rhythm.seen * fade + 1) / (rhythm.watched * fade + passed + _FIRST_GAP)
    if not rhythm.rate:
        return rate, 1.0
    usual = rate / rhythm.rate
    lately = rhythm.lately * math.exp(-passed / LATELY)
    return usual, (lately + 1) / (LATELY * rhythm.rate_at(now) * usual + 1)


_FIRST_GAP = EVERY.total_seconds() ** 2 / 2 / PATIENCE.total_seconds()  # the gap for which the interval is the first


def _interval(mark: Bookmark, found: Found, now: datetime) -> timedelta:
    rhythm = Rhythm.unpacked(mark.rhythm)
    fresh = found.fresh_for or timedelta()
    if rhythm is None or rhythm.since >= now.timestamp():  # never read before: the listing may be its whole backlog
        return max(EVERY, fresh)
    return max(timedelta(seconds=pause(rhythm, now.timestamp())), fresh)


def _taught(mark: Bookmark, found: Found, now: datetime) -> Bookmark:
    """Return the bookmark with what the arrivals of this poll teach. One that found nothing new changes nothing."""
    before = Rhythm.unpacked(mark.rhythm)
    if before is not None and not found.new:
        return mark
    rhythm = _begun(found, now) if before is None else learned(before, _arrivals(mark, found, now))
    gap = timedelta(seconds=1 / rhythm.rate) if rhythm.known else None
    came = now if mark.last_success else min(max(found.published, default=now), now)
    return replace(mark, rhythm=rhythm.packed, gap=gap, last_new=came if found.new else mark.last_new)


def _begun(found: Found, now: datetime) -> Rhythm:
    """Return what the dates of the first listing tell; the oldest tenth may be pinned, and tells nothing."""
    dates = sorted(when.timestamp() for when in found.published if when <= now)
    dates = dates[math.ceil(len(dates) / 10) :]
    if len(set(dates)) < 5:  # a site that moved gives all its articles one date
        return Rhythm(since=now.timestamp(), at=now.timestamp())
    return learned(Rhythm(since=now.timestamp(), at=dates[0]), dates[1:])


def _arrivals(mark: Bookmark, found: Found, now: datetime) -> list[float]:
    """Return when what is new since the last poll was published: by the newest dates, else now."""
    last = mark.last_success or now
    dates = [when for when in sorted(found.published)[-found.new :] if when > last - BACKLOG]
    undated = min(found.new, UNDATED) - len(dates) if not found.published else 0
    return [min(max(when, last), now).timestamp() for when in dates] + [now.timestamp()] * undated


def _chance(source: Source, now: datetime) -> float:
    """Return 0 to 1, the same for the same source and time, so that the core stays a function of its arguments."""
    return int.from_bytes(hashlib.sha256(f"{source.name} {now.isoformat()}".encode()).digest()[:4]) / 2**32
