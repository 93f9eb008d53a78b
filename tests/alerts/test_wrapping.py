"""A text is cut into lines that a protocol can hold, and nothing of it is lost."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.wrapping import wrapped


@given(st.text(), st.integers(8, 100))
def test_no_line_is_too_long_and_no_letter_is_lost(text, most):
    lines = wrapped(text, most).split("\n")

    assert all(len(line.encode("utf8", "replace")) <= most for line in lines)
    visible = [c for c in text if not c.isspace() and not ("\x00" <= c < "\x20" or "\x7f" <= c < "\xa0")]
    assert [c for c in "".join(lines) if not c.isspace()] == visible


def test_words_stay_whole_where_they_fit():
    assert wrapped("eleven militants killed", 10) == "eleven\nmilitants\nkilled"


def test_a_mark_stays_with_its_letter():
    assert wrapped("и\u0306" * 5, 10).split("\n") == ["и\u0306" * 2, "и\u0306" * 2, "и\u0306"]
    assert all(not line.startswith("\u0306") for line in wrapped("и\u0306" * 50, 11).split("\n"))


def test_a_text_of_nothing_but_marks_ends():
    assert "".join(wrapped("\u0301" * 500, 9).split("\n")) == "\u0301" * 500


def test_an_empty_text_is_one_empty_line():
    assert wrapped("") == wrapped(" \n\r\n\x00") == ""


def test_a_long_text_is_wrapped_in_one_go():
    words = [f"слово{number}" for number in range(20_000)]

    assert wrapped(" ".join(words)).split() == words
