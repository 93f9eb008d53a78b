"""Units -> the same with dates marked, and the dates: a number in a date is nobody's number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.facts.toll_words import Unit
from crawler.lexicon import Lexicon

_DATE = frozenset(["date"])
_LEADS_YEAR = frozenset(
    ["in", "since", "of", "during", "from", "until", "by", "early", "late", "mid", "between", "and", "to"]
)
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)")
_NEAR = timedelta(days=4)
_AHEAD = timedelta(days=60)
_LEAD = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Named:
    """A date as named; `position` is its unit's index."""

    position: int
    year: int | None
    month: int | None
    day: int | None


def mark_dates(units: list[Unit], lexicon: Lexicon) -> tuple[list[Unit], list[Named]]:
    """Return the units with every date's parts tagged `date` and valueless, and the dates."""
    named: list[Named] = []
    marked = list(units)
    foreign = lexicon.grammar is not None
    small = lexicon.grammar is not None and not lexicon.grammar.capital_months
    for i, unit in enumerate(units):
        if unit.text in lexicon.months and (unit.capital or small):
            _month(marked, i, lexicon.months[unit.text], named, foreign)
        elif "year" in unit.tags and "date" not in marked[i].tags and _is_year(units, i, foreign):
            _year(marked, i, named)
        elif foreign and (written := _NUMERIC.fullmatch(unit.text)):
            _numeric(marked, i, written, named)
    return marked, named


def _is_year(units: list[Unit], i: int, foreign: bool) -> bool:
    """'in 2010', 'в 2010 году', '2010 yılında'."""
    if i and "leads_year" in units[i - 1].tags:
        return True
    return foreign and i + 1 < len(units) and "year_noun" in units[i + 1].tags


def _numeric(units: list[Unit], i: int, written: re.Match[str], named: list[Named]) -> None:
    """'22.11.2015' and '22/11/2015': day first, as everywhere but in English."""
    day, month, year = int(written[1]), int(written[2]), int(written[3])
    if 1 <= day <= 31 and 1 <= month <= 12:
        named.append(Named(i, year, month, day))
        _mark(units, i)


def _year(units: list[Unit], i: int, named: list[Named]) -> None:
    """'in 2010'; 'in 2010 people' is a number."""
    if i + 1 == len(units) or units[i + 1].tags.isdisjoint({"person", "people"}):
        named.append(Named(i, units[i].low, None, None))
        _mark(units, i)


def _month(units: list[Unit], i: int, month: int, named: list[Named], foreign: bool) -> None:
    """'22 November 2015', 'Nov. 22, 2015', '22 de noviembre de 2015', 'in November'; 'may' only beside a number."""
    after = i + 2 if i + 1 < len(units) and units[i + 1].text == "." else i + 1
    day = None if foreign else _day(units, after)
    last = after if day else i
    first = i
    before = _past_link(units, i - 1, -1) if foreign else i - 1
    if day is None and (day := _day(units, before)) is not None:
        first = before
    places = (last + 1, last + 2, after) if not foreign else (_past_link(units, i + 1, 1), i + 2)
    year_at = next((k for k in places if k < len(units) and "year" in units[k].tags), None)
    if day is None and year_at is None and _is_name(units, after):
        return
    if day is None and year_at is None and not _preposed(units, i):
        return
    year = units[year_at].low if year_at is not None else None
    named.append(Named(i, year, month, day))
    for k in range(first, max(last, year_at or 0) + 1):
        _mark(units, k)


def _past_link(units: list[Unit], i: int, step: int) -> int:
    """'22 de noviembre de 2015', '22. November': the place beyond a 'de' or a full stop."""
    inside = 0 <= i < len(units) and 0 <= i + step < len(units)
    return i + step if inside and ("of" in units[i].tags or units[i].text == ".") else i


def _is_name(units: list[Unit], i: int) -> bool:
    """'the Second of June Movement' is no date."""
    return i < len(units) and "name" in units[i].tags


def _preposed(units: list[Unit], i: int) -> bool:
    return i > 0 and "leads_month" in units[i - 1].tags


def _day(units: list[Unit], i: int) -> int | None:
    if not 0 <= i < len(units):
        return None
    text = units[i].text
    digits = text.rstrip("stndrheº")  # '22nd', '1er'
    return (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None
    )


def _mark(units: list[Unit], i: int) -> None:
    units[i] = Unit(units[i].text, _DATE)


def is_other_day(named: Named, published: date | None, lead: bool) -> bool:
    """Say whether a date is another time than the event's.

    News of an event comes within days of it; a lead sentence may name a somewhat older date as the event's own.
    """
    if published is None:
        return False
    if named.year is not None and named.year != published.year:
        return not _close_to(named, published, lead)
    if named.month is None:
        return False
    return not _close_to(named, published, lead)


def _close_to(named: Named, published: date, lead: bool) -> bool:
    slack = _LEAD if lead else _NEAR
    if named.month is None:
        return False
    years = [named.year] if named.year is not None else [published.year, published.year - 1]
    return any(_within(year, named, published, slack) for year in years if 1 <= year <= 9998)


def _within(year: int, named: Named, published: date, slack: timedelta) -> bool:
    month = named.month or 1
    if named.day is None:
        return (year, month) == (published.year, published.month) or abs(
            date(year, month, 15) - published
        ) <= timedelta(days=20)
    day = min(named.day, 28) if month == 2 else min(named.day, 30 if month in {4, 6, 9, 11} else 31)
    # what lies ahead of the article is no older event, whatever it is
    return -_AHEAD <= published - date(year, month, day) <= slack
