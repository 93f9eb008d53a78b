"""What the tests of reading have in common: data cases by file, and the steps that a reading takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.facts import toll_findings
from crawler.facts.toll import read_toll


def cases(folder: Path) -> list[Any]:
    """One case a row of a folder's YAML files."""
    found = []
    for file in sorted(folder.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text("utf-8")):
            found.append(pytest.param(case, id=f"{file.stem}: {case['text'][:60]}"))
    return found


def steps(texts: Iterable[str], lang: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each text, how many units `Phrase.tagged`, the reader's innermost step, looks at."""
    taken = 0
    tagged = toll_findings.Phrase.tagged

    def counting(p: toll_findings.Phrase, i: int, *tags: str) -> bool:
        nonlocal taken
        taken += 1
        return tagged(p, i, *tags)

    monkeypatch.setattr(toll_findings.Phrase, "tagged", counting)
    cost = []
    for text in texts:
        taken = 0
        read_toll("", text, lang, None)
        cost.append(taken)
    return cost
