"""What the names in a configuration may refer to: regions, armed groups, channels, sources, definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from crawler.gazetteer import Gazetteer, GroupTable
from scheduler.config_yaml import shown

ALIKE = 60  # of 100: how alike two spellings are for one to be meant by the other


class Region(Protocol):
    """A region as the gazetteer knows it."""

    @property
    def code(self) -> str:
        """ISO 3166-1 or 3166-2, or a macro-region's id."""

    @property
    def name(self) -> str:
        """Its name in English."""


class ArmedGroup(Protocol):
    """An armed group as its table knows it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name in English."""


class Regions(Protocol):
    """Names of regions."""

    def resolve(self, name: str, /) -> Region | None:
        """Return the region of this name or code."""

    def suggest(self, name: str, /) -> Sequence[str]:
        """Return names like this one."""


class Groups(Protocol):
    """Names of armed groups."""

    def resolve(self, name: str, /) -> ArmedGroup | None:
        """Return the group of this name or id."""

    def suggest(self, name: str, /) -> Sequence[str]:
        """Return names like this one."""


@dataclass(slots=True)
class World:
    """What the names in a file may refer to.

    `regions` and `groups` know the file's own too, `bundled_regions` and `bundled_groups` don't. `valid_url` tells
    whether Apprise can read a channel's URL, `None` for not asking. `suggestions` is how many more times near names are
    looked for: a file full of nonsense must not take minutes.
    """

    regions: Callable[[], Regions]
    groups: Callable[[], Groups]
    channels: tuple[str, ...]
    sources: tuple[str, ...]
    bundled_regions: Callable[[], Regions]
    bundled_groups: Callable[[], Groups]
    definitions: tuple[str, ...] = ()
    valid_url: Callable[[str], bool] | None = None
    suggestions: int = 25

    def within(self, code: str) -> Sequence[str]:
        """Return the codes of all that a bundled region certainly lies in; of the file's own none is known yet."""
        regions = self.bundled_regions()
        return regions.within(code) if isinstance(regions, Gazetteer) else ()

    def lineage(self, id_: str) -> Sequence[str]:
        """Return the ids of all that a bundled armed group is a branch of."""
        table = self.bundled_groups()
        return table.lineage(id_) if isinstance(table, GroupTable) and id_ in table.by_id else ()

    def near(self, name: str, suggest: Callable[[str], Sequence[str]]) -> str:
        """Return `, did you mean …?` where something is near."""
        if "," in name:
            return among(name, ())
        self.suggestions -= 1
        known = suggest(name) if self.suggestions >= 0 and len(name) <= 100 else ()
        from rapidfuzz import fuzz  # noqa: PLC0415  it brings numpy, 20 MiB, and only a slip needs it

        found = [one for one in known if fuzz.ratio(one.casefold(), name.casefold()) >= ALIKE][:2]
        return f", did you mean {' or '.join(found)}?" if found else ""


def fault(message: str) -> PydanticCustomError:
    """Return an error whose message is printed as it is."""
    return PydanticCustomError("tocsin", "{message}", {"message": message})


def nearest(name: str, known: Iterable[str], alike: int = ALIKE) -> list[str]:
    """Return the one known word that a misspelt one is nearest to, or nothing; `alike` of 100 at least."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  it brings numpy, 20 MiB, and only a slip needs it

    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=alike, processor=str.casefold)
    return [found[0]] if found else []


def among(name: str, known: Sequence[str]) -> str:
    """Return `, did you mean …?` or what there is to choose from."""
    if "," in name:
        return f"; several are written as a list, [{shown(name)}]"
    near = nearest(name, known)
    if near:
        return f", did you mean {near[0]}?"
    return f"; there is {', '.join(map(shown, known[:8]))}" if known else "; there is none"


def world_of(info: ValidationInfo) -> World:
    """Return what the file's names may refer to."""
    world = info.context
    assert isinstance(world, World)  # noqa: S101  load() gives it
    return world
