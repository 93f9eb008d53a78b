"""Hours of the day come as a clock on the wall shows them, in every timezone and on every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.hours import Digest, Quiet
from alerts.local_time import moment, next_digest, quiet_until

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "hours.yaml").read_text())
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory", "posixrules"}))
MOMENTS = st.builds(datetime.fromtimestamp, st.integers(157_766_400, 2_114_380_800), st.just(UTC))  # 1975 to 2036
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
LONGEST_DAY = timedelta(hours=49)  # where a zone crosses the date line


def at(text):
    return text and datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize("case", CASES["quiet"], ids=lambda case: case["why"])
def test_quiet_hours_end_when_a_clock_on_the_wall_shows_it(case):
    start, end = map(time.fromisoformat, case["hours"].split("-"))

    assert quiet_until(Quiet(start=start, end=end, timezone=case["zone"]), at(case["now"])) == at(case["until"])


@pytest.mark.parametrize("case", CASES["digest"], ids=lambda case: case["why"])
def test_a_digest_is_due_when_a_clock_on_the_wall_shows_it(case):
    wanted = Digest(timezone=case["zone"], at=case["at"] and time.fromisoformat(case["at"]))

    assert next_digest(wanted, at(case["now"])) == at(case["due"])


def shows(when, clock, zone):
    """Whether a clock in the zone shows this time, or it is the end of a gap that swallowed it."""
    local, before = (one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in (when, when - timedelta(seconds=1)))
    skipped = (before + timedelta(seconds=n * 60) for n in range(1, int((local - before).total_seconds()) // 60 + 2))
    return local.time() == clock or any(one.time().replace(second=0) == clock for one in skipped)


@given(ZONES, TIMES, MOMENTS)
@settings(max_examples=300, deadline=None)
def test_a_daily_digest_comes_after_now_within_a_day_at_its_time_or_at_the_first_that_exists(zone, clock, now):
    due = next_digest(Digest(timezone=zone, at=clock), now)

    assert now < due <= now + LONGEST_DAY
    assert shows(due, clock, zone)


@given(ZONES, TIMES, st.integers(1975, 2036))
@settings(max_examples=40, deadline=None)
def test_a_daily_digest_comes_once_a_day_all_year(zone, clock, year):
    digest, days = Digest(timezone=zone, at=clock), []
    now, end = (moment(date(y, 1, 1), time(), ZoneInfo(zone)) for y in (year, year + 1))
    while (now := next_digest(digest, now - timedelta(seconds=1) if not days else now)) < end:
        days.append(now.astimezone(ZoneInfo(zone)).date())

    in_year = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert len(days) in (in_year - 1, in_year, in_year + 1)  # a zone may lose a day, or repeat one, for good
    assert len(set(days)) >= len(days) - 1


@given(ZONES, MOMENTS)
@settings(max_examples=300, deadline=None)
def test_an_hourly_digest_comes_at_a_full_hour_within_two(zone, now):
    due = next_digest(Digest(timezone=zone), now)

    assert now < due <= now + timedelta(hours=2)
    local = due.astimezone(ZoneInfo(zone))
    assert (local.minute, local.second, local.microsecond) == (0, 0, 0)


@given(ZONES, TIMES, TIMES, MOMENTS)
@settings(max_examples=300, deadline=None)
def test_quiet_hours_end_later_within_a_day_and_at_their_end(zone, start, end, now):
    quiet = Quiet(start=start, end=end, timezone=zone)
    until = quiet_until(quiet, now)

    if until is None:
        assert start != end
    else:
        assert now < until <= now + LONGEST_DAY
        assert shows(until, end, zone)
        assert start == end or quiet_until(quiet, until) is None or shows(until, start, zone)


@given(ZONES, TIMES, TIMES, MOMENTS)
@settings(max_examples=300, deadline=None)
def test_it_is_quiet_as_the_clock_says_on_days_when_no_clock_is_changed(zone, start, end, now):
    local = now.astimezone(ZoneInfo(zone))
    offsets = {(now + timedelta(hours=n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(-50, 51)}
    if len(offsets) > 1 or start == end:
        return
    clock = local.time()
    within = start <= clock < end if start < end else clock >= start or clock < end

    assert (quiet_until(Quiet(start=start, end=end, timezone=zone), now) is not None) == within
