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
from crawler.frontpage import MOST_LINKS, MOST_MENU, parse, same_site
from crawler.listing import LONGEST_TITLE

CASES = sorted((Path(__file__).parent.parent / "cases" / "frontpages").glob("*.yaml"))
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
