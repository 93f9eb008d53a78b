"""A user's hours and limits: when alerts wait (`quiet`), how many ring (`limit`), when a digest is due (`digest`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from alerts.conditions import All


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of the day in which alerts wait until they end, as they are on a clock in `timezone` (an IANA name).

    They reach over midnight where `start` is later than `end`. `unless` is what rings all the same.
    """

    start: time
    end: time
    timezone: str
    unless: All | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `number` alerts within any time of this length; what is past it waits for one digest."""

    number: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Alerts wait for a digest: daily `at` a time in `timezone`, or hourly where `at` is `None`."""

    timezone: str
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """An alert that nobody has acknowledged so long after it was told goes to these channels too."""

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A dead-man's switch: an address that is asked for so often while all is well. The address is a secret."""

    url: str
    every: timedelta

    def __repr__(self) -> str:
        """Return a form that is fit for a log."""
        return f"Heartbeat(every={self.every})"


def length(time: timedelta) -> str:
    """Return a time in words, in the largest unit that it is a whole number of: `90 minutes`, `2 hours`."""
    seconds = max(int(time.total_seconds()), 1)
    units = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next((size, unit) for size, unit in units if seconds % size == 0)
    return f"{seconds // size} {unit}{'s' * (seconds != size)}"
