"""Limits, quiet hours and silences with the real program: what waits is told by the run that finds it due, and once."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest

from tests import site
from tests.test_journey import configure, publish, receiver, tocsin, wire  # noqa: F401

MARKET = (
    "A bomb went off at a market in Makhachkala, the capital of Dagestan, and killed nine people, police said. "
    "Stalls were on fire for hours, and the wounded were brought to two hospitals of the city."
)
THEN = "2026-01-01T00:00:00.000+00:00"


@pytest.fixture
def folder(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    return tmp_path


def edit(folder, old, new):
    config = folder / "config.yaml"
    assert old in config.read_text()
    config.write_text(config.read_text().replace(old, new))


def run(folder, *args):
    process = tocsin(folder, *args)
    said, _ = process.communicate(timeout=50)
    assert process.returncode == 0, said
    return said


def publish_market(wire):  # noqa: F811
    wire.page("/b.html", site.article("Nine killed in a market", MARKET))
    paths = {"/b.html": "Nine killed in a market", "/a.html": "Militants killed"}
    wire.feed("/feed.xml", [site.Item(title, wire.url(path), datetime.now(UTC)) for path, title in paths.items()])


def states(folder):
    with sqlite3.connect(folder / "tocsin.db") as db:
        return [state for (state,) in db.execute("select state from deliveries order by id")]


def let_it_be_due(folder):
    with sqlite3.connect(folder / "tocsin.db") as db:
        db.execute("update deliveries set due = ? where state = 'gathered'", [THEN])


def test_past_a_channels_limit_the_next_run_that_finds_it_due_tells_the_rest(folder, wire, receiver):  # noqa: F811
    edit(folder, f'"{receiver.url}"', f'{{url: "{receiver.url}", limit: 1/d}}')
    run(folder, "once")
    publish_market(wire)

    assert "got as many alerts of any rule as its limit allows, 1 in 1 day" in run(folder, "once")
    assert (len(receiver.got), states(folder)) == (1, ["sent", "gathered"])
    let_it_be_due(folder)
    run(folder, "once")
    run(folder, "once")

    assert (len(receiver.got), states(folder)) == (2, ["sent", "sent"])


def test_what_was_silenced_is_told_by_the_next_run_after_the_silence_was_ended(folder, wire, receiver):  # noqa: F811
    edit(folder, 'killed: ">= 5"}', 'killed: ">= 500"}')
    run(folder, "once")  # makes the database
    edit(folder, 'killed: ">= 500"}', 'killed: ">= 5"}')
    run(folder, "silence", "add", "North Caucasus", "--as", "region", "--for", "2h", "--because", "exercise")
    publish_market(wire)
    run(folder, "once")
    assert (len(receiver.got), states(folder)) == (0, ["gathered"])

    assert "1 alert that it held back is told" in run(folder, "silence", "end", "1")
    run(folder, "once")

    assert len(receiver.got) == 1
    assert "was silenced for 1 minute by" in str(receiver.got[0])
