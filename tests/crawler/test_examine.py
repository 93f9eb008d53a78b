"""What a listing is worth as a source, and which of several is the best."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.discover import Candidate
from crawler.survey import Found, examine, ranked
from tests import site
from tests.crawler.papers import NOW, page


def found(url, kind="feed", entries=10, age=timedelta(hours=1), **more):
    newest = None if age is None else NOW - age
    return Found(url=url, how="named by the page", kind=kind, entries=entries, newest=newest, **more)


def test_the_freshest_come_first_and_the_abandoned_last():
    listings = [
        found("old", age=timedelta(days=400)),
        found("empty", entries=0, age=None),
        found("section", "page", age=None),
        found("sitemap", "sitemap", age=None),
        found("week", age=timedelta(days=5)),
        found("undated", age=None),
        found("today"),
    ]

    order = [one.url for one in ranked(listings, "https://example.org/", NOW)]

    assert order == ["today", "week", "undated", "sitemap", "section", "old", "empty"]


def test_among_equals_the_sites_own_order_counts():
    listings = [found("main", age=timedelta(hours=5)), found("sport", age=timedelta(minutes=1))]

    assert [one.url for one in ranked(listings, "https://example.org/", NOW)] == ["main", "sport"]


def read(body, kind=None):
    return examine(body.encode(), "https://example.org/x", "", Candidate(url="", how="linked", kind=kind), NOW)


def test_a_date_in_the_future_makes_no_feed_fresh():
    rows = [("a", NOW + timedelta(days=300)), ("b", NOW - timedelta(days=2))]
    one = read(site.rss([site.Item(name, f"https://example.org/{name}", date) for name, date in rows]))

    assert one.newest == NOW - timedelta(days=2)


def test_a_feed_of_comments_is_no_source():
    one = read(site.rss([site.Item(f"On {n}", f"https://example.org/a#comment-{n}", NOW) for n in range(5)]))

    assert (one.usable, one.problem) == (False, "it is a feed of comments")


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        ("", None, "the answer is empty"),
        ("<html><body>Not found</body></html>", "sitemap", "this is a web page, not a sitemap"),
        (page(menu='<a href="/world">World</a>'), "page", "it has no links that look like articles"),
        (page(stories=3), "page", "it has 3 links that look like articles"),
        ("%PDF-1.4 \x00\x01", None, "this is neither a feed, nor a sitemap, nor a web page (of no stated type)"),
    ],
)
def test_what_is_no_listing_says_what_it_is(body, kind, problem):
    one = read(body, kind)

    assert (one.usable, one.problem) == (False, problem)


@pytest.mark.parametrize(
    ("language", "title", "lang"),
    [("ru", "x", "ru"), ("", "Правительство сообщило о новых переговорах на границе", "ru"), ("", "x", None)],
)
def test_the_language_is_as_stated_else_as_the_titles_read(language, title, lang):
    one = read(site.rss([site.Item(title, "https://example.org/a", NOW)], language=language))

    assert one.lang == lang
