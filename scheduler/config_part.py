"""One file of the configuration: its data by section, and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scheduler.config_complaints import is_of_key, message
from scheduler.config_model import File, Included
from scheduler.config_secrets import Vault
from scheduler.config_world import World
from scheduler.config_yaml import Document, Loc, Problem, Spot

Model = TypeVar("Model", bound=BaseModel)


class Part:
    """Collects what is wrong in one file: config.yaml itself, or one that it includes (`top` is `Included`)."""

    def __init__(self, path: Path, document: Document, top: type[BaseModel] = File) -> None:
        self.path = path
        self.document = document
        self._top = top
        self._alone = top is Included and isinstance(document.data, list)
        self.data = {"rules": document.data} if self._alone else document.data
        self.faults: set[tuple[Spot, str]] = set(document.faults)
        self._broken = {spot for spot, _ in document.faults}

    def problems(self) -> list[Problem]:
        """Return every problem in the order they stand in the file."""
        return [self.problem(spot, message) for spot, message in sorted(self.faults)]

    def problem(self, spot: Spot, message: str) -> Problem:
        """Return a problem that stands here."""
        return Problem(self.path, spot.line, spot.column, message, self.document.lines)

    def section(self, name: str) -> Any:
        """Return what stands under a key at the top, `None` where nothing does."""
        return self.data.get(name) if isinstance(self.data, dict) else None

    def rows(self, name: str) -> list[Any]:
        """Return the items of a section that is a list, else none."""
        found = self.section(name)
        return found if isinstance(found, list) else []

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a section that is a mapping, else an empty one."""
        found = self.section(name)
        return found if isinstance(found, dict) else {}

    def spot(self, loc: Loc, *, of_key: bool = False) -> Spot:
        """Return where a value or its key stands."""
        known = loc[1:] if self._alone and loc[:1] == ("rules",) else loc
        return self.document.key_spot(known) if of_key else self.document.spot(known)

    def note(self, loc: Loc, message: str, *, of_key: bool = False) -> None:
        """Note a fault; what could not even be read is not complained of twice."""
        spot = self.spot(loc, of_key=of_key)
        if spot not in self._broken:
            self.faults.add((spot, message))

    def expanded(self, vault: Vault) -> Any:
        """Return the data with the secrets in it; rules and definitions hold none."""
        if not isinstance(self.data, dict):
            return self.data
        plain = ("rules", "definitions", "include")
        return {key: value if key in plain else self._expand(value, (key,), vault) for key, value in self.data.items()}

    def _expand(self, value: Any, loc: Loc, vault: Vault) -> Any:
        if isinstance(value, dict):
            return {key: self._expand(inner, (*loc, key), vault) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._expand(inner, (*loc, index), vault) for index, inner in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            return vault.expand(value)
        except ValueError as error:
            spot = self.spot(loc)
            self.faults.add((spot, str(error)))
            self._broken.add(spot)
            return value

    def head(self, model: type[Model], data: Any, world: World) -> Model | None:
        """Return the checked file but for its rules and definitions, which are checked one by one."""
        if data is None:
            if not self.document.faults:
                more = "" if self._top is File else "; write 'rules: []' if that is meant"
                self.faults.add((Spot(1, 1), f"the file is empty{more}"))
            return None
        return self.checked(model, _hollow(data), (), world)

    def checked(self, model: type[Model], raw: Any, loc: Loc, world: World) -> Model | None:
        """Return the checked value, or `None` after noting every fault of it."""
        try:
            return model.model_validate(raw, context=world)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                detail["loc"] = (*loc, *detail["loc"])
                said = message(detail, self._top)
                trap = self._trap(detail["loc"]) if said.endswith(" is empty") else ""
                self.note(detail["loc"], said + trap, of_key=is_of_key(detail))
        return None

    def _trap(self, loc: Loc) -> str:
        """Return why something is empty that does not look it: YAML has words for nothing, and a # begins a comment."""
        spelled = self.document.nulls.get(loc[1:] if self._alone else loc)
        if spelled:
            return f": {spelled} is YAML's word for nothing; quote it to mean the text"
        spot = self.spot(loc)
        if re.match(r"[^#]*?:\s+#\S", self.document.line(spot.line)[spot.column - 1 :]):
            return ": a # begins a comment; quote a text that has one"
        return ""

    def texts(self, section: str, field: str) -> Iterator[tuple[Loc, str]]:
        """Return every name or address of a section and where it stands."""
        for index, row in enumerate(self.rows(section)):
            value = row if field == "url" and isinstance(row, str) else _field(row, field)
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield (section, index, field), str(value).strip()


def _hollow(data: Any) -> Any:
    """Return the file's data without what is checked one by one; what is no list or mapping stays to be told of."""
    if not isinstance(data, dict) or not data:
        return data
    kept = {
        key: value for key, value in data.items() if key != "definitions" or not value or not isinstance(value, dict)
    }
    rules = data.get("rules", [])
    return kept | {"rules": [] if isinstance(rules, list) else rules}


def _field(row: Any, field: str) -> Any:
    return row.get(field) if isinstance(row, Mapping) else None
