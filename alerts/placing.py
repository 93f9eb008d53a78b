"""Where an article was placed, and why: what the index answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Which story an article belongs to.

    `story` is a story's id, `None` for an article that opens one; `copy_of` the id of the article that it is a copy of.
    `score` is 0 to 1, `why` says it in words; `rival` is the nearest other story and its score.
    """

    story: int | None
    copy_of: int | None
    score: float
    why: str
    rival: tuple[int, float] | None = None
