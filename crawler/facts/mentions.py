"""Title and text -> every name of a place or an armed group in them, with its offsets; nothing is decided yet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import ahocorasick_rs

from crawler.facts.sentences import Sentence, split
from crawler.gazetteer import Cue, Gazetteer, GroupTable, Region, gazetteer, groups
from crawler.gazetteer.capitals import capitals, is_exact
from crawler.gazetteer.group_forms import forms
from crawler.gazetteer.names import fold, key
from crawler.gazetteer.pack import DOTTED, EXACT, HIDDEN, INFLECTED, LOWER, MAIN, OWN, PEOPLE
from crawler.gazetteer.type_words import type_words

_Name = TypeVar("_Name")
_GAP = "\n\n"
_CAPITALS = 0.9  # share of capitals among the letters from which a text counts as written in capitals
_WORD = re.compile("[^ ]+")
_LONGEST = 61  # letters of a name, and the space after it
_MOST = 40  # readings of a name: dozens of hamlets are called San José
_SILENT = "\u00ad"  # what `fold` makes of combining marks
# Arabic writes "and", "in", "to", "as" and the article as one word with the name; ل swallows the first letter of ال.
_PREFIXES = ("وف", "بلك")
_SHORTEST = 3  # letters of a name behind one of these
_FOREIGN = "\u0370"  # the first letter after the Latin ones
_TOWN = 5_000  # people
_INITIALS = 5  # letters; a longer name in capitals is told by itself


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One way to read a name: as that region.

    `main`: the name that Tocsin shows for it; `own`: chosen for it, or a town's in another script, not one of GeoNames'
    untagged names; `people`: a demonym; `inflected`: a grammatical case. `capitals` has a bit for each word that needs
    one, or for each letter of an `exact` name, which is read only as it is written; `dotted`: with a full stop at its
    end.
    """

    region: Region
    main: bool
    own: bool
    people: bool = False
    inflected: bool = False
    capitals: int = 0
    exact: bool = False
    dotted: bool = False

    @property
    def code(self) -> str:
        """The region's code."""
        return self.region.code


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
    """Title and text as one `body`, so that both are read in one go; `folded` has a character for each of its.

    `home` is the country (ISO 3166-1) that its publisher is at home in, `None` where that is not known.
    """

    def __init__(self, title: str, text: str, home: str | None = None) -> None:
        self.title, self.text, self.home = title, text, home
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


@lru_cache(maxsize=2)
def read_document(title: str, text: str, home: str | None = None) -> Document:
    """Return the document; the last ones are kept, since several readers ask for the same."""
    return Document(title, text, home)


@lru_cache(maxsize=2)
def read_mentions(document: Document) -> list[Mention]:
    """Return every name whose capitals fit, in order, longer ones first where they start together; they may overlap."""
    places: dict[tuple[int, int], tuple[PlaceName, ...]] = defaultdict(tuple)
    named: dict[tuple[int, int], tuple[GroupName, ...]] = defaultdict(tuple)
    letters = _Letters(document)
    for start, end, found in _in_pack(letters):
        places[start, end] += found
    for start, end, found, known in _in_tables(letters):
        places[start, end] += found
        named[start, end] += known
    spans = sorted({*places, *named}, key=lambda span: (span[0], -span[1]))
    found_all = (Mention(start, end, places[start, end], named[start, end]) for start, end in spans)
    return [mention for mention in found_all if mention.places or mention.groups]


class _Letters:
    """A document's folded text without what stands between letters unseen, and where each of its letters is."""

    def __init__(self, document: Document) -> None:
        self.document, self.text = document, document.folded
        self._places: list[int] | None = None
        if _SILENT in self.text:
            self._places = [i for i, letter in enumerate(self.text) if letter != _SILENT]
            self._places.append(len(self.text))
            self.text = self.text.replace(_SILENT, "")

    def at(self, position: int) -> int:
        """Return the offset in the document."""
        return position if self._places is None else self._places[position]

    def stop(self, end: int) -> int:
        """Return the offset in the document of the end of a name."""
        return len(self.document.body) if end >= len(self.text) else self.at(end)

    def letter(self, position: int) -> str:
        """Return the letter as it is written."""
        return self.document.body[self.at(position)]


def _in_pack(letters: _Letters) -> Iterator[tuple[int, int, tuple[PlaceName, ...]]]:
    """Yield the names of the pack that begin at a word's start and end at a word's end, as capitals allow."""
    begun, text, words = gazetteer().pack.begun, letters.text, type_words().affixes
    for word in _WORD.finditer(text):
        start = word.start()
        first = letters.letter(start)
        if first.islower():
            mark, starts = LOWER, [(start, text[start : start + _LONGEST])]
        else:
            mark, starts = "", [(start, text[start : start + _LONGEST])]
            if "\u0621" <= first <= "\u064a":
                starts += _behind_prefixes(word[0], start, text)
        for begin, rest in starts:
            for name, number in begun(mark + rest):
                end = begin + len(name) - len(mark)
                if text[end : end + 1] not in ("", " ") or (name[:1] >= _FOREIGN and name in words):
                    continue
                if found := _fitting(letters, begin, end, _pack_names(number, name[:1] >= _FOREIGN)):
                    stop = letters.stop(end)
                    dotted = letters.document.body[stop : stop + 1] == "." and any(name.dotted for name in found)
                    yield letters.at(begin), stop + dotted, found


def _behind_prefixes(word: str, start: int, text: str) -> Iterator[tuple[int, str]]:
    """Yield where a name may begin in an Arabic word, and the text from there: "and in the Mosul" is one word."""
    for length in _prefix_lengths(word):
        begin = start + length
        yield begin, text[begin : begin + _LONGEST]
    swallowed = word.find("لل", 0, 3)
    if swallowed >= 0 and len(word) - swallowed > _SHORTEST + 1:
        begin = start + swallowed
        yield begin, "ا" + text[begin + 1 : begin + _LONGEST]


def _prefix_lengths(word: str) -> set[int]:
    lengths = {0}
    for letters in _PREFIXES:
        lengths |= {length + 1 for length in lengths if word[length : length + 1] in letters}
    lengths |= {length + 2 for length in lengths if word.startswith("ال", length)}
    return {length for length in lengths if length and len(word) - length >= _SHORTEST}


@lru_cache(maxsize=16_384)
def _pack_names(number: int, foreign: bool) -> tuple[PlaceName, ...]:
    """Return what the name of this number in the pack can mean in a text, the likeliest first.

    A town's names in a `foreign` script are untagged, all of them, and yet what it is called there.
    """
    known = gazetteer()
    readings = [reading for reading in known.pack.readings_of(number) if not reading.flags & HIDDEN][:_MOST]
    return tuple(
        PlaceName(
            region,
            main=bool(reading.flags & MAIN),
            own=bool(reading.flags & OWN) or (foreign and region.population >= _TOWN),
            people=bool(reading.flags & PEOPLE),
            inflected=bool(reading.flags & INFLECTED),
            capitals=reading.capitals,
            exact=bool(reading.flags & EXACT),
            dotted=bool(reading.flags & DOTTED),
        )
        for reading in readings
        if (region := known.read(reading))
    )


def _fitting(letters: _Letters, start: int, end: int, names: tuple[PlaceName, ...]) -> tuple[PlaceName, ...]:
    """Return the readings whose capitals are there."""
    words = -1
    fit = []
    for name in names:
        if name.exact:
            if _is_written_so(letters, start, end, name):
                fit.append(name)
            continue
        if name.capitals and words < 0:
            words = _capitals(letters, start, end)
        if not name.capitals & ~words:
            fit.append(name)
    return tuple(fit)


def _capitals(letters: _Letters, start: int, end: int) -> int:
    """Return a bit for each word that begins with a capital."""
    words = _WORD.finditer(letters.text, start, end)
    return sum(1 << i for i, word in enumerate(words) if letters.letter(word.start()).isupper())


def _is_written_so(letters: _Letters, start: int, end: int, name: PlaceName) -> bool:
    document, begin = letters.document, letters.at(start)
    surface = document.body[begin : letters.stop(end)]
    written = sum(1 << i for i, letter in enumerate(surface[:16]) if letter.isupper())
    if written == name.capitals and (not name.dotted or "." in surface):
        return _says_something(document, begin, surface)
    return len(surface) > _INITIALS and surface.isupper()


@dataclass(frozen=True, slots=True)
class _Tables:
    """Names that are not in the pack, in one automaton: of groups, and of regions that users add."""

    automaton: ahocorasick_rs.AhoCorasick
    places: list[tuple[PlaceName, ...]]
    groups: list[tuple[GroupName, ...]]


def _in_tables(letters: _Letters) -> Iterator[tuple[int, int, tuple[PlaceName, ...], tuple[GroupName, ...]]]:
    tables, document = _tables(groups(), gazetteer()), letters.document
    # A pattern is a name between two spaces, and all but letters and digits folds to spaces: only whole words match.
    for number, begin, stop in tables.automaton.find_matches_as_indexes(f" {letters.text} ", overlapping=True):
        start, end = letters.at(begin), letters.stop(stop - 2)
        surface = document.body[start:end]
        yield (
            start,
            end,
            _fitting(letters, begin, stop - 2, tables.places[number]),
            tuple(
                group
                for group in tables.groups[number]
                if _is_a_title(surface, group) or _capitals_fit(surface, group.form, document, start)
            ),
        )


def _is_a_title(surface: str, group: GroupName) -> bool:
    """Whether a name of several words has a capital at all: papers write Al Shabaab, al-Shabaab and Al shabaab."""
    words = group.form.replace("-", " ").split()
    return len(words) > 1 and max(map(len, words)) > 3 and any(map(str.isupper, surface))


def _capitals_fit(surface: str, form: str, document: Document, start: int) -> bool:
    if is_exact(form):
        if surface.strip(".") == form.strip("."):
            return _says_something(document, start, surface)
        return len(form) > _INITIALS and surface.isupper()
    if len(surface) != len(form):
        return surface[:1].isupper() or not form[:1].isupper()
    return not any(want.isupper() and not is_.isupper() for want, is_ in zip(form, surface, strict=True))


def _says_something(document: Document, start: int, surface: str) -> bool:
    """Whether the capitals of initials are their own, not those of the line or text around them."""
    return (
        document.in_capitals
        or len(surface) > _INITIALS
        or not document.in_line_of_capitals(start, start + len(surface))
    )


@lru_cache(maxsize=2)
def _tables(table: GroupTable, known: Gazetteer) -> _Tables:
    places: dict[str, list[PlaceName]] = {}
    named: dict[str, list[GroupName]] = {}
    for place, form in _added_places(known):
        _file(places, form, place)
    for alias, name in _group_names(table):
        _file(named, alias, name)
    listed = frozenset(named)
    for alias, name in _group_names(table):  # a form that is made never takes a name that is listed
        for form in forms(alias):
            if f" {key(form)} " not in listed:
                _file(named, form, GroupName(name.id, form, name.cue))
    patterns = list({**places, **named})
    return _Tables(
        ahocorasick_rs.AhoCorasick(patterns, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA),
        [tuple(places.get(pattern, ())) for pattern in patterns],
        [tuple(named.get(pattern, ())) for pattern in patterns],
    )


def _group_names(table: GroupTable) -> Iterator[tuple[str, GroupName]]:
    for group in table:
        for alias in group.aliases:
            yield alias, GroupName(group.id, alias, None)
        for alias, cue in group.cues.items():
            if not cue.never:
                yield alias, GroupName(group.id, alias, cue)


def _added_places(known: Gazetteer) -> Iterator[tuple[PlaceName, str]]:
    """Yield the names of macro-regions that the pack was built without, as those that users add."""
    for region in known.macros.values():
        if region.code not in known.pack.upper:
            for form in (region.name, *region.names, *region.people):
                mask, flags = capitals(form, type_words().affixes)
                yield (
                    PlaceName(
                        region,
                        main=form == region.name,
                        own=True,
                        people=form in region.people,
                        capitals=mask,
                        exact=bool(flags & EXACT),
                        dotted=bool(flags & DOTTED),
                    ),
                    form,
                )


def _file(shelf: dict[str, list[_Name]], form: str, name: _Name) -> None:
    """File a name under its pattern, and under the one with single spaces where quotes or dashes make that another."""
    for pattern in {f" {fold(form).strip()} ", f" {key(form)} "}:
        if pattern.strip():
            shelf.setdefault(pattern, []).append(name)
