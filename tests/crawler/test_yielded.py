"""Items of users' spiders: what is taken from them, what is left out, and in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pydantic
import pytest

from crawler.yielded import BadItem, read_item

HERE = "https://a.example/1"
MOMENT = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ({"url": " /2?a=1 "}, "url", "https://a.example/2?a=1"),
        ({"url": "//b.example/"}, "url", "https://b.example/"),
        ({"url": HERE, "title": " Two <b>dead</b> &amp;\n\tmore "}, "title", "Two dead & more"),
        ({"url": HERE, "title": "x" * 2000}, "title", "x" * 500),
        ({"url": HERE, "summary": "<p>One.</p><p>Two.</p>"}, "summary", "One. Two."),
        ({"url": HERE, "title": None, "summary": None, "lang": None, "guid": None}, "title", ""),
        ({"url": HERE, "published": datetime(2026, 11, 22, 6)}, "published", MOMENT),  # noqa: DTZ001  as users have them
        ({"url": HERE, "published": MOMENT.astimezone(timezone(timedelta(hours=2)))}, "published", MOMENT),
        ({"url": HERE, "published": "Sun, 22 Nov 2026 06:00:00 GMT"}, "published", MOMENT),
        ({"url": HERE, "published": "22 ноября 2026 06:00", "lang": "ru"}, "published", MOMENT),
        ({"url": HERE, "updated": "2026-11-22T06:00:00Z"}, "updated", MOMENT),
        ({"url": HERE, "published": date(2026, 11, 22)}, "precision", "day"),
        ({"url": HERE, "lang": "pt-BR"}, "lang", "pt"),
        ({"url": HERE, "lang": "Klingon"}, "lang", None),
        ({"url": HERE, "guid": 42}, "guid", "42"),
        ({"url": HERE, "guid": "  "}, "guid", None),
    ],
)
def test_a_field_is_taken_as_it_is_meant(item, field, value):
    assert getattr(read_item(item, HERE).entry, field) == value


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({}, "it has no 'url'"),
        ({"url": "  "}, "it has no 'url'"),
        ({"url": 7}, "its 'url' is of type int, not text"),
        ({"url": b"https://a.example/"}, "its 'url' is of type bytes, not text"),
        ({"url": [HERE]}, "its 'url' is a list; did you mean .get() instead of .getall()?"),
        ({"url": "mailto:desk@example.org"}, "its 'url' is no http or https address"),
        ({"url": "http://[::1"}, "its 'url' is no http or https address"),
        ({"url": "file:///etc/passwd"}, "its 'url' is no http or https address"),
        ({"url": HERE + "x" * 10_000}, "its 'url' is longer than 8,000 characters"),
        ({"url": HERE, "title": ["One"]}, "its 'title' is a list; did you mean .get() instead of .getall()?"),
        ({"url": HERE, "title": {"en": "One"}}, "its 'title' is of type dict, not text"),
        ({"url": HERE, "text": "x" * 600_000}, "its 'text' is longer than 500,000 characters"),
        ({"url": HERE, "lang": 3}, "its 'lang' is of type int, not text"),
        ("https://a.example/", "what is of type str is no item: yield a dict with a 'url'"),
        (None, "what is of type NoneType is no item: yield a dict with a 'url'"),
        ([HERE], "what is of type list is no item: yield a dict with a 'url'"),
    ],
)
def test_what_can_not_be_used_says_why(item, reason):
    with pytest.raises(BadItem) as told:
        read_item(item, HERE)

    assert str(told.value) == reason


@pytest.mark.parametrize("when", ["soon", 10**30, ["2026"], b"2026-11-22", datetime.min.replace(tzinfo=timezone.max)])
def test_a_date_that_can_not_be_read_costs_the_article_its_date_only(when):
    item = read_item({"url": HERE, "title": "One", "published": when})

    assert (item.entry.title, item.entry.published, item.doubt) == ("One", None, "its 'published' is no date")


def test_half_a_character_is_replaced_so_that_the_text_can_be_stored():
    item = read_item({"url": HERE, "title": "\ud83d dead", "text": "\ud83d dead"})

    assert (item.entry.title.encode(), item.text.encode()) == (b"? dead", b"? dead")


def test_a_text_of_spaces_is_none():
    assert read_item({"url": HERE, "text": " \n "}).text is None


class Typed(pydantic.BaseModel):
    url: str
    title: str


def test_a_pydantic_item_is_read_too():
    assert read_item(Typed(url=HERE, title="One")).entry.title == "One"
