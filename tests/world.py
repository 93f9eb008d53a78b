"""A small world: the regions and armed groups that the tests' rules may name, and rules written as in config.yaml."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from alerts.rules import Rule
from scheduler.config import load


@dataclass(frozen=True)
class Named:
    code: str
    name: str

    @property
    def id(self) -> str:
        return self.code


class Names:
    """Resolves names by a table, whatever their case."""

    def __init__(self, **names: str) -> None:
        self._named = {name: Named(code.replace("_", "-"), name) for code, name in names.items()}

    def resolve(self, name: str) -> Named | None:
        return next((one for known, one in self._named.items() if known.casefold() == name.casefold()), None)

    def suggest(self, name: str) -> Sequence[str]:
        return get_close_matches(name, self._named, n=3)


REGIONS = Names(
    SY="Syria",
    IQ="Iraq",
    RU="Russia",
    RU_KB="Kabardino-Balkaria",
    RU_DA="Dagestan",
    north_caucasus="North Caucasus",
    caucasus="Caucasus",
)
GROUPS = Names(islamic_state="Islamic State", caucasus_emirate="Caucasus Emirate", iskp="ISKP", al_qaeda="al-Qaeda")


def config_of(path: Path, **fields: Any) -> str:
    """Write a configuration as JSON, which is YAML, and return its text."""
    text = json.dumps(fields, ensure_ascii=False)
    path.write_text(text, "utf-8")
    return text


def rule_of(folder: Path, when: Any, **fields: Any) -> Rule:
    """Return the rule that a `when:` block makes, through the configuration's own door."""
    path = folder / "rule.yaml"
    rule = {"name": "R", "when": when, "notify": "desk", **fields}
    sources = [{"name": name, "url": f"https://{name}.example/rss"} for name in ("wire", "paper")]
    config_of(path, channels={"desk": "console://"}, sources=sources, rules=[rule])
    return load(path, {}, regions=lambda: REGIONS, groups=lambda: GROUPS).rules[0]
