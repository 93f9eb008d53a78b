"""A site with feeds, sitemaps and sections -> what is found there, in which order, with how many requests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from crawler.survey import MOST_REQUESTS, survey
from crawler.wire import Answer, Unreachable
from crawler.workers import Unreadable
from tests import site
from tests.crawler.papers import NOW, items, link, page, urlset


@pytest.fixture
def look(shift, wire):
    """Survey an address of the site; return the survey and the paths that were asked for."""

    def run(path="/", **options):
        found = []

        async def main(room):
            found.append(await survey(room, wire.url(path), NOW, private=True, **options))

        shift(main)
        return found[0]

    return run


def told(found, wire):
    return [(one.url.removeprefix(wire.url("")), one.kind, one.entries) for one in found]


def test_a_site_with_everything_gives_its_news_sitemap_first_and_its_sections_last(look, wire):
    wire.page("/", page(link("/world.xml", "World"), '<a href="/africa">Africa</a>', 12))
    wire.page("/africa", page(stories=9, folder="/africa"))
    wire.feed("/world.xml", items(wire, 5, NOW - timedelta(hours=1)))
    wire.page("/news.xml", urlset(wire, 40), "application/xml")
    wire.page("/all.xml", urlset(wire, 30, titles=False, path="/old/{}"), "application/xml")
    wire.page("/robots.txt", f"Sitemap: {wire.url('/all.xml')}\nSitemap: {wire.url('/news.xml')}", "text/plain")

    survey = look()

    assert told(survey.found, wire) == [
        ("/news.xml", "sitemap", 40),
        ("/world.xml", "feed", 5),
        ("/all.xml", "sitemap", 30),
        ("/", "page", 12),
        ("/africa", "page", 9),
    ]
    news, feed, *_ = survey.found
    assert (news.news, news.newest, news.lang) == (True, NOW, "en")
    assert (feed.title, feed.newest) == ("Wire", NOW - timedelta(hours=1))
    assert survey.found[4].title == "Africa"
    assert (survey.name, survey.direct, survey.missing, survey.unseen) == ("Example Wire", False, (), ())
    assert wire.hits["/feed"] == wire.hits["/sitemap-news.xml"] == wire.hits["/sitemap.xml"] == 0


def test_of_a_section_its_own_feed_comes_before_the_whole_sites_news(look, wire):
    wire.page("/africa", page(link("/africa.xml"), stories=3))
    wire.feed("/africa.xml", items(wire, 5, NOW - timedelta(hours=1)))
    wire.page("/news-sitemap.xml", urlset(wire, 40), "application/xml")

    assert told(look("/africa").found, wire) == [("/africa.xml", "feed", 5), ("/news-sitemap.xml", "sitemap", 40)]


def test_a_site_that_names_nothing_is_asked_at_the_usual_addresses(look, wire):
    wire.page("/", page())
    wire.feed("/rss.xml", items(wire, 5, NOW))
    wire.page("/sitemap.xml", urlset(wire, 7, titles=False), "application/xml")

    survey = look()

    assert told(survey.found, wire) == [("/rss.xml", "feed", 5), ("/sitemap.xml", "sitemap", 7)]
    assert wire.hits["/feed"] == 1
    assert wire.hits["/atom.xml"] == 0
    assert survey.missing == ()


def test_an_address_that_is_a_feed_itself_says_so_and_costs_one_request(look, wire):
    wire.feed("/feed", items(wire, 5, NOW))

    survey = look("/feed")

    assert (survey.direct, survey.asked) == (True, 1)
    assert told(survey.found, wire) == [("/feed", "feed", 5)]


def test_an_address_that_is_a_broken_feed_says_what_is_wrong_with_it(look, wire):
    wire.page("/feed.xml", "<rss><channel><title>Wire", "application/rss+xml")

    survey = look("/feed.xml")

    assert survey.found == ()
    assert survey.missing == ((wire.url("/feed.xml"), "the feed breaks off before its first entry"),)


def test_feeds_of_the_same_articles_are_told_once(look, wire):
    wire.page("/", page(link("/rss.xml") + link("/atom.xml") + link("/other.xml")))
    wire.feed("/rss.xml", items(wire, 10, NOW))
    wire.feed("/atom.xml", items(wire, 9, NOW))
    wire.feed("/other.xml", items(wire, 10, NOW, "/other/{}"))

    assert told(look().found, wire) == [("/rss.xml", "feed", 10), ("/other.xml", "feed", 10)]


def test_two_addresses_that_lead_to_one_feed_are_told_once(look, wire):
    wire.page("/", page(link("/rss") + link("/feed.php")))
    wire.on("/rss", site.redirect("/final.xml"))
    wire.on("/feed.php", site.redirect("/final.xml"))
    wire.feed("/final.xml", items(wire, 5, NOW))

    assert told(look().found, wire) == [("/final.xml", "feed", 5)]


def test_what_the_site_names_in_vain_is_told_with_its_reason(look, wire):
    wire.page("/", page(link("/gone.xml") + link("/html.xml") + link("/good.xml")))
    wire.page("/html.xml", page(stories=20))
    wire.feed("/good.xml", items(wire, 5, NOW))
    wire.page("/robots.txt", f"Sitemap: {wire.url('/broken.xml')}", "text/plain")
    wire.on("/broken.xml", site.status("503 Busy"))

    survey = look()

    assert [(url.removeprefix(wire.url("")), reason) for url, reason in survey.missing] == [
        ("/gone.xml", "HTTP 404 (Not Found)"),
        ("/html.xml", "it is a web page, not a feed or a sitemap"),
        ("/broken.xml", "HTTP 503 (Service Unavailable)"),
    ]
    assert told(survey.found, wire) == [("/good.xml", "feed", 5)]


def test_a_page_about_feeds_leads_to_them(look, wire):
    wire.page("/", page(menu='<a href="/rss">RSS</a>'))
    wire.page("/rss", '<html><body><a href="/rss/world.xml">World</a> <a href="/rss/sport.xml">Sport</a></body></html>')
    wire.feed("/rss/world.xml", items(wire, 5, NOW))
    wire.feed("/rss/sport.xml", items(wire, 4, NOW, "/sport/{}"))

    assert told(look().found, wire) == [("/rss/world.xml", "feed", 5), ("/rss/sport.xml", "feed", 4)]


def test_of_an_index_the_part_with_the_news_is_told(look, wire):
    parts = ("/2019.xml", "/news.xml", "/2026.xml")
    index = "".join(f"<sitemap><loc>{wire.url(part)}</loc></sitemap>" for part in parts)
    wire.page("/", page())
    wire.page("/robots.txt", f"Sitemap: {wire.url('/index.xml')}", "text/plain")
    wire.page(
        "/index.xml",
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>',
        "application/xml",
    )
    wire.page("/news.xml", urlset(wire, 40), "application/xml")

    survey = look()

    assert told(survey.found, wire) == [("/news.xml", "sitemap", 40)]
    assert wire.hits["/2019.xml"] == wire.hits["/2026.xml"] == 0


def test_an_index_without_news_stands_for_its_newest_part(look, wire):
    index = (
        f"<sitemap><loc>{wire.url('/2019.xml')}</loc><lastmod>2019-01-01</lastmod></sitemap>"
        f"<sitemap><loc>{wire.url('/2026.xml')}</loc><lastmod>2026-11-22</lastmod></sitemap>"
    )
    wire.page("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", "application/xml")
    wire.page("/2026.xml", urlset(wire, 8, titles=False), "application/xml")

    assert told(look("/sitemap.xml").found, wire) == [("/sitemap.xml", "sitemap", 8)]


def test_a_page_with_many_feeds_tells_those_that_were_not_looked_at(look, wire):
    wire.page("/", page(menu='<a href="/rss">RSS</a>'))
    wire.page("/rss", "".join(f'<a href="/rss/{n}.xml">{n}</a>' for n in range(20)))
    for n in range(20):
        wire.feed(f"/rss/{n}.xml", items(wire, 3, NOW, f"/{n}/{{}}"))

    survey = look()

    assert len(survey.found) + len(survey.unseen) == 20
    assert survey.found
    assert survey.unseen


def test_no_more_than_so_many_requests_are_made_and_what_is_left_out_is_told(look, wire):
    wire.page("/", page("".join(link(f"/tag/{n}.xml") for n in range(60)), '<a href="/africa">Africa</a>'))

    survey = look()

    assert survey.asked == sum(wire.hits.values()) - 1 <= MOST_REQUESTS  # the newsroom itself asks for robots.txt
    assert survey.found == ()
    assert len(survey.missing) + len(survey.unseen) == 60


def test_a_front_page_that_is_refused_hides_no_feed(look, wire):
    wire.on("/", site.status("403 Forbidden"))
    wire.feed("/feed", items(wire, 5, NOW))

    assert told(look().found, wire) == [("/feed", "feed", 5)]


@pytest.mark.parametrize(
    ("answering", "reason"),
    [
        (site.status("403 Forbidden"), "HTTP 403 (Forbidden)"),
        (site.reset, "the server broke off before it had answered in full"),
        (site.gzip_bomb(), "the answer is larger than 8 MB"),
        (site.redirect("/"), "it redirects for ever"),
    ],
    ids=["refused", "reset", "bomb", "circle"],
)
def test_a_site_that_cannot_be_had_says_why(look, wire, answering, reason):
    wire.on("/", answering)

    with pytest.raises(Unreachable) as caught:
        look()

    assert caught.value.reason == reason


def test_robots_are_obeyed(look, wire):
    wire.page("/", page(link("/private/rss.xml") + link("/open.xml")))
    wire.page("/robots.txt", "User-agent: *\nDisallow: /private/", "text/plain")
    wire.feed("/private/rss.xml", items(wire, 5, NOW))
    wire.feed("/open.xml", items(wire, 5, NOW))

    survey = look()

    assert told(survey.found, wire) == [("/open.xml", "feed", 5)]
    assert [reason for _, reason in survey.missing] == ["the site's robots.txt does not allow it"]
    assert wire.hits["/private/rss.xml"] == 0


def test_each_address_is_told_before_it_is_asked_for(look, wire):
    wire.feed("/feed", items(wire, 5, NOW))
    asked = []

    look("/feed", told=asked.append)

    assert asked == [wire.url("/feed")]


def test_a_survey_that_is_stopped_gives_what_it_has(shift, wire):
    wire.page("/", page(link("/a.xml") + link("/silent.xml")))
    wire.feed("/a.xml", items(wire, 5, NOW))
    wire.on("/silent.xml", site.silent)
    found = []

    async def main(room):
        hanging = asyncio.Event()

        def told(url):
            if url.endswith("/silent.xml"):
                hanging.set()

        work = asyncio.ensure_future(survey(room, wire.url("/"), NOW, private=True, told=told))
        await hanging.wait()
        work.cancel()
        found.append(await work)

    shift(main)

    assert found[0].stopped
    assert told(found[0].found, wire) == [("/a.xml", "feed", 5)]


def test_a_private_address_is_refused_unless_it_is_allowed(shift, wire):
    wire.feed("/feed", items(wire, 5, NOW))

    async def main(room):
        with pytest.raises(Unreachable, match="private"):
            await survey(room, wire.url("/feed"), NOW)

    shift(main)
    assert not wire.hits


class Room:
    """A newsroom on paper: pages by path, and readers that a TRAP takes too long."""

    def __init__(self, pages):
        self.wire = self.workers = self
        self.pages = pages

    async def get(self, url, cap, *, private):
        path = url.removeprefix("https://example.org")
        return Answer(url, 200 if path in self.pages else 404, {}, self.pages.get(path, "").encode())

    async def run(self, function, body, *rest):
        if b"TRAP" in body:
            raise Unreadable("reading it took longer than 10 s")
        return function(body, *rest)


def test_a_page_that_no_reader_survives_hides_neither_sitemaps_nor_the_usual_feed():
    feed = site.rss([site.Item("Title", "https://example.org/1", NOW)])
    rows = "".join(f"<url><loc>https://example.org/{n}</loc></url>" for n in range(3))
    room = Room(
        {
            "/": "TRAP",
            "/rss.xml": feed,
            "/feed": "TRAP",
            "/robots.txt": "Sitemap: https://example.org/map.xml\nSitemap: https://example.org/trap.xml",
            "/trap.xml": "TRAP",
            "/map.xml": f"<urlset>{rows}</urlset>",
        }
    )

    result = asyncio.run(survey(room, "https://example.org/", NOW))

    assert [one.url for one in result.found] == ["https://example.org/rss.xml", "https://example.org/map.xml"]
    assert result.missing == (
        ("https://example.org/", "reading it took longer than 10 s"),
        ("https://example.org/trap.xml", "reading it took longer than 10 s"),
    )
