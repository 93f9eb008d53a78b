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
