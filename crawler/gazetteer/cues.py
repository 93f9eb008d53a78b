"""cues/<lang>.yaml -> Cues: the words of a language that say which part a place plays in an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from crawler import lexicon
from crawler.gazetteer.names import key
from crawler.gazetteer.phrases import Phrases

_FILE = "cues/{}.yaml"
_EVENT_TAGS = ("kill_act", "kill_ed", "kill_of", "die", "dead", "hurts", "hurt_act", "hurt_ed", "hurt_int", "bodies")
_LISTS = (
    *(
        "events",
        "background",
        "governors",
        "by_case",
        "never",
        "not_before",
        "kinds",
        "links",
        "between",
        "joints",
        "measures",
    ),
    *("speakers", "suffered", "after_event", "after_never", "genitives", "places_after", "datives", "attacks", "aims"),
    *("accusative_words", "indeclinable", "ordinary"),
)
_SMALL = ("governors", "never", "kinds", "joints", "speakers", "events")
_OTHERS = frozenset(
    (
        "between_endings",
        "attached_governors",
        "attached_never",
        "attached_and",
        "accusative_endings",
        "accusative_same",
        "accusative_of",
    )
)


class CuesError(ValueError):
    """A table of cues is not what it should be; the message names the file and the section."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cues:
    """The cues of one language; what each section means is told at the head of `cues/ru.yaml`."""

    words: Mapping[str, Phrases]
    history: Phrases
    between_endings: tuple[str, ...]
    attached_governors: frozenset[str]
    attached_never: frozenset[str]
    attached_and: frozenset[str]
    accusative_endings: tuple[str, ...]
    accusative_same: tuple[str, ...]
    accusative_of: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def cues(lang: str | None) -> Cues | None:
    """Return the cues of an ISO 639-1 language, `None` where there are none.

    Raises `CuesError` for a file that is broken.
    """
    if not lang or not (lang.isascii() and lang.isalpha() and lang.islower() and len(lang) <= 3):
        return None
    file = files("crawler.gazetteer").joinpath(_FILE.format(lang))
    if not file.is_file():
        return None
    known = lexicon.load(lang)
    tags = known.tags if known else {}
    return parse(lang, file.read_text("utf-8"), tags)


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Return, folded, the single words that stand before a name in any of the languages, and are no part of it."""
    return frozenset(word for word in _in_any_language(_SMALL) if " " not in word)


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Return, folded, the names of places that are first of all ordinary words in one of the languages."""
    return _in_any_language(("ordinary",))


def _in_any_language(sections: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for file in files("crawler.gazetteer").joinpath("cues").iterdir():
        lang = file.name.removesuffix(".yaml")
        table = _table(lang, file.read_text("utf-8"))
        for section in sections:
            found.update(map(key, _list(lang, section, table.get(section, []))))
    return frozenset(found)


def parse(lang: str, source: str, tags: Mapping[str, Iterable[str]]) -> Cues:
    """Return the cues that a YAML text spells out, the toll lexicon's words for dead and hurt added to its events."""
    table = _table(lang, source)
    lists = {name: _list(lang, name, table.get(name, [])) for name in _LISTS}
    lists["events"] += [word for tag in _EVENT_TAGS for word in _plain(tags.get(tag, ()))]
    attached = _keys(lang, table, "attached_governors")
    # "in the city of" is one word in Arabic: the preposition is written on the noun.
    lists["governors"] += [short + kind for short in attached for kind in lists["kinds"]]
    bases = table.get("accusative_of", {})
    if not isinstance(bases, dict):
        raise CuesError(f"cues {lang}.yaml: accusative_of is not a map")
    return Cues(
        words={name: Phrases(listed) for name, listed in lists.items()},
        history=Phrases(_plain(tags.get("history", ()))),
        between_endings=_keys(lang, table, "between_endings"),
        attached_governors=frozenset(attached),
        attached_never=frozenset(_keys(lang, table, "attached_never")),
        attached_and=frozenset(_keys(lang, table, "attached_and")),
        accusative_endings=_keys(lang, table, "accusative_endings"),
        accusative_same=_keys(lang, table, "accusative_same"),
        accusative_of={key(end): _keys(lang, bases, end) for end in bases},
    )


def _keys(lang: str, table: Mapping[str, Any], section: str) -> tuple[str, ...]:
    return tuple(map(key, _list(lang, section, table.get(section, []))))


def _plain(words: Iterable[str]) -> list[str]:
    """The lexicon's phrases as they stand in a text: Arabic's article is a word of its own there, as `'` is."""
    joined = (word.replace("ال ", "ال").replace("ب ", "ب") if "ال " in word else word for word in words)
    return [word for word in joined if not word.startswith("'") and key(word)]


def _table(lang: str, source: str) -> dict[str, Any]:
    try:
        table = yaml.load(source, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise CuesError(f"cues {lang}.yaml: {error}") from error
    if not isinstance(table, dict):
        raise CuesError(f"cues {lang}.yaml: a map of sections is needed")
    if unknown := sorted(map(str, set(table).difference(_LISTS, _OTHERS))):
        raise CuesError(f"cues {lang}.yaml: unknown section {unknown[0]!r}")
    return table


def _list(lang: str, section: str, words: object) -> list[str]:
    if not isinstance(words, list):
        raise CuesError(f"cues {lang}.yaml: {section} is not a list")
    for word in words:
        if not isinstance(word, str) or not key(word):
            # YAML reads a bare `no`, `on` or `12` as something else than a word
            raise CuesError(f"cues {lang}.yaml: {section}: {word!r} is not a word; put it in quotes")
    return list(words)
