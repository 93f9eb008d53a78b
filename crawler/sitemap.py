"""The listings that an index of sitemaps names -> those worth fetching."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from crawler.listing import Part

_NEVER = datetime.fromtimestamp(0, UTC)


def chosen(parts: Sequence[Part], most: int) -> list[Part]:
    """Return the parts that are likeliest to hold news: by name, then the most recently changed."""
    return sorted(parts, key=lambda part: ("news" in part.url, part.changed or _NEVER), reverse=True)[:most]
