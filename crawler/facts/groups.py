"""Title and text -> Groups: which armed groups are named, and whether their part is denied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from crawler.facts.mentions import Document, GroupName, Mention, read_document, read_mentions
from crawler.facts.toponyms import read_toponyms
from crawler.gazetteer import Cue, groups
from crawler.gazetteer.context import context
from crawler.gazetteer.names import key

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


_DENIAL = re.compile(
    r"\b(?:den(?:y|ied|ies|ying)|reject(?:ed|s)?|dismiss(?:ed|es)?|disput(?:ed|es)|not (?:been )?(?:affiliated|linked|connected|behind|responsible|members?|part)|"
    r"(?:has|had|have|did) not (?:publicly |yet )?(?:pledged?|claimed?|joined?|sworn?)|never (?:pledged|joined|claimed|sworn)|no (?:links?|ties|connections?|evidence|proof)|"
    r"was not|were not|is not|are not|wasn t|weren t|isn t|aren t|without any (?:links?|ties))\b"
)
_JOINED = re.compile(r" *(?:or|nor|and)? *(?:the )?")
_PART = re.compile(
    r"\b(?:affiliat\w*|pledg\w*|allegiance|link\w*|ties|tied|connect\w*|behind|responsib\w*|involve\w*|member\w*|belong\w*|part|role|claim\w*|join\w*|loyal\w*|carried out|"
    r"work of|perpetrat\w*|supporter\w*|cell|presence|blam\w*|accus\w*|report\w*)\b"
)
_BACKGROUND = re.compile(r"\b(?:rival|unlike|compared (?:to|with)|similar to|reminiscent|such as|like the|war on|war against|fight(?:ing)? against)\b")


def read_groups(title: str, text: str, lang: str | None) -> tuple[Group, ...]:
    """Return each armed group once, in its best role, actors first, with the sentence that first names it in that role.

    A group is an actor where a sentence that names it tells of an event. It is denied where a sentence that names it denies
    its part. Names are read in every language of the table; roles and denials are read from English words.
    """
    document = read_document(title, text)
    best: dict[str, tuple[bool, NamedGroup]] = {}
    names = named_groups(document)
    denied = _denied(document, names)
    for named in names:
        acts = _acts(document, named)
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


def _acts(document: Document, named: NamedGroup) -> bool:
    sentence = _folded_sentence(document, named)
    return bool(context().events.search(sentence)) and not _BACKGROUND.search(sentence)


def _denied(document: Document, named: tuple[NamedGroup, ...]) -> dict[str, NamedGroup]:
    """Group id -> the first name of it whose part a sentence denies: "denied that they were with X", "X denied responsibility".

    A denial speaks of the nearest group after its word for the part, with those that "or" and "and" join to it; where none
    follows, of the nearest before it.
    """
    found: dict[str, NamedGroup] = {}
    for number, sentence in enumerate(document.sentences):
        names = [name for name in named if document.sentence_at(name.start) == number]
        folded = document.folded[sentence.start : sentence.end] if names else ""
        for denial in _DENIAL.finditer(folded):
            if part := _PART.search(folded, denial.start()):
                for name in _spoken_of(document, names, sentence.start + part.end(), sentence.start + denial.start()):
                    found.setdefault(name.id, name)
    return found


def _spoken_of(document: Document, names: list[NamedGroup], after: int, before: int) -> list[NamedGroup]:
    later = [name for name in names if name.start >= after]
    spoken = later[:1] or [name for name in names if name.end <= before][-1:]
    for name in later[1:]:
        if _JOINED.fullmatch(document.folded[spoken[-1].end : name.start]):
            spoken.append(name)
    return spoken


def _folded_sentence(document: Document, named: NamedGroup) -> str:
    sentence = document.sentences[document.sentence_at(named.start)]
    return document.folded[sentence.start : sentence.end]


@lru_cache(maxsize=2)
def named_groups(document: Document) -> tuple[NamedGroup, ...]:
    """Return every name that means an armed group, in order; the longest of those that overlap."""
    mentions = [mention for mention in read_mentions(document) if mention.groups]
    if not mentions:
        return ()
    countries = {toponym.region.country for toponym in read_toponyms(document)}
    certain = {name.id for mention in mentions for name in mention.groups if not name.cue or not name.cue.needs_something}
    evidence = _Evidence(document, frozenset(filter(None, countries)), frozenset(certain))
    found: list[NamedGroup] = []
    for mention in sorted(mentions, key=lambda mention: (mention.start - mention.end, mention.start)):
        if any(mention.start < other.end and other.start < mention.end for other in found):
            continue
        if name := _meant(mention, evidence):
            found.append(NamedGroup(name.id, mention.start, mention.end))
    return tuple(sorted(found, key=lambda named: named.start))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for the reading of an ambiguous alias: the text, the countries in it, the groups that are certainly named."""

    document: Document
    countries: frozenset[str]
    certain: frozenset[str]


def _meant(mention: Mention, evidence: _Evidence) -> GroupName | None:
    """Return the reading whose cue is met; one that needs none goes first, then one that something speaks for."""
    met = [name for name in mention.groups if not name.cue or _is_met(name, name.cue, mention, evidence)]
    met.sort(key=lambda name: (name.cue is not None, not (name.cue and name.cue.needs_something)))
    return met[0] if met else None


def _is_met(name: GroupName, cue: Cue, mention: Mention, evidence: _Evidence) -> bool:
    document = evidence.document
    if cue.word and document.in_capitals:
        return False
    if _has_any(document.folded, cue.without) or _is_beside(document, mention, cue):
        return False
    return not cue.needs_something or _speaks_for(name, cue, mention, evidence)


def _is_beside(document: Document, mention: Mention, cue: Cue) -> bool:
    before = document.folded[max(0, mention.start - 40) : mention.start].split()
    after = document.folded[mention.end : mention.end + 40].split()
    return any(_ends(before, key(words).split()) for words in cue.not_after) or any(
        _begins(after, key(words).split()) for words in cue.not_before
    )


def _ends(words: list[str], wanted: list[str]) -> bool:
    return words[-len(wanted) :] == wanted


def _begins(words: list[str], wanted: list[str]) -> bool:
    return words[: len(wanted)] == wanted


def _speaks_for(name: GroupName, cue: Cue, mention: Mention, evidence: _Evidence) -> bool:
    document = evidence.document
    if cue.full and name.id in evidence.certain:
        return True
    if cue.country and evidence.countries & set(groups().by_id[name.id].countries):
        return True
    after = document.folded[mention.end : mention.end + 40].split()
    if any(_begins(after, key(words).split()) for words in cue.followed_by):
        return True
    sentence = document.sentences[document.sentence_at(mention.start)]
    near = f"{document.folded[: document.offset]} {document.folded[sentence.start : sentence.end]}"
    return _has_any(near, cue.near) or _has_any(document.folded, cue.text)


def _has_any(folded: str, words: Iterable[str]) -> bool:
    """Whether one of the words is in the folded text, whole."""
    return any(f" {key(word)} " in f" {folded} " for word in words)
