"""Document, Toponyms -> which of them are where the reported event happened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.facts.mentions import Document
from crawler.facts.toponyms import Toponym
from crawler.gazetteer import gazetteer
from crawler.gazetteer.context import context

_LOOK_BACK = 90
_LEAD = 4  # sentences, the title included, whose event is the article's; later ones must agree with it
_DISTANCE = re.compile(
    r"(?:\d[\d ]*|hundreds? of|dozens of|several|few|some|many) (?:miles?|kilomet\w+|kms?|mi|yards|meters|metres|hours?) (?:\w+ ){0,3}(?:of|from|outside) (?:\w+ ){0,4}\Z"
)
_ASIDE = re.compile(r"\b(?:north|south|east|west|northeast|northwest|southeast|southwest)(?:ern)? of (?:\w+ ){0,3}\Z")
_DATELINE = re.compile(r"[\w.,'’()\- /]{0,60}?(?:\([A-Za-z/. ]{2,30}\)\s*)?(?: [—–-]{1,2} |[—–]|: )")
_CHAIN = re.compile(r"(?:,? and |,? or | ?[,/] ?(?:in |near |the )?|['’]s (?:\w+ ){0,2}| \(|-)\Z")
_YEAR = re.compile(r"\b(?:in|since|of|late|early) (?:1[89]\d\d|20[01]\d)\b")
_HEADLINE_EVENT = re.compile(r"['’]?s? (?:\w+ )?(?:\w+ )?")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A toponym in its sentence; `lead` for the title and the first sentences."""

    toponym: Toponym
    sentence: int
    lead: bool


def event_places(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """Return the numbers of the toponyms where the event happened.

    A name counts that "in", "at", "near" and the like govern, in a sentence that tells of an event; where none does, the
    dateline's. What the title and the first sentences say binds: a later sentence counts where it speaks of the same country.
    """
    governed = _governed(document, toponyms)
    spots = [(i, document.sentence_at(toponyms[i].start)) for i in sorted(governed)]
    telling = [(i, number) for i, number in spots if _tells(document, number)]
    lead = {i for i, number in telling if number < _LEAD or number == telling[0][1]}
    chosen = lead | {i for i, _ in telling if _agrees(toponyms[i], [toponyms[j] for j in lead])}
    return frozenset(chosen) or _from_dateline(document, toponyms)


def _tells(document: Document, number: int) -> bool:
    """Whether a sentence tells of an event, and of none that was before."""
    sentence = document.sentences[number]
    folded = document.folded[sentence.start : sentence.end]
    words = context()
    return bool(words.events.search(folded)) and not words.background.search(folded) and not _YEAR.search(folded)


def _agrees(toponym: Toponym, lead: list[Toponym]) -> bool:
    within = gazetteer().within
    path = set(within(toponym.region.code))
    return any(other.region.code in path or toponym.region.code in within(other.region.code) for other in lead) or any(
        other.region.country and other.region.country == toponym.region.country for other in lead
    )


def _governed(document: Document, toponyms: tuple[Toponym, ...]) -> set[int]:
    found: set[int] = set()
    for i, toponym in enumerate(toponyms):
        if toponym.people:
            continue
        before = _before(document, toponym.start)
        previous = toponyms[i - 1] if i else None
        if previous and (i - 1 in found) and _CHAIN.fullmatch(document.body[previous.end : toponym.start]):
            found.add(i)
        elif not _is_aside(before) and (context().governed.search(before) or _heads(document, toponym)):
            found.add(i)
    return found


def _before(document: Document, start: int) -> str:
    """The folded words before a name, in its own sentence."""
    sentence = document.sentences[document.sentence_at(start)]
    return document.folded[max(sentence.start, start - _LOOK_BACK) : start]


def _is_aside(before: str) -> bool:
    return bool(_DISTANCE.search(before) or context().never_after.search(before))


def _heads(document: Document, toponym: Toponym) -> bool:
    """Whether a headline's name stands before its event: "Baghdad bombing", "Iraq: 20 killed"."""
    after = document.folded[toponym.end : toponym.end + 40]
    if document.body[toponym.end : toponym.end + 1] == ":" and toponym.end < document.offset:
        return True
    return bool(_HEADLINE_NOUN.match(after)) and toponym.region.kind != "country"


_HEADLINE_NOUN = re.compile(
    r"(?: \w+)?(?: \w+)? (?:attacks?|bombings?|blasts?|explosions?|massacre|shootings?|clash(?:es)?|siege|raids?|strikes?|ambush|airstrikes?|crash|floods?|"
    r"earthquake|quake|riots?|protests?|killings?|violence)\b"
)


def _from_dateline(document: Document, toponyms: tuple[Toponym, ...]) -> frozenset[int]:
    """The places before a dateline's dash, where the text begins with one and tells of an event."""
    match = _DATELINE.match(document.body, document.offset)
    if not match or not any(_tells(document, i) for i in range(min(_LEAD, len(document.sentences)))):
        return frozenset()
    return frozenset(
        i for i, t in enumerate(toponyms) if document.offset <= t.start and t.end <= match.end() and not t.people
    )
