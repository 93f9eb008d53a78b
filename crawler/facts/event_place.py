"""Document, Toponyms -> which of them are where the reported event happened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.facts.event_lead import LEAD, Spots, bound_by_lead, finest
from crawler.facts.mentions import Document
from crawler.facts.toponyms import Toponym
from crawler.gazetteer import gazetteer
from crawler.gazetteer.context import context

_LOOK_BACK = 90
_DATELINE = re.compile(r"[\w.,'’()\- /]{0,60}?(?:\([A-Za-z/. ]{2,30}\)\s*)?(?: [—–-]{1,2} |[—–]|: )")
_CHAIN_LENGTH = 60
_JOINTS = frozenset(["and", "or", "s", "in", "at", "near", "as", "well", "also"])
_SHORT = frozenset(["US", "U.S", "UK", "U.K"])
_LOWER_WORD = re.compile(r"\.? ([a-z]+)")
_SIDE = re.compile(r"(?:(?:north|south|east|west)\w* of|near|outside|close to|not far from) ")
_HAS = re.compile(r" s (?:\w+ +){0,4}")
_BODY_OF = re.compile(r"[A-Z]\w+ of (?:All )?\Z")
_NEXT_CAPITAL = re.compile(r" [A-Z][a-z]")
_YEAR = re.compile(r"\b(?:in|since|of|late|early) (?:1[89]\d\d|20[01]\d)\b")


def event_places(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """Return the numbers of the toponyms where the event happened.

    A name counts that "in", "at", "near" and the like govern, in a sentence that tells of an event; where none does,
    the dateline's, and else the first that is not only spoken of. What the title and the first sentences say binds: a
    later sentence counts where it speaks of the same country.
    """
    spots = [(i, document.sentence_at(toponyms[i].start)) for i in sorted(_governed(document, toponyms))]
    tells = {number: _tells(document, number) for number in {number for _, number in spots}}
    telling = [(i, number) for i, number in spots if tells[number]]
    kept = _without_purposes(document, toponyms, bound_by_lead(telling, toponyms))
    return (
        _finest(document, kept, toponyms)
        or _from_dateline(document, toponyms)
        or _otherwise(document, toponyms)
        or _all_there_is(document, toponyms)
    )


def _otherwise(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """The first name in the lead that tells of an event, if nothing says that it is only spoken of."""
    tells = [_tells(document, number) for number in range(min(LEAD, len(document.sentences)))]
    for i, toponym in enumerate(toponyms):
        number = document.sentence_at(toponym.start)
        if number >= len(tells):
            break
        if toponym.people or not tells[number] or not _may_be_alone(document, toponym):
            continue
        before = _before(document, toponym.start)
        if (
            context().distance.search(before)
            or context().never_after.search(before)
            or context().speakers.match(document.folded, toponym.end)
        ):
            continue
        return frozenset([i])
    return frozenset()


def _without_purposes(document: Document, toponyms: tuple[Toponym, ...], spots: Spots) -> Spots:
    """Leave out what a protest is about and the ends of a road, where the sentence says where it is."""
    kept = [
        (i, n) for i, n in spots if not _is_purpose(document, toponyms[i]) and not _is_of_a_road(document, toponyms, i)
    ]
    said = {number for _, number in kept}
    return [(i, number) for i, number in spots if (i, number) in kept or number not in said]


def _is_purpose(document: Document, toponym: Toponym) -> bool:
    return bool(context().purpose.search(_before(document, toponym.start).rpartition("  ")[2]))


def _is_of_a_road(document: Document, toponyms: tuple[Toponym, ...], number: int) -> bool:
    """Whether a name is an end of a road or the like: "the Kabul-Ghazni main road"."""
    body, toponym = document.body, toponyms[number]
    if body[toponym.start - 1 : toponym.start] in ("-", "–") and number:
        return toponyms[number - 1].end == toponym.start - 1
    return body[toponym.end : toponym.end + 1] in ("-", "–") and any(
        other.start == toponym.end + 1 for other in toponyms[number + 1 : number + 2]
    )


def _all_there_is(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """The one place that a text names, if it tells of an event: "members of the Haryana teachers' union rallied"."""
    finest = _innermost(toponyms)
    if finest is None:
        return frozenset()
    only, number = toponyms[finest], document.sentence_at(toponyms[finest].start)
    if number >= LEAD or only.people or _is_a_word(document, only):
        return frozenset()
    if not any(_tells(document, i) for i in range(min(LEAD, len(document.sentences)))):
        return frozenset()
    before = _before(document, only.start)
    if context().gone.search(before) or context().distance.search(before):
        return frozenset()
    wide = only.region.kind in ("country", "macro")
    return frozenset() if wide and not _names_a_body(document, only) else frozenset([finest])


def _innermost(toponyms: tuple[Toponym, ...]) -> int | None:
    """The number of the first name of the place that lies in all others that are named, `None` where none does."""
    within = gazetteer().within
    codes = {toponym.region.code for toponym in toponyms}
    return next((i for i, toponym in enumerate(toponyms) if codes <= set(within(toponym.region.code))), None)


def _names_a_body(document: Document, toponym: Toponym) -> bool:
    """Whether a name is part of the name of who acts there: "the Communist Party of India"."""
    if document.body[toponym.start : toponym.end].rstrip(".") in _SHORT:
        return False
    before = _BODY_OF.search(document.body, max(0, toponym.start - _LOOK_BACK), toponym.start)
    return bool(before or _NEXT_CAPITAL.match(document.body, toponym.end))


def _may_be_alone(document: Document, toponym: Toponym) -> bool:
    """Whether a name that nothing governs may be the event's place: a country only as whose the victim is."""
    if _is_a_word(document, toponym):
        return False
    return toponym.region.kind != "country" or document.body[toponym.end : toponym.end + 2] in ("'s", "’s")


def _finest(document: Document, spots: Spots, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """Leave out a place where its sentence names a finer one inside it, or says that a finer one lies there."""
    kept = finest(spots, toponyms)
    coarser = {coarse for i, _ in kept for coarse in _said_around(document, toponyms, i)}
    return frozenset(i for i, _ in kept if i not in coarser)


def _said_around(document: Document, toponyms: tuple[Toponym, ...], number: int) -> Iterator[int]:
    """Yield the names beside one that the text says it lies in: "Alang in Bhavnagar district", "Baghdad's Dora".

    Where the gazetteer knows no better, their being in one country will do.
    """
    one, folded = toponyms[number], document.folded
    if number + 1 < len(toponyms):
        outer = toponyms[number + 1]
        if _is_in_one_country(one, outer) and context().lies_in.fullmatch(folded[one.end : outer.start]):
            yield number + 1
    if number:
        outer = toponyms[number - 1]
        if _is_in_one_country(one, outer) and _HAS.fullmatch(folded[outer.end : one.start]):
            yield number - 1


def _is_in_one_country(one: Toponym, other: Toponym) -> bool:
    country = gazetteer().country(one.region.code)
    return country is not None and country == gazetteer().country(other.region.code)


def _tells(document: Document, number: int) -> bool:
    """Whether a sentence tells of an event, and of none that was before; the lead may name a month and a year."""
    folded, words = document.folded_sentence(number), context()
    if not words.events.search(folded) or (words.background.search(folded) and not words.protests.search(folded)):
        return False
    return number < LEAD or not (_YEAR.search(folded) or words.earlier.search(folded))


def _governed(document: Document, toponyms: tuple[Toponym, ...]) -> set[int]:
    found: set[int] = set()
    for i, toponym in enumerate(toponyms):
        if toponym.people or _is_a_word(document, toponym):
            continue
        previous = toponyms[i - 1] if i else None
        if (
            (previous and i - 1 in found and _is_chained(document, previous, toponym))
            or _is_governed(document, toponym, previous if i - 1 in found else None)
            or _heads(document, toponym)
        ):
            found.add(i)
    return found


def _is_a_word(document: Document, toponym: Toponym) -> bool:
    """Whether a name is a common noun here, as in "the capital", or a month."""
    name = document.folded[toponym.start : toponym.end]
    return document.body[toponym.start : toponym.end].islower() or name in context().sets["dates"]


def _is_chained(document: Document, previous: Toponym, toponym: Toponym) -> bool:
    """Whether only small words part two names: "Mosul, Iraq", "the West Bank city of Nablus", "in X and in Y"."""
    gap = document.folded[previous.end : toponym.start]
    if (
        len(gap) > _CHAIN_LENGTH
        or _SIDE.search(gap)
        or document.sentence_at(previous.start) != document.sentence_at(toponym.start)
    ):
        return False
    if not gap.split() and context().speakers.match(document.folded, toponym.end):
        return False  # "... in Diyarbakir, Ankara said"
    return all(word in _JOINTS or word in context().sets["fillers"] for word in gap.split())


def _is_governed(document: Document, toponym: Toponym, previous: Toponym | None) -> bool:
    """Whether "in" and the like govern the name, and no "from", "to", "10 miles south of" or "based in" does.

    After another event place, "north of" only says where that one lies.
    """
    before = _before(document, toponym.start)
    governed = context().governed.search(before)
    if not governed or context().distance.search(before) or _is_modifier(document, toponym):
        return False
    if previous and _SIDE.match(governed[0]):
        return False
    never = context().never_after.search(before)
    return not never or governed.start() < never.start() or bool(context().outside.search(before[: never.start()]))


def _is_modifier(document: Document, toponym: Toponym) -> bool:
    """Whether a country's initials belong to the noun after them: "in U.S. custody"."""
    if document.body[toponym.start : toponym.end].rstrip(".") not in _SHORT:
        return False
    after = _LOWER_WORD.match(document.body, toponym.end)
    return bool(after and after[1] not in context().sets["followers"])


def _before(document: Document, start: int) -> str:
    """The folded words before a name, in its own sentence."""
    sentence = document.sentences[document.sentence_at(start)]
    return document.folded[max(sentence.start, start - _LOOK_BACK) : start]


def _heads(document: Document, toponym: Toponym) -> bool:
    """Whether the name stands before its event: "Baghdad bombing", "Iraq: 20 killed", "Grozny was shelled"."""
    after = document.folded[toponym.end : toponym.end + 40]
    if document.body[toponym.end : toponym.end + 1] == ":" and toponym.end < document.offset:
        return True
    if context().suffered.match(after) or (toponym.region.kind != "country" and context().facility.match(after)):
        return True
    noun = context().headline.match(after)
    if not noun or toponym.region.kind == "country" or context().never_after.search(_before(document, toponym.start)):
        return False
    between = noun["words"].strip()
    return toponym.end < document.offset or not between or between in context().sets["weapons"]


def _from_dateline(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """The places before a dateline's dash, where the text begins with one and tells of an event."""
    match = _DATELINE.match(document.body, document.offset)
    if not match or not any(_tells(document, i) for i in range(min(LEAD, len(document.sentences)))):
        return frozenset()
    named = [i for i, t in enumerate(toponyms) if document.offset <= t.start and t.end <= match.end() and not t.people]
    return _finest(document, [(i, 0) for i in named], toponyms)
