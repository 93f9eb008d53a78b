"""A bundled table's name -> what it says; and word lists -> the patterns that find them in folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import yaml

from crawler.gazetteer.names import key


def read_table(name: str) -> dict[str, Any]:
    """Return a YAML table that lies beside this file; the tables are ours and tested, so no error is made readable."""
    table: dict[str, Any] = yaml.load(
        files("crawler.gazetteer").joinpath(name).read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return table


def any_of(words: Iterable[str]) -> str:
    """Return one alternation of words as they stand in folded text, the longest first; a `*` stands for any ending."""
    keys = sorted({(key(word), word.endswith("*")) for word in words}, key=lambda pair: (-len(pair[0]), pair))
    return "|".join(re.escape(word) + (r"\w*" if open_ended else "") for word, open_ended in keys)


def whole(alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words for an alternation."""
    return re.compile(rf"\b(?:{alternatives})\b")
