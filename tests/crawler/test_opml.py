"""Lists of feeds as they are found: tests/cases/opml, one file each; and our own, there and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.opml import LARGEST, NotOpml, read, write

CASES = sorted((Path(__file__).parent.parent / "cases" / "opml").glob("*.yaml"))
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
EVERY_KEY = {
    "name": "Ministry",
    "url": "https://ministry.example/news?a=1&b=2",
    "kind": "page",
    "every": "5m",
    "publisher": "The State, Ltd/GmbH",
    "links": "article h2 > a[href*='news']",
    "javascript": True,
    "private": True,
    "backlog": "alert",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_list_gives_what_its_case_says(path):
    case = yaml.safe_load(path.read_text("utf-8"))
    body = case["body"].encode(case.get("encoding", "utf-8"))
    if "no_opml" in case:
        with pytest.raises(NotOpml) as caught:
            read(body)
        assert str(caught.value) == case["no_opml"]
        return

    outlines = read(body)

    found = [{"line": one.line, "row": one.row, "folders": list(one.folders)} for one in outlines.found]
    assert found == case["found"]
    assert [list(one) for one in outlines.left_out] == case.get("left_out", [])
    assert outlines.problem == case.get("problem")


@pytest.mark.parametrize(
    "row",
    [
        EVERY_KEY,
        {"name": "Feed", "url": "https://a.example/rss"},
        {"name": "Feed", "url": "https://a.example/rss", "kind": "feed", "private": True},
        {"name": "Map", "url": "https://a.example/news.xml", "kind": "sitemap"},
        {"name": "Front", "url": "https://a.example/", "kind": "page"},
        {"name": "Chosen", "url": "https://a.example/", "links": "h2 a"},
        {"name": "Rendered", "url": "https://a.example/", "javascript": True},
        {"name": "Own", "spider": "mine.Spider", "every": "1h"},
        {"name": 'Новости & "цитаты" <b> 🚨', "url": "https://a.example/лента?x=ü"},
        {"name": "Quiet", "url": "https://a.example/", "backlog": "quiet", "publisher": "P"},
    ],
    ids="-".join,
)
def test_every_key_of_a_source_comes_back_from_the_list_that_was_written(row):
    (outline,) = read(write([row], "Mine", NOW).encode()).found

    assert outline.row == row
    assert outline.folders == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(lambda text: text.strip() == text)))
def test_any_names_come_back(names):
    rows = [{"name": name, "url": f"https://a.example/{n}"} for n, name in enumerate(names)]

    found = read(write(rows, "Mine", NOW).encode()).found

    written = [name.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for name in names]
    assert [one.row["name"] for one in found] == written


def test_only_feeds_are_written_as_what_other_readers_subscribe_to():
    rows = [{"name": kind, "url": f"https://a.example/{kind}", "kind": kind} for kind in ("feed", "sitemap", "page")]

    outlines = etree.fromstring(write(rows, "Mine", NOW).encode()).findall("body/outline")

    assert [(one.get("type"), one.get("xmlUrl"), one.get("url")) for one in outlines] == [
        ("rss", "https://a.example/feed", None),
        ("link", None, "https://a.example/sitemap"),
        ("link", None, "https://a.example/page"),
    ]


def test_what_no_xml_can_hold_is_written_as_unknown():
    text = write([{"name": "a\x00b\x1bc\ud800", "url": "https://a.example/"}], "\x07", NOW)

    assert read(text.encode()).found[0].row["name"] == "a�b�c�"


def test_ten_thousand_feeds_are_all_read():
    rows = [{"name": f"Feed {n}", "url": f"https://a.example/{n}", "publisher": "P"} for n in range(10_000)]
    body = write(rows, "Mine", NOW).encode()

    assert [one.row for one in read(body).found] == rows


def test_a_list_that_is_nested_without_end_gives_what_stands_before():
    deep = "<outline text='x'>" * 100_000
    outlines = read(f"<opml><body><outline text='A' xmlUrl='https://a.example/'/>{deep}".encode())

    assert [one.row["name"] for one in outlines.found] == ["A"]
    assert outlines.problem


def test_a_file_that_is_far_too_large_is_refused():
    with pytest.raises(NotOpml, match="larger than 20 MB"):
        read(b" " * (LARGEST + 1))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<opml><body>", b"<opml><body><outline text='a' "]))
def test_whatever_the_bytes_are_they_are_read_or_refused(noise, start):
    try:
        outlines = read(start + noise)
    except NotOpml:
        return
    assert all(one.row.get("url") or one.row.get("spider") for one in outlines.found)
