"""Sketches of the last days -> the story an article belongs to: a scored index in memory, rebuilt from the archive."""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp, log, log10
from struct import Struct

from alerts import languages
from alerts.copies import Copies
from alerts.likeness import Rarity, Terms, features, likeness, near_terms, terms
from alerts.placing import Placing
from alerts.postings import Postings
from crawler.sketch import Sketch

WINDOW = timedelta(days=14)  # how far back an article may join a story
POSTED = 24  # words by which an article is found: those of its title and names first
LOOKED_AT = 300  # postings of one article's words, the rarest words first
NEAREST = 16  # articles that share most are compared in full, with the rest of their stories
STORIES = 4
MEMBERS = 8  # of a story that an article is compared with, the first and the last
UNLIKE = -6.0  # log-odds
LATEST = 40  # articles of one place or group that are looked at across languages
BASE, BY_SIZE = -2.25, 0.86  # log-odds that are asked for: more where more is going on
PRIOR = 50  # articles that are thought to have been there before the first, so that two share no rare word by chance
COUNTED = 10_000  # articles, at least, that tell how rare a word is: those of two weeks may be too few
_COUNTERS = 1 << 18
_NONE = array("I")
_HEAD = Struct("<dq")  # seconds since 1970, story


class StoryIndex:
    """The stories of the last days. Same articles in, same answers out, whatever left in between.

    Keys are ids, of articles and stories; a later article has the higher id.
    """

    def __init__(self) -> None:
        self.copies = Copies()
        self._postings = Postings()
        self._counts = array("I", bytes(4 * _COUNTERS))  # articles by word; two words may share a counter
        self._packed: dict[
            int, bytes
        ] = {}  # when it was fetched, its story, its sketch: objects take thrice the memory
        self._members: dict[int, int | tuple[int, ...]] = {}  # most stories have one article, and need no tuple
        self._arrived: deque[int] = deque()
        self._silent: set[int] = set()
        self._past: OrderedDict[int, array[int]] = OrderedDict()  # words of those that left the window and still count

    def __len__(self) -> int:
        return len(self._packed)

    def place(self, sketch: Sketch, now: datetime) -> Placing:
        """Return where the article belongs; changes nothing but what is older than the window."""
        self._forget(now)
        copied = self._copied(sketch)
        if copied:
            return copied
        if sketch.roundup:
            why = "a round-up of several events: a story of its own, which no other report joins"
            return Placing(story=None, copy_of=None, score=0.0, why=why)
        return self._judged(self._scores(sketch))

    def _copied(self, sketch: Sketch) -> Placing | None:
        """Return the placing of a copy; a round-up and one of the reports that it holds are no copies of each other."""
        found = self.copies.find(sketch.shingles, sketch.source)
        if found is None or self._sketch(found[0]).roundup != sketch.roundup:
            return None
        original, share = found
        why = f"a copy: {share:.0%} of the shorter text stands in the other"
        return Placing(story=self._story(original), copy_of=original, score=share, why=why)

    def _judged(self, scores: list[tuple[float, int]]) -> Placing:
        """Return the placing by the stories' scores, best first."""
        if not scores:
            return Placing(story=None, copy_of=None, score=0.0, why="nothing like it in the last days", rival=None)
        asked = self.threshold
        (best, story), rest = scores[0], scores[1:]
        said = f"likeness {_share(best):.2f}, needs {_share(asked):.2f}"
        if best < asked:
            return Placing(
                story=None,
                copy_of=None,
                score=_share(best),
                why=f"the nearest is too unlike ({said})",
                rival=(story, _share(best)),
            )
        rival = (rest[0][1], _share(rest[0][0])) if rest else None
        return Placing(story=story, copy_of=None, score=_share(best), why=f"the same event ({said})", rival=rival)

    @property
    def threshold(self) -> float:
        """The log-odds that an article needs to join a story."""
        return BASE + BY_SIZE * log10(10 + len(self._packed) - len(self._silent))

    def compared(self, sketch: Sketch, now: datetime) -> Iterator[tuple[int, dict[str, float]]]:
        """Yield the articles that share most of the telling words, with the features of each: what weights are made
        from."""
        self._forget(now)
        rarity = self._rarity()
        here = terms(sketch, sketch.shingles, rarity)
        for key in self._near(here):
            other = self._sketch(key)
            yield key, features(here, terms(other, self.copies.shingles(key), rarity))

    def _sketch(self, article: int) -> Sketch:
        return Sketch.unpack(self._packed[article][_HEAD.size :])

    def _rarity(self) -> Rarity:
        return _Rarity(self._counts, self._counted)

    def _scores(self, sketch: Sketch) -> list[tuple[float, int]]:
        """Return the log-odds of the stories that come into question, best first."""
        rarity = self._rarity()
        here = terms(sketch, sketch.shingles, rarity)
        found: dict[int, float] = {}
        for story in list(dict.fromkeys(self._story(key) for key in self._near(here)))[:STORIES]:
            odds = [likeness(here, other) if other else UNLIKE for other in self._of_its_language(here, story, rarity)]
            if odds:
                found[story] = sum(odds) / len(odds)
        for story, points in self._abroad(sketch).items():
            found.setdefault(story, self.threshold + points)
        return sorted(((odds, story) for story, odds in found.items()), key=lambda pair: (-pair[0], pair[1]))

    def _of_its_language(self, here: Terms, story: int, rarity: Rarity) -> Iterator[Terms | None]:
        """Yield some of a story's articles, the first and the last: those that can be compared word by word.

        `None` stands for one that has next to nothing in common with the article.
        """
        members = self._of(story)
        for key in members if len(members) <= MEMBERS else members[: MEMBERS // 2] + members[-MEMBERS // 2 :]:
            other = self._sketch(key)
            if not _foreign(here.sketch, other):
                yield near_terms(here, other, self.copies.shingles(key), rarity)

    def _abroad(self, sketch: Sketch) -> dict[int, float]:
        """Return how well the stories that only other languages tell so far match by what no language writes otherwise.

        A story that is told in the article's own language is judged by its words.
        """
        near = Counter(key for one in set(languages.keys(sketch)) for key in self._postings.latest(one, LATEST))
        found: dict[int, float] = {}
        for key in sorted(near, key=lambda key: (-near[key], -key))[:NEAREST]:
            other, story = self._sketch(key), self._story(key)
            if _foreign(sketch, other) and self._is_foreign(sketch, story):
                found[story] = max(found.get(story, UNLIKE), languages.across(sketch, other))
        return found

    def _is_foreign(self, sketch: Sketch, story: int) -> bool:
        return all(_foreign(sketch, self._sketch(key)) for key in self._of(story)[-MEMBERS:])

    def _near(self, here: Terms) -> list[int]:
        """Return the articles that share most of the telling words, nearest first."""
        found: defaultdict[int, float] = defaultdict(float)
        looked = 0
        for word in sorted(here.weights, key=lambda word: (-here.weights[word], word)):
            keys = self._postings.keys(word)
            weight = here.weights[word] * here.rare[word]
            for key in keys:
                found[key] += weight
            looked += len(keys)
            if looked > LOOKED_AT:
                break
        least = sorted(found.values())[-NEAREST:][0] if found else 0.0
        best = [(key, weight) for key, weight in found.items() if weight >= least]
        return [key for key, _ in sorted(best, key=_by_weight)[:NEAREST]]

    def add(self, article: int, story: int, sketch: Sketch, at: datetime, *, copied: bool = False) -> None:
        """Take an article in after it was kept, as of when it was fetched; one that is in is taken in by its new words.

        Round-ups and copies are remembered only as what others are copied from: forty copies of one report say no more
        of its event than one, and would make its names look common.
        """
        if article not in self._packed:
            self._arrived.append(article)
            self._forget_words(article)
        else:
            self._take_out(article)
        self._packed[article] = _HEAD.pack(at.timestamp(), story) + replace(sketch, shingles=_NONE).pack()
        self.copies.add(article, sketch.shingles, sketch.source)
        if copied or sketch.roundup:
            self._silent.add(article)
        else:
            self._join(article, story)
            self._postings.add(_posted(sketch), article)
            self._count(sketch.words, 1)

    def move(self, article: int, story: int) -> None:
        """Put an article that is in the window into another story; one that is not is no error."""
        if article not in self._packed:
            return
        if article not in self._silent:
            self._leave(article)
            self._join(article, story)
        at, _ = _HEAD.unpack_from(self._packed[article])
        self._packed[article] = _HEAD.pack(at, story) + self._packed[article][_HEAD.size :]

    def _story(self, article: int) -> int:
        return int(_HEAD.unpack_from(self._packed[article])[1])

    def _join(self, article: int, story: int) -> None:
        members = (*self._of(story), article)
        self._members[story] = article if len(members) == 1 else tuple(sorted(members))

    def _of(self, story: int) -> tuple[int, ...]:
        """Return the articles that speak for a story, in ascending order."""
        found = self._members.get(story, ())
        return (found,) if isinstance(found, int) else found

    def drop(self, article: int) -> None:
        """Forget an article; one that is not in the window is no error."""
        if article in self._packed:
            self._take_out(article)
            self._arrived.remove(article)

    def _take_out(self, article: int) -> array[int]:
        """Take an article out of everything but the order of arrival; return its words where they counted."""
        sketch = self._sketch(article)
        if article not in self._silent:
            self._leave(article)
        del self._packed[article]
        self.copies.drop(article)
        if article in self._silent:
            self._silent.remove(article)
            return _NONE
        self._postings.drop(_posted(sketch), article)
        self._count(sketch.words, -1)
        return sketch.words

    def _leave(self, article: int) -> None:
        story = self._story(article)
        rest = tuple(member for member in self._of(story) if member != article)
        if rest:
            self._members[story] = rest if len(rest) > 1 else rest[0]
        else:
            del self._members[story]

    def _forget(self, now: datetime) -> None:
        """Let go of what is older than the window; its words still count for a while."""
        oldest = (now - WINDOW).timestamp()
        while self._arrived and _HEAD.unpack_from(self._packed[self._arrived[0]])[0] < oldest:
            article = self._arrived.popleft()
            words = self._take_out(article)
            if words:
                self._count(words, 1)
                self._past[article] = words
        while self._past and self._counted > COUNTED:
            self._count(self._past.popitem(last=False)[1], -1)

    def _forget_words(self, article: int) -> None:
        words = self._past.pop(article, None)
        if words is not None:
            self._count(words, -1)

    @property
    def _counted(self) -> int:
        """How many articles tell how rare a word is."""
        return len(self._packed) - len(self._silent) + len(self._past)

    def _count(self, words: array[int], step: int) -> None:
        for word in words:
            self._counts[word % _COUNTERS] += step


class _Rarity:
    """How telling words are now: the logarithm of how few of the articles hold them."""

    def __init__(self, counts: array[int], articles: int) -> None:
        self._counts, self._all = counts, log(articles + 1 + PRIOR)

    def __call__(self, words: Iterable[int]) -> list[float]:
        every, counts = self._all, self._counts
        return [every - _LOG[counts[word % _COUNTERS]] for word in words]


class _Logarithms(dict[int, float]):
    """Logarithms of counts, made as they are asked for."""

    def __missing__(self, count: int) -> float:
        found = self[count] = log(count + 1.5)
        return found


_LOG = _Logarithms()


def _by_weight(found: tuple[int, float]) -> tuple[float, int]:
    return -found[1], found[0]


def _posted(sketch: Sketch) -> set[int]:
    """Return what an article is found by: some words, and what reports in other languages would share."""
    return {*sketch.words[:POSTED], *languages.keys(sketch)}


def _foreign(one: Sketch, other: Sketch) -> bool:
    return one.lang is not None and other.lang is not None and one.lang != other.lang


def _share(odds: float) -> float:
    """Return log-odds as a probability."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))
