"""pydantic's complaints about config.yaml -> the user's words."""

from __future__ import annotations

import re

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scheduler.config_model import (
    Channel,
    Escalate,
    File,
    Heartbeat,
    Included,
    Quiet,
    Rule,
    Source,
    TellAgain,
)
from scheduler.config_own import OwnCue, OwnGroup, OwnRegion
from scheduler.config_when import When
from scheduler.config_world import nearest
from scheduler.config_yaml import Loc, shown

_LEVELS: dict[str, tuple[str, type[BaseModel]]] = {
    "channels": ("of a channel", Channel),
    "sources": ("of a source", Source),
    "rules": ("of a rule", Rule),
    "tell_again": ("of tell_again", TellAgain),
    "quiet": ("of quiet", Quiet),
    "escalate": ("of escalate", Escalate),
    "heartbeat": ("of heartbeat", Heartbeat),
    "groups": ("of an armed group", OwnGroup),
    "regions": ("of a region", OwnRegion),
    "ambiguous_aliases": ("of an ambiguous alias", OwnCue),
}
_BLOCKS = frozenset(("tell_again", "quiet", "escalate", "ambiguous_aliases"))  # inside of an item of a list
_LISTS = frozenset(("sources", "rules", "all", "any", "groups", "regions", "ambiguous_aliases"))
_MISSING = {
    "notify": "this rule notifies nobody: add 'notify' with the name of a channel",
    "when": "this rule has no 'when', so it would ring for everything",
    "name": "this rule has no 'name'",
    "url": "there is no 'url' here",
    "after": "this step has no 'after', such as 15m",
    "to": "this step tells nobody: add 'to' with the name of a channel",
    "hours": "these quiet hours have no 'hours', such as \"22:00-07:00\"",
}
_INCLUDED = "an included file should be a list of rules, or a mapping with 'rules' or 'definitions'"


def message(error: ErrorDetails, top: type[BaseModel] = File) -> str:
    """Return pydantic's complaint in the user's words; it never shows the value.

    `top` is the model of the whole file.
    """
    loc = error["loc"]
    if error["type"] == "missing":
        return _MISSING.get(str(loc[-1]), f"'{loc[-1]}' is missing")
    if error["type"] == "extra_forbidden":
        return _unknown_key(loc, top)
    if top is Included and not loc:
        return error["msg"].replace("this should be a mapping (key: value)", _INCLUDED)
    return re.sub(r"^this(?= is empty| should)", lambda _: _subject(loc), error["msg"])


def _subject(loc: Loc) -> str:
    key = next((part for part in reversed(loc) if isinstance(part, str)), None)
    if key is None:
        return "the file"
    return f"{'an item of ' * (key in _LISTS and isinstance(loc[-1], int))}'{shown(key)}'"


def is_of_key(error: ErrorDetails) -> bool:
    """Whether the complaint is about a key and not about its value."""
    return error["type"] == "extra_forbidden"


def _unknown_key(loc: Loc, top: type[BaseModel]) -> str:
    key = str(loc[-1])
    if len(loc) == 1 and top is Included and key in File.model_fields:
        return f"'{key}' stands in config.yaml itself; an included file holds 'rules' and 'definitions'"
    where, model = _level(loc, top)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = nearest(key, known)
    hint = f", did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"
    return f"unknown key '{shown(key)}' {where}{hint}"


def _level(loc: Loc, top: type[BaseModel]) -> tuple[str, type[BaseModel]]:
    """Return the block in which the last key stands."""
    if len(loc) == 1:
        return ("at the top of the file" if top is File else "of an included file"), top
    if loc[0] == "definitions":
        return f"of the definition '{shown(str(loc[1]))}'", When
    if loc[0] == "rules" and (_is_inside("when", loc) or (loc[3:4] == ("except",) and len(loc) > 4)):
        return ("of when" if loc[2] == "when" else "of except"), When
    inner = loc[2] if len(loc) > 3 and loc[2] in _BLOCKS else loc[0]
    return _LEVELS[str(inner)]


def _is_inside(key: str, loc: Loc) -> bool:
    return len(loc) > 3 and loc[2] == key
