"""One poll for every kind of source: what it is, what is new in it, and what is wrong with it."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from crawler.source import Bookmark, Source
from tests import site
from tests.crawler.polling import NOW, Archive


def polls(room, source, *, known=(), mark=None):
    """Poll once and take everything in; return the harvest, the titles and the bookmark."""

    async def poll():
        harvest = await room.poll(source, mark or Bookmark(), Archive(known), NOW)
        titles = [reading.article.title async for reading in harvest.readings]
        return harvest, titles

    return poll()


def stories(wire, count):
    """Serve so many stories and return their addresses, the newest first."""
    return [item.link for item in site.items(wire, count, NOW, "/world/2026/a-long-night-in-the-valley-{}.html")]


def news_sitemap(urls, published=NOW):
    rows = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication_date>{(published - timedelta(minutes=n)).isoformat()}"
        f"</news:publication_date><news:title>Story {n}</news:title></news:news></url>"
        for n, url in enumerate(urls)
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {spaces}>{rows}</urlset>'


def index(parts):
    rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>{NOW.isoformat()}</lastmod></sitemap>" for url in parts)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def front(urls, menu=("/", "/world", "/sport", "/about-us")):
    links = "".join(f'<article><h2><a href="{url}">A long night in the valley again</a></h2></article>' for url in urls)
    nav = "".join(f'<li><a href="{path}">{path.strip("/") or "Home"}</a></li>' for path in menu)
    return f"<!doctype html><html><body><nav><ul>{nav}</ul></nav><main>{links}</main></body></html>"


def source(url, **more):
    return Source(name="Wire", url=url, private=True, **more)


def test_the_kind_of_a_source_is_found_out_and_remembered(shift, wire):
    urls = stories(wire, 3)
    kinds = {
        wire.feed("/feed.xml", [site.Item("A report", url) for url in urls]): "feed",
        wire.page("/sitemap.xml", news_sitemap(urls), "application/xml"): "sitemap",
        wire.page("/world", front(urls)): "page",
    }

    async def main(room):
        for url, kind in kinds.items():
            harvest, titles = await polls(room, source(url))
            assert (harvest.bookmark.kind, len(titles), harvest.error) == (kind, 3, None)
            assert harvest.bookmark.caught_up

    shift(main)


def test_a_feed_that_turned_into_a_web_page_is_a_fault_and_keeps_what_it_was(shift, wire):
    url = wire.page("/feed.xml", front(stories(wire, 3)))

    async def main(room):
        mark = Bookmark(kind="feed", etag='"1"')
        harvest, titles = await polls(room, source(url), mark=mark)
        assert titles == []
        assert harvest.fault == harvest.error == "this is a web page, not a feed"
        assert harvest.bookmark == mark

    shift(main)


def test_what_was_taken_for_a_page_may_turn_out_to_be_a_feed(shift, wire):
    url = wire.feed("/feed.xml", [site.Item("A report", stories(wire, 1)[0])])

    async def main(room):
        harvest, titles = await polls(room, source(url), mark=Bookmark(kind="page"))
        assert (harvest.bookmark.kind, len(titles), harvest.fault) == ("feed", 1, None)

    shift(main)


def test_the_sitemaps_of_an_index_are_read_and_asked_for_changes_each_by_itself(shift, wire):
    first, second = stories(wire, 4)[:2], stories(wire, 4)[2:]
    wire.on("/news-1.xml.gz", site.body(gzip.compress(news_sitemap(first).encode()), "application/gzip", tags=True))
    wire.on("/news-2.xml", site.body(news_sitemap(second).encode(), "application/xml", tags=True))
    parts = [wire.url("/news-1.xml.gz"), wire.url("/news-2.xml")]
    url = wire.on("/index.xml", site.body(index(parts).encode(), "application/xml", tags=True))

    async def main(room):
        harvest, titles = await polls(room, source(url))
        assert (harvest.bookmark.kind, len(titles), harvest.entries) == ("sitemap", 4, 4)
        again, _ = await polls(room, source(url), mark=harvest.bookmark)
        assert again.outcome.name == "UNCHANGED"
        assert [wire.unmodified[path] for path in ("/index.xml", "/news-1.xml.gz", "/news-2.xml")] == [1, 1, 1]
        more = [*first, *stories(wire, 5)[:1]]
        wire.on("/news-2.xml", site.body(news_sitemap(more).encode(), "application/xml", tags=True))
        changed, titles = await polls(
            room, source(url), mark=again.bookmark, known=[one.url_key for one in harvest.listed]
        )
        assert (changed.entries, len(titles)) == (3, 1)

    shift(main)


def test_a_sitemap_of_an_index_that_fails_is_noted_and_the_others_are_read(shift, wire):
    wire.page("/news-1.xml", news_sitemap(stories(wire, 2)), "application/xml")
    url = wire.page("/index.xml", index([wire.url("/news-1.xml"), wire.url("/gone.xml")]), "application/xml")
    wire.page("/all-gone.xml", index([wire.url("/gone.xml")]), "application/xml")

    async def main(room):
        harvest, titles = await polls(room, source(url))
        assert len(titles) == 2
        assert "1 of the index's 2 sitemaps could not be read: HTTP 404" in harvest.note
        harvest, _ = await polls(room, source(wire.url("/all-gone.xml")))
        assert harvest.error == "HTTP 404 (Not Found)"

    shift(main)


def test_a_selector_picks_the_articles_and_one_that_finds_nothing_is_a_fault(shift, wire):
    urls = stories(wire, 3)
    url = wire.page(
        "/news", front(urls) + '<h3><a href="/not/this-one-however-long.html">Not this one, please</a></h3>'
    )

    async def main(room):
        harvest, titles = await polls(room, source(url, links="article h2 a"))
        assert (len(titles), harvest.fault) == (3, None)
        harvest, titles = await polls(room, source(url, links="div.gone a"))
        assert (titles, harvest.error) == ([], None)
        assert "div.gone a" in harvest.fault

    shift(main)


def test_the_menu_of_a_page_is_remembered_and_not_read(shift, wire):
    url = wire.page("/world", front(stories(wire, 3)))

    async def main(room):
        harvest, _ = await polls(room, source(url))
        assert {key.rpartition("/")[2] for key in harvest.menu} >= {"sport", "about-us"}
        assert wire.hits["/sport"] == 0

    shift(main)


def test_a_users_own_spider_brings_its_articles_and_its_errors(shift, wire):
    links = "".join(f'<a href="{url}">{url}</a>' for url in stories(wire, 2))
    start = wire.page("/start", f"<html><body>{links}</body></html>")

    async def main(room):
        harvest, titles = await polls(room, source(start, spider="village_desk.Headlines"))
        assert (harvest.error, len(titles), harvest.bookmark.caught_up) == (None, 2, True)
        harvest, titles = await polls(room, source(start, spider="village_desk.Links"))
        assert (harvest.error, len(titles)) == (None, 2)
        harvest, _ = await polls(room, source(start, spider="village_desk.Nowhere"))
        assert harvest.error == "village_desk has no class Nowhere"

    shift(main)


@pytest.mark.parametrize("headers", [{"Cache-Control": "max-age=1800"}, {"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"}])
def test_how_long_a_listing_stays_good_is_told(shift, wire, headers):
    body = site.rss([site.Item("A report", stories(wire, 1)[0])]).encode()
    url = wire.on("/feed.xml", site.body(body, "application/rss+xml", headers=headers))

    async def main(room):
        harvest, _ = await polls(room, source(url))
        assert harvest.fresh_for in (timedelta(minutes=30), timedelta(hours=6))

    shift(main)
