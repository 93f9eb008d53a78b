"""Text -> numbers by which a near copy of it is known, the same in every process."""

from __future__ import annotations

import re
from array import array
from zlib import crc32

LONGEST = 20_000  # characters: what a copy shares with its original stands before that
RUN = 5  # words
SAMPLED = 4  # one run in so many, the same ones in every text (Broder 1997): as telling as all of them

_WORD = re.compile(r"\w+")


def shingles(text: str) -> array[int]:
    """Return the hashes of one in four of the text's runs of five words, sorted; none where the text is short."""
    words = _WORD.findall(text[:LONGEST].casefold())
    runs = (crc32(" ".join(words[at : at + RUN]).encode("utf8", "replace")) for at in range(len(words) - RUN + 1))
    return array("I", sorted({run for run in runs if not run % SAMPLED}))
