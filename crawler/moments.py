"""Text and its date -> what tells two events of one kind apart: the days, times of day and ages that it names."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

OLD = timedelta(days=60)  # a day named further back is no day of the event
AHEAD = timedelta(days=2)
_TIME = re.compile(r"(\d{1,2})(?::(\d\d))?\s?([ap])\.?\s?m\b|(\d{1,2}):(\d\d)(?![\d:])", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,:])\d{1,3}(?![\d:]|[.,]\d)")
_CLOSES = frozenset(",.;)")
_DAY = re.compile(r"\d{1,2}(?!\d|:\d)(?<!\d\d\d)")
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Speech:
    """A language's words for days and ages, as patterns; `cut` and `capital_nouns` as in sketch_words.yaml."""

    days: dict[str, int]
    months: dict[str, int]
    behind_day: re.Pattern[str]
    before_day: re.Pattern[str]
    behind: re.Pattern[str]
    before: re.Pattern[str] | None
    cut: int
    capital_nouns: bool


@cache
def speech(lang: str | None) -> Speech | None:
    """Return the words of a language, `None` where there are none of it."""
    row = _table().get(lang or "")
    if row is None:
        return None
    days = {form: number for number, forms in enumerate(row["weekdays"]) for form in forms}
    days |= dict.fromkeys(row["today"], 7) | dict.fromkeys(row["yesterday"], 8)
    months = {form: number for number, forms in enumerate(row["months"], 1) for form in forms}
    month = _any(months)
    return Speech(
        days=days,
        months=months,
        behind_day=re.compile(rf"(?:st|nd|rd|th|er|\.)?(?:\sde)?\s({month})(?!\w)", re.IGNORECASE),
        before_day=re.compile(rf"(?<!\w)({month})\.?\s$", re.IGNORECASE),
        behind=re.compile(rf"\s?-?(?:{_any(row['age'])})(?!\w)", re.IGNORECASE),
        before=re.compile(rf"(?<!\w)(?:{_any(row['aged'])})\s$", re.IGNORECASE) if row["aged"] else None,
        cut=row.get("cut", 0),
        capital_nouns=row.get("nouns") == "capital",
    )


@cache
def _table() -> dict[str, Any]:
    with Path(__file__).with_name("sketch_words.yaml").open("rb") as file:
        table: dict[str, Any] = yaml.load(file, yaml.CSafeLoader)
    return table


def _any(words: Any) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def days_named(text: str, words: Set[str], lang: str | None, published: date | None) -> set[int]:
    """Return the days that the text names, as ordinals: weekdays and "yesterday" as of its date, and dates near it.

    `words` are the text's, in small letters: most texts name few days, and looking each word up costs least.
    """
    known = speech(lang)
    if published is None or known is None:
        return set()
    found = {_weekday(known.days[word], published) for word in words & known.days.keys()}
    for match in _DAY.finditer(text):
        month = _month(text, match, known)
        if month:
            found |= _near(published, month, int(match[0]))
    for match in _NUMERIC.finditer(text):
        found |= _near(published, int(match[2]), int(match[1]))
    return found


def _month(text: str, day: re.Match[str], known: Speech) -> int | None:
    """Return the month that stands behind or before a number: "22 November", "Nov. 22"; `None` where none does."""
    beside = known.behind_day.match(text, day.end()) or known.before_day.search(
        text, max(0, day.start() - 14), day.start()
    )
    # A pattern that ignores case finds KASIM as kasım; what the table has not is let be.
    return known.months.get(beside[1].lower()) if beside else None


def _weekday(number: int, published: date) -> int:
    back = number - 7 if number >= 7 else (published.weekday() - number) % 7
    return published.toordinal() - back


def _near(published: date, month: int, day: int) -> set[int]:
    """Return the day of this year or the last that news of this date may mean, nothing where there is none."""
    for year in (published.year, published.year - 1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if -AHEAD <= published - named <= OLD:
            return {named.toordinal()}
    return set()


def times_named(text: str) -> set[int]:
    """Return the times of day that the text names, as minutes after midnight."""
    found: set[int] = set()
    for match in _TIME.finditer(text):
        if match[3]:
            hour, minute = int(match[1]) % 12 + 12 * (match[3] in "pP"), int(match[2] or 0)
        else:
            hour, minute = int(match[4]), int(match[5])
        if hour < 24 and minute < 60:
            found.add(60 * hour + minute)
    return found


def ages_named(text: str, lang: str | None) -> set[int]:
    """Return the ages of people that the text names, in years."""
    known = speech(lang)
    if known is None:
        return set()
    ages = (int(match[0]) for match in _NUMBER.finditer(text) if _is_age(text, match.start(), match.end(), known))
    return {age for age in ages if 0 < age < 110}


def _is_age(text: str, start: int, end: int, known: Speech) -> bool:
    """Whether a number is an age: "34-year-old", "aged 34", "Bako, 34, said"."""
    if known.behind.match(text, end):
        return True
    if known.before and known.before.search(text[max(0, start - 12) : start]):
        return True
    return end - start < 3 and text[max(0, start - 2) : start] == ", " and text[end : end + 1] in _CLOSES
