from __future__ import annotations

from crawler.shingles import shingles

TEXT = " ".join(f"word{n}" for n in range(200))


def test_a_text_gives_the_same_numbers_in_every_process():
    assert shingles("One two three four five six seven eight nine ten.").tolist() == sorted(
        shingles("one two three, four five six — seven eight nine ten").tolist()
    )


def test_a_part_of_a_text_shares_the_numbers_of_that_part():
    part = shingles(" ".join(TEXT.split()[50:150]))

    assert part
    assert set(part) <= set(shingles(TEXT))


def test_an_empty_text_has_none():
    assert not shingles("")
    assert not shingles("word")
