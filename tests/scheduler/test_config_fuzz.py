"""Whatever a file holds, there are rules or messages, each inside the file; never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduler.config import ConfigError, describe, load
from scheduler.config_excerpt import excerpt, is_secretive
from tests.world import GROUPS, REGIONS

GOOD = Path(__file__).parent.parent / "cases" / "config" / "good"
SOUND = [path.read_text("utf-8").replace("include:", "# include:") for path in sorted(GOOD.glob("*.yaml"))]
ENVIRON = {"SMTP_PASSWORD": "s3cr3t/p@ss"}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(raw):
    """Return the rules said in words, or check the problems and return none."""
    path = GOOD / "fuzzed.yaml"
    try:
        config = load(path, ENVIRON, regions=lambda: REGIONS, groups=lambda: GROUPS, raw=raw)
    except ConfigError as error:
        told = [*error.problems, *error.warnings]
    else:
        return [describe(rule) for rule in config.rules]
    assert told
    for problem in told:
        is_well_placed(problem)
    return []


def is_well_placed(problem):
    assert problem.message.isprintable()
    assert 1 <= problem.line <= max(len(problem.lines), 1)
    line = problem.lines[problem.line - 1] if problem.lines else ""
    assert 1 <= problem.column <= len(line) + 1
    before = list(problem.lines[: problem.line])
    shown = excerpt(line, problem.line, problem.column, 80, secretive=is_secretive(before))
    assert shown.count("\n") == 1


def tokens(text):
    return re.findall(r"\s+|[\w./*-]+|.", text, re.DOTALL)


@st.composite
def mutated(draw):
    """Return a sound file with some of its tokens or lines swapped, doubled, cut, replaced or nested."""
    parts = tokens(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 4))):
        where = draw(st.integers(0, max(len(parts) - 1, 0)))
        other = draw(st.integers(0, max(len(parts) - 1, 0)))
        change = draw(st.sampled_from(["swap", "double", "drop", "insert", "cut", "nest", "line"]))
        if change == "swap" and parts:
            parts[where], parts[other] = parts[other], parts[where]
        elif change == "double":
            parts[where:where] = parts[where : where + draw(st.integers(1, 30))]
        elif change == "drop":
            del parts[where : where + draw(st.integers(1, 10))]
        elif change == "insert":
            parts.insert(where, draw(st.sampled_from(ODD) | st.text(max_size=4)))
        elif change == "cut":
            parts = parts[:where]
        elif change == "nest":
            depth = draw(st.integers(1, 80))
            opened, closed = draw(st.sampled_from([("{all: [", "]}"), ("[", "]"), ("{not: ", "}"), ("{a: ", "}")]))
            parts[where : where + 1] = [opened * depth, "".join(parts[where : where + 1]), closed * depth]
        else:
            lines = "".join(parts).splitlines(keepends=True)
            at = draw(st.integers(0, max(len(lines) - 1, 0)))
            lines[at:at] = lines[draw(st.integers(0, len(lines))) :][: draw(st.integers(1, 3))]
            parts = tokens("".join(lines))
    return "".join(parts).encode("utf-8", "surrogatepass")


ODD = [
    "&a ",
    "*a",
    "!t ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "<<: ",
    "? ",
    "- ",
    "| ",
    "> ",
    "#",
    "'",
    '"',
    "\t",
    "\r",
    "\0",
]
ODD += [
    "/(/",
    "${",
    "${A}",
    ">= 5",
    "~",
    "null",
    "\ufeff",
    "\u2028",
    "\x85",
    "\u202e",
    "爆発",
    "{",
    "}",
    "[",
    "]",
    ": ",
]


@FEW
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"{")
@example(b"[" * 5000)
@example(b"- " * 5000)
@example(b"a: " * 5000)
@example(b"? " * 5000)
@example(b"rules: [{when: " + b"{not: " * 500)
@example("rules:\r\n\t- name: \u2028x\r\n\x85 y: [".encode())
@example(b"include: ['**/*', '\\0', '~nobody/x', '/', '', '..', '[', '/dev/*']")
@example(b'include: ["~no-such-user/x", "\\0", "a\\0*", "rules/../../*/[", "**", "\\ud800*"]')
@example(b"database: ~no-such-user/x")
@example(b"definitions: {a: {definition: a}}\nrules: {}")
def test_any_bytes_give_rules_or_problems_inside_the_file(raw):
    outcome(raw)


@FEW
@given(mutated())
def test_a_sound_file_with_slips_in_it_gives_rules_or_problems_inside_the_file(raw):
    assert all(said.endswith(".") for said in outcome(raw))


@FEW
@given(st.sampled_from(SOUND), st.integers(0, 4000))
def test_a_file_cut_off_anywhere_gives_rules_or_problems_inside_it(text, size):
    outcome(text.encode()[:size])


def test_the_files_that_slips_are_made_in_are_sound():
    said = [outcome(text.encode()) for text in SOUND]

    assert [len(rules) for rules in said] == [2, 2]
