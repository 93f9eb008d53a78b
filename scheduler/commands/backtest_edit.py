"""A rule of config.yaml and an edit that is saved nowhere -> the rule as it would be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from alerts.rules import Rule
    from scheduler.config import Config

_WORLD = ("channels", "sources", "groups", "regions", "timezone")  # what a rule's names may refer to


def edited(path: Path, config: Config, name: str, edit: str) -> Rule:
    """Return the rule `name` with the keys of `edit`, a mapping in YAML, in place of its own; `null` takes one away.

    Conditions alone are a `when`. Exits with 2, and each problem, where that is no rule.
    """
    from scheduler.config import ConfigError, load

    files = [_read(one) for one in config.files]
    rule = next(one for file in files for one in _rules(file) if isinstance(one, dict) and one.get("name") == name)
    changed = {key: value for key, value in {**rule, **_edit(edit)}.items() if value is not None}
    definitions = {key: value for file in files for key, value in _section(file, "definitions").items()}
    world = {key: files[0][key] for key in _WORLD if key in files[0]}
    whole = world | ({"definitions": definitions} if definitions else {}) | {"rules": [changed]}
    try:
        return load(path, os.environ, raw=json.dumps(whole, ensure_ascii=False).encode("utf8", "replace")).rules[0]
    except ConfigError as error:
        raise click.UsageError("\n".join(f"--try: {problem.message}" for problem in error.problems)) from error


def _edit(written: str) -> dict[str, Any]:
    from scheduler.config_yaml import read

    document = read(written.encode("utf8", "replace"))
    if document.faults:
        spot, message = min(document.faults)
        raise click.UsageError(f"--try:{spot.line}:{spot.column}: {message}")
    if not isinstance(document.data, dict):
        raise click.UsageError("--try: this should be keys of a rule, such as 'when: {killed: 3}'")
    # Who tries a rule thinks of its conditions: they need not be put under 'when' first.
    return {"when": document.data} if _conditions() & document.data.keys() else document.data


def _conditions() -> set[str]:
    from scheduler.config_model import Rule
    from scheduler.config_when import When

    return {field.alias or name for name, field in When.model_fields.items()} - set(Rule.model_fields)


def _read(path: Path) -> Any:
    from scheduler.config_yaml import read

    return read(path.read_bytes()).data


def _rules(file: Any) -> list[Any]:
    return file if isinstance(file, list) else file.get("rules") or []


def _section(file: Any, name: str) -> dict[str, Any]:
    found = file.get(name) if isinstance(file, dict) else None
    return found if isinstance(found, dict) else {}
