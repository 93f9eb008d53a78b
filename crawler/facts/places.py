"""Title and text -> Places: where the event happened, and where else is mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["country", "admin1", "city", "macro"]
Role = Literal["event", "mentioned"]
Field = Literal["title", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level; a city has its first level's) or a macro-region's id.
    `within` holds every code and macro-region id that the place lies in, its own included. `start` and `end` are character offsets
    in `field`.
    """

    code: str
    name: str
    kind: Kind
    country: str | None
    country_name: str | None
    admin1: str | None
    admin1_name: str | None
    within: tuple[str, ...]
    role: Role
    surface: str
    start: int
    end: int
    field: Field
    quote: str
