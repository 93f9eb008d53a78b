"""What an address, its words and its place say: tests/cases/addresses.yaml, invented and most of them hard."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawler.linkscore import ENOUGH, Clues, score, url_score

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "addresses.yaml").read_text("utf-8"))


@pytest.mark.parametrize("path", CASES["articles"])
def test_an_address_can_be_enough(path):
    assert url_score("https://example.org" + path) >= ENOUGH


@pytest.mark.parametrize("path", CASES["others"])
def test_an_address_can_say_that_it_is_no_article(path):
    assert url_score("https://example.org" + path) < ENOUGH


@pytest.mark.parametrize(
    "url",
    [
        "mailto:a@example.org", "javascript:x()", "ftp://e.org/2026/11/22/a-b-c-d", "http://[::1", "",
        "/2026/11/22/a-b-c-d",
        "https://example.org/a-b-c-d.mp4", "https://example.org",
    ],
)  # fmt: skip
def test_no_words_make_an_article_of_what_is_no_page(url):
    assert score(url, Clues("Two people were killed in the market today", "headline")) < ENOUGH


def test_a_headline_makes_up_for_a_short_address():
    url = "https://example.org/world/flood"

    assert score(url) < ENOUGH
    assert score(url, Clues("Flood")) < ENOUGH
    assert score(url, Clues("Three villages cut off by the flood", "headline")) >= ENOUGH
    assert score(url, Clues("三つの村が洪水で孤立、救助隊が出動", "headline")) >= ENOUGH


def test_a_menu_needs_more_than_a_long_address():
    url = "https://example.org/science-and-the-environment"

    assert score(url) >= ENOUGH
    assert score(url, Clues("Science", "menu")) < ENOUGH


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_address_has_a_score(path, query):
    assert isinstance(url_score(f"https://example.org/{path}?{query}"), float | int)
    assert isinstance(url_score(path), float | int)


@pytest.mark.parametrize("piece", ["-", "a-", "1", "2026/", "/", "%", "?id=1&", "a", "aa_", "年", "0a"])
def test_a_long_address_takes_no_time_to_speak_of(piece):
    assert url_score(f"https://example.org/{piece * 100_000}") < 20
