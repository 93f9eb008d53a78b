"""Feeds as they are found: tests/cases/feeds, one file each; what is wrong with them is said in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feed import parse
from crawler.listing import LONGEST_SUMMARY, LONGEST_TITLE, plain
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
    assert {name: getattr(listing, name) for name in expected} == expected
    assert len(listing.entries) == len(entries)
    for entry, wanted in zip(listing.entries, entries, strict=True):
        if wanted.get("published"):
            wanted["published"] = datetime.fromisoformat(wanted["published"])
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
        ("Naль­чик\x00\x08 \u200bnow", "Naль чик now"),
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


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_a_listing_or_have_a_problem(junk, where):
    whole = site.rss([site.Item("A & B", "https://example.org/a")]).encode()

    for body in (junk, whole[:where], whole[:where] + junk + whole[where:]):
        listing = parse(body, URL, "text/xml")
        assert listing.entries or listing.problem
        assert listing.usable or listing.problem
