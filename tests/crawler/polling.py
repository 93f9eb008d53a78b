"""One poll of a source, whole: for tests."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, datetime

from crawler.newsroom import Harvest, Newsroom
from crawler.reading import Reading
from crawler.source import Bookmark, Source

NOW = datetime.now(UTC).replace(microsecond=0)


class Archive:
    """Knows the articles of these keys."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self.known = set(known)

    def fresh(self, source, announced, now):
        return [one for one in announced if one.url_key not in self.known]

    def knows(self, url_key):
        return url_key in self.known


async def poll(
    room: Newsroom, url: str, bookmark: Bookmark | None = None, known: Collection[str] = ()
) -> tuple[Harvest, list[Reading]]:
    """Poll a source and take in all that it brings; `known` are the keys that the archive has."""
    source = Source(name="Wire", url=url, publisher="Wire Group", private=True)
    harvest = await room.poll(source, bookmark or Bookmark(), Archive(known), NOW)
    async with contextlib.aclosing(harvest.readings) as readings:
        return harvest, [reading async for reading in readings]
