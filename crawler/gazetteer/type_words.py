"""type_words.yaml -> TypeWords: which kind of place a word beside a name says that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.gazetteer.names import key
from crawler.gazetteer.tables import read_table

_MOST = 3  # words of a phrase
_PROCLITICS = re.compile("[وف]?[بلك]|[وف]")  # Arabic "and", "in", "to", "as", written as one word with the next


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWords:
    """Folded phrases -> the kinds they speak of, and beginnings of words with any ending -> the same."""

    before: dict[str, frozenset[str]]
    after: dict[str, frozenset[str]]
    before_open: dict[str, frozenset[str]]
    after_open: dict[str, frozenset[str]]
    affixes: frozenset[str]
    plain: frozenset[str]

    def beside(self, folded: str, start: int, end: int) -> frozenset[str]:
        """Return the kinds that a word just before or after a name speaks of; none where nothing does.

        `folded` is the text as `names.fold` gives it, the name lies from `start` to `end` in it.
        """
        found = _look(self.after, self.after_open, _firsts(folded[end : end + 40]), proclitics=False)
        return found or _look(
            self.before, self.before_open, _lasts(folded[max(0, start - 40) : start]), proclitics=True
        )

    def bare(self, name: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield a folded name without its type word, and the kinds that the word speaks of."""
        words = name.split()
        for n in range(1, min(_MOST, len(words) - 1) + 1):
            if kinds := _look(self.after, self.after_open, [" ".join(words[-n:])], proclitics=False):
                yield " ".join(words[:-n]), kinds
            if kinds := _look(self.before, self.before_open, [" ".join(words[:n])], proclitics=True):
                yield " ".join(words[n:]), kinds


def _look(
    whole: dict[str, frozenset[str]], opened: dict[str, frozenset[str]], phrases: list[str], *, proclitics: bool
) -> frozenset[str]:
    for phrase in phrases:
        if kinds := whole.get(phrase):
            return kinds
        if proclitics and (stem := _PROCLITICS.match(phrase)) and (kinds := whole.get(phrase[stem.end() :])):
            return kinds
        if " " not in phrase:
            for length in range(len(phrase), 2, -1):
                if kinds := opened.get(phrase[:length]):
                    return kinds if len(phrase) - length <= 4 else frozenset()
    return frozenset()


def _firsts(after: str) -> list[str]:
    if not after.startswith(" "):
        return []
    words = after[1:].split(" ")[:_MOST]
    return [" ".join(words[:n]) for n in range(len(words), 0, -1) if all(words[:n])]


def _lasts(before: str) -> list[str]:
    if not before.endswith(" "):
        return []
    if before.endswith("  "):  # г. Идлиб: nothing but a single letter's full stop may part them
        return [word for word in before.split()[-1:] if len(word) == 1]
    words = before[:-1].split(" ")[-_MOST:]
    return [" ".join(words[-n:]) for n in range(len(words), 0, -1) if all(words[-n:])]


@lru_cache(maxsize=1)
def type_words() -> TypeWords:
    """Return the bundled table, read once."""
    table: dict[str, Any] = read_table("type_words.yaml")
    before, before_open = _side(table["before"])
    after, after_open = _side(table["after"])
    return TypeWords(
        before=before,
        after=after,
        before_open=before_open,
        after_open=after_open,
        affixes=frozenset(key(word) for word in table["affixes"]),
        plain=frozenset(key(word) for word in table["plain"]),
    )


def _side(languages: dict[str, dict[str, list[str]]]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    whole: dict[str, frozenset[str]] = {}
    opened: dict[str, frozenset[str]] = {}
    for kinds in languages.values():
        for kind, phrases in kinds.items():
            for phrase in phrases:
                shelf = opened if phrase.endswith("*") else whole
                shelf[key(phrase)] = shelf.get(key(phrase), frozenset()) | {kind}
    return whole, opened
