"""denials.yaml -> Denials: a language's words that deny an armed group's part in an event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from crawler.gazetteer.tables import any_of, read_table, whole

_MOST = 20  # of one sentence that are followed up


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A denial in a folded sentence: where it begins, and the word for the part that is denied."""

    start: int
    part: int
    part_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Denials:
    """A language's denials, matched in folded text (`names.fold`)."""

    denial: re.Pattern[str]
    part: re.Pattern[str]
    joint: re.Pattern[str]
    verb_last: bool

    def find(self, folded: str) -> Iterator[Denial]:
        """Yield the denials of a sentence; the word for the part follows, or stands before where the verb is last."""
        for denial in islice(self.denial.finditer(folded), _MOST):
            if part := self.part.search(folded, denial.start()):
                yield Denial(start=denial.start(), part=part.start(), part_end=part.end())
            elif self.verb_last and (before := list(islice(self.part.finditer(folded, 0, denial.start()), _MOST))):
                yield Denial(start=denial.start(), part=before[-1].start(), part_end=before[-1].end())


def denials(lang: str | None) -> Denials:
    """Return the denials of an ISO 639-1 language; English ones for one that the table doesn't have."""
    table = _table()
    return table.get(lang or "en") or table["en"]


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Denials]:
    rows: dict[str, dict[str, Any]] = read_table("denials.yaml")
    return {
        lang: Denials(
            denial=whole(any_of(row["denials"])),
            part=whole(any_of(row["part_words"])),
            joint=re.compile(rf" *(?:{whole(any_of(row['joints'])).pattern} *)*"),
            verb_last=row.get("verb_last", False),
        )
        for lang, row in rows.items()
    }
