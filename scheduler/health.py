"""Bookmark, the last pages, now -> how well a source is, in words; what became of all sources -> the notice to send."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.conditions import some
from alerts.rules import Severity
from crawler.source import Bookmark
from scheduler.rhythm import DAY, HOUR, Rhythm

POLLS, GAPS = 3, 6  # failures in a row, or expected gaps that a failure lasts, before a source is broken

SURE = 0.001  # false alarms a month that chance may raise for one source whose rhythm is known
SHORTEST_SILENCE = timedelta(hours=3)
AT_FIRST, LEARNING = timedelta(hours=48), timedelta(days=8)  # patience while no weekend was seen yet
MONTH = 30 * DAY

LAST = 10  # pages that are compared with those before
UNLIKELY = 1e-4  # the chance at which so many bad pages are no accident

HOLD = timedelta(hours=1)  # that a source must be well before its recovery is told
PAUSE = timedelta(minutes=10)  # between two notices
CUT_OFF_PAUSE = timedelta(hours=1)  # the same while it is probably our own connection that is down
TOGETHER = timedelta(hours=2)  # within which failures begin "at the same time", as no two sources are polled at once
FEW = 4  # sources of which a half may be chance
DAILY = timedelta(days=1)
TITLE, LINES = 100, 25  # characters on a lock screen, sources in a notice


class State(StrEnum):
    """How a source is."""

    WELL = "well"
    NEW = "new"  # not enough was seen to know what is usual
    SILENT = "silent"
    BROKEN = "broken"
    DEGRADED = "degraded"


DOWN = (State.BROKEN, State.SILENT, State.DEGRADED)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of the source gave."""

    fetched: datetime
    has_text: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is since when, and why in a sentence for its reader."""

    state: State
    why: str
    since: datetime


def judge(
    mark: Bookmark, recent: Sequence[Page], now: datetime, fault: str | None = None, was: Health | None = None
) -> Health:
    """Return how the source of this bookmark is.

    `recent` are its last pages (about 60 tell enough), newest first. `fault` is what the last poll found wrong with its
    listing, in words. `was` is what was judged before: pages that have been bad for so long that all of `recent` are
    remain bad, and what is well stays so since the same time.
    """
    return (
        _broken(mark, now, fault, was)
        or _silent(mark, now)
        or _degraded(recent, was)
        or Health(*_fine(mark, now), since=was.since if was and was.state not in DOWN else now)
    )


def _broken(mark: Bookmark, now: datetime, fault: str | None, was: Health | None) -> Health | None:
    """Never on a single failed poll; a listing that came but is not what it was is degraded."""
    since = mark.failing_since or now
    gaps = (now - since) / mark.gap if mark.gap else 0.0
    failing = mark.failures >= POLLS or (mark.failures > 1 and gaps >= GAPS)
    if failing:
        state = State.DEGRADED if fault else State.BROKEN
        polls = f"({mark.failures} polls in a row): {fault or mark.error or 'no reason is known'}"
        return Health(state, f"failing since {clock(since)} {polls}", since)
    if fault and not mark.failures:
        since = was.since if was and was.state is State.DEGRADED else now
        return Health(State.DEGRADED, f"{fault} (since {clock(since)})", since)
    return None


def _silent(mark: Bookmark, now: datetime) -> Health | None:
    """Silence is what a poll found; of the time since the last that went well nobody knows."""
    rhythm = Rhythm.unpacked(mark.rhythm)
    if rhythm is None or not rhythm.known or mark.last_new is None or mark.last_success is None:
        return None
    quiet = mark.last_success - mark.last_new
    learning = now.timestamp() - rhythm.since < LEARNING.total_seconds()
    if quiet < (AT_FIRST if learning else SHORTEST_SILENCE):
        return None
    if rhythm.expected(mark.last_new.timestamp(), mark.last_success.timestamp()) < patience(rhythm, now.timestamp()):
        return None
    gap = timedelta(seconds=1 / rhythm.rate)
    return Health(State.SILENT, f"nothing new for {long(quiet)}; usually something every {long(gap)}", mark.last_new)


def patience(rhythm: Rhythm, now: float) -> float:
    """Return how many articles must have been expected since the last one before silence is more than chance.

    For articles that come at random the chance of none where x are expected, after n were seen, is (1 + x/n)^-n; the
    limit lets a source raise `SURE` false alarms a month. Articles that come in bursts leave longer lulls: those that
    were met count, too, and the less, the shorter we have looked. `now` is in seconds since 1970.
    """
    chance = min(SURE / (rhythm.rate * MONTH), 0.5)
    seen = rhythm.seen
    at_random = seen * (math.pow(chance, -1 / seen) - 1)
    in_bursts = rhythm.lull * (1 + math.log(1 / SURE) / math.log(seen))
    return max(at_random, in_bursts) * (1 + LEARNING.total_seconds() / max(now - rhythm.since, HOUR))


_FLAWS: tuple[tuple[str, Callable[[Page], bool]], ...] = (
    ("no readable text", lambda page: not page.has_text),
    ("no date", lambda page: not page.dated),
)


def _degraded(recent: Sequence[Page], was: Health | None) -> Health | None:
    if len(recent) < LAST:
        return None
    last = recent[:LAST]
    start = was.since if was and was.state is State.DEGRADED else None
    before = [page for page in recent[LAST:] if start is None or page.fetched < start]
    for flaw, has in _FLAWS:
        bad = [page for page in last if has(page)]
        usual = (sum(map(has, before)) + 1) / (len(before) + 2)
        long_bad = start is not None and len(before) < LAST and recent[-1].fetched >= start
        sudden = len(before) >= LAST and _chance(len(bad), usual) < UNLIKELY
        if len(bad) * 2 >= LAST and (sudden or long_bad):
            many = f"the last {LAST} pages" if len(bad) == LAST else f"{len(bad)} of the last {LAST} pages"
            share = f"; usually {usual - 1 / (len(before) + 2):.0%} have none" if before else ""
            why = f"{many} had {flaw}{share}".replace("%", " %")
            return Health(State.DEGRADED, why, start or bad[-1].fetched)
    return None


def _chance(bad: int, usual: float) -> float:
    """Return the chance of at least so many bad pages of the last ten, where such a share is usual."""
    return sum(math.comb(LAST, n) * usual**n * (1 - usual) ** (LAST - n) for n in range(bad, LAST + 1))


def _fine(mark: Bookmark, now: datetime) -> tuple[State, str]:
    if mark.gap is None or mark.last_new is None:
        return State.NEW, "its pace is not known yet"
    return State.WELL, f"something every {long(mark.gap)}; the last {long(now - mark.last_new)} ago"


def long(length: timedelta) -> str:
    """Return a length of time as a person would say it: "40 minutes", "36 hours", "2 days"."""
    seconds = max(length.total_seconds(), 0.0)
    for unit, size in (("day", 86400), ("hour", 3600)):
        if seconds >= 1.95 * size:
            return f"{round(seconds / size)} {unit}s"
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} minutes" if minutes > 1 else "minute"


def clock(when: datetime) -> str:
    """Return a moment in this machine's own time, as its user's clock shows it."""
    return f"{when.astimezone():%d %b %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A source as it is, and what was told of it last.

    `told` is the state that the last notice about it told, `told_at` when that was; `None` where there was none.
    `failing_since` is when its polls began to fail, broken or not yet.
    """

    name: str
    state: State
    why: str
    since: datetime
    told: State | None = None
    told_at: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the system channels are told; `told` is to be remembered, by the names of the sources, with the time."""

    title: str
    body: str
    severity: Severity
    told: Mapping[str, State]


def changes(before: Sequence[Standing], now: datetime) -> Notice | None:
    """Return the notice about every source whose state changed since it was told, `None` where there is none to send.

    Trouble is told at once, and once. A recovery is told once the source has been well for an hour, and other trouble
    of a source that is known to be in trouble an hour after what was told last: one that comes and goes rings once.
    Between two notices 10 minutes pass, an hour while it is probably this machine that is cut off; what changes
    meanwhile comes with the next.
    """
    news = [one for one in before if _is_news(one, now)]
    cut_off = _cut_off(before)
    last = max((one.told_at for one in before if one.told_at), default=None)
    if not news or (last and now - last < (CUT_OFF_PAUSE if cut_off else PAUSE)):
        return None
    down = any(one.state in DOWN for one in news)
    lines = [cut_off] if cut_off and down else []
    severity: Severity = "critical" if lines else "warning" if down else "info"
    return _notice("", news, lines, severity)


def reminder(before: Sequence[Standing], now: datetime) -> Notice | None:
    """Return a notice of what is still down, a day after one of it was told last; `None` where nothing is."""
    down = [one for one in before if one.state in DOWN and one.told in DOWN]
    if not down or now - min(one.told_at or now for one in down) < DAILY:
        return None
    return _notice("Still down: ", down, [], "warning")


def _is_news(one: Standing, now: datetime) -> bool:
    if one.told not in DOWN:
        return one.state in DOWN
    if one.state in DOWN:
        return one.state != one.told and (one.told_at is None or now - one.told_at >= HOLD)
    return now - one.since >= HOLD


def _cut_off(before: Sequence[Standing]) -> str | None:
    """Return the sentence that says so where half of all sources began to fail at about the same time."""
    starts = sorted(one.failing_since or one.since for one in before if one.failing_since or one.state is State.BROKEN)
    half = max(math.ceil(len(before) / 2), 1)
    together = any(last - first <= TOGETHER for first, last in zip(starts, starts[half - 1 :], strict=False))
    if len(before) < FEW or not together:
        return None
    many = f"{len(starts)} of {len(before)} sources stopped answering"
    return f"{many} at about the same time: it is probably this machine's own connection that is down."


_ORDER = (*DOWN, State.WELL, State.NEW)


def _notice(lead: str, sources: Sequence[Standing], first: Sequence[str], severity: Severity) -> Notice:
    ordered = sorted(sources, key=lambda one: (_ORDER.index(one.state), one.name))
    lines = [*first, *map(_line, ordered[:LINES])]
    if len(ordered) > LINES:
        lines.append(f"… and {len(ordered) - LINES} more: `tocsin status` shows them all.")
    told = {one.name: one.state if one.state in DOWN else State.WELL for one in ordered}
    return Notice(lead + _title(ordered, TITLE - len(lead)), "\n".join(lines), severity, told)


def _line(one: Standing) -> str:
    if one.state in DOWN:
        return f"{_plain(one.name)} is {one.state}: {one.why}"
    return f"{_plain(one.name)} has recovered; it was {one.told}: {one.why}"


def _title(ordered: Sequence[Standing], room: int) -> str:
    """Return "2 sources broken, 1 silent: Example Wire, Other, Ministry", with as many names as there is room for."""
    words = [one.state if one.state in DOWN else "recovered" for one in ordered]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    number, word = counts[0].split()
    title = f"{number} source{'s' * (number != '1')} {word}" + "".join(f", {count}" for count in counts[1:]) + ": "
    names = [_plain(one.name) for one in ordered]
    shown = names[:1]
    while len(shown) < len(names) and len(title + ", ".join([*shown, names[len(shown)]])) + len(" and 99 more") <= room:
        shown.append(names[len(shown)])
    return title + some(names, len(shown))


def _plain(name: str) -> str:
    """A name on one line; a config may say anything."""
    name = " ".join(name.split())
    return name if len(name) <= 40 else f"{name[:39]}…"
