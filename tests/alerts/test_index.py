"""The index joins articles of one event, keeps two events apart, and answers the same after a rebuild."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.index import WINDOW, StoryIndex
from crawler.article import Article
from crawler.facts import read_facts
from crawler.sketch import Sketch, sketch

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

BLAST = (
    "Eleven killed in market blast in Mubi",
    "At least eleven people were killed on Tuesday when a bomb went off at the Gada market in Mubi, Adamawa, the "
    "emergency agency said. Salisu Bako, a trader of 41, told reporters that the blast came at 9:20 a.m. as the "
    "stalls were opening.",
)
BLAST_AGAIN = (
    "Toll of Mubi market bombing rises to fourteen",
    "Fourteen people have died after Tuesday's explosion at the Gada market in Mubi in Nigeria's Adamawa state. Three "
    "of the wounded died in hospital overnight, said Salisu Bako of the traders' union, who was hurt himself.",
)
FERRY = (
    "Ferry sinks off Zamboanga, nine dead",
    "Nine passengers drowned when the ferry Lady Amihan sank off Zamboanga in rough seas on Monday evening, the coast "
    "guard said. Divers were still looking for two crew members near Sacol island.",
)


def article(title, text, source="wire", when=NOW, lang="en"):
    return Article(
        url="", url_key=title, source=source, publisher=source, title=title, text=text, published=when,
        precision="minute", lang=lang, fetched=when,
    )  # fmt: skip


def sketched(title, text, **kw):
    one = article(title, text, **kw)
    return sketch(one, read_facts(one.title, one.text, one.lang, one.published))


def test_an_empty_index_opens_a_story():
    placing = StoryIndex().place(sketched(*BLAST), NOW)
    assert placing.story is None
    assert placing.copy_of is None


def test_two_reports_of_one_event_join_whatever_the_toll():
    index = StoryIndex()
    index.add(1, 10, sketched(*FERRY, source="a"), NOW)
    index.add(2, 20, sketched(*BLAST, source="a"), NOW)
    placing = index.place(sketched(*BLAST_AGAIN, source="b", when=NOW + timedelta(hours=20)), NOW + timedelta(hours=20))
    assert placing.story == 20
    assert placing.copy_of is None


def test_another_event_opens_a_story_and_names_the_nearest():
    index = StoryIndex()
    index.add(1, 10, sketched(*BLAST, source="a"), NOW)
    placing = index.place(sketched(*FERRY, source="b"), NOW)
    assert placing.story is None
    assert placing.rival is None or placing.rival[0] == 10


def test_a_copy_names_its_original_and_joins_its_story():
    index = StoryIndex()
    index.add(7, 70, sketched(*BLAST, source="a"), NOW)
    placing = index.place(
        sketched("Market blast in Nigeria", f"(AGENCY) - {BLAST[1]} All rights reserved.", source="b"), NOW
    )
    assert (placing.story, placing.copy_of) == (70, 7)


def test_what_left_the_window_is_joined_no_more():
    index = StoryIndex()
    index.add(1, 10, sketched(*BLAST, source="a"), NOW)
    later = NOW + WINDOW + timedelta(seconds=1)
    assert index.place(sketched(*BLAST_AGAIN, source="b", when=later), later).story is None
    assert len(index) == 0


def test_a_moved_article_takes_those_that_follow_it_along():
    index = StoryIndex()
    index.add(1, 10, sketched(*BLAST, source="a"), NOW)
    index.move(1, 99)
    assert index.place(sketched(*BLAST_AGAIN, source="b"), NOW).story == 99


def test_a_dropped_article_is_found_no_more():
    index = StoryIndex()
    index.add(1, 10, sketched(*BLAST, source="a"), NOW)
    index.drop(1)
    index.drop(1)
    assert index.place(sketched(*BLAST, source="b"), NOW).story is None


def test_moving_or_dropping_what_is_not_there_is_no_error():
    index = StoryIndex()
    index.move(5, 6)
    index.drop(5)
    assert len(index) == 0


@pytest.mark.parametrize(
    ("title", "text", "lang"),
    [
        ("", "", None),
        ("x", "", "en"),
        ("", "\0" * 1000, "en"),
        ("爆炸", "星期二，市场发生爆炸，十一人死亡。" * 20, "zh"),
        ("انفجار", "قتل أحد عشر شخصا في انفجار يوم الثلاثاء." * 20, "ar"),
        ("SALI İSTANBUL", "İSTANBUL'DA SALI GÜNÜ 31 Haziran'da ve 30 Şubat'ta patlama oldu 99:99", "tr"),
        ("word " * 2000, "word " * 200_000, "en"),
        ("\ud800", "\udfff lone", "en"),
    ],
)
def test_any_text_is_placed_and_kept(title, text, lang):
    index = StoryIndex()
    one = sketched(title, text, lang=lang)
    assert index.place(one, NOW).story is None
    index.add(1, 1, one, NOW)
    assert Sketch.unpack(one.pack()) == one
    index.place(one, NOW)


@pytest.mark.parametrize("data", [b"", b"\0", b"\1", b"\xff" * 100, b"\1" + b"\0" * 20, b"\1" + b"\xff" * 60])
def test_what_is_no_sketch_is_refused(data):
    with pytest.raises(ValueError, match="sketch"):
        Sketch.unpack(data)


def test_a_sketch_that_is_cut_or_longer_than_it_says_is_refused():
    data = sketched(*BLAST).pack()
    for broken in (data[:-1], data + b"\0", data[: len(data) // 2]):
        with pytest.raises(ValueError, match="sketch"):
            Sketch.unpack(broken)


TEXTS = [BLAST, BLAST_AGAIN, FERRY, (FERRY[0], FERRY[1] + " Later."), ("", ""), (BLAST[0], FERRY[1])]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(TEXTS) - 1), st.integers(0, 9)), max_size=12))
def test_an_index_rebuilt_from_what_was_kept_answers_as_the_one_that_ran(stream):
    running, kept, now = StoryIndex(), [], NOW
    for number, (text, days) in enumerate(stream):
        now += timedelta(days=days)
        one = sketched(*TEXTS[text], source=f"s{number % 3}", when=now)
        placing = running.place(one, now)
        rebuilt = StoryIndex()
        for key, story, packed, then, copied in kept:
            rebuilt.add(key, story, Sketch.unpack(packed), then, copied=copied)
        assert rebuilt.place(one, now) == placing
        story = number if placing.story is None else placing.story
        copied = placing.copy_of is not None
        running.add(number, story, one, now, copied=copied)
        kept.append((number, story, one.pack(), now, copied))


def test_a_round_up_is_joined_by_nothing_and_a_copy_of_it_by_itself():
    index = StoryIndex()
    digest = replace(sketched("Digest", f"{BLAST[1]} {FERRY[1]}", source="a"), roundup=True)
    index.add(1, 10, digest, NOW)
    assert index.place(sketched(*BLAST, source="b"), NOW).story is None
    again = replace(sketched("Digest again", f"{BLAST[1]} {FERRY[1]} Read on.", source="b"), roundup=True)
    assert (index.place(again, NOW).story, index.place(again, NOW).copy_of) == (10, 1)


def test_a_round_up_that_holds_a_report_is_no_copy_of_it():
    index = StoryIndex()
    index.add(1, 10, sketched(*BLAST, source="a"), NOW)
    digest = replace(sketched("Digest", f"{BLAST[1]} {FERRY[1]}", source="b"), roundup=True)
    assert (index.place(digest, NOW).story, index.place(digest, NOW).copy_of) == (None, None)
