"""A backtest's result -> the lines a person reads, or rows for a tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from alerts.backtest import Difference, Rang, Score, difference, score
from alerts.message import clean
from scheduler.commands.look import table

if TYPE_CHECKING:
    from scheduler.commands.backtest import Result

Row = dict[str, Any]
BARS = "▁▂▃▄▅▆▇█"
COLUMNS = 30  # of a sparkline: more days share a bar
BUSY = 10.0  # alerts a day from which a rule is called loud


def as_rows(result: Result) -> Row:
    """Return the result as JSON takes it: alerts, days and scores by rule, and the difference."""
    rows: Row = {
        "since": result.since.isoformat(),
        "until": result.until.isoformat(),
        "articles": result.articles,
        "stories": result.stories,
        "rules": [_rule(result, name) for name in _names(result)],
        "alerts": [_alert(alert) for alert in result.ours.rang],
    }
    if result.theirs is not None:
        rows |= {
            "against": result.other,
            "difference": [
                {"sign": one.sign, "why": one.why} | _alert(one.alert)
                for one in difference(result.ours.rang, result.theirs.rang)
            ],
        }
    return rows


def _names(result: Result) -> list[str]:
    return [rule.name for rule in result.rules]


def _rule(result: Result, name: str) -> Row:
    mine = [alert for alert in result.ours.rang if alert.rule == name]
    scored = _score(result, name, mine)
    return {
        "name": name,
        "alerts": len(mine),
        "stories": len({alert.story for alert in mine}),
        "days": {str(day): number for day, number in sorted(Counter(map(_day, mine)).items())},
        "quiet": len(result.ours.hushed.get(name, ())),
        "marks": asdict(scored) | {"precision": scored.precision, "recall": scored.recall} if scored else None,
    }


def _alert(alert: Rang) -> Row:
    return asdict(alert) | {"at": alert.at.isoformat(), "reason": str(alert.reason)}


def _score(result: Result, name: str, alerts: Sequence[Rang]) -> Score | None:
    """Return how a rule does against the marks; `None` where nothing of it was marked."""
    if not any(rule == name for rule, _ in result.marks):
        return None
    return score(result.marks, name, (alert.story for alert in alerts))


def _day(alert: Rang) -> date:
    return alert.at.astimezone().date()


def told(result: Result, limit: int) -> Iterator[str]:
    """Yield the result as a person reads it; at most `limit` alerts of each kind are listed."""
    days = _days(result)
    yield click.style(f"{_count(len(result.rules), 'rule')} over {_span(result, days)}", bold=True)
    yield ""
    yield from _rules(result, days)
    yield from _hushed(result)
    if result.theirs is None:
        yield from _latest(result, limit)
    else:
        yield from _difference(result, limit)
    yield ""
    yield "Nothing was sent. Times are when it would have rung, in this machine's time."


def _days(result: Result) -> list[date]:
    first, last = result.since.astimezone().date(), result.until.astimezone().date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _span(result: Result, days: Sequence[date]) -> str:
    read = f"{_count(result.articles, 'article')} in {_count(result.stories, 'story', 'stories')}"
    return f"{read}, {days[0]:%d %b %Y} to {days[-1]:%d %b %Y}"


def _count(number: int, noun: str, several: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def _rules(result: Result, days: Sequence[date]) -> Iterator[str]:
    marked = any(rule in _names(result) for rule, _ in result.marks)
    heads = ["rule", "alerts", "a day", "most in a day", "day by day", *(["precision", "recall"] * marked)]
    lines = []
    for name in _names(result):
        mine = [alert for alert in result.ours.rang if alert.rule == name]
        lines.append([name, *_figures(mine, days), *(_marked(_score(result, name, mine)) if marked else [])])
    if len(lines) != 1:
        lines.append(["together", *_figures(result.ours.rang, days), *(["", ""] * marked)])
    yield table(heads, lines)


def _figures(alerts: Sequence[Rang], days: Sequence[date]) -> list[str]:
    by_day = Counter(map(_day, alerts))
    top = max(by_day.items(), key=lambda item: (item[1], item[0]), default=None)
    return [
        f"{len(alerts):,}",
        f"{len(alerts) / max(len(days) - 1, 1):.1f}",
        f"{top[1]} on {top[0]:%d %b}" if top else "–",
        sparkline([by_day[day] for day in days]),
    ]


def sparkline(numbers: Sequence[int]) -> str:
    """Return a bar for each number, the highest full, a dot for none; more than `COLUMNS` are added up by neighbours.

    >>> sparkline([0, 1, 4])
    '·▂█'
    """
    wide = max(1, -(-len(numbers) // COLUMNS))
    sums = [sum(numbers[start : start + wide]) for start in range(0, len(numbers), wide)]
    top = max(sums, default=0)
    return "".join(BARS[max(0, -(-number * len(BARS) // top) - 1)] if number else "·" for number in sums)


def _marked(scored: Score | None) -> list[str]:
    if scored is None:
        return ["–", "–"]
    shares = (
        (scored.precision, f"{scored.right} of {scored.right + scored.wrong}"),
        (scored.recall, f"{scored.right} of {scored.right + scored.missed}"),
    )
    return ["–" if share is None else f"{share:.2f} ({of})" for share, of in shares]


def _hushed(result: Result) -> Iterator[str]:
    """Say what was not counted because it came in quietly, where that is all a new archive has."""
    quiet = {name: len(result.ours.hushed.get(name, ())) for name in _names(result)}
    if any(quiet.values()):
        said = ", ".join(f"{_count(number, 'story', 'stories')} for {name}" for name, number in quiet.items() if number)
        yield ""
        yield f"Taken in quietly (a source's backlog, old news), so not rung: {said}; --backlog counts them"
    if result.ours.waiting:
        yield f"{_count(result.ours.waiting, 'alert')} would still be held for other reports"


def _latest(result: Result, limit: int) -> Iterator[str]:
    shown = result.ours.rang[-limit:] if limit else []
    if not shown:
        return
    yield ""
    more = f"the last {len(shown)} of {len(result.ours.rang)}" if len(shown) < len(result.ours.rang) else "all"
    yield click.style(f"Alerts, {more}", bold=True)
    for alert in reversed(shown):
        yield from _one(alert, "  ")


def _one(alert: Rang, start: str, why: str = "") -> Iterable[str]:
    reason = f"{alert.reason}: {alert.explanation}" if why == "" else why
    yield f"{start}{_time(alert.at)}  {alert.headline}"
    yield f"{' ' * len(start)}{' ' * 14}{alert.rule} · {clean(reason)} · story {alert.story}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%d %b %H:%M}"


def _difference(result: Result, limit: int) -> Iterator[str]:
    assert result.theirs is not None  # noqa: S101  asked for
    found = difference(result.ours.rang, result.theirs.rang)
    plus, minus = ([one for one in found if one.sign == sign] for sign in "+-")
    yield ""
    same = len(result.ours.rang) - len(plus)
    yield click.style(f"Against {result.other}: {len(plus)} more, {len(minus)} fewer, {same} the same", bold=True)
    for name, signed, colour in (("rings now", plus, "green"), ("no longer rings", minus, "red")):
        if signed:
            yield f"{name}:"
        for one in signed[:limit]:
            yield from _signed(one, colour, "now" if one.sign == "-" else f"by {result.other}")
        if len(signed) > limit:
            yield f"  … and {len(signed) - limit} more; -n lists them"


def _signed(one: Difference, colour: str, whose: str) -> Iterable[str]:
    first, *rest = _one(one.alert, "  ", f"{whose}: {one.why}")
    yield click.style(one.sign, fg=colour, bold=True) + first[1:]
    yield from rest
