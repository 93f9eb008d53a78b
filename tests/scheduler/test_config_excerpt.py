"""A problem's line is shown on a terminal with a caret under its column, and without its secrets."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config_excerpt import excerpt, is_secretive, masked

LONG = 'text: [aaaa, bbbb, cccc, dddd, eeee, ffff, gggg, hhhh, iiii, jjjj, kkkk, llll, "mmmm"]'


@pytest.mark.parametrize(
    ("line", "column", "shown", "caret"),
    [
        ("  kiled: 5", 3, "  kiled: 5", "  ^"),
        ("kiled: 5", 1, "kiled: 5", "^"),
        ("at the end", 11, "at the end", " " * 10 + "^"),
        ("", 1, "", "^"),
        ("text: 爆発 x", 10, "text: 爆発 x", " " * 11 + "^"),
        ("text: взрыв x", 13, "text: взрыв x", " " * 12 + "^"),
        ("e\u0301te\u0301 x", 7, "e\u0301te\u0301 x", "    ^"),
        ("\tkey: 1", 2, "    key: 1", "    ^"),
        ("a\x1b[31mb", 7, "a␛[31mb", "      ^"),
        ("a\u202eb c", 5, "a�b c", "    ^"),
        (LONG, 1, "text: [aaaa, bbbb, cccc, dddd, eee…", "^"),
        (LONG, 40, "…cc, dddd, eeee, ffff, gggg, hhhh, …", " " * 19 + "^"),
        (LONG, len(LONG) - 1, '… kkkk, llll, "mmmm"]', " " * 19 + "^"),
    ],
)
def test_the_caret_stands_under_the_column_whatever_signs_are_before_it(line, column, shown, caret):
    first, second = excerpt(line, 12, column, 43).splitlines()

    assert first.startswith(" 12 | ")
    assert second.startswith("    | ")
    assert (first[6:], second[6:]) == (shown, caret)


@given(st.text(max_size=200), st.integers(1, 220), st.integers(1, 120), st.booleans())
def test_any_line_is_shown_on_one_line_with_one_caret_and_nothing_that_moves_a_terminal(line, column, width, secretive):
    line = " ".join(line.splitlines())

    first, second = excerpt(line, 7, column, width, secretive=secretive).split("\n")

    assert second.count("^") == 1
    assert all(char >= " " and char not in "\u202a\u202e\u2066\x7f\x9b" for char in first)
    assert len(masked(line, secretive=secretive)) == len(line)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("  mail: mailtos://user:hunter2@smtp.example.org", "hunter2"),
        ("  mail: mailtos://user:hunter 2@smtp.example.org", "hunter 2"),
        ('  mail: "mailtos://user:hun"ter@smtp.example.org"', 'hun"ter'),
        ("  mail: mailtos://user:hun/ter?2@smtp.example.org?to=a@example.org", "hun/ter?2"),
        ("  slack: slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "TIiajkdnlazkcOXrIdevi7FQ"),
        ("  hook: jsons://host/path?+X-Api-Key=open-sesame", "open-sesame"),
        ("  - https://feeds.example.org/rss?token=abracadabra", "abracadabra"),
        ("  - {name: Wire, url: 'https://me:hush-hush@wire.example.org/rss'}", "hush-hush"),
        ("a: x://u:one@h, b: y://u:two@h", "two"),
    ],
)
def test_a_password_in_a_url_is_masked(line, hidden):
    assert hidden not in masked(line, secretive=False)


@pytest.mark.parametrize(
    "line", ["  tok: TIiajkdnlazkcOXr", "  tok: {url: TIiajkdnlazkcOXr}", '  tok: "TIiajkdnlazkcOXr']
)
def test_among_the_channels_every_word_that_may_be_a_token_is_masked(line):
    assert "TIia" not in masked(line, secretive=True)


@pytest.mark.parametrize(
    "line",
    [
        "  mail: mailtos://user:${SMTP_PASSWORD}@smtp.example.org?to=desk",
        '  slack: {url: "slack://${SLACK_TOKENS}", system: true}',
        "  desk: console://",
        "  - {name: BBC World, url: https://feeds.bbci.co.uk/news/world/rss.xml, every: 5m}",
    ],
)
def test_what_is_no_secret_is_shown_as_it_stands(line):
    assert masked(line, secretive="BBC" not in line) == line


@pytest.mark.parametrize(
    ("lines", "secretive"),
    [
        (["channels:", "  a: b"], True),
        (["channels:", "- a", "# rules:", "  a: b"], True),
        (["channels:", "  a: b", "rules:", "  - a"], False),
        (['{"channels": {"a": "b"}}'], True),
        (["rules:"], False),
        ([], False),
    ],
)
def test_a_line_belongs_to_the_section_above_it(lines, secretive):
    assert is_secretive(lines) is secretive


def test_a_person_sees_the_line_and_a_pipe_does_not(tmp_path):
    (tmp_path / "config.yaml").write_text("channels:\n  desk: {url: 'console://', sytem: true}\n")
    main, other = pty.openpty()
    command = [sys.executable, "-m", "scheduler", "check", "-c", str(tmp_path / "config.yaml")]

    piped = subprocess.run(command, capture_output=True, text=True, check=False)
    subprocess.run(command, stderr=other, stdout=subprocess.DEVNULL, check=False)
    os.close(other)
    seen = os.read(main, 10_000).decode()
    os.close(main)

    problem = f"{tmp_path}/config.yaml:2:29: unknown key 'sytem' of a channel, did you mean system?"
    assert problem in piped.stderr
    assert "|" not in piped.stderr
    assert "  2 |   desk: {url: 'console://', sytem: true}\r\n" in seen
    assert f"{' ' * 4}|{' ' * 29}^" in seen
