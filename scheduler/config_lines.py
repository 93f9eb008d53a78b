"""Sources -> lines of YAML to paste into config.yaml, whatever stands in their names.

Names and addresses come from strangers here: a title, a list that somebody sent. What is written loads as exactly
the text that went in, on one line, and never as a reference to a secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Row = Mapping[str, str | bool]
"""A source as the file states it: `name`, `url`, `kind`, `every`, … -> text or true."""

KEYS = ("name", "url", "kind", "every", "publisher", "links", "javascript", "spider", "private", "backlog")
LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A source of the list, and a remark on it; one that is not `active` is written as a comment."""

    row: Row
    remark: str = ""
    active: bool = True


def sources_block(items: Iterable[Line | str]) -> str:
    """Return `sources:` with its lines; a bare text becomes a comment."""
    written = list(items)
    head = "sources:" if any(isinstance(item, Line) and item.active for item in written) else "sources: []"
    return "\n".join([head, *_aligned(written)]) + "\n"


def _aligned(items: list[Line | str]) -> Iterator[str]:
    rows = [(item, _source(item)) for item in items if isinstance(item, Line)]
    width = max((len(text) for item, text in rows if item.remark and len(text) <= 100), default=0)
    sources = iter(rows)
    for item in items:
        if isinstance(item, str):
            yield f"  # {on_one_line(item)}"
            continue
        _, text = next(sources)
        yield f"  {text:<{width}}  # {on_one_line(item.remark)}" if item.remark else f"  {text}"


def _source(line: Line) -> str:
    inside = ", ".join(f"{key}: {_value(key, line.row[key])}" for key in KEYS if key in line.row)
    return f"{'' if line.active else '# '}- {{{inside}}}"


_PLAIN = re.compile(r"[^\W\d_](?:[\w '’()./–-]*[\w)’'.])?")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_TIME = re.compile(r"[0-9]{1,6}[smhd]")
_ESCAPES = {"\\": "\\\\", '"': '\\"'}


def _value(key: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    is_plain = _PLAIN.fullmatch(value) and value.isprintable() and value.casefold() not in _WORDS
    if (is_plain and key != "url") or _TIME.fullmatch(value):
        return value
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    if 0xD800 <= ord(char) <= 0xDFFF:  # half a character, which no file can hold
        return "�"
    return f"\\U{ord(char):08X}" if ord(char) > 0xFFFF else f"\\u{ord(char):04X}"


def on_one_line(text: str) -> str:
    """Return the text as config.yaml and a terminal take it: one line, without invisible characters."""
    spaced = (char if char.isprintable() else "" if unicodedata.category(char) == "Cf" else " " for char in text)
    return " ".join("".join(spaced).split())


def named(names: Iterable[str], taken: Iterable[str] = ()) -> Iterator[str]:
    """Yield a name for each of these that config.yaml takes: short, one line, not taken, `Name (2)` for a twin."""
    used, twins = set(taken), Counter[str]()
    for wanted in names:
        name = _short(on_one_line(wanted).replace("${", "$ {")) or "unnamed"
        free = next(one for one in _numbered(name, twins) if one not in used)
        used.add(free)
        yield free


def _numbered(name: str, twins: Counter[str]) -> Iterator[str]:
    """Yield `name`, `name (2)`, …, going on where the last caller stopped."""
    while True:
        twins[name] += 1
        yield name if twins[name] == 1 else f"{name} ({twins[name]})"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
