"""What a service says decides whether a message is tried again; where it isn't sure, it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from alerts.refusals import Answer, refusal

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "refusals.yaml").read_text(encoding="utf8"))


def answers(case):
    return [
        Answer(protocol, status, words, timedelta(seconds=wait[0]) if wait else None)
        for protocol in ("http", "smtp")
        for status, words, *wait in case.get(protocol, ())
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']}, {case.get('said', '')}"[:60])
def test_a_refusal_is_permanent_only_where_another_try_would_bring_the_same(case):
    found = refusal(answers(case), case.get("said", ()))

    assert (found.code, found.permanent) == (case["code"], case["permanent"])
    assert found.retry_after == (timedelta(seconds=case["wait"]) if "wait" in case else None)
    assert found.crowded is case.get("crowded", False)
    assert found.strip() == found


@pytest.mark.parametrize("words", ["x" * 100_000, "\x00\x1b[31m\u202e" * 50, "строка\n\nи ещё\r\nодна", "🔔" * 999, ""])
def test_a_refusal_is_one_plain_line_whatever_the_service_says(words):
    for found in (refusal([Answer("http", 500, words)]), refusal((), [words]), refusal([Answer("smtp", None, words)])):
        assert len(found) < 400
        assert found.isprintable()
