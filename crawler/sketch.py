"""Article and its facts -> Sketch: what the article is compared by when it is asked which event it tells."""

from __future__ import annotations

import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zlib import crc32

from crawler.article import Article
from crawler.facts import Facts
from crawler.moments import ages_named, days_named, speech, times_named
from crawler.shingles import shingles
from crawler.skeleton import skeletons

VERSION = 4
LONGEST = 4000  # characters: news tells its event first, background and furniture come later
MOST = 96  # words
TITLE, NAME = 0x80, 0x40  # bits of a word's mark; the rest is how often it stands there

# Scripts without blanks between words: every pair of characters counts as a word.
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+(?:[-'’.][^\W_{_DENSE}]+)*")
_dense = re.compile(rf"[{_DENSE}]").match
_FIRST_DENSE = _DENSE[0]
_YEARS = range(1990, 2040)
_HEAD = struct.Struct("<BqIiiBB6HBH")  # version, when, source, killed, injured, round-up, ages, six sizes, times, texts
_NO_TIME = -(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What an article is compared by; some 2 kB, the same in every process.

    `words` are hashes of the telling words of title and text, `marks` a byte for each: the bits `TITLE` and `NAME`, and
    how often it stands there. `days` are ordinals of dates named, `times` minutes after midnight, `ages` years,
    `numbers` hashes of the other numbers. `events` are the event's places, each as the codes it lies in, the finest
    first; `mentions` the codes of all places, `firsts` hashes of their first levels. `groups`
    act. `shingles` find near copies, `skeletons` are names in a form that scripts share. `source` is a hash.
    """

    lang: str | None
    when: datetime | None
    source: int
    words: array[int]
    marks: bytes
    ages: bytes
    times: array[int]
    days: array[int]
    numbers: array[int]
    events: tuple[tuple[str, ...], ...]
    mentions: tuple[str, ...]
    firsts: array[int]
    groups: tuple[str, ...]
    killed: int | None
    injured: int | None
    skeletons: array[int]
    shingles: array[int]
    roundup: bool = False

    def pack(self) -> bytes:
        """Return the sketch as bytes, for keeping."""
        texts = "\0".join(
            [self.lang or "", *self.groups, "", *self.mentions, "", *(c for e in self.events for c in (*e, ""))]
        ).encode()
        arrays = (self.words, self.days, self.numbers, self.firsts, self.skeletons, self.shingles)
        head = _HEAD.pack(
            VERSION,
            _NO_TIME if self.when is None else int(self.when.timestamp()),
            self.source,
            -1 if self.killed is None else min(self.killed, 2**31 - 1),
            -1 if self.injured is None else min(self.injured, 2**31 - 1),
            int(self.roundup),
            len(self.ages),
            *map(len, arrays),
            len(self.times),
            len(texts),
        )
        body = b"".join(map(array.tobytes, arrays)) + self.times.tobytes()
        return head + self.marks + self.ages + texts + body

    @staticmethod
    def unpack(data: bytes) -> Sketch:
        """Return the sketch of these bytes.

        Raises `ValueError` for what another version wrote, or nobody: it is to be made again from the article.
        """
        try:
            return _unpacked(data)
        except (struct.error, IndexError, UnicodeDecodeError, OverflowError, OSError) as error:
            raise ValueError(f"not a sketch: {error}") from error


def _unpacked(data: bytes) -> Sketch:
    version, when, source, killed, injured, roundup, ages, *rest = _HEAD.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"a sketch of version {version}, this is {VERSION}")
    *sizes, times, texts = rest
    at = _HEAD.size
    marks, at = data[at : at + sizes[0]], at + sizes[0]
    years, at = data[at : at + ages], at + ages
    said, at = data[at : at + texts].decode().split("\0"), at + texts
    arrays = _arrays(data, at, [*((size, "I") for size in sizes), (times, "H")])
    words, days, numbers, firsts, skeletons, shingled, minutes = arrays
    groups, mentions, *events = _blocks(said[1:])
    return Sketch(
        lang=said[0] or None,
        when=None if when == _NO_TIME else datetime.fromtimestamp(when, UTC),
        source=source,
        words=words,
        marks=marks,
        ages=years,
        times=minutes,
        days=days,
        numbers=numbers,
        events=tuple(events),
        mentions=mentions,
        firsts=firsts,
        groups=groups,
        killed=None if killed < 0 else killed,
        injured=None if injured < 0 else injured,
        skeletons=skeletons,
        shingles=shingled,
        roundup=bool(roundup),
    )


def _arrays(data: bytes, at: int, sizes: list[tuple[int, str]]) -> list[array[int]]:
    arrays: list[array[int]] = []
    for size, kind in sizes:
        part = array(kind)
        end = at + size * part.itemsize
        if end > len(data):
            raise ValueError("not a sketch: it is cut short")
        part.frombytes(data[at:end])
        arrays.append(part)
        at = end
    if at != len(data):
        raise ValueError("not a sketch: more than it says")
    return arrays


def _blocks(said: list[str]) -> list[tuple[str, ...]]:
    """Return what stands between empty strings; each block ends with one."""
    blocks: list[tuple[str, ...]] = []
    block: list[str] = []
    for one in said:
        if one:
            block.append(one)
        else:
            blocks.append(tuple(block))
            block = []
    return blocks


def sketch(article: Article, facts: Facts | None, *, roundup: bool = False) -> Sketch:
    """Return what the article is compared by; facts may be missing, then its words alone speak."""
    text = article.text[:LONGEST]
    read = _words(article.title, text, article.lang)
    whole = f"{article.title}\n{text}"
    day = article.published.date() if article.published else None
    places = facts.places if facts else ()
    exact = [place for place in places if place.kind != "macro"]
    return Sketch(
        lang=article.lang,
        when=article.published,
        source=hashed(article.source),
        words=read.words,
        marks=read.marks,
        ages=bytes(sorted(ages_named(whole, article.lang))),
        times=array("H", sorted(times_named(whole))[:50]),
        days=array("I", sorted(days_named(whole, read.every, article.lang, day))[:50]),
        numbers=read.numbers,
        events=tuple(_inside(p.within) for p in exact if p.role == "event")[:8],
        mentions=tuple(dict.fromkeys(p.within[0] for p in exact if p.within))[:32],
        firsts=_hashes(p.admin1 or p.code for p in exact),
        groups=tuple(g.id for g in facts.groups if g.role == "actor")[:8] if facts else (),
        killed=_low(facts, "killed"),
        injured=_low(facts, "injured"),
        skeletons=array("I", skeletons(read.names)),
        shingles=shingles(article.text),
        roundup=roundup,
    )


def _inside(within: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of countries and what lies in them; a macro-region's id is in small letters alone."""
    return tuple(code for code in within if code[:2].isupper())


def _low(facts: Facts | None, name: str) -> int | None:
    count = getattr(facts.toll, name) if facts else None
    return None if count is None else count.low


def hashed(text: str) -> int:
    """Return 32 bits that stand for the text in every process."""
    return crc32(text.encode("utf8", "replace"))


def _hashes(texts: Iterable[str]) -> array[int]:
    return array("I", sorted({hashed(text) for text in texts})[:64])


@dataclass(frozen=True, slots=True)
class _Words:
    """What `_words` reads: telling words with their marks, numbers, names, and every word in small letters."""

    words: array[int]
    marks: bytes
    numbers: array[int]
    names: list[str]
    every: Set[str]


def _words(title: str, text: str, lang: str | None) -> _Words:
    """Return the telling words, those of the title and names first."""
    titled, raw = _WORD.findall(title), _WORD.findall(text)
    heads, counts = set(_terms(titled)), Counter(_terms(raw))
    for word in heads:
        counts[word] += 2
    stop = _stop_words(lang)
    telling = {word: count for word, count in counts.items() if len(word) > 1 and word not in stop}
    proper = _names(titled, raw, lang)
    numbers = {word for word in counts if word[0].isdigit() and len(word) > 2 and not _is_year(word)}
    order = _ordered(telling, heads, proper)
    ending = _cut(lang)
    marks: dict[int, int] = {}
    for word in order:
        mark = TITLE * (word in heads) | NAME * (word in proper) | min(telling[word], 15)
        key = hashed(word[:ending] if ending and not word[0].isdigit() else word)
        marks[key] = marks.get(key, 0) | mark
    return _Words(
        words=array("I", marks),
        marks=bytes(marks.values()),
        numbers=_hashes(numbers),
        names=[word for word in order if word in proper] or order,  # a script without capitals hides its names
        every=counts.keys(),
    )


def _ordered(telling: dict[str, int], heads: Set[str], proper: Set[str]) -> list[str]:
    """Return the words of the title, then names, then others; each kind the most frequent first, and not too many."""
    order = sorted(telling, key=telling.__getitem__, reverse=True)
    head = [word for word in order if word in heads]
    names = [word for word in order if word in proper and word not in heads]
    rest = [word for word in order if word not in proper and word not in heads]
    return [*sorted(head, key=lambda word: word not in proper), *names, *rest][:MOST]


def _names(titled: list[str], raw: list[str], lang: str | None) -> set[str]:
    """Return the words that have a capital, in small letters, but for those that stand there without one too."""
    words = speech(lang)
    capitals = {word.lower() for word in raw if word[0].isupper()}
    if words and words.capital_nouns:  # two capitals in a row are a person's name, mostly
        pairs = (pair for pair in pairwise(raw) if pair[0][0].isupper() and pair[1][0].isupper())
        both = {word.lower() for word in titled if word[0].isupper()} & capitals
        capitals = {word.lower() for pair in pairs for word in pair} | both
    return capitals.difference(word for word in raw if word[0].islower())


def _terms(words: Iterable[str]) -> Iterator[str]:
    """Yield the words in small letters, and the pairs of signs of a script without blanks."""
    for word in words:
        if word[0] >= _FIRST_DENSE and _dense(word):
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            yield word.lower()


def _is_year(word: str) -> bool:
    return word.isdecimal() and int(word) in _YEARS


def _cut(lang: str | None) -> int:
    words = speech(lang)
    return words.cut if words else 0


@cache
def _stop_words(lang: str | None) -> frozenset[str]:
    """Return the words that stand in every text of a language, none where the list has none."""
    import stopwordsiso  # noqa: PLC0415  a list of 57 languages, for those who read alone

    return frozenset(stopwordsiso.stopwords(lang)) if lang and stopwordsiso.has_lang(lang) else frozenset()


def warm_up() -> None:
    """Load the words of English, so that the first article does not pay for them."""
    _stop_words("en")
    speech("en")
