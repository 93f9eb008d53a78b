"""A name in the nominative -> its other cases (Russian, Ukrainian) and what follows it unmarked (Turkish)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from crawler.gazetteer.names import key

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct", "loc2")  # the last: на берегу, в Крыму
_AGREEING = ("plur", "masc", "femn", "neut", "actv", "past")
_MOST = 12  # forms of a name in a case
_PARTS = re.compile(r"([\s-]+)")
_STAYING = frozenset(("на", "над", "под", "де", "дель", "ла", "лос", "і", "и", "та", "в", "у", "при", "о", "об"))
_FIRST_DECLINES = frozenset(("на", "над", "при"))  # Ростов-на-Дону
# By the last letters, the longest first: what is taken off, and the endings that take its place. "*" is any consonant.
_ENDINGS = {
    "ru": {
        "ский": ("ий", "ого ому им ом"),
        "ый": ("ый", "ого ому ым ом"),
        "ая": ("ая", "ой ую"),
        "ое": ("ое", "ого ому ым ом"),
        "ия": ("я", "и ю ей"),
        "я": ("я", "и е ю ей"),
        "ка": ("а", "и е у ой"),
        "га": ("а", "и е у ой"),
        "ха": ("а", "и е у ой"),
        "ша": ("а", "и е у ей"),
        "а": ("а", "ы е у ой"),
        "ово": ("о", "а у ом е"),
        "ево": ("о", "а у ом е"),
        "ино": ("о", "а у ом е"),
        "ье": ("е", "я ю ем"),
        "ы": ("ы", "ах ами ам"),
        "й": ("й", "я ю ем е"),
        "ь": ("ь", "и ью я ю ем е"),
        "ц": ("", "а у ем е"),
        "*": ("", "а у ом е"),
    },
    "uk": {
        "ський": ("ий", "ого ому им"),
        "ий": ("ий", "ого ому им"),
        "ія": ("я", "ї ю єю"),
        "я": ("я", "і ю ею"),
        "ка": ("ка", "ки ці ку кою"),
        "га": ("га", "ги зі гу гою"),
        "а": ("а", "и і у ою"),
        "ове": ("е", "ого ому им"),
        "не": ("е", "ого ому им"),
        "во": ("о", "а у ом і"),
        "но": ("о", "а у ом і"),
        "ів": ("ів", "ова ову овом ові"),
        "їв": ("їв", "єва єву євом єві"),
        "ль": ("ль", "ля лю лем лі"),
        "ь": ("ь", "і ю я ем"),
        "и": ("и", "ах ами ам"),
        "й": ("й", "я ю єм ї"),
        "*": ("", "а у ом ові і"),
    },
}
_CONSONANT = re.compile(r"[бвгґджзйклмнпрстфхцчшщ]\Z")
_TURKISH_PEOPLE = (
    "ler",
    "lerin",
    "leri",
    "lere",
    "lerden",
    "lerle",
    "nin",
    "ye",
    "yi",
    "lar",
    "ların",
    "ları",
    "lara",
    "lardan",
    "larla",
    "nın",
    "ya",
    "yı",
)


def cases(name: str, lang: str) -> set[str]:
    """Return the other cases of a Russian or Ukrainian name; a word that has none stays as it is."""
    parts = _PARTS.split(name)
    words = [(i, part) for i, part in enumerate(parts) if i % 2 == 0 and part]
    heads = _declined(parts, words, lang)
    if not heads:
        return set()
    forms: set[str] = set()
    for case in _CASES[1:]:
        for chosen in {heads, heads[:1], heads[-1:]} if not _adjectives(words, heads, lang) else {heads}:
            options = [_in_case(part, case, lang) if i in chosen else (part,) for i, part in enumerate(parts)]
            forms.update("".join(changed) for changed in islice(product(*options), _MOST))
    if len(words) == 1:
        forms |= set(by_ending(name, lang))
    return forms - {name}


def _both(first: str, second: str, lang: str) -> bool:
    return _is_adjective(second, lang) and not first.endswith("о")


def _as_capital(word: str, form: str) -> str:
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def _declined(parts: list[str], words: list[tuple[int, str]], lang: str) -> tuple[int, ...]:
    """Return the numbers of the parts that change: not what a preposition governs, nor the first of a hyphened name.

    The first does where the second is an adjective: Каменск-Уральский.
    """
    found: list[int] = []
    for n, (i, word) in enumerate(words):
        if word.casefold() in _STAYING:
            if word.casefold() in _FIRST_DECLINES:
                return tuple(found)
            continue
        hyphened = i + 1 < len(parts) and "-" in parts[i + 1]
        after = words[n + 1][1] if n + 1 < len(words) else ""
        if hyphened and after.casefold() not in _FIRST_DECLINES and not _both(word, after, lang):
            continue
        found.append(i)
    return tuple(found)


def _adjectives(words: list[tuple[int, str]], heads: tuple[int, ...], lang: str) -> bool:
    """Whether all changing words but the last are adjectives: then they change with it."""
    by_number = dict(words)
    return all(_is_adjective(by_number[i], lang) for i in heads[:-1])


def _is_adjective(word: str, lang: str) -> bool:
    return any(re.search("ADJF|PRTF", str(parse.tag)) for parse in _parses(word, lang))


@lru_cache(maxsize=200_000)
def _in_case(word: str, case: str, lang: str) -> tuple[str, ...]:
    """Return a word's forms in a case, in its own number and gender; the word itself where no dictionary has any."""
    for parse in _parses(word, lang):
        same = [mark for mark in _AGREEING if mark in str(parse.tag)]
        forms = [form.word for form in parse.lexeme if _has(str(form.tag), case, same)]
        if not forms and case == "loc2":  # most words have one locative
            return _in_case(word, "loct", lang)
        if forms:
            return tuple(_as_capital(word, form) for form in dict.fromkeys(forms))
    return (word,)


def _has(tag: str, case: str, same: list[str]) -> bool:
    return case in tag and [mark for mark in _AGREEING if mark in tag] == same


@lru_cache(maxsize=200_000)
def _parses(word: str, lang: str) -> tuple[Any, ...]:
    """Parses of a word as a noun or an adjective in the nominative, place names first."""
    read = [(str(parse.tag), parse) for parse in _analyzer(lang).parse(word.casefold())]
    found = [
        (tag, parse) for tag, parse in read if re.match("(NOUN|ADJF|PRTF).*nomn|ADJF,masc$", tag) and "Surn" not in tag
    ]
    found.sort(key=lambda pair: ("Geox" not in pair[0], "Name" in pair[0]))
    return tuple(parse for _, parse in found)


def by_ending(word: str, lang: str) -> Iterator[str]:
    """Yield the cases of a name that no dictionary has, by its last letters."""
    if len(word) < 4:
        return
    for ending, (cut, more) in _ENDINGS[lang].items():
        if word.endswith(ending) or (ending == "*" and _CONSONANT.search(word)):
            stem = word[: len(word) - len(cut)]
            yield from (stem + other for other in more.split())
            return


def all_forms(word: str, lang: str) -> set[str]:
    """Return every form of a word for a people or its things, adjectives in all genders: сирийский, сириец."""
    forms = {form.word for parse in _parses(word, lang)[:2] for form in parse.lexeme}
    return {form for form in forms if form[:3] == word[:3].casefold()} - {word}


def turkish_people(word: str) -> set[str]:
    """Return the forms of a Turkish word for a people, which takes its endings without an apostrophe: Suriyelilerin."""
    vowel = next((letter for letter in reversed(key(word)) if letter in "aeiou"), "e")
    last = next((letter for letter in reversed(word.casefold()) if letter in "aıoueiöü"), vowel)
    harmonic = [end for end in _TURKISH_PEOPLE if ("a" in end or "ı" in end) == (last in "aıou")]
    return {word + end for end in harmonic}


@cache
def _analyzer(lang: str) -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - build time only

    return MorphAnalyzer(lang=lang)
