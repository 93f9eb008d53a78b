"""The names that stand in a configuration: those of its sources, and which stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from scheduler.config_part import Part
from scheduler.config_yaml import shown

_UNIQUE = (
    ("rules", "name", "rule"),
    ("sources", "name", "source"),
    ("sources", "url", "address"),
    ("groups", "name", "armed group"),
    ("regions", "name", "region"),
)


def look_for_twins(parts: Sequence[Part]) -> None:
    """Note in the files names and addresses that stand twice in all of them."""
    for section, field, what in _UNIQUE:
        first: dict[str, str] = {}
        for part in parts:
            for loc, value in part.texts(section, field):
                twin = first.setdefault(value, where := _where(part, part.spot(loc).line, parts))
                if twin is not where:
                    part.faults.add((part.spot(loc), f"{_shown(what, value)} is already in {twin}"))
    named: dict[str, str] = {}
    for part in parts:
        for name in part.mapping("definitions"):
            spot = part.spot(("definitions", name), of_key=True)
            twin = named.setdefault(name, where := _where(part, spot.line, parts))
            if twin is not where:
                part.faults.add((spot, f"{_shown('definition', name)} is already in {twin}"))


def _where(part: Part, line: int, parts: Sequence[Part]) -> str:
    return f"line {line}" if len(parts) == 1 else f"{part.path.name}, line {line}"


def _shown(what: str, value: str) -> str:
    if what == "address":
        return "this address"
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what} named '{shown(value)}'"


def fallbacks(main: Part) -> dict[str, str]:
    """Return the fallback of each channel that has one, as they are written."""
    found = {name: one.get("fallback") for name, one in main.mapping("channels").items() if isinstance(one, dict)}
    return {name: other.strip() for name, other in found.items() if isinstance(other, str)}


def look_for_circles(main: Part) -> None:
    """Note channels that stand in for each other, or for themselves: a message would be sent in circles."""
    others, seen = fallbacks(main), set[str]()
    for first in others:
        chain = [first]
        while chain[-1] not in seen and chain[-1] in others and others[chain[-1]] not in chain:
            chain.append(others[chain[-1]])
        back = others.get(chain[-1])
        if back in chain and not seen.intersection(chain):
            circle = chain[chain.index(back) :]
            said = " -> ".join(f"'{shown(name)}'" for name in [*circle, circle[0]])
            own = "this channel is its own fallback: name another"
            main.note(
                ("channels", circle[0], "fallback"),
                own if len(circle) == 1 else f"these fallbacks go in a circle: {said}",
            )
        seen.update(chain)


def source_names(main: Part) -> Iterator[str]:
    """Return the sources' names: as stated, or host and path of the address, made unique.

    The address is taken as it is written, before secrets are put in: a name is shown to everybody.
    """
    taken = {name for _, name in main.texts("sources", "name")}
    twins: Counter[str] = Counter()
    for row in main.rows("sources"):
        stated = row if isinstance(row, dict) else {"url": row}
        name = str(stated.get("name") or "").strip()
        if name:
            yield name
            continue
        derived = _host_and_path(str(stated.get("url") or stated.get("spider")))
        yield next(name for name in _numbered(derived, twins) if name not in taken)


def _numbered(name: str, twins: Counter[str]) -> Iterator[str]:
    """Yield `name`, `name (2)`, `name (3)`, …, going on where the last caller stopped."""
    while True:
        twins[name] += 1
        yield name if twins[name] == 1 else f"{name} ({twins[name]})"


def _host_and_path(url: str) -> str:
    rest = url.partition("://")[2].partition("?")[0].partition("#")[0]
    host, slash, path = rest.partition("/")
    return (host.rpartition("@")[2] + slash + path).rstrip("/").strip()


def escalated(rule: Any) -> set[str]:
    """Return the channels that a rule's `escalate:` names, as it is written, sound or not."""
    steps = rule.get("escalate") if isinstance(rule, dict) else None
    found: set[str] = set()
    for step in steps if isinstance(steps, list) else [steps]:
        to = step.get("to") if isinstance(step, dict) else None
        found |= {str(name) for name in (to if isinstance(to, list) else [to])}
    return found
