"""context_en.yaml -> Context: the English words around a name that say what it is and which part it plays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.gazetteer.names import key
from crawler.gazetteer.regions import gazetteer
from crawler.gazetteer.tables import any_of, read_table, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Word lists and the patterns made of them, which match folded text (`names.fold`); the file tells their sense."""

    events: re.Pattern[str]
    background: re.Pattern[str]
    earlier: re.Pattern[str]
    governed: re.Pattern[str]
    placed: re.Pattern[str]
    purpose: re.Pattern[str]
    outside: re.Pattern[str]
    lies_in: re.Pattern[str]
    taken: re.Pattern[str]
    protests: re.Pattern[str]
    gone: re.Pattern[str]
    never_after: re.Pattern[str]
    suffered: re.Pattern[str]
    facility: re.Pattern[str]
    headline: re.Pattern[str]
    distance: re.Pattern[str]
    speakers: re.Pattern[str]
    rival: re.Pattern[str]
    sets: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def context() -> Context:
    """Return the English context, read once."""
    words: dict[str, list[str]] = read_table("context_en.yaml")
    one = {name: any_of(listed) for name, listed in words.items()}
    people = any_of(gazetteer().people())
    fillers, kinds = f"(?:(?:{one['fillers']}) +)", f"{one['towns']}|{one['units']}"
    return Context(
        events=whole(one["events"]),
        background=whole(one["background"]),
        earlier=whole(one["earlier"]),
        governed=re.compile(
            rf"\b(?:{one['governors']}) +"
            rf"(?:(?:(?:{one['fillers']}|{people}) +){{0,7}}|"
            rf"(?:\w+ +){{1,6}}(?:{kinds}|{one['subunits']}) of +(?:the )?)\Z"
        ),
        placed=re.compile(rf"\b(?:{one['placing']}) +(?:(?:{one['fillers']}|{people}) +){{0,7}}\Z"),
        purpose=re.compile(rf"\b(?:{one['purposes']}) +(?:\w+ +){{0,6}}\Z"),
        outside=re.compile(rf"\b(?:{one['outside']}) +(?:\w+ +){{0,6}}\Z"),
        lies_in=_lies_in(one, kinds),
        taken=re.compile(rf"\b(?:{one['taken']}) +(?:the +)?\Z"),
        gone=re.compile(rf"\b(?:{one['gone']}) +{fillers}{{0,4}}\Z"),
        protests=whole(one["protests"]),
        never_after=re.compile(rf"\b(?:{one['never_after']}) +{fillers}{{0,4}}\Z"),
        suffered=_suffered(one),
        facility=re.compile(rf" (?:\w+ )?(?:{one['facilities']})\b"),
        headline=re.compile(rf"(?P<words>(?: \w+){{0,2}}) (?:{one['headline_events']})\b"),
        distance=_distance(one),
        speakers=re.compile(rf" +(?:(?:also|has|have|had|is|was|later|\w+ly) +)?(?:{one['speakers']})\b"),
        rival=whole(one["rivals"]),
        sets={name: frozenset(map(key, listed)) for name, listed in words.items()},
    )


def _suffered(one: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(
        r" (?:was|were|is|are|has been|have been|had been|came under|is being|was being)(?: \w+)? "
        rf"(?:{one['suffered']}|attack|fire)\b"
    )


def _distance(one: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\d[\d ]*|{one['amounts']}) +(?:{one['measures']}) +(?:\w+ +){{0,6}}"
        r"(?:of|from|outside) +(?:\w+ +){0,4}\Z"
    )


def _lies_in(one: Mapping[str, str], kinds: str) -> re.Pattern[str]:
    beside = one["surroundings"]
    return re.compile(
        rf" +(?:an?|the) +(?:\w+ +){{0,2}}(?:{beside}) +of +(?:the +)?|"
        rf" +(?:(?:{kinds}|{one['subunits']}) +)?(?:in|of) +"
        rf"(?:(?:the|nearby|{one['sides']}) +){{0,3}}(?:(?:{kinds}|{beside}) +of +)?(?:the +)?"
    )
