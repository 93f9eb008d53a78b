"""Units -> Phrase: a sentence with its noun phrases, and which of them only name some of the counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.facts.toll_nouns import Group, find_groups
from crawler.facts.toll_words import Unit

EVENTS = frozenset(
    ["kill_ed", "kill_act", "die", "dead", "deaths", "kill_of", "hurt_ed", "hurt_act", "hurt_int", "hurts"]
)
_CLOSES_PARTS = EVENTS | {"be", "have", "modal", "verb", "clause"}
_AMONG = frozenset(["among them", "amongst them", "among the dead", "among the victims"])


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence's units with its noun phrases, by where they start and where they end."""

    units: list[Unit]
    groups: list[Group]
    starting: dict[int, Group]
    ending: dict[int, Group]
    parts: frozenset[int]  # where those groups start that only name some of the counted: "including", "one seriously"

    def tagged(self, i: int, *tags: str) -> bool:
        """Say whether there is a unit `i` with any of the tags."""
        return 0 <= i < len(self.units) and not self.units[i].tags.isdisjoint(tags)

    def text(self, i: int) -> str:
        """Return unit `i`'s text, empty where there is none."""
        return self.units[i].text if 0 <= i < len(self.units) else ""


def phrase(units: list[Unit]) -> Phrase:
    """Return a sentence with its noun phrases found."""
    groups = find_groups(units)
    starting = {g.start: g for g in groups}
    return Phrase(units, groups, starting, {g.end: g for g in groups}, frozenset(_parts(units, starting)))


def _parts(units: list[Unit], starting: dict[int, Group]) -> Iterator[int]:
    """Find the groups that 'including' introduces, up to the next verb, and those a 'seriously' or 'of them' closes."""
    open_list = False
    i = 0
    while i < len(units):
        tags = units[i].tags
        group = starting.get(i)
        if group is None:
            closes = not tags.isdisjoint(_CLOSES_PARTS) or units[i].text in {".", ";", ")"}
            open_list = ("including" in tags and "of_them" not in tags) or (open_list and not closes)
            i += 1
            continue
        open_list = open_list and not _opens_clause(units, group)
        if open_list or _closed_as_part(units, group):
            yield i
        i = group.end


def _opens_clause(units: list[Unit], group: Group) -> bool:
    """'…, among them the attackers, and 27 were wounded': the 27 are a new clause's, not among the dead."""
    after = units[group.end].tags if group.end < len(units) else frozenset()
    listed = group.start > 1 and "conj" in units[group.start - 1].tags and units[group.start - 2].text == ","
    return listed and group.counted and not after.isdisjoint({"be", "have", "die", "hurt_ed", "hurt_int"})


def _closed_as_part(units: list[Unit], group: Group) -> bool:
    """'…, one seriously', 'three of them Italians'; 'two of whom died' is of its own verb."""
    after = group.end
    last = after + 1 >= len(units) or units[after + 1].tags.isdisjoint(EVENTS | {"adverb"})
    if last and after < len(units) and not units[after].tags.isdisjoint({"gravely", "of_them"}):
        return True
    return after < len(units) and units[after].text in _AMONG and _closes(units, after + 1)


def _closes(units: list[Unit], i: int) -> bool:
    """'…, the bomber among them,': what stands before is the part, not what follows."""
    return i >= len(units) or units[i].text in {",", ".", ";", ")"} or "be" in units[i].tags
