"""Document, Mention -> whether a name is a person's or a thing's, or a part of such a name, rather than a place's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from crawler.facts.mentions import Document, Mention, PlaceName
from crawler.gazetteer.context import context
from crawler.gazetteer.cues import small_words
from crawler.gazetteer.names import key

Part = Literal["person", "half", "thing"]
BIG = 200_000  # people from which a city is told by its name alone
_NEXT_WORD = re.compile(r" ([^\W\d_]+)")
_LAST_WORD = re.compile(r"([^\W\d_]+)(\.?) \Z")
_LAST_OF = re.compile(r"([^\W\d_]+) (?:of|at) (?:the )?\Z")
_LAST_NAME = re.compile(r"[^\W\d_]\w+[-–]\Z")
_NEXT_NAME = re.compile(r"[-–][^\W\d_]")
_LOCATIVE = re.compile(
    r"\b(?:(?:in|near|outside|around|inside|across)(?: (?:the|nearby|downtown))?|\d\d  (?:of|from)|city of|town of) \Z"
)
_LOOK_BACK = 40
_JOINTS = ("$", "mid-", "Mid-", "trans-", "Trans-")  # "$US 5", "mid-Atlantic"
_TITLE = 5  # letters of an abbreviated title


def part_of_a_name(document: Document, mention: Mention) -> Part | None:
    """Return what the longer name is that a name is part of: "University of Aleppo", "Michael Jordan".

    "half" is a town's name before a word with a capital, a person's or a thing's alike.
    """
    before = document.body[max(0, mention.start - _LOOK_BACK) : mention.start]
    if before.endswith(_JOINTS):
        return "thing"
    if is_small(mention) and (_LAST_NAME.search(before) or _is_joined(document, mention)):
        return "thing"
    words = context()
    if (of := _LAST_OF.search(before)) and of[1][:1].isupper() and of[1].casefold() in words.sets["parts_before"]:
        return "thing"
    last = _LAST_WORD.search(before)
    if last and not _is_people(mention) and (part := _led_by(last[1], bool(last[2]), mention)):
        return part
    if _folded(document, mention).rpartition(" ")[2] in words.sets["units"]:
        return None
    after = _NEXT_WORD.match(document.body, mention.end)
    if after and after[1][0].isupper() and (part := _followed_by(after[1].casefold(), document, mention)):
        return part
    return _looks_like_a_person(document, mention, last, after)


def is_located(document: Document, mention: Mention) -> bool:
    """Whether "in", "near" or the like stands before a name."""
    return bool(_LOCATIVE.search(document.folded[max(0, mention.start - _LOOK_BACK) : mention.start]))


def bearers(document: Document, names: list[Mention], parts: Iterable[Part | None]) -> frozenset[str]:
    """Return the folded names that the text gives to people: the later "Jordan" is the "Michael Jordan" of before.

    A place keeps its name where the text puts something in it, and a big one unless it is a first name or speaks.
    """
    persons = {_folded(document, name) for name, part in zip(names, parts, strict=True) if part == "person"}
    if not persons:
        return frozenset()
    located = {_folded(document, name) for name in names if is_located(document, name)}
    forenames = context().sets["forenames"]
    kept = {_folded(document, name) for name in names if not is_small(name) and not _speaks(document, name)}
    kept -= {_folded(document, name) for name in names if _speaks(document, name) and not _is_a_country(name)}
    return frozenset(name for name in persons - located if name not in kept or name in forenames)


def _speaks(document: Document, mention: Mention) -> bool:
    return bool(context().speakers.match(document.folded, mention.end))


def is_small(mention: Mention) -> bool:
    """Whether a name means nothing but towns and second-level units, none of them big."""
    return all(_is_a_small_place(place) for place in mention.places if place.own)


def _is_a_small_place(place: PlaceName) -> bool:
    return place.region.kind in ("city", "admin2") and place.region.population < BIG


def _folded(document: Document, mention: Mention) -> str:
    return document.folded[mention.start : mention.end]


def _is_people(mention: Mention) -> bool:
    return all(place.people for place in mention.places)


def _is_joined(document: Document, mention: Mention) -> bool:
    """Whether a hyphen joins the name to another with a capital: "Melbourne-Blake"."""
    if not _NEXT_NAME.match(document.body, mention.end):
        return False
    return document.body[mention.end + 1].isupper()


def _led_by(word: str, dotted: bool, mention: Mention) -> Part | None:
    """What a name is part of by the word before it."""
    words, folded = context(), word.casefold()
    if folded in words.sets["titles"] and (not dotted or (len(word) <= _TITLE and word[0].isupper())):
        return "person"
    if not word[0].isupper() or dotted:
        return "person" if dotted and len(word) == 1 and word.isupper() else None  # an initial: "John D. Hamilton"
    if folded in words.sets["forenames"]:
        return "person"
    if folded in words.sets["parts_before"] and not (folded == "new" and _is_a_country(mention)):
        return "thing"
    return None


def _is_a_country(mention: Mention) -> bool:
    return any(place.region.kind in ("country", "macro") for place in mention.places)


def _followed_by(word: str, document: Document, mention: Mention) -> Part | None:
    """What a name is part of by the word with a capital after it."""
    sets, kinds = context().sets, {place.region.kind for place in mention.places}
    if _folded(document, mention) in sets["forenames"] and word not in sets["parts_after"] | sets["units"]:
        return None if word in sets["local_after"] | sets["dates"] else "person"
    if kinds & {"country", "macro"}:
        return "thing" if word in sets["companies_after"] else None
    if word not in sets["parts_after"]:
        return None
    if word in sets["units"] and kinds & {"admin1", "admin2"}:
        return None
    return None if "admin1" in kinds and word in sets["state_after"] else "thing"


def _looks_like_a_person(
    document: Document, mention: Mention, last: re.Match[str] | None, after: re.Match[str] | None
) -> Part | None:
    """Whether a small place stands beside another word with a capital, as half of a person's name does."""
    if document.in_capitals or mention.start < document.offset or not is_small(mention):
        return None
    if after and after[1].casefold() in context().sets["local_after"]:
        return None
    if last and _is_name_word(last):
        return "person"
    return "half" if after and _is_name_word(after) else None


def _is_name_word(match: re.Match[str]) -> bool:
    words, word = context(), match[1].casefold()
    if not match[1][0].isupper() or any(word in words.sets[name] for name in ("dates", "units", "towns", "sides")):
        return False
    if key(word) in small_words() or words.governed.search(f"{word} "):
        return False
    return word not in ("the", "a", "and", "but", "from", "to", "of")
