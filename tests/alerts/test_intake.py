"""Old news, backlogs and floods are kept without ringing, and say why; news rings."""

from datetime import timedelta

import pytest

from alerts.intake import Intake, quiet, reappeared
from tests.fakes import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def poll(*, backlog=False, flooded=False, new=3, since=NOON - HOUR, gap=HOUR):
    return Intake(backlog=backlog, flooded=flooded, new=new, since=since, gap=gap, now=NOON)


@pytest.mark.parametrize(
    ("published", "intake", "why"),
    [
        (NOON, poll(), None),
        (None, poll(), None),
        (NOON - 13 * DAY, poll(), None),  # reported late, which is not unusual
        (NOON - 40 * DAY, poll(), "old news: dated 13 Oct 2026"),
        (NOON - 40 * DAY, poll(since=NOON - 45 * DAY), None),  # we were away: it came since
        (NOON - 40 * DAY, poll(since=None), None),
        (NOON, poll(backlog=True, since=None), "part of the backlog"),
        (NOON, poll(new=40), None),
        (NOON, poll(new=41), "one of many"),
        (None, poll(new=500), "one of many"),
        (NOON, poll(new=270, since=NOON - DAY), None),  # a day's news after a day's silence
        (NOON, poll(new=271, since=NOON - DAY), "one of many"),
        (NOON, poll(new=100, gap=None), None),
        (NOON, poll(new=101, gap=None), "one of many"),
        (NOON, poll(new=101, gap=timedelta()), "one of many"),
        (NOON, poll(flooded=True), "one of many"),  # the rest of a flood
        (NOON, poll(new=500, since=None), None),  # the first poll is no flood: the backlog is quiet by itself
    ],
)
def test_what_is_no_news_says_why(published, intake, why):
    found = quiet(published, intake)

    assert found is None if why is None else why in found


def test_words_that_were_read_long_ago_are_not_new():
    assert reappeared(NOON - 13 * DAY, NOON) is None
    assert reappeared(NOON - 80 * DAY, NOON) == "not new: the same words were first read on 03 Sep 2026"
