"""One value of config.yaml -> what it stands for, or what is wrong with it in the user's words.

Every function here is a pydantic validator: it takes the value as it stands in the file and raises a fault whose
message is printed as is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from alerts.conditions import Comparison, comparison
from alerts.conditions_facts import Side, Target
from alerts.conditions_words import Term, term
from alerts.rules import Severity
from scheduler.config_languages import LANGUAGES
from scheduler.config_world import among, fault, world_of
from scheduler.config_yaml import shown


def kind(value: Any) -> str:
    """Return what sort of value it is, in words."""
    names = {dict: "a mapping", list: "a list", bool: "true or false", int: "a number", str: "text"}
    return names.get(type(value), "nothing")


_QUOTE = {
    bool: "; quote it",
    dict: "; quote a text that has ': ' or { } in it",
    list: "; quote a text that begins with [",
}


def text(value: Any) -> str:
    """Return text; a bare number is text too, and `true` must be quoted to be it."""
    if value is None:
        raise fault("this is empty")
    if isinstance(value, bool) or not isinstance(value, str | int):
        hint = _QUOTE.get(type(value), "")
        raise fault(f"this should be text, not {kind(value)}{hint}")
    stripped = str(value).strip()
    if not stripped:
        raise fault("this is empty")
    if not stripped.isprintable():
        raise fault("there is an invisible character in this text")
    return stripped


def file_path(value: Any) -> str:
    """Return a path that can be opened, as far as its form goes."""
    written = text(value)
    try:
        Path(written).expanduser()
    except RuntimeError as error:
        raise fault("there is no such home folder") from error
    return written


def listed(value: Any) -> list[Any]:
    """Return one value or several as several."""
    if value is None or value == []:
        raise fault("this is empty")
    return value if isinstance(value, list) else [value]


def rows(value: Any) -> list[Any]:
    """Return a list that has to be written as one."""
    if not isinstance(value, list):
        raise fault(f"this should be a list, each item behind a dash, not {kind(value)}")
    return value


def blocks(value: Any) -> list[Any]:
    """Return a list of blocks of conditions."""
    if isinstance(value, dict):
        raise fault("this should be a list, each condition behind a dash: '- region: …'")
    if not rows(value):
        raise fault("this is empty")
    return rows(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping."""
    if value is None or value == {}:
        raise fault("this is empty")
    if not isinstance(value, dict):
        raise fault(f"this should be a mapping (key: value), not {kind(value)}")
    return value


def flag(value: Any) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}.get(
        str(value).casefold()
    )
    raise fault(f"this should be true or false, not {kind(value)}{f'; did you mean {meant}?' if meant else ''}")


def switch(value: Any) -> bool:
    """Return true or false, said so or as yes or no."""
    return {"yes": True, "no": False}[value] if value in ("yes", "no") else flag(value)


_DURATION = re.compile(r"\s*([0-9]{1,6})\s*(s|m|h|d)\s*")
_LOOSE = re.compile(r"\s*([0-9]{1,6})\s*(s|m|h|d)[a-z.]*\s*", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(value: Any) -> timedelta:
    """Return a time of at least a second."""
    length = delay(value)
    if not length:
        raise fault("this should be at least 1s")
    return length


def hold(value: Any) -> timedelta:
    """Return how long an alert waits for other reports: at most a day."""
    length = duration(value)
    if length > timedelta(days=1):
        raise fault("this should be at most 1d: an alarm that waits longer is none")
    return length


def delay(value: Any) -> timedelta:
    """Return a time, or none at all (`0s`)."""
    form = _DURATION.fullmatch(str(value)) if isinstance(value, str) else None
    if form:
        return timedelta(**{_UNITS[form[2]]: int(form[1])})
    loose = _LOOSE.fullmatch(str(value))
    meant = f", did you mean {loose[1]}{loose[2].lower()}?" if loose else ""
    if isinstance(value, int) and not isinstance(value, bool):
        meant = f", did you mean {value}s or {value}m?"
    raise fault(f"this should be a time such as 30s, 5m, 6h or 1d{meant}")


_MEANT = {"≥": ">=", "=>": ">=", "≤": "<=", "=<": "<=", "=": "=="} | {
    **dict.fromkeys(("at least", "from", "min"), ">="),
    **dict.fromkeys(("more than", "over", "above"), ">"),
    **dict.fromkeys(("less than", "fewer than", "under", "below"), "<"),
    **dict.fromkeys(("at most", "up to", "max"), "<="),
    "exactly": "==",
}
_LOOSE_COMPARISON = re.compile(r"([^0-9]*?)\s*([0-9][0-9,.' _]{0,12}?)\s*(\+?)")


def compared(value: Any) -> Comparison:
    """Return a comparison with a whole number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise fault(f'this should be a whole number or a comparison such as ">= 5", not {kind(value)}')
    try:
        return comparison(value)
    except ValueError as error:
        raise fault(f"{error}, not '{shown(str(value))}'{_meant(str(value))}") from error


def _meant(written: str) -> str:
    form = _LOOSE_COMPARISON.fullmatch(" ".join(western(written).casefold().split()).strip("“”„«»‘’'"))
    same = _in_another_form(written.strip())
    if same or not form:
        return f", did you mean {same}?" if same else ""
    number = re.sub(r"[, '_]", "", form[2])
    sign = _MEANT.get(form[1], form[1] if form[1] in _MEANT.values() else ">=" if form[3] else "")
    if not number.isdecimal() or len(number) > 9:
        return ""
    bare = not form[1] and not form[3] and number != written
    return f", did you mean {number}?" if bare else f', did you mean "{sign} {number}"?' if sign else ""


def _in_another_form(written: str) -> str:
    """Return the whole number that 1e3, 0x10, 5.0 or 1_000 stands for elsewhere."""
    if not re.fullmatch(r"0[xob][0-9A-Fa-f]{1,7}|[0-9]{1,7}(?:\.0)?(?:[eE]\+?[0-9])?|[0-9_]{1,12}", written):
        return ""
    try:
        number = int(written, 0) if written[:1] == "0" or "_" in written else int(float(written))
    except ValueError:
        return ""
    return str(number) if number < 10**9 else ""


def western(written: str) -> str:
    """Return the text with the digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)


_RISE = re.compile(r"\s*(\+|x)\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*")


def rise(value: Any) -> str:
    """Return `+5` or `x2`; an unquoted +5 is a number in YAML."""
    written = f"+{value}" if isinstance(value, int) and not isinstance(value, bool) else value
    form = _RISE.fullmatch(written) if isinstance(written, str) else None
    if not form or (form[1] == "+" and "." in form[2]):
        raise fault('this should be a rise: "+5" (five more) or "x2" (twice as many)')
    if float(form[2]) <= (form[1] == "x"):
        raise fault(f"{form[1]}{form[2]} is no rise; the smallest are +1 and x1.1")
    return f"{form[1]}{form[2]}"


def severity(value: Any) -> Severity:
    """Return how serious it is."""
    known: tuple[Severity, ...] = ("info", "warning", "critical")
    for name in known:
        if value == name:
            return name
    raise fault(f"'{shown(str(value))}' is no severity{among(str(value), known)}")


def side(value: Any) -> Side:
    """Return whose dead are counted."""
    known: tuple[Side, ...] = ("civilians", "security", "militants")
    for name in known:
        if value == name:
            return name
    raise fault(f"'{shown(str(value))}' is no side{among(str(value), known)}")


def word(value: Any) -> Term:
    """Return a word, phrase, `prefix*` or `/regular expression/`."""
    if isinstance(value, str) and "\n" in value.strip():
        value = " ".join(value.split())
    try:
        return term(text(value))
    except ValueError as error:
        if isinstance(error, PydanticCustomError):
            raise
        raise fault(f"'{shown(str(value))}': {error}") from error


def region(value: Any, info: ValidationInfo) -> Target:
    """Return the region of this name."""
    name, world = text(value), world_of(info)
    found = world.regions().resolve(name)
    if found is None:
        raise fault(f"unknown region '{shown(name)}'{world.near(name, world.regions().suggest)}")
    return Target(found.code, found.name)


def group(value: Any, info: ValidationInfo) -> Target:
    """Return the armed group of this name; `any` has no id."""
    name, world = text(value), world_of(info)
    if name.casefold() == "any":
        return Target("", "any")
    found = world.groups().resolve(name)
    if found is None:
        raise fault(f"unknown armed group '{shown(name)}'{world.near(name, world.groups().suggest)}")
    return Target(found.id, found.name)


def channel(value: Any, info: ValidationInfo) -> str:
    """Return the name of a channel that there is."""
    return _known("channel", value, world_of(info).channels)


def source(value: Any, info: ValidationInfo) -> str:
    """Return the name of a source that there is."""
    return _known("source", value, world_of(info).sources)


def definition(value: Any, info: ValidationInfo) -> str:
    """Return the name of a definition that there is."""
    return _known("definition", value, world_of(info).definitions)


def _known(what: str, value: Any, known: Sequence[str]) -> str:
    name = text(value)
    if name not in known:
        raise fault(f"unknown {what} '{shown(name)}'{among(name, known)}")
    return name


def channel_url(value: Any, info: ValidationInfo) -> str:
    """Return a URL that Apprise can read. No message shows it: it may hold a password or a token."""
    url, valid = text(value), world_of(info).valid_url
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://", url)
    if not scheme:
        raise fault("this is no Apprise URL: it begins with a scheme such as mailtos:// or ntfys://")
    if valid is not None and not valid(url):
        raise fault(
            f"Apprise can't read this {scheme[1]}:// URL; https://appriseit.com/services/ says what each service needs"
        )
    return url


def language(value: Any) -> str:
    """Return an ISO 639-1 code."""
    written = text(value).casefold()
    if written in LANGUAGES:
        return written
    named = next((code for code, name in LANGUAGES.items() if name.casefold() == written), None)
    hint = f", did you mean {named}?" if named else " such as en, ru or ar"
    raise fault(f"'{shown(written)}' is no ISO 639-1 language code{hint}")
