from __future__ import annotations

import pytest

from crawler.shingles import MOST, NAME, RUNS, runs, shingles, words

TEXT = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}word" for n in range(200))
KNOWN = "Gunmen attacked a police post near Nalchik on Sunday, killing 11 officers."


def test_a_text_has_the_same_numbers_in_every_process_and_release():
    """They stand in databases: other numbers need another version of what is stored."""
    shown = [1134046037, 1766803839, 1887235364, 1938509616, 2655353054, 3708487581, 4161918454, 4256887184]
    assert runs(shingles(KNOWN)).tolist() == shown
    assert list(words(shingles(KNOWN))) == [68, 112, 48, 106, 52, 181, 176, 74, 203, 59]


def test_blanks_and_punctuation_do_not_matter():
    assert shingles("“Gunmen attacked,\n\n  the police said…") == shingles("Gunmen attacked the police said")


def test_a_headline_in_capitals_is_made_of_the_same_words():
    one, other = shingles("GUNMEN ATTACKED A POLICE POST"), shingles("gunmen attacked a police post")

    assert runs(one) == runs(other)
    assert [word & ~NAME for word in words(one)] == [word & ~NAME for word in words(other)]


def test_a_part_of_a_short_text_shares_the_runs_of_that_part():
    part = " ".join(TEXT.split()[:30])

    assert set(runs(shingles(part))) <= set(runs(shingles(f"{part} and nothing more")))


def test_a_long_text_shows_the_smallest_of_its_runs():
    shown = runs(shingles(TEXT)).tolist()

    assert len(shown) == RUNS
    assert shown == sorted(shown)
    assert set(shown) & set(runs(shingles(" ".join(TEXT.split()[50:150]))))


def test_words_stand_in_order_and_names_and_numbers_are_marked():
    one, other = (words(shingles(f"Later that day {name} killed seven people")) for name in ("Ivanov", "rebels"))

    assert len(one) == len(other) == 6
    assert [at for at in range(6) if one[at] != other[at]] == [2]
    assert [bool(word & NAME) for word in one] == [False, False, True, False, False, False]
    assert words(shingles("killing 11"))[1] & NAME


@pytest.mark.parametrize("before", ["", "Dead. ", "Dead! ", "“", "Dead\n", "Dead: "])
def test_a_capital_where_a_sentence_begins_makes_no_name(before):
    assert not words(shingles(f"{before}Police"))[-1] & NAME


@pytest.mark.parametrize("text", ["", " ", "…!?", "a", "of the", "\n" * 50])
def test_a_text_without_telling_words_is_empty(text):
    assert not runs(shingles(text))
    assert words(shingles(text)) == b""


@pytest.mark.parametrize(
    "text", ["警方表示凶手已被逮捕", "ตำรวจจับกุมผู้ต้องหา", "경찰은 용의자를 체포했다", "警察は容疑者を逮捕した", "ရဲတပ်ဖွဲ့ဝင်"]
)
def test_scripts_without_blanks_are_read_by_pairs_of_characters(text):
    assert len(words(shingles(text))) >= 7
    assert runs(shingles(text))


@pytest.mark.parametrize(
    "text", ["قتل مسلحون خمسة شرطيين", "Боевики убили одиннадцать человек", "शनिवार को हुए हमले में पाँच"]
)
def test_words_of_other_scripts_are_words(text):
    assert 3 <= len(words(shingles(text))) <= 4


@pytest.mark.parametrize(
    "text", ["x\ud800yzw \udfff killed", "word\0word\0 word", "a" * 1_000_000, "killed " * 200_000, "警" * 1_000_000]
)
def test_hostile_and_huge_texts_stay_small(text):
    packed = shingles(text)

    assert len(packed) * 4 <= 4 * (1 + RUNS) + MOST
    assert len(words(packed)) <= MOST


def test_full_width_letters_are_letters():
    assert shingles("Ｐｏｌｉｃｅ ｋｉｌｌｅｄ") == shingles("Police killed")
