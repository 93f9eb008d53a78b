"""What reading names costs: `python -m tests.bench.names FILE` reads a text file of news in English.

Prints JSON lines: opening the gazetteer and the first article; the pack's trie and one automaton of the same names over
the same text; places and groups together on pieces of 3,000 characters. CPU seconds, and MiB that stay resident.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from time import process_time

import ahocorasick_rs

_PIECE = 3_000
_WORD = re.compile("[^ ]+")


def resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024


class Step:
    """Prints what has been used since it was made."""

    def __init__(self) -> None:
        self.cpu, self.size = process_time(), resident()

    def told(self, what: str, **more: float) -> None:
        cpu = process_time() - self.cpu
        rate = {name: round(amount / cpu, 1) for name, amount in more.items()}
        print(json.dumps({"what": what, "cpu": round(cpu, 3), "MiB": round(resident() - self.size, 1)} | rate))


def main(text: str) -> None:
    step = Step()
    from crawler.facts.groups import read_groups  # noqa: PLC0415 - its import is part of what is measured
    from crawler.facts.places import read_places  # noqa: PLC0415
    from crawler.gazetteer import gazetteer, groups  # noqa: PLC0415
    from crawler.gazetteer.names import fold  # noqa: PLC0415
    from crawler.gazetteer.pack import LOWER  # noqa: PLC0415

    gazetteer()
    groups()
    step.told("gazetteer and groups opened")
    step = Step()
    read_places("", "Two people were killed in Nalchik.", "en")
    step.told("first article")

    pieces = [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
    step = Step()
    for piece in pieces:
        read_places("", piece, "en")
        read_groups("", piece, "en")
    step.told("places and groups", articles_a_second=len(pieces))

    folded, begun = fold(text), gazetteer().pack.begun
    step = Step()
    for word in _WORD.finditer(folded):
        start = word.start()
        mark = LOWER if text[start].islower() else ""
        for name, _ in begun(mark + folded[start : start + 61]):
            folded[start + len(name) - len(mark) : start + len(name) - len(mark) + 1].isspace()
    step.told("trie at the starts of words", MB_a_second=len(text) / 1e6)

    names = [f" {name} " for name, _ in gazetteer().pack.names() if not name.startswith(LOWER)]
    step = Step()
    automaton = ahocorasick_rs.AhoCorasick(names, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA)
    step.told(f"automaton of {len(names)} names built")
    step = Step()
    automaton.find_matches_as_indexes(f" {folded} ", overlapping=True)
    step.told("automaton over the text", MB_a_second=len(text) / 1e6)


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text("utf-8"))
