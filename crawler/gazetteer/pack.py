"""places.bin and names.trie -> places and what a name can mean, read from the mapped files as they are asked for."""

from __future__ import annotations

import json
import mmap
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import marisa_trie

from crawler.gazetteer.names import key

RegionKind = Literal["macro", "country", "admin1", "admin2", "city"]
KINDS: tuple[RegionKind, ...] = ("macro", "country", "admin1", "admin2", "city")
PLACES, TRIE = "places.bin", "names.trie"
MAGIC = b"TocsinG1"
NO_PARENT = 0xFFFFFFFF
BLOCK, KEY_BLOCK = 16, 64  # places and names to an offset: the offsets of each would take more than the names
LOWER = "\x01"  # before a name that no capital begins: text is searched for these at words without one
# What a reading of a name is. EXACT: read only with its own capitals, which the mask has letter by letter.
MAIN, OWN, PEOPLE, INFLECTED, EXACT, DOTTED, HIDDEN = (1 << bit for bit in range(7))
_HERE = Path(__file__).parent
_FORMATS: dict[str, Literal["B", "H", "h", "I"]] = {
    "kinds": "B",
    "parents": "I",
    "population": "I",
    "lat": "h",
    "lon": "h",
    "namesakes": "B",
    "blocks": "I",
    "text": "B",
    "counts": "B",
    "starts": "I",
    "read_places": "I",
    "read_flags": "B",
    "read_capitals": "H",
}


class PackError(Exception):
    """The pack's files are missing or damaged; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place with a name.

    `code` is ISO 3166-1 alpha-2 (country), ISO 3166-2 (first level), a second level's or city's own (`PK-KP:kurram`,
    `RU-KB/nalchik`) or a macro-region's id. `parent` is the code of what it lies in, `None` for a country or a
    macro-region; `country` is `None` for a macro-region. `names` are its other names, in any language, that were chosen
    for it, `people` English words for its people and things; the pack knows more. A unit's `population` is that of its
    known cities. `lat` and `lon` are degrees, 0 and 0 where unknown; a country's are its capital's, a second level's
    its biggest city's.
    """

    code: str
    name: str
    kind: RegionKind
    country: str | None = None
    parent: str | None = None
    population: int = 0
    lat: float = 0.0
    lon: float = 0.0
    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class Reading(NamedTuple):
    """One way to read a name: the number of the place, flags, and the mask of the capitals that it needs."""

    place: int
    flags: int
    capitals: int


class Pack:
    """The places of a pack, by number, and the readings of its names."""

    def __init__(self, folder: Path = _HERE) -> None:
        try:
            with (folder / PLACES).open("rb") as file:
                self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            self.about, self._sections = _header(self._bytes)
            self._trie = marisa_trie.Trie()
            self._trie.mmap(str(folder / TRIE))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise PackError(
                f"the place pack in {folder} can't be read ({error}); reinstall Tocsin, or build the pack with "
                "`python -m crawler.gazetteer.build`"
            ) from None
        if len(self._trie) != self.about["names"]:
            raise PackError(f"{folder / TRIE} and {folder / PLACES} are of different builds; build the pack again")
        self.region = lru_cache(maxsize=16_384)(self._region)
        self.begun = self._trie.iter_prefixes_with_ids  # folded text -> each name that it begins with, and its number
        self.upper: dict[str, int] = {}  # code -> number of macro-regions, countries and first levels
        for number in range(len(self)):
            if self.kind(number) not in ("macro", "country", "admin1"):
                break
            self.upper[self._line(number)[1]] = number

    def __len__(self) -> int:
        """Return the number of places."""
        return int(self.about["places"])

    def number(self, code: str) -> int | None:
        """Return the number of the place with this code."""
        if code in self.upper:
            return self.upper[code]
        mark = "/" if "/" in code else ":"
        slug = code.partition(mark)[2]
        stem, _, digits = slug.rpartition("-")
        for named, namesake in ((slug, 1), (stem, int(digits) if digits.isdecimal() and len(digits) < 4 else 0)):
            for reading in self.readings(named.replace("-", " ")):
                if (
                    reading.flags & MAIN
                    and self._sections["namesakes"][reading.place] == namesake
                    and self.region(reading.place).code == code
                ):
                    return reading.place
        return None

    def kind(self, number: int) -> RegionKind:
        """Return the kind of a place."""
        return KINDS[self._sections["kinds"][number]]

    def population(self, number: int) -> int:
        """Return the population of a place."""
        return int(self._sections["population"][number])

    def parent(self, number: int) -> int | None:
        """Return the number of what a place lies in."""
        parent = int(self._sections["parents"][number])
        return None if parent == NO_PARENT else parent

    def readings(self, name: str) -> tuple[Reading, ...]:
        """Return what a folded name can mean, what it most likely does first."""
        number = self._trie.get(name)
        return () if number is None else self.readings_of(number)

    def readings_of(self, name: int) -> tuple[Reading, ...]:
        """Return what the name of this number can mean."""
        block = name // KEY_BLOCK
        counts = self._sections["counts"]
        start = self._sections["starts"][block] + sum(counts[block * KEY_BLOCK : name])
        end = start + counts[name]
        return tuple(
            map(
                Reading,
                self._sections["read_places"][start:end],
                self._sections["read_flags"][start:end],
                self._sections["read_capitals"][start:end],
            )
        )

    def names(self, prefix: str = "") -> Iterator[tuple[str, tuple[Reading, ...]]]:
        """Yield every folded name that begins so, with what it can mean."""
        for name in self._trie.iterkeys(prefix):
            yield name, self.readings_of(self._trie[name])

    def _line(self, number: int) -> list[str]:
        blocks, block = self._sections["blocks"], number // BLOCK
        lines = bytes(self._sections["text"][blocks[block] : blocks[block + 1]]).split(b"\n")
        return (lines[number % BLOCK].decode() + "\t\t\t").split("\t")[:4]

    def _region(self, number: int) -> Region:
        name, code, names, people = self._line(number)
        kind, above = self.kind(number), self.parent(number)
        parent = None if above is None else self.region(above)
        return Region(
            code=code or self._code(number, name, parent),
            name=name,
            kind=kind,
            country=parent.country if parent else code if kind == "country" else None,
            parent=parent.code if parent else None,
            population=self.population(number),
            lat=self._sections["lat"][number] / 100,
            lon=self._sections["lon"][number] / 100,
            names=tuple(names.split("|")) if names else (),
            people=tuple(people.split("|")) if people else (),
        )

    def _code(self, number: int, name: str, parent: Region | None) -> str:
        """A code that a person can read: RU-KB/nalchik; a smaller namesake of the same unit is numbered."""
        namesake = self._sections["namesakes"][number]
        mark = "/" if self.kind(number) == "city" else ":"
        above = parent.code.partition(":")[0] if parent else ""
        return f"{above}{mark}{key(name).replace(' ', '-')}" + (f"-{namesake}" if namesake > 1 else "")


def _header(data: memoryview) -> tuple[dict[str, int], dict[str, memoryview[int]]]:
    if bytes(data[: len(MAGIC)]) != MAGIC:
        raise ValueError("it is not a place pack of this version")
    if sys.byteorder != "little":
        raise ValueError("it is for little-endian machines")
    start = len(MAGIC) + 4
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    about = json.loads(bytes(data[start:end]))
    sections: dict[str, memoryview[int]] = {}
    for name, (offset, length) in about.pop("sections").items():
        section = data[end + offset : end + offset + length]
        if len(section) != length:
            raise ValueError("it is cut off")
        sections[name] = section.cast(_FORMATS[name])
    return about, sections
