"""Source, how its poll went, now -> when to poll it next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.source import Bookmark, Source

EVERY = timedelta(minutes=10)
LONGEST = timedelta(hours=6)
JITTER = 0.1
SOON = timedelta(seconds=30)  # until the rest of a listing is read that had more news than one poll takes


def next_poll(source: Source, failures: int, retry_after: timedelta | None, now: datetime, chance: float) -> datetime:
    """Return the time of the next poll.

    `failures` is the number of polls in a row that failed, this one included: the wait grows by one interval for
    each, up to 6 h or
    the user's own longer interval, and polling never ends. `retry_after` is what the server asked for (RFC 9110
    section 10.2.3); more
    than a day of it is not believed. `chance`, 0 to 1, spreads sources of one interval over a tenth of it, so that
    they don't all
    come at once.
    """
    every = source.every or EVERY
    wait = min(every * (1 + failures), max(LONGEST, every))
    asked = min(retry_after or timedelta(), timedelta(days=1))
    return now + max(wait * (1 - JITTER / 2 + JITTER * chance), asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a poll came to, as far as the next one depends on it."""

    error: str | None = None
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    new: int = 0
    entries: int = 0
    published: tuple[datetime, ...] = ()


def settled(source: Source, mark: Bookmark, found: Found, now: datetime) -> Bookmark:
    """Return the bookmark after a poll that ended now: failures counted or forgotten, and the time of the next poll."""
    error = found.error
    failures = mark.failures + 1 if error else 0
    return replace(
        mark,
        failures=failures,
        failing_since=(mark.failing_since or now) if error else None,
        error=error,
        last_poll=now,
        last_success=mark.last_success if error else now,
        last_new=now if found.new else mark.last_new,
        next_poll=next_poll(source, failures, found.retry_after, now, _chance(source, now)),
    )


def _chance(source: Source, now: datetime) -> float:
    """Return 0 to 1, the same for the same source and time, so that the core stays a function of its arguments."""
    return int.from_bytes(hashlib.sha256(f"{source.name} {now.isoformat()}".encode()).digest()[:4]) / 2**32
