"""What a person gets to read."""

import pytest

from alerts.message import clean, figure, headline
from tests.fakes import NALCHIK, count, group, place, reading, story


def test_the_headline_is_what_a_lock_screen_needs():
    first = reading(
        killed=11, places=[place("Kabardino-Balkaria", *NALCHIK)], groups=[group("islamic-state", "Islamic State")]
    )
    second = reading(
        url="https://b.example/2", source="Other", groups=[group("islamic-state", "Islamic State", denied=True)]
    )

    assert (
        headline(story(first, second)) == "11 killed, Kabardino-Balkaria (RU) · Islamic State (denied) · 2 publishers"
    )


def test_a_story_without_a_toll_is_headed_by_its_title():
    assert headline(story(reading("Talks open in Geneva", "Talks opened."))) == "Talks open in Geneva · 1 publisher"


def test_an_article_without_title_toll_or_place_still_has_a_headline():
    assert headline(story(reading("", ""))) == "1 publisher"


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("two\nlines\tand  gaps", "two lines and gaps"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("bell\x07 and\x00 nul", "bell and nul"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_text_from_the_web_becomes_one_plain_line(dirty, tidy):
    assert clean(dirty) == tidy


def test_an_endless_sentence_is_cut_at_a_word():
    assert clean("word " * 1000).endswith("word…")
    assert len(clean("word " * 1000)) <= 300


@pytest.mark.parametrize(
    ("claim", "says"), [(count(11), "11"), (count(11, 14), "11–14"), (count(12, approximate=True), "about 12")]
)
def test_a_figure_says_what_is_known_of_it(claim, says):
    assert figure(claim) == says
