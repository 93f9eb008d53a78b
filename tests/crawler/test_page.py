"""Article pages as they are found: tests/cases/pages, one file each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.page import LONGEST_TITLE, Page, read_page
from tests import site

CASES = sorted((Path(__file__).parent.parent / "cases" / "pages").glob("*.yaml"))
URL = "https://example.org/news/story"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_gives_what_its_case_says(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    body = case["html"].encode(case.get("encoding", "utf-8"))

    page = read_page(body, case.get("url", URL), case.get("content_type", "text/html; charset=utf-8"))

    expected = case["expect"]
    if expected.get("published"):
        expected["published"] = datetime.fromisoformat(expected["published"])
    assert {name: getattr(page, name) for name in expected} == expected
    assert [words for words in case.get("holds", ()) if words not in page.text] == []
    assert [words for words in case.get("lacks", ()) if words in page.text] == []


def test_a_title_has_a_length():
    page = read_page(site.article("t" * 10_000, "Text.").encode(), URL, "text/html")

    assert len(page.title) == LONGEST_TITLE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 900))
def test_any_bytes_are_a_page(junk, where):
    whole = site.article(
        "A report", "All is quiet.", head='<script type="application/ld+json">{"a":1}</script>'
    ).encode()

    for body in (junk, whole[:where] + junk + whole[where:]):
        assert isinstance(read_page(body, URL, "text/html"), Page)
