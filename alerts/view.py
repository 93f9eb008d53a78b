"""Story + phrasebook -> View: what rules ask of a story, looked up once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Literal

from alerts.phrases import Phrasebook
from alerts.story import Story
from crawler.facts import Facts, Place
from crawler.facts.toll import Count
from crawler.reading import Reading

Side = Literal["civilians", "security", "militants"]
Figure = Literal["killed", "injured", "casualties"]
Said = tuple[int | None, str, str | None]
"""A number of people (`None` where none is claimed), in words, and the sentence it was read from."""


class View:
    """A story as rules see it. `newest` and what follows it go through the articles from the newest to the oldest."""

    def __init__(self, story: Story, book: Phrasebook) -> None:
        """Look nothing up yet. `book` knows every phrase of the rules that will ask."""
        self.story = story
        self.book = book
        self._said: dict[tuple[Figure, tuple[Side, ...]], Said] = {}
        self._has: dict[str, frozenset[str]] = {}

    @cached_property
    def newest(self) -> tuple[Reading, ...]:
        """The articles, the newest first."""
        return tuple(reversed(self.story.readings))

    @property
    def claims(self) -> Iterator[tuple[str, Facts]]:
        """Each article's URL and facts."""
        return ((reading.article.url, reading.facts) for reading in self.newest if reading.facts)

    @cached_property
    def titles(self) -> tuple[frozenset[str], ...]:
        """Which phrases each title has."""
        return tuple(self._keys(reading.article.title, reading.article.lang) for reading in self.newest)

    @cached_property
    def texts(self) -> tuple[frozenset[str], ...]:
        """Which phrases each article has in title or text."""
        return tuple(
            title | self._keys(reading.article.text, reading.article.lang)
            for title, reading in zip(self.titles, self.newest, strict=True)
        )

    def _keys(self, text: str, lang: str | None) -> frozenset[str]:
        return frozenset(self.book.scan(text, lang)) if text else frozenset()

    def has(self, kind: str) -> frozenset[str]:
        """Return what the story has of a kind of thing that a rule can ask for: its codes, names or phrases."""
        found = self._has.get(kind)
        if found is None:
            found = self._has[kind] = frozenset(_KINDS[kind](self))
        return found

    @cached_property
    def places(self) -> tuple[tuple[str, Place, bool], ...]:
        """Each article's URL and the places it names, with whether the event happened there as the story has it."""
        settled = frozenset(self.story.places)
        return tuple(
            (url, place, place.role == "event" and place in settled)
            for url, facts in self.claims
            for place in facts.places
        )

    def said(self, figure: Figure, sides: tuple[Side, ...] = ()) -> Said:
        """Return how many the story says were hurt; with `sides`, how many of them were killed, together."""
        if (figure, sides) not in self._said:
            self._said[figure, sides] = self._killed_of(sides) if sides else _people(self.story, figure)
        return self._said[figure, sides]

    def _killed_of(self, sides: tuple[Side, ...]) -> Said:
        tolls = [facts.toll for _, facts in self.claims if facts.toll.killed]
        counts = [(sum(getattr(toll, side) for side in sides), toll.killed) for toll in tolls]
        value, count = max(counts, key=lambda pair: pair[0], default=(0, None))
        who = " and ".join([", ".join(sides[:-1]), sides[-1]] if sides[1:] else sides)
        # a side of which nothing is said counts 0, as does one of which none died: only "nobody was killed" tells them
        # apart
        if not count or (not value and count.low):
            among = f"among the {count.low} killed" if count else "killed"
            return None, f"no figure for {who} {among}", count.quote if count else None
        return value, f"{value} {who} killed", count.quote


_KINDS: dict[str, Callable[[View], Iterable[str]]] = {
    "text": lambda view: chain.from_iterable(view.texts),
    "title": lambda view: chain.from_iterable(view.titles),
    "region": lambda view: chain.from_iterable(place.within for place in view.story.places if place.role == "event"),
    "mention": lambda view: chain.from_iterable(place.within for place in view.story.places),
    "group": lambda view: (code for group in view.story.groups for code in ("", *group.lineage)),
    "only": lambda view: (group.id for group in view.story.groups),
    "language": lambda view: (reading.article.lang for reading in view.newest if reading.article.lang),
    "source": lambda view: (reading.article.source for reading in view.newest),
    "disputed": lambda view: ["no" if view.story.disputed is None else "yes"],
}


def _people(story: Story, figure: Figure) -> Said:
    if figure != "casualties":
        return _counted(story.killed if figure == "killed" else story.injured, figure)
    counts = [(count, name) for count, name in ((story.killed, "killed"), (story.injured, "injured")) if count]
    if not counts:
        return None, "no figure for killed or injured", None
    words = " and ".join(_counted(count, name)[1] for count, name in counts)
    return sum(count.low for count, _ in counts), words, counts[0][0].quote


def _counted(count: Count | None, figure: str) -> Said:
    if count is None:
        return None, f"no figure for {figure}", None
    about = "about " if count.approximate else ""
    most = f" (up to {count.high} claimed)" if count.high > count.low else ""
    return count.low, f"{about}{count.low} {figure}{most}", count.quote
