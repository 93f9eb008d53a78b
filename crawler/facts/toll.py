"""Title and text -> Toll: how many people the event that the article reports killed and injured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people as claimed.

    `low` is the lowest figure the article itself supports, `high` the highest claim; 0 where it says that there were none.
    `quote` is the sentence it was read from.
    """

    low: int
    high: int
    approximate: bool
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Killed and injured (`None`: not claimed), the dead by side where it is said, and whether the article carries a rival claim."""

    killed: Count | None = None
    injured: Count | None = None
    civilians: int = 0
    security: int = 0
    militants: int = 0
    disputed: str | None = None  # the sentence that denies or rivals the claim
