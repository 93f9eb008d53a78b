"""Reading + the stories near it -> Placing: which story an article belongs to, and whether it is a copy.

A first form: near copies by how much of the text is contained in another (5-word shingles, Broder 1997), the same event
by the names,
numbers and words that two reports share and by where they say it happened. A different toll never parts two reports: in
labelled
pairs it is as frequent within one event as between two.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from alerts.story import Story
from crawler.reading import Reading

COPY_CONTAINMENT = 0.4
COPY_SHINGLES = 3
SAME_EVENT = 0.38
KEPT = 512  # texts whose shingles and words are held, some 10 MB: an article looks at some thirty
PROBES = 30
MEMBERS = 8  # articles of a story that one is compared with, the first and the last
LEAD = 1500  # characters: news tells its event first, background comes later

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where an article was placed.

    `story` is `None` for an article that opens one; `copy_of` is the URL key of the article that it is a copy of.
    `score` is 0 to 1;
    `why` says it in words.
    """

    story: Story | None
    copy_of: str | None
    score: float
    why: str


def place(reading: Reading, near: Sequence[Story]) -> Placing:
    """Return the story that the reading belongs to among those near it, or a placing that opens a new one."""
    copied = _copied(reading, near)
    if copied:
        return copied
    if not near:
        return Placing(story=None, copy_of=None, score=0.0, why="a new story; nothing like it in the last days")
    score, story = max(((_likeness(reading, story), story) for story in near), key=lambda pair: pair[0])
    title, needs = story.readings[0].article.title, f"{score:.2f}, needs {SAME_EVENT}"
    if score >= SAME_EVENT:
        return Placing(story=story, copy_of=None, score=score, why=f"the same event as “{title}” (likeness {needs})")
    why = f"a new story; the nearest, “{title}”, is too unlike ({needs})"
    return Placing(story=None, copy_of=None, score=score, why=why)


def _copied(reading: Reading, near: Sequence[Story]) -> Placing | None:
    best: tuple[float, Story, str] | None = None
    probes = _probes(reading.article.text)
    for story in near:
        for other in story.readings:
            if other.article.url_key == reading.article.url_key:
                continue
            spaced = " ".join(other.article.text.split())
            if not any(probe in spaced for probe in probes):
                continue
            share = _containment(_shingles(reading.article.text), _shingles(other.article.text))
            if share >= COPY_CONTAINMENT and (best is None or share > best[0]):
                best = (share, story, other.article.url_key)
    if best is None:
        return None
    share, story, key = best
    why = f"a copy: {share:.0%} of the shorter text stands in {key}"
    return Placing(story=story, copy_of=key, score=share, why=why)


def _probes(text: str) -> list[str]:
    """Return runs of four words from all over the text: where none of them stands, no 40 % of the text does.

    Looking for them takes a quarter of the time of shingling the other text, and most texts are no copies.
    """
    words = text[:20_000].split()
    step = max(1, (len(words) - 4) // PROBES)
    return [" ".join(words[at : at + 4]) for at in range(0, len(words) - 3, step)]


@lru_cache(maxsize=KEPT)
def _shingles(text: str) -> frozenset[int]:
    """Return one in four of the runs of five words, the same ones in every text: as telling as all of them."""
    # numbers for words, because Python's hash of a string is another one after a restart
    words = [crc32(word.encode()) for word in _WORD.findall(text[:20_000].casefold())]
    runs = map(hash, zip(words, words[1:], words[2:], words[3:], words[4:], strict=False))
    return frozenset(run for run in runs if not run & 3)


def _containment(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared >= COPY_SHINGLES else 0.0


def _likeness(reading: Reading, story: Story) -> float:
    """Return 0 to 1, the mean over some of the story's articles; 0 where they say that they happened elsewhere."""
    if not _may_be_one_place(_event_codes([reading]), _event_codes(story.readings)):
        return 0.0
    here = _features(reading.article.title, reading.article.text)
    members = story.readings if len(story.readings) <= MEMBERS else (story.readings[0], *story.readings[1 - MEMBERS :])
    likes = [_cosine(here, _features(r.article.title, r.article.text)) for r in members]
    return sum(likes) / len(likes)


def _event_codes(readings: Iterable[Reading]) -> set[frozenset[str]]:
    return {
        frozenset(p.within)
        for r in readings
        if r.facts
        for p in r.facts.places
        if p.role == "event" and p.kind != "macro"
    }


def _may_be_one_place(one: set[frozenset[str]], other: set[frozenset[str]]) -> bool:
    """Whether a place of one lies in, or around, a place of the other; unknown places part nobody."""
    return not one or not other or any(a <= b or b <= a for a in one for b in other)


@lru_cache(maxsize=KEPT)
def _features(title: str, text: str) -> dict[str, float]:
    """Return the words of title and lead as a vector of length 1: names and numbers weigh most, short words least."""
    counts: dict[str, float] = {}
    for field, weight in ((title, 2.0), (text[:LEAD], 1.0)):
        for word in _WORD.findall(field):
            key, telling = _term(word)
            counts[key] = counts.get(key, 0.0) + weight * telling
    damped = {word: 1 + math.log(count) if count > 1 else count for word, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in damped.values()))
    return {word: weight / length for word, weight in damped.items()}


@lru_cache(maxsize=20_000)
def _term(word: str) -> tuple[str, float]:
    """Return the word as it is compared, and how telling it is."""
    key = sys.intern(word.casefold())  # the same words stand in every text that is held
    if word[0].isdigit():
        return key, 2.0
    if word[0].isupper():
        return key, 1.5
    return key, min(1.0, len(word) / 8) ** 2


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(one[word] * other[word] for word in one.keys() & other.keys())
