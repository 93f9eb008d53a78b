"""Words as written in a table -> Phrases: which of them a list of folded words ends with, begins with or holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from crawler.gazetteer.names import key


class Phrases:
    """A set of phrases, matched word by word in folded text (`names.fold`); a `*` at the end stands for any ending."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._whole: set[str] = set()
        stems: defaultdict[int, set[str]] = defaultdict(set)
        counts, firsts = set(), set()
        for phrase in phrases:
            folded = key(phrase)
            if not folded:
                raise ValueError(f"{phrase!r} has no letter")
            count = folded.count(" ") + 1
            counts.add(count)
            if count > 1:
                firsts.add(folded.split(" ", 1)[0])
            if phrase.endswith("*"):
                stems[count].add(folded)
            else:
                self._whole.add(folded)
        self._counts = sorted(counts, reverse=True)
        self._firsts = frozenset(firsts)
        self._stems = {count: (frozenset(found), sorted(set(map(len, found)))) for count, found in stems.items()}

    def __bool__(self) -> bool:
        return bool(self._counts)

    def ends(self, words: Sequence[str], stop: int) -> int:
        """Return how many words before the number `stop` make the longest phrase that ends there; 0 for none."""
        for count in self._counts:
            if count <= stop and self._is(count, words, stop - count):
                return count
        return 0

    def begins(self, words: Sequence[str], start: int = 0) -> int:
        """Return how many words from the number `start` on make the longest phrase that begins there; 0 for none."""
        for count in self._counts:
            if start + count <= len(words) and self._is(count, words, start):
                return count
        return 0

    def any_in(self, words: Sequence[str]) -> bool:
        """Say whether the words hold a phrase."""
        single = 1 in self._counts
        for i, word in enumerate(words):
            if single and self._fits(1, word):
                return True
            if word in self._firsts and self.begins(words, i):
                return True
        return False

    def _is(self, count: int, words: Sequence[str], start: int) -> bool:
        return self._fits(count, words[start] if count == 1 else " ".join(words[start : start + count]))

    def _fits(self, count: int, phrase: str) -> bool:
        if phrase in self._whole:
            return True
        if count not in self._stems:
            return False
        stems, lengths = self._stems[count]
        return any(phrase[:length] in stems for length in lengths)
