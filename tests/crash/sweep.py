"""Deaths at every step, and at random ones -> what was lost or doubled: nothing, if Tocsin keeps its word."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import site
from tests.crash.world import EXPECTED, FIRST, World

PATIENCE = 60.0  # seconds for a world to come to its end; a machine may be slow


class Parent:
    """The process that forks lives; orders go in and answers come out one by one."""

    def __init__(self):
        env = os.environ | {"PYTHONWARNINGS": "ignore", "TZ": "UTC"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.victim"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ids = itertools.count()
        assert self.process.stdout.readline() == "ready\n"

    def order(self, answered=True, **said):
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip() if answered else None

    def close(self):
        with self.process:
            self.process.stdin.close()


class Life:
    """One run of the daemon in a world."""

    def __init__(self, parent, world, die=0, full=0):
        self.parent, self.id, self.code, self.full = parent, next(parent.ids), None, full
        folder = world.folder
        self.pid = int(
            parent.order(
                id=self.id,
                config=str(folder / "config.yaml"),
                die=die,
                log=str(folder / "log"),
                jump=str(folder / "jump"),
                full=full,
            )
        )

    def over(self):
        """Return whether it has ended."""
        with suppress(OSError):
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return True

    def end(self, how=signal.SIGTERM):
        """End it and return its exit code, negative for a signal."""
        if self.code is not None:
            return self.code
        self.parent.order(answered=False, id=self.id, kill=how)
        return self.join()

    def join(self):
        """Wait for its end and return its exit code."""
        if self.code is None:
            self.code = int(self.parent.order(id=self.id, wait=1))
        return self.code


def progress(world, state):
    """Let the story develop once what went before has arrived; return whether all has."""
    counted = world.receiver.counted()
    if state["phase"] == 1 and not FIRST - counted:
        state["phase"] = 2
        world.publish(("five", "Five"), ("twelve", "Twelve"))
    if EXPECTED - counted:
        return False
    return world.rows(
        "select (select count(*) from articles) >= 7 and not (select count(*) from deliveries where state <> 'sent')"
    ) == [(1,)]


def played(parent, world, deaths, full=0, meanwhile=lambda world, life: None):
    """Let the daemon die at each of these steps in turn (a float: after so many seconds) and then live.

    `full` is how many pages the disk has room for in the first life; `meanwhile` is called all the time. Return what is
    not as it must be, and the number of kills.
    """
    state, kills, faults = {"phase": 1}, 0, []
    for number, death in enumerate([*deaths, 0]):
        life = Life(parent, world, die=death if isinstance(death, int) else 0, full=full if not number else 0)
        killed_at = time.monotonic() + death if isinstance(death, float) else None
        done, end = False, time.monotonic() + PATIENCE
        while life.code is None and not life.over():
            done = progress(world, state)
            meanwhile(world, life)
            if killed_at is not None and time.monotonic() > killed_at:
                life.end(signal.SIGKILL)
                break
            if done or time.monotonic() > end:
                life.end()
                break
            time.sleep(0.02)
        else:
            life.join()
        kills += life.code == -signal.SIGKILL
        if life.code not in (0, -signal.SIGKILL) and not (done and life.code == -signal.SIGTERM):
            faults.append(f"the daemon ended with {life.code}")
        if life.code == -signal.SIGKILL:
            settled, before = world.settled(), len(world.receiver.got)
            faults += sent_again(world)
            world.before, world.seen = settled, before
        if done:
            break
    return faults + sent_again(world) + world.faults(kills), kills


def sent_again(world):
    """Return what the receiver got since the last death though it was recorded as sent before that."""
    return [f"sent again: {what}" for key, what in world.receiver.got[world.seen :] if key in world.before]


@contextmanager
def world_in(folder, wire):
    """Yield a fresh world in the folder, and take it away."""
    folder.mkdir(parents=True)
    world = World(folder, wire)
    world.before, world.seen = set(), 0
    try:
        yield world
    finally:
        world.close()


def steps_of_a_life(parent, folder, wire):
    """Return how many steps a life without a death takes."""
    with world_in(folder, wire) as world:
        faults, _ = played(parent, world, [])
        assert faults == [], faults
        return int((folder / "log.steps").read_text())


class Sweep:
    """Many worlds, played by a few parents side by side."""

    def __init__(self, folder, cases, say):
        self.folder, self.queue, self.say = folder, iter(enumerate(cases)), say
        self.found, self.kills, self.lock = {}, 0, threading.Lock()

    def work(self, parent, wire):
        """Play one case after the other until there is none."""
        while True:
            with self.lock:
                number, deaths = next(self.queue, (None, None))
            if number is None:
                return
            with world_in(self.folder / f"w{number}", wire) as world:
                faults, killed = played(parent, world, deaths)
            self.note(number, deaths, faults, killed)

    def note(self, number, deaths, faults, killed):
        """Keep what a world came to; one without a fault is cleared away."""
        with self.lock:
            hundreds = self.kills // 100
            self.kills += killed
            if faults:
                self.found[number, tuple(deaths)] = faults
                self.say(f"case {number}, deaths {deaths}: {faults}")
            else:
                shutil.rmtree(self.folder / f"w{number}")
            if self.kills // 100 > hundreds:
                self.say(f"{self.kills} kills so far")


def sweep(folder, cases, parents=2, say=print):
    """Play each list of deaths in a world of its own; return the faults by case, and the number of kills."""
    whole, made = Sweep(folder, cases, say), [Parent() for _ in range(parents)]
    with site.serve() as wire:
        threads = [threading.Thread(target=whole.work, args=[parent, wire]) for parent in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for parent in made:
        parent.close()
    return whole.found, whole.kills


def cases(steps, random_cases, chance=None):
    """Return a death at each step, and so many lists of one to four deaths at random steps and moments."""
    chance = chance or random.Random(1)
    every = [[step] for step in range(1, steps + 1)]

    def death():
        return chance.randint(1, steps) if chance.random() < 0.5 else round(chance.uniform(0.05, 3), 2)

    return every + [[death() for _ in range(chance.randint(1, 4))] for _ in range(random_cases)]
