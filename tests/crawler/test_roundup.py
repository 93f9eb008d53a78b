"""A round-up is told by its passages; an article of one event is none, whatever else it names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from crawler.article import Article
from crawler.language import language_of
from crawler.reading import read_text

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "roundups" / "cases.yaml").read_text(encoding="utf8"))
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def an_article(title, text, lang=None):
    return Article(
        url="https://wire.example/1",
        url_key="https://wire.example/1",
        source="wire",
        publisher="wire",
        title=title,
        text=text,
        published=NOW,
        precision="minute",
        lang=lang or language_of(f"{title}\n{text}"),
        fetched=NOW,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_how_many_events_an_article_tells(case):
    reading = read_text(an_article(case["title"], case["text"]))
    assert len(reading.passages) == case["events"]
    assert bool(reading.sketch and reading.sketch.roundup) == bool(case["events"])


def test_each_passage_has_its_own_toll_and_place_and_stands_in_the_text():
    case = CASES[0]
    reading = read_text(an_article(case["title"], case["text"]))
    said = [
        (p.facts.toll.killed.low, next(x.name for x in p.facts.places if x.role == "event")) for p in reading.passages
    ]
    assert said == [(11, "Mubi"), (4, "Kano"), (7, "Jos")]
    assert all(passage.article.text in case["text"] for passage in reading.passages)


@pytest.mark.parametrize(
    "text", ["\n" * 5000, "• \n" * 3000, "A\nB\n" * 3000, "— " * 5000, "X — y.\n" * 3000, "\0\n\ud800\n"]
)
def test_any_text_is_looked_through(text):
    assert read_text(an_article("Digest", text, "en")).passages == ()
