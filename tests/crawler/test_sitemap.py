"""Sitemaps as they are found: tests/cases/sitemaps, one file each; which parts of an index are worth fetching."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.listing import LONGEST_TITLE, Part
from crawler.sitemap import chosen, parse

CASES = sorted((Path(__file__).parent.parent / "cases" / "sitemaps").glob("*.yaml"))
URL = "https://example.org/sitemaps/news.xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def moment(text):
    return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_sitemap_gives_what_its_case_says(path):
    case = yaml.safe_load(path.read_text("utf-8"))

    listing = parse(case["body"].encode(case.get("encoding", "utf-8")), URL)

    expected = case["expect"]
    entries, parts = expected.pop("entries"), expected.pop("parts", [])
    assert {name: getattr(listing, name) for name in expected} == expected
    assert [(part.url, part.changed) for part in listing.parts] == [(url, moment(when)) for url, when in parts]
    assert len(listing.entries) == len(entries)
    for entry, wanted in zip(listing.entries, entries, strict=True):
        wanted |= {name: moment(wanted[name]) for name in ("published", "updated") if name in wanted}
        assert {name: getattr(entry, name) for name in wanted} == wanted
    assert listing.kind == "sitemap"


def test_every_entry_of_a_long_sitemap_is_kept_the_newest_first():
    rows = (
        f"<url><loc>https://example.org/{n}</loc><lastmod>2026-11-{n % 28 + 1:02}</lastmod></url>"
        for n in range(10_000)
    )

    entries = parse(f"<urlset>{''.join(rows)}</urlset>".encode(), URL).entries

    assert len(entries) == 10_000
    assert entries == tuple(sorted(entries, key=lambda entry: entry.updated, reverse=True))


@pytest.mark.parametrize(
    ("changes", "believed"),
    [
        (["2026-11-22T10:00:07Z"] * 9, [None] * 9),
        (["2026-11-22T10:00:07Z"] * 5 + ["2026-11-20T08:00:00Z"] * 4, [None] * 5 + ["2026-11-20T08:00:00+00:00"] * 4),
        (["2026-11-22T10:00:07Z"] * 4, ["2026-11-22T10:00:07+00:00"] * 4),
        (["2026-11-22"] * 9, ["2026-11-22T00:00:00+00:00"] * 9),
        ([f"2026-11-22T10:0{n}:00Z" for n in (9, 8, 7, 6)], [f"2026-11-22T10:0{n}:00+00:00" for n in (9, 8, 7, 6)]),
    ],
)
def test_a_change_that_most_articles_share_to_the_second_is_the_files_own(changes, believed):
    rows = "".join(
        f"<url><loc>https://e.org/{n}</loc><lastmod>{when}</lastmod></url>" for n, when in enumerate(changes)
    )

    entries = parse(f"<urlset>{rows}</urlset>".encode(), URL).entries

    assert [entry.updated for entry in entries] == [moment(when) for when in believed]
    assert [entry.url[-1] for entry in entries] == [str(n) for n in range(len(changes))]


def test_what_is_not_dated_keeps_the_order_of_the_file():
    rows = "".join(f"<url><loc>https://example.org/{n}</loc></url>" for n in (3, 1, 2))

    assert [entry.url[-1] for entry in parse(f"<urlset>{rows}</urlset>".encode(), URL).entries] == ["3", "1", "2"]


def test_a_sitemap_nested_without_end_is_harmless():
    listing = parse(b"<urlset>" + b"<url>" * 200_000, URL)

    assert not listing.usable
    assert "damaged" in listing.problem


def test_a_title_has_a_length():
    body = f"<urlset><url><loc>https://e.org/a</loc><news><title>{'t' * 9000}</title></news></url></urlset>"

    [entry] = parse(body.encode(), URL).entries

    assert len(entry.title) == LONGEST_TITLE


def parts(*named, changed=None):
    return [Part(url=f"https://example-news.org/{name}", changed=changed) for name in named]


def test_news_sitemaps_come_first():
    index = parts("sitemap-1.xml", "sitemap-2.xml", "google-news.xml")

    assert chosen(index, 5) == parts("google-news.xml")


def test_without_a_news_sitemap_what_changed_last_comes_first():
    index = [part for n in range(10) for part in parts(f"post-{n}.xml", changed=NOW - timedelta(days=n))]

    assert chosen(index[::-1], 3) == index[:3]


def test_the_archive_is_never_chosen():
    archive = [part for n in range(1, 100) for part in parts(f"posts-{n}.xml", changed=NOW - timedelta(days=40 * n))]
    current = parts("posts-100.xml", "posts-101.xml", changed=NOW)

    assert chosen([*archive, *current], 5) == current


def test_dates_in_names_tell_the_archive_too():
    index = parts(*(f"sitemap-{year}-{month:02}.xml" for year in range(2000, 2027) for month in range(1, 12)))

    assert chosen(index, 5) == parts("sitemap-2026-11.xml", "sitemap-2026-10.xml")


def test_a_part_dated_in_the_future_makes_no_archive_of_the_others():
    [wrong], [right] = parts("a.xml", changed=NOW + timedelta(days=9000)), parts("b.xml", changed=NOW)
    old = parts("c.xml", changed=NOW - timedelta(days=300))

    assert chosen([wrong, right, *old], 5) == [wrong, right]


def test_of_parts_that_say_nothing_the_first_and_the_last_are_tried():
    index = parts(*(f"s/{letter}.xml" for letter in "abcdefgh"))

    assert [part.url[-5] for part in chosen(index, 4)] == ["a", "h", "b", "g"]


def test_parts_that_hold_no_articles_are_passed_over_unless_there_are_no_others():
    others = parts("category-sitemap.xml", "author-sitemap.xml", "page-sitemap1.xml", "product_images.xml", changed=NOW)
    posts = parts("post-sitemap.xml", changed=NOW - timedelta(days=1))

    assert chosen([*others, *posts], 5) == posts
    assert chosen(others, 5) == others


def test_a_part_that_is_named_twice_is_chosen_once():
    assert chosen(parts("news.xml", "news.xml", "latest-news.xml"), 5) == parts("news.xml", "latest-news.xml")


@pytest.mark.parametrize("most", [0, 1, 5, -1])
def test_no_more_parts_are_chosen_than_asked_for(most):
    assert len(chosen(parts(*(f"news-{letter}.xml" for letter in "abcdefgh")), most)) == max(most, 0)
    assert chosen([], most) == []


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_any_bytes_are_a_sitemap_or_have_a_problem(junk, where):
    whole = b"<urlset><url><loc>https://example.org/a</loc><lastmod>2026-11-22</lastmod></url></urlset>"

    for body in (junk, whole[:where], whole[:where] + junk + whole[where:]):
        listing = parse(body, URL)
        assert listing.entries or listing.parts or listing.problem
