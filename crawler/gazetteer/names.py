"""A name or a text -> the same without case, accents or punctuation, character for character, so that offsets hold."""

from __future__ import annotations

import unicodedata

# Arabic writers mix these freely, Persian and Urdu have letters of their own for some of them; Turkish, Polish, Nordic
# and Vietnamese letters have no decomposition of their own.
_ALIKE = str.maketrans("أإآٱىیةہھەؤئکıßøłđðæœŀñ", "ااااي" + "يهههه" + "ويك" + "isoldd" + "aoln")
_SILENT = frozenset(("Mn", "Me", "Cf"))
_STRETCH = "\u0640"  # between joined Arabic letters, for looks


class _Folding(dict[int, str]):
    """`str.translate` table that fills itself: one character in, exactly one out."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character == _STRETCH:
        return "\u00ad"
    if not character.isalnum() or unicodedata.category(character) == "Lm":  # ʼ and ʿ are apostrophes
        return " " if unicodedata.category(character) not in _SILENT else "\u00ad"
    base = unicodedata.normalize("NFD", character)[0].casefold()[:1]
    return base.translate(_ALIKE)


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text with one character for each of its own: lower case, no accents, a space for any punctuation.

    Combining marks and invisible characters become a soft hyphen: they are neither letters nor the end of a word.
    """
    return text.translate(_FOLDING)


def key(name: str) -> str:
    """Return what two spellings of one name have in common: folded, composed, with single spaces."""
    return " ".join(fold(unicodedata.normalize("NFC", name)).replace("\u00ad", "").split())
