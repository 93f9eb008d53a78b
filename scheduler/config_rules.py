"""A rule as the user wrote it, and its checked values -> a Rule with its tree of conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from alerts.conditions import All, AnyOf, Condition, Not
from alerts.conditions_facts import ByGroup, Disputed, InRegion, Tally
from alerts.conditions_words import FromSource, Language, Publishers, Words
from alerts.hours import Digest, Escalation, Quiet
from alerts.rules import Rule, TellAgain
from scheduler import config_model as model
from scheduler.config_when import When

_PLAIN = re.compile(r"[^\W_](?:[\w '’.()*-]*[\w.)*])?")


Trees = Mapping[str, All]
"""The conditions of each definition."""


def rule(raw: Mapping[str, Any], checked: model.Rule, trees: Trees, zone: Callable[[], str]) -> Rule:
    """Return the rule; `raw` gives its conditions in the user's order and words.

    `zone` is asked for the timezone of hours that name none.
    """
    step = checked.tell_again
    again = TellAgain(killed=step.killed, injured=step.injured, every=step.every) if step else None
    digest = checked.digest
    return Rule(
        name=checked.name,
        when=block(raw["when"], checked.when, trees),
        notify=tuple(dict.fromkeys(checked.notify)),
        severity=checked.severity,
        tell_again=again,
        hold=checked.hold,
        quiet=_quiet(raw["quiet"], checked.quiet, trees, zone) if checked.quiet else None,
        limit=checked.limit,
        digest=digest if digest is None or digest.timezone else Digest(timezone=zone(), at=digest.at),
        escalate=tuple(Escalation(after=one.after, to=tuple(dict.fromkeys(one.to))) for one in checked.escalate),
        enabled=checked.enabled,
    )


def _quiet(raw: Mapping[str, Any], checked: model.Quiet, trees: Trees, zone: Callable[[], str]) -> Quiet:
    start, end = checked.hours
    unless = block(raw["except"], checked.except_, trees) if checked.except_ else None
    return Quiet(start=start, end=end, timezone=checked.timezone or zone(), unless=unless)


def block(raw: Mapping[str, Any], when: When, trees: Trees) -> All:
    """Return a block's conditions in the user's order; `trees` has every definition that it names."""
    return All(
        tuple(_condition(key, value, when, trees) for key, value in raw.items() if key not in ("of", "branches"))
    )


def _condition(key: str, value: Any, when: When, trees: Trees) -> Condition:
    if key == "all":
        return All(_alternatives(value, when.all_, trees))
    if key == "any":
        return AnyOf(_alternatives(value, when.any_, trees))
    if key == "not":
        inner = _alternatives(value if isinstance(value, list) else [value], when.not_, trees)
        return Not(inner[0] if len(inner) == 1 else AnyOf(inner))
    line = f"{key}: {written(value)}"
    if key == "definition":
        named = tuple(replace(trees[name], written=f"definition: {written(name)}") for name in when.definition)
        return named[0] if len(named) == 1 else AnyOf(named, written=line)
    return _LEAVES[key](line, when)


def _alternatives(raw: list[Any], blocks: tuple[When, ...], trees: Trees) -> tuple[Condition, ...]:
    """Return the blocks of a list; one with a single line is that line."""
    built = [block(one, when, trees) for one, when in zip(raw, blocks, strict=True)]
    return tuple(block.parts[0] if len(block.parts) == 1 else block for block in built)


def _killed(line: str, when: When) -> Condition:
    sides = tuple(dict.fromkeys(when.of))
    of = f", of: {written(list(sides) if len(sides) > 1 else sides[0])}" if sides else ""
    return Tally(line + of, "killed", when.killed, sides)


def _group(line: str, when: When) -> Condition:
    named = all(target.code for target in when.group)
    alone = "" if when.branches else ", branches: no"
    return ByGroup(line + alone, when.group if named else (), branches=when.branches)


_LEAVES: dict[str, Callable[[str, When], Condition]] = {
    "region": lambda line, when: InRegion(line, when.region),
    "mentions": lambda line, when: InRegion(line, when.mentions, anywhere=True),
    "group": _group,
    "killed": _killed,
    "injured": lambda line, when: Tally(line, "injured", when.injured),
    "casualties": lambda line, when: Tally(line, "casualties", when.casualties),
    "text": lambda line, when: Words(line, "text", when.text),
    "title": lambda line, when: Words(line, "title", when.title),
    "language": lambda line, when: Language(line, when.language),
    "source": lambda line, when: FromSource(line, when.source),
    "publishers": lambda line, when: Publishers(line, when.publishers),
    "disputed": lambda line, when: Disputed(line, bool(when.disputed)),
}


def written(value: Any) -> str:
    """Return a value as one writes it in YAML, on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or _PLAIN.fullmatch(value):
        return str(value)
    return '"' + " ".join(str(value).replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
