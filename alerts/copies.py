"""Shingles of the articles of the last days -> which of them another article is a near copy of."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

CONTAINED = 0.4  # share of the shorter text
SHARED = 3  # shingles, at least
BUCKETS = 4096


class Copies:
    """The near copies' index: keys are small ints, the articles' ids.

    Postings are sorted numbers, shingle above key, in buckets by the shingle's first bits: 9 bytes a posting where a
    dict of lists takes 100, and what is dropped leaves nothing behind.
    """

    def __init__(self) -> None:
        self._shingles: dict[int, array[int]] = {}
        self._buckets = [array("Q") for _ in range(BUCKETS)]

    def add(self, key: int, shingles: array[int]) -> None:
        """Take an article in; one that is already in is taken in by its new words."""
        self.drop(key)
        self._shingles[key] = shingles
        for shingle in shingles:
            bucket, entry = self._buckets[shingle >> 20], shingle << 32 | key
            bucket.insert(bisect_left(bucket, entry), entry)

    def drop(self, key: int) -> None:
        """Forget an article; one that is not in is no error."""
        for shingle in self._shingles.pop(key, ()):
            bucket, entry = self._buckets[shingle >> 20], shingle << 32 | key
            del bucket[bisect_left(bucket, entry)]

    def find(self, shingles: array[int]) -> tuple[int, float] | None:
        """Return the article that this is a copy of and the share contained, the earliest of equals."""
        shared = Counter(key for shingle in shingles for key in self._holding(shingle))
        near = [
            (count / min(len(shingles), len(self._shingles[key])), -key)
            for key, count in shared.items()
            if count >= SHARED
        ]
        share, key = max(near, default=(0.0, 0))
        return (-key, share) if share >= CONTAINED else None

    def _holding(self, shingle: int) -> Iterator[int]:
        bucket = self._buckets[shingle >> 20]
        for at in range(bisect_left(bucket, shingle << 32), len(bucket)):
            if bucket[at] >> 32 != shingle:
                return
            yield bucket[at] & 0xFFFFFFFF
