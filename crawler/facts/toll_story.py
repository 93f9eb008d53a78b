"""An article's claims in their order -> why one is not the event's toll, by where in the story it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from crawler.facts.toll_claims import Claim, What
from crawler.facts.toll_context import Aside
from crawler.facts.toll_dates import Named, is_other_day
from crawler.facts.toll_words import Unit

# A report tells its toll at its head: a larger figure first named further down is another event's.
_HEAD = 8
# A report that has not told a toll by here tells none of its own.
_BODY = 12
_LEAD = 3
_LOOK_BACK = 6
# What has fewer paragraphs is a note of one event, told from its beginning to its end.
_PARAGRAPHS = 3
_PAST = frozenset([Aside.OTHER_DAY, Aside.HISTORY, Aside.BACKGROUND, Aside.PROTEST])
_NOW = frozenset(["weekday", "just_now"])


class Stated(NamedTuple):
    """A claim with the number of its sentence (0 is the title), why its sentence sets it aside, and whose it is."""

    sentence: int
    claim: Claim
    aside: Aside | None
    rival: bool


class Told(NamedTuple):
    """A sentence's words and dates."""

    units: Sequence[Unit]
    dates: Sequence[Named]


@dataclass(slots=True)
class Story:
    """An article's sentences by number, which of them open a paragraph, and how to read one (each is read once)."""

    openings: frozenset[int]
    last: int
    read: Callable[[int], Told]
    published: date | None
    times: dict[int, tuple[bool, bool]] = field(default_factory=dict)

    def time(self, number: int) -> tuple[bool, bool]:
        """Say whether a sentence names another time than the event's, and whether it names the event's."""
        if number not in self.times:
            told = self.read(number)
            other = any(is_other_day(d, self.published, lead=False) for d in told.dates)
            past = other or any("history" in unit.tags for unit in told.units)
            now = any(not unit.tags.isdisjoint(_NOW) for unit in told.units)
            near = any(d.month and not is_other_day(d, self.published, lead=False) for d in told.dates)
            self.times[number] = past, bool(self.published) and (now or near)
        return self.times[number]

    def carries(self, number: int) -> bool:
        """Say whether the paragraph has already gone to another time: 'In 2005 they raided the jail. 30 died.'."""
        if self.time(number)[1]:
            return False
        for k in range(number, max(0, number - _LOOK_BACK), -1):
            if k in self.openings:
                return False
            past, now = self.time(k - 1) if k > 1 else (False, False)
            if now:
                return False
            if past:
                return True
        return False


def reconsider(stated: Sequence[Stated], story: Story) -> list[Aside | None]:
    """Return for each claim why it does not count, now that the whole article is known."""
    if len(story.openings) < _PARAGRAPHS:
        return [s.aside for s in stated]
    retold = _is_retold(stated, story)
    carried = [
        s._replace(aside=Aside.HISTORY) if s.aside is None and s.sentence > 2 and story.carries(s.sentence) else s
        for s in stated
    ]
    figures: dict[What, Stated | None] = {"killed": _figure(carried, "killed"), "injured": _figure(carried, "injured")}
    why = [_why(s, story, figures, retold) for s in carried]
    far = {s.sentence for s, aside in zip(carried, why, strict=True) if aside is Aside.FAR}
    return [Aside.FAR if aside is None and s.sentence in far else aside for s, aside in zip(carried, why, strict=True)]


def _is_retold(stated: Sequence[Stated], story: Story) -> bool:
    """'Three jailed over ferry bombing', 'Explainer: who are the River Men': news of no new death."""
    first = [s for s in stated if s.sentence <= 1 and s.claim.what == "killed"]
    if any(s.aside is None and not _follows_retold(s, story) for s in first):
        return False
    if any("retold" in unit.tags for unit in story.read(0).units):
        return True
    lead = [s for s in stated if s.sentence <= _LEAD and s.claim.what == "killed"]
    return story.last > _HEAD and bool(lead) and all(s.aside in _PAST for s in lead)


def _follows_retold(s: Stated, story: Story) -> bool:
    """'Jailed over bombing that killed 116', but not 'Nine killed at funeral'."""
    return any("retold" in unit.tags for unit in story.read(s.sentence).units[: s.claim.position])


def _figure(stated: Sequence[Stated], what: What) -> Stated | None:
    """The figure that the article tells at its head, `None` where it tells none there."""
    own = [s for s in stated if s.aside is None and s.claim.what == what and not s.rival and s.sentence <= _BODY]
    head = [s for s in own if s.sentence <= _HEAD] or own[:1]
    return max(head, key=lambda s: s.claim.low, default=None)


def _why(s: Stated, story: Story, figures: dict[What, Stated | None], retold: bool) -> Aside | None:
    if s.aside is not None or s.rival:
        return s.aside
    if retold:
        return Aside.BACKGROUND
    if s.sentence <= _HEAD or s.claim.total or _is_own_day(s, story, figures):
        return None
    figure = figures[s.claim.what]
    if figure is None:
        return Aside.FAR if s.sentence > _BODY else None
    if figure.sentence > _HEAD:
        return Aside.FAR if s.sentence > _BODY and s.claim.low > figure.claim.low else None
    return Aside.FAR if s.claim.low > figure.claim.low or _is_new_side(s, figure) else None


def _is_own_day(s: Stated, story: Story, figures: dict[What, Stated | None]) -> bool:
    """A day of the event's week speaks for a figure, but not far down the text, nor where nobody was hurt."""
    figure = figures[s.claim.what]
    return s.sentence <= _BODY and story.time(s.sentence)[1] and (figure is None or figure.claim.low > 0)


def _is_new_side(s: Stated, figure: Stated) -> bool:
    """'A sergeant was killed', far below eleven militants: another event's, unless it says 'also'."""
    return (
        s.sentence > _BODY
        and bool(s.claim.sides)
        and not s.claim.more
        and not set(s.claim.sides) & set(figure.claim.sides)
    )
