"""One poll of a source, whole: for tests."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, datetime

from crawler.newsroom import Harvest, Newsroom
from crawler.reading import Reading
from crawler.source import Bookmark, Source

NOW = datetime.now(UTC).replace(microsecond=0)


async def poll(
    room: Newsroom, url: str, bookmark: Bookmark | None = None, known: Collection[str] = ()
) -> tuple[Harvest, list[Reading]]:
    """Poll a source and take in all that it brings; `known` are the keys that the archive has."""
    source = Source(name="Wire", url=url, publisher="Wire Group")
    harvest = await room.poll(source, bookmark or Bookmark(), lambda keys: set(keys) - set(known), NOW)
    async with contextlib.aclosing(harvest.readings) as readings:
        return harvest, [reading async for reading in readings]
