"""Article -> Facts: what the article itself claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.facts.groups import Group, read_groups
from crawler.facts.places import Place, read_places
from crawler.facts.toll import Toll, read_toll

__all__ = ["Facts", "Group", "Place", "Toll", "read_facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one article claims of the event it reports. Every claim keeps the sentence it was read from."""

    lang: str | None
    toll: Toll = field(default_factory=Toll)
    places: tuple[Place, ...] = ()
    groups: tuple[Group, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the contract's form of `tocsin lines facts`, without the id."""
        killed, injured, toll = self.toll.killed, self.toll.injured, self.toll
        counts = [count for count in (killed, injured) if count]
        return {
            "lang": self.lang,
            "killed": killed and killed.low,
            "killed_max": killed and killed.high,
            "injured": injured and injured.low,
            "injured_max": injured and injured.high,
            "approximate": any(count.approximate for count in counts),
            "by": {"civilians": toll.civilians, "security": toll.security, "militants": toll.militants},
            "disputed": toll.disputed is not None or any(group.denied for group in self.groups),
            "places": [_place(place) for place in self.places],
            "groups": [
                {"id": g.id, "name": g.name, "role": g.role, "denied": g.denied, "surface": g.surface, "quote": g.quote}
                for g in self.groups
            ],
            "quotes": {name: count.quote for name, count in (("killed", killed), ("injured", injured)) if count},
        }


def read_facts(title: str, text: str, lang: str | None, published: datetime | None, home: str | None = None) -> Facts:
    """Return what the article claims.

    `lang` is an ISO 639-1 code or `None`; `published` tells which named dates are its own; `home` is the ISO 3166-1
    code of the publisher's country, which settles namesakes.
    """
    return Facts(
        lang=lang,
        toll=read_toll(title, text, lang, published),
        places=read_places(title, text, lang, home),
        groups=read_groups(title, text, lang, home),
    )


def _place(place: Place) -> dict[str, Any]:
    names = (
        "code",
        "name",
        "kind",
        "country",
        "country_name",
        "admin1",
        "admin1_name",
        "role",
        "surface",
        "start",
        "end",
        "field",
        "quote",
    )
    return {name: getattr(place, name) for name in names}
