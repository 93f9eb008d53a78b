"""Feeds as they are found: tests/cases/feeds, one file each; what is wrong with them is said in words."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feed import LONGEST_TTL, parse
from crawler.listing import LONGEST_GUID, LONGEST_SUMMARY, LONGEST_TITLE, plain
from tests import site

CASES = sorted((Path(__file__).parent.parent / "cases" / "feeds").glob("*.yaml"))
URL = "https://example.org/news/feed.xml"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_feed_gives_what_its_case_says(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    body = case["body"].encode(case.get("encoding", "utf-8"))

    listing = parse(body, URL, case.get("content_type", "application/rss+xml"))

    expected = case["expect"]
    entries = expected.pop("entries")
    if "ttl" in expected:
        expected["ttl"] = timedelta(minutes=expected["ttl"])
    assert {name: getattr(listing, name) for name in expected} == expected
    assert len(listing.entries) == len(entries)
    for entry, wanted in zip(listing.entries, entries, strict=True):
        for name in ("published", "updated"):
            if wanted.get(name):
                wanted[name] = datetime.fromisoformat(wanted[name])
        assert {name: getattr(entry, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Toll < 5 & rising", "Toll < 5 & rising"),
        ("5 &lt; 6", "5 < 6"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("a<br/>b", "a b"),
        ("R&amp;amp;D", "R&amp;D"),
        ("<style>p{}</style>text<script>x()</script>", "text"),
        ("<b>unclosed", "unclosed"),
        ("Naль­чик\x00\x08 \u200bnow", "Naльчик now"),
        ("終わり　始まり", "終わり　始まり"),
        ("<!-- only this -->", ""),
        ("", ""),
    ],
)
def test_a_title_or_summary_is_plain_text(markup, text):
    assert plain(markup) == text


def test_a_title_or_summary_has_a_length():
    feed = site.rss([site.Item("t" * 10_000, "https://example.org/a", summary="word " * 100_000)])

    [entry] = parse(feed.encode(), URL, "text/xml").entries

    assert (len(entry.title), len(entry.summary)) == (LONGEST_TITLE, LONGEST_SUMMARY)


def test_every_entry_of_a_long_feed_is_kept():
    feed = site.rss([site.Item(f"Title {n}", f"https://example.org/{n}") for n in range(3000)])

    assert len(parse(feed.encode(), URL, "text/xml").entries) == 3000


@pytest.mark.parametrize(
    ("stated", "minutes"),
    [
        ("<ttl>60</ttl>", 60),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>99999999</ttl>", LONGEST_TTL.total_seconds() / 60),
        (f"<ttl>{'9' * 9000}</ttl>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 24 * 60),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>24</sy:updateFrequency>", 60),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", LONGEST_TTL.total_seconds() / 60),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        ("<ttl>15</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 15),
        ("", None),
    ],
)
def test_a_feed_says_how_long_it_is_to_be_left_alone_a_day_at_the_most(stated, minutes):
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    feed = f"<rss version='2.0' {space}><channel>{stated}<item><link>https://e.org/a</link></item></channel></rss>"

    ttl = parse(feed.encode(), URL, "text/xml").ttl

    assert ttl == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_feedparser_finds_with_a_link_is_what_is_found(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    body = case["body"].encode(case.get("encoding", "utf-8"))
    headers = {"content-type": case.get("content_type", "application/rss+xml"), "content-location": URL}
    try:
        theirs = feedparser.parse(io.BytesIO(body), response_headers=headers).entries
    except ValueError:  # it falls over characters that there are not
        theirs = []

    ours = {entry.url for entry in parse(body, URL, headers["content-type"]).entries}

    assert {entry.link for entry in theirs if entry.get("link", "").startswith("http")} <= ours


def test_a_guid_has_a_length():
    item = f"<item><link>https://e.org/a</link><guid>{'g' * 9000}</guid></item>"
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>"

    [entry] = parse(feed.encode(), URL, "text/xml").entries

    assert len(entry.guid) == LONGEST_GUID


@pytest.mark.parametrize("tag", ["b", "item", "channel", 'a xml:base="x/"', "a "])
def test_a_feed_nested_without_end_is_refused_in_words(tag):
    feed = b"<rss version='2.0'><channel>" + f"<{tag}>".encode() * 200_000

    listing = parse(feed, URL, "text/xml")

    assert not listing.usable
    assert listing.problem == "its elements are nested more than 2,000 deep, as no feed's are"


def test_markup_within_an_entry_counts_for_no_depth():
    breaks = "<br>" * 3000 + "<p>" * 3000
    items = [site.Item("A", "https://example.org/a", summary=breaks)]

    [entry] = parse(site.rss(items).encode(), URL, "text/xml").entries

    assert entry.title == "A"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_a_listing_or_have_a_problem(junk, where):
    whole = site.rss([site.Item("A & B", "https://example.org/a")]).encode()

    for body in (junk, whole[:where], whole[:where] + junk + whole[where:]):
        listing = parse(body, URL, "text/xml")
        assert listing.entries or listing.problem
        assert listing.usable or listing.problem
