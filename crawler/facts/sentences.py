"""Text -> Sentences, with their offsets: abbreviations, quotes, blank lines; in time linear in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.lexicon import abbreviations


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `text` is exactly `source[start:end]`, in characters."""

    text: str
    start: int
    end: int


_CLOSERS = "\"'”’»›)\\]）」』"
# Possessive quantifiers: a megabyte of full stops is one step each, never retried.
_CANDIDATE = re.compile(rf"[.!?…。！？؟۔।‽]++[{_CLOSERS}]*+|\n\s*+")
_LAST_WORD = re.compile(r"[^\s(\[{\"'“”«»‘’„,;:/]*\Z")
_OPENERS = "\"'“”«‹‘’„([{—–-¿¡•*# "
_WORD = re.compile(r"[^\W\d_]+")
_CJK_STOPS = "。！？"
_LOOK_BACK = 24
_ORDINAL = 3  # digits at the most


def split(text: str) -> list[Sentence]:
    """Return the sentences of a text, in order, without the white space between them.

    A full stop after a title, an initial or a shortened month does not end a sentence; a blank line always does, and a
    single line break does unless the next line goes on in lower case.
    """
    found: list[Sentence] = []
    start = 0
    for candidate in _CANDIDATE.finditer(text):
        if candidate.start() >= start and _ends(text, candidate.start(), candidate.end()):
            _add(found, text, start, candidate.end())
            start = candidate.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    body = piece.strip()
    if body:
        start += len(piece) - len(piece.lstrip())
        found.append(Sentence(body, start, start + len(body)))


def _ends(text: str, start: int, end: int) -> bool:
    """Say whether the full stop or line break at `start` ends a sentence."""
    if "\n" in text[start:end]:
        return _line_ends(text, start, end)
    if end == len(text) or text[start] in _CJK_STOPS:
        return True
    after = text[end : end + _LOOK_BACK]
    if not after[0].isspace():
        return _glued(text, start, end)
    first = after.lstrip().lstrip(_OPENERS)[:1]
    if first.islower():
        return False
    if text[start:end] != ".":
        return True
    return not _abbreviated(text, start, after, first)


def _line_ends(text: str, start: int, end: int) -> bool:
    """A wrapped line goes on in lower case or after a comma; anything else is a paragraph, a heading or an item."""
    if text.count("\n", start, end) > 1:
        return True
    return not (text[end : end + 1].islower() or text[start - 1 : start] == ",")


def _glued(text: str, start: int, end: int) -> bool:
    """'was killed.Police said': the space is missing, the sentence ends; 'U.S', '3.5' and 'example.org' do not."""
    before, after = text[max(0, start - 3) : start], text[end : end + 2]
    ends_word = len(before) == 3 and before.isalpha() and before.islower()
    return text[start:end] == "." and ends_word and after[:1].isupper() and after[1:].islower()


def _abbreviated(text: str, start: int, after: str, first: str) -> bool:
    """Say whether the word before the full stop at `start` is a shortened one that goes on."""
    known = abbreviations()
    found = _LAST_WORD.search(text, max(0, start - _LOOK_BACK), start)
    word = found.group() if found else ""
    folded = word.casefold()
    if folded in known["always"]:
        return True
    if folded in known["before_number"] and first.isdigit():
        return True
    if word.isdigit() and len(word) <= _ORDINAL and _next_word(after) in known["after_ordinal"]:
        return True
    if folded in known["inner"] or "." in word:
        return not _starts_sentence(after)
    return len(word) == 1 and word.isupper()


def _starts_sentence(after: str) -> bool:
    return _next_word(after) in abbreviations()["starters"]


def _next_word(after: str) -> str:
    word = _WORD.search(after)
    return word.group().casefold() if word else ""
