"""Readings -> the figure that stands now, who claims what, and each change on the way there."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from crawler.facts.toll import Count
from crawler.reading import Reading

LEAD = 600  # characters: a figure for the whole event stands in the headline or here, a part of it further down
AGREE = 2  # publishers who must say so before a lower figure without a word of correction is believed

Name = Literal["killed", "injured"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one article says of a figure; `at` is when it was published, or fetched where it states no date."""

    publisher: str
    count: Count
    at: datetime
    url: str
    copied: bool
    reading: int


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the figure that stands: `before` is `None` for the first; `why` says why a lower one is believed."""

    claim: Claim
    before: int | None
    after: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure that stands, as a range of what is claimed, and how it came about.

    `claims` are the newest of each publisher, in the order they came.
    """

    count: Count
    source: Claim
    claims: tuple[Claim, ...]
    steps: tuple[Step, ...]

    @property
    def corrected(self) -> bool:
        """Whether the last change lowered it."""
        return bool(self.steps) and self.steps[-1].before is not None and self.steps[-1].after < self.steps[-1].before


def stands(readings: Sequence[Reading], copies: Set[str], name: Name) -> Figure | None:
    """Return the figure of a story's readings, in the order they came; `None` where none of them claims one.

    1. The first figure stands, and every higher one takes its place: tolls rise as news goes on.
    2. A lower one is a correction only from an article that is not older than the one whose figure stands and that
       gives it as the event's own, in its headline or its lead; a copy corrects nothing. Then it is believed where
       a. the article says that it corrects ("revised", "down from"); or, from half of what stands upwards, where
       b. it has an official source and the figure that stands has none;
       c. its publisher alone claimed the figure that stands; or
       d. two publishers say so, and one alone claimed the figure that stands.
    3. Any other lower figure is a part of the toll, an older count or one side's claim: it widens nothing.

    The range goes from the figure that stands to the highest that anyone claims now; what was corrected away is
    claimed no more. An edit of an article replaces its reading, and so corrects itself.
    """
    claims = [claim for i, reading in enumerate(readings) if (claim := _claim(i, reading, copies, name))]
    if not claims:
        return None
    standing, steps, dropped = claims[0], [Step(claims[0], None, claims[0].count.low)], -1
    for place, claim in enumerate(claims[1:], 1):
        if claim.count.low > standing.count.low:
            steps.append(Step(claim, standing.count.low, claim.count.low))
            standing = claim
        elif claim.count.low < standing.count.low:
            why = _corrects(claim, standing, claims[dropped + 1 : place], readings)
            if why:
                steps.append(Step(claim, standing.count.low, claim.count.low, why))
                standing, dropped = claim, place - 1
    newest = {claim.publisher: claim for claim in claims[dropped + 1 :]}
    high = max([standing.count.high, *(claim.count.high for claim in newest.values())])
    count = replace(standing.count, high=high)
    said = {claim.publisher: claim for claim in claims}
    return Figure(count, standing, tuple(sorted(said.values(), key=lambda claim: claim.reading)), tuple(steps))


def _claim(number: int, reading: Reading, copies: Set[str], name: Name) -> Claim | None:
    count: Count | None = getattr(reading.facts.toll, name) if reading.facts else None
    if count is None:
        return None
    article = reading.article
    at = article.published or article.fetched
    return Claim(article.publisher, count, at, article.url, article.url_key in copies, number)


def _corrects(claim: Claim, standing: Claim, before: Sequence[Claim], readings: Sequence[Reading]) -> str:
    """Return why a lower figure is believed, "" where it is not."""
    reading, other = readings[claim.reading], readings[standing.reading]
    if claim.copied or _older(reading, other, claim, standing) or not _leads(claim, reading):
        return ""
    if _says(reading, claim.count.quote, "correction"):
        return "the article says that it corrects the figure"
    if 2 * claim.count.low < standing.count.low:
        return ""  # so much less is a part of the toll, told without the rest
    if _official(claim, reading) and not _official(standing, other):
        return "an official source gives it"
    high = {one.publisher for one in before if one.count.low >= standing.count.low and not one.copied}
    if high <= {claim.publisher}:
        return "its publisher alone had the higher figure"
    agree = {one.publisher for one in before if _agrees(one, claim, standing)} | {claim.publisher}
    if len(high) == 1 and len(agree) >= AGREE:
        return f"{' and '.join(sorted(agree))} give it"
    return ""


def _agrees(one: Claim, claim: Claim, standing: Claim) -> bool:
    return not one.copied and one.reading > standing.reading and one.count.low == claim.count.low


def _older(reading: Reading, other: Reading, claim: Claim, standing: Claim) -> bool:
    """Whether an article was published before the one whose figure stands; within a day where only days are known."""
    if "day" in (reading.article.precision, other.article.precision):
        return claim.at.date() < standing.at.date()
    return claim.at < standing.at


def _leads(claim: Claim, reading: Reading) -> bool:
    quote, article = claim.count.quote, reading.article
    return quote in article.title or quote in article.text[: LEAD + len(quote)]


def _official(claim: Claim, reading: Reading) -> bool:
    pattern = _words("official", reading.article.lang)
    return bool(pattern and pattern.search(claim.count.quote.casefold()))


def _says(reading: Reading, quote: str, what: str) -> bool:
    article = reading.article
    pattern = _words(what, article.lang)
    return bool(pattern and pattern.search(f"{article.title}\n{article.text[:LEAD]}\n{quote}".casefold()))


@cache
def _words(what: str, lang: str | None) -> re.Pattern[str] | None:
    words = _table()[what].get(lang or "")
    if not words:
        return None
    start = "" if lang in ("zh", "ar") else r"(?<!\w)"  # Arabic has its article and conjunctions before the word
    return re.compile(f"{start}(?:{'|'.join(map(re.escape, words))})")


@cache
def _table() -> dict[str, Any]:
    with Path(__file__).with_name("figures.yaml").open("rb") as file:
        table: dict[str, Any] = yaml.load(file, yaml.CSafeLoader)
    return table
