"""JSON Feeds: what versions 1.0 and 1.1 can say, and what they should not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.jsonfeed import parse
from crawler.listing import LONGEST_GUID, LONGEST_SUMMARY, LONGEST_TITLE

URL = "https://example.org/news/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
ITEM = {"id": "1", "url": "https://example.org/a"}


def feed(*items, **fields):
    return json.dumps({"version": VERSION, "title": "T", "items": list(items), **fields}, ensure_ascii=False)


def read(text):
    return parse(text.encode("utf-8", "surrogatepass"), URL)


def test_an_item_is_an_entry():
    listing = read(
        feed(
            {
                "id": "tag:4711",
                "url": "/a?b=1&c=2",
                "title": "Fish &amp; <i>chips</i>",
                "content_html": "<p>One.</p><p>Two.</p>",
                "summary": "One.",
                "date_published": "2026-11-22T10:00:00+03:00",
                "date_modified": "2026-11-22T12:00:00Z",
                "language": "ru-RU",
            },
            language="en-GB",
        )
    )

    [entry] = listing.entries
    assert (listing.title, listing.lang, listing.problem, listing.usable) == ("T", "en", None, True)
    assert (entry.url, entry.title, entry.summary) == ("https://example.org/a?b=1&c=2", "Fish & chips", "One. Two.")
    assert (entry.published, entry.precision) == (datetime(2026, 11, 22, 7, tzinfo=UTC), "minute")
    assert (entry.updated, entry.lang, entry.guid) == (datetime(2026, 11, 22, 12, tzinfo=UTC), "ru", "tag:4711")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ({"url": "b"}, "https://example.org/news/b"),
        ({"url": " //cdn.example.net/b\n"}, "https://cdn.example.net/b"),
        ({"external_url": "https://example.net/about"}, "https://example.net/about"),
        ({"url": "https://example.org/own", "external_url": "https://example.net/about"}, "https://example.org/own"),
        ({"id": "https://example.org/as-an-id"}, "https://example.org/as-an-id"),
        ({"url": 7, "id": "https://example.org/as-an-id"}, "https://example.org/as-an-id"),
        ({"url": "http://[::1", "id": "https://example.org/as-an-id"}, "https://example.org/as-an-id"),
    ],
)
def test_an_item_leads_to_its_page_else_to_what_it_is_about_else_to_its_id(item, url):
    assert [entry.url for entry in read(feed(item)).entries] == [url]


@pytest.mark.parametrize(
    "item",
    [{}, {"id": "4711"}, {"url": "javascript:x()"}, {"url": "ftp://example.org/a"}, {"url": ""}, {"id": 3},
     {"url": ["a"]}, "text", 5, None, [], True],
)  # fmt: skip
def test_an_item_that_leads_nowhere_is_counted_and_left_out(item):
    listing = read(feed(ITEM, item))

    assert [entry.url for entry in listing.entries] == ["https://example.org/a"]
    assert (listing.problem, listing.usable) == ("1 of 2 entries have no link to a web page", True)


@pytest.mark.parametrize("name", ["id", "title", "content_text", "content_html", "summary", "date_published",
                                  "date_modified", "language", "external_url"])  # fmt: skip
@pytest.mark.parametrize("value", [None, True, 12, -1.5e300, [], ["x"], {}, {"a": 1}, "", "\ud800", "x" * 50_000])
def test_a_field_that_is_no_text_counts_as_not_stated(name, value):
    item = {"url": "https://example.org/a", name: value}

    [entry] = read(json.dumps({"version": VERSION, "items": [item]})).entries

    assert entry.url == "https://example.org/a"
    assert len(entry.title) <= LONGEST_TITLE
    assert len(entry.summary) <= LONGEST_SUMMARY
    assert len(entry.guid or "") <= LONGEST_GUID
    assert (entry.published, entry.updated, entry.lang) == (None, None, None)
    entry.title.encode(), entry.summary.encode(), (entry.guid or "").encode()


@pytest.mark.parametrize(
    ("stated", "guid"), [("12", "12"), ("1e400", "1e400"), ("9" * 100_000, "9" * LONGEST_GUID), ("NaN", "NaN")]
)
def test_a_number_is_an_id_as_it_is_written(stated, guid):
    text = f'{{"version":"{VERSION}","items":[{{"url":"https://example.org/a","id":{stated},"title":{stated}}}]}}'

    [entry] = read(text).entries

    assert (entry.guid, entry.title) == (guid, "")


def test_plain_text_is_no_markup():
    [entry] = read(feed(ITEM | {"content_text": "Toll  <5\nand a&lt;b \u200b"})).entries

    assert entry.summary == "Toll <5 and a&lt;b"


def test_of_names_that_are_given_twice_the_last_counts():
    text = f'{{"version":"x","items":3,"version":"{VERSION}","items":[{json.dumps(ITEM)}]}}'

    assert len(read(text).entries) == 1


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1.1", VERSION])
def test_each_version_is_read(version):
    assert read(feed(ITEM, version=version)).usable


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_and_other_unicode_encodings_are_seen_through(encoding):
    [entry] = parse(feed(ITEM | {"title": "Мост"}).encode(encoding), URL).entries

    assert entry.title == "Мост"


def test_text_in_another_encoding_spoils_its_own_characters_only():
    [entry] = parse(feed(ITEM | {"title": "Мост, bridge"}).encode("cp1251"), URL).entries

    assert entry.url == "https://example.org/a"
    assert entry.title.endswith(", bridge")


def test_an_empty_feed_is_a_feed():
    listing = read(feed())

    assert (listing.entries, listing.usable, listing.problem) == ((), True, "the feed holds no entries")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the JSON is damaged, breaks off or is nested too deep"),
        ('{"version":', "the JSON is damaged, breaks off or is nested too deep"),
        ("[" * 200_000, "the JSON is damaged, breaks off or is nested too deep"),
        (f'{{"version":"{VERSION}","items":' + "[" * 100_000 + "]" * 100_000 + "}",
         "the JSON is damaged, breaks off or is nested too deep"),
        ("[]", "this is JSON, but not a JSON Feed"),
        ("null", "this is JSON, but not a JSON Feed"),
        ('{"items": [{"url": "https://example.org/a"}]}', "this is JSON, but not a JSON Feed"),
        ('{"version": 1, "items": []}', "this is JSON, but not a JSON Feed"),
        (f'{{"version": "{VERSION}"}}', "the JSON Feed has no list of items"),
        (f'{{"version": "{VERSION}", "items": {{"0": {{}}}}}}', "the JSON Feed has no list of items"),
        (f'{{"version": "{VERSION}", "items": "many"}}', "the JSON Feed has no list of items"),
    ],
)  # fmt: skip
def test_what_is_no_json_feed_is_refused_in_words(text, problem):
    listing = read(text)

    assert (listing.entries, listing.usable, listing.problem) == ((), False, problem)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "url", "title", "content_html"]), inner),
        max_leaves=20,
    )
)
def test_any_json_is_a_listing_or_has_a_problem(value):
    for body in (json.dumps(value), json.dumps({"version": VERSION, "items": value}), feed(value)):
        listing = read(body)
        assert listing.entries or listing.problem


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_a_listing_or_have_a_problem(junk, where):
    whole = feed(ITEM).encode()

    for body in (junk, whole[:where], whole[:where] + junk + whole[where:]):
        listing = parse(body, URL)
        assert listing.entries or listing.problem
