"""One event in two languages is one story, two events are two."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from alerts.index import StoryIndex
from crawler.article import Article
from crawler.facts import read_facts
from crawler.skeleton import skeleton, skeletons
from crawler.sketch import Sketch, sketch

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "languages" / "pairs.yaml").read_text(encoding="utf8"))


def sketched(number, lang, title, text, day=0):
    when = MONDAY + timedelta(days=day, hours=number)
    article = Article(
        url="",
        url_key=str(number),
        source=f"outlet {number}",
        publisher=f"outlet {number}",
        title=title,
        text=text,
        published=when,
        precision="minute",
        lang=lang,
        fetched=when,
    )
    return sketch(article, read_facts(title, text, lang, when)), when


def stories_of(articles):
    index, found = StoryIndex(), []
    for number, said in enumerate(articles, 1):
        one, when = sketched(number, **said)
        placing = index.place(one, when)
        found.append(max(found, default=0) + 1 if placing.story is None else placing.story)
        index.add(number, found[-1], Sketch.unpack(one.pack()), when)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_the_stories_of_reports_in_several_languages(case):
    assert stories_of(case["articles"]) == case["stories"]


@pytest.mark.parametrize(
    "case", [c for c in CASES if len(c["articles"]) == 2], ids=lambda case: case["law"].replace(" ", "-")
)
def test_it_makes_no_difference_which_language_comes_first(case):
    assert stories_of(case["articles"][::-1]) == case["stories"] or "day" in case["articles"][0]


@pytest.mark.parametrize(
    "names",
    [
        ("Nalchik", "Нальчике", "نالتشيك"),
        ("Kadyrov", "Кадыров", "قديروف"),
        ("Khasavyurt", "Хасавюрте", "خاسافيورت"),
        ("Zelenskyy", "Зеленського", "زيلينسكي"),
        ("Erdoğan", "Эрдогана", "أردوغان"),
    ],
)
def test_a_name_has_one_skeleton_in_three_scripts(names):
    assert len({skeleton(name) for name in names}) == 1


@pytest.mark.parametrize("name", ["", "a", "\0", "爆", "ا" * 5000, "😀", "\ud800", "x" * 100_000])
def test_any_word_has_a_skeleton_and_short_ones_do_not_count(name):
    assert len(skeleton(name)) <= 5
    assert len(skeletons(["Ali", "Oman", name])) <= 1
