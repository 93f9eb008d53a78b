"""Text -> the passages of a round-up, each of which tells an event of its own; nothing for an article of one event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from crawler.article import Article
from crawler.facts import Facts, read_facts

LEAST = 3  # events: a report may well name one more than its own
DECLARED = 2  # where the title says that it is a digest
MOST = 60  # paragraphs that are looked at
SHORTEST = 50  # characters of a passage
HEADING = 80  # characters of a line at most that stands above a passage
DATELINE = 60

_ENDS = frozenset('.!?…"”»’)。！？')
_BULLET = re.compile(r"\s*(?:[•▪◦●■‣*–—-]|\(?\d{1,2}[.)])\s+(?=\S)")
_DASH = re.compile(r"\s*(?:[—–]|--|\s-\s)\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """One event of a round-up, `start` and `end` in the text; `title` is the line above it, "" where there is none."""

    start: int
    end: int
    title: str
    text: str
    facts: Facts


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    title: str
    marked: bool


def passages(article: Article, facts: Facts, home: str | None = None) -> tuple[Passage, ...]:
    """Return the events that the article tells one by one, at least two, or nothing; `facts` are the whole article's.

    1. A passage begins at a line that is set apart: a bullet, a dateline, a heading above a paragraph, or words that
       turn to another event ("Elsewhere", "In a separate incident").
    2. A passage tells an event where it places it and counts its dead or injured.
    3. An article is a round-up where at least three such passages place their events apart, none within another, and
       all but one of them are set apart; two will do where its title says that it is a digest. A report with
       background, or a spree over three towns told in one run, is none.
    """
    text, lang = article.text, article.lang
    asked = DECLARED if _says(article.title, lang, "titles") else LEAST
    if len({place.within[0] for place in facts.places if place.kind not in ("macro", "country")}) < asked:
        return ()  # most articles: nothing needs to be read again
    blocks = list(_blocks(text, lang))
    if sum(block.marked for block in blocks) < asked - 1 or len(blocks) < asked:
        return ()
    told = [
        Passage(block.start, block.end, block.title, body, read)
        for block in blocks
        if len(body := text[block.start : block.end].strip()) >= SHORTEST
        and _tells(read := read_facts(block.title, body, lang, article.published, home))
    ]
    marked = {block.start for block in blocks if block.marked}
    apart = _apart(told)
    if len(apart) < asked or sum(passage.start in marked for passage in apart) < len(apart) - 1:
        return ()
    return tuple(told)


def _blocks(text: str, lang: str | None) -> Iterator[_Block]:
    """Yield the text in passages: each begins where a line is set apart."""
    lines = [line for line in _lines(text) if line[1]][:MOST]
    current: _Block | None = None
    heading, ended = "", True
    for (start, line), (_, following) in pairwise([*lines, (len(text), "")]):
        if ended and _is_heading(line, following):
            heading = line
            continue
        marked = bool(heading) or (ended and _is_marked(line, lang))
        ended = line[-1] in _ENDS  # a line that is broken inside a sentence sets nothing apart
        if current is None or marked:
            if current:
                yield current
            current = _Block(start, start + len(line), heading, marked)
        else:
            current.end = start + len(line)
        heading = ""
    if current:
        yield current


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start + len(line) - len(line.lstrip()), line.strip()
        start += len(line) + 1


def _is_heading(line: str, following: str) -> bool:
    return len(line) <= HEADING and line[-1] not in '.!?…:;,"”»。！？' and len(following) > len(line)


def _is_marked(line: str, lang: str | None) -> bool:
    return bool(_BULLET.match(line)) or _has_dateline(line) or _says(line[:DATELINE], lang, "opens", at_start=True)


def _has_dateline(line: str) -> bool:
    """Whether a line begins as agencies do: `MUBI, Nigeria (AP) — …`."""
    dash = _DASH.search(line[:DATELINE])
    first = re.match(r"[^\W\d_]{3,}", line)
    return bool(dash and first and first[0].isupper() and dash.start() > 2 and not line.isupper())


def _tells(facts: Facts) -> bool:
    toll = facts.toll
    counted = any(count and count.high for count in (toll.killed, toll.injured))
    return counted and bool(_where(facts))


def _where(facts: Facts) -> list[tuple[str, ...]]:
    return [place.within for place in facts.places if place.role == "event" and place.kind not in ("macro", "country")]


def _apart(told: Sequence[Passage]) -> list[Passage]:
    """Return the passages whose first place lies neither in nor around that of one before."""
    found: list[Passage] = []
    for passage in told:
        here = _where(passage.facts)[0]
        if all(here[0] not in there and there[0] not in here for other in found for there in _where(other.facts)):
            found.append(passage)
    return found


def _says(line: str, lang: str | None, what: str, *, at_start: bool = False) -> bool:
    pattern = _words(lang, what)
    folded = line.casefold()
    return bool(pattern and (pattern.match(folded) if at_start else pattern.search(folded)))


@cache
def _words(lang: str | None, what: str) -> re.Pattern[str] | None:
    words = _table().get(lang or "", {}).get(what)
    if not words:
        return None
    dense = lang == "zh"
    body = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(body if dense else rf"(?<!\w)(?:{body})(?!\w)")


@cache
def _table() -> dict[str, Any]:
    with Path(__file__).with_name("roundup_words.yaml").open("rb") as file:
        table: dict[str, Any] = yaml.load(file, yaml.CSafeLoader)
    return table
