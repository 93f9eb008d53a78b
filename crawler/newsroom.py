"""Source and its bookmark -> Harvest: what is new there, read article by article."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from crawler.reading import Reading
from crawler.source import Bookmark


class Outcome(Enum):
    """What a poll found, in the user's words."""

    UNCHANGED = "unchanged"  # the server said so (304), or the listing is byte for byte the last one
    NOTHING_NEW = "nothing new"  # another listing of articles that are all known
    NEW = "new articles"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What one poll of a source brought.

    `readings` fetches and reads the new articles as it is iterated, oldest first; close it (`aclose`) to let the rest
    go. `bookmark` is to be stored only after every reading was kept. `entries` counts what the listing holds, `waiting`
    the new ones that are left to the next poll: then `bookmark` asks for the same listing again. `error` says in a
    user's words why the poll failed, `note` what is wrong with a listing that could be used all the same.
    `retry_after` is how long the server asked to be left alone.
    """

    outcome: Outcome
    bookmark: Bookmark
    readings: AsyncGenerator[Reading, None]
    entries: int = 0
    waiting: int = 0
    error: str | None = None
    note: str | None = None
    retry_after: timedelta | None = None
