from __future__ import annotations

from alerts.copies import Copies
from crawler.shingles import shingles

TEXT = " ".join(f"word{n}" for n in range(200))


def test_a_text_that_stands_in_another_is_a_copy_of_the_earliest():
    copies = Copies()
    copies.add(7, shingles(TEXT))
    copies.add(9, shingles(TEXT))

    assert copies.find(shingles(" ".join(TEXT.split()[50:150]))) == (7, 1.0)


def test_an_article_that_was_dropped_is_no_original():
    copies = Copies()
    copies.add(7, shingles(TEXT))
    copies.drop(7)
    copies.drop(7)

    assert copies.find(shingles(TEXT)) is None


def test_a_text_without_shingles_is_no_copy():
    copies = Copies()
    copies.add(1, shingles(""))

    assert copies.find(shingles("")) is None
