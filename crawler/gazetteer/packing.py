"""Places with their names -> places.bin and names.trie, the files that pack.py reads."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import marisa_trie

from crawler.gazetteer.capitals import capitals
from crawler.gazetteer.names import fold, key
from crawler.gazetteer.pack import (
    BLOCK,
    EXACT,
    HIDDEN,
    INFLECTED,
    KEY_BLOCK,
    KINDS,
    LOWER,
    MAGIC,
    MAIN,
    NO_PARENT,
    OWN,
    PEOPLE,
    PLACES,
    TRIE,
)

_LONGEST = 60  # letters of a name
_MOST = 255  # readings of a name
_RANK = {"macro": 0, "country": 1, "admin1": 2, "city": 3, "admin2": 4}


@dataclass(slots=True)
class Row:
    """One place of the pack.

    `parent` is the code of what it lies in. `own` are names in any language that were chosen for it and `inflected`
    their other cases, `alternates` untagged ones, `hidden` ones that only resolve (`name` too, of a `quiet` place);
    `people` are English words for its people and things, `other_people` those of other languages in all their forms.
    """

    kind: str
    code: str
    parent: str
    name: str
    population: int = 0
    lat: float = 0.0
    lon: float = 0.0
    number: int = 1
    quiet: bool = False
    own: list[str] = field(default_factory=list)
    alternates: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    inflected: list[str] = field(default_factory=list)
    other_people: list[str] = field(default_factory=list)

    def forms(self) -> Iterable[tuple[str, int]]:
        """Yield each name with its flags, the better ones first."""
        yield self.name, MAIN | OWN | (HIDDEN if self.quiet else 0)
        for names, flags in (
            (self.own, OWN),
            (self.people, OWN | PEOPLE),
            (self.inflected, OWN | INFLECTED),
            (self.other_people, OWN | PEOPLE),
            (self.alternates, 0),
            (self.hidden, HIDDEN),
        ):
            yield from ((name, flags) for name in names)

    def text(self) -> str:
        """Return the place's line in the pack: its name, code, chosen names and words for its people."""
        named = {key(self.name), ""}
        own = [n for n in dict.fromkeys(self.own) if key(n) not in named and not named.add(key(n))]  # type: ignore[func-returns-value]
        code = "" if self.kind in ("city", "admin2") else self.code
        columns = [self.name, code, "|".join(own), "|".join(dict.fromkeys(self.people))]
        return "\t".join(" ".join(column.split()) for column in columns).rstrip("\t")


def write(rows: Sequence[Row], folder: Path, about: dict[str, object], type_words: frozenset[str]) -> None:
    """Write the pack's files; the same rows give the same bytes.

    `about` goes into the header. A word of `type_words` ("province") needs no capital in a name. Raises `ValueError`
    for a parent that is no row, or a name that too many places share.
    """
    numbers = {row.code: number for number, row in enumerate(rows)}
    if unknown := sorted({row.parent for row in rows} - numbers.keys() - {""}):
        raise ValueError(f"no such parent: {', '.join(unknown)}")
    named = _named(rows, type_words)
    trie = marisa_trie.Trie(sorted(named), num_tries=3)
    trie.save(str(folder / TRIE))
    by_id = sorted(named, key=trie.key_id)
    sections = {**_places(rows, numbers), **_readings([named[name] for name in by_id])}
    _save(folder / PLACES, sections, {**about, "places": len(rows), "names": len(named)})


def _named(rows: Sequence[Row], type_words: frozenset[str]) -> dict[str, list[tuple[int, int, int]]]:
    """Folded name -> (place, flags, capitals) of all that bear it, what resolves first at the front."""
    found: dict[str, dict[int, tuple[int, int, int]]] = defaultdict(dict)
    for number, row in enumerate(rows):
        for form, flags in row.forms():
            mask, more = capitals(form, type_words)
            if not _is_readable(form, more):
                more |= HIDDEN
            for name in _keys(form, mask, type_words):
                found[name].setdefault(number, (number, flags | more, mask))

    def order(reading: tuple[int, int, int]) -> tuple[bool, bool, int, bool, bool, int, int]:
        number, flags, _ = reading
        row = rows[number]
        loose = row.kind in ("city", "admin2") and not flags & OWN
        rank = _RANK[row.kind]
        return bool(flags & PEOPLE), loose, rank, bool(flags & INFLECTED), not flags & MAIN, -row.population, number

    named = {name: sorted(readings.values(), key=order) for name, readings in found.items()}
    if crowded := [name for name, readings in named.items() if len(readings) > _MOST]:
        raise ValueError(f"more than {_MOST} places are called {', '.join(crowded)}")
    return named


def _is_readable(form: str, flags: int) -> bool:
    """Whether a form can be told from common words: three letters, or capitals, and no article of its own."""
    return (len(key(form)) > 2 or bool(flags & EXACT)) and not form.casefold().startswith("the ")


def _keys(form: str, mask: int, type_words: frozenset[str]) -> set[str]:
    """Return what a name is filed under: as it folds, with single spaces, and marked where no capital begins it."""
    keys = {fold(form).strip().replace("\u00ad", ""), key(form)} - {""}
    keys = {name for name in keys if len(name) <= _LONGEST}
    first = key(form).partition(" ")[0]
    if form[:1].islower() or (form[:1].isupper() and first in type_words and not mask & 1):
        keys |= {LOWER + name for name in keys}
    return keys


def _places(rows: Sequence[Row], numbers: dict[str, int]) -> dict[str, bytes]:
    lines = [row.text().encode() + b"\n" for row in rows]
    blocks = [0]
    for start in range(0, len(lines), BLOCK):
        blocks.append(blocks[-1] + sum(map(len, lines[start : start + BLOCK])))
    return {
        "kinds": bytes(KINDS.index(row.kind) for row in rows),
        "parents": array("I", [numbers.get(row.parent, NO_PARENT) for row in rows]).tobytes(),
        "population": array("I", [row.population for row in rows]).tobytes(),
        "lat": array("h", [round(row.lat * 100) for row in rows]).tobytes(),
        "lon": array("h", [round(row.lon * 100) for row in rows]).tobytes(),
        "namesakes": bytes(row.number for row in rows),
        "blocks": array("I", blocks).tobytes(),
        "text": b"".join(lines),
    }


def _readings(lists: list[list[tuple[int, int, int]]]) -> dict[str, bytes]:
    every = [reading for readings in lists for reading in readings]
    starts, total = array("I"), 0
    for i, readings in enumerate(lists):
        if i % KEY_BLOCK == 0:
            starts.append(total)
        total += len(readings)
    return {
        "counts": bytes(map(len, lists)),
        "starts": starts.tobytes(),
        "read_places": array("I", [number for number, _, _ in every]).tobytes(),
        "read_flags": bytes(flags for _, flags, _ in every),
        "read_capitals": array("H", [mask for _, _, mask in every]).tobytes(),
    }


def _save(path: Path, sections: dict[str, bytes], about: dict[str, object]) -> None:
    """Write magic, length of the header, the header (JSON) and the sections, each at a multiple of 8."""
    offset, where = 0, {}
    for name, data in sections.items():
        where[name] = (offset, len(data))
        offset += -(-len(data) // 8) * 8
    header = json.dumps({**about, "sections": where}, sort_keys=True, ensure_ascii=False).encode()
    header += b" " * (-(len(MAGIC) + 4 + len(header)) % 8)
    with path.open("wb") as file:
        file.write(MAGIC + len(header).to_bytes(4, "little") + header)
        for data in sections.values():
            file.write(data + b"\0" * (-len(data) % 8))
