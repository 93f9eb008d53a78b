"""Story -> Changes: what each article added to it, with the sentence that did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from alerts.figures import Figure
from alerts.story import Story
from crawler.reading import Reading

Kind = Literal["opened", "killed", "injured", "corrected", "place", "group", "denied", "disputed", "publisher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a story's facts.

    `what` says it in words ("killed 5 → 11"); `at` is when its article was published, or fetched where it states
    no time of day, and `came` when it was fetched; `quote` is the sentence it was read from, "" where there is none.
    """

    kind: Kind
    what: str
    at: datetime
    came: datetime
    publisher: str
    url: str
    quote: str = ""


def history(story: Story) -> tuple[Change, ...]:
    """Return every change of a story's facts in the order its articles came."""
    found: list[tuple[int, Change]] = []
    for name, figure in (("killed", story.deaths), ("injured", story.injuries)):
        if figure:
            found += _figures(story, "killed" if name == "killed" else "injured", figure)
    found += list(_others(story))
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]))


def _figures(story: Story, name: Literal["killed", "injured"], figure: Figure) -> Iterator[tuple[int, Change]]:
    for step in figure.steps:
        number = step.claim.reading
        kind: Kind = name
        if step.before is None:
            what = f"{step.after} {name}"
        elif step.after < step.before:
            kind, what = "corrected", f"corrected: {name} {step.before} → {step.after}, {step.why}"
        else:
            what = f"{name} {step.before} → {step.after}"
        yield number, _change(story.readings[number], kind, what, step.claim.count.quote)


def _others(story: Story) -> Iterator[tuple[int, Change]]:
    publishers: set[str] = set()
    places: set[str] = set()
    groups: set[tuple[str, bool]] = set()
    disputed = False
    for number, reading in enumerate(story.readings):
        if number == 0:
            yield number, _change(reading, "opened", "opened")
        if reading.article.url_key not in story.copies and reading.article.publisher not in publishers:
            publishers.add(reading.article.publisher)
            if len(publishers) > 1:
                what = f"publishers {len(publishers) - 1} → {len(publishers)}: {reading.article.publisher}"
                yield number, _change(reading, "publisher", what)
        for change in (*_places(reading, places), *_groups(reading, groups)):
            yield number, change
        quote = reading.facts.toll.disputed if reading.facts else None
        if quote and not disputed:
            disputed = True
            yield number, _change(reading, "disputed", "the claims are disputed", quote)


def _places(reading: Reading, known: set[str]) -> Iterator[Change]:
    """Yield event places that lie neither around nor at one that was known."""
    for place in reading.facts.places if reading.facts else ():
        if place.role == "event" and place.within and place.within[0] not in known:
            known.update(place.within)
            yield _change(reading, "place", f"happened in {place.name}", place.quote)


def _groups(reading: Reading, known: set[tuple[str, bool]]) -> Iterator[Change]:
    for group in reading.facts.groups if reading.facts else ():
        if (group.id, group.denied) not in known and (group.role == "actor" or group.denied):
            known.add((group.id, group.denied))
            what = f"{group.name}: denied" if group.denied else f"{group.name} is named"
            yield _change(reading, "denied" if group.denied else "group", what, group.quote)


def _change(reading: Reading, kind: Kind, what: str, quote: str = "") -> Change:
    article = reading.article
    return Change(
        kind=kind,
        what=what,
        at=article.published if article.published and article.precision == "minute" else article.fetched,
        came=article.fetched,
        publisher=article.publisher,
        url=article.url,
        quote=quote,
    )
