"""Document -> abbreviated first-level units in it: "Peoria, Ill.", "Gainesville, Fla.", "Regina, Sask."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from crawler.facts.mentions import Document, Mention, PlaceName
from crawler.gazetteer import Region, gazetteer
from crawler.gazetteer.tables import read_table

_FILE = "abbreviations.yaml"


def read_abbreviations(document: Document) -> Iterator[Mention]:
    """Yield the abbreviations in order; none in a text that is all capitals, where "OR" and "IN" are words."""
    if document.in_capitals:
        return
    pattern, codes = _table()
    for found in pattern.finditer(document.body):
        if region := _region(codes[found["name"]]):
            yield Mention(found.start("name"), found.end("name"), (PlaceName(region, main=False, own=True),), ())


def _region(code: str) -> Region | None:
    return gazetteer().by_code.get(code)


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """The pattern for all abbreviations, and the code of each."""
    table: dict[str, dict[str, list[str]]] = read_table(_FILE)
    codes = {form: code for section in table.values() for code, forms in section.items() for form in forms}
    alone, behind = (_any_of(table[section]) for section in ("alone", "behind"))
    return re.compile(rf"(?:(?<![\w.])(?={alone})|(?<=[a-z], )(?={behind}))(?P<name>{alone}|{behind})(?!\w)"), codes


def _any_of(forms: Mapping[str, list[str]]) -> str:
    every = sorted({form for listed in forms.values() for form in listed}, key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(map(re.escape, every))})"
