"""When to poll next."""

from datetime import timedelta

import pytest

from crawler.source import Bookmark, Source
from scheduler.cadence import Found, next_poll, settled
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)


def source(every=None):
    return Source(name="Example Wire", url="https://wire.example/rss", every=every)


@pytest.mark.parametrize(
    ("every", "failures", "retry_after", "wait"),
    [
        (None, 0, None, 10 * MINUTE),
        (5 * MINUTE, 0, None, 5 * MINUTE),
        (5 * MINUTE, 1, None, 10 * MINUTE),
        (5 * MINUTE, 3, None, 20 * MINUTE),
        (5 * MINUTE, 10_000, None, timedelta(hours=6)),
        (timedelta(days=1), 4, None, timedelta(days=1)),
        (5 * MINUTE, 1, 120 * MINUTE, 120 * MINUTE),
        (5 * MINUTE, 1, timedelta(days=400), timedelta(days=1)),
    ],
)
def test_the_wait_grows_by_one_interval_a_failure_up_to_a_cap_and_heeds_the_server(every, failures, retry_after, wait):
    due = next_poll(source(every), failures, retry_after, NOON, chance=0.5)

    assert due - NOON == wait


def test_sources_of_one_interval_are_spread_over_a_tenth_of_it():
    first, last = (next_poll(source(100 * MINUTE), 0, None, NOON, chance) - NOON for chance in (0.0, 1.0))

    assert (first, last) == (95 * MINUTE, 105 * MINUTE)


def test_a_failure_is_counted_and_a_success_forgets_it():
    failed = settled(source(), Bookmark(failures=2, last_success=NOON), Found(error="HTTP 500"), NOON + MINUTE)
    well = settled(source(), failed, Found(), NOON + 2 * MINUTE)

    assert (failed.failures, failed.error, failed.last_success) == (3, "HTTP 500", NOON)
    assert (well.failures, well.error, well.last_success) == (0, None, NOON + 2 * MINUTE)
    assert failed.next_poll - NOON > well.next_poll - NOON
