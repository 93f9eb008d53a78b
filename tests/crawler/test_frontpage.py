"""Front pages: tests/cases/frontpages, a page and what on it is an article; selectors, cards, hostile pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import url_key
from crawler.frontpage import parse, same_site
from crawler.listing import LONGEST_TITLE

HERE = Path(__file__).parent.parent / "cases"
CASES = sorted((HERE / "frontpages").glob("*.yaml"))
CARDS = yaml.safe_load((HERE / "cards.yaml").read_text("utf-8"))
URL = "https://example.org/news/"


def case_of(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    articles = {url_key(urljoin(case["url"], row["path"])): row for row in case["articles"]}
    menu = {url_key(urljoin(case["url"], link)) for link in case["menu"]}
    return case["url"], path.with_suffix(".html").read_bytes(), articles, menu


def page(markup):
    return f'<!doctype html><html lang="en"><head><title>T</title></head><body>{markup}</body></html>'.encode()


def read(markup, selector=None, url=URL):
    return parse(page(markup), url, "text/html", selector)


def test_articles_are_told_from_menus():
    kept = articles = wrong = menus = 0
    for path in CASES:
        url, body, expected, menu = case_of(path)
        found = {url_key(entry.url) for entry in parse(body, url, "text/html", None).entries}
        kept, articles = kept + len(found & expected.keys()), articles + len(expected)
        wrong, menus = wrong + len(found & menu), menus + len(menu)

    assert len(CASES) >= 8
    assert kept / articles >= 0.95, f"{kept} of {articles}"
    assert wrong / menus <= 0.06, f"{wrong} of {menus}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_link_of_a_page_is_an_entry_or_in_its_menu(path):
    url, body, expected, menu = case_of(path)

    listing = parse(body, url, "text/html", None)

    entries, others = {url_key(entry.url) for entry in listing.entries}, set(map(url_key, listing.menu))
    assert entries | others == (expected.keys() | menu) - {url_key(url)}
    assert entries & others == set()
    assert (len(entries), len(others)) == (len(listing.entries), len(listing.menu))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_entry_has_the_headline_and_the_date_that_its_page_gives_it(path):
    url, body, expected, _ = case_of(path)

    entries = [entry for entry in parse(body, url, "text/html", None).entries if url_key(entry.url) in expected]

    rows = [expected[url_key(entry.url)] for entry in entries]
    assert [entry.title for entry in entries] == [row["title"] for row in rows]
    dates = [row.get("published") and datetime.fromisoformat(row["published"]) for row in rows]
    assert [entry.published for entry in entries] == dates


@pytest.mark.parametrize(
    ("selector", "urls"),
    [
        ("h2 a", ["https://example.org/a", "https://example.org/b"]),
        ("h2", ["https://example.org/a", "https://example.org/b"]),
        ("h2 a, .more", ["https://example.org/a", "https://example.org/b", "https://example.org/about"]),
        ("h2 a i", ["https://example.org/b"]),
        ("div > p.x", ["https://example.org/a", "https://example.net/elsewhere"]),
        ("a[href^=http]", ["https://example.net/elsewhere"]),
        ("a:first-child, h2 a", ["https://example.org/a", "https://example.org/b"]),
    ],
)
def test_a_selector_picks_links_and_what_holds_them_or_stands_in_them(selector, urls):
    listing = read(
        """<div><h2><a href="/a">One</a></h2>
        <p class=x><a href="/a#more">More</a> <a href="https://example.net/elsewhere">Two</a></p>
        <h2><a href="/b"><i>Three</i></a></h2><a class=more href="/about">About</a><p class=x>none</p>
        <a class=more href="javascript:x()">No</a><a class=more href="mailto:a@example.org">No</a><a class=more>No</a>
        </div>""",
        selector,
    )

    assert [entry.url for entry in listing.entries] == urls
    assert (listing.problem, listing.usable, listing.menu) == (None, True, ())


def test_a_selector_that_finds_nothing_is_told():
    listing = read('<h2><a href="/2026/11/22/a-bridge-closed-today">A bridge closed today</a></h2>', "article h2 a")

    assert (listing.entries, listing.menu, listing.usable) == ((), (), True)
    assert listing.problem == "the selector 'article h2 a' finds nothing on the page"


@pytest.mark.parametrize("selector", ["a[", "", "  ", "a:nonsense", "a::before", "//a", "h2 >", "a" * 5000 + "["])
def test_a_selector_that_is_none_is_told_in_words(selector):
    listing = read("<a href=/a>One</a>", selector or " ")

    assert not listing.entries
    assert not listing.usable
    assert listing.problem.startswith("the selector ")


@pytest.mark.parametrize("case", CARDS, ids=lambda case: case["card"])
def test_a_card_gives_its_headline(case):
    [entry] = read(f"<main><div>{case['card']}</div></main>").entries

    assert (entry.url, entry.title) == ("https://example.org/x/12345678", case.get("title", "Two killed in blast"))


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("<time datetime='2026-11-22T10:00:00+03:00'>10:00</time>", "2026-11-22T07:00:00+00:00"),
        ("<time datetime='2026-11-22'>today</time>", "2026-11-22T00:00:00+00:00"),
        ("<time datetime='2026-11-22'>a</time><time datetime='2026-11-22'>b</time>", "2026-11-22T00:00:00+00:00"),
        ("<time datetime='2026-11-22'>a</time><time datetime='2026-11-21'>b</time>", None),
        ("<time>2026-11-22T10:00:00Z</time>", None),
        ("<time datetime='yesterday 3'>x</time>", None),
        ("<time datetime='PT2H30M'>x</time>", None),
        ("<time datetime='2026-02-31'>x</time>", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_card_with_one_date_dates_its_article(date, published):
    one = f"<li><h3><a href=/x/12345678>Two killed in blast</a></h3><a href=/world/>World</a><p>{date}</p></li>"
    other = "<li><h3><a href=/x/12345679>Bridge closed after flood</a></h3></li>"

    for entries in (read(f"<ul>{one}{other}</ul>").entries, read(f"<ul>{one}{other}</ul>", "h3 a").entries):
        assert [entry.published for entry in entries] == [published and datetime.fromisoformat(published), None]


def test_a_picked_link_gets_the_heading_of_its_card():
    cards = "".join(
        f"<li><h3>{title}</h3><a href=/press/{n}>Read</a></li>" for n, title in enumerate(("One dead", "Two"))
    )

    assert [entry.title for entry in read(cards, "li a").entries] == ["One dead", "Read"]


def test_a_shop_holds_no_articles_unless_it_is_what_is_read():
    link = "<a href=https://shop.example.org/2026/11/22/new-lamps-for-old-ones>New lamps for the old ones</a>"

    assert len(read(link).menu) == 1
    assert len(read(link, url="https://shop.example.org/").entries) == 1


def test_a_date_that_stands_with_several_articles_dates_none():
    cards = "".join(f"<p><a href=/x/1234567{n}>Two killed in blast</a></p>" for n in range(3))

    assert {entry.published for entry in read(f"<time datetime=2026-11-22>today</time>{cards}").entries} == {None}


def test_links_are_read_against_the_base_and_without_their_fragments():
    body = b"""<html><head><base href="/world/"></head><a href="2026/11/22/two killed.html#top">Two killed</a>
    <a href="//example.org/x/12345678">Bridge closed</a><a href="http://[::1/x/1234567">No</a><a href="#">Top</a>"""

    entries = parse(body, URL, "", None).entries

    assert [entry.url for entry in entries] == [
        "https://example.org/world/2026/11/22/two%20killed.html",
        "https://example.org/x/12345678",
    ]


@pytest.mark.parametrize("stated", ["", '<meta charset="windows-1251">'])
def test_an_encoding_is_seen_through(stated):
    links = "".join(f"<p><a href=/news/84521{n}.html>Мост закрыт после паводка</a></p>" for n in range(9))

    entries = parse(f"<html><head>{stated}</head>{links}".encode("cp1251"), URL, "text/html", None).entries

    assert {entry.title for entry in entries} == {"Мост закрыт после паводка"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/a", "http://www.example.org", True),
        ("https://sport.example.org/a", "https://example.org", True),
        ("https://sport.example.co.uk/a", "https://news.example.co.uk", True),
        ("https://example.co.uk", "https://another.co.uk", False),
        ("https://a.blogspot.com", "https://b.blogspot.com", False),
        ("https://haber.example.com.tr", "https://example.com.tr", True),
        ("https://example.org", "https://example.com", False),
        ("https://example.org.evil.com", "https://example.org", False),
        ("http://192.168.1.10/a", "http://10.0.1.10/a", False),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/", True),
        ("http://[::1]:8000/a", "http://[::1]:8000/", True),
        ("http://[::1", "https://example.org", False),
        ("http://localhost:1/a", "http://localhost:1/", True),
    ],
)
def test_a_site_is_one_name_under_a_registry(one, other, same):
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the page is empty"),
        (b" \n\xef\xbb\xbf", "the page is empty"),
        (b"<html><body><p>One moment, please.</p></body></html>",
         "the page links to no other page of its site: a script may build it, or it bars programs"),
        (b"<html><a href='https://captcha.example.net/'>Are you human?</a></html>",
         "the page links to no other page of its site: a script may build it, or it bars programs"),
        (b"Not now.", "the page links to no other page of its site: a script may build it, or it bars programs"),
    ],
)  # fmt: skip
def test_a_page_without_links_is_no_front_page(body, problem):
    listing = parse(body, URL, "text/html", None)

    assert (listing.usable, listing.problem, listing.entries) == (False, problem, ())


def test_a_page_of_menus_only_says_so():
    listing = read("<a href=/world/>World</a> <a href=/about-us>About us</a>")

    assert (listing.usable, listing.entries, len(listing.menu)) == (True, (), 2)
    assert listing.problem == "no link on the page looks like an article's"


def test_a_title_has_a_length():
    [entry] = read(f"<a href=/x/12345678>{'word ' * 5000}{'word' * 5000}</a>").entries

    assert len(entry.title) <= LONGEST_TITLE


def test_a_page_has_so_many_links_and_no_more(monkeypatch):
    monkeypatch.setattr("crawler.frontpage.MOST_LINKS", 50)
    monkeypatch.setattr("crawler.frontpage.MOST_MENU", 20)

    listing = read("".join(f"<a href=/x/{n}/>A short one</a>" for n in range(10**7, 10**7 + 90)))

    assert (len(listing.entries), listing.usable) == (50, True)
    assert listing.problem == "only the first 50 links of the page are looked at"
    assert len(read("".join(f"<a href=/s/{n}/menu>S</a>" for n in range(90))).menu) == 20


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<a href=/a-b-c-d-e>", "<h2>", "<a href=/x/12345678><h2>x", "<table><tr><td>", "<time datetime=2026>",
     "<b class='main-menu-x top--'>", "<a href='"],
)  # fmt: skip
def test_a_page_nested_without_end_is_harmless(piece):
    listing = read("<a href=/x/12345678>Two killed in blast</a>" + piece * 3000)

    assert listing.entries[0].url == "https://example.org/x/12345678"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_any_bytes_are_a_listing_or_have_a_problem(junk, where):
    whole = page("<article><h2><a href='/x/12345678'>Two killed</a></h2><time datetime='2026-11-22'></time></article>")

    for body in (junk, whole[:where], whole[:where] + junk + whole[where:]):
        for selector in (None, "a"):
            listing = parse(body, URL, "text/html", selector)
            assert listing.entries or listing.problem
