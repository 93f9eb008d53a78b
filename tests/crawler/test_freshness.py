"""How long an answer stays good, and how long a server asks to be left alone."""

from datetime import timedelta

import pytest

from crawler.freshness import fresh_for, retry_after
from tests.fakes import NOON

DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
IN_TEN_MINUTES = "Sun, 22 Nov 2026 12:10:00 GMT"


def seconds(length):
    return None if length is None else length.total_seconds()


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, None),
        ({"cache-control": ""}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, MAX-AGE=600, stale-while-revalidate=86400"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age = 600"}, 600),
        ({"cache-control": "max-age=600, max-age=5"}, 600),
        ({"cache-control": "s-maxage=3000, max-age=60"}, 60),
        ({"cache-control": "s-maxage=3000"}, None),
        ({"cache-control": "max-age=600, must-revalidate"}, 600),
        ({"cache-control": "private, must-revalidate"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": 'no-cache="set-cookie, max-age=7", max-age=600'}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": 'private="x, no-store", max-age=600'}, 600),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": "max-age=-600"}, 0),
        ({"cache-control": "max-age=6.5"}, 0),
        ({"cache-control": "max-age=٦٠٠"}, 0),
        ({"cache-control": "max-age=" + "9" * 5000}, 6 * 3600),
        ({"cache-control": "=,,;\x00 max-age=600"}, 600),
        ({"cache-control": "минута, max-age=600"}, 600),
        ({"cache-control": "max-age=31536000"}, 6 * 3600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "9000"}, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "max-age=60", "expires": IN_TEN_MINUTES, "date": DATE}, 60),
        ({"expires": IN_TEN_MINUTES, "date": DATE}, 600),
        ({"expires": IN_TEN_MINUTES, "date": DATE, "age": "60"}, 540),
        ({"expires": IN_TEN_MINUTES}, 600),
        ({"expires": IN_TEN_MINUTES, "date": "yesterday"}, 600),
        ({"expires": DATE, "date": IN_TEN_MINUTES}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": "Sun, 99 Nov 99999999 12:10:00 GMT"}, 0),
    ],
)
def test_an_answer_stays_good_for_as_long_as_rfc_9111_makes_of_its_headers(headers, left):
    assert seconds(fresh_for(headers, None, NOON)) == left


@pytest.mark.parametrize(
    ("headers", "ttl", "left"),
    [
        ({}, timedelta(minutes=30), 1800),
        ({"cache-control": "max-age=600"}, timedelta(minutes=30), 1800),
        ({"cache-control": "max-age=3600"}, timedelta(minutes=30), 3600),
        ({"cache-control": "no-cache"}, timedelta(minutes=30), 1800),
        ({}, timedelta(days=30), 6 * 3600),
        ({}, timedelta(minutes=-5), 0),
    ],
)
def test_the_longer_of_the_servers_and_the_feeds_word_counts_and_no_more_than_six_hours(headers, ttl, left):
    assert seconds(fresh_for(headers, ttl, NOON)) == left


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", 120),
        (" 120 ", 120),
        (IN_TEN_MINUTES, 600),
        ("Sunday, 22-Nov-26 12:10:00 GMT", 600),
        ("Sun Nov 22 12:10:00 2026", 600),
        (DATE, None),
        ("0", None),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("²", None),
        ("864000", 86400),
        ("9" * 5000, 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
    ],
)
def test_a_server_is_left_alone_for_the_seconds_or_until_the_date_it_names_and_no_longer_than_a_day(text, wait):
    assert seconds(retry_after(text, NOON)) == wait
