"""Two sketches of one language -> the log-odds that they tell one event, from a dozen and a half features."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from math import log, log1p, sqrt
from operator import mul
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import yaml

from crawler.shingles import words
from crawler.sketch import NAME, TITLE, Sketch

TIMES_NEAR = 10  # minutes between two statements of one moment
COUNT = 0x3F
ALIKE = 0.04  # of cosine: with less, no two labelled pages were told of one event
SERIES = -4.0  # log-odds: what one source tells day by day in one form, elsewhere each time, is as many events
PAIRED = 400  # words of a text, from its beginning


class Rarity(Protocol):
    """How telling words are now."""

    def __call__(self, words: Iterable[int], /) -> list[float]:
        """Return, for each word's hash, the logarithm of how few articles hold it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A sketch's words, weighed as of now: what is compared, made once for each article that is placed."""

    sketch: Sketch
    weights: Mapping[int, float]
    length: float
    named: frozenset[int]
    titled: frozenset[int]
    title: float
    rare: Mapping[int, float]
    pairs: frozenset[int]


def near_terms(here: Terms, sketch: Sketch, shingles: array[int], rarity: Rarity) -> Terms | None:
    """Return the words of an article that is compared with another one, `None` where they have too little in common.

    Most of those that come into question have: the rest of the work is saved.
    """
    rare = rarity(sketch.words)
    weighed = [often * rarely for often, rarely in zip(map(_OFTEN.__getitem__, sketch.marks), rare, strict=True)]
    ours = here.weights
    common = sum(ours[word] * weight for word, weight in zip(sketch.words, weighed, strict=True) if word in ours)
    length = sqrt(sum(map(mul, weighed, weighed))) or 1.0
    return terms(sketch, shingles, rarity) if common >= ALIKE * length * here.length else None


def terms(sketch: Sketch, shingles: array[int], rarity: Rarity) -> Terms:
    """Return the words with their weights: how telling, and how often they stand there. `shingles` are the sketch's."""
    rare = rarity(sketch.words)
    marks = sketch.marks
    weighed = [often * rarely for often, rarely in zip(map(_OFTEN.__getitem__, marks), rare, strict=True)]
    titled = [word for word, mark in zip(sketch.words, marks, strict=True) if mark & TITLE]
    of_word = dict(zip(sketch.words, rare, strict=True))
    return Terms(
        sketch=sketch,
        weights=dict(zip(sketch.words, weighed, strict=True)),
        length=sqrt(sum(map(mul, weighed, weighed))) or 1.0,
        named=frozenset(word for word, mark in zip(sketch.words, marks, strict=True) if mark & NAME),
        titled=frozenset(titled),
        title=sum(map(of_word.__getitem__, titled)) or 1.0,
        rare=of_word,
        pairs=_pairs(words(shingles)[:PAIRED]),
    )


def _pairs(order: bytes) -> frozenset[int]:
    """Return the pairs of neighbours in a text's words: as numbers of 16 bits, which cost a third of tuples."""
    even = len(order) // 2 * 2
    odd = (len(order) - 1) // 2 * 2 if order else 0
    return frozenset(memoryview(order[:even]).cast("H")).union(memoryview(order[1 : 1 + odd]).cast("H"))


_OFTEN = tuple(1.0 + log(mark & COUNT) if mark & COUNT else 0.0 for mark in range(256))
"""How much more a word weighs that stands there often, by its mark."""


def features(one: Terms, other: Terms) -> dict[str, float]:
    """Return what speaks for one event, and against it, by the names that likeness.yaml weighs."""
    a, b = one.sketch, other.sketch
    shared = one.weights.keys() & other.weights.keys()
    rare = one.rare
    common = sum(one.weights[word] * other.weights[word] for word in shared)
    titled = (one.titled & other.titled) & (one.named | other.named)
    held = (
        sum(rare[w] for w in one.titled & shared) / one.title,
        sum(rare[w] for w in other.titled & shared) / other.title,
    )
    return {
        "cosine": common / (one.length * other.length),
        "title": max(held),
        "names": log1p(sum(map(rare.__getitem__, one.named & other.named))),
        "title_names": log1p(sum(map(rare.__getitem__, titled))),
        "rarest": sum(nlargest(3, map(rare.__getitem__, shared))),
        "pairs": len(one.pairs & other.pairs) / (min(len(one.pairs), len(other.pairs)) or 1),
        "other_region": _apart(a.firsts, b.firsts),
        "other_ages": _apart(a.ages, b.ages),
        "other_numbers": _apart(a.numbers, b.numbers),
        "other_days": _apart(a.days, b.days),
        **_times(a, b),
        "days_between": log1p(_days(a, b)),
        "same_source": float(a.source == b.source),
        "same_killed": float(bool(a.killed) and a.killed == b.killed),
    }


def _apart(one: Sequence[int], other: Sequence[int]) -> float:
    """Return 1 where both name some and none in common."""
    return float(bool(one) and bool(other) and set(one).isdisjoint(other))


def _times(one: Sketch, other: Sketch) -> dict[str, float]:
    near = any(abs(a - b) <= TIMES_NEAR for a in one.times for b in other.times)
    both = bool(one.times) and bool(other.times)
    return {"same_time": float(near), "other_times": float(both and not near)}


def _days(one: Sketch, other: Sketch) -> float:
    """Return the days between two publications, whole ones; 0 where one of them states none."""
    if one.when is None or other.when is None:
        return 0.0
    return float(abs((one.when.date() - other.when.date()).days))


@cache
def weights() -> tuple[float, Mapping[str, float]]:
    """Return the bias and the weight of each feature."""
    with Path(__file__).with_name("likeness.yaml").open("rb") as file:
        table = yaml.load(file, yaml.CSafeLoader)
    return float(table["bias"]), MappingProxyType({name: float(weight) for name, weight in table["weights"].items()})


def likeness(one: Terms, other: Terms) -> float:
    """Return the log-odds that the two tell one event; 0 is even odds."""
    bias, weighed = weights()
    found = features(one, other)
    series = SERIES if found["same_source"] and found["other_days"] and _of_one_form(one, other) else 0.0
    return bias + series + sum(weight * found[name] for name, weight in weighed.items())


def _of_one_form(one: Terms, other: Terms) -> bool:
    """Whether two titles are alike and their texts tell of different places: the communiqués of two days."""
    shared = len(one.titled & other.titled)
    return 2 * shared >= max(2, min(len(one.titled), len(other.titled))) and _elsewhere(one.sketch, other.sketch)


def _elsewhere(one: Sketch, other: Sketch) -> bool:
    """Whether both say where it happened, down to a town or district, and neither is where the other is."""
    here, there = ([place for place in sketch.events if len(place[0]) > 6] for sketch in (one, other))
    return bool(here and there) and all(a[0] not in b and b[0] not in a for a in here for b in there)
