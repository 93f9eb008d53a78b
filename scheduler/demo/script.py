"""script.yaml and stories/*.yaml -> Script: which piece appears when, and what is to come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from scheduler.demo.newsroom import Outlet, Piece

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A moment of the demonstration: what the viewer is told, and the slugs of the pieces that appear."""

    says: str
    publish: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule does with a piece.

    `reason` is the policy's word for it, `None` where the rule must not hold; `says` must stand in its explanation.
    """

    rule: str
    piece: str
    reason: str | None = None
    says: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The whole demonstration; `pieces` by their slugs.

    `rings` are the alerts that must be sent, in order, and no other; `held` the rules that hold but have nothing new to
    tell; `quiet` those that must not hold.
    """

    outlets: tuple[Outlet, ...]
    pieces: Mapping[str, Piece]
    scenes: tuple[Scene, ...]
    rings: tuple[Outcome, ...]
    held: tuple[Outcome, ...]
    quiet: tuple[Outcome, ...]


class _Days:
    """`{ago[12]:%-d %B}` and `{ahead[1]:%A}` in a text: so many days from now."""

    def __init__(self, now: datetime, step: int) -> None:
        self.now, self.step = now, step

    def __getitem__(self, days: int) -> datetime:
        return self.now + timedelta(days=self.step * days)


def load(now: datetime) -> Script:
    """Return the script with every date in the texts as it is for a piece that is published at `now` (aware, UTC)."""
    data = _read(HERE / "script.yaml")
    files = sorted((HERE / "stories").glob("*.yaml"))
    return Script(
        outlets=tuple(Outlet(**outlet) for outlet in data["outlets"]),
        pieces={path.stem: _piece(path, now) for path in files},
        scenes=tuple(Scene(says=scene["says"], publish=tuple(scene["publish"])) for scene in data["scenes"]),
        rings=tuple(Outcome(**outcome) for outcome in data["rings"]),
        held=tuple(Outcome(**outcome) for outcome in data["held"]),
        quiet=tuple(Outcome(**outcome) for outcome in data["quiet"]),
    )


def _piece(path: Path, now: datetime) -> Piece:
    data = _read(path)
    text = data.pop("text").format(now=now, ago=_Days(now, -1), ahead=_Days(now, 1))
    paragraphs = tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())
    return Piece(slug=path.stem, text=paragraphs, **data)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf8"), Loader=yaml.CSafeLoader)
