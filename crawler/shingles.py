"""Text -> numbers by which a near copy of it is found and told from what only looks like one, in any process."""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from unicodedata import normalize
from zlib import crc32

LONGEST = 20_000  # characters, and
MOST = 1_536  # words: what a copy shares with its original stands before that
SHORTEST = 4  # letters: shorter words stand in every text and tell none from another
RUNS = 32  # of a text, the same ones in every text
NAME = 0x80  # the bit of a word that is a number, or a name by its capital

# Scripts that put no blank between words, or whose words are two or three characters long: Thai and Lao, Burmese,
# Khmer, kana, Chinese, Hangul. Of these every pair of characters counts as a word.
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_STOP = r"\s!-/:-@\[-`{-¿\u055d-\u055f\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u3000-\u303f\uff00-\uff0f"
_WORD = re.compile(rf"([{_STOP}]*)([{_DENSE}]+|[^{_STOP}{_DENSE}]+)")
_OPENS = frozenset('.!?…:"“”„«»‘\n\r۔।')  # after these a capital is no sign of a name
_dense = re.compile(rf"[{_DENSE}]").match


def shingles(text: str) -> array[int]:
    """Return the runs of words by which an index finds the text, and its words in order; `runs` and `words` read them.

    Packed: the number of runs, the runs in ascending order, then the words, four to a number.
    """
    hashes, marks = _hashes(normalize("NFKC", text[:LONGEST]))
    three = zip(hashes, hashes[1:], hashes[2:], strict=False)
    picked = sorted({a + 3 * b + 5 * c & 0xFFFFFFFF for a, b, c in three})[:RUNS]
    return array("I", [len(picked), *picked]) + array("I", marks + bytes(-len(marks) % 4))  # a sum has no room to spare


def runs(packed: array[int]) -> array[int]:
    """Return the `RUNS` smallest hashes of the text's runs of three words, ascending: all of a short text's.

    Shingles (Broder 1997, "On the resemblance and containment of documents") as a bottom-k sample: of two texts that
    share a run both have it in their samples, or it lies above the longer text's.
    """
    return packed[1 : 1 + packed[0]] if packed else array("I")


def words(packed: array[int]) -> bytes:
    """Return the words in order, a byte each: seven bits of a hash, and the bit `NAME`.

    Few bits will do to lay texts side by side (longest common subsequence) that already share runs of their words.
    """
    return packed[1 + packed[0] :].tobytes().rstrip(b"\0") if packed else b""


def _hashes(text: str) -> tuple[list[int], bytes]:
    """Return a 32-bit hash of each telling word, and its byte, never 0."""
    hashes: list[int] = []
    marks: list[int] = []
    for gap, word in _WORD.findall(f"\n{text}"):
        number = word[0].isdigit() or word[-1].isdigit()
        if len(word) < SHORTEST and not number and not _dense(word):
            continue
        name = NAME if number or (word[0].isupper() and _OPENS.isdisjoint(gap)) else 0
        for one in _hashed(word):
            hashes.append(one)
            marks.append(one % 127 + 1 | name)
        if len(hashes) >= MOST:
            break
    return hashes[:MOST], bytes(marks[:MOST])


@lru_cache(maxsize=20_000)  # in any language most of the words of a text are among these
def _hashed(word: str) -> tuple[int, ...]:
    """Return the hash of a word, or those of the pairs of signs of a script without blanks."""
    read = [word[at : at + 2] for at in range(max(1, len(word) - 1))] if _dense(word) else [word.casefold()]
    return tuple(crc32(one.encode("utf8", "replace")) for one in read)
