"""Title and text -> every name of a place or an armed group in them, with its offsets; nothing is decided yet."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TypeVar

import ahocorasick_rs

from crawler.facts.sentences import Sentence, split
from crawler.gazetteer import Cue, gazetteer, groups
from crawler.gazetteer.names import fold, key

_Name = TypeVar("_Name")
_GAP = "\n\n"
_CAPITALS = 0.9  # share of capitals among the letters from which a text counts as written in capitals


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One way to read a name: as that region. `own`: not one of GeoNames' untagged names; `people`: a demonym."""

    code: str
    form: str
    own: bool
    people: bool = False


@dataclass(frozen=True, slots=True)
class GroupName:
    """One way to read a name: as that armed group, under `cue` if there is one."""

    id: str
    form: str
    cue: Cue | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a document's `body`; `readings` are the ways to read it whose capitals fit."""

    start: int
    end: int
    places: tuple[PlaceName, ...]
    groups: tuple[GroupName, ...]


class Document:
    """Title and text as one `body`, so that both are read in one go; `folded` has a character for each of its."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title, text
        self.offset = len(title) + len(_GAP) if title else 0
        self.body = f"{title}{_GAP}{text}" if title else text
        self.folded = fold(self.body)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of the body; the title is one."""
        titled = [Sentence(self.title, 0, len(self.title))] if self.title else []
        rest = split(self.text)
        return [*titled, *(Sentence(s.text, s.start + self.offset, s.end + self.offset) for s in rest)]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def folded_sentence(self, number: int) -> str:
        """Return the sentence of this number, folded."""
        return self.folded[self.sentences[number].start : self.sentences[number].end]

    def sentence_at(self, position: int) -> int:
        """Return the number of the sentence that a position lies in."""
        return max(0, bisect_right(self._starts, position) - 1)

    @cached_property
    def in_capitals(self) -> bool:
        """Whether the whole text is written in capitals, as wires once were."""
        capitals = sum(map(str.isupper, self.body))
        return capitals > 0 and capitals >= _CAPITALS * (capitals + sum(map(str.islower, self.body)))

    def in_line_of_capitals(self, start: int, end: int) -> bool:
        """Whether a name stands in a line of capitals, which says nothing of its own."""
        before = self.body[max(0, start - 200) : start].rpartition("\n")[2]
        rest = before + self.body[end : end + 200].partition("\n")[0]
        return sum(map(str.isupper, rest)) > 2 and not any(map(str.islower, rest))


@dataclass(frozen=True, slots=True)
class _Names:
    automaton: ahocorasick_rs.AhoCorasick
    places: list[tuple[PlaceName, ...]]
    groups: list[tuple[GroupName, ...]]


@lru_cache(maxsize=2)
def read_document(title: str, text: str) -> Document:
    """Return the document; the last ones are kept, since several readers ask for the same."""
    return Document(title, text)


@lru_cache(maxsize=2)
def read_mentions(document: Document) -> list[Mention]:
    """Return every name whose capitals fit, in order, longer ones first where they start together; they may overlap."""
    names = _names()
    found = []
    # A pattern is a name between two spaces, and all but letters and digits folds to spaces: only whole words match.
    for number, start, end in names.automaton.find_matches_as_indexes(f" {document.folded} ", overlapping=True):
        mention = _checked(document, start, end - 2, names.places[number], names.groups[number])
        if mention.places or mention.groups:
            found.append(mention)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    return found


def _checked(
    document: Document, start: int, end: int, places: tuple[PlaceName, ...], group_names: tuple[GroupName, ...]
) -> Mention:
    surface = document.body[start:end]
    if document.body[end : end + 1] == "." and any(place.form == f"{surface}." for place in places):
        end += 1
    return Mention(
        start,
        end,
        tuple(place for place in places if _capitals_fit(surface, place.form, document, start)),
        tuple(
            group
            for group in group_names
            if _is_a_title(surface, group) or _capitals_fit(surface, group.form, document, start)
        ),
    )


def _is_a_title(surface: str, group: GroupName) -> bool:
    """Whether a name of several words has a capital at all: papers write Al Shabaab, al-Shabaab and Al shabaab."""
    words = group.form.replace("-", " ").split()
    return len(words) > 1 and max(map(len, words)) > 3 and any(map(str.isupper, surface))


def _capitals_fit(surface: str, form: str, document: Document, start: int) -> bool:
    if _is_exact(form):
        if surface.strip(".") == form.strip("."):
            return (
                document.in_capitals or len(form) > 5 or not document.in_line_of_capitals(start, start + len(surface))
            )
        return len(form) > 5 and surface.isupper()
    if len(surface) != len(form):
        return surface[:1].isupper() or not form[:1].isupper()
    return not any(want.isupper() and not is_.isupper() for want, is_ in zip(form, surface, strict=True))


@cache
def _is_exact(form: str) -> bool:
    """Whether a word of the form has a capital beyond its first letter: then it is read only as it is written."""
    return any(sum(map(str.isupper, word)) > 1 for word in form.replace(".", "").replace("-", " ").split())


@lru_cache(maxsize=1)
def _names() -> _Names:
    places: dict[str, list[PlaceName]] = {}
    named: dict[str, list[GroupName]] = {}
    for name in _place_names():
        _file(places, name.form, name)
    for group in groups():
        for alias in group.aliases:
            _file(named, alias, GroupName(group.id, alias, None))
        for alias, cue in group.cues.items():
            if not cue.never:
                _file(named, alias, GroupName(group.id, alias, cue))
    patterns = list({**places, **named})
    return _Names(
        ahocorasick_rs.AhoCorasick(patterns, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA),
        [tuple(places.get(pattern, ())) for pattern in patterns],
        [tuple(named.get(pattern, ())) for pattern in patterns],
    )


def _file(shelf: dict[str, list[_Name]], form: str, name: _Name) -> None:
    """File a name under its pattern, and under the one with single spaces where quotes or dashes make that another."""
    for pattern in {f" {fold(form).strip()} ", f" {key(form)} "}:
        if pattern.strip():
            shelf.setdefault(pattern, []).append(name)


def _place_names() -> list[PlaceName]:
    names = []
    for region in gazetteer().by_code.values():
        curated = region.kind != "city"
        names.append(PlaceName(region.code, region.name, own=True))
        names += [PlaceName(region.code, form, own=curated) for form in region.names]
        names += [PlaceName(region.code, form, own=True, people=True) for form in region.people]
        names += [
            PlaceName(region.code, form, own=curated)
            for form in region.other
            if _is_foreign_script(form) or (region.kind == "country" and len(form) > 3)
        ]
    return [name for name in names if _is_readable(name.form)]


def _is_readable(form: str) -> bool:
    """Whether a form can be told from common words: three letters, or capitals, and no article of its own."""
    return (len(key(form)) > 2 or _is_exact(form)) and not form.casefold().startswith("the ")


def _is_foreign_script(form: str) -> bool:
    return not form[:1].isascii() and form[:1] >= "\u0370"
