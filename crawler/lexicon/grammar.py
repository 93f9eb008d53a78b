"""A lexicon's `grammar:` section -> Grammar: what the frame reader must know of a language's order and spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module, resources
from typing import Any

Pieces = Callable[[str, frozenset[str]], Sequence[str]]
_CHOICES: dict[str, tuple[str, ...]] = {
    "order": ("before", "after"),
    "object": ("before", "after"),
    "genitive": ("before", "after"),
    "head": ("first", "last"),
    "cues": ("before", "both"),
    "apostrophe": ("keep", "prefix", "suffix"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How a language puts a count and its event together.

    `order`: where the dead stand beside a passive or intransitive verb when both sides could be meant ("погибли пять":
    after; "5 asker öldü": before). `object`: where an active verb's object stands. `genitive`: where the dead stand
    beside "the death of". `head`: which noun of a run is the head ("сотрудник полиции": first; "polis memuru": last).
    `cues`: whether "last year", "threatened" and "trial" only come before what they bear on.
    `apostrophe`: it is a letter ("п'ять"), ends a small word ("l'armée") or begins an ending ("5'i").
    `thousands` and `decimal` are the signs inside a number. `ones_first`: "three and twenty". `cases`: nouns carry the
    tags `subject` and `object` by their form. `names`: an unknown capital word is a name. `capital_months`: months do.
    `blanks`: words stand apart; where they don't (Chinese), a text is cut into the lexicon's words, the longest first.
    """

    order: str = "before"
    object: str = "after"
    genitive: str = "after"
    head: str = "first"
    cues: str = "before"
    apostrophe: str = "keep"
    thousands: str = ""
    decimal: str = ""
    ones_first: bool = False
    cases: bool = False
    names: bool = True
    capital_months: bool = False
    blanks: bool = True


def read_grammar(found: Mapping[str, Any]) -> Grammar:
    """Return the grammar that a lexicon's section spells out.

    Raises `ValueError` that names the entry that is wrong.
    """
    defaults = {field.name: field.default for field in fields(Grammar)}
    for name, value in found.items():
        if name not in defaults:
            raise ValueError(f"unknown entry {name!r}; known are {', '.join(defaults)}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(_CHOICES[name])}")
        if type(value) is not type(defaults[name]):
            raise ValueError(f"{name}: {value!r} is not a {type(defaults[name]).__name__}")
    return Grammar(**found)


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """How a language's words are found in running text.

    `fold` replaces signs before anything is read, `folded` finds them (a third of what `str.translate` takes).
    `prefixes` and `suffixes` are what may be stuck to a known word,
    longest first; a prefix is read as a word of its own, a suffix is dropped. `pieces` is the language's own module's
    way to take an unknown word apart, where it has one. `endings` are those behind an apostrophe that tell something:
    they are read before their word ("19'dan": from 19), any other is dropped. `vocabulary`: the words that a text
    without blanks is cut into, by their first sign, the longest first.
    """

    fold: Mapping[str, str]
    folded: re.Pattern[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    token: re.Pattern[str]
    apostrophe: str
    pieces: Pieces | None = None
    endings: frozenset[str] = frozenset()
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sticks(self) -> bool:
        """Say whether a known word may stand in the text with something stuck to it."""
        return bool(self.prefixes or self.suffixes or self.pieces)

    def words(self, text: str) -> list[str]:
        """Return the words, numbers and signs of a text, folded but in their own case."""
        folded = self.folded.sub(lambda sign: self.fold[sign[0]], text)
        found: list[str] = self.token.findall(_HAN.sub(self._cut, folded) if self.vocabulary else folded)
        if self.apostrophe == "keep":
            return found
        return [part for word in found for part in (self._at_apostrophe(word) if "'" in word else (word,))]

    def _at_apostrophe(self, word: str) -> tuple[str, ...]:
        if word == "'":
            return (word,)
        if self.apostrophe == "suffix":
            head, sign, ending = word.partition("'")
            return (sign, ending, head) if ending.casefold() in self.endings else (head or sign,)
        head, _, tail = word.partition("'")
        return (head + "'", *self._at_apostrophe(tail)) if tail else (word,)

    def _cut(self, run: re.Match[str]) -> str:
        """Set blanks between a run's words, the longest first; what nobody knows in between stays together."""
        text, i, apart = run[0], 0, True
        cut: list[str] = []
        while i < len(text):
            word = next((word for word in self.vocabulary.get(text[i], ()) if text.startswith(word, i)), "")
            if word or apart:
                cut.append(word or text[i])
            else:
                cut[-1] += text[i]
            apart = bool(word)
            i += len(word) or 1
        return f" {' '.join(cut)} "

    def key(self, phrase: str) -> str:
        """Return a lexicon's phrase as the reader will meet it."""
        return " ".join(self.words(phrase.casefold())).casefold()


_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_APOSTROPHES = "’ʼ`´ʹ"


def read_spelling(
    lang: str, grammar: Grammar, fold: Mapping[str, str], affixes: Mapping[str, Sequence[str]]
) -> Spelling:
    """Return a language's spelling; `affixes` has `prefixes` and `suffixes`."""
    table = {**dict.fromkeys(_APOSTROPHES, "'"), **fold}
    inner = re.escape(grammar.thousands)
    thousands = rf"\d{{1,3}}(?:[{inner}]\d{{3}})++(?!\d)|" if inner else ""
    trailing = "'?+" if grammar.apostrophe == "prefix" else ""
    token = re.compile(
        # Possessive throughout: hostile input costs one step a character.
        rf"(?:[^\W\d_]\.){{2,}}+|(?:{thousands}\d++(?:[.,:/]\d++)*+)(?:[-']?[^\W\d_]++)?+"
        rf"|[^\W\d_]++(?:[-'–][^\W\d_]++)*+{trailing}|[^\s\w]|_++"
    )
    return Spelling(
        fold=table,
        folded=re.compile(f"[{re.escape(''.join(table))}]"),
        prefixes=tuple(sorted(affixes.get("prefixes", ()), key=len, reverse=True)),
        suffixes=tuple(sorted(affixes.get("suffixes", ()), key=len, reverse=True)),
        token=token,
        apostrophe=grammar.apostrophe,
        pieces=_own_module(lang),
    )


def _own_module(lang: str) -> Pieces | None:
    """Return `pieces` of `crawler/lexicon/<code>.py`, if the language has such a module."""
    package = __name__.rpartition(".")[0]
    if not resources.files(package).joinpath(f"{lang}.py").is_file():
        return None
    pieces: Pieces = import_module(f"{package}.{lang}").pieces
    return pieces
