"""Units -> where an age begins and ends: the years of a person are no one's number."""

from __future__ import annotations

from crawler.facts.toll_words import Unit

_LIMIT = 14
_AGE_LIMIT = 120


def skip_age(units: list[Unit], end: int) -> int:
    """', 34,' and '(45)' and 'aged 34' after a person are no one's number."""
    if end >= len(units):
        return end
    text = units[end].text
    if text in {"(", "["}:
        closing = {"(": ")", "[": "]"}[text]
        return next((k + 1 for k in range(end + 1, min(end + _LIMIT, len(units))) if units[k].text == closing), end)
    if "age" in units[end].tags and end + 1 < len(units) and units[end + 1].low is not None:
        return end + 2
    if text == "," and end + 1 < len(units):
        return _comma_age(units, end)
    return end


def _comma_age(units: list[Unit], end: int) -> int:
    if "age" in units[end + 1].tags and end + 2 < len(units) and units[end + 2].low is not None:
        return end + 3
    low = units[end + 1].low
    closed = (
        end + 2 == len(units)
        or units[end + 2].text in {",", ")", "."}
        or not units[end + 2].tags.isdisjoint({"and", "be"})
    )
    if low is None or low > _AGE_LIMIT or not closed or "number" not in units[end + 1].tags:
        return end
    comma = end + 2 < len(units) and units[end + 2].text == ","
    conj = end + 3 < len(units) and not units[end + 3].tags.isdisjoint({"conj"})
    return end + 3 if comma and not conj else end + 2


def ends_in_age(units: list[Unit], i: int) -> bool:
    """'29, 34 and 51 years old': all of a list's numbers are ages."""
    for k in range(i, min(i + 8, len(units))):
        if "age" in units[k].tags:
            return k > i + 1
        if units[k].low is None and units[k].text != "," and "and" not in units[k].tags:
            return False
    return False
