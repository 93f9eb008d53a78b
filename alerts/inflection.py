"""Listed ~words + the words of a text -> which of them are forms of which.

Russian and Ukrainian go by a dictionary (pymorphy3, which guesses the forms of a word it lacks by its ending): every
form of a listed word is known beforehand, so that a text costs the same as with plain words. Turkish goes by its
grammar (`inflection.yaml`): a listed word and a row of endings that it can take. Other languages of which Snowball has
a stemmer (https://snowballstem.org) go by that: two words with one stem are forms of one, which is rougher.

Cyrillic words are looked for in every text; Turkish and Snowball's languages only in articles in the language, so that
"~bomba" finds "bombalarda" in a Turkish article and "bombas" in a Spanish one. In a language without any of these a
~word finds itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from alerts.folding import fold, words

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

KEPT_WORDS = 50_000  # words of Turkish texts that are remembered with what they are forms of

Numbers = tuple[int, ...]
_NONE: Numbers = ()
_VOWELS = "aeiou"
_CYRILLIC = re.compile("[\u0400-\u052f]")
# Letters that one of the two has and the other lacks.
_ONLY = {"ru": re.compile("[ёъыэ]"), "uk": re.compile("[іїєґ'’ʼ]")}
# What of a lexeme counts as forms of the word listed: of a participle its own, of an adjective no comparative.
_KIN = {
    **dict.fromkeys(("PRTF", "PRTS"), frozenset({"PRTF", "PRTS"})),
    **dict.fromkeys(("ADJF", "ADJS"), frozenset({"ADJF", "ADJS"})),
    **{part: frozenset({part}) for part in ("NOUN", "NPRO", "NUMR")},
}
_STEMMERS = {
    **{"ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english"},
    **{"es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french"},
    **{"ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian"},
    **{"lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "nn": "norwegian"},
    **{"pl": "polish", "pt": "portuguese", "ro": "romanian", "sr": "serbian", "sv": "swedish", "ta": "tamil"},
}  # fmt: skip


class Inflections:
    """Finds the forms of any number of words, each known by its place in the list."""

    def __init__(self, listed: Iterable[str]) -> None:
        """Work out the Cyrillic forms; Turkish and stems wait for the first text that needs them."""
        self._listed = list(listed)
        self._forms = _index((form, number) for number, word in enumerate(self._listed) for form in _forms(word))
        _dictionary.cache_clear()  # 20 MB a language, needed no more until the rules change
        self._stems: dict[str, Mapping[str, Numbers]] = {}
        self._turkish: _Turkish | None = None

    def find(self, texts: Collection[str], lang: str | None) -> dict[str, Numbers]:
        """Return those of a text's (folded) words that are forms of listed ones, with whose."""
        found = {word: self._forms[word] for word in self._forms.keys() & texts}
        if lang == "tr":
            self._turkish = self._turkish or _Turkish(self._listed)
            found |= {word: hit for word in texts if (hit := self._turkish[word])}
        elif lang in _STEMMERS:
            found |= self._by_stem(list(texts), lang)
        return found

    def _by_stem(self, texts: list[str], lang: str) -> dict[str, Numbers]:
        stem = _stemmer(lang)
        if lang not in self._stems:
            self._stems[lang] = _index(
                (one, number) for number, one in enumerate(stem(list(map(_folded, self._listed))))
            )
        known = self._stems[lang]
        return {word: known[one] for word, one in zip(texts, stem(texts), strict=True) if one in known}


class _Turkish(dict[str, Numbers]):
    """For each word of a text, of which listed ones it is a form: worked out once, as texts repeat their words."""

    def __init__(self, listed: Iterable[str]) -> None:
        stems = [
            (stem, ending, number) for number, word in enumerate(listed) for stem, ending in _turkish(_folded(word))
        ]
        self._stems: dict[str, list[tuple[re.Pattern[str], int]]] = {}
        for stem, ending, number in stems:
            self._stems.setdefault(stem, []).append((ending, number))
        self._longest = max(map(len, self._stems), default=0)

    def __missing__(self, word: str) -> Numbers:
        cuts = range(2, min(len(word), self._longest) + 1)
        fits = {n for cut in cuts for ending, n in self._stems.get(word[:cut], ()) if ending.fullmatch(word, cut)}
        if len(self) >= KEPT_WORDS:
            self.clear()
        self[word] = found = tuple(sorted(fits)) or _NONE
        return found


def _turkish(word: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the stems of a folded word, each with the endings that it takes."""
    if len(word) > 4 and word.endswith(("mak", "mek")):
        yield from _turkish_verb(word[:-3])
    elif word[-1:] in _VOWELS:
        yield word, _ending("after_vowel")
        if word[-1] in "iu":
            yield word, _ending("after_possessive")
            yield word[:-2] if word[-2:-1] == "s" and word[-3:-2] in _VOWELS else word[:-1], _ending("compound")
    else:
        yield word, _ending("after_consonant")
        table = _grammar()
        soft = table["softened"].get(word[-1:])
        if soft and (sum(map(word.count, _VOWELS)) > 1 or word.endswith("nk")):
            yield word[:-1] + soft, _ending("after_consonant", before_vowel=True)
        if word in table["falling"].split():
            yield word[:-2] + word[-1], _ending("after_consonant", before_vowel=True)


def _turkish_verb(stem: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    yield stem, _ending("verb")
    yield stem[:-1] if stem[-1] in _VOWELS else stem, _ending("progressive")
    if stem in _grammar()["softened_verbs"]:
        yield f"{stem[:-1]}d", _ending("verb", before_vowel=True)
        yield f"{stem[:-1]}d", _ending("progressive")


@cache
def _ending(name: str, *, before_vowel: bool = False) -> re.Pattern[str]:
    """Return a line of the grammar as an expression over folded letters."""
    table, pattern = _grammar(), f"<{name}>"
    while inner := re.search("<([a-z_]+)>", pattern):
        pattern = pattern.replace(inner[0], f"(?:{table[inner[1]]})")
    for sound, letters in {"A": "[ae]", "I": "[iu]", "D": "[dt]"}.items():
        pattern = pattern.replace(sound, letters)
    return re.compile(f"(?=[{_VOWELS}]){pattern}" if before_vowel else pattern)


@cache
def _grammar() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))["turkish"]
    return table


def _forms(word: str) -> frozenset[str]:
    """Return the forms of a listed word that every text is searched for, folded: the Cyrillic ones, and itself."""
    own = frozenset({_folded(word)})
    if not _CYRILLIC.search(word):
        return own
    low = word.lower().replace("’", "'").replace("ʼ", "'")
    langs = [lang for lang, letters in _ONLY.items() if letters.search(low)]
    parsers = [one for lang in (langs if len(langs) == 1 else _ONLY) if (one := _dictionary(lang))]
    # a word that one dictionary has and the other lacks is of the one: the other would guess
    knowing = [parser for parser in parsers if parser.word_is_known(low)] or parsers
    return own.union(*(_lexeme(parser, low) for parser in knowing))


def _lexeme(parser: MorphAnalyzer, word: str) -> frozenset[str]:
    parses = parser.parse(word)
    own = [parse for parse in parses if fold(parse.normal_form) == fold(word)]  # "село" is a village, not "it sat down"
    return frozenset(
        _folded(form.word)
        for parse in own or parses
        for kin in [_KIN.get(parse.tag.POS)]
        for form in parse.lexeme
        if kin is None or form.tag.POS in kin
    )


def _folded(word: str) -> str:
    return "".join(words(word))


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, Numbers]:
    found: dict[str, Numbers] = {}
    for word, number in pairs:
        if word and number not in found.get(word, _NONE):
            found[word] = (*found.get(word, _NONE), number)
    return found


@lru_cache(maxsize=2)
def _dictionary(lang: str) -> MorphAnalyzer | None:
    """Return the dictionary of a language; `None` where a distribution has left it out."""
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415  # most rules have no ~word, and a dictionary takes 20 MB

    try:
        return MorphAnalyzer(lang=lang)
    except ValueError:
        return None


@lru_cache(maxsize=4)
def _stemmer(lang: str) -> Any:
    from Stemmer import Stemmer  # noqa: PLC0415  # as above

    return Stemmer(_STEMMERS[lang], 0).stemWords
