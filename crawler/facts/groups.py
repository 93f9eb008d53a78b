"""Title and text -> Groups: which armed groups are named, and whether their part is denied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["actor", "mentioned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An armed group named in the article; `lineage` is its id and the ids of what it is a branch of, itself first."""

    id: str
    name: str
    lineage: tuple[str, ...]
    role: Role
    denied: bool
    surface: str
    quote: str
