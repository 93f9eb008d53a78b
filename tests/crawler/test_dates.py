"""Dates as feeds and pages write them, in UTC; what is no full date is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.dates import parse_date, parse_local, sane

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "lang", "moment"),
    [
        ("Sun, 22 Nov 2026 15:00:00 +0300", None, NOON),
        ("Sun, 22 Nov 2026 14:00:00 CEST", None, NOON),
        ("22 Nov 2026 15:00 MSK", None, NOON),
        ("Sun, 22 Nov 26 12:00:00 GMT", None, NOON),
        ("Sun, 22-Nov-2026 12:00:00 GMT", None, NOON),
        ("Sun, 22 Nov 2026 17:30:00 IST", None, NOON),
        ("Sun, 22 Nov 2026 07:00:00 (EST)", None, NOON),
        ("22 Nov 2026 12:00", None, NOON),
        ("22 November 2026 12:00 PM", None, NOON),
        ("Нд, 22 Nov 2026 14:00:00 +0200", None, NOON),
        ("2026-11-22T12:00:00Z", None, NOON),
        ("2026-11-22T15:00:00+03:00", None, NOON),
        ("2026-11-22 15:00:00 +0300", None, NOON),
        ("2026-11-22 15:00:00 MSK", None, NOON),
        ("2026-11-22T12:00:00.0000000Z", None, NOON),
        ("2026-11-22 12:00", None, NOON),
        ("20261122T120000Z", None, NOON),
        (str(int(NOON.timestamp())), None, NOON),
        (f"{int(NOON.timestamp())}000", None, NOON),
        ("  Sun,\n22 Nov 2026   12:00:00 GMT ", None, NOON),
        ("22 ноября 2026, 12:00", "ru", NOON),
        ("22 листопада 2026 12:00", "uk", NOON),
        ("22 novembre 2026 à 12h00", "fr", NOON),
        ("22 Kasım 2026 12:00", "tr", NOON),
        ("22. November 2026, 12:00 Uhr", "de", NOON),
        ("22 de noviembre de 2026 12:00", "es", NOON),
        ("2026年11月22日 12:00", "zh", NOON),
        ("Nov 22, 2026 12:00 PM", "en", NOON),
        ("Nov 22, 2026 12:00 PM", "zz", NOON),
    ],
)
def test_a_date_is_read_whatever_its_form_and_language(text, lang, moment):
    assert parse_date(text, lang) == (moment, "minute")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("2026-11-22", None),
        ("22 Nov 2026", None),
        ("22 نوفمبر 2026", "ar"),
        ("22 listopada 2026", "pl"),
        ("2026-11-22T00:00:00+03:00", None),
        ("Sun, 22 Nov 2026 00:00:00 -0800", None),
    ],
)
def test_a_mere_day_stays_that_day_and_says_so(text, lang):
    assert parse_date(text, lang) == (datetime(2026, 11, 22, tzinfo=UTC), "day")


def test_a_date_can_keep_the_zone_and_with_it_the_day_of_the_paper():
    moment, _ = parse_local("Mon, 23 Nov 2026 00:30:00 +0300") or pytest.fail("not read")

    assert (moment.isoformat(), moment) == ("2026-11-23T00:30:00+03:00", NOON + timedelta(hours=9, minutes=30))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "yesterday",
        "2 hours ago",
        "31 Feb 2026",
        "2026-02-31",
        "2026-11",
        "2026",
        "November 2026",
        "12:00",
        "Sun, 22 Nov 2026 10:15:00 XYZT",
        "2026-11-22T25:00:00Z",
        "9" * 10_000,
        "99999999999",
        "\x00",
        "1/2",
    ],
)
def test_what_is_no_full_date_is_none(text):
    assert parse_date(text, "en") is None


@pytest.mark.parametrize(
    ("moment", "possible"),
    [
        (NOON, True),
        (NOON + timedelta(minutes=59), True),
        (NOON + timedelta(minutes=61), False),
        (datetime(1995, 1, 1, tzinfo=UTC), True),
        (datetime(1994, 12, 31, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
    ],
)
def test_no_news_comes_from_the_future_or_from_before_the_web(moment, possible):
    assert sane(moment, NOON) is possible
