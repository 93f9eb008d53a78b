"""What is written for pasting loads as what was meant, whatever a stranger called it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.config import load
from scheduler.config_lines import LONGEST_NAME, Line, named, on_one_line, sources_block
from scheduler.config_yaml import read

HOSTILE = [
    'The "Daily" News',
    "It's: here",
    "News # all",
    "a\nb: c\n- d",
    "x" * 5000,
    "🚨 Breaking 👩‍🚒 news 🇺🇦",
    "null",
    "true",
    "No",
    "- dash",
    "{flow}",
    "[list], and more",
    "&anchor",
    "*alias",
    "!tag",
    "% percent",
    "@at",
    "`tick`",
    "C:\\news\\",
    "Новости: сегодня",
    "新闻　今日",
    "أخبار",
    "a\u2028b\u0085c\x00d\ufeff",
    "\ud800 half",
    "${HOME} and ${file:/etc/passwd}",
    "1e5",
    "12",
    "trailing: ",
    "  # ",
    "---",
    "...",
]


def loaded(block, **environ):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(block, "utf-8")
        return load(path, environ)


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_any_title_makes_a_name_that_the_configuration_takes(title):
    (name,) = named([title])
    row = {"name": name, "url": "https://example.org/rss"}

    (source,) = loaded(
        sources_block([title, Line(row=row, remark=title), Line(row=row, remark=title, active=False)])
    ).sources

    assert source.name == name
    assert len(name) <= LONGEST_NAME
    assert "${" not in name


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.text())
def test_any_names_and_remarks_survive_the_way_through_the_file(titles, remark):
    names = list(named([title for title in titles if on_one_line(title)]))
    rows = [{"name": name, "url": f"https://example.org/{n}"} for n, name in enumerate(names)]

    config = loaded(sources_block([remark, *(Line(row=row, remark=remark) for row in rows)]))

    assert [source.name for source in config.sources] == names
    assert len(set(names)) == len(names)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["name", "publisher", "links"]))
def test_any_text_is_written_so_that_yaml_reads_the_same_text(text, key):
    document = read(sources_block([Line(row={key: text})]).encode())

    assert document.faults == []
    assert document.data == {"sources": [{key: text}]}


def test_names_that_are_taken_are_numbered():
    assert list(named(["A", "A", "A (2)", "B"], taken=["B"])) == ["A", "A (2)", "A (2) (2)", "B (2)"]


def test_ten_thousand_sources_of_one_name_get_their_numbers_at_once():
    assert len(set(named(["News"] * 10_000))) == 10_000


def test_a_list_of_comments_alone_is_a_list_of_no_sources():
    block = sources_block(["none of them", Line(row={"url": "https://example.org/"}, active=False)])

    assert loaded(block).sources == ()


def test_every_key_is_written_as_the_configuration_reads_it():
    row = {
        "url": "https://example.org/a,b{c}?d=[e]#f",
        "kind": "page",
        "every": "5m",
        "publisher": "A, B & C",
        "links": "article > h2 a[href*='/news/']",
        "javascript": True,
        "private": True,
        "backlog": "alert",
    }
    (source,) = loaded(sources_block([Line(row={"name": "N"} | row)])).sources

    told = {key: getattr(source, key) for key in row if key not in ("every", "backlog")}
    assert told == {key: value for key, value in row.items() if key not in ("every", "backlog")}
    assert source.every is not None
    assert source.every.total_seconds() == 300
    assert source.backlog is True


def test_a_plain_name_needs_no_quotes():
    row = {"name": "Example Wire", "url": "https://wire.example.org/rss.xml", "every": "5m"}

    assert sources_block([Line(row=row, remark="feed")]) == (
        'sources:\n  - {name: Example Wire, url: "https://wire.example.org/rss.xml", every: 5m}  # feed\n'
    )
