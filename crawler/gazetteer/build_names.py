"""Names as the sources have them -> those worth keeping: no codes, nicknames or names of something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

from crawler.gazetteer.names import key
from crawler.gazetteer.type_words import type_words

_LATIN = dict(zip("абвгдезийклмнопрстуфыэіїєґ", "abvgdeziiklmnoprstufyeiieg", strict=True))
_LATIN |= {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ц": "ts", "ю": "yu", "я": "ya", "х": "kh", "ъ": "", "ь": ""}
_NICKNAME = re.compile(r" (of|the|is|and|for|to) |^(The|Home|Gods?) |Coast$|Land$|Gate|\[|\d|Oblast’")
_GOOD_ENGLISH = re.compile(r"(Autonomous )?(Republic|Province|State|Region) of ")
_SIDE = re.compile(r"(?i)north|south|east|west|upper|lower|central")
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ‘'’ʻ -]+")
CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґʼ'’ -]+")
ARABIC = re.compile(r"[ء-يپچژکگیہھےٹڈڑں\u064b-\u0652\u200c -]+")
_SCRIPTS = (LATIN, CYRILLIC, ARABIC)
_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ'’ -]+")
# Words for kinds of unit in ISO 3166-2 that no news in our languages writes: China, Kazakhstan, Latvia, Croatia …
_TYPES = {
    "apskritis",
    "avtonomnyy",
    "kommune",
    "kommunia",
    "kommuneqarfik",
    "kraj",
    "lan",
    "miestas",
    "novads",
    "oblysy",
}
_TYPES |= {"respublika", "shaary", "sheng", "shi", "voblasc", "zizhiqu", "zupanija"}
_MARKS = frozenset("\u0304\u0306\u0307\u0323\u0331")  # macron, breve, dots and a line
_CEDILLA = "\u0327"
_MARKED = re.compile(  # countries
    "AL|AZ|BA|CH|CY|CZ|DE|EE|FI|FJ|HR|HU|IE|IS|LT|LV|MD|ME|MK|MT|NZ|PF|PL|RO|RS|SE|SI|SK|TM|TO|TR|US|VN|WS|XK"
)
_ALIKE = 80  # likeness from which a Latin name of a first level is a spelling of its own, out of 100
_CLOSE = 75  # likeness from which a Latin name of a hamlet is a spelling of its own, out of 100
_HAMLET = 5_000
_ARABIC_SHORT = 50_000  # people from which three Arabic letters may be a town's name: many words have three


def is_ours(name: str) -> bool:
    """Whether a name is written in one of the scripts that we read."""
    return any(script.fullmatch(name) for script in _SCRIPTS)


def is_plain(name: str) -> bool:
    """Whether a name can be shown as it is: in the letters of Western Europe, and without a type word."""
    return bool(_PLAIN.fullmatch(name)) and not (set(key(name).split()) & (_TYPES | set(type_words().affixes)))


def unmarked(name: str) -> str:
    """Return a name without what ISO 3166-2 writes after it: another in brackets, an older code, a dagger."""
    return name.partition(" [")[0].rstrip(" †")


def without_marks(name: str, country: str) -> str:
    """Return a name that a scholar's transliteration has, as news writes it: "Kandahar" for "Kandahār".

    Names of countries that write Latin letters with such marks themselves stay as they are.
    """
    if _MARKED.fullmatch(country):
        return name
    parts = unicodedata.normalize("NFD", name.replace("‘", "").replace("ʻ", ""))
    kept = (c for n, c in enumerate(parts) if c not in _MARKS and not (c == _CEDILLA and parts[n - 1] not in "cC"))
    return unicodedata.normalize("NFC", "".join(kept)).strip() or name


def usual(name: str, names: list[str]) -> str | None:
    """Return the name without a type word ("Borno" of "Borno State"), `None` to keep the one there is."""
    plain = [n for n in names if n.isascii()] or [n for n in names if LATIN.fullmatch(n)]
    single = next((n for n in plain if " " not in n and n[:1].isupper()), None)
    return single or (plain[0] if plain and not name.isascii() else None)


def is_a_name(english: str, local: str) -> bool:
    """Whether an "English name" is one, and no nickname ("Home of Peace") or translation ("Peace" for La Paz)."""
    if _GOOD_ENGLISH.match(english) or _SIDE.search(english):
        return True
    return not _NICKNAME.search(english) and fuzz.partial_ratio(key(english), key(local)) >= 50


def spellings(ours: list[str], theirs: Iterable[str]) -> list[str]:
    """Return our names and those of the sources' Latin ones that are spellings of them, and all in other scripts.

    What else the sources call a place that we have named is a translation or a nickname: "Paradise" for El Paraíso.
    """
    near = (n for n in theirs if not LATIN.fullmatch(n) or max(fuzz.ratio(key(n), key(own)) for own in ours) >= _CLOSE)
    return [*ours, *near]


def same_name(ours: list[str], theirs: Iterable[str]) -> list[str]:
    """Return which of the sources' names are those of ours, spelled otherwise or with a word more, and other scripts.

    The rest is mostly translated or a nickname, and often a word: "Currents" for Corrientes, "Poplar" for Luqa.
    """
    words = [set(key(name).split()) for name in ours]

    def near(name: str) -> bool:
        mine = set(key(name).split())
        alike = max(fuzz.ratio(key(name), key(own)) for own in ours)
        return alike >= _ALIKE or any(mine <= own or own <= mine for own in words if own)

    return [name for name in theirs if not LATIN.fullmatch(name) or near(name)]


def alternates(name: str, names: Iterable[str], population: int, *, read: bool) -> list[str]:
    """Return which of a city's untagged other names to keep, Latin ones the likest to its own first.

    `read`: whether its Latin ones are wanted at all.
    """
    listed = list(names)
    latin = [n for n in listed if len(n) > 3 and n[0].isupper() and not n.isupper() and LATIN.fullmatch(n)]
    scored = sorted(((-fuzz.ratio(key(n), key(name)), n) for n in latin) if read else ())
    if population < _HAMLET:
        scored = [(likeness, n) for likeness, n in scored if -likeness >= _CLOSE]
    most = 24 if population >= 500_000 else 10 if population >= 50_000 else 5
    cyrillic = [n for n in listed if len(n) > 2 and CYRILLIC.fullmatch(n) and not n.isupper()]
    least = 3 if population >= _ARABIC_SHORT else 4
    arabic = [n for n in listed if len(key(n)) >= least and ARABIC.fullmatch(n)]
    return [*(n for _, n in scored[:most]), *cyrillic[:8], *arabic[:8]]


def languages(cyrillic: str) -> tuple[str, ...]:
    """Return which of Russian and Ukrainian a Cyrillic name may be in, by its letters."""
    if re.search("[іїєґІЇЄҐ]", cyrillic):
        return ("uk",)
    return ("ru",) if re.search("[ыэёъЫЭЁЪ]", cyrillic) else ("ru", "uk")


def bare(name: str, affixes: frozenset[str]) -> str:
    """Return a unit's name without its type words: "Kurram" of "Kurram District", "Ban Pong" of "Amphoe Ban Pong"."""
    words = name.split()
    while len(words) > 1 and key(words[-1]) in affixes:
        words.pop()
    while len(words) > 1 and key(words[0]) in affixes:
        words.pop(0)
        if len(words) > 1 and words[0] in ("de", "of", "del", "du"):
            words.pop(0)
    return " ".join(words)
