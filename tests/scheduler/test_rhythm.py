"""What the times of arrivals teach of a source."""

from dataclasses import replace
from itertools import pairwise

import pytest

from scheduler.rhythm import DAY, FIRST_LULL, HOUR, Rhythm, learned

MONDAY = 1_795_996_800.0 // (7 * DAY) * 7 * DAY + 4 * DAY  # midnight; 1970 began on a Thursday


def weeks(many, hours, an_hour=4):
    """What was learned of a source that publishes in these hours of each week."""
    rhythm = Rhythm(since=MONDAY - many * 7 * DAY, at=MONDAY - many * 7 * DAY)
    starts = [MONDAY - number * 7 * DAY + hour * HOUR for number in range(many, 0, -1) for hour in sorted(hours)]
    return learned(rhythm, [start + part * HOUR / an_hour for start in starts for part in range(an_hour)])


WORKING = [day * 24 + hour for day in range(5) for hour in range(8, 18)]


def test_an_even_source_is_expected_to_publish_about_as_often_at_any_hour():
    rhythm = weeks(6, range(168))

    assert rhythm.rate * HOUR == pytest.approx(4, rel=0.05)
    assert all(rhythm.rate_at(MONDAY + hour * HOUR) * HOUR == pytest.approx(4, rel=0.3) for hour in range(168))


@pytest.mark.parametrize("many", [4, 8])
def test_nights_and_weekends_are_learned_and_nothing_is_expected_in_them(many):
    rhythm = weeks(many, WORKING)
    friday_evening, tuesday_noon = MONDAY + 4 * DAY + 20 * HOUR, MONDAY + DAY + 12 * HOUR

    assert rhythm.expected(friday_evening, friday_evening + 58 * HOUR) < 8
    assert rhythm.expected(tuesday_noon, tuesday_noon + 5 * HOUR) > 15


def test_what_is_expected_in_whole_weeks_and_in_parts_of_them_adds_up():
    rhythm = weeks(3, WORKING)
    start, end = MONDAY + 1000.0, MONDAY + 24 * DAY + 500.0
    parts = [start + (end - start) * number / 50 for number in range(51)]

    assert rhythm.expected(start, end) == pytest.approx(
        sum(rhythm.expected(one, other) for one, other in pairwise(parts)), rel=0.15
    )
    assert rhythm.expected(end, start) == 0


def test_the_burst_of_one_great_event_is_no_habit():
    quiet = weeks(4, range(0, 168, 12), an_hour=1)
    burst = learned(quiet, [MONDAY + 20 * HOUR + number * 30 for number in range(240)])

    assert burst.lately > 50
    assert burst.rate < 2 * quiet.rate
    assert burst.expected(MONDAY + 7 * DAY, MONDAY + 8 * DAY) < 30


def test_a_source_that_changed_its_habits_is_relearned_within_weeks():
    before = weeks(8, WORKING)
    after = learned(before, [MONDAY + number * 6 * HOUR for number in range(6 * 28)])

    assert after.rate == pytest.approx(1 / (6 * HOUR), rel=0.4)


def test_a_lull_is_remembered_and_one_long_silence_deafens_nobody():
    rhythm = weeks(8, range(168))
    lull = learned(rhythm, [MONDAY + 3 * HOUR])
    silence = learned(rhythm, [MONDAY + 90 * DAY])

    assert rhythm.lull < 2
    assert lull.lull == pytest.approx(12, rel=0.2)
    assert silence.lull == 2 * FIRST_LULL


def test_a_lull_is_forgotten_after_months():
    lull = replace(weeks(8, range(168)), lull=20.0)

    assert learned(lull, [MONDAY + number * HOUR for number in range(24 * 90)]).lull < 4


def test_an_arrival_from_before_the_last_counts_as_of_then():
    rhythm = weeks(1, range(168))

    assert learned(rhythm, [0.0]).at == rhythm.at


def test_of_nothing_nothing_is_known():
    rhythm = Rhythm(since=MONDAY, at=MONDAY)

    assert (rhythm.rate, rhythm.known, rhythm.expected(MONDAY, MONDAY + 9 * DAY)) == (0, False, 0)
