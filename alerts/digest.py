"""Alerts that were gathered for one channel -> the one message that tells them, a line for each story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.conditions import some
from alerts.gathering import Kind
from alerts.hours import length
from alerts.message import Message, clean, plain
from alerts.policy import Reason
from alerts.rules import Severity
from alerts.webtext import address, readable

LINES = 50  # stories listed in one digest
RULES = 3  # rules named for one story
UPDATE, CORRECTED = "Update: ", "Corrected: "  # what titles of later alerts begin with
RANKS: Mapping[Severity, int] = {"info": 0, "warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One alert that was gathered.

    `story` is the same for the alerts of one event, and for no others. `url` is the article that it came of; `terms`
    the hours or the limit that it waited for; `by_now` how the story is headed since, where its figures have changed.
    """

    alert: int
    rule: str
    story: str
    reason: Reason
    severity: Severity
    title: str
    url: str
    at: datetime
    killed: int | None = None
    injured: int | None = None
    terms: str = ""
    by_now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush:
    """The silence that held alerts back: what was silenced, who did it, why, and from when to when."""

    name: str
    author: str
    because: str
    begun: datetime
    ended: datetime

    @property
    def sentence(self) -> str:
        """Who silenced what, for how long, and why."""
        minutes = max(round((self.ended - self.begun).total_seconds() / 60), 1)
        who = f"{clean(self.name)} was silenced for {length(timedelta(minutes=minutes))} by {clean(self.author)}"
        why = f": {clean(self.because)}" if self.because else ""
        return f"{who}{why} ({_clock(self.begun)} to {_clock(self.ended)})"


def compose_digest(kind: Kind, entries: Sequence[Entry], hush: Hush | None = None, note: str = "") -> Message:
    """Return the digest of at least two alerts; `note` is a sentence to begin with.

    Stories come with the newest first, each as its last alert told it, and at most `LINES` of them: no flood makes a
    message that a channel refuses.
    """
    stories = _by_story(entries)
    told = [_line(alerts) for alerts in stories[:LINES]]
    rest = len(stories) - LINES
    if rest > 0:
        told.append(f"… and {rest:,} more: 'tocsin alerts' lists all of them")
    head = [note, hush.sentence if hush else ""]
    severity = max((alerts[-1].severity for alerts in stories), key=RANKS.__getitem__)
    return Message(_title(kind, entries, stories, hush), "\n\n".join([*filter(None, head), *told]), severity)


def _by_story(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the alerts of each story in order, the story that was told of last first."""
    stories: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: (one.at, one.alert)):
        stories.setdefault(entry.story, []).append(entry)
    return sorted(stories.values(), key=lambda alerts: (alerts[-1].at, alerts[-1].alert), reverse=True)


def _line(alerts: Sequence[Entry]) -> str:
    """Return a story as its last alert told it; where nobody was told of its first, that is no update."""
    last, untold = alerts[-1], any(not entry.title.startswith((UPDATE, CORRECTED)) for entry in alerts)
    title = _bare(last.title) if untold else last.title
    if last.reason is Reason.CORRECTED and not title.startswith(CORRECTED):
        title = CORRECTED + title
    names = list(dict.fromkeys(entry.rule for entry in reversed(alerts)))
    rules = some(list(map(clean, names)), RULES)
    several = f"; {len(alerts)} alerts since {_clock(alerts[0].at)}" if len(alerts) > 1 else ""
    link = readable(address(last.url))
    by_now = f"by now: {plain(last.by_now)}" if last.by_now else ""
    return "\n".join(filter(None, (plain(title), by_now, f"{rules}: {last.reason}, {_clock(last.at)}{several}", link)))


def _title(kind: Kind, entries: Sequence[Entry], stories: Sequence[Sequence[Entry]], hush: Hush | None) -> str:
    count = len({entry.alert for entry in entries})
    number = f"{count:,} alert{'s' * (count != 1)}"
    said = {entry.terms for entry in entries}
    terms = said.pop() if len(said) == 1 else ""
    if kind is Kind.SILENCE and hush:
        what = f"{number} held back while {clean(hush.name)} was silenced"
    elif kind is Kind.QUIET:
        what = f"{number} while it was quiet{f', {terms}' if terms else ''}"
    elif kind is Kind.LIMIT:
        what = f"{number} past the limit{f' of {terms}' if terms else ''}"
    else:
        what = f"{number}{f', {terms}' if terms else ' gathered'}"
    return f"{what} · most serious: {_most_serious(stories)}"


def _most_serious(stories: Sequence[Sequence[Entry]]) -> str:
    """Return what happened in the most serious story, by its last alert; one that was corrected away is the least."""
    last = max(
        (alerts[-1] for alerts in stories),
        key=lambda one: (one.reason is not Reason.CORRECTED, RANKS[one.severity], one.killed or 0, one.injured or 0),
    )
    title = _bare(last.title)
    what = clean(title.split(" · ", 1)[0])
    return CORRECTED + what if last.reason is Reason.CORRECTED else what


def _bare(title: str) -> str:
    return title.removeprefix(UPDATE).removeprefix(CORRECTED)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%d %b %H:%M} UTC"
