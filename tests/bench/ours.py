"""Tocsin's own polls for the benchmarks: `ours.py PORT N FOLDER` polls N feeds by the daemon's whole path, a round for
each line on stdin.

Prints for each round {"cpu": seconds of this process and its workers, "polls", "articles", "rss": MiB of this process}.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from time import monotonic, process_time

from crawler import newsroom as crawl
from crawler.settings import settings
from crawler.source import Source
from scheduler.clock import poll
from scheduler.daemon import utc_now
from scheduler.pipeline import Ringer, Tally
from scheduler.store import open_store
from tests.bench.faults import KINDS
from tests.bench.server import address


def workers_cpu() -> float:
    """Return the CPU seconds of this process's children, their children and those that have ended included."""
    ended = os.times()
    total, parents = ended.children_user + ended.children_system, {os.getpid()}
    stats = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            stats.append((int(entry.name), int(fields[1]), int(fields[11]) + int(fields[12])))
    for pid, parent, ticks in sorted(stats):
        if parent in parents:
            parents.add(pid)
            total += ticks / os.sysconf("SC_CLK_TCK")
    return total


def resident() -> float:
    """Return the resident memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main(port: int, feeds: int, folder: Path, faults: int = 0, faulty: int = 0) -> None:
    """Poll in rounds until stdin ends: `feeds` healthy sources, and beside them `faulty` ones at the port `faults`.

    A faulty source is polled as the daemon does, at most once at a time; a round ends with the healthy ones.
    """
    from alerts.rules import RuleSet  # noqa: PLC0415
    from scheduler.config import load  # noqa: PLC0415

    wrong = [f"{address(faults, 250 * 8 + i)}/fault/{i % len(KINDS)}.xml" for i in range(faulty)]
    urls = [*(f"{address(port, i)}/feed/{i}.xml" for i in range(feeds)), *wrong]
    listed = "\n".join(f"  - {{name: Feed {i}, url: {url}, private: true}}" for i, url in enumerate(urls))
    rules = """rules:
  - {name: Militancy, when: {region: North Caucasus, killed: ">= 5"}, notify: desk}
  - {name: Attack, when: {text: [attack, bombing, explo*], killed: 3}, notify: desk}
  - {name: Group, when: {group: any}, notify: desk}
"""
    (folder / "config.yaml").write_text(
        f"delay: 0s\ncontact: bench@example.org\nchannels: {{desk: 'console://'}}\nsources:\n{listed}\n{rules}"
    )
    logging.getLogger("tocsin").setLevel(logging.CRITICAL)  # what faulty sources do is no news here
    config = load(folder / "config.yaml", {})
    store = open_store(config.database)
    store.sources.register(config.sources)
    ringer = Ringer(store, RuleSet(config.rules), utc_now)

    async def rounds(newsroom: crawl.Newsroom) -> int:
        slots = asyncio.Semaphore(16)

        async def one(source: Source) -> int:
            async with slots:
                tally = await poll(source, newsroom, ringer)
                assert tally.error is None, tally.error
                return tally.articles

        under_way: dict[str, asyncio.Task[Tally]] = {}

        def trouble() -> None:
            for source in config.sources[feeds:]:
                if source.name not in under_way or under_way[source.name].done():
                    under_way[source.name] = asyncio.create_task(poll(source, newsroom, ringer))

        while await asyncio.to_thread(sys.stdin.readline):
            trouble()
            others, begun = workers_cpu(), monotonic()
            start = process_time() + others
            articles = sum(await asyncio.gather(*map(one, config.sources[:feeds])))
            row = {
                "seconds": monotonic() - begun,
                "cpu": process_time() + workers_cpu() - start,
                "workers": workers_cpu() - others,
                "polls": feeds,
                "articles": articles,
                "rss": resident(),
            }
            print(json.dumps(row), flush=True)
        return 0

    crawl.run(settings(contact=config.contact, version="0", delay=0.0), rounds)
    store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
