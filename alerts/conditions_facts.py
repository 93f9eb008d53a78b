"""Conditions on what was read from the articles: where it happened, who is named, how many were hurt, disputes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.conditions import PLAIN, Comparison, Finding, Needs, Price, compared, listed, short_of, some
from alerts.view import Figure, Side, View
from crawler.facts import Facts, Group, Place
from crawler.gazetteer import groups

__all__ = ["ByGroup", "Disputed", "Figure", "InRegion", "Side", "Tally", "Target"]

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


@dataclass(frozen=True, slots=True)
class InRegion:
    """`region:` where the event happened; `mentions:` a place named anywhere (`anywhere`)."""

    written: str
    targets: tuple[Target, ...]
    anywhere: bool = False

    def holds(self, view: View) -> bool:
        """Return whether a place inside one of the regions is named, or one where the event happened."""
        return not view.has(self._kind).isdisjoint(target.code for target in self.targets)

    @property
    def _kind(self) -> str:
        return "mention" if self.anywhere else "region"

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look through the places of every article, the newest first."""
        for url, place, happened in view.places:
            target = next((target for target in self.targets if target.code in place.within), None)
            if target and (self.anywhere or happened):
                found = f"{'names' if self.anywhere else 'happened in'} {_within(place, target)}"
                return Finding(condition=self.written, met=True, found=found, quote=place.quote, url=url)
        return self._missed(view.places)

    def _missed(self, places: Sequence[tuple[str, Place, bool]]) -> Finding:
        near = [one for one in places if any(target.code in one[1].within for target in self.targets)]
        url, quote = next(((url, place.quote) for url, place, _ in [*near, *places]), (None, None))
        return Finding(condition=self.written, met=False, found=self._instead(places, near), quote=quote, url=url)

    def _instead(self, places: Sequence[tuple[str, Place, bool]], near: Sequence[tuple[str, Place, bool]]) -> str:
        """Return where it happened instead, and which of the regions are only mentioned (`near`)."""
        if not places:
            return "no place was read"
        named = _shown(place.name for _, place, _ in (near or places))
        happened = _shown(place.name for _, place, event in places if event)
        if self.anywhere:
            return f"names {named}"
        if near:
            where = f"happened in {happened}, only" if happened else "not said where it happened,"
            return f"{where} mentions {named}"
        return f"happened in {happened}" if happened else f"not said where it happened, mentions {named}"

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return the regions."""
        each = 6.0 if self.anywhere else 3.0
        return Needs(each * len(self.targets), tuple((self._kind, target.code) for target in self.targets))

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

    def holds(self, view: View) -> bool:
        """Return whether one of the groups is named."""
        kind = "group" if self.branches or not self.targets else "only"
        return not view.has(kind).isdisjoint([target.code for target in self.targets] or [""])

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look through the groups of every article, the newest first."""
        named = [(url, group) for url, facts in view.claims for group in facts.groups]
        for url, group in named:
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
        return self._missed(named)

    def _missed(self, named: Sequence[tuple[str, Group]]) -> Finding:
        if not named:
            return Finding(condition=self.written, met=False, found="names no armed group")
        url, near = next((one for one in named if self._kin(one[1])), named[0])
        others = _shown(group.name for _, group in named)
        found = self._kin(near) or f"names only: {others}"
        return Finding(condition=self.written, met=False, found=found, quote=near.quote, url=url)

    def _kin(self, group: Group) -> str:
        """Return what a group that is named has to do with one that is not; "" for nothing."""
        for target in self.targets:
            if target.code in group.lineage:
                return f"names {group.name}, a branch of {target.name}, but not {target.name} itself"
            if group.id in _lineage(target.code):
                return f"names {group.name}, but not its branch {target.name}"
        return ""

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return the groups; any group has the key of none in particular."""
        if not self.targets:
            return Needs(20.0, (("group", ""),))
        return Needs(1.0 * len(self.targets), tuple(("group", target.code) for target in self.targets))

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

    def holds(self, view: View) -> bool:
        """Compare the story's figure; one that is not claimed compares as "no"."""
        value = view.said(self.figure, self.sides)[0]
        return any(wanted.holds(value) for wanted in self.comparisons)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Say the story's figure, and where it falls short, of what."""
        value, found, quote = view.said(self.figure, self.sides)
        met = self.holds(view)
        if value is not None and wanted and not met:
            found += short_of(self.comparisons)
        return Finding(condition=self.written, met=met, found=found, quote=quote, url=_url(view, quote))

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return how the figure must compare."""
        return compared(self.figure, self.comparisons, self.sides)

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

    def holds(self, view: View) -> bool:
        """Return whether one does, or whether none does."""
        return (view.story.disputed is not None) is self.wanted

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look for the sentence that does."""
        quote = view.story.disputed
        found = "a claim is denied or rivalled" if quote else "nobody disputes it"
        return Finding(
            condition=self.written,
            met=(quote is not None) is self.wanted,
            found=found,
            quote=quote,
            url=_url(view, quote),
        )

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return a story that is disputed, or one that is not."""
        return Needs(10.0, (("disputed", "yes"),)) if self.wanted else Needs(90.0, (("disputed", "no"),))

    def plain(self) -> str:
        """Return `a claim is disputed`."""
        return "a claim is disputed" if self.wanted else "nobody disputes it"


def _within(place: Place, target: Target) -> str:
    return place.name if place.name == target.name else f"{place.name}, inside {target.name}"


def _branch(group: Group, target: Target | None) -> str:
    branch = f", a branch of {target.name}" if target and target.code != group.id else ""
    return f"{group.name}{branch}{', whose part is denied' if group.denied else ''}"


def _lineage(code: str) -> tuple[str, ...]:
    """Return a group's id and what it is a branch of; the user's rule may know it when no table does."""
    table = groups()
    return table.lineage(code) if code in table.by_id else ()


def _shown(names: Iterable[str]) -> str:
    return some(list(dict.fromkeys(names)), SHOWN)


def _url(view: View, quote: str | None) -> str | None:
    """Return the newest article that a claim's sentence is from."""
    return next((url for url, facts in view.claims if quote in _quotes(facts)), None) if quote else None


def _quotes(facts: Facts) -> tuple[str | None, ...]:
    counts = tuple(count.quote for count in (facts.toll.killed, facts.toll.injured) if count)
    return (*counts, facts.toll.disputed, *(group.quote for group in facts.groups))
