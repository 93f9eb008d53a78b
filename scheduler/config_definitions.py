"""`definitions:` -> each name's conditions as a tree; a definition may use others, but none itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from alerts.conditions import All
from scheduler.config_part import Part
from scheduler.config_rules import block
from scheduler.config_when import When
from scheduler.config_yaml import MAX_DEPTH, Loc, shown

MAX_CONDITIONS = 2_000  # that a block may hold with its definitions: they multiply when they use each other
MAX_CYCLES = 20  # that are told of at once


@dataclass(frozen=True, slots=True)
class Definition:
    """A named block: where it stands, as written, and checked (`None` where it has a fault)."""

    part: Part
    raw: Mapping[str, Any]
    checked: When | None

    def loc(self, name: str) -> Loc:
        """Return where it stands in its file."""
        return ("definitions", name)


@dataclass(slots=True)
class Definitions:
    """The trees of those definitions that are sound, by name, and how large and deep each is."""

    trees: dict[str, All]
    sizes: dict[str, tuple[int, int]]

    def fits(self, when: When) -> bool:
        """Whether the block uses only sound definitions."""
        return all(name in self.trees for name in uses(when))

    def excess(self, when: When) -> str:
        """Return what is too much of a block that uses definitions; empty where nothing is."""
        if not any(uses(when)):
            return ""
        size, depth = _measured(when, self.sizes)
        if depth > MAX_DEPTH:
            return f"with its definitions this is nested deeper than {MAX_DEPTH} levels"
        return f"with its definitions this is more than {MAX_CONDITIONS:,} conditions" if size > MAX_CONDITIONS else ""


def uses(when: When) -> Iterator[str]:
    """Return the definitions that a block names."""
    return (name for block in when.blocks() for name in block.definition)


def resolved(found: Mapping[str, Definition]) -> Definitions:
    """Return the trees; notes those that use themselves and those that are too large."""
    checked = {name: one.checked for name, one in found.items() if one.checked is not None}
    used = {name: set(uses(when)) & checked.keys() for name, when in checked.items()}
    for cycle in _cycles(used):
        first = next(name for name in found if name in cycle)
        start = cycle.index(first)
        chain = [*cycle[start:], *cycle[:start], first]
        said = " → ".join(map(shown, chain[:8])) + (" → …" if len(chain) > 8 else "")
        found[first].part.note(found[first].loc(first), f"this definition uses itself: {said}", of_key=True)
    done = Definitions({}, {})
    for name in _in_order(used):
        when, one = checked[name], found[name]
        excess = done.excess(when) if done.fits(when) else ""
        if excess:
            one.part.note(one.loc(name), excess, of_key=True)
        if done.fits(when) and not excess:
            done.trees[name] = block(one.raw, when, done.trees)
            done.sizes[name] = _measured(when, done.sizes)
    return done


def _cycles(used: dict[str, set[str]]) -> list[list[str]]:
    """Return the circles, each name using the next, and take their names out of `used`."""
    cycles: list[list[str]] = []
    while len(cycles) < MAX_CYCLES:
        try:
            TopologicalSorter(used).prepare()
        except CycleError as error:
            cycle = list(reversed(error.args[1]))[1:]
            cycles.append(cycle)
            used.update({name: set() for name in cycle})
        else:
            break
    for name in {name for cycle in cycles for name in cycle}:
        del used[name]
    return cycles


def _in_order(used: Mapping[str, set[str]]) -> Iterable[str]:
    """Return the names, each after those that it uses."""
    sorter = TopologicalSorter({name: others & used.keys() for name, others in used.items()})
    try:
        return list(sorter.static_order())
    except CycleError:  # more circles than are told of
        return []


def _measured(when: When, sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Return how many conditions a block holds with its definitions, and how deep they are nested."""
    inner = [_measured(block, sizes) for block in (*when.all_, *when.any_, *when.not_)]
    inner += [sizes[name] for name in when.definition]
    size = len(when.model_fields_set) + sum(one for one, _ in inner)
    return size, 1 + max((depth for _, depth in inner), default=0)
