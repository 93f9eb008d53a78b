"""What a poll found -> which of it is read now, later or never: Outcome, Harvest, and the choice between entries."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from crawler.reading import Announced, Reading
from crawler.source import Bookmark, Source

RECENT = timedelta(days=30)  # entries of many at once that are dated before are remembered, not read
UNDATED = 100  # entries of many at once that are read though nothing says how old they are
MOST_AT_ONCE = 1000  # entries that appear at once and are read, by and by; a news sitemap holds no more


class Outcome(Enum):
    """What a poll found, in the user's words."""

    UNCHANGED = "unchanged"  # the server said so (304), or the listing is byte for byte the last one
    NOTHING_NEW = "nothing new"  # another listing of articles that are all known
    NEW = "new articles"
    FAILED = "failed"


class Memory(Protocol):
    """What the archive knows of articles."""

    def fresh(self, source: Source, announced: Sequence[Announced], now: datetime) -> list[Announced]:
        """Return what of a listing is to be read, in its order: the new, the edited, those to be tried again."""

    def knows(self, url_key: str) -> bool:
        """Whether there is an article of this key whose page needs no other try."""


@dataclass(slots=True, kw_only=True)
class Harvest:
    """What one poll of a source brought.

    `readings` fetches and reads the new articles as it is iterated, oldest first; close it (`aclose`) to let the rest
    go. `bookmark` is to be stored only after every reading was kept, and holds then: while it is being iterated,
    `readings` makes it ask for the whole listing again where a page is to be tried again. `entries` counts what the
    listing holds, `new` those that were never met, `waiting` the new ones that are left to the next poll: then, too, it
    asks for the whole listing. `listed` are the entries that are dealt with after this poll, `menu` the keys of links
    that are no articles; both are to be remembered. `error` says in a user's words why the poll failed, `note` what is
    wrong with a listing that could be used all the same, `fault` that it came but is not what it was: a feed that
    turned into a web page, a selector that finds nothing. `retry_after` is how long the server asked to be left alone,
    `fresh_for` how long it says that its answer stays good.
    """

    outcome: Outcome
    bookmark: Bookmark
    readings: AsyncGenerator[Reading, None]
    entries: int = 0
    new: int = 0
    waiting: int = 0
    listed: tuple[Announced, ...] = ()
    menu: tuple[str, ...] = ()
    error: str | None = None
    note: str | None = None
    fault: str | None = None
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Entries to read now (oldest first), how many are left to the next poll, and those that are never read."""

    now: tuple[Announced, ...]
    waiting: frozenset[str]
    never: int


def choose(fresh: Sequence[Announced], most: int, now: datetime) -> Choice:
    """Return which of the fresh entries are read now: the newest `most`, oldest first.

    The newest, because an alarm is about them; oldest first, because a story is told from its beginning. Without dates
    the listing's own order counts. Of more than a hundred at once, those of the last 30 days are read, a thousand at
    the most: a sitemap may name every article since the paper was founded.
    """
    order = list(reversed(fresh))  # listings begin with the newest
    if all(one.entry.published for one in order):
        order.sort(key=lambda one: one.entry.published or one.fetched)
    wanted = order
    if len(order) > UNDATED:
        recent = [one for one in order if (when := _stated(one)) and now - when < RECENT]
        wanted = recent[-MOST_AT_ONCE:] if len(recent) >= UNDATED else order[-UNDATED:]
    chosen = wanted[-most:]
    later = frozenset(one.url_key for one in wanted[: len(wanted) - len(chosen)])
    return Choice(tuple(chosen), later, len(order) - len(wanted))


def _stated(one: Announced) -> datetime | None:
    return one.entry.published or one.entry.updated
