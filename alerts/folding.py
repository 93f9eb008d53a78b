"""Text -> the words of it as they are compared: no case, accents, typographic signs or spelling variants.

What is one letter to a reader is one here: é = e, ё = е, ß = ss, ł = l, full-width Ａ = a, the digits of every script,
Arabic with and without vowel signs and tatweel, أ = ا, ة = ه, and ی and ک as Persian writes them = ي and ك. Turkish ı
and i are one letter, as are I and İ: capitals don't tell them apart, nor do writers on foreign keyboards. й and ї stay
letters of their own: "мой" and "мои" are two words.

Punctuation parts words and is no part of one, but for an apostrophe between Cyrillic letters: "сім'я" is a word.
Scripts that set no space between words (Chinese, Japanese, Thai, …) are compared by characters: each is a word, so that
what a rule lists is found wherever its characters stand in a row.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

# Letters of their own in Cyrillic, not accented forms of another.
_LETTERS = frozenset("йїўѓќӣӯ")
# The Arabic letters that writers use for each other, after Lucene's ArabicNormalizer and PersianNormalizer; Latin ones
# with a stroke, after its ASCIIFoldingFilter; the Turkish dotless ı.
_SPELLINGS = {
    **{"ى": "ي", "ة": "ه", "ی": "ي", "ے": "ي", "ک": "ك", "ھ": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا"},
    **{"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"},
    **dict.fromkeys("‘’‚‛′ʼ＇´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}  # fmt: skip
_SURROGATES = range(0xD800, 0xE000)

# Signs within a word that make no other: accents, vowel signs of Arabic and Hebrew, tatweel, the half rings of
# transliteration, and what is invisible.
_DROPPED = re.compile(
    "[\u00ad\u02b9-\u02bb\u02bd-\u02bf\u02c8\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0001-\U000e01ef]"
)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# The vowel signs of Indic and other scripts, which are no accents: with another it is another word.
_MARKS = "".join(
    char
    for block in (range(0x380, 0x2100), range(0x3099, 0x309B), range(0xA66F, 0xAC00))
    for char in map(chr, block)
    if unicodedata.category(char)[0] == "M" and not _DROPPED.match(char)
)
_CYRILLIC = "\u0400-\u052f"
_WORD = re.compile(
    rf"(?=\w)[{_UNSPACED}][{_MARKS}]*+"
    rf"|[{_MARKS}]*+[^\W{_UNSPACED}](?:[^\W{_UNSPACED}]|[{_MARKS}]|(?<=[{_CYRILLIC}])'(?=[{_CYRILLIC}]))*+"
)
_PLAIN_WORD = re.compile(r"\w+")
_ASCII_WORD = re.compile(r"\w+", re.ASCII)
_ASCII_GAPS = {code: " " for code in range(128) if not _ASCII_WORD.match(chr(code))}
_SPECIAL = re.compile(rf"[{_UNSPACED}{_MARKS}]|(?<=[{_CYRILLIC}])'(?=[{_CYRILLIC}])")
_UNSPACED_CHAR = re.compile(f"[{_UNSPACED}]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


class _Folds(dict[int, str]):
    """A `str.translate` table that works out each character once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = "\ufffd" if code in _SURROGATES else "".join(_folded(chr(code)))
        return folded


def _folded(char: str) -> Iterator[str]:
    low = char.casefold()
    if low in _LETTERS:
        yield low
        return
    parts = unicodedata.normalize("NFKD", _SPELLINGS.get(low, low)).casefold()
    # ™ and № are signs, not the words "tm" and "no"; ½ is a number, not "1" and "2"; ำ goes with no letter before it
    sign = not char.isalnum() and any(part.isalnum() for part in parts)
    torn = char.isalnum() and (any(not _in_word(part) for part in parts) or unicodedata.category(parts[0])[0] == "M")
    if sign or torn:
        yield low
        return
    for part in parts:
        if not _DROPPED.match(part):
            yield str(unicodedata.decimal(part)) if part.isdecimal() else _SPELLINGS.get(part, part)


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M" or _DROPPED.match(char) is not None


_TABLE = _Folds()


def fold(text: str) -> str:
    """Return the text as it is compared, its punctuation and white space as they are."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text)
    if len(text) * 1.25 < len(text.encode("utf-8", "surrogatepass")):
        return text.translate(_TABLE)
    return _FOREIGN.sub(
        lambda few: few[0].translate(_TABLE), text.lower()
    )  # faster where few characters need the table


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in order."""
    folded = fold(text)
    if folded.isascii():
        return folded.translate(_ASCII_GAPS).split()  # twice as fast as an expression
    found: list[str] = _word(folded).findall(folded)
    return [word.replace("'", "") for word in found] if "'" in folded else found


def is_unspaced(char: str) -> bool:
    """Whether the character is of a script that sets no space between words."""
    return _UNSPACED_CHAR.match(char) is not None


def _word(folded: str) -> re.Pattern[str]:
    """Return the simplest expression that finds the words of a folded text."""
    if folded.isascii():
        return _ASCII_WORD
    return _WORD if _SPECIAL.search(folded) else _PLAIN_WORD


class Spans:
    """Where each of the `words` of a text stands in it, in characters of `text`: the text in composed form (NFC)."""

    __slots__ = ("_ends", "_spans", "text")

    def __init__(self, text: str) -> None:
        """Look where the words begin and end; that costs more than `words`, and evidence alone asks for it."""
        self.text = text if text.isascii() else unicodedata.normalize("NFC", text)
        folded = fold(self.text)
        self._spans = [word.span() for word in _word(folded).finditer(folded)]
        self._ends = [] if text.isascii() else list(accumulate(len(_TABLE[ord(char)]) for char in self.text))

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self._spans)

    def __getitem__(self, place: int) -> tuple[int, int]:
        """Return start and end of a word by its place among the words."""
        start, end = self._spans[place]
        if not self._ends:
            return start, end
        return bisect_right(self._ends, start), bisect_right(self._ends, end)

    def gap(self, place: int) -> str:
        """Return what stands before a word, from the end of the one before it; past the last, what follows it."""
        start = self[place - 1][1] if place else 0
        return self.text[start : self[place][0] if place < len(self) else len(self.text)]
