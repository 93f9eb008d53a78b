"""Two sketches of one language -> the log-odds that they tell one event, from a dozen and a half features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log1p, sqrt
from pathlib import Path
from types import MappingProxyType

import yaml

from crawler.shingles import words
from crawler.sketch import NAME, TITLE, Sketch

TIMES_NEAR = 10  # minutes between two statements of one moment
COUNT = 0x3F

Rarity = Callable[[int], float]
"""How telling a word's hash is: the logarithm of how few articles hold it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A sketch's words, weighed as of now: what is compared, made once for each article that is placed."""

    sketch: Sketch
    weights: Mapping[int, float]
    length: float
    named: frozenset[int]
    titled: frozenset[int]
    title: float
    pairs: frozenset[tuple[int, int]]


def terms(sketch: Sketch, rarity: Rarity) -> Terms:
    """Return the words with their weights: how telling, and how often they stand there."""
    weights: dict[int, float] = {}
    named, titled = [], []
    for word, mark in zip(sketch.words, sketch.marks, strict=True):
        weights[word] = rarity(word) * _often(mark & COUNT)
        if mark & NAME:
            named.append(word)
        if mark & TITLE:
            titled.append(word)
    return Terms(
        sketch=sketch,
        weights=weights,
        length=sqrt(sum(weight * weight for weight in weights.values())) or 1.0,
        named=frozenset(named),
        titled=frozenset(titled),
        title=sum(map(rarity, titled)) or 1.0,
        pairs=_pairs(words(sketch.shingles)[:400]),
    )


def _pairs(order: bytes) -> frozenset[tuple[int, int]]:
    return frozenset(pairwise(order))


_OFTEN = tuple(1.0 + log1p(max(0, n - 1)) if n else 0.0 for n in range(64))


def _often(count: int) -> float:
    return _OFTEN[count]


def features(one: Terms, other: Terms, rarity: Rarity) -> dict[str, float]:
    """Return what speaks for one event, and against it, by the names that likeness.yaml weighs."""
    a, b = one.sketch, other.sketch
    shared = one.weights.keys() & other.weights.keys()
    rare = {word: rarity(word) for word in shared}
    common = sum(one.weights[word] * other.weights[word] for word in shared)
    titled = (one.titled & other.titled) & (one.named | other.named)
    held = (
        sum(rare[w] for w in one.titled & shared) / one.title,
        sum(rare[w] for w in other.titled & shared) / other.title,
    )
    return {
        "cosine": common / (one.length * other.length),
        "title": max(held),
        "names": log1p(sum(rare[word] for word in one.named & other.named)),
        "title_names": log1p(sum(rare[word] for word in titled)),
        "rarest": sum(sorted(rare.values(), reverse=True)[:3]),
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


def likeness(one: Terms, other: Terms, rarity: Rarity) -> float:
    """Return the log-odds that the two tell one event; 0 is even odds."""
    bias, weighed = weights()
    found = features(one, other, rarity)
    return bias + sum(weight * found[name] for name, weight in weighed.items())
