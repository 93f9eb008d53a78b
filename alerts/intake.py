"""A poll and an article -> why the article is kept without ringing, or `None`: the guard against floods of old news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

OLD = timedelta(days=14)  # before the source was last read: as far back as a story may reach
AT_ONCE = 30  # new entries that are nothing unusual, whatever the source
USUAL = 10  # times as many as expected are still news: a war begins, an election is held
UNKNOWN = 100  # new entries at once of a source whose pace is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a poll looks like as a whole.

    `backlog` says that the source's first listing is being read and is not to ring. `new` counts the entries that were
    never met; `since` is when the source was last read, `gap` the expected time between two new articles (`None` where
    it is not known yet). `flooded` says that this is the rest of what appeared at once before.
    """

    backlog: bool
    flooded: bool
    new: int
    since: datetime | None
    gap: timedelta | None
    now: datetime

    @property
    def flood(self) -> bool:
        """Whether so many appear at once that they can't be the news since the last poll."""
        if self.flooded or self.since is None:
            return self.flooded
        if not self.gap:
            return self.new > UNKNOWN
        return self.new > AT_ONCE + USUAL * ((self.now - self.since) / self.gap)


def quiet(published: datetime | None, intake: Intake) -> str | None:
    """Return why an article of this date rings for nothing, in the user's words; `None` where it may ring."""
    if intake.backlog:
        return "part of the backlog: it was there when the source was first read"
    if published and intake.since and published < intake.since - OLD:
        return f"old news: dated {published:%d %b %Y}, long before the source was last read"
    if intake.flood:
        return "one of many entries that appeared at once, far more than this source publishes in that time"
    return None


def reappeared(first: datetime, now: datetime) -> str | None:
    """Return why an article whose very words were first met then rings for nothing, `None` where that was lately."""
    return f"not new: the same words were first read on {first:%d %b %Y}" if now - first > OLD else None
