"""Readings -> Story: which story an article belongs to, and what its articles say together."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.facts import Group, Place
from crawler.facts.toll import Count
from crawler.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event as told by its articles.

    `readings` stand in the order they came, the newest last. `copies` are the URL keys of those that are copies of
    another: they
    add no publisher. `id` is `None` for a story that is not in the database yet.
    """

    id: int | None
    readings: tuple[Reading, ...]
    copies: frozenset[str] = frozenset()

    @property
    def newest(self) -> Reading:
        """The article that came last."""
        return self.readings[-1]

    @property
    def killed(self) -> Count | None:
        """The highest of the articles' lower figures."""
        return _highest([r.facts.toll.killed for r in self.readings if r.facts])

    @property
    def injured(self) -> Count | None:
        """The highest of the articles' lower figures."""
        return _highest([r.facts.toll.injured for r in self.readings if r.facts])

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that any of the articles names, event places first, the newest article's first."""
        named = [place for r in reversed(self.readings) if r.facts for place in r.facts.places]
        return tuple(sorted(named, key=lambda place: place.role != "event"))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group that any of the articles names, actors first, the newest article's first."""
        named = [group for r in reversed(self.readings) if r.facts for group in r.facts.groups]
        return tuple(sorted(named, key=lambda group: group.role != "actor"))

    @property
    def disputed(self) -> str | None:
        """The sentence that denies or rivals a claim, `None` where none does."""
        for reading in reversed(self.readings):
            if reading.facts and reading.facts.toll.disputed:
                return reading.facts.toll.disputed
        return next((group.quote for group in self.groups if group.denied), None)

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who reports it independently: outlets of one publisher and copies count once, in the order they came."""
        own = [r.article.publisher for r in self.readings if r.article.url_key not in self.copies]
        return tuple(dict.fromkeys(own or [self.readings[0].article.publisher]))


def _highest(counts: list[Count | None]) -> Count | None:
    """The newest of the highest lower figures."""
    return max((count for count in reversed(counts) if count), key=lambda count: count.low, default=None)
