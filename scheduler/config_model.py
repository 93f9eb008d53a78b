"""The grammar of config.yaml as pydantic models, and their complaints -> the user's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from alerts.conditions import Comparison
from alerts.conditions_facts import Side, Target
from alerts.conditions_words import Term
from alerts.rules import Severity
from crawler.source import Kind
from scheduler import config_sources as places
from scheduler import config_values as values
from scheduler.config_block import Block, Flag, Several, Text
from scheduler.config_own import OwnCue, OwnGroup, OwnRegion
from scheduler.config_values import fault
from scheduler.config_yaml import Loc, shown

Duration = Annotated[timedelta, PlainValidator(values.duration)]
Rise = Annotated[str, PlainValidator(values.rise)]
Comparisons = Annotated[tuple[Annotated[Comparison, PlainValidator(values.compared)], ...], Several]
Places = Annotated[tuple[Annotated[Target, PlainValidator(values.region)], ...], Several]
ArmedGroups = Annotated[tuple[Annotated[Target, PlainValidator(values.group)], ...], Several]
Terms = Annotated[tuple[Annotated[Term, PlainValidator(values.word)], ...], Several]


class When(Block):
    """A block of conditions that must all hold."""

    region: Places = ()
    mentions: Places = ()
    group: ArmedGroups = ()
    branches: Annotated[bool, PlainValidator(values.switch)] = True
    killed: Comparisons = ()
    injured: Comparisons = ()
    casualties: Comparisons = ()
    of: Annotated[tuple[Annotated[Side, PlainValidator(values.side)], ...], Several] = ()
    text: Terms = ()
    title: Terms = ()
    language: Annotated[tuple[Annotated[str, PlainValidator(values.language)], ...], Several] = ()
    source: Annotated[tuple[Annotated[str, PlainValidator(values.source)], ...], Several] = ()
    publishers: Comparisons = ()
    disputed: Flag | None = None
    all_: Annotated[tuple[When, ...], BeforeValidator(values.blocks)] = Field(default=(), alias="all")
    any_: Annotated[tuple[When, ...], BeforeValidator(values.blocks)] = Field(default=(), alias="any")
    not_: Annotated[tuple[When, ...], Several] = Field(default=(), alias="not")

    @field_validator("branches")
    @classmethod
    def _of_a_group(cls, branches: bool, info: ValidationInfo) -> bool:
        if not info.data.get("group", True):
            raise fault("'branches' says whether those of 'group' count; there is no 'group' beside it")
        return branches

    @field_validator("of")
    @classmethod
    def _beside_killed(cls, sides: tuple[Side, ...], info: ValidationInfo) -> tuple[Side, ...]:
        if not info.data.get("killed", True):
            raise fault("'of' says whose dead 'killed' counts; there is no 'killed' beside it")
        return sides

    @model_validator(mode="after")
    def _can_hold(self) -> When:
        for figure in ("killed", "injured", "casualties", "publishers"):
            asked = list(self._asked(figure))
            if asked and not _satisfiable(asked, least=1 if figure == "publishers" else 0):
                said = " and ".join(dict.fromkeys(_said(one) for one in asked))
                raise fault(f"{figure} can never be {said}")
        return self

    def _asked(self, figure: str) -> Iterator[tuple[Comparison, ...]]:
        """Return the comparisons of one figure that must hold together; those of one side of the dead stand apart."""
        if getattr(self, figure) and not (figure == "killed" and self.of):
            yield getattr(self, figure)
        for block in self.all_:
            yield from block._asked(figure)


def _satisfiable(asked: list[tuple[Comparison, ...]], least: int) -> bool:
    edges = {least} | {one.number + step for options in asked for one in options for step in (-1, 0, 1)}
    return any(all(any(one.holds(n) for one in options) for options in asked) for n in edges if n >= least)


def _said(options: tuple[Comparison, ...]) -> str:
    return " or ".join(f"{one.operator} {one.number}" for one in options)


class TellAgain(Block):
    """When a rule rings again for one story."""

    killed: Rise | None = None
    injured: Rise | None = None
    every: Duration | None = None


class Rule(Block):
    """One item of `rules:`."""

    name: Text
    when: When
    notify: Annotated[tuple[Annotated[str, PlainValidator(values.channel)], ...], Several]
    severity: Annotated[Severity, PlainValidator(values.severity)] = "warning"
    tell_again: TellAgain | None = None
    hold: Annotated[timedelta | None, PlainValidator(values.hold)] = None
    enabled: Flag = True


class Source(Block):
    """One item of `sources:`; a URL alone stands for a mapping with a URL."""

    url: Annotated[str, PlainValidator(places.web_url)] = ""
    name: Text | None = None
    every: Duration | None = None
    publisher: Text | None = None
    kind: Annotated[Kind, PlainValidator(places.source_kind)] | None = None
    links: Annotated[str, PlainValidator(places.css)] | None = None
    javascript: Flag = False
    spider: Annotated[str, PlainValidator(places.dotted_path)] | None = None
    private: Flag = False
    backlog: Annotated[bool, PlainValidator(places.backlog)] = False

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> Source:
        if not self.url and not self.spider:
            raise fault("this source has no 'url'")
        if self.spider and (self.links or self.kind or self.javascript):
            raise fault("'spider' says how this source is read; 'kind', 'links' and 'javascript' say it otherwise")
        if self.links and self.kind not in (None, "page"):
            raise fault(f"'links' picks articles on a web page; this source is said to be a {self.kind}")
        if self.javascript and self.kind not in (None, "page"):
            raise fault(f"'javascript' renders a web page; this source is said to be a {self.kind}")
        return self


class Channel(Block):
    """One value of `channels:`; a URL alone stands for a mapping with a URL."""

    url: Annotated[str, PlainValidator(values.channel_url)]
    system: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value


class File(Block):
    """The whole of config.yaml."""

    database: Text = "tocsin.db"
    contact: Text = ""
    delay: Annotated[timedelta, PlainValidator(values.delay)] = timedelta(seconds=1)
    channels: Annotated[dict[str, Channel], BeforeValidator(values.mapping)] = Field(default_factory=dict)
    sources: Annotated[tuple[Source, ...], BeforeValidator(values.rows)] = ()
    rules: Annotated[tuple[Rule, ...], BeforeValidator(values.rows)] = ()
    groups: Annotated[tuple[OwnGroup, ...], BeforeValidator(values.rows)] = ()
    regions: Annotated[tuple[OwnRegion, ...], BeforeValidator(values.rows)] = ()


_LEVELS: dict[str, tuple[str, type[BaseModel]]] = {
    "channels": ("of a channel", Channel),
    "sources": ("of a source", Source),
    "rules": ("of a rule", Rule),
    "tell_again": ("of tell_again", TellAgain),
    "groups": ("of an armed group", OwnGroup),
    "regions": ("of a region", OwnRegion),
    "ambiguous_aliases": ("of an ambiguous alias", OwnCue),
}
_LISTS = frozenset(("sources", "rules", "all", "any", "groups", "regions", "ambiguous_aliases"))
_MISSING = {
    "notify": "this rule notifies nobody: add 'notify' with the name of a channel",
    "when": "this rule has no 'when', so it would ring for everything",
    "name": "this rule has no 'name'",
    "url": "there is no 'url' here",
}


def message(error: ErrorDetails) -> str:
    """Return pydantic's complaint in the user's words; it never shows the value."""
    loc = error["loc"]
    if error["type"] == "missing":
        return _MISSING.get(str(loc[-1]), f"'{loc[-1]}' is missing")
    if error["type"] == "extra_forbidden":
        return _unknown_key(loc)
    return re.sub(r"^this(?= is empty| should)", lambda _: _subject(loc), error["msg"])


def _subject(loc: Loc) -> str:
    key = next((part for part in reversed(loc) if isinstance(part, str)), None)
    if key is None:
        return "the file"
    return f"{'an item of ' * (key in _LISTS and isinstance(loc[-1], int))}'{shown(key)}'"


def is_of_key(error: ErrorDetails) -> bool:
    """Whether the complaint is about a key and not about its value."""
    return error["type"] == "extra_forbidden"


def _unknown_key(loc: Loc) -> str:
    key = str(loc[-1])
    where, model = _level(loc)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = values.nearest(key, known)
    hint = f", did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"
    return f"unknown key '{shown(key)}' {where}{hint}"


def _level(loc: Loc) -> tuple[str, type[BaseModel]]:
    """Return the block in which the last key stands."""
    if len(loc) == 1:
        return "at the top of the file", File
    if "when" in loc[2:3] and loc[0] == "rules" and len(loc) > 3:
        return "of when", When
    inner = str(loc[2]) if len(loc) > 3 and loc[2] in ("tell_again", "ambiguous_aliases") else str(loc[0])
    return _LEVELS[inner]
