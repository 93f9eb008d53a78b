"""Readings -> the figure that stands now, who claims what, and each change on the way there."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from crawler.facts.toll import Count
from crawler.reading import Reading

LEAD = 600  # characters: a figure for the whole event stands in the headline or here, a part of it further down
NEAR = 160  # characters around a figure's sentence that may say that it corrects: about a sentence on either side
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
       a. the article says beside it that it corrects ("revised", "down from"); or, from half of what stands upwards,
       b. its publisher alone claimed the figure that stands;
       c. two publishers say so, and one alone claimed the figure that stands;
       d. it is a count, and the figure that stands an estimate; or
       e. an official is quoted for it, and nobody official for the figure that stands.
    3. Any other lower figure is a part of the toll, an older count or one side's claim: it widens nothing.

    The range goes from the figure that stands to the highest that anyone claims now; what was corrected away is
    claimed no more. An edit of an article replaces its reading, and so corrects itself.
    """
    claims = [claim for i, reading in enumerate(readings) if (claim := _claim(i, reading, copies, name))]
    if not claims:
        return None
    tally, steps, fresh = _Tally(claims[0]), [Step(claims[0], None, claims[0].count.low)], 0
    for place, claim in enumerate(claims[1:], 1):
        before, why = tally.standing.count.low, ""
        if claim.count.low < before:
            why = tally.corrected(claim, readings)
            fresh = place if why else fresh
        if why or claim.count.low > before:
            steps.append(Step(claim, before, claim.count.low, why))
            tally = _Tally(claim)
        elif claim.count.low == before and not claim.copied:
            tally.holders.add(claim.publisher)
    newest = {claim.publisher: claim for claim in claims[fresh:]}
    high = max([tally.standing.count.high, *(claim.count.high for claim in newest.values())])
    said = {claim.publisher: claim for claim in claims}
    return Figure(
        count=replace(tally.standing.count, high=high),
        source=tally.standing,
        claims=tuple(sorted(said.values(), key=lambda claim: claim.reading)),
        steps=tuple(steps),
    )


def _claim(number: int, reading: Reading, copies: Set[str], name: Name) -> Claim | None:
    if reading.facts is None:
        return None
    toll, article = reading.facts.toll, reading.article
    count = toll.killed if name == "killed" else toll.injured
    if count is None:
        return None
    at = article.published or article.fetched
    return Claim(article.publisher, count, at, article.url, article.url_key in copies, number)


class _Tally:
    """A figure while it stands: `holders` are the publishers who give it, `rivals` those of each lower one."""

    __slots__ = ("holders", "rivals", "standing")

    def __init__(self, standing: Claim) -> None:
        self.standing = standing
        self.holders = {standing.publisher}
        self.rivals: dict[int, set[str]] = {}

    def corrected(self, claim: Claim, readings: Sequence[Reading]) -> str:
        """Return why a lower claim is believed, "" where it is not."""
        reading, other = readings[claim.reading], readings[self.standing.reading]
        if claim.copied or _older(reading, other, claim, self.standing):
            return ""
        near = _near(claim, reading)
        if not near:
            return ""
        agree = self.rivals.setdefault(claim.count.low, set())
        agree.add(claim.publisher)
        lang = reading.article.lang
        if _says("correction", lang, near):
            return "the article says that it corrects the figure"
        if 2 * claim.count.low < self.standing.count.low:
            return ""  # so much less is a part of the toll, told without the rest
        return self._outweighed(claim, agree) or self._better(claim, lang, other.article.lang)

    def _outweighed(self, claim: Claim, agree: Set[str]) -> str:
        if self.holders == {claim.publisher}:
            return "its publisher alone had the higher figure"
        return f"{' and '.join(sorted(agree))} give it" if len(agree) >= AGREE and len(self.holders) == 1 else ""

    def _better(self, claim: Claim, lang: str | None, other: str | None) -> str:
        if self.standing.count.approximate and not claim.count.approximate:
            return "it was counted, the higher figure was an estimate"
        if _official(lang, claim.count.quote) and not _official(other, self.standing.count.quote):
            return "an official source gives it"
        return ""


def _older(reading: Reading, other: Reading, claim: Claim, standing: Claim) -> bool:
    """Whether an article was published before the one whose figure stands; within a day where only days are known."""
    if "day" in (reading.article.precision, other.article.precision):
        return claim.at.date() < standing.at.date()
    return claim.at < standing.at


def _near(claim: Claim, reading: Reading) -> str:
    """Return the headline and what is said around a figure in it or in the lead; "" for one that stands in neither."""
    quote, article = claim.count.quote, reading.article
    if quote in article.title:
        return f"{article.title}\n{article.text[: 2 * NEAR]}"
    start = article.text.find(quote, 0, LEAD + len(quote))
    if start < 0:
        return ""
    return f"{article.title}\n{article.text[max(0, start - NEAR) : start + len(quote) + NEAR]}"


def _official(lang: str | None, quote: str) -> bool:
    """Whether somebody official is quoted: officers who are among the victims say nothing."""
    return _says("official", lang, quote) and _says("saying", lang, quote)


@lru_cache(maxsize=4096)  # a long story is read again at each of its articles
def _says(what: str, lang: str | None, text: str) -> bool:
    pattern = _words(what, lang)
    return bool(pattern and pattern.search(text.casefold()))


@cache
def _words(what: str, lang: str | None) -> re.Pattern[str] | None:
    words = _table()[what].get(lang or "")
    if not words:
        return None
    words = [word.casefold() for word in words]  # as the text is: ß is ss
    if lang in ("zh", "ar"):  # Chinese sets no spaces; Arabic has its article and conjunctions before the word
        return re.compile("|".join(map(re.escape, words)))
    forms = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")


@cache
def _table() -> dict[str, Any]:
    with Path(__file__).with_name("figures.yaml").open("rb") as file:
        table: dict[str, Any] = yaml.load(file, yaml.CSafeLoader)
    return table
