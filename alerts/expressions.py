"""A user's /regular expression/ + a text -> where it matches, in time linear in the text.

RE2 (https://github.com/google/re2/wiki/Syntax) has no look-around and no back-references: that is what makes a rule
unable to hang the daemon. Case does not matter unless the expression says `(?-i)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import re2

MAX_MEMORY = 4 << 20  # bytes that one expression may take, compiled

SHOWN = 200  # characters of RE2's complaint, which repeats the expression

# What RE2 says -> what to add to it.
_MEANINGS = {
    r"invalid perl operator: \(\?<?[=!]": " (it can't look ahead or behind)",
    r"invalid escape sequence: \\[1-9k]": " (it can't refer back to a group)",
    "invalid repetition size": " (the smaller number first, at most 1,000 times, inner repetitions multiplied)",
    "pattern too large": " (repeat less, or list it as several)",
}

# RE2's own \w, \d and \s know only ASCII, which finds nothing in Russian or Arabic.
_CLASSES = {"w": r"\p{L}\p{M}\p{N}_", "d": r"\p{Nd}", "s": r"\s\p{Z}"}
_ESCAPE_OR_BRACKET = re.compile(r"\\Q.*?(?:\\E|$)|\\.|\[\^?\]?|\]", re.DOTALL)


def check(source: str) -> None:
    """Raise `ValueError`, in the user's words, for an expression that can't be used."""
    if not source:
        raise ValueError("the regular expression between the slashes is empty")
    if not source.isascii() and re.search(r"\\[bB]", source):
        raise ValueError(r"\b and \B know only English letters; use (?:^|[^\pL]) and (?:[^\pL]|$) instead")
    try:
        matches_nothing = compiled(source).search("") is not None
    except re2.error as error:
        raise ValueError(f"this is not a regular expression that RE2 takes: {_message(error)}") from error
    except UnicodeEncodeError as error:
        raise ValueError("the regular expression has half a character in it") from error
    if matches_nothing:
        raise ValueError("this regular expression matches even an empty text, so it would match every article")


class Expressions:
    """Finds which of any number of expressions match a text.

    An expression is tried only on texts that have the letters without which it can't match (RE2's FilteredRE2); one
    that needs none, such as `/[0-9]+/`, is tried on every text.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        """Compile the expressions, each a key between two slashes."""
        self._filters = list(_filters(list(keys)))

    def find(self, text: str) -> list[str]:
        """Return the keys of those that match."""
        if not self._filters:
            return []
        whole = _whole(text)
        return [keys[number] for one, keys in self._filters for number in one.Match(whole) or ()]


def _filters(keys: list[str]) -> Iterator[tuple[Any, list[str]]]:
    """Yield as few filters as RE2 can hold them in."""
    if not keys:
        return
    one, options = re2.Filter(), _options()
    for key in keys:
        one.Add(_for_every_script(key[1:-1]), options)
    try:
        one.Compile()
    except re2.error:
        if len(keys) == 1:
            raise
        half = len(keys) // 2
        yield from _filters(keys[:half])
        yield from _filters(keys[half:])
    else:
        yield one, keys


@lru_cache(maxsize=256)
def compiled(source: str) -> Any:
    """Return the compiled expression; raises `re2.error`."""
    return re2.compile(_for_every_script(source), options=_options())


def _options() -> Any:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.case_sensitive = False
    return options


def search(source: str, text: str) -> tuple[int, int] | None:
    """Return the span of the first match in the text."""
    found = compiled(source).search(_whole(text))
    return found.span() if found else None


def _whole(text: str) -> str:
    """Return the text without half characters, of which a broken page may have some and RE2 takes none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _for_every_script(source: str) -> str:
    """Return the expression with `\\w`, `\\d`, `\\s` and their opposites meaning all scripts."""
    out, last, inside = [], 0, False
    for token in _ESCAPE_OR_BRACKET.finditer(source):
        out.append(source[last : token.start()])
        out.append(_widened(token[0], inside))
        inside = (inside or token[0][0] == "[") and token[0] != "]"
        last = token.end()
    return "".join([*out, source[last:]])


def _widened(token: str, inside: bool) -> str:
    members = _CLASSES.get(token[1:].lower()) if token[0] == "\\" else None
    if members is None or (inside and token[1:].isupper()):
        return token
    if inside:
        return members
    return f"[^{members}]" if token[1:].isupper() else f"[{members}]"


def _message(error: re2.error) -> str:
    """Return what RE2 says, short, and what it means to one who knows other regular expressions."""
    said = error.args[0] if error.args else ""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    meaning = next((meaning for sign, meaning in _MEANINGS.items() if re.match(sign, words)), "")
    return f"{words if len(words) <= SHOWN else f'{words[:SHOWN]}…'}{meaning}"
