"""Readings -> Story: what the articles about one event say together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from alerts.figures import Figure, stands
from crawler.facts import Group, Place
from crawler.facts.toll import Count, Toll
from crawler.reading import Reading

MANY = 4  # publishers that place an event, from which on a country that fewer than a quarter of them give is a mistake


@dataclass(frozen=True, kw_only=True)
class Story:
    """One event as told by its articles.

    `readings` stand in the order they came, the newest last. `copies` are the URL keys of those that are copies of
    another: they add no publisher. `id` is `None` for a story that is not in the database yet. What is worked out from
    them is worked out once: a story may have a thousand articles, and every rule asks.
    """

    id: int | None
    readings: tuple[Reading, ...]
    copies: frozenset[str] = frozenset()

    @property
    def newest(self) -> Reading:
        """The article that came last."""
        return self.readings[-1]

    @cached_property
    def opened(self) -> datetime:
        """When the first article came."""
        return min(reading.article.fetched for reading in self.readings)

    @cached_property
    def deaths(self) -> Figure | None:
        """How many were killed: the figure that stands, who claims what, and each change (see `alerts.figures`)."""
        return stands(self.readings, self.copies, "killed")

    @cached_property
    def injuries(self) -> Figure | None:
        """How many were injured, as for `deaths`."""
        return stands(self.readings, self.copies, "injured")

    @property
    def killed(self) -> Count | None:
        """The number of killed that stands now, up to the highest that is claimed now."""
        return self.deaths.count if self.deaths else None

    @property
    def injured(self) -> Count | None:
        """The number of injured that stands now, up to the highest that is claimed now."""
        return self.injuries.count if self.injuries else None

    @property
    def toll(self) -> Toll | None:
        """The toll of the article whose number of killed stands: whose dead they are."""
        facts = self.readings[self.deaths.source.reading].facts if self.deaths else None
        return facts.toll if facts else None

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place that any of the articles names, once in each role, as the newest article has it.

        Event places come first: those in the country that most publishers give, there what is finer than the country,
        the region that most give, of its places the finest, then what the newest article names. Where at least `MANY`
        publishers place the event, a country that fewer than a quarter of them give was misread, and counts as
        mentioned only.
        """
        named: dict[tuple[str, str], Place] = {}
        for reading in reversed(self.readings):
            for place in reading.facts.places if reading.facts else ():
                named.setdefault((place.within[0] if place.within else place.code, place.role), place)
        votes, voters = self._votes()
        settled = [_settled(place, votes, voters) for place in named.values()]
        first: dict[str, int] = {}
        for number, place in enumerate(settled):
            first.setdefault(place.code, number)
        return tuple(sorted(settled, key=lambda place: _order(place, votes, first)))

    def _votes(self) -> tuple[Counter[str], int]:
        """Return how many publishers place the event in each code, and how many place it at all."""
        given: dict[str, set[str]] = {}
        for reading in self.readings:
            if reading.facts and reading.article.url_key not in self.copies:
                codes = {
                    code for p in reading.facts.places if p.role == "event" for code in (p.code, p.country) if code
                }
                given.setdefault(reading.article.publisher, set()).update(codes)
        return Counter(code for codes in given.values() for code in codes), sum(map(bool, given.values()))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group that any of the articles names, once in each part it plays; actors and the newest first."""
        named: dict[tuple[str, str, bool], Group] = {}
        for reading in reversed(self.readings):
            for group in reading.facts.groups if reading.facts else ():
                named.setdefault((group.id, group.role, group.denied), group)
        return tuple(sorted(named.values(), key=lambda group: group.role != "actor"))

    @cached_property
    def disputed(self) -> str | None:
        """The sentence that denies or rivals a claim, `None` where none does."""
        for reading in reversed(self.readings):
            if reading.facts and reading.facts.toll.disputed:
                return reading.facts.toll.disputed
        return next((group.quote for group in self.groups if group.denied), None)

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """Who reports it independently: outlets of one publisher and copies count once, in the order they came."""
        own = [r.article.publisher for r in self.readings if r.article.url_key not in self.copies]
        return tuple(dict.fromkeys(own or [self.readings[0].article.publisher]))


def _order(place: Place, votes: Counter[str], first: dict[str, int]) -> tuple[bool, int, bool, int, int, int]:
    """Return what places are sorted by: every publisher who gives a region gives its country too."""
    coarse = place.kind in ("country", "macro")
    return (
        place.role != "event",
        -votes[place.country or place.code],
        coarse,
        -votes[place.code],
        first[place.code],
        -len(place.within),
    )


def _settled(place: Place, votes: Counter[str], voters: int) -> Place:
    alone = place.role == "event" and place.country is not None and 4 * votes[place.country] < voters
    return replace(place, role="mentioned") if alone and voters >= MANY else place
