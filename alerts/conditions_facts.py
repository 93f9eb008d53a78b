"""Conditions on what was read from the articles: where it happened, who is named, how many were hurt, disputes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from alerts.conditions import Comparison, Finding, Key, listed
from alerts.phrases import Phrasebook
from alerts.story import Story
from crawler.facts import Facts, Group, Place
from crawler.facts.toll import Count

Side = Literal["civilians", "security", "militants"]
Figure = Literal["killed", "injured", "casualties"]
_PEOPLE: dict[str, tuple[str, str]] = {
    "": ("person", "people"),
    "civilians": ("civilian", "civilians"),
    "security": ("member of the security forces", "members of the security forces"),
    "militants": ("militant", "militants"),
}
SHOWN = 5  # places and groups named where the wanted one is not among them


@dataclass(frozen=True, slots=True)
class Target:
    """A region or an armed group that a rule names: its code or id, and its name."""

    code: str
    name: str


def _claims(story: Story) -> Iterator[tuple[str, Facts]]:
    """Return each article's URL and facts, the newest first."""
    return ((reading.article.url, reading.facts) for reading in reversed(story.readings) if reading.facts)


@dataclass(frozen=True, slots=True)
class InRegion:
    """`region:` where the event happened; `mentions:` a place named anywhere (`anywhere`)."""

    written: str
    targets: tuple[Target, ...]
    anywhere: bool = False

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look through the places of every article, the newest first."""
        places = [(url, place) for url, facts in _claims(story) for place in facts.places]
        eligible = [(url, place) for url, place in places if self.anywhere or place.role == "event"]
        for url, place in eligible:
            target = next((target for target in self.targets if target.code in place.within), None)
            if target:
                found = f"{'names' if self.anywhere else 'happened in'} {_within(place, target)}"
                return Finding(condition=self.written, met=True, found=found, quote=place.quote, url=url)
        return self._missed(places)

    def _missed(self, places: list[tuple[str, Place]]) -> Finding:
        happened = _names(place.name for _, place in places if place.role == "event")
        named = _names(place.name for _, place in places if place.name not in happened)
        near = next(
            ((url, place) for url, place in places if any(target.code in place.within for target in self.targets)), None
        )
        found = []
        if happened:
            found.append(f"{'names' if self.anywhere else 'happened in'} {', '.join(happened[:SHOWN])}")
        if named and (near or not happened):
            found.append(f"named only: {', '.join(named[:SHOWN])}")
        shown = near or next(iter(places), None)
        url, quote = (shown[0], shown[1].quote) if shown else (None, None)
        return Finding(
            condition=self.written, met=False, found="; ".join(found) or "no place was read", quote=quote, url=url
        )

    def keys(self) -> frozenset[Key] | None:
        """Return the regions."""
        return frozenset(("mention" if self.anywhere else "region", target.code) for target in self.targets)

    def plain(self) -> str:
        """Return `it happened in North Caucasus or Syria`."""
        names = listed(target.name for target in self.targets)
        return f"{names} is named" if self.anywhere else f"it happened in {names}"


@dataclass(frozen=True, slots=True)
class ByGroup:
    """An armed group, or a branch of it unless only itself is asked for, is named; without targets any group is."""

    written: str
    targets: tuple[Target, ...]
    branches: bool = True

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look through the groups of every article, the newest first."""
        groups = [(url, group) for url, facts in _claims(story) for group in facts.groups]
        for url, group in groups:
            line = group.lineage if self.branches else (group.id,)
            target = next((target for target in self.targets if target.code in line), None)
            if target or not self.targets:
                return Finding(
                    condition=self.written,
                    met=True,
                    found=f"names {_branch(group, target)}",
                    quote=group.quote,
                    url=url,
                )
        names = _names(group.name for _, group in groups)
        if not names:
            return Finding(condition=self.written, met=False, found="names no armed group")
        found, (link, first) = f"names only: {', '.join(names[:SHOWN])}", groups[0]
        return Finding(condition=self.written, met=False, found=found, quote=first.quote, url=link)

    def keys(self) -> frozenset[Key] | None:
        """Return the groups; any group has the key of none in particular."""
        return frozenset(("group", target.code) for target in self.targets) or frozenset({("group", "")})

    def plain(self) -> str:
        """Return `Islamic State or a branch of it is named`."""
        if not self.targets:
            return "any armed group is named"
        return f"{listed(target.name for target in self.targets)} {'(or a branch) ' * self.branches}is named"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people were killed or injured; `sides` counts only the killed of these sides, together."""

    written: str
    figure: Figure
    comparisons: tuple[Comparison, ...]
    sides: tuple[Side, ...] = ()

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Compare the story's figure; one that is not claimed compares as "no"."""
        if self.sides:
            value, found, quote = self._by_side(story)
        elif self.figure == "casualties":
            value, found, quote = _casualties(story)
        else:
            value, found, quote = _counted(story.killed if self.figure == "killed" else story.injured, self.figure)
        met = any(wanted.holds(value) for wanted in self.comparisons)
        return Finding(condition=self.written, met=met, found=found, quote=quote, url=_url(story, quote))

    def _by_side(self, story: Story) -> tuple[int | None, str, str | None]:
        tolls = [facts.toll for _, facts in _claims(story) if facts.toll.killed]
        counts = [(sum(getattr(toll, side) for side in self.sides), toll.killed) for toll in tolls]
        value, count = max(counts, key=lambda pair: pair[0], default=(0, None))
        who = listed(self.sides, "and")
        # a side of which nothing is said counts 0, as does one of which none died: only "nobody was killed" tells them
        # apart
        if not count or (not value and count.low):
            return None, f"no figure for {who} killed", count.quote if count else None
        return value, f"{value} {who} killed", count.quote

    def keys(self) -> frozenset[Key] | None:
        """Return which figure must be claimed."""
        names = ("killed", "injured") if self.figure == "casualties" else (self.figure,)
        return frozenset(("figure", name) for name in names)

    def plain(self) -> str:
        """Return `at least 5 people were killed`."""
        one = self.comparisons[-1].number == 1
        who = listed(_PEOPLE[side][not one] for side in self.sides or ("",))
        verb = "killed or injured" if self.figure == "casualties" else self.figure
        together = " together" if len(self.sides) > 1 else ""
        return f"{listed(c.plain() for c in self.comparisons)} {who}{together} {'was' if one else 'were'} {verb}"


@dataclass(frozen=True, slots=True)
class Disputed:
    """Whether an article denies or rivals a claim."""

    written: str
    wanted: bool

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look for the sentence that does."""
        quote = story.disputed
        found = "a claim is denied or rivalled" if quote else "nobody disputes it"
        return Finding(
            condition=self.written,
            met=(quote is not None) is self.wanted,
            found=found,
            quote=quote,
            url=_url(story, quote),
        )

    def keys(self) -> frozenset[Key] | None:
        """Return `None`: a story need not be disputed for it to be asked about."""
        return None

    def plain(self) -> str:
        """Return `a claim is disputed`."""
        return "a claim is disputed" if self.wanted else "nobody disputes it"


def _within(place: Place, target: Target) -> str:
    return place.name if place.name == target.name else f"{place.name}, inside {target.name}"


def _branch(group: Group, target: Target | None) -> str:
    branch = f", a branch of {target.name}" if target and target.code != group.id else ""
    return f"{group.name}{branch}{', whose part is denied' if group.denied else ''}"


def _casualties(story: Story) -> tuple[int | None, str, str | None]:
    killed, injured = story.killed, story.injured
    known = [count for count in (killed, injured) if count]
    if not known:
        return None, "no figure for killed or injured", None
    parts = [_counted(count, name)[1] for count, name in ((killed, "killed"), (injured, "injured")) if count]
    return sum(count.low for count in known), " and ".join(parts), known[0].quote


def _counted(count: Count | None, figure: str) -> tuple[int | None, str, str | None]:
    if count is None:
        return None, f"no figure for {figure}", None
    about = "about " if count.approximate else ""
    most = f" (up to {count.high} claimed)" if count.high > count.low else ""
    return count.low, f"{about}{count.low} {figure}{most}", count.quote


def _names(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _url(story: Story, quote: str | None) -> str | None:
    """Return the newest article that a claim's sentence is from."""
    return next((url for url, facts in _claims(story) if quote in _quotes(facts)), None) if quote else None


def _quotes(facts: Facts) -> tuple[str | None, ...]:
    counts = tuple(count.quote for count in (facts.toll.killed, facts.toll.injured) if count)
    return (*counts, facts.toll.disputed, *(group.quote for group in facts.groups))
