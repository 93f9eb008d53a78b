"""Text -> every toponym in it with its offsets and the place it means, event or not, each time it is named."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.facts.groups import named_groups
from crawler.facts.mentions import Document, read_document
from crawler.facts.toponyms import Toponym, read_toponyms
from crawler.gazetteer import Region, gazetteer


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """One toponym: `start` and `end` are character offsets in the text.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level; what lies in it has its own: `RU-KB/nalchik`) or a
    macro-region's id; `country` and `admin1` are `None` where the place spans several; `lat` and `lon` are degrees, of
    the capital for a country, `None` where unknown.
    """

    start: int
    end: int
    name: str
    code: str
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None


def list_toponyms(text: str) -> tuple[NamedPlace, ...]:
    """Return every toponym of a text in any bundled language, in order; none inside the name of an armed group."""
    document = read_document("", text)
    return tuple(_named(toponym) for toponym in outside_groups(document))


def outside_groups(document: Document) -> tuple[Toponym, ...]:
    """Return the toponyms that are no part of the name of an armed group ("Islamic State in Iraq")."""
    taken = bytearray(len(document.body))
    for group in named_groups(document):
        taken[group.start : group.end] = b"\1" * (group.end - group.start)
    return tuple(t for t in read_toponyms(document) if not any(taken[t.start : t.end]))


def _named(toponym: Toponym) -> NamedPlace:
    region = toponym.region
    located = bool(region.lat or region.lon)
    return NamedPlace(
        start=toponym.start,
        end=toponym.end,
        name=region.name,
        code=region.code,
        country=gazetteer().country(region.code),
        admin1=_admin1(region),
        lat=region.lat if located else None,
        lon=region.lon if located else None,
    )


def _admin1(region: Region) -> str | None:
    """The code of the first-level unit that a place is or lies in; where units are nested, the nearest."""
    around: Region | None = region
    while around and around.kind != "admin1":
        around = gazetteer().by_code.get(around.parent or "")
    return around.code if around else None
