"""Every rule's words and phrases + a text -> which of them stand in it, and where: one automaton, one pass.

A word matches a whole word, in any case, with or without accents (`alerts.folding` says what is one letter); a trailing
`*` leaves the end of the last word open, a leading `~` takes every form of the words (`alerts.inflection`).

Between the words of a phrase may stand white space and any punctuation, as in Lucene and the search engines that are
built on it: "car bomb" finds "car-bomb" and "opened fire" finds "opened, fire". Unlike there, a phrase never runs from
one sentence into the next: "attack Police" is not found in "… an attack. Police said …". Signs that are no punctuation
(+ $ # @ % & =) count where the phrase has them: "C++" does not find "C", "C" finds "C++".
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, Implementation

from alerts.expressions import Expressions, search
from alerts.folding import Spans, fold, is_unspaced, words
from alerts.inflection import Inflections
from crawler.facts.sentences import split

KEPT_TEXTS = 8_192  # texts whose keys are remembered: a story's articles are asked for at each new one
KEPT_KEYS = 1 << 20  # and keys of them in all: 4 bytes each
KEPT_EVIDENCE = 64  # texts of which it is remembered where in them each key stands
KEPT_ROWS = 8  # and whose words are
LONG_ENOUGH = 3  # letters of a word of which a longer one may be a form
SENTENCE = 400  # characters of evidence to either side at most

Name = tuple[str | None, int, int]

_MAY_END = re.compile(r"[.!?…。！？؟۔।‽\n]")
_SIGNS = frozenset("#@%&")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase stands in the text: the words as written, and their sentence."""

    surface: str
    quote: str


def phrase(written: str) -> str:
    """Return the key of a word, phrase, `prefix*` or `~word` as a user writes it.

    Raises `ValueError`, in the user's words, where there is nothing to look for or a sign stands where it can't.
    """
    inflected = written.startswith("~")
    if inflected and written.endswith("*"):
        raise ValueError("a ~ finds every ending already: leave the * away")
    body, star = (written[:-1], "*") if written.endswith("*") else (written[inflected:], "")
    if "*" in body:
        raise ValueError("a * can only stand at the end of the last word")
    if "~" in fold(body):
        raise ValueError("a ~ can only stand before the first word")
    if not words(body):
        raise ValueError("there is no letter or digit to look for")
    if star and not words(body[-1]):
        raise ValueError("a * must follow a letter or digit")
    if inflected:
        return "~" + " ".join(_written(body))
    return " ".join(fold(body).split()).lstrip("/ ") + star  # a key that begins with / is an expression


def _written(text: str) -> Iterator[str]:
    """Yield the words as written, in lower case: a dictionary knows "сім'я" with its apostrophe."""
    spans = Spans(text)
    return (spans.text[slice(*spans[place])].lower() for place in range(len(spans)))


class Phrasebook:
    """Finds any number of phrases and regular expressions in one pass over a text."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Build the automaton from the keys that `phrase` made; a key that begins with `/` is an expression."""
        self._keys = list(dict.fromkeys(keys))
        self._number = {key: number for number, key in enumerate(self._keys)}
        self._expressions = Expressions(key for key in self._keys if key[0] == "/")
        self._forms = _Forms(key for key in self._keys if key[0] == "~")
        self._checked: dict[str, _Signs] = {}
        patterns: dict[str, list[str]] = {}
        for key in self._keys:
            if key[0] not in "/~":
                patterns.setdefault(self._pattern(key), []).append(key)
        self._patterns = list(patterns.values())
        # the NFA: the DFA takes 1 GB and more for 100,000 phrases
        self._automaton = AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA)
        self._held: OrderedDict[Name, array[int]] = OrderedDict()
        self._size = 0
        self._seen: OrderedDict[Name, Mapping[str, int]] = OrderedDict()

    def _pattern(self, key: str) -> str:
        body, end = (key[:-1], "") if key[-1] == "*" else (key, " ")
        if not (body.isascii() and body.isalnum()):
            signs = _signs(body)
            if len(signs.between) or signs.before or signs.after:
                self._checked[key] = signs
            body = " ".join(words(body))
        return f" {body}{end}"

    def scan(self, text: str, lang: str | None = None) -> list[str]:
        """Return the keys of what stands in a text of a language."""
        name = _name(text, lang)
        numbers = self._held.get(name)
        if numbers is None:
            numbers = array("I", map(self._number.__getitem__, self._places(text, lang, name)))
            self._keep(name, numbers)
        else:
            self._held.move_to_end(name)
        return [self._keys[number] for number in numbers]

    def hit(self, key: str, text: str, lang: str | None = None) -> Hit | None:
        """Return where a key first stands in the text."""
        if key[0] == "/":
            span = search(key[1:-1], text)
            return Hit(text[slice(*span)], sentence(text, *span)) if span else None
        start = self._places(text, lang, _name(text, lang)).get(key)
        if start is None:
            return None
        row = _row(text)
        first = row.place(start)
        begin, end = row.spans[first][0], row.spans[first + len(words(key)) - 1][1]
        return Hit(row.spans.text[begin:end], sentence(row.spans.text, begin, end))

    def longer(self, key: str, text: str) -> str | None:
        """Return the first word of the text that begins with a listed word and goes on, as written."""
        if key[0] in "/~" or len(key) < LONG_ENOUGH or " " in key:
            return None
        row = _row(text)
        start = row.row.find(f" {key}")
        return row.spans.text[slice(*row.spans[row.place(start)])] if start >= 0 else None

    def _keep(self, name: Name, numbers: array[int]) -> None:
        self._held[name] = numbers
        self._size += len(numbers)
        while len(self._held) > KEPT_TEXTS or (self._size > KEPT_KEYS and len(self._held) > 1):
            self._size -= len(self._held.popitem(last=False)[1])

    def _places(self, text: str, lang: str | None, name: Name) -> Mapping[str, int]:
        """Return each key in the text with where in the row of its words it first begins; 0 for an expression."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = self._scan(text, lang)
            if len(self._seen) > KEPT_EVIDENCE:
                self._seen.popitem(last=False)
        return found

    def _scan(self, text: str, lang: str | None) -> dict[str, int]:
        row, found = _row(text), dict.fromkeys(self._expressions.find(text), 0)
        for pattern, start, _ in self._automaton.find_matches_as_indexes(row.row, overlapping=True):
            for key in self._patterns[pattern]:
                if key not in found and (key not in self._checked or row.fits(self._checked[key], start)):
                    found[key] = start
        for key, place in self._forms.find(row, lang):
            found.setdefault(key, row.starts[place])
        return found


def _name(text: str, lang: str | None) -> Name:
    """Return what a text is remembered by; Python hashes a string once, with a key that no writer knows."""
    return lang, len(text), hash(text)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What a phrase has before, between and after its words; `None` between them where any punctuation may stand."""

    before: str
    between: tuple[str | None, ...]
    after: str


def _signs(body: str) -> _Signs:
    if body.isascii() and body.replace(" ", "").isalnum():
        return _Signs("", (None,) * body.count(" "), "")
    spans = Spans(body)
    gaps = [_only_signs(spans.gap(place)) for place in range(len(spans) + 1)]
    between = [
        "" if not spans.gap(place) and is_unspaced(spans.text[spans[place][0] - 1]) else gaps[place] or None
        for place in range(1, len(spans))
    ]
    return _Signs(gaps[0], tuple(between), gaps[-1])


def _only_signs(gap: str) -> str:
    if gap.isspace():
        return ""
    return "".join(char for char in gap if char in _SIGNS or unicodedata.category(char)[0] == "S")


class _Row:
    """A text's words in a row, each between two spaces, and the way back into the text, found where it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.row = f" {' '.join(self.words)} "

    @cached_property
    def starts(self) -> list[int]:
        """Where in the row the space before each word stands."""
        return list(accumulate((len(word) + 1 for word in self.words), initial=0))

    @cached_property
    def spans(self) -> Spans:
        """Where the words stand in the text."""
        return Spans(self.text)

    def place(self, start: int) -> int:
        """Return which word begins after a space of the row."""
        return self.row.count(" ", 0, start)

    def fits(self, signs: _Signs, start: int) -> bool:
        """Whether the phrase stands in one sentence there, with its signs."""
        first, spans = self.place(start), self.spans
        last = first + len(signs.between)
        return (
            all(self._joined(first + n, wanted) for n, wanted in enumerate(signs.between, 1))
            and (not signs.before or _only_signs(spans.gap(first)).endswith(signs.before))
            and (not signs.after or _only_signs(spans.gap(last + 1)).startswith(signs.after))
        )

    def _joined(self, place: int, wanted: str | None) -> bool:
        """Whether a word goes on in the sentence of the word before it, with the signs that are wanted between."""
        gap = self.spans.gap(place)
        if wanted == "" and gap.strip():
            return False
        if wanted and _only_signs(gap) != wanted:
            return False
        return not _MAY_END.search(gap) or not self.parted(place)

    def parted(self, place: int) -> bool:
        """Whether a sentence ends before a word."""
        begins, _ = _sentences(self.spans.text)
        before, after = self.spans[place - 1][0], self.spans[place][0]
        return bisect_right(begins, before) != bisect_right(begins, after)


_row = lru_cache(maxsize=KEPT_ROWS)(_Row)


class _Forms:
    """The ~words and ~phrases among the keys: each word of them by its number among all of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        numbers: dict[str, int] = {}
        self._keys: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
        for key in keys:
            first, *rest = (numbers.setdefault(word, len(numbers)) for word in key[1:].split())
            self._keys.setdefault(first, []).append((key, tuple(rest)))
        self._inflections = Inflections(numbers) if numbers else None

    def find(self, row: _Row, lang: str | None) -> Iterator[tuple[str, int]]:
        """Yield each key that stands in the text with its first word's place, the first place first."""
        forms = self._inflections.find(frozenset(row.words), lang) if self._inflections else {}
        if not forms:
            return
        for place, word in enumerate(row.words):
            for number in forms.get(word, ()):
                for key, rest in self._keys.get(number, ()):
                    if not rest or _go_on(rest, row, place, forms):
                        yield key, place


def _go_on(rest: Sequence[int], row: _Row, place: int, forms: Mapping[str, Sequence[int]]) -> bool:
    following = row.words[place + 1 : place + 1 + len(rest)]
    if len(following) < len(rest):
        return False
    fit = all(number in forms.get(word, ()) for number, word in zip(rest, following, strict=True))
    return fit and row.fits(_Signs("", (None,) * len(rest), ""), row.starts[place])


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence in which a span begins, cut at `SENTENCE` characters to either side of the span."""
    begins, ends = _sentences(text)
    place = bisect_right(begins, start) - 1
    begin, stop = (begins[place], ends[place]) if place >= 0 and start < ends[place] else (start, end)
    return " ".join(text[max(begin, start - SENTENCE) : min(max(stop, end), end + SENTENCE)].split())


@lru_cache(maxsize=KEPT_EVIDENCE)
def _sentences(text: str) -> tuple[list[int], list[int]]:
    sentences = split(text)
    return [one.start for one in sentences], [one.end for one in sentences]
