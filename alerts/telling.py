"""What an alert tells, as data: what every rendering of it is made of, now or by a later version. Telling <-> JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from alerts.rules import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An armed group that is said to have acted, and whether that is denied."""

    name: str
    denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What changed since the rule last told of the story: "killed 5 → 11", by whose report, when."""

    what: str
    at: datetime
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article on the story. `url` is ASCII and leads where it says, or "" where the article's own does not.

    `dated` says that only the day of `time` is known.
    """

    publisher: str
    title: str
    url: str
    time: datetime
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A condition of the rule, and what was found for it."""

    condition: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one alert tells.

    All text is one plain line without links and mentions (`alerts.webtext.prose`). `kind` is "Update" or "Corrected"
    where the rule told of the story before. `at` is when the newest article came. `title` is that article's. `reports`
    are the newest ones, the newest first; `more` others and `copies` of them are not listed. `story` and `article` are
    ids in the database, `None` until it is kept there.
    """

    rule: str
    severity: Severity
    reason: str
    at: datetime
    explanation: str = ""
    kind: Literal["", "Update", "Corrected"] = ""
    figures: tuple[str, ...] = ()
    place: str = ""
    groups: tuple[Party, ...] = ()
    publishers: int = 1
    title: str = ""
    steps: tuple[Step, ...] = ()
    quotes: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    more: int = 0
    copies: int = 0
    grounds: tuple[Ground, ...] = ()
    story: int | None = None
    article: int | None = None

    @property
    def what(self) -> str:
        """What happened and where: `11 killed, Kabardino-Balkaria (RU)`; the newest title where no figure is known."""
        if self.figures or not self.title:
            return ", ".join(filter(None, (*self.figures, self.place)))
        return self.title

    @property
    def who(self) -> str:
        """The groups that are said to have done it, `Islamic State (denied)`; "" where the title says it all."""
        return ", ".join(party.name + " (denied)" * party.denied for party in self.groups) if self.figures else ""

    @property
    def publishing(self) -> str:
        """How many report it: `3 publishers`."""
        return f"{self.publishers} publisher{'s' * (self.publishers != 1)}"

    @property
    def headline(self) -> str:
        """The story in one line: `11 killed, Kabardino-Balkaria (RU) · Islamic State (denied) · 3 publishers`."""
        return " · ".join(filter(None, (self.what, self.who, self.publishing)))

    @property
    def first_line(self) -> str:
        """What a lock screen shows: the headline, and before it whether the story is known."""
        return f"{self.kind}: {self.headline}" if self.kind else self.headline

    @property
    def why(self) -> str:
        """Why it rings: `toll rose, killed 5 → 11`."""
        return ", ".join(filter(None, (self.reason, self.explanation)))

    @property
    def rest(self) -> str:
        """What is not listed: `… and 7 more and 3 copies of them`, "" where all is."""
        parts = [f"{self.more} more"] * (self.more > 0)
        parts += [f"{self.copies} {'copy' if self.copies == 1 else 'copies'} of them"] * (self.copies > 0)
        return f"… and {' and '.join(parts)}" if parts else ""

    @property
    def snooze(self) -> str:
        """The command that keeps the story quiet for two hours, "" where it has no number yet."""
        return f"tocsin silence add --story {self.story} --for 2h --because seen" if self.story is not None else ""


def to_json(telling: Telling) -> str:
    """Return the telling as JSON."""
    return _adapter().dump_json(telling, exclude_defaults=True).decode()


def from_json(text: str | None) -> Telling | None:
    """Return the telling that `to_json` wrote, `None` for what is none: the message's own words are all there is."""
    try:
        return _adapter().validate_json(text) if text else None
    except ValidationError:
        return None


@cache
def _adapter() -> TypeAdapter[Telling]:
    return TypeAdapter(Telling)
