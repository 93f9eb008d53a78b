"""Hashes of words -> the articles that hold them: sorted numbers in buckets, 8 bytes a posting."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

BUCKETS = 1 << 14
_KEYS = 32  # bits of an article's id


class Postings:
    """Which articles hold a hash; ids are small ints. What is dropped leaves nothing behind."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(BUCKETS)]

    def add(self, hashes: Iterable[int], key: int) -> None:
        """Enter an article under each of the hashes."""
        for one in hashes:
            bucket, entry = self._buckets[one % BUCKETS], one << _KEYS | key
            bucket.insert(bisect_left(bucket, entry), entry)

    def drop(self, hashes: Iterable[int], key: int) -> None:
        """Take out what `add` entered for the same hashes."""
        for one in hashes:
            bucket, entry = self._buckets[one % BUCKETS], one << _KEYS | key
            del bucket[bisect_left(bucket, entry)]

    def keys(self, one: int) -> list[int]:
        """Return the articles that hold the hash, in ascending order."""
        bucket = self._buckets[one % BUCKETS]
        start = bisect_left(bucket, one << _KEYS)
        end = bisect_left(bucket, one + 1 << _KEYS, start)
        return [entry & 0xFFFFFFFF for entry in bucket[start:end]]

    def latest(self, one: int, most: int) -> list[int]:
        """Return the latest articles that hold the hash, at most so many, in ascending order."""
        bucket = self._buckets[one % BUCKETS]
        start = bisect_left(bucket, one << _KEYS)
        end = bisect_left(bucket, one + 1 << _KEYS, start)
        return [entry & 0xFFFFFFFF for entry in bucket[max(start, end - most) : end]]
