"""A page and its announcement become one reading: who outranks whom, and what is told without the page."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.listing import Entry
from crawler.reading import NO_TEXT, Announced, Sent, bare, read_announced, read_article, read_listing
from tests import site

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TITLE = "Five militants killed in Nalchik"
ENTRY = Entry(
    url="https://example.org/a?utm_source=rss",
    title="Five dead in Nalchik",
    summary="Five militants were killed in Nalchik on Sunday.",
    published=NOON - timedelta(hours=2),
    precision="minute",
)


def announced(**changes):
    return Announced(
        entry=replace(ENTRY, **changes), url_key="https://example.org/a", source="Wire", publisher="Group", fetched=NOON
    )


def sent(text="Five militants were killed in an operation in Nalchik on Sunday, officials said.", date=""):
    head = f'<meta property="article:published_time" content="{date}">' if date else ""
    return Sent(site.article(TITLE, text, head=head).encode(), "https://example.org/a", "text/html")


def test_a_page_gives_the_text_and_title_and_its_listing_the_date():
    reading, own = read_article(announced(), sent(date="2026-11-22T03:00:00Z"))

    article = reading.article
    assert (article.url, article.url_key) == (ENTRY.url, "https://example.org/a")
    assert (article.source, article.publisher, article.fetched) == ("Wire", "Group", NOON)
    assert (article.title, article.lang, article.error, article.retry) == (TITLE, "en", None, False)
    assert "officials said" in article.text
    assert article.published == NOON - timedelta(hours=2)
    assert own is None
    assert reading.facts is not None
    assert reading.facts.toll.killed is not None
    assert reading.facts.toll.killed.low == 5


@pytest.mark.parametrize(
    ("listing", "page", "moment", "precision"),
    [
        ((None, None), "2026-11-22T06:00:00+03:00", NOON.replace(hour=3), "minute"),
        ((NOON + timedelta(hours=2), "minute"), "2026-11-22T03:00:00Z", NOON.replace(hour=3), "minute"),
        ((datetime(1970, 1, 1, tzinfo=UTC), "day"), "2026-11-22", NOON.replace(hour=0), "day"),
        ((NOON.replace(hour=0), "day"), "2026-11-22T03:00:00Z", NOON.replace(hour=3), "minute"),
        ((NOON.replace(hour=0), "day"), "2024-03-17T03:00:00Z", NOON.replace(hour=0), "day"),
        ((NOON.replace(hour=1), "minute"), "2026-11-22", NOON.replace(hour=1), "minute"),
        ((None, None), "2999-01-01", None, None),
    ],
)
def test_the_date_is_the_listings_unless_it_can_not_be_or_the_page_is_more_precise(listing, page, moment, precision):
    reading, _ = read_article(announced(published=listing[0], precision=listing[1]), sent(date=page))

    assert (reading.article.published, reading.article.precision) == (moment, precision)
    assert moment is None or reading.article.published.utcoffset() == timedelta(0)


def test_a_page_without_text_is_told_by_its_listing():
    empty = Sent(b"<html><head><title>Video</title></head><body></body></html>", ENTRY.url, "text/html")

    reading, _ = read_article(announced(), empty)

    article = reading.article
    assert (article.title, article.text, article.error) == (ENTRY.title, ENTRY.summary, NO_TEXT)
    assert reading.facts is not None


def test_facts_are_read_from_an_announcement_whose_page_failed():
    reading = read_announced(announced(), "the page answers HTTP 503", True)

    assert (reading.article.error, reading.article.retry) == ("the page answers HTTP 503", True)
    assert reading.article.lang == "en"
    assert reading.facts is not None
    assert reading.facts.toll.killed is not None


def test_an_announcement_of_nothing_has_no_facts():
    reading = read_announced(announced(title="", summary=""), "the page answers HTTP 404", False)

    assert (reading.facts, reading.article.title, reading.article.text) == (None, "", "")


def test_an_announcement_that_no_worker_could_read_is_kept_bare():
    reading = bare(announced(), "reading it crashed the reader")

    assert (reading.article.text, reading.facts) == (ENTRY.summary, None)


def test_words_cut_for_the_eye_are_whole_for_the_rules():
    reading, _ = read_article(
        announced(), sent("In Nal\u00adchik five mili\u200btants were killed on Sunday, they said.")
    )

    assert "Nalchik five militants" in reading.article.text


def test_what_workers_take_and_give_can_be_sent_between_processes():
    listing = read_listing(
        site.rss([site.Item(TITLE, "https://example.org/a")]).encode(), "https://example.org/", "", None, None
    )
    reading = read_article(announced(), sent())

    for thing in (listing, announced(), sent(), reading, read_listing, read_article, read_announced):
        assert pickle.loads(pickle.dumps(thing)) == thing
