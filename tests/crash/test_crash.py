"""Whatever crashes: no alert is lost, none is doubled but in the moment between acceptance and record, no story twice.

The daemon runs against two outlets and two webhooks and is killed with SIGKILL. The whole sweep is `make torture`.
"""

import random
import signal
import sqlite3
import time

import pytest

from tests import site
from tests.crash.sweep import Parent, cases, played, steps_of_a_life, sweep, world_in


@pytest.fixture(scope="module")
def parent():
    made = Parent()
    yield made
    made.close()


@pytest.fixture
def world(tmp_path):
    with site.serve() as wire, world_in(tmp_path / "w", wire) as made:
        yield made


def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(tmp_path, parent):
    with site.serve() as wire:
        steps = steps_of_a_life(parent, tmp_path / "alive", wire)
    assert steps > 60
    first = random.Random().randrange(12)
    every = cases(steps, 4)
    faults, kills = sweep(tmp_path / "swept", every[first:steps:12] + every[steps:])
    assert faults == {}
    assert kills > 8


def hop(world, seconds):
    """Put the daemon's clock forward, or back."""
    (world.folder / "jump.new").write_text(str(seconds))
    (world.folder / "jump.new").rename(world.folder / "jump")  # at once: a file half written would be no jump


def hours_pass(world, _):
    """Let an hour pass for the daemon in each second: what is owed is tried again."""
    hop(world, 3600 * (time.monotonic() - world.begun))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda number: 500 if number <= 5 else None, id="answers-500"),
        pytest.param(lambda number: "hang" if number <= 2 else None, id="hangs"),
        pytest.param(lambda number: "drop" if number <= 4 else None, id="closes-after-accepting"),
        pytest.param(lambda number: (500, "drop", None)[number % 3], id="all-of-it-by-turns"),
    ],
)
def test_a_receiver_in_trouble_gets_everything_once_it_can(world, parent, answer):
    world.begun, world.receiver.behave = time.monotonic(), answer
    faults, _ = played(parent, world, [], meanwhile=hours_pass)
    assert faults == []


def test_a_receiver_in_trouble_and_kills_together_lose_nothing(world, parent):
    world.begun, world.receiver.behave = time.monotonic(), lambda number: ("drop", 500, None)[number % 3]
    faults, kills = played(parent, world, [40, 1.1, 77], meanwhile=hours_pass)
    assert faults == []
    assert kills


def test_a_full_disk_is_survived_and_what_could_not_be_kept_is_read_again(world, parent):
    full_for = time.monotonic() + 2

    def room(world, life):
        if life.full and time.monotonic() > full_for:
            life.end(signal.SIGKILL)

    faults, _ = played(parent, world, [9.0], full=1, meanwhile=room)
    assert faults == []
    assert "disk is full" in (world.folder / "log.out").read_text()


def test_a_locked_database_delays_and_loses_nothing(world, parent):
    held = {}

    def lock(world, life):
        if not held and world.receiver.asked:
            held["db"] = sqlite3.connect(world.folder / "tocsin.db", isolation_level=None, timeout=10)
            held["db"].execute("begin immediate")
            held["until"] = time.monotonic() + 7
        elif "until" in held and time.monotonic() > held["until"]:
            held.pop("until")
            held["db"].rollback()
            held["db"].close()

    faults, _ = played(parent, world, [], meanwhile=lock)
    assert faults == []
    assert "locked" in (world.folder / "log.out").read_text()


@pytest.mark.parametrize("day", [86_400, -86_400], ids=["forward", "back"])
def test_a_clock_that_jumps_a_day_loses_nothing(world, parent, day):
    def jump(world, life):
        if world.receiver.asked:
            hop(world, day)

    faults, _ = played(parent, world, [], meanwhile=jump)
    assert faults == []
