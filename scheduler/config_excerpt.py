"""A problem's line of the file -> that line as a terminal shows it, a caret under the column, and no secret in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate

from scheduler.config_secrets import credentials

TAB = 4  # columns
NARROWEST = 20  # columns of a file's line that are shown, however narrow the terminal is
_MASK = "•"

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_WHOLE_URL = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s"',]*""")
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_CHANNELS = re.compile(r"""["'{\s]*channels["']?\s*:""")
_SECTION = re.compile(r"[^\s#-]")
_WORD = re.compile(r"""[^\s"'{}\[\],]{4,}(?P<key>["']?\s*:(?=\s))?""")
_HARMLESS = re.compile(r"[^\s:@/]*:\$\{[^{}]*\}@")  # a user and a reference for the password
_PLAIN = frozenset(("true", "false", "null"))


def excerpt(line: str, number: int, column: int, width: int, *, secretive: bool = False) -> str:
    """Return the line and a caret under its column, from 1, both behind a margin with the line's number.

    The whole is at most `width` columns wide; a line that is longer is cut around the caret. What may be a secret is
    masked: of a URL its password and tokens, and where the line is `secretive` (a channel's) every word.

    >>> print(excerpt("  kiled: 5", 6, 3, 80))
      6 |   kiled: 5
        |   ^
    """
    margin = f"{number:>3} | "
    cells = [_cell(char) for char in masked(line.rstrip("\r\n"), secretive=secretive)]
    shown, before = _window(cells, column - 1, max(width - len(margin) - 1, NARROWEST))
    return f"{margin}{shown}\n{' ' * (len(margin) - 2)}| {' ' * before}^"


def _cell(char: str) -> str:
    """Return what a character is shown as: what can't be seen is made visible."""
    if char == "\t":
        return " " * TAB
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    return char if char.isprintable() or unicodedata.combining(char) else "�"


def _columns(cell: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell
    )


def _window(cells: list[str], place: int, width: int) -> tuple[str, int]:
    """Return the part of a line around a place that fits, and how many columns of it stand before that place."""
    ends = [0, *accumulate(map(_columns, cells))]
    place = min(place, len(cells))
    if ends[-1] <= width:
        return "".join(cells), ends[place]
    first = next(n for n, end in enumerate(ends) if end >= ends[place] - width // 2 or n == place)
    head = "…" if first else ""
    last = max(n for n, end in enumerate(ends) if n >= first and end - ends[first] <= width - 2)
    tail = "…" if last < len(cells) else ""
    return head + "".join(cells[first:last]) + tail, len(head) + ends[place] - ends[first]


def is_secretive(lines: list[str]) -> bool:
    """Whether the last of these lines, a file's from its beginning on, belongs to its channels."""
    section = next((line for line in reversed(lines) if _SECTION.match(line)), "")
    return bool(_CHANNELS.match(section)) or ("channels" in section and section.startswith("{"))


def masked(line: str, *, secretive: bool) -> str:
    """Return the line, as long as it was, without what may be a secret; a reference such as ${NAME} is none."""
    chars = list(line)
    for start, end in _secrets(line, secretive):
        chars[start:end] = _MASK * (end - start)
    for found in _REFERENCE.finditer(line):
        chars[slice(*found.span())] = found[0]
    return "".join(chars)


def _secrets(line: str, secretive: bool) -> Iterator[tuple[int, int]]:
    starts = [found.end() for found in _URL.finditer(line)]
    for start, end in zip(starts, [*starts[1:], len(line)], strict=False):
        yield from ((start + first, start + last) for first, last in _of_url(line[start:end]))
    without_urls = _WHOLE_URL.sub(lambda found: " " * len(found[0]), line)
    for word in _WORD.finditer(without_urls) if secretive else ():
        is_key = word["key"] or word[0].endswith(":")
        if not is_key and word[0] not in _PLAIN:
            yield word.span()


def _of_url(rest: str) -> Iterator[tuple[int, int]]:
    """Return the spans of what may be secret in a URL, without its scheme, and whatever follows in the line."""
    at = rest.rfind("@")  # a password may hold any sign, also a space or a quote: the last @ counts
    if at >= 0 and not _HARMLESS.match(rest):
        yield 0, at
    plain = _REFERENCE.sub(lambda found: "_" * len(found[0]), rest)
    url = re.split(r"""[\s"',}\]]""", plain, maxsplit=1)[0]
    for secret in credentials(f"x://{url}"):
        yield from (place.span() for place in re.finditer(re.escape(secret), plain) if secret)
