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
PART = 0.1  # of a text's words, at least, are an earlier one's: what quotes a flash in passing is no copy of it
SCRAP = 0.03  # of the earlier text's words, at least: a teaser is a copy, words scattered over a long page are none
TERSE, TERSE_CONTAINED = 25, 0.85  # words: reports so short are made of what all reports of a kind are made of
EXCHANGED = 0.04  # of the shorter text's words: names and numbers that stand for other ones
SLOT = 5  # words, of which one at least is a name or number
FEWEST = 8  # words that two texts must share: fewer are a phrase
POSTED = 24  # runs of an article; more are looked up, so that a short article is found in a long one
LISTED = 16  # earliest articles of a run that are looked at: of a burst of copies the first is wanted
VERIFIED = 8
FURNITURE = 6  # articles
VERBATIM = 0.8  # of the longer text
LEAD = 24  # words
AS_GOOD = 0.9  # of the words shared with the best one
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
        self._kept: dict[int, array[int]] = {}  # the source, then the shingles: one object an article
        self._buckets = [array("Q") for _ in range(BUCKETS)]

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, key: int, shingles: array[int], source: int = 0) -> None:
        """Take an article in; one that is already in is taken in by its new words. `source` is 32 bits, 0 unknown."""
        self.drop(key)
        self._kept[key] = array("I", [source]) + shingles
        for run in runs(shingles)[:POSTED]:
            bucket, entry = self._buckets[run % BUCKETS], run << 32 | key
            bucket.insert(bisect_left(bucket, entry), entry)

    def shingles(self, key: int) -> array[int]:
        """Return what an article was taken in by; raises `KeyError`."""
        return self._kept[key][1:]

    def drop(self, key: int) -> None:
        """Forget an article; one that is not in is no error."""
        if key not in self._kept:
            return
        for run in runs(self.shingles(key))[:POSTED]:
            bucket, entry = self._buckets[run % BUCKETS], run << 32 | key
            del bucket[bisect_left(bucket, entry)]
        del self._kept[key]

    def find(self, shingles: array[int], source: int = 0) -> tuple[int, float] | None:
        """Return the article that this is a copy of, and the share of the shorter one that the other contains.

        Of several it is the earliest of those that have most of this article; of a copy its original, as far as that
        too has what this article has. A copy that shares with this article only what it does not have from its
        original is none: it is a merge of two reports, and this is the other one.
        """
        return self._find(shingles, source, _ALL, CLIMBED)

    def _find(self, shingles: array[int], source: int, before: int, climbed: int) -> tuple[int, float] | None:
        text = words(shingles)
        for share, key in self._near(shingles, before):
            other, home = self.shingles(key), self._kept[key][0]
            if _another_of_the_kind(text, words(other)) or (home == source and self._furniture(shingles, other, home)):
                continue
            above = self._find(other, home, key, climbed - 1) if climbed else None
            if above is None:
                return key, share
            original = words(self.shingles(above[0]))
            shared = _contained(text, original)
            if shared >= UNLIKE:
                return (above[0], shared) if shared >= _asked(text, original) else (key, share)
        return None

    def _near(self, shingles: array[int], before: int) -> list[tuple[float, int]]:
        """Return the articles before a key that share words enough, each as (share, key), best first.

        Those that have this one's lead go before the others: news begins with what it is about.
        """
        text = words(shingles)
        lead, near = text[:LEAD], []
        for key in self._likeliest(runs(shingles), before):
            other = words(self.shingles(key))
            share = _contained(text, other)
            if share >= _asked(text, other):
                led = LCSseq.similarity(lead, other) >= CONTAINED * len(lead)
                near.append((led, share * min(len(text), len(other)), key, share))
        led, most = max(((led, shared) for led, shared, _, _ in near), default=(False, 0.0))
        near.sort(key=lambda one: (one[0] != led, -min(one[1], most * AS_GOOD), one[2]))
        return [(share, key) for _, _, key, share in near]

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

    def _furniture(self, one: array[int], other: array[int], source: int) -> bool:
        """Whether two articles of a source share only what many of its articles share that are no copies of each other.

        Of a report that a site tells again and again, some are the same from end to end.
        """
        shared = sorted(set(runs(one)).intersection(runs(other)[:POSTED]))
        everywhere = shared[: (len(shared) + 1) // 2]  # who has them posts them: what hashes higher not all of them do
        holders, count = min((self._holders(run, FURNITURE) for run in everywhere), key=lambda held: held[1])
        if not source or count < FURNITURE or any(self._kept[key][0] != source for key in holders):
            return False
        texts = [words(self.shingles(key)) for key in holders]
        return not any(LCSseq.similarity(a, b) >= VERBATIM * max(len(a), len(b)) for a, b in combinations(texts, 2))

    def _holders(self, run: int, most: int) -> tuple[list[int], int]:
        """Return the earliest articles with a run, and how many have it."""
        bucket = self._buckets[run % BUCKETS]
        first = bisect_left(bucket, run << 32)
        end = bisect_left(bucket, run + 1 << 32, first)
        return [entry & 0xFFFFFFFF for entry in bucket[first : min(end, first + most)]], end - first


def _contained(later: bytes, earlier: bytes) -> float:
    """Return the share of the shorter text's words that stand in the other in the same order; 0 for mere scraps."""
    shorter = min(len(later), len(earlier))
    shared = LCSseq.similarity(later, earlier)
    least = max(FEWEST, PART * len(later), SCRAP * len(earlier))
    return shared / shorter if shared >= least else 0.0


def _asked(one: bytes, other: bytes) -> float:
    return TERSE_CONTAINED if min(len(one), len(other)) < TERSE else CONTAINED


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
