"""Laws of read_toll over own sentences and articles: each row of tests/cases/toll is a text and its event's toll."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.toll import Toll, read_toll

CASES = Path(__file__).parent.parent / "cases" / "toll"
SIDES = ("civilians", "security", "militants")
FIELDS = {"text", "title", "published", "killed", "injured", "high", "approximate", *SIDES, "disputed", "lang", "why"}


def cases() -> list[Any]:
    """One case a row of the sentence files, one a file of the articles; the file's stem is the language."""
    found = []
    for file in sorted(CASES.glob("*.yaml")):
        for row in yaml.safe_load(file.read_text("utf-8")):
            found.append(pytest.param(row, file.stem, id=f"{file.stem}: {row['text'][:70]}"))
    for file in sorted(CASES.glob("articles/*.yaml")):
        article = yaml.safe_load(file.read_text("utf-8"))
        found.append(pytest.param(article, article.get("lang", "en"), id=f"article: {file.stem}"))
    return found


def toll_of(row: dict[str, Any], lang: str) -> Toll:
    day: date | None = row.get("published")
    published = datetime.combine(day, time(12), UTC) if day else None
    return read_toll(row.get("title", ""), row["text"], lang, published)


@pytest.mark.parametrize(("row", "lang"), cases())
def test_an_article_gives_the_toll_of_its_own_event(row: dict[str, Any], lang: str) -> None:
    toll = toll_of(row, lang)
    assert set(row) <= FIELDS
    assert row["why"]
    assert toll.killed is None if "killed" not in row else toll.killed is not None
    assert toll.injured is None if "injured" not in row else toll.injured is not None
    read = {
        "killed": toll.killed.low if toll.killed else None,
        "injured": toll.injured.low if toll.injured else None,
        "high": toll.killed.high if toll.killed else None,
        "approximate": toll.killed.approximate if toll.killed else None,
        "civilians": toll.civilians,
        "security": toll.security,
        "militants": toll.militants,
    }
    named = {field: row[field] for field in read if field in row}
    assert {field: read[field] for field in named} == named
    if "disputed" in row:
        assert (row["disputed"] or "") in (toll.disputed or "")
        assert bool(row["disputed"]) == bool(toll.disputed)


@pytest.mark.parametrize(("row", "lang"), cases())
def test_a_figure_is_in_order_and_its_sentence_is_the_articles_own(row: dict[str, Any], lang: str) -> None:
    toll = toll_of(row, lang)
    source = (row.get("title", ""), row["text"])
    for count in (toll.killed, toll.injured):
        if count is not None:
            assert 0 <= count.low <= count.high
            assert any(count.quote in field for field in source)
    if toll.disputed is not None:
        assert any(toll.disputed in field for field in source)
    assert toll.civilians + toll.security + toll.militants <= (toll.killed.high if toll.killed else 0)


@pytest.mark.parametrize(("row", "lang"), cases())
def test_nothing_is_claimed_of_a_language_without_a_lexicon(row: dict[str, Any], lang: str) -> None:
    assert read_toll(row.get("title", ""), row["text"], "xx", None) == Toll()


_EXAMPLE = re.compile(r'^\| "(.+)" \| (\d*) ?\| (\d*) ?\|$', re.MULTILINE)
EXAMPLES = _EXAMPLE.findall((CASES.parents[2] / "docs" / "reading.md").read_text("utf-8"))


@pytest.mark.parametrize(("text", "killed", "injured"), EXAMPLES)
def test_an_example_of_the_page_about_reading_is_true(text: str, killed: str, injured: str) -> None:
    toll = read_toll("", text, "en", datetime(2024, 5, 14, 12, tzinfo=UTC))
    assert str(toll.killed.low if toll.killed else "") == killed
    assert str(toll.injured.low if toll.injured else "") == injured


def test_the_page_about_reading_has_an_example_in_each_table() -> None:
    page = (CASES.parents[2] / "docs" / "reading.md").read_text("utf-8")
    assert len(EXAMPLES) == sum(line.startswith('| "') for line in page.splitlines()) > 20


WORDS = sorted(
    {word for case in cases() for word in case.values[0]["text"].split()} | {",", ";", "(", ")", "—", ".", "\n\n"}
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_words_in_any_order_give_figures_in_order(words: list[str]) -> None:
    text = " ".join(words)
    toll = read_toll("", text, "en", datetime(2024, 5, 14, 12, tzinfo=UTC))
    for count in (toll.killed, toll.injured):
        assert count is None or (0 <= count.low <= count.high and count.quote in text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str, title: str) -> None:
    toll = read_toll(title, text, "en", None)
    assert min(toll.civilians, toll.security, toll.militants) >= 0
