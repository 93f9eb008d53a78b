"""`tocsin lines stories`: articles in, oldest first -> the story of each, and of what it is a copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.reading import Reading

Row = dict[str, Any]


def placed(read: Callable[[Row], Reading]) -> Callable[[Row], Row]:
    """Return what answers a line with its story, decided on the lines before it.

    A story bears the id of the line that opened it. The time is that of publication; a line without one comes as late
    as the latest before it.
    """
    from alerts.index import StoryIndex
    from crawler.sketch import sketch

    index = StoryIndex()
    ids: list[str] = []
    now = datetime.fromtimestamp(0, UTC)

    def one(row: Row) -> Row:
        nonlocal now
        reading = read(row)
        now = max(now, reading.article.published or now)
        compared = reading.sketch or sketch(reading.article, reading.facts)
        placing = index.place(compared, now)
        key = len(ids)
        ids.append(str(row.get("id")))
        story = key if placing.story is None else placing.story
        index.add(key, story, compared, now, copied=placing.copy_of is not None)
        return {"story": ids[story], "copy_of": None if placing.copy_of is None else ids[placing.copy_of]}

    return one
