"""Story -> Changes: what each article added to it, with the sentence that did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from alerts.conditions import some
from alerts.figures import Figure
from alerts.story import Story
from crawler.reading import Reading

Name = Literal["killed", "injured"]
Kind = Literal["opened", "killed", "injured", "corrected", "place", "group", "denied", "disputed", "publisher"]
Numbered = Iterator[tuple[int, "Change"]]  # with the place of its reading in the story

NAMED = 3  # publishers that one line names
RANK: dict[Kind, int] = {"corrected": 0, "killed": 1, "injured": 2, "denied": 3, "group": 4, "disputed": 5, "place": 6}
"""What of the news is told first; publishers come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a story's facts.

    `what` says it in words ("killed 5 → 11"); `at` is when its article was published, or fetched where it states
    no time of day, and `came` when it was fetched; `quote` is the sentence it was read from, "" where there is none.
    `before` and `after` are the values of a figure, or of how many publishers there are; `before` is `None` for the
    first.
    """

    kind: Kind
    what: str
    at: datetime
    came: datetime
    publisher: str
    url: str
    quote: str = ""
    before: int | None = None
    after: int | None = None


def history(story: Story) -> tuple[Change, ...]:
    """Return every change of a story's facts in the order its articles came."""
    found = [*_others(story), *_figures(story, "killed", story.deaths), *_figures(story, "injured", story.injuries)]
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]))


def news(story: Story, at: datetime, killed: int | None, injured: int | None) -> tuple[Change, ...]:
    """Return what changed since the story was told at `at` with these figures, what weighs most first.

    Rises in a row are one change, from what was told to what stands, of the article that raised it last; publishers
    that came are one too. Where a told figure is gone without a report that changed it, its report was edited.
    """
    last = len(story.readings) - 1  # it may have been fetched before `at`, and read only now
    new = {n for n, reading in enumerate(story.readings) if n == last or reading.article.fetched > at}
    others = [change for n, change in _others(story) if n in new and change.kind != "opened"]
    found = [change for change in others if change.kind != "publisher"]
    found += _came([change for change in others if change.kind == "publisher"])
    figures: list[tuple[Name, int | None, Figure | None]]
    figures = [("killed", killed, story.deaths), ("injured", injured, story.injuries)]
    for name, then, figure in figures:
        steps = [change for n, change in _figures(story, name, figure) if n in new]
        found += _since(name, then, steps)
        if not steps and then is not None and figure and figure.count.low != then:
            found.append(_edited(story.readings[figure.source.reading], name, then, figure.count.low))
    return tuple(sorted(found, key=lambda change: RANK.get(change.kind, len(RANK))))


def _since(name: Name, then: int | None, steps: Iterable[Change]) -> list[Change]:
    """Return the changes of a figure that was told as `then`, rises in a row as one."""
    found: list[Change] = []
    for step in steps:
        start = step.before
        if step.kind == "corrected":
            found.append(step)
            continue
        if found and found[-1].kind == name:
            start = found.pop().before
        elif not found and then is not None:
            start = then
        if step.after != start:
            found.append(_restated(step, name, start))
    return found


def _restated(step: Change, name: Name, before: int | None) -> Change:
    if before is None or step.after is None or step.after > before:
        return replace(step, what=_rise(name, before, step.after), before=before)
    what = f"corrected: {name} {before} → {step.after}, a report was edited"
    return replace(step, kind="corrected", what=what, before=before)


def _edited(reading: Reading, name: Name, before: int, after: int) -> Change:
    if after > before:
        return _change(reading, name, _rise(name, before, after), before=before, after=after)
    what = f"corrected: {name} {before} → {after}, a report was edited"
    return _change(reading, "corrected", what, before=before, after=after)


def _came(changes: list[Change]) -> list[Change]:
    """Return the publishers that came as one change."""
    if len(changes) < 2:
        return changes
    names = [change.publisher for change in changes]
    before, after = changes[0].before, changes[-1].after
    what = f"publishers {before} → {after}: {some(names, NAMED)}"
    return [replace(changes[-1], what=what, before=before)]


def _figures(story: Story, name: Name, figure: Figure | None) -> Numbered:
    for step in figure.steps if figure else ():
        reading, quote = story.readings[step.claim.reading], step.claim.count.quote
        kind: Kind = name
        what = _rise(name, step.before, step.after)
        if step.before is not None and step.after < step.before:
            kind, what = "corrected", f"corrected: {name} {step.before} → {step.after}, {step.why}"
        change = _change(reading, kind, what, quote, before=step.before, after=step.after)
        yield step.claim.reading, change


def _rise(name: Name, before: int | None, after: int | None) -> str:
    return f"{after} {name}" if before is None else f"{name} {before} → {after}"


def _others(story: Story) -> Numbered:
    where = {place.code for place in story.places if place.role == "event"}
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
                yield number, _publisher(reading, len(publishers))
        for change in (*_places(reading, places, where), *_groups(reading, groups)):
            yield number, change
        quote = reading.facts.toll.disputed if reading.facts else None
        if quote and not disputed:
            disputed = True
            yield number, _change(reading, "disputed", "the claims are disputed", quote)


def _publisher(reading: Reading, count: int) -> Change:
    what = f"publishers {count - 1} → {count}: {reading.article.publisher}"
    return _change(reading, "publisher", what, before=count - 1, after=count)


def _places(reading: Reading, known: set[str], where: set[str]) -> Iterator[Change]:
    """Yield event places that lie neither around nor at one that was known; `where` are those the story stands by."""
    for place in reading.facts.places if reading.facts else ():
        if place.role == "event" and place.code in where and place.within and place.within[0] not in known:
            known.update(place.within)
            yield _change(reading, "place", f"happened in {place.name}", place.quote)


def _groups(reading: Reading, known: set[tuple[str, bool]]) -> Iterator[Change]:
    for group in reading.facts.groups if reading.facts else ():
        if (group.id, group.denied) not in known and (group.role == "actor" or group.denied):
            known.add((group.id, group.denied))
            what = f"{group.name}: denied" if group.denied else f"{group.name} is named"
            yield _change(reading, "denied" if group.denied else "group", what, group.quote)


def _change(
    reading: Reading, kind: Kind, what: str, quote: str = "", *, before: int | None = None, after: int | None = None
) -> Change:
    article = reading.article
    return Change(
        kind=kind,
        what=what,
        at=article.published if article.published and article.precision == "minute" else article.fetched,
        came=article.fetched,
        publisher=article.publisher,
        url=article.url,
        quote=quote,
        before=before,
        after=after,
    )
