"""The YAML parser's complaint + the text -> where, and words that say what to do."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

_CANNOT_START = re.compile(r"found character '(.+)' that cannot start any token")
_ESCAPE = re.compile(r"found unknown escape character '(.)'", re.DOTALL)

_COMPLAINTS = {
    "mapping values are not allowed here": "a ': ' is not expected here; quote its text, or check the indentation",
    "sequence entries are not allowed here": "a list stands below its key, each item behind a dash, or in [ ]; quote a "
    "text that begins with '- '",
    "mapping keys are not allowed here": "a text that begins with '? ' must be quoted",
    "simple key: could not find expected ':'": "this is no 'key: value'; a space must follow the colon",
    "quoted scalar: found unexpected end of stream": "the quoted text that begins here never ends",
    "block scalar": 'a text that begins with > or | must be quoted, as in ">= 5"',
    "flow sequence": "the list that begins in line {line} should go on with ',' or end with ']' here",
    "flow mapping": "the mapping that begins in line {line} should go on with ',' or end with '}}' here",
    "expected <block end>": "the indentation does not fit the lines above",
}
_FROM_ITS_BEGINNING = ("unexpected end of stream", "could not find expected ':'")


def told(error: MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the character, from 0, at which something is wrong, and what it is."""
    said, about = " ".join(str(error.problem or error.context or "").split()), str(error.context)
    if "flow node" in about and "<stream end>" in said:
        opened = max(text.rfind("["), text.rfind("{"), 0)
        return opened, f"what begins here never ends{_comment(text, opened)}"
    begun = ("scalar" in about or "simple key" in about) and any(end in said for end in _FROM_ITS_BEGINNING)
    mark = error.context_mark if begun else error.problem_mark or error.context_mark
    index = min(mark.index, len(text)) if mark else 0
    start = error.context_mark.index if error.context_mark else 0
    comment = _comment(text, start) if "flow" in about else ""
    return index, _wording(error, said, text[:index], text.count("\n", 0, start) + 1) + comment


def _comment(text: str, index: int) -> str:
    """Return what to add where a comment begins in the rest of a line."""
    rest = text[index:].partition("\n")[0]
    return "; a # begins a comment: quote a text that has one" if re.search(r"\s#\S", rest) else ""


def _wording(error: MarkedYAMLError, said: str, before: str, line: int) -> str:
    odd = _CANNOT_START.search(said)
    if odd and odd[1] == "\\t":
        return "there is a tab here; YAML is indented with spaces"
    if odd:
        return f"a text that begins with {odd[1]} must be quoted"
    escape = _ESCAPE.search(said)
    if escape:
        sign = escape[1] if escape[1].isprintable() else "�"
        return f"a \\{sign} has no meaning in double quotes; use single quotes, in which a \\ is only a \\"
    if "<block end>" in said and re.search(r"""["'][ \t]*$""", before):
        return "the quoted text ends before this; quote the whole, and write a ' in single quotes as ''"
    known = next((words for start, words in _COMPLAINTS.items() if f"{error.context}: {said}".find(start) >= 0), None)
    return known.format(line=line) if known else f"not YAML: {said}"
