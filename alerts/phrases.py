"""Every rule's words and phrases + a text -> which of them stand in it, and where: one automaton, one pass.

A word or phrase matches whole words, in any case, with or without accents, whatever the shape of the quotation marks.
Between the words of a phrase may stand white space of any length or a joining hyphen ("car bomb" finds "car-bomb"), but
no other punctuation: a comma parts two statements. A trailing `*` leaves the end of the last word open.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation

from crawler.facts.sentences import split

KEPT_TEXTS = 256  # scans are remembered for as many texts: a story's articles are asked for by every rule
KEPT_EVIDENCE = 64  # and the way back from a hit into the text for fewer
SENTENCE = 400  # characters of evidence to either side at most

# Letters of their own in Cyrillic, not accented forms of another: "мой" and "мои" are two words. ё and stress marks are
# folded.
_LETTERS = frozenset("йїўѓќӣӯ")
# The Arabic forms that writers use for each other, after Lucene's ArabicNormalizer; the Turkish dotless ı, so that
# capitals match.
_SPELLINGS = {"ى": "ي", "ة": "ه", "ـ": "", "ı": "i", **dict.fromkeys("‘’‚‛′ʼ＇", "'"), **dict.fromkeys("“”„‟″«»", '"')}
_SURROGATES = range(0xD800, 0xE000)
_HYPHEN = re.compile(r"(?<=\w)[-‐‑–](?=\w)")
# Scripts that set no space between words: there a whole word can't be told from a part of one.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


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
    for part in unicodedata.normalize("NFKD", _SPELLINGS.get(low, low)).casefold():
        if not _is_accent(part):
            yield _SPELLINGS.get(part, part)


def _is_accent(char: str) -> bool:
    """Whether it is a mark or invisible sign that makes no other letter; the vowel signs of Indic scripts do."""
    code = ord(char)
    accent = 0x300 <= code <= 0x36F or 0x591 <= code <= 0x5C7 or 0x64B <= code <= 0x65F or code == 0x670
    return accent or unicodedata.category(char) == "Cf"


_TABLE = _Folds()


def fold(text: str) -> str:
    """Return the text as it is compared: no case, accents, typographic quotes or joining hyphens, single spaces."""
    return " ".join(_letters(unicodedata.normalize("NFC", text)).split())


def _letters(text: str) -> str:
    return _HYPHEN.sub(" ", text.lower() if text.isascii() else text.translate(_TABLE))


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase stands in the text: the words as written, and their sentence."""

    surface: str
    quote: str


def phrase(written: str) -> str:
    """Return the key of a word, phrase or `prefix*` as a user writes it.

    Raises `ValueError`, in the user's words, where there is nothing to look for or a `*` stands elsewhere than at the
    end.
    """
    words, star = (written[:-1], "*") if written.endswith("*") else (written, "")
    key = fold(words)
    if "*" in words:
        raise ValueError("a * can only stand at the end of the last word")
    if not any(_is_word(char) for char in key):
        raise ValueError("there is no letter or digit to look for")
    if star and not _is_word(words[-1]):
        raise ValueError("a * must follow a letter or digit")
    return key + star


class Phrasebook:
    """Finds any number of phrases in one pass over a text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Build the automaton from the keys that `phrase` made."""
        self._keys: dict[str, list[str]] = {}
        for key in dict.fromkeys(phrases):
            self._keys.setdefault(key.removesuffix("*"), []).append(key)
        self._patterns = list(self._keys)
        # the NFA: the DFA takes 1 GB and more for 100,000 phrases
        self._automaton = AhoCorasick(self._patterns, implementation=Implementation.ContiguousNFA)
        self._seen: OrderedDict[str, dict[str, tuple[int, int]]] = OrderedDict()

    def scan(self, text: str) -> Mapping[str, tuple[int, int]]:
        """Return each phrase that stands in the text with its first span in `fold(text)`."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = self._scan(fold(text))
            if len(self._seen) > KEPT_TEXTS:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(text)
        return found

    def _scan(self, folded: str) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if _inside_word(folded, start):
                continue
            whole = not _inside_word(folded, end)
            for key in self._keys[self._patterns[number]]:
                if whole or key.endswith("*"):
                    found.setdefault(key, (start, end))
        return found


def _inside_word(text: str, at: int) -> bool:
    """Whether the characters before and after the position belong to one word."""
    return (
        0 < at < len(text)
        and _is_word(text[at - 1])
        and _is_word(text[at])
        and not _UNSPACED.match(text[at - 1])
        and not _UNSPACED.match(text[at])
    )


@lru_cache(maxsize=4096)
def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def hit(text: str, span: tuple[int, int]) -> Hit:
    """Return what stands at a span of `fold(text)`, to the end of its last word, and its sentence, as written."""
    text = unicodedata.normalize("NFC", text)
    origin = _origins(text).upto(span[1])
    start, end = origin[span[0]], origin[span[1] - 1] + 1
    while _inside_word(text, end):
        end += 1
    return Hit(text[start:end], sentence(text, start, end))


class _Origins:
    """For each character of `fold(text)`, which one of the text it came from; read no further than is asked for."""

    def __init__(self, text: str) -> None:
        self._known: list[int] = []
        self._rest = self._read(text)

    def upto(self, end: int) -> list[int]:
        """Return the origins of at least the first `end` characters, fewer where there are no more."""
        while len(self._known) < end and next(self._rest, None) is not None:
            pass
        return self._known

    def _read(self, text: str) -> Iterator[int]:
        gap = False
        for at, char in enumerate(text):
            for letter in _TABLE[ord(char)]:
                if letter.isspace():
                    gap = bool(self._known)
                    continue
                if gap:
                    self._known.append(at - 1)
                self._known.append(at)
                gap = False
            yield at


@lru_cache(maxsize=KEPT_EVIDENCE)
def _origins(text: str) -> _Origins:
    return _Origins(text)


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence in which a span begins, cut at `SENTENCE` characters to either side of the span."""
    begins, ends = _sentences(text)
    place = bisect_right(begins, start) - 1
    begin, stop = (begins[place], ends[place]) if place >= 0 and start < ends[place] else (start, end)
    return " ".join(text[max(begin, start - SENTENCE) : min(max(stop, end), end + SENTENCE)].split())


@lru_cache(maxsize=KEPT_EVIDENCE)
def _sentences(text: str) -> tuple[list[int], list[int]]:
    sentences = split(text)
    return [one.start for one in sentences], [one.end for one in sentences]
