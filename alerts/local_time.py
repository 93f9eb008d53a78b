"""A time of day in a timezone -> the moments at which it comes, also on the days when the clocks are changed.

A local time that a change of the clocks skips comes at the first one that exists; one that comes twice counts once, the
first time (PEP 495's `fold=0`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.hours import Digest, Quiet

HOUR = 3600  # seconds
DAYS = (-1, 0, 1, 2, 3)  # around a moment's local date: a zone that crosses the date line skips a whole day


def quiet_until(quiet: Quiet, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in, in UTC; `None` outside of them."""
    zone = ZoneInfo(quiet.timezone)
    today = now.astimezone(zone).date()
    over = quiet.end <= quiet.start
    ends = []
    for day in (today - timedelta(days=1), today):
        end = moment(day + timedelta(days=1) if over else day, quiet.end, zone)
        if moment(day, quiet.start, zone) <= now < end:
            ends.append(end)
    return max(ends, default=None)


def next_digest(digest: Digest, after: datetime) -> datetime:
    """Return the first moment later than `after` at which a digest is due, in UTC."""
    zone = ZoneInfo(digest.timezone)
    if digest.at is None:
        return _next_hour(zone, after)
    today = after.astimezone(zone).date()
    days = (moment(today + timedelta(days=n), digest.at, zone) for n in DAYS)
    return min(one for one in days if one > after)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when a clock in the zone first shows this time on this day, or the first one after it that exists, in UTC.

    >>> moment(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin")).hour  # 02:00 was followed by 03:00
    1
    """
    local = datetime.combine(day, at, tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # In a gap the two folds are read with the offsets of its two sides: the change lies between them.
    before, after = (int(one.timestamp()) for one in (local.replace(fold=1), local.replace(fold=0)))
    offset = _at(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _at(middle, zone).utcoffset() == offset else (before, middle)
    return _at(after, zone).astimezone(UTC)


def _at(seconds: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(seconds, zone)


def _next_hour(zone: ZoneInfo, after: datetime) -> datetime:
    found = after.astimezone(UTC) + timedelta(seconds=HOUR - _past_the_hour(after, zone))
    # Lord Howe Island changes its clocks by half an hour: there the next full hour is a little later.
    return found + timedelta(seconds=-_past_the_hour(found, zone) % HOUR)


def _past_the_hour(when: datetime, zone: ZoneInfo) -> float:
    local = when.astimezone(zone)
    return local.minute * 60 + local.second + local.microsecond / 1_000_000
