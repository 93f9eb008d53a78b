"""Which article is a near copy of which: tests/cases/copies.yaml, and what the index owes its users."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from alerts.copies import Copies
from crawler.shingles import shingles

DATA = yaml.safe_load((Path(__file__).parent.parent / "cases" / "copies.yaml").read_text())
WIRE, FOOTER = DATA["texts"]["wire"], DATA["texts"]["footer"]


def holding(texts):
    copies = Copies()
    for key, text in enumerate(texts):
        copies.add(key, shingles(text))
    return copies


def made(seed, words=120):
    """Words that no other seed makes."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("etaoinshrdlu", k=chance.randint(4, 9))) for _ in range(words))


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_a_copy_is_known_from_what_only_looks_like_one(case):
    found = holding(case["in"]).find(shingles(case["comes"]))

    assert (found and found[0]) == case["copy"]


def test_the_share_is_of_the_shorter_text():
    half = " ".join(WIRE.split()[: len(WIRE.split()) // 2])

    assert holding([WIRE]).find(shingles(half)) == (0, 1.0)
    assert holding([half]).find(shingles(WIRE)) == (0, 1.0)


def test_forty_outlets_with_their_own_beginnings_copy_the_first():
    copies = holding([WIRE])

    for key in range(1, 41):
        told = shingles(f"{made(key, 12)}. {WIRE} {made(-key, 15)}")
        assert copies.find(told)[0] == 0
        copies.add(key, told)


def test_when_the_original_has_left_the_window_the_earliest_copy_stands_for_it():
    copies = holding([WIRE, f"{WIRE} {made(1, 20)}", f"{made(2, 20)} {WIRE}"])
    copies.drop(0)

    assert copies.find(shingles(WIRE))[0] == 1


def test_a_site_whose_furniture_is_longer_than_its_articles_has_no_copies_for_that():
    furniture = made(1000, 60)
    articles = [f"{made(key, 16 + 2 * key)} {furniture}" for key in range(12)]
    copies = Copies()
    for key, article in enumerate(articles[:11]):
        copies.add(key, shingles(article), source=7)

    assert copies.find(shingles(articles[11]), source=7) is None
    assert copies.find(shingles(f"{articles[4]} {made(99, 8)}"), source=7)[0] == 4
    assert copies.find(shingles(furniture), source=8)[0] == 0


def test_a_report_that_one_site_tells_again_and_again_has_copies():
    copies = Copies()
    for key in range(12):
        told = shingles(f"{made(key, 5)} {WIRE}")
        assert (copies.find(told, source=7) or (0,))[0] == 0
        copies.add(key, told, source=7)

    assert copies.find(shingles(WIRE), source=7)[0] == 0


def test_a_live_page_that_grows_a_hundred_times_is_found_again():
    versions = [" ".join(made(part, 15) for part in range(first, 100)) for first in range(99, 0, -1)]
    copies = Copies()
    for key, version in enumerate(versions):
        found = copies.find(shingles(version))
        assert (found is None) == (key == 0)
        copies.add(key, shingles(version))


def test_the_answers_are_those_of_an_index_that_never_held_what_was_dropped():
    texts = [f"{made(n % 9)} {made(n, 30)}" for n in range(60)]
    lived, rebuilt = holding(texts), Copies()
    for key in range(0, 60, 3):
        lived.drop(key)
    for key in random.Random(1).sample(range(60), 60):
        if key % 3:
            rebuilt.add(key, shingles(texts[key]))

    asked = [shingles(f"{made(n % 9)} {made(-n, 20)}") for n in range(30)]
    assert [lived.find(one) for one in asked] == [rebuilt.find(one) for one in asked]
    assert any(lived.find(one) for one in asked)


def test_what_is_dropped_leaves_nothing_behind():
    copies = holding([made(n) for n in range(50)] + ["", "word"])
    for key in [*range(52), 7, 4711]:
        copies.drop(key)

    assert len(copies) == 0
    assert not any(copies._buckets)
    assert copies.find(shingles(made(3))) is None


def test_an_edited_article_is_known_by_its_new_words_only():
    copies = holding([made(1)])
    copies.add(0, shingles(made(2)))

    assert copies.find(shingles(made(1))) is None
    assert copies.find(shingles(made(2))) == (0, 1.0)
    assert len(copies) == 1


@pytest.mark.parametrize("text", ["killed " * 150_000, "a" * 1_000_000, "警方" * 500_000, "\ud800 killed \x00 " * 1000])
def test_hostile_texts_are_answered(text):
    copies = holding([text, WIRE, text, made(1)])

    assert copies.find(shingles(text)) in (None, (0, 1.0))
    assert copies.find(shingles(WIRE)) == (1, 1.0)


def test_a_text_of_a_megabyte_that_begins_as_another_is_a_copy():
    long = made(1, 2_000)

    assert holding([long]).find(shingles(long + made(2, 150_000)))[0] == 0
