"""Document, Toponyms, language -> which of them are where the event happened, by that language's cues."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from crawler.facts.event_lead import LEAD, bound_by_lead, finest
from crawler.facts.mentions import Document
from crawler.facts.toponyms import Toponym
from crawler.gazetteer import gazetteer
from crawler.gazetteer.cues import Cues, cues
from crawler.gazetteer.names import key
from crawler.gazetteer.pack import INFLECTED, PEOPLE

_LOOK_BACK = 110
_LOOK_AHEAD = 60
_STEPS = 10  # words between the governor and the name at the most
_UNKNOWN = 3  # of them that may be a name no gazetteer has: "в селе Верхний Акбаш Терского района"
_ADJECTIVES = 3
_AIM = 3  # words
_COLON = re.compile(r"[\s\u00a0\u202f]?:")
_GAP = 40
_NUMBER = re.compile(r"\d+\Z")
_YEAR = re.compile(r"\b(?:1[89]\d\d|20[01]\d)\b")
_DATELINE = re.compile(r"[^.!?\n]{0,70}?(?:\([^()\n]{2,40}\)|/[^/\n]{2,30}/|\d\s?\w*)?\s{0,2}(?:[—–]| - |\. ?[—–-] )")
_LETTER = re.compile(r"[^\W\d_]")


def is_cued(lang: str | None) -> bool:
    """Say whether there are cues of a language."""
    return cues(lang) is not None


def tells_of_event(document: Document, number: int, lang: str | None) -> bool:
    """Say whether the sentence of this number tells of an event, and of none that is long past or only remembered."""
    known = cues(lang)
    return known is not None and _tells(document, number, known)


def event_places_by_cues(document: Document, toponyms: tuple[Toponym, ...], lang: str | None) -> frozenset[int]:
    """Return the numbers of the toponyms where the event happened; none for a language without cues.

    A name counts that a word, case or ending for "in", "near" and the like governs, in a sentence that tells of an
    event; where none does, the dateline's. What the title and the first sentences say binds: a later sentence counts
    where it speaks of the same country.
    """
    known = cues(lang)
    if known is None:
        return frozenset()
    governed = _Reader(document, toponyms, known).governed()
    spots = [(i, document.sentence_at(toponyms[i].start)) for i in sorted(governed)]
    tells = {number: _tells(document, number, known) for number in {number for _, number in spots}}
    telling = [(i, number) for i, number in spots if tells[number]]
    return frozenset(i for i, _ in finest(bound_by_lead(telling, toponyms), toponyms)) or _from_dateline(
        document, toponyms, known
    )


def _tells(document: Document, number: int, known: Cues) -> bool:
    words = document.folded_sentence(number).replace("\u00ad", "").split()
    if known.attached_and:
        letters = known.attached_and | known.attached_governors
        words = [*words, *(word[1:] for word in words if word[0] in letters)]
    if not known.words["events"].any_in(words) or known.words["background"].any_in(words):
        return False
    return number < LEAD or not (known.history.any_in(words) or _YEAR.search(document.sentences[number].text))


def _from_dateline(document: Document, toponyms: tuple[Toponym, ...], known: Cues) -> frozenset[int]:
    """The places before a dateline's dash, where the text begins with one and tells of an event."""
    match = _DATELINE.match(document.body, document.offset)
    if not match or not any(_tells(document, i, known) for i in range(min(LEAD, len(document.sentences)))):
        return frozenset()
    begun = [i for i, t in enumerate(toponyms) if t.start >= document.offset][:1]
    if not begun or _LETTER.search(document.body, document.offset, toponyms[begun[0]].start):
        return frozenset()
    named = [i for i, t in enumerate(toponyms) if document.offset <= t.start and t.end <= match.end() and not t.people]
    return frozenset(i for i, _ in finest([(i, 0) for i in named], toponyms))


@dataclass(frozen=True, slots=True)
class _Before:
    """The folded words before a name in its sentence, which of them have a capital, and what is written on the name."""

    words: list[str]
    capitals: list[bool]
    attached: str


class _Reader:
    """Finds the names that a language's cues put where something is."""

    def __init__(self, document: Document, toponyms: tuple[Toponym, ...], known: Cues) -> None:
        self.document, self.toponyms, self.known = document, toponyms, known
        self._starts = [toponym.start for toponym in toponyms]

    def governed(self) -> set[int]:
        """Return the numbers of the toponyms that are governed, and those that "and" or a comma joins to one."""
        found: set[int] = set()
        for i, toponym in enumerate(self.toponyms):
            if not (toponym.people or self._is_a_kind(toponym)) and (
                (i - 1 in found and self._is_chained(i - 1, i)) or self._is_governed(i) or self._heads(toponym)
            ):
                found.add(i)
        for i in range(len(self.toponyms) - 2, -1, -1):
            if i not in found and i + 1 in found and self._leads_on(i):
                found.add(i)
        return found

    def _is_a_kind(self, toponym: Toponym) -> bool:
        """Whether a name is a word for a kind of place: the capital is a district of Yemen, too."""
        folded = self.document.folded
        word = folded[folded.rfind(" ", 0, toponym.start) + 1 : toponym.end]
        return self.known.words["kinds"].begins([word]) > 0

    def _is_governed(self, number: int) -> bool:
        toponym, known = self.toponyms[number], self.known
        after = self._after(toponym)
        if after and self._is_said(toponym, after):
            return False
        if (by_case := self._by_ending(toponym, after)) is not None:
            return by_case
        before = self._before(toponym)
        if before.attached:
            if before.attached in known.attached_governors:
                return not known.words["not_before"].ends(before.words, len(before.words))
            if before.attached in known.attached_never:
                return False
        begun = self._governor(before)
        if begun is None:
            return False
        return not self._is_motion(before.words[begun:], toponym)

    def _is_said(self, toponym: Toponym, after: list[str]) -> bool:
        """Whether the words right behind a name make it a speaker: "в Киеве заявили", "Москва обвинила"."""
        return self.document.body[toponym.end : toponym.end + 1] == " " and bool(
            self.known.words["speakers"].begins(after)
        )

    def _by_ending(self, toponym: Toponym, after: list[str]) -> bool | None:
        """What the ending or the postposition behind a name says; `None` where nothing does."""
        words = self.known.words
        event, never = words["after_event"].begins(after), words["after_never"].begins(after)
        if event or never:
            if event > never:
                return not self._has_measure(after[:event])
            return bool(words["datives"].begins(after)) and self._is_attacked(after[never:])
        if cut := words["genitives"].begins(after):
            return self._stands_in(self._until_next(toponym, after[cut:]))
        return None

    def _until_next(self, toponym: Toponym, after: list[str]) -> list[str]:
        """The words behind a name up to the next one, which is then what stands there: "X'in Y ilçesinde"."""
        following = bisect_left(self._starts, toponym.end)
        if following == len(self._starts):
            return after
        between = (
            self.document.folded[toponym.end : min(self._starts[following], toponym.end + _LOOK_AHEAD)]
            .replace("\u00ad", "")
            .split()
        )
        return after[: max(0, len(between) - 1)]

    def _is_attacked(self, after: list[str]) -> bool:
        """Whether what a place is moved to is an attack on it: "Kabil'e bombalı saldırı"."""
        return any(self.known.words["attacks"].begins(after, i) for i in range(min(3, len(after))))

    def _stands_in(self, after: list[str]) -> bool | None:
        """Whether a noun for a part of the place follows in the case of place: "Suriye'nin kuzeyinde"."""
        for i in range(min(4, len(after))):
            if self._has_measure(after[: i + 1]):
                return False
            if self.known.words["places_after"].begins(after, i):
                return True
        return None

    def _has_measure(self, words: list[str]) -> bool:
        return any(self.known.words["measures"].begins(words, i) for i in range(len(words)))

    def _governor(self, before: _Before) -> int | None:
        """Return the number of the first word of what governs a name, `None` where nothing does or a word forbids."""
        known, words, unknown = self.known.words, before.words, 0
        stop = len(words)
        for _ in range(_STEPS):
            governs, forbids = known["governors"].ends(words, stop), known["never"].ends(words, stop)
            kind = self._kind(words, stop)
            if not unknown and self._is_aimed(words, stop):
                return stop
            if max(governs, forbids) > kind:
                begun = stop - governs
                if unknown or governs <= forbids or known["measures"].ends(words, begun):
                    return None
                return None if self._is_barred(before, begun) else begun
            if kind:
                stop, unknown = stop - kind, 0
            elif taken := known["between"].ends(words, stop) or self._is_adjective(words, stop):
                stop -= taken
            elif stop and before.capitals[stop - 1] and unknown < _UNKNOWN:
                stop, unknown = stop - 1, unknown + 1
            else:
                return None
        return None

    def _is_barred(self, before: _Before, stop: int) -> bool:
        """Whether what stands before the governor makes it no event's place: "né à", "посольство России в"."""
        barred, words = self.known.words["not_before"], before.words
        if barred.ends(words, stop):
            return True
        if not stop or not before.capitals[stop - 1]:
            return False
        stop -= 1 + self.known.words["links"].ends(words, stop - 1)
        count = barred.ends(words, stop)
        # A blast near an embassy is where the embassy is.
        return count > 0 and not self.known.words["governors"].ends(words, stop - count)

    def _is_aimed(self, words: list[str], stop: int) -> bool:
        """Whether an attack stands a little before "on": "удар Израиля по", "غارات إسرائيلية على"."""
        if not self.known.words["aims"].ends(words, stop):
            return False
        return any(self.known.words["attacks"].begins(words, i) for i in range(max(0, stop - 1 - _AIM), stop - 1))

    def _kind(self, words: list[str], stop: int) -> int:
        """Return how many words before `stop` are a noun for a place and its link to the name: "ville syrienne de"."""
        link = self.known.words["links"].ends(words, stop)
        at = stop - link
        for _ in range(_ADJECTIVES if link else 1):
            if kind := self.known.words["kinds"].ends(words, at):
                return stop - at + kind
            at -= self.known.words["between"].ends(words, at) or self._is_adjective(words, at)
        return 0

    def _is_adjective(self, words: list[str], stop: int) -> int:
        return int(stop > 0 and words[stop - 1].endswith(self.known.between_endings))

    def _is_motion(self, governing: list[str], toponym: Toponym) -> bool:
        """Whether the case is the one of motion: "в Сирию", "в город Хомс" against "в Сирии", "в городе Хомс"."""
        known = self.known
        if not known.words["by_case"].begins(governing):
            return False
        surface = key(self.document.body[toponym.start : toponym.end]).split()
        words = [*governing, *surface]
        if any(known.words["accusative_words"].begins([word]) for word in words):
            return True
        if len(words) - len(surface) > 1 and known.words["kinds"].any_in(governing):
            return False
        last = surface[-1]
        if known.words["indeclinable"].begins([last]) or self.document.body[toponym.start : toponym.end].isupper():
            return False
        if any(word.endswith(known.accusative_endings) for word in surface if len(word) > 3):
            return True
        return self._is_accusative(surface, toponym.region.code)

    def _is_accusative(self, surface: list[str], code: str) -> bool:
        """Whether the name with another ending is the place's name, as Сирия is for Сирию and Дамаск for Дамаск."""
        whole = " ".join(surface)
        for ending, bases in self.known.accusative_of.items():
            if whole.endswith(ending):
                stem = whole[: len(whole) - len(ending)]
                # Донецьку is the locative of Донецьк: a name without an ending has no accusative of its own.
                return not _names(stem, code) and any(_names(stem + base, code) for base in bases)
        return whole.endswith(self.known.accusative_same) and _names(whole, code)

    def _is_chained(self, previous: int, number: int) -> bool:
        """Whether only small words or a comma part a name from an event's place before it."""
        one, other = self.toponyms[previous], self.toponyms[number]
        gap = self.document.body[one.end : other.start]
        if len(gap) > _GAP or self.document.sentence_at(one.start) != self.document.sentence_at(other.start):
            return False
        after = self._after(other)
        if self._is_said(other, after) or any(sign in gap for sign in ".:;—–"):
            return False
        words = key(gap).split()
        if self._by_ending(other, after) is False:
            return False
        if not words:
            return _related(one, other) or (gap.strip() == "," and self._goes_on(number))
        return all(
            self.known.words["joints"].begins([word])
            or self.known.words["kinds"].begins([word])
            or word in self.known.attached_and
            for word in words
        )

    def _goes_on(self, number: int) -> bool:
        """Whether the list that a name stands in goes on behind it: "X, Y and Z"."""
        if number + 1 >= len(self.toponyms):
            return False
        gap = self.document.body[self.toponyms[number].end : self.toponyms[number + 1].start]
        if len(gap) > _GAP or any(sign in gap for sign in ".:;—–"):
            return False
        words = key(gap).split()
        return all(self.known.words["joints"].begins([word]) or word in self.known.attached_and for word in words)

    def _leads_on(self, number: int) -> bool:
        """Whether a name goes with the event's place right after it, as in "Suriye'nin Halep kentinde", "X ve Y'de"."""
        one, other = self.toponyms[number], self.toponyms[number + 1]
        if one.people or not (self.known.words["genitives"] or self.known.words["after_event"]):
            return False
        gap = self.document.body[one.end : other.start]
        if len(gap) > _GAP or any(sign in gap for sign in ".:;—–"):
            return False
        words = key(gap).split()
        if not words or self.known.words["genitives"].begins(words) == len(words):
            return _related(one, other)
        return all(self.known.words["joints"].begins([word]) for word in words)

    def _heads(self, toponym: Toponym) -> bool:
        """Whether the name stands before its event: "Сирия: 20 погибших", "Харьков обстрелян"."""
        body, end = self.document.body, toponym.end
        begins = not _LETTER.search(body, self._sentence_start(toponym), toponym.start)
        if begins and end < self.document.offset and _COLON.match(body, end):
            return True
        return bool(self.known.words["suffered"].begins(self._after(toponym))) and body[end : end + 1] in " ’'"

    def _sentence_start(self, toponym: Toponym) -> int:
        return self.document.sentences[self.document.sentence_at(toponym.start)].start

    def _after(self, toponym: Toponym) -> list[str]:
        sentence = self.document.sentences[self.document.sentence_at(toponym.start)]
        stop = min(sentence.end, toponym.end + _LOOK_AHEAD)
        return self.document.folded[toponym.end : stop].replace("\u00ad", "").split()

    def _before(self, toponym: Toponym) -> _Before:
        start = max(self._sentence_start(toponym), toponym.start - _LOOK_BACK)
        folded, body = self.document.folded, self.document.body
        words, capitals = [], []
        for match in re.finditer("[^ ]+", folded[start : toponym.start]):
            word = match[0].replace("\u00ad", "")
            if word:
                words.append(word)
                capitals.append(body[start + match.start()].isupper())
        attached = words.pop() if words and not folded[toponym.start - 1].isspace() else ""
        return _Before(words, capitals, attached)


def _related(one: Toponym, other: Toponym) -> bool:
    """Whether one place lies in the other."""
    within = gazetteer().within
    return one.region.code in within(other.region.code) or other.region.code in within(one.region.code)


def _names(name: str, code: str) -> bool:
    """Whether a place has this name uninflected."""
    known = gazetteer()
    for reading in known.pack.readings(name):
        if not reading.flags & (INFLECTED | PEOPLE) and (region := known.read(reading)) and region.code == code:
            return True
    return False
