"""What the viewer sees fits the terminal, and leaves out what bores."""

from datetime import UTC, datetime

import click
import pytest

from scheduler.demo import script as scripts
from scheduler.demo.backstage import Line
from scheduler.demo.stage import Stage
from scheduler.demo.verdict import Line as Fate
from scheduler.demo.verdict import Verdict

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG = "Security forces shot dead five suspected militants in a house on the edge of Nalchik, officials said. " * 3


@pytest.fixture(params=[80, 100, 240])
def stage(request, monkeypatch):
    """Return a stage on a terminal of so many columns, and the lines that it wrote, colours taken off."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    written = []
    made = Stage(lambda text: written.extend(click.unstyle(text).split("\n")))
    return made, written


def logged(event, text="", **fields):
    return Line(text=text or event, event=event, at=NOON, fields=fields)


def test_no_line_is_wider_than_the_terminal_or_than_a_hundred_columns(stage):
    made, written = stage
    script = scripts.load(NOON)
    fate = Fate(piece="first-report", rule="North Caucasus militancy", fate="held", why=LONG, expected=True)

    made.open(script, ())
    made.scene(1, 6, LONG)
    made.published("Kavkaz Monitor", LONG, NOON)
    made.show(logged("held", LONG))
    made.show(Line(text=f"“{LONG}”", fields={}))
    made.close([("Kavkaz Monitor", 9, 5, 4)], Verdict(lines=(fate,), problems=(LONG,)), script)

    assert len(written) > 20
    assert max(map(len, written)) <= min(made.width, 99)


@pytest.mark.parametrize(
    "line",
    [
        logged("poll", articles=0, entries=4),
        logged("delivery", state="sent"),
        logged("log", "Scrapy started", level="info"),
    ],
)
def test_what_bores_is_left_out(stage, line):
    made, written = stage

    made.show(line)

    assert written == []


@pytest.mark.parametrize(
    "line",
    [
        logged("poll", articles=1, entries=4),
        logged("poll", articles=0, error="the server does not answer"),
        logged("delivery", state="owed", level="warning"),
        logged("log", "something is wrong", level="warning"),
        logged("alert"),
        logged("held"),
        Line(text="config.yaml:3:5: unknown key", event="error", fields={}),
    ],
)
def test_what_matters_is_shown(stage, line):
    made, written = stage

    made.show(line)

    assert line.text in " ".join(written)


def test_the_verdict_says_plainly_whether_all_is_as_it_should_be(stage):
    made, written = stage
    script = scripts.load(NOON)
    fate = Fate(piece="first-report", rule="North Caucasus militancy", fate="rang", why="new", expected=True)

    made.close([], Verdict(lines=(fate,), problems=()), script)
    assert written[-1] == "1 rang, 0 held back, 0 quiet: as it should be."

    made.close([], Verdict(lines=(fate,), problems=("the daemon has ended",)), script)
    assert written[-1] == "Not as it should be: the daemon has ended."
