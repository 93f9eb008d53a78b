"""Shingles of the articles of the last days -> which of them another article is a near copy of."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import nlargest
from itertools import combinations

from rapidfuzz.distance import LCSseq, Levenshtein

from crawler.shingles import NAME, runs, words

CONTAINED = 0.66  # share of the shorter text's words that stand in the longer one in the same order
UNLIKE = 0.5  # the share that texts with nothing in common but their language and subject stay under
PART = 0.1  # of the longer text, at least: what quotes a flash in passing is no copy of it
TERSE, TERSE_CONTAINED = 25, 0.85  # words: reports so short are made of what all reports of a kind are made of
EXCHANGED = 0.04  # of the shorter text's words: names and numbers that stand for other ones
SLOT = 5  # words, of which one at least is a name or number
FEWEST = 8  # words that two texts must share: fewer are a phrase
POSTED = 20  # runs of an article; more are looked up, so that a short article is found in a long one
LISTED = 32  # earliest articles of a run that are looked at: of a burst of copies the first is wanted
VERIFIED = 8
FURNITURE = 6  # articles
VERBATIM = 0.8  # of the longer text
CLIMBED = 3  # from copy to original
BUCKETS = 4096
_ALL = 1 << 32  # above every key


class Copies:
    """The near copies' index: keys are small ints, the articles' ids; the earlier article has the smaller id.

    The articles that share the rarest runs of words are laid beside an article word by word. Postings are sorted
    numbers, run above key, in buckets by the run: 9 bytes a posting where a dict of lists takes 100, and what is
    dropped leaves nothing behind. Answers depend on what is in, not on how it came in.
    """

    def __init__(self) -> None:
        self._packed: dict[int, array[int]] = {}
        self._buckets = [array("Q") for _ in range(BUCKETS)]

    def __len__(self) -> int:
        return len(self._packed)

    def add(self, key: int, shingles: array[int]) -> None:
        """Take an article in; one that is already in is taken in by its new words."""
        self.drop(key)
        self._packed[key] = shingles
        for run in runs(shingles)[:POSTED]:
            bucket, entry = self._buckets[run % BUCKETS], run << 32 | key
            bucket.insert(bisect_left(bucket, entry), entry)

    def drop(self, key: int) -> None:
        """Forget an article; one that is not in is no error."""
        packed = self._packed.pop(key, None)
        if packed is None:
            return
        for run in runs(packed)[:POSTED]:
            bucket, entry = self._buckets[run % BUCKETS], run << 32 | key
            del bucket[bisect_left(bucket, entry)]

    def find(self, shingles: array[int]) -> tuple[int, float] | None:
        """Return the article that this is a copy of, and the share of the shorter one that the other contains.

        Of several it is the one that has most of this article, then the earliest; of a copy its original, as far as
        that too has what this article has. A copy that shares with this article only what it does not have from its
        original is none: it is a merge of two reports, and this is the other one.
        """
        return self._find(shingles, _ALL, CLIMBED)

    def _find(self, shingles: array[int], before: int, climbed: int) -> tuple[int, float] | None:
        text = words(shingles)
        for share, key in self._near(shingles, before):
            packed = self._packed[key]
            if _another_of_the_kind(text, words(packed)) or self._furniture(shingles, packed):
                continue
            above = self._find(packed, key, climbed - 1) if climbed else None
            if above is None:
                return key, share
            shared = _share(text, words(self._packed[above[0]]))
            if shared >= UNLIKE:
                return (above[0], shared) if shared >= CONTAINED else (key, share)
        return None

    def _near(self, shingles: array[int], before: int) -> list[tuple[float, int]]:
        """Return the articles before a key that share words enough, each as (share, key), best first."""
        text = words(shingles)
        near = []
        for key in self._likeliest(runs(shingles), before):
            other = words(self._packed[key])
            share = _share(text, other)
            if share >= CONTAINED:
                near.append((-round(share * min(len(text), len(other))), key, share))
        return [(share, key) for _, key, share in sorted(near)]

    def _likeliest(self, wanted: array[int], before: int) -> list[int]:
        """Return the few articles before a key that share the rarest runs: a site's furniture weighs next to nothing.

        Of all that share a run the earliest are looked at.
        """
        weights: dict[int, float] = {}
        for run in wanted:
            holders, count = self._holders(run, LISTED)
            for key in holders:
                weights[key] = weights.get(key, 0.0) + 1 / count
        best = nlargest(VERIFIED, ((weight, -key) for key, weight in weights.items() if key < before))
        return [-negative for _, negative in best]

    def _furniture(self, one: array[int], other: array[int]) -> bool:
        """Whether two articles share only what many share that are no copies of each other: what their site adds.

        Of a wire report that many carry, some carry the same text from end to end.
        """
        shared = set(runs(one)).intersection(runs(other)[:POSTED])
        rarest = min((self._holders(run, FURNITURE) for run in shared), key=lambda found: found[1], default=([], 0))
        if rarest[1] < FURNITURE:
            return False
        texts = [words(self._packed[key]) for key in rarest[0]]
        return not any(LCSseq.similarity(a, b) >= VERBATIM * max(len(a), len(b)) for a, b in combinations(texts, 2))

    def _holders(self, run: int, most: int) -> tuple[list[int], int]:
        """Return the earliest articles with a run, and how many have it."""
        bucket = self._buckets[run % BUCKETS]
        first = bisect_left(bucket, run << 32)
        end = bisect_left(bucket, run + 1 << 32, first)
        return [entry & 0xFFFFFFFF for entry in bucket[first : min(end, first + most)]], end - first


def _share(one: bytes, other: bytes) -> float:
    """Return the share of the shorter text's words that stand in the other in the same order, 0 to 1."""
    shorter, longer = sorted((len(one), len(other)))
    least = max(FEWEST, PART * longer, (TERSE_CONTAINED if shorter < TERSE else 0) * shorter)
    shared = LCSseq.similarity(one, other)
    return shared / shorter if shared >= least else 0.0


def _another_of_the_kind(one: bytes, other: bytes) -> bool:
    """Whether in one wording other names and numbers are told.

    So are two police reports or weather reports of one form; a report told anew keeps most of its names, and what is
    written anew around it stands at no name's place.
    """
    exchanged = here = there = 0
    for same in Levenshtein.editops(one, other).as_matching_blocks():
        slots = one[here : same.a], other[there : same.b]
        exchanged += all(len(slot) <= SLOT and any(word & NAME for word in slot) for slot in slots)
        here, there = same.a + same.size, same.b + same.size
    return exchanged > EXCHANGED * min(len(one), len(other))
