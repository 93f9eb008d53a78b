"""A user's regular expression is taken or refused in words, and never holds up the daemon."""

from __future__ import annotations

import re

import pytest

from alerts.conditions_words import term
from alerts.expressions import SHOWN, Expressions, check, search

RE2 = "this is not a regular expression that RE2 takes: "


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "the regular expression between the slashes is empty"),
        ("(", f"{RE2}missing ): ("),
        ("[", f"{RE2}missing ]: ["),
        (")", f"{RE2}unexpected ): )"),
        ("*a", f"{RE2}no argument for repetition operator: *"),
        ("a++", f"{RE2}bad repetition operator: ++"),
        ("\\", f"{RE2}trailing \\"),
        ("[z-a]", f"{RE2}invalid character class range: z-a"),
        (r"\p{Cyrilic}", f"{RE2}invalid character class range: \\p{{Cyrilic}}"),
        (r"(a)\1", f"{RE2}invalid escape sequence: \\1 (it can't refer back to a group)"),
        ("bomb(?=ing)", f"{RE2}invalid perl operator: (?= (it can't look ahead or behind)"),
        ("bomb(?!er)", f"{RE2}invalid perl operator: (?! (it can't look ahead or behind)"),
        ("(?<=car )bomb", f"{RE2}invalid perl operator: (?<= (it can't look ahead or behind)"),
        ("(?<!car )bomb", f"{RE2}invalid perl operator: (?<! (it can't look ahead or behind)"),
        ("(?#remark)a", f"{RE2}invalid perl operator: (?#"),
        (
            "(a{1000}){1000}",
            f"{RE2}invalid repetition size: {{1000}} "
            "(the smaller number first, at most 1,000 times, inner repetitions multiplied)",
        ),
        (r"\w{3,400}", f"{RE2}pattern too large - compile failed (repeat less, or list it as several)"),
        ("a" * 1_000_000, f"{RE2}pattern too large - compile failed (repeat less, or list it as several)"),
        (r"\bвзрыв\b", r"\b and \B know only English letters; use (?:^|[^\pL]) and (?:[^\pL]|$) instead"),
        ("\ud800", "the regular expression has half a character in it"),
        ("a*", "this regular expression matches even an empty text, so it would match every article"),
        ("^", "this regular expression matches even an empty text, so it would match every article"),
        ("bomb|", "this regular expression matches even an empty text, so it would match every article"),
        ("(?:)", "this regular expression matches even an empty text, so it would match every article"),
    ],
    ids=lambda text: text[:20],
)
def test_an_expression_that_cannot_be_used_is_refused_in_words(source, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check(source)


def test_a_complaint_does_not_repeat_an_endless_expression():
    with pytest.raises(ValueError, match="missing") as error:
        check("(" + "attack|" * 10_000 + "bomb")

    assert len(str(error.value)) < len(RE2) + SHOWN + 10


@pytest.mark.parametrize("written", ["/", "/bomb", "/bomb/i"])
def test_an_expression_stands_between_two_slashes(written):
    with pytest.raises(ValueError, match="a regular expression stands between two slashes"):
        term(written)


ENDLESS = "a" * 50_000 + " word" * 10_000


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("(a+)+$", False),
        ("(a|a)*b", False),
        ("(a|aa)+c", False),
        ("(.*)*x", False),
        (".*.*.*.*.*.*.*.*=x", False),
        (r"(\w+\s?)*!", False),
        ("(a{500}|b{500}){2}x", False),
        (r"(\w+\s){50}bomb", False),
        ("(a+)+ word", True),
        ("(?:" * 500 + "word" + ")" * 500, True),
        (".{1000}", True),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_backtracking_matcher_never_ends_with_is_matched(source, found):
    assert check(source) is None
    assert Expressions([f"/{source}/"]).find(ENDLESS) == [f"/{source}/"] * found
    assert (search(source, ENDLESS) is not None) is found


def test_ten_thousand_alternatives_are_one_expression():
    source = "|".join(f"name{number}x" for number in range(10_000))

    assert check(source) is None
    assert search(source, "It was name9999x again.") == (7, 16)
    assert Expressions([f"/{source}/"]).find("It was NAME7X again.") == [f"/{source}/"]


def test_expressions_that_no_one_filter_holds_are_all_tried():
    keys = [f"/some long name{number} of words/" for number in range(10_000)]
    together = Expressions(keys)

    assert len(together._filters) > 1
    assert together.find("Some long NAME7 of words, some long name9999 of words") == [keys[7], keys[9999]]
