"""Lines of text -> what is read of each, claim by claim: `python -m crawler.facts.toll_trace ru < sentences.txt`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from crawler.facts.toll import read_toll
from crawler.facts.toll_findings import read_findings
from crawler.lexicon import load


def trace(lang: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield each line's toll and, indented, every claim with the reason why it does not count, if it does not."""
    lexicon = load(lang)
    if lexicon is None:
        yield f"there is no lexicon for {lang!r}"
        return
    for line in filter(None, map(str.strip, lines)):
        toll = read_toll("", line, lang, None)
        yield f"killed {toll.killed and toll.killed.low}, injured {toll.injured and toll.injured.low}: {line}"
        for f in read_findings("", line, lexicon, None).found:
            marks = [mark for mark in ("definite", "more", "part", "total", "nominal", "own") if getattr(f.claim, mark)]
            verdict = f"not counted: {f.aside}" if f.aside else "counted"
            word = " ".join([f.claim.what, str(f.claim.low), *marks, *["rival"] * f.rival])
            yield f"    {word} (at unit {f.claim.position}): {verdict}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in trace(sys.argv[1], sys.stdin))
