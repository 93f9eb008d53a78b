"""Language -> its lexicon: the words the readers know, as data, one file per language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from crawler.lexicon.grammar import Grammar, Spelling, read_grammar, read_spelling

Entries = Mapping[str, tuple[tuple[tuple[str, ...], frozenset[str]], ...]]
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NUMBERS = ("numbers", "multipliers", "vague", "fixed")
_FOREIGN = ("grammar", "fold", "prefixes", "suffixes", "beside")


class LexiconError(ValueError):
    """A lexicon file is not what it should be; the message names the file and the entry."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of one language.

    `numbers`, `multipliers`, `vague` and `fixed` give the value of a number word (`three`; `thousand`; `dozens`;
    `a dozen`). `endings` are what an unknown word's last letters tell, the first that fits. `entries` maps a first word
    to the phrases that it begins, longest first, each with the tags it carries: a word on its own is a phrase of one;
    `openings` maps it to the second word first, "" for a word on its own. All lower case. `grammar` is `None` for
    English, which has a reader of its own; every other language is read by its grammar and spelling. `known` are all
    the words that occur in any phrase. `beside` are phrases that tell of no death or injury unless one of these words
    is in the sentence too: "das Leben" beside "verlor".
    """

    lang: str
    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]
    vague: Mapping[str, int]
    fixed: Mapping[str, int]
    months: Mapping[str, int]
    endings: Mapping[str, tuple[str, ...]]
    entries: Entries
    openings: Mapping[str, Entries]
    tags: Mapping[str, frozenset[str]]
    grammar: Grammar | None
    spelling: Spelling
    known: frozenset[str]
    beside: Mapping[str, frozenset[str]]


@lru_cache(maxsize=32)
def load(lang: str) -> Lexicon | None:
    """Return the lexicon of an ISO 639-1 language, `None` where there is none.

    Raises `LexiconError` for a file that is broken.
    """
    if not _LANGUAGE.fullmatch(lang):
        return None
    file = resources.files(__name__).joinpath(f"{lang}.yaml")
    if not file.is_file():
        return None
    return parse(lang, file.read_text(encoding="utf-8"))


def parse(lang: str, source: str) -> Lexicon:
    """Return the lexicon that a YAML text spells out: maps of number words, and `tags`, a list of phrases each."""
    name = f"lexicon {lang}.yaml"
    data = _read(name, source)
    unknown = set(data) - {*_NUMBERS, "months", "endings", "tags", "words", *_FOREIGN}
    if unknown:
        raise LexiconError(f"{name}: unknown section {sorted(map(str, unknown))[0]!r}")
    grammar, spelling = _read_grammar(name, lang, data)
    key = spelling.key if grammar else str
    tags = {tag: _phrases(name, tag, words, key) for tag, words in _section(name, data, "tags").items()}
    for several, words in _section(name, data, "words").items():
        for tag in several.split():
            tags[tag] = tags.get(tag, frozenset()) | _phrases(name, several, words, key)
    values = {
        section: {key(word): n for word, n in _values(name, section, _section(name, data, section)).items()}
        for section in (*_NUMBERS, "months")
    }
    endings = {tag: _endings(name, tag, words) for tag, words in _section(name, data, "endings").items()}
    phrases = _gathered(tags, values)
    known = frozenset(word for words in phrases if words[0] != "'" for word in words).union(values["months"])
    return Lexicon(
        lang=lang,
        **values,
        endings=endings,
        entries=_by_first_word(phrases),
        openings=_by_two_words(phrases),
        tags=tags,
        grammar=grammar,
        spelling=replace(
            spelling,
            endings=_endings_of(phrases),
            vocabulary=_by_first_sign(known) if grammar and not grammar.blanks else {},
        ),
        known=known,
        beside={
            " ".join(key(phrase).split()): _phrases(name, "beside", words, key)
            for phrase, words in _section(name, data, "beside").items()
        },
    )


def _gathered(
    tags: Mapping[str, Iterable[str]], values: Mapping[str, Iterable[str]]
) -> dict[tuple[str, ...], set[str]]:
    """Return every phrase, as its words, with all its tags."""
    phrases: dict[tuple[str, ...], set[str]] = {}
    for tag, words in (*tags.items(), *(("number", values[section]) for section in _NUMBERS)):
        for word in words:
            phrases.setdefault(tuple(word.split()), set()).add(tag)
    return phrases


def _endings_of(phrases: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Return what the lexicon knows behind an apostrophe."""
    return frozenset(words[1] for words in phrases if words[0] == "'" and words[1:])


def _by_first_sign(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        found.setdefault(word[0], []).append(word)
    return {sign: tuple(listed) for sign, listed in found.items()}


def _read_grammar(name: str, lang: str, data: dict[str, Any]) -> tuple[Grammar | None, Spelling]:
    try:
        grammar = read_grammar(_section(name, data, "grammar")) if "grammar" in data else None
    except ValueError as error:
        raise LexiconError(f"{name}: grammar: {error}") from error
    fold = _section(name, data, "fold")
    for old, new in fold.items():
        if len(old) != 1 or not isinstance(new, str):
            raise LexiconError(f"{name}: fold: {old!r}: {new!r} is not one sign and what replaces it")
    affixes = {side: tuple(_phrases(name, side, data.get(side, []))) for side in ("prefixes", "suffixes")}
    return grammar, read_spelling(lang, grammar or Grammar(), fold, affixes)


@lru_cache(maxsize=1)
def abbreviations() -> Mapping[str, frozenset[str]]:
    """Return the words that end in a full stop without ending a sentence, by how sure that is."""
    source = resources.files(__name__).joinpath("abbreviations.yaml").read_text(encoding="utf-8")
    name = "lexicon abbreviations.yaml"
    return {kind: _phrases(name, kind, words) for kind, words in _read(name, source).items()}


def _read(name: str, source: str) -> dict[str, Any]:
    try:
        data = yaml.load(source, Loader=yaml.CSafeLoader)  # the C twin of SafeLoader, 10 times as fast
    except yaml.YAMLError as error:
        raise LexiconError(f"{name}: {error}") from error
    if not isinstance(data, dict):
        raise LexiconError(f"{name}: a map of sections is needed")
    return data


def _section(name: str, data: dict[str, Any], section: str) -> dict[str, Any]:
    found = data.get(section, {})
    if not isinstance(found, dict):
        raise LexiconError(f"{name}: {section} is not a map")
    for key in found:
        if not isinstance(key, str):
            # YAML reads a bare `no`, `on` or `12` as something else than a word
            raise LexiconError(f"{name}: {section}: {key!r} is not a word; put it in quotes")
    return found


def _values(name: str, section: str, found: dict[str, Any]) -> dict[str, int]:
    for word, value in found.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise LexiconError(f"{name}: {section}: {word!r}: {value!r} is not a word and its whole number")
    return {word.casefold(): value for word, value in found.items()}


def _phrases(name: str, tag: object, words: object, key: Callable[[str], str] = str) -> frozenset[str]:
    if not isinstance(words, list):
        raise LexiconError(f"{name}: {tag} is not a list")
    for word in words:
        if not isinstance(word, str) or not word.strip():
            raise LexiconError(f"{name}: {tag}: {word!r} is not a word; put it in quotes")
    return frozenset(key(" ".join(word.casefold().split())) for word in words)


def _endings(name: str, tag: object, words: object) -> tuple[str, ...]:
    return tuple(sorted(_phrases(name, tag, words)))


def _by_two_words(phrases: dict[tuple[str, ...], set[str]]) -> dict[str, Entries]:
    """Return the phrases by their first word and their second, "" for a word alone: 'der' begins a hundred."""
    first: dict[str, dict[tuple[str, ...], set[str]]] = {}
    for words, tags in phrases.items():
        first.setdefault(words[0], {})[words[1:] or ("",)] = tags
    shorter = {word: _by_first_word(rest) for word, rest in first.items()}
    return {
        word: {
            second: tuple(((word, *rest) if second else (word,), tags) for rest, tags in found)
            for second, found in by.items()
        }
        for word, by in shorter.items()
    }


def _by_first_word(
    phrases: dict[tuple[str, ...], set[str]],
) -> Entries:
    first: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    for words, tags in phrases.items():
        first.setdefault(words[0], []).append((words, frozenset(tags)))
    return {word: tuple(sorted(found, key=lambda entry: -len(entry[0]))) for word, found in first.items()}
