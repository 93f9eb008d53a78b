"""Text -> its lines, none longer than a protocol's line may be; nothing of it is lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

IRC_LINE = 380  # bytes of UTF-8: 512 with the command, the sender and the channel before them (RFC 2812 section 2.3)


def wrapped(text: str, most: int = IRC_LINE) -> str:
    """Return the text in lines of at most `most` bytes of UTF-8, cut between words or else between letters.

    Blank lines and control characters, which a line protocol takes for its own, are left out.
    """
    lines = (
        "".join(" " if char == "\t" else char for char in line if char == "\t" or unicodedata.category(char) != "Cc")
        for line in text.splitlines()
    )
    return "\n".join(piece for line in lines for piece in _pieces(line.strip(), most))


def _pieces(line: str, most: int) -> Iterator[str]:
    while len(line.encode("utf8", "replace")) > most:
        end = _fits(line, most)
        space = line.rfind(" ", 0, end + 1)
        cut = space if space > 0 else end
        yield line[:cut].rstrip()
        line = line[cut:].lstrip()
    if line:
        yield line


def _fits(line: str, most: int) -> int:
    """Return how many characters of the line fit, marks kept with their letters."""
    end = len(line.encode("utf8", "replace")[:most].decode("utf8", "ignore"))
    start = end
    while start > 1 and (unicodedata.combining(line[start]) or line[start] == "\u200d" or line[start - 1] == "\u200d"):
        start -= 1
    return start if start > end // 2 else end  # a text of nothing but marks is cut anywhere
