"""natural_features.tsv -> waters, mountains and wide regions by their names, which no rule's region can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_FILE = "natural_features.tsv"
_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Feature:
    """A named part of the earth: `country` is ISO 3166-1 alpha-2, `None` where several share it; degrees."""

    name: str
    country: str | None
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Features:
    """Names as they are written -> features, and the pattern that finds the longest of them."""

    by_name: Mapping[str, Feature]
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def natural_features() -> Features:
    """Return the bundled table, read once."""
    return parse(files("crawler.gazetteer").joinpath(_FILE).read_text("utf-8"))


def parse(source: str) -> Features:
    """Return the features of a table; raises ValueError with the line for a row that is not what it should be."""
    by_name: dict[str, Feature] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != _COLUMNS or not cells[0]:
            raise ValueError(f"{_FILE}:{number}: {_COLUMNS} columns are needed, {len(cells)} are there")
        name, country, lat, lon, others = cells
        try:
            feature = Feature(name, country or None, float(lat), float(lon))
        except ValueError:
            raise ValueError(f"{_FILE}:{number}: {lat!r}, {lon!r} are not degrees") from None
        for written in (name, *filter(None, others.split("|"))):
            by_name[written] = feature
    names = "|".join(re.escape(name) for name in sorted(by_name, key=lambda name: (-len(name), name)))
    return Features(by_name, re.compile(rf"(?<![\w-])(?=[A-Z])(?:{names})(?![\w-])"))
