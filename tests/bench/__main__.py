"""`python -m tests.bench [NAME…]`: every benchmark as a ratio to a bare program in the same run; prints a table, fails
nothing."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import faults, server
from tests.bench.backtest import backtest
from tests.bench.copies import copies
from tests.bench.latency import latency
from tests.bench.mails import mails
from tests.bench.places import places
from tests.bench.rules import rules
from tests.bench.stories import stories
from tests.bench.tolls import tolls

ROUNDS = 7


@contextmanager
def program(*args):
    """Start a program that runs a round for each line it is given and answers with its figures.

    Yield the function that asks for one.
    """
    with subprocess.Popen(
        [sys.executable, "-m", *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def a_round():
            process.stdin.write("\n")
            process.stdin.flush()
            while line := process.stdout.readline():
                if line.startswith("{"):
                    return json.loads(line)
            raise RuntimeError(f"{args[0]} ended")

        yield a_round
        process.stdin.close()
        process.wait(30)


def row(name, limit, ours, bare, note):
    """Print one figure: the median of the ratios pair by pair."""
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"{name:<44} {middle:6.2f}x  ({low:.2f}–{high:.2f})  limit {limit:>5}   {note}", flush=True)


def unchanged_poll():
    """CPU of a poll that finds nothing new, against a conditional GET in a bare aiohttp loop."""
    feeds = 200
    with ExitStack() as stack:
        port = stack.enter_context(server.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = stack.enter_context(program("tests.bench.ours", port, feeds, folder))
        bare = stack.enter_context(program("tests.bench.bare", "aiohttp", port, feeds))
        ours(), bare(), ours(), bare()  # the first reads the backlog, the second warms up
        pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    assert not any(a["articles"] for a, _ in pairs)
    each = [statistics.median(side["cpu"] for side in sides) / feeds * 1000 for sides in zip(*pairs, strict=True)]
    note = f"{each[0]:.2f} ms a poll, aiohttp {each[1]:.2f} ms; the daemon's whole path with the database"
    row("unchanged poll / bare aiohttp", "12x", [a["cpu"] for a, _ in pairs], [b["cpu"] for _, b in pairs], note)


def new_articles():
    """CPU of a cycle in which each of 200 feeds has one new article, against a bare Scrapy spider that parses and
    extracts."""
    feeds = 200
    with ExitStack() as stack:
        port = stack.enter_context(server.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = stack.enter_context(program("tests.bench.ours", port, feeds, folder))
        bare = stack.enter_context(program("tests.bench.bare", "scrapy", port, feeds))
        ours(), bare()
        pairs = []
        for _ in range(ROUNDS):
            server.advance(port)
            pairs.append((ours(), bare()))
    assert all(a["articles"] == b["articles"] == feeds for a, b in pairs), pairs
    each = [statistics.median(side["cpu"] for side in sides) / feeds * 1000 for sides in zip(*pairs, strict=True)]
    note = f"{each[0]:.1f} ms a feed with one new article, bare {each[1]:.1f} ms; facts, story, rules and database included"
    row(
        "cycle of 200 feeds / bare Scrapy + extraction",
        "1.3x",
        [a["cpu"] for a, _ in pairs],
        [b["cpu"] for _, b in pairs],
        note,
    )


def start_up():
    """CPU of `tocsin --help` against a Python that does nothing."""

    def cpu(*args):
        before = os.times()
        subprocess.run(args, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    tocsin = str(Path(sys.executable).with_name("tocsin"))

    def several(*args):
        return sum(cpu(*args) for _ in range(10)) / 10  # the kernel counts in hundredths of a second

    several(tocsin, "--help")
    pairs = [(several(tocsin, "--help"), several(sys.executable, "-c", "pass")) for _ in range(ROUNDS)]
    each = [statistics.median(side) * 1000 for side in zip(*pairs, strict=True)]
    row(
        "tocsin --help / python -c pass",
        "6x",
        [a for a, _ in pairs],
        [b for _, b in pairs],
        f"{each[0]:.0f} ms, python {each[1]:.0f} ms",
    )


def idle_memory():
    """Resident memory of the main process with 1,000 sources that have nothing new."""
    with ExitStack() as stack:
        port = stack.enter_context(server.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = stack.enter_context(program("tests.bench.ours", port, 1000, folder))
        first, *later = [ours() for _ in range(4)]
    print(
        f"{'main process with 1,000 idle sources':<44} {later[-1]['rss']:6.0f} MiB  limit 200 MB   after the "
        f"backlog {first['rss']:.0f} MiB",
        flush=True,
    )


def faulty_sources():
    """Time of a cycle of 180 healthy sources while 20 others do everything wrong, against the same cycle without them."""
    healthy, faulty = 180, 20
    with ExitStack() as stack:
        port, wrong = stack.enter_context(server.running()), stack.enter_context(faults.running())
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2)]
        beside = stack.enter_context(program("tests.bench.ours", port, healthy, folders[0], wrong, faulty))
        clean = stack.enter_context(program("tests.bench.ours", port, healthy, folders[1]))
        beside(), clean()
        pairs = []
        for _ in range(ROUNDS):
            server.advance(port)
            pairs.append((beside(), clean()))
    assert all(a["articles"] == b["articles"] == healthy for a, b in pairs), pairs
    grown = pairs[-1][0]["rss"] - pairs[-1][1]["rss"]
    cpu = statistics.median(a["cpu"] / b["cpu"] for a, b in pairs)
    note = f"{', '.join(faults.KINDS)}; {cpu:.2f}x CPU, {grown:+.0f} MiB in the main process (limit +64 MB)"
    row(
        "cycle of 180 sources beside 20 faulty / alone",
        "1.2x",
        [a["seconds"] for a, _ in pairs],
        [b["seconds"] for _, b in pairs],
        note,
    )


def idle_cycle():
    """An idle cycle extracts nothing: the CPU of the worker processes over a cycle that finds nothing new."""
    feeds = 200
    with ExitStack() as stack:
        port = stack.enter_context(server.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = stack.enter_context(program("tests.bench.ours", port, feeds, folder))
        busy, *idle = [ours() for _ in range(3)]
    print(
        f"{'worker CPU of an idle cycle of 200 feeds':<44} {idle[-1]['workers']:6.2f} s  limit     0   "
        f"{busy['workers']:.2f} s for the backlog",
        flush=True,
    )


BENCHES = {
    "faulty": faulty_sources,
    "idle": idle_cycle,
    "poll": unchanged_poll,
    "cycle": new_articles,
    "help": start_up,
    "memory": idle_memory,
    "toll": tolls,
    "places": places,
    "stories": stories,
    "copies": copies,
    "rules": rules,
    "mails": mails,
    "backtest": backtest,
    "latency": latency,
}

if __name__ == "__main__":
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := set(wanted) - set(BENCHES):
        sys.exit(f"unknown benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    print(f"medians of {ROUNDS} rounds, run in turn; CPU time; Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for name in wanted:
        BENCHES[name]()
