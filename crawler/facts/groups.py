"""Title and text -> Groups: which armed groups are named, and whether their part is denied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from crawler.facts.mentions import Document, GroupName, Mention, read_document, read_mentions
from crawler.facts.toponyms import read_toponyms
from crawler.gazetteer import Cue, groups
from crawler.gazetteer.context import context
from crawler.gazetteer.cues import cues
from crawler.gazetteer.denials import Denial, denials
from crawler.gazetteer.group_forms import forms
from crawler.gazetteer.names import key

_ARABIC = re.compile("[\u0621-\u064a]")
_BESIDE = 40  # characters that the words beside a name are looked for in

Role = Literal["actor", "mentioned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An armed group named in the article; `lineage` is its id and the ids of what it is a branch of, itself first."""

    id: str
    name: str
    lineage: tuple[str, ...]
    role: Role
    denied: bool
    surface: str
    quote: str


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A name in a document that means an armed group."""

    id: str
    start: int
    end: int


def read_groups(title: str, text: str, lang: str | None, home: str | None = None) -> tuple[Group, ...]:
    """Return each armed group once, in its best role, actors first, with the sentence that first names it in that role.

    A group is an actor where a sentence that names it tells of an event. It is denied where a sentence that names it
    denies its part; then that sentence is its quote. Names are read in every language of the table, whatever `lang` is;
    events and denials are read with its words, or with English ones where there are none of it. `home` is the country
    of the publisher, which settles namesakes among the places that speak for a group.
    """
    document = read_document(title, text, home)
    best: dict[str, tuple[bool, NamedGroup]] = {}
    names = named_groups(document)
    denied = _denied(document, names, lang)
    numbers = {document.sentence_at(named.start) for named in names}
    acting = {number: _acts(document, number, lang) for number in numbers}
    for named in names:
        acts = acting[document.sentence_at(named.start)]
        if named.id not in best or (acts and not best[named.id][0]):
            best[named.id] = (acts, named)
    found = [_group(document, named, acts, denied.get(named.id)) for acts, named in best.values()]
    return tuple(sorted(found, key=lambda group: group.role != "actor"))


def _group(document: Document, named: NamedGroup, acts: bool, denial: NamedGroup | None) -> Group:
    shown = denial or named
    return Group(
        id=named.id,
        name=groups().by_id[named.id].name,
        lineage=groups().lineage(named.id),
        role="actor" if acts else "mentioned",
        denied=denial is not None,
        surface=document.body[named.start : named.end],
        quote=document.sentences[document.sentence_at(shown.start)].text,
    )


def _acts(document: Document, number: int, lang: str | None) -> bool:
    """Whether a sentence tells of an event that those it names take part in."""
    folded = document.folded_sentence(number)
    if told := cues(lang):
        return told.words["events"].any_in(folded.split())
    return bool(context().events.search(folded)) and not context().rival.search(folded)


def _denied(document: Document, named: tuple[NamedGroup, ...], lang: str | None) -> dict[str, NamedGroup]:
    """Group id -> the first name of it whose part a sentence denies: "denied that they were with X", "X denied a role".

    A denial speaks of the nearest group after its word for the part, with those that "or" and "and" join to it; where
    none follows, of one before that word.
    """
    found: dict[str, NamedGroup] = {}
    for number, group in groupby(named, key=lambda name: document.sentence_at(name.start)):
        names, start = list(group), document.sentences[number].start
        for denial in denials(lang).find(document.folded_sentence(number)):
            first = _spoken_of(names, denial, start)
            for name in _joined(document, names, first, denials(lang).joint):
                found.setdefault(name.id, name)
    return found


def _spoken_of(names: list[NamedGroup], denial: Denial, start: int) -> NamedGroup:
    if denial.part < denial.start:
        return ([name for name in names if name.start < start + denial.part] or names[:1])[-1]
    later = [name for name in names if name.start >= start + denial.part_end]
    between = [name for name in names if denial.start < name.start - start < denial.part]
    return (later[:1] or between[-1:] or names[:1])[0]


def _joined(document: Document, names: list[NamedGroup], first: NamedGroup, joint: re.Pattern[str]) -> list[NamedGroup]:
    """Return the name and those after it that words as "or" and "and" join to it."""
    spoken = [first]
    for name in names:
        if name.start > spoken[-1].start and joint.fullmatch(document.folded, spoken[-1].end, name.start):
            spoken.append(name)
    return spoken


@lru_cache(maxsize=2)
def named_groups(document: Document) -> tuple[NamedGroup, ...]:
    """Return every name that means an armed group, in order; the longest of those that overlap."""
    mentions = [mention for mention in read_mentions(document) if mention.groups]
    if not mentions:
        return ()
    countries = {toponym.region.country for toponym in read_toponyms(document)}
    evidence = _Evidence(document, countries - {None}, mentions)
    found: list[NamedGroup] = []
    taken = bytearray(len(document.body))
    for mention in sorted(mentions, key=lambda mention: (mention.start - mention.end, mention.start)):
        if not any(taken[mention.start : mention.end]) and (name := evidence.meant(mention)):
            found.append(NamedGroup(name.id, mention.start, mention.end))
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    return tuple(sorted(found, key=lambda named: named.start))


class _Evidence:
    """What speaks for the readings of ambiguous aliases: the text, the countries and the certain groups in it.

    What holds for the whole text or a sentence is looked up once: a name may stand in it thousands of times.
    """

    def __init__(self, document: Document, countries: set[str | None], mentions: list[Mention]) -> None:
        self.document, self.countries = document, countries
        self._padded = f" {document.folded} "
        self._holds: dict[tuple[str, ...], bool] = {}
        self._near: dict[tuple[int, tuple[str, ...]], bool] = {}
        self.certain = {name.id for mention in mentions for name in mention.groups if self._is_certain(name, mention)}

    def meant(self, mention: Mention) -> GroupName | None:
        """Return the reading whose cue is met; one that has none goes first, then one that asks for nothing."""
        met = [name for name in mention.groups if not name.cue or self._is_met(name, name.cue, mention)]
        met.sort(key=lambda name: (name.cue is not None, not (name.cue and name.cue.needs_something)))
        return met[0] if met else None

    def _is_met(self, name: GroupName, cue: Cue, mention: Mention) -> bool:
        if (cue.word and self.document.in_capitals) or self._text_has(cue.without):
            return False
        if cue.within and not self._is_within(name):
            return False
        before = self.document.folded[max(0, mention.start - _BESIDE) : mention.start].split()
        after = self.document.folded[mention.end : mention.end + _BESIDE].split()
        if _ends(before, cue.not_after) or _begins(after, cue.not_before):
            return False
        return not cue.needs_something or _begins(after, cue.followed_by) or self._speaks_for(name, cue, mention)

    def _is_certain(self, name: GroupName, mention: Mention) -> bool:
        """Whether a name says who is meant without any help from the text around it."""
        return not name.cue or (not name.cue.needs_something and self._is_met(name, name.cue, mention))

    def _speaks_for(self, name: GroupName, cue: Cue, mention: Mention) -> bool:
        if cue.full and name.id in self.certain:
            return True
        if cue.country and self._is_within(name):
            return True
        return self._text_has(cue.text) or self._is_near(cue.near, self.document.sentence_at(mention.start))

    def _is_within(self, name: GroupName) -> bool:
        return bool(self.countries & set(groups().by_id[name.id].countries))

    def _text_has(self, words: tuple[str, ...]) -> bool:
        if words not in self._holds:
            self._holds[words] = _has_any(self._padded, words)
        return self._holds[words]

    def _is_near(self, words: tuple[str, ...], number: int) -> bool:
        """Whether one of the words is in the sentence or in the title."""
        if not words or not self._text_has(words):
            return False
        if (number, words) not in self._near:
            document = self.document
            near = f" {document.folded[: document.offset]} {document.folded_sentence(number)} "
            self._near[number, words] = _has_any(near, words)
        return self._near[number, words]


def _ends(words: list[str], phrases: tuple[str, ...]) -> bool:
    return any(words[-len(wanted) :] == wanted for wanted in map(_words, phrases))


def _begins(words: list[str], phrases: tuple[str, ...]) -> bool:
    return any(words[: len(wanted)] == wanted for wanted in map(_words, phrases))


@lru_cache(maxsize=4096)
def _words(phrase: str) -> list[str]:
    return key(phrase).split()


def _has_any(padded: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words is in the folded text, whole; the text has a space at either end.

    A word with `*` at its end stands for all that begin with it; an Arabic one may have a prefix.
    """
    return any(wanted in padded for wanted in _padded(words))


@lru_cache(maxsize=4096)
def _padded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f" {' '.join(_words(form))}{'' if word.endswith('*') else ' '}"
        for word in words
        for form in (word, *(forms(word) if _ARABIC.search(word) else ()))
    )
