"""Pages and what they say of their site: tests/cases/discover, one file each."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discover import MOST, candidates, front, listing_key

CASES = sorted((Path(__file__).parent.parent / "cases" / "discover").glob("*.yaml"))
URL = "https://example.org/"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_names_what_its_case_says(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    url = case.get("url", URL)
    body = case["body"].encode(case.get("encoding", "utf-8"))

    said = front(body, url, case.get("content_type", "text/html"), case.get("robots", ""))

    always = ("usual address", "the address itself")
    told = [one for one in said.candidates if one.how not in always and one.how in case.get("only", [one.how])]
    shown = [{key: getattr(one, key) for key in wanted} for one, wanted in zip(told, case["expect"], strict=False)]
    assert shown == case["expect"]
    assert [one.url for one in told[len(shown) :]] == []
    assert said.name == case.get("name", said.name)
    assert [one.url for one in said.candidates if one.how == "the address itself"] in ([url], [])


def urls(body, url=URL, robots="", how=None):
    return [one.url for one in candidates(body.encode(), url, "text/html", robots) if how in (None, one.how)]


def test_what_the_site_names_comes_before_what_is_guessed():
    body = (
        '<link rel=alternate type=application/rss+xml href="/n.xml"><nav><a href="/world">World</a></nav>'
        '<a href="/l/rss">l</a>'
    )
    found = candidates(body.encode(), URL, "text/html", "Sitemap: https://example.org/m.xml")

    order = list(dict.fromkeys(one.how for one in found))
    assert order == [
        "named by the page", "named by robots.txt", "linked", "usual address", "section", "the address itself",
    ]  # fmt: skip


def test_the_usual_addresses_are_at_the_sites_root_and_below_a_section():
    found = urls("<html>", "https://example.org:8443/world/africa/?page=2", how="usual address")

    assert found[0] == "https://example.org:8443/world/africa/feed"
    assert {
        f"https://example.org:8443/{path}"
        for path in (
            "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "?feed=rss2", "sitemap.xml",
            "sitemap-news.xml", "news-sitemap.xml", "sitemap_news.xml", "sitemap_index.xml",
        )
    } == set(found[1:])  # fmt: skip


def test_no_address_is_named_twice():
    link = '<link rel=alternate type=application/rss+xml href="{}">'
    spellings = (
        "/rss",
        "/rss/",
        "https://www.example.org/rss",
        "http://example.org:80/rss#top",
        "/rss?a=1",
        "/rss?a=2",
    )
    found = urls("".join(map(link.format, spellings)) + '<a href="/rss">RSS</a>')

    assert [url for url in found if "/rss" in url and ".xml" not in url] == [
        "https://example.org/rss",
        "https://example.org/rss?a=1",
        "https://example.org/rss?a=2",
    ]


def test_a_page_is_not_its_own_feed():
    body = '<link rel=alternate type=application/rss+xml href="/">'

    found = candidates(body.encode(), URL, "text/html", "")

    assert [(one.how, one.kind) for one in found if one.url == URL] == [("the address itself", "page")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/feed/", "http://www.example.org/feed", True),
        ("https://example.org:443/feed", "https://EXAMPLE.org/feed", True),
        ("https://example.org/feed?source=world", "https://example.org/feed?source=sport", False),
        ("https://example.org/Feed", "https://example.org/feed", False),
        ("https://example.org:8443/feed", "https://example.org/feed", False),
        ("http://[::1", "http://[::1", True),
    ],
)
def test_a_listings_address_is_told_from_another_by_more_than_an_articles(one, other, same):
    assert (listing_key(one) == listing_key(other)) is same


def test_a_page_with_a_feed_for_every_tag_names_so_many_and_no_more():
    body = "".join(f'<link rel=alternate type=application/rss+xml href="/tag/{n}/rss">' for n in range(20_000))

    assert len(urls(body)) == MOST


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "<a href=/rss>x</a>",
        "<nav>" + "<a href='/section'>Section</a>" * 10_000 + "</nav>",
        "<nav>" * 3000 + "<a href='/section'>Section</a>" * 3000,
        "<title>" + "x" * 3_000_000,
        "<link rel=alternate type=application/rss+xml href='" + "x" * 1_000_000 + "'>",
    ],
    ids=["nested", "links", "nested-menus", "title", "address"],
)
def test_a_hostile_page_hides_no_usual_address(body):
    assert "https://example.org/sitemap.xml" in urls(body)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_whatever_the_bytes_are_the_usual_addresses_are_named(noise, robots):
    found = candidates(b"<a href=/rss>" + noise, URL, "text/html", robots)

    assert "https://example.org/sitemap.xml" in [one.url for one in found]
