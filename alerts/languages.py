"""Two sketches in two languages -> log-odds that they tell one event, by what no language writes otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.sketch import Sketch, hashed

FURTHEST = 4  # days between two publications: news crosses languages within days
ASKED = 4.0  # points that two reports need; weighed by hand, as no labelled set holds such pairs
NAMES = 3  # names in common that count


def across(one: Sketch, other: Sketch) -> float:
    """Return how far the two are above (or below) what reports of one event have in common: 0 is even odds.

    Places carry the match, then groups and tolls; a toll that differs says nothing. Two that name their places, none
    of which is the other's or lies in it, are two events.
    """
    days = _days(one, other)
    where = _place(one, other)
    if days > FURTHEST or where is None:
        return -ASKED
    points = where + 0.5 - 0.5 * max(0, days - 1)
    points += 1.5 * _common(one.groups, other.groups) - 0.5 * _apart(one.groups, other.groups)
    points += _toll(one.killed, other.killed) + _toll(one.injured, other.injured)
    points += min(2, len(set(one.ages) & set(other.ages))) + min(2, len(set(one.numbers) & set(other.numbers)))
    points += _common(one.times, other.times) + 0.5 * _common(one.days, other.days) - _apart(one.days, other.days)
    points += 0.8 * min(NAMES, len(set(one.skeletons) & set(other.skeletons)))
    return points - ASKED


def keys(sketch: Sketch) -> Iterator[int]:
    """Return hashes of what a report in another language would share: event places below a country, and groups.

    One that does not say where it happened is found by the towns that it names.
    """
    for place in sketch.events or [(code,) for code in sketch.mentions if _inner(code)]:
        for code in place:
            if len(code) > 2:
                yield hashed(f"@{code}")
    for group in sketch.groups:
        yield hashed(f"#{group}")


def _place(one: Sketch, other: Sketch) -> float | None:
    """Return the points of the finest place in common, `None` where both name places and have none in common."""
    if not one.events or not other.events:
        return _named(one, other)
    best = None
    for a in one.events:
        for b in other.events:
            common = set(a) & set(b)
            if common:
                best = max(best or 0.0, _fineness(a, b, common))
    return best


def _named(one: Sketch, other: Sketch) -> float:
    """Return the points of places in common where one of the two names places without saying where it happened."""
    happened = {place[0] for place in (*one.events, *other.events)}
    shared = set(one.mentions) & set(other.mentions)
    if any(_inner(code) for code in shared & happened):
        return 2.0
    return min(1.5, sum(1.0 if len(code) > 2 else 0.3 for code in shared))


def _fineness(a: tuple[str, ...], b: tuple[str, ...], common: set[str]) -> float:
    """Return 3 for one city, less where one place lies in the other, 1 for two places of one region."""
    if a[0] == b[0]:
        return 3.0 if _inner(a[0]) else 2.0 if len(a[0]) > 2 else 0.5
    if a[0] in common or b[0] in common:  # one lies in the other
        return 2.0 if any(len(code) > 2 for code in common) else 0.5
    return 1.0 if any(len(code) > 2 for code in common) else 0.0


def _inner(code: str) -> bool:
    """Whether the code is of a city or a second level: RU-KB/nalchik, PK-KP:kurram."""
    return "/" in code or ":" in code


def _toll(one: int | None, other: int | None) -> float:
    """Return more for a figure that few events share."""
    if not one or one != other:
        return 0.0
    return 0.5 if one == 1 else 1.5 if one < 10 else 2.0


def _common(one: Iterable[object], other: Iterable[object]) -> float:
    return float(not set(one).isdisjoint(other))


def _apart(one: Iterable[object], other: Iterable[object]) -> float:
    a, b = set(one), set(other)
    return float(bool(a) and bool(b) and a.isdisjoint(b))


def _days(one: Sketch, other: Sketch) -> int:
    if one.when is None or other.when is None:
        return 0
    return abs((one.when.date() - other.when.date()).days)
