"""`python -m tests.crash [KILLS]`: a death at every step of a life, then random ones, until so many were killed."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests import site
from tests.crash.sweep import Parent, cases, steps_of_a_life, sweep

KILLS, A_CASE = 1_000, 1.4  # kills of a random case on average: a step of a life that was over is none


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    folder, begun = Path(tempfile.mkdtemp(prefix="tocsin-crash-")), time.monotonic()
    parent = Parent()
    with site.serve() as wire:
        steps = steps_of_a_life(parent, folder / "alive", wire)
    parent.close()
    every = cases(steps, max(0, round((kills - steps) / A_CASE)))
    print(f"{steps} steps in a life; {len(every)} worlds", flush=True)
    faults, killed = sweep(folder, every, parents=max(2, os.cpu_count() or 2), say=lambda line: print(line, flush=True))
    minutes = (time.monotonic() - begun) / 60
    print(f"{killed} kills in {len(every)} worlds, {minutes:.0f} minutes: {len(faults)} worlds with a fault ({folder})")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
