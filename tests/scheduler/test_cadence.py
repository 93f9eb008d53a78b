"""When to poll next, and what is learned for it."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.source import Bookmark, Source
from scheduler.cadence import PATIENCE, Found, next_poll, pause, settled
from scheduler.rhythm import DAY, HOUR, Rhythm
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=1)


def source(every=None):
    return Source(name="Example Wire", url="https://wire.example/rss", every=every)


def even(gap, days=30):
    """The rhythm of a source that published every `gap` for so many days, the last time now."""
    articles = days * DAY / gap.total_seconds()
    return Rhythm(
        since=0,
        at=NOON.timestamp(),
        watched=days * DAY,
        lately=HOUR / gap.total_seconds(),
        week=(articles / 168,) * 168,
    )


def polled(mark, founds, every=None, start=NOON):
    """The bookmark after polls that found this, each made when it was due."""
    now = start
    for found in founds:
        mark = settled(source(every), mark, found, now)
        now = mark.next_poll
    return mark


@pytest.mark.parametrize(
    ("interval", "failures", "retry_after", "wait"),
    [
        (10 * MINUTE, 0, None, 10 * MINUTE),
        (5 * MINUTE, 0, None, 5 * MINUTE),
        (5 * MINUTE, 1, None, 10 * MINUTE),
        (5 * MINUTE, 3, None, 20 * MINUTE),
        (5 * MINUTE, 10_000, None, 6 * HOURS),
        (24 * HOURS, 4, None, 24 * HOURS),
        (5 * MINUTE, 1, 120 * MINUTE, 120 * MINUTE),
        (5 * MINUTE, 40, 1 * MINUTE, 205 * MINUTE),
        (5 * MINUTE, 1, timedelta(days=400), timedelta(days=1)),
    ],
)
def test_the_wait_grows_by_one_interval_a_failure_up_to_a_cap_and_heeds_the_server(
    interval, failures, retry_after, wait
):
    due = next_poll(interval, failures, retry_after, NOON, chance=0.5)

    assert due - NOON == wait


def test_sources_of_one_interval_are_spread_over_a_tenth_of_it():
    first, last = (next_poll(100 * MINUTE, 0, None, NOON, chance) - NOON for chance in (0.0, 1.0))

    assert (first, last) == (95 * MINUTE, 105 * MINUTE)


def test_a_failure_is_counted_and_a_success_forgets_it():
    failed = settled(source(), Bookmark(failures=2, last_success=NOON), Found(error="HTTP 500"), NOON + MINUTE)
    again = settled(source(), failed, Found(error="timed out"), NOON + 2 * MINUTE)
    well = settled(source(), again, Found(), NOON + 3 * MINUTE)

    assert (failed.failures, failed.error, failed.last_success) == (3, "HTTP 500", NOON)
    assert (again.failures, again.error, again.failing_since) == (4, "timed out", NOON + MINUTE)
    assert (well.failures, well.error, well.failing_since) == (0, None, None)
    assert (well.last_success, well.last_poll) == (NOON + 3 * MINUTE, NOON + 3 * MINUTE)
    assert failed.next_poll - NOON > well.next_poll - NOON - 3 * MINUTE


def test_polling_never_ends_however_often_it_fails():
    mark = polled(Bookmark(), [Found(error="HTTP 410")] * 500)

    assert mark.failures == 500
    assert mark.next_poll - mark.last_poll <= 6.3 * HOURS


@pytest.mark.parametrize("found", [Found(new=1, entries=20), Found(), Found(fresh_for=3 * HOURS), Found(new=20)])
def test_a_stated_interval_is_kept_whatever_the_source_publishes_and_however_fresh_it_says_it_is(found):
    mark = polled(Bookmark(), [found] * 20, every=7 * MINUTE)

    assert mark.interval == 7 * MINUTE
    assert abs(mark.next_poll - mark.last_poll - 7 * MINUTE) <= 0.36 * MINUTE


@pytest.mark.parametrize("every", [None, 7 * MINUTE])
def test_a_server_that_asks_to_be_left_alone_is_even_where_an_interval_is_stated(every):
    mark = polled(Bookmark(), [Found(error="HTTP 429", retry_after=5 * HOURS)], every=every)

    assert mark.next_poll - NOON == 5 * HOURS


def test_an_answer_that_stays_good_is_not_asked_for_again_before_and_shortens_no_wait():
    learned = Bookmark(last_success=NOON - HOURS, rhythm=even(6 * HOURS).packed)
    plain, short, long = (
        settled(source(), learned, Found(fresh_for=fresh), NOON).interval for fresh in (None, MINUTE, 5 * HOURS)
    )

    assert plain == short < long == 5 * HOURS


@pytest.mark.parametrize(
    ("gap", "wait"),
    [
        (timedelta(seconds=30), 5 * MINUTE),
        (5 * MINUTE, 5 * MINUTE),
        (20 * MINUTE, 10 * MINUTE),
        (80 * MINUTE, 20 * MINUTE),
        (timedelta(days=60), 6 * HOURS),
    ],
)
def test_the_interval_is_the_mean_of_five_minutes_and_the_time_between_articles_within_bounds(gap, wait):
    assert pause(even(gap), NOON.timestamp()) == pytest.approx(wait.total_seconds(), rel=0.05)


def test_the_articles_expected_until_the_next_poll_wait_together_as_long_as_patience_lasts():
    rhythm = replace(even(HOURS), week=tuple(hour * 720 / 276 / 7 for hour in range(24)) * 7)
    rhythm = replace(rhythm, lately=HOUR * rhythm.rate_at(NOON.timestamp()))
    end = pause(rhythm, NOON.timestamp())

    step = end / 1000
    rates = [rhythm.rate_at(NOON.timestamp() + (number + 0.5) * step) for number in range(1000)]
    waited = sum(rate * step * (end - (number + 0.5) * step) for number, rate in enumerate(rates))

    assert waited == pytest.approx(PATIENCE.total_seconds(), rel=0.01)


def test_a_source_that_sleeps_at_night_is_left_alone_at_night_and_asked_at_daybreak():
    awake = tuple(6.0 if 7 <= hour < 22 else 0.0 for hour in range(24))
    rhythm = replace(even(HOURS), week=awake * 7, lately=0.0)
    midnight, six = (rhythm.at // DAY * DAY + DAY + hour * HOUR for hour in (0, 6))

    assert pause(rhythm, midnight) > 4 * pause(rhythm, midnight + 12 * HOUR)
    assert six + pause(rhythm, six) < six + 2 * HOUR


def test_a_burst_is_followed_at_once_and_forgotten_after_hours():
    quiet = even(24 * HOURS)
    burst = replace(quiet, lately=12.0)

    assert pause(burst, NOON.timestamp()) < pause(quiet, NOON.timestamp()) / 2
    later = NOON.timestamp() + 8 * HOUR
    assert pause(burst, later) == pytest.approx(pause(quiet, later), rel=0.05)


def test_the_first_interval_is_ten_minutes_whatever_the_first_listing_says():
    dates = tuple(NOON - number * timedelta(days=30) for number in range(10))

    assert settled(source(), Bookmark(), Found(new=10, entries=10, published=dates), NOON).interval == 10 * MINUTE
    assert settled(source(), Bookmark(), Found(error="HTTP 500"), NOON).interval == 10 * MINUTE


def test_a_source_of_which_nothing_is_known_goes_on_at_about_ten_minutes():
    mark = polled(Bookmark(), [Found(new=9, entries=9), Found()])

    assert 9 * MINUTE < mark.interval < 15 * MINUTE


def test_a_source_that_died_is_asked_more_and_more_seldom():
    mark = Bookmark(last_success=NOON, rhythm=even(10 * MINUTE).packed)
    waits = [polled(mark, [Found()] * polls).interval for polls in (1, 20, 200, 2000)]

    assert waits == sorted(waits)
    assert waits[-1] > 3 * waits[0]


def test_a_poll_that_finds_nothing_new_teaches_nothing_and_says_when_it_was():
    before = Bookmark(last_success=NOON, last_new=NOON, rhythm=even(HOURS).packed, gap=HOURS)
    after = settled(source(), before, Found(), NOON + HOURS)

    assert (after.rhythm, after.gap, after.last_new) == (before.rhythm, HOURS, NOON)


def every_poll(gap, polls, dated=False):
    """Polls of every ten minutes of a source that publishes every `gap`."""
    mark = settled(source(), Bookmark(), Found(new=9, entries=9), NOON)
    for number in range(1, polls):
        now = NOON + number * 10 * MINUTE
        new = (now - NOON) // gap - (now - 10 * MINUTE - NOON) // gap
        published = (now - MINUTE,) * new if dated else ()
        mark = settled(source(), mark, Found(new=new, entries=9 if new else 0, published=published), now)
    return mark


@pytest.mark.parametrize("gap", [20 * MINUTE, 2 * HOURS, 8 * HOURS])
@pytest.mark.parametrize("dated", [True, False])
def test_the_expected_gap_is_learned_with_dates_or_without(gap, dated):
    assert every_poll(gap, 6 * 24 * 7, dated).gap == pytest.approx(gap, rel=0.15)


@pytest.mark.parametrize(("gap", "polls"), [(20 * MINUTE, 6 * 47), (24 * HOURS, 6 * 24 * 4)])
def test_no_gap_is_claimed_before_two_days_and_five_articles_were_seen(gap, polls):
    assert every_poll(gap, polls).gap is None


def test_the_dates_of_the_first_listing_teach_the_gap_at_once_though_one_entry_is_pinned():
    dates = (*(NOON - number * 6 * HOURS for number in range(19)), NOON - timedelta(days=900))
    mark = settled(source(), Bookmark(), Found(new=20, entries=20, published=dates), NOON)

    assert mark.gap == pytest.approx(6 * HOURS, rel=0.05)
    assert mark.last_new == NOON


@pytest.mark.parametrize(
    "dates",
    [
        (NOON - HOURS,) * 30,
        tuple(NOON + number * HOURS for number in range(1, 30)),
        (NOON - HOURS,),
        (),
    ],
    ids=["all the same", "all to come", "one", "none"],
)
def test_dates_that_say_nothing_of_how_often_it_publishes_teach_nothing(dates):
    mark = settled(source(), Bookmark(), Found(new=30, entries=30, published=dates), NOON)

    assert mark.gap is None
    assert mark.last_new <= NOON


def test_a_backlog_that_is_read_in_parts_is_no_flood_of_arrivals():
    old = tuple(NOON - timedelta(days=2 + number) for number in range(200))
    first = settled(source(), Bookmark(), Found(new=200, entries=200, published=old[:100]), NOON)
    second = settled(source(), first, Found(new=100, entries=200, published=old[100:]), NOON + MINUTE)

    assert second.gap == pytest.approx(first.gap, rel=0.001)
    assert first.gap == pytest.approx(timedelta(days=1), rel=0.1)


@pytest.mark.parametrize("when", [NOON + timedelta(days=9000), NOON - timedelta(days=9000), NOON])
def test_a_date_that_cannot_be_true_breaks_nothing(when):
    mark = every_poll(HOURS, 6 * 24 * 3)
    after = settled(source(), mark, Found(new=500, entries=500, published=(when,) * 500), mark.last_poll + MINUTE)

    assert all(map(math.isfinite, after.rhythm))
    assert 5 * MINUTE <= after.interval <= 6 * HOURS


@pytest.mark.parametrize("numbers", [(), (1.0,), (1.0,) * 500])
def test_a_rhythm_that_another_version_kept_is_learned_anew(numbers):
    mark = settled(source(), Bookmark(last_success=NOON, rhythm=numbers), Found(), NOON + HOURS)

    assert Rhythm.unpacked(mark.rhythm) == Rhythm(since=(NOON + HOURS).timestamp(), at=(NOON + HOURS).timestamp())


def test_a_rhythm_survives_its_bookmark():
    rhythm = Rhythm.unpacked(every_poll(HOURS, 6 * 24 * 3).rhythm)

    assert Rhythm.unpacked(rhythm.packed) == rhythm
