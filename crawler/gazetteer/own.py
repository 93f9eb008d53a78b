"""The names that a user adds to the bundled ones; each process adopts them once and reads with them from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.gazetteer.armed_groups import ArmedGroup
    from crawler.gazetteer.macros import MacroRegion
    from crawler.gazetteer.pack import Region


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Own:
    """A user's armed groups and regions.

    A group with the id of a bundled one stands in its place: it has all its names and the added ones.
    """

    groups: tuple[ArmedGroup, ...] = ()
    regions: tuple[tuple[Region, MacroRegion], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is added."""
        return bool(self.groups or self.regions)


NOTHING = Own()
_adopted = [NOTHING]


def adopt(own: Own) -> None:
    """Read and resolve names with these added, in this process; they take the place of those adopted before."""
    _adopted[0] = own or NOTHING


def adopted() -> Own:
    """Return what was adopted last."""
    return _adopted[0]
