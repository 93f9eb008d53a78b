"""A file of JSON lines -> articles as they would have come, each read and placed, for the rules to be tried on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.backtest import Arrived
from alerts.index import WINDOW, StoryIndex
from alerts.story import Story
from crawler.reading import Reading, read_text
from crawler.sketch import sketch

Row = dict[str, Any]
LONGEST = 10_000_000  # bytes of a line


class Lines:
    """The articles of a file, oldest first, as `tocsin lines stories` takes them; a bad line is told and left out."""

    def __init__(self, path: Path, article: Callable[[Row], Any], told: Callable[[int, str], None]) -> None:
        """Read from `path`. `article` makes an Article of a line, `told` hears of each bad one, by its number."""
        self.path, self.article, self.told = path, article, told
        self.latest = datetime.fromtimestamp(0, UTC)
        self.read = 0  # bytes of the last line
        self._index = StoryIndex()
        self._stories: dict[int, Story] = {}
        self._roundups: set[int] = set()

    def __iter__(self) -> Iterator[Arrived]:
        """Yield each article; the time is that of publication, and never goes back."""
        with self.path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
                self.read = len(line)
                if not line.strip():
                    continue
                try:
                    reading = self._reading(line)
                except (ValueError, RecursionError) as error:
                    self.told(number, _said(error))
                    continue
                yield self._arrived(number, reading)

    def _reading(self, line: bytes) -> Reading:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("the line is not a JSON object")
        return read_text(self.article(row))

    def _arrived(self, number: int, reading: Reading) -> Arrived:
        self.latest = max(self.latest, reading.article.published or self.latest)
        compared = reading.sketch or sketch(reading.article, reading.facts)
        placing = self._index.place(compared, self.latest)
        story, copied = number if placing.story is None else placing.story, placing.copy_of is not None
        if placing.story is None and reading.passages:
            self._roundups.add(story)
        self._index.add(number, story, compared, self.latest, copied=copied)
        silent = copied and story in self._roundups
        return Arrived(
            article=number,
            story=story,
            reading=reading,
            now=self.latest,
            copied=copied,
            passages=() if copied else reading.passages,
            silent=silent,
        )

    def get(self, story: int) -> Story | None:
        """Return a story with the articles that came so far."""
        return self._stories.get(story)

    def put(self, story: Story) -> None:
        """Keep a story; those whose time is over go."""
        assert story.id is not None  # noqa: S101  given by us
        self._stories.pop(story.id, None)
        self._stories[story.id] = story
        oldest = next(iter(self._stories.values()))
        while self.latest - (oldest.newest.article.published or self.latest) > WINDOW:
            del self._stories[next(iter(self._stories))]
            oldest = next(iter(self._stories.values()))

    def own(self, passage: Reading, now: datetime) -> int | None:
        """Return the story that tells a round-up's event by itself."""
        return self._index.place(passage.sketch or sketch(passage.article, passage.facts), now).story


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the line is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"the line is not JSON: {error}"
    return str(error) or type(error).__name__
