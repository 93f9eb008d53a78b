"""Title and text -> Places: where the event happened, and where else is mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.facts.event_names import name_span, with_local_names
from crawler.facts.event_place import event_places
from crawler.facts.event_place_cues import event_places_by_cues, is_cued
from crawler.facts.groups import named_groups
from crawler.facts.mentions import Document, read_document
from crawler.facts.toponyms import Toponym, read_toponyms
from crawler.gazetteer import Region, gazetteer

Kind = Literal["country", "admin1", "admin2", "city", "macro"]
Role = Literal["event", "mentioned"]
Field = Literal["title", "text"]
_FINENESS = {"city": 0, "admin2": 1, "admin1": 2, "macro": 3, "country": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level; a second level or a city has its first level's) or
    a macro-region's id. `within` holds every code and macro-region id that the place lies in, its own first; a second
    level and a city have codes of their own there (`PK-KP:kurram`, `RU-KB/nalchik`). `start` and `end` are character
    offsets in `field`.
    """

    code: str
    name: str
    kind: Kind
    country: str | None
    country_name: str | None
    admin1: str | None
    admin1_name: str | None
    within: tuple[str, ...]
    role: Role
    surface: str
    start: int
    end: int
    field: Field
    quote: str


def read_places(title: str, text: str, lang: str | None, home: str | None = None) -> tuple[Place, ...]:
    """Return each place once, in its best role: event places first, the finest first, then in the order they are named.

    Names are read in every language that the gazetteer has; what part they play is read from the words of `lang` where
    there are cues of it, and from English ones elsewhere. Of namesakes, one in the country where the publisher is at
    `home` is likelier.
    """
    document = read_document(title, text, home)
    taken = bytearray(len(document.body))
    for group in named_groups(document):
        taken[group.start : group.end] = b"\1" * (group.end - group.start)
    toponyms = tuple(t for t in read_toponyms(document) if not any(taken[t.start : t.end]))
    if not is_cued(lang):
        toponyms = tuple(t for t in with_local_names(document, toponyms) if not any(taken[t.start : t.end]))
    events = event_places_by_cues(document, toponyms, lang) if is_cued(lang) else event_places(document, toponyms)
    order = sorted(
        range(len(toponyms)),
        key=lambda i: (i not in events, _FINENESS[toponyms[i].region.kind] if i in events else 0, i),
    )
    found: dict[str, Place] = {}
    for i in order:
        code = toponyms[i].region.code
        if code not in found:
            found[code] = _place(document, toponyms[i], "event" if i in events else "mentioned")
    return tuple(found.values())


def _place(document: Document, toponym: Toponym, role: Role) -> Place:
    region, in_title = toponym.region, toponym.start < document.offset
    begun, end = name_span(document, toponym)
    admin1 = gazetteer().first_level(region)
    country = gazetteer().by_code.get(gazetteer().country(region.code) or "")
    shift = 0 if in_title else document.offset
    return Place(
        code=_code(region, admin1),
        name=region.name,
        kind=region.kind,
        country=country.code if country else None,
        country_name=country.name if country else None,
        admin1=admin1.code if admin1 else None,
        admin1_name=admin1.name if admin1 else None,
        within=gazetteer().within(region.code),
        role=role,
        surface=document.body[begun:end],
        start=begun - shift,
        end=end - shift,
        field="title" if in_title else "text",
        quote=document.sentences[document.sentence_at(toponym.start)].text,
    )


def _code(region: Region, admin1: Region | None) -> str:
    """A city or second level goes by its first level's code, or its country's where it has none."""
    if region.kind not in ("city", "admin2"):
        return region.code
    return admin1.code if admin1 else region.country or region.code
