"""The bytes of a YAML file -> plain data and where each part of it stands, or what is wrong and where.

YAML 1.2 without its tags, anchors and aliases, and only text, whole numbers, true/false and nothing as values: `no`,
`on` and `1:30` are
text. ruamel.yaml parses; the tree is built here, so that no file can make it large
(https://en.wikipedia.org/wiki/Billion_laughs_attack)
and no key stands twice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from scheduler.config_wording import told

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

Part = str | int
Loc = tuple[Part, ...]
"""Where a value stands in the data: ("rules", 0, "when", "killed")."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A line and a column, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a configuration file; prints as `config.yaml:12:7: what is wrong, what was meant`."""

    path: Path
    line: int
    column: int
    message: str
    lines: Sequence[str] = field(default=(), repr=False, compare=False)
    """The file's lines as they stand, which may hold secrets: see `config_excerpt`."""

    def __str__(self) -> str:
        """Return the form that editors and terminals make a link of."""
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """Every problem of a configuration, in the order they stand in it; `warnings` alone would not have kept it.

    `includes` are the patterns of its `include:`, absolute, as far as they could be read.
    """

    def __init__(self, problems: list[Problem], warnings: Sequence[Problem] = (), includes: Sequence[str] = ()) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.warnings, self.includes = tuple(warnings), tuple(includes)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data, where its values and keys stand, and what is wrong with its form."""

    data: Any
    values: Mapping[Loc, Spot]
    keys: Mapping[Loc, Spot]
    faults: list[tuple[Spot, str]]
    lines: Sequence[str] = ()
    nulls: Mapping[Loc, str] = field(default_factory=dict)
    """How nothing is spelled where it is: `~`, `null`."""

    def line(self, number: int) -> str:
        """Return a line as it stands in the file; empty past its end."""
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def spot(self, loc: Loc) -> Spot:
        """Return where a value stands, or the nearest thing around it."""
        return self.values[self._known(loc)]

    def key_spot(self, loc: Loc) -> Spot:
        """Return where a key stands, or the nearest thing around it."""
        return self.keys.get(loc) or self.spot(loc)

    def _known(self, loc: Loc) -> Loc:
        """Return the part of the path that is in the file; a lone value may stand for a list of one."""
        known: Loc = ()
        for part in loc:
            if (*known, part) in self.values:
                known = (*known, part)
            elif part != 0:
                break
        return known


class _Unreadable(Exception):
    """The form is so wrong that nothing after it can be told."""

    def __init__(self, spot: Spot, message: str) -> None:
        super().__init__(message)
        self.spot = spot
        self.message = message


def read(raw: bytes) -> Document:
    """Return the document; where nothing can be read, its data is `None` and its faults say why."""
    builder = _Builder()
    lines = _BREAK.split(raw[:MAX_BYTES].decode("utf-8-sig", "replace"))
    try:
        data = builder.build(_decode(raw))
    except _Unreadable as error:
        return Document(None, {(): error.spot}, {}, [*builder.faults, (error.spot, error.message)], lines)
    return Document(data, builder.values, builder.keys, builder.faults, lines, builder.nulls)


_BREAK = re.compile(r"\r\n?|\n")  # what editors count as the end of a line; the parser sometimes counts more


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise _Unreadable(Spot(1, 1), f"the file is larger than {MAX_BYTES // 1_000_000} MB; that is no configuration")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(
            _spot_in(raw[: error.start].decode("utf-8-sig", "replace")), "this is not UTF-8 text"
        ) from error


def _spot_in(before: str) -> Spot:
    return _place(_starts(before), len(before))


def _starts(text: str) -> list[int]:
    """Return where each line begins."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]


def _place(starts: Sequence[int], index: int) -> Spot:
    line = bisect_right(starts, index)
    return Spot(line, index - starts[line - 1] + 1)


@dataclass(slots=True)
class _Builder:
    """Parser events -> data. Recursion is bounded by `MAX_DEPTH`."""

    values: dict[Loc, Spot] = field(default_factory=dict)
    keys: dict[Loc, Spot] = field(default_factory=dict)
    faults: list[tuple[Spot, str]] = field(default_factory=list)
    nulls: dict[Loc, str] = field(default_factory=dict)
    starts: list[int] = field(default_factory=lambda: [0])

    def build(self, text: str) -> Any:
        """Return the data of the only document."""
        events = _events(text)
        self.starts = _starts(text)
        documents, data = 0, None
        self.values[()] = Spot(1, 1)
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unreadable(
                        self._spot(event), "a second document begins here; one file holds one configuration"
                    )
            elif isinstance(event, NodeEvent):
                data = self._node(event, events, ())
        return data

    def _spot(self, event: Event) -> Spot:
        return _place(self.starts, event.start_mark.index)

    def _node(self, event: NodeEvent, events: Iterator[Event], loc: Loc) -> Any:
        self.values[loc] = self._spot(event)
        if len(loc) > MAX_DEPTH:
            raise _Unreadable(self._spot(event), f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, AliasEvent):
            self._refuse(event, f"*{event.anchor} is a YAML alias", "a word that begins with *")
            return None
        self._refuse_extras(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, loc)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, loc)
        value = _scalar(event) if isinstance(event, ScalarEvent) else None
        if value is None and isinstance(event, ScalarEvent) and event.value:
            self.nulls[loc] = str(event.value)
        return value

    def _refuse_extras(self, event: NodeEvent) -> None:
        if event.anchor:
            self._refuse(event, f"&{event.anchor} is a YAML anchor", "a text that begins with &")
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(
                event, f"{str(tag).replace('tag:yaml.org,2002:', '!!')} is a YAML tag", "a text that begins with !"
            )

    def _refuse(self, event: Event, what: str, instead: str) -> None:
        self.faults.append((self._spot(event), f"{shown(what)}, which is not used here; quote {instead}"))

    def _mapping(self, events: Iterator[Event], loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            inner: Loc = (*loc, key)
            if key in found:
                first = self.keys[inner]
                self.faults.append(
                    (self._spot(event), f"'{shown(key)}' stands twice here; the first is in line {first.line}")
                )
                inner = (*loc, f"{key}\0{self._spot(event)}")  # its own place, so that the first keeps its position
            self.keys[inner] = self._spot(event)
            begun = next(events)
            if not isinstance(begun, NodeEvent):
                raise _Unreadable(self._spot(begun), "a value is missing")
            found[str(inner[-1])] = value = self._node(begun, events, inner)
            if value is None and isinstance(begun, ScalarEvent) and not (begun.anchor or begun.tag or begun.value):
                self.values[inner] = self.keys[inner]  # nothing has no place of its own; the parser says the next line
        return {key: value for key, value in found.items() if "\0" not in key}

    def _key(self, event: Event) -> str:
        if isinstance(event, ScalarEvent):
            self._refuse_extras(event)
            if event.value == "<<":
                self.faults.append((self._spot(event), "<< is a YAML merge, which is not used here"))
            return str(event.value)
        raise _Unreadable(self._spot(event), "a key is a word, not a list, mapping or alias")

    def _sequence(self, events: Iterator[Event], loc: Loc) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            if isinstance(event, NodeEvent):
                found.append(self._node(event, events, (*loc, len(found))))
        return found


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except ReaderError as error:
        spot = _spot_in(text[: error.position])
        raise _Unreadable(spot, f"there is an invisible character here (U+{ord(text[error.position]):04X})") from error
    except MarkedYAMLError as error:
        index, message = told(error, text)
        raise _Unreadable(_spot_in(text[:index]), message) from error
    except (YAMLError, ValueError, IndexError, AttributeError, AssertionError, NotImplementedError) as error:
        # ruamel.yaml lets some of its own slips through on broken input
        raise _Unreadable(Spot(1, 1), f"this is not YAML ({type(error).__name__})") from error


_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {word: word[0] in "tT" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")


def _scalar(event: ScalarEvent) -> str | int | bool | None:
    value = str(event.value)
    if event.style not in {None, ""}:
        return value
    if value in _NULL:
        return None
    if value in _BOOL:
        return _BOOL[value]
    return int(value) if _INT.fullmatch(value) else value


def shown(text: str) -> str:
    """Return a user's text for a message: on one line, printable, not long."""
    plain = "".join(char if char.isprintable() else "�" for char in text)
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
