"""Bytes of an XML document -> the same without the characters that XML forbids, and how deep its elements nest."""

from __future__ import annotations

import re

# A surrogate pair written as two references, as scripts do that count in UTF-16; any other reference; raw controls.
_PAIR = re.compile(rb"&#(?:x(d[89ab][0-9a-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[67]\d{3}));", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,2000})|([0-9]{1,2000}));?", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOTHING = b"&#xFFFD;"


def repaired(body: bytes) -> bytes:
    """Return the document with each forbidden character (XML 1.0 section 2.2) as U+FFFD, "a character was here".

    Expects an encoding that ASCII is part of.
    """
    body = _PAIR.sub(_joined, body)
    body = _REFERENCE.sub(lambda found: found[0] if _allowed(_number(found[1], found[2])) else _NOTHING, body)
    return _CONTROLS.sub(b" ", body)


def _number(hexadecimal: bytes | None, decimal: bytes | None) -> int:
    digits = (hexadecimal or decimal or b"").lstrip(b"0")
    # Longer ones are beyond the last character whatever they say; and Python refuses to read 5,000 digits.
    return int(digits or b"0", 16 if hexadecimal else 10) if len(digits) <= 8 else 0x110000


def _allowed(number: int) -> bool:
    if number < 0x20:
        return number in (0x9, 0xA, 0xD)
    return not 0xD800 <= number <= 0xDFFF and number not in (0xFFFE, 0xFFFF) and number <= 0x10FFFF


def _joined(found: re.Match[bytes]) -> bytes:
    high, low = _number(found[1], found[2]), _number(found[3], found[4])
    if not (0xD800 <= high < 0xDC00 <= low <= 0xDFFF):
        return found[0]
    return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


# Each alternative that is never closed takes all of the rest, so that no byte is looked at twice.
_TAG = re.compile(
    rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<(/?)([A-Za-z_][^\s<>/]*)(?:[^<>]*?(/?)>)?", re.DOTALL
)
_EMPTY = frozenset({b"br", b"hr", b"img", b"input", b"meta", b"wbr", b"embed", b"source", b"area", b"col"})


def deeper_than(body: bytes, limit: int) -> bool:
    """Say whether elements nest deeper than `limit`, end tags that are missing included."""
    if body.count(b"<") <= limit:
        return False
    depth = 0
    for closing, name, empty in (found.groups() for found in _TAG.finditer(body)):
        if closing:
            depth = max(depth - 1, 0)
        elif name and not empty and name.lower() not in _EMPTY:
            depth += 1
            if depth > limit:
                return True
    return False
