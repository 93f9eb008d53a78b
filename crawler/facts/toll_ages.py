"""Units -> where an age begins and ends: the years of a person are no one's number."""

from __future__ import annotations

from collections.abc import Set

from crawler.facts.toll_words import Unit

_LIMIT = 14
_AGE_LIMIT = 120
_CLOSING = {"and", "be", "relative"}
_ENDING = _CLOSING | {"die", "have", "hurt_ed", "hurt_int", "kill_ed", "prep"}
_JUNIOR = {"jr", "sr", "ii", "iii", "iv"}


def skip_age(units: list[Unit], end: int) -> int:
    """', 34,' and '(45)' and 'aged 34' after a person are no one's number."""
    if end >= len(units):
        return end
    end = _after_junior(units, end)
    text = units[end].text
    if text in {"(", "["}:
        closing = {"(": ")", "[": "]"}[text]
        return next((k + 1 for k in range(end + 1, min(end + _LIMIT, len(units))) if units[k].text == closing), end)
    if _aged(units, end):
        return _ages(units, end + 1)
    if text == "," and end + 1 < len(units):
        return _comma_age(units, end)
    return end


def _comma_age(units: list[Unit], end: int) -> int:
    """', 34,', ', aged 34', ', both 24', ', 12 and 14,': return where it ends, or `end` where it is no age."""
    first = end + 1
    shared = "of_each" in units[first].tags and first + 1 < len(units)
    if shared and _is_age(units[first + 1]):
        return _ages(units, first + 1)
    if shared and _aged(units, first + 1):
        return _ages(units, first + 2)
    if _aged(units, first):
        return _ages(units, first + 1)
    low = units[first].low
    if low is None or low > _AGE_LIMIT or not _closed(units, first + 1) or "number" not in units[first].tags:
        return end
    after = _ages(units, first)
    comma = after < len(units) and units[after].text == ","
    conj = after + 1 < len(units) and not units[after + 1].tags.isdisjoint({"conj"})
    return after + 1 if comma and not conj and not _named_with_age(units, after + 1) else after


def _named_with_age(units: list[Unit], k: int) -> bool:
    """'Anna Kern, 33, Ilse Brandt, 34, …' is a list, whose comma stays."""
    first = k
    while k < len(units) and "name" in units[k].tags:
        k += 1
    return first < k < len(units) - 1 and units[k].text == "," and _is_age(units[k + 1])


def _aged(units: list[Unit], k: int) -> bool:
    return k + 1 < len(units) and "age" in units[k].tags and units[k + 1].low is not None


def _closed(units: list[Unit], k: int, by: Set[str] = _CLOSING) -> bool:
    return k >= len(units) or units[k].text in {",", ")", ".", ";"} or not units[k].tags.isdisjoint(by)


def _is_age(unit: Unit) -> bool:
    """'24' or '24-year-old'."""
    if unit.low is None:
        return "label" in unit.tags and unit.text[:1].isdecimal()
    return "number" in unit.tags and unit.low <= _AGE_LIMIT


def _ages(units: list[Unit], k: int) -> int:
    """'aged 20, 23 and 25': return where the ages end that begin here."""
    k += 1
    while k + 1 < len(units) and (units[k].text == "," or "and" in units[k].tags):
        number = k + 2 if units[k].text == "," and "and" in units[k + 1].tags and k + 2 < len(units) else k + 1
        if not _is_age(units[number]) or units[number].low is None or not _closed(units, number + 1, _ENDING):
            break  # 'aged 20 and two women'
        k = number + 1
    return k


def _after_junior(units: list[Unit], end: int) -> int:
    """'Shawn Johnson, Jr., 21, …' is one name and an age."""
    if end + 2 < len(units) and units[end].text == "," and units[end + 1].text in _JUNIOR:
        return end + 3 if units[end + 2].text == "." and end + 3 < len(units) else end + 2
    return end


def ends_in_age(units: list[Unit], i: int) -> bool:
    """'29, 34 and 51 years old': all of a list's numbers are ages."""
    for k in range(i, min(i + 8, len(units))):
        if "age" in units[k].tags:
            return k > i + 1
        if units[k].low is None and units[k].text != "," and "and" not in units[k].tags:
            return False
    return False
