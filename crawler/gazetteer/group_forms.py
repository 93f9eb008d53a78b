"""A group's name -> how else it is written: other spellings, grammatical cases, with an Arabic prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product
from typing import Any

from crawler.gazetteer.names import key
from crawler.gazetteer.tables import read_table

_MOST = 48  # spellings of one name: each of its words may have several
_INITIALS = 3  # letters; longer abbreviations are read as words and take a case ending
_OF_ONE_LANGUAGE = {"uk": re.compile("[іїєґ]", re.IGNORECASE), "ru": re.compile("[ыэёъ]", re.IGNORECASE)}
_CYRILLIC, _ARABIC = re.compile("[а-яёіїєґ]", re.IGNORECASE), re.compile("[\u0621-\u064a]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """group_forms.yaml; `endings` has for a language the patterns of a word's end and what stands there instead."""

    spellings: Mapping[str, tuple[str, ...]]
    articles: tuple[str, ...]
    sun: Mapping[str, tuple[str, ...]]
    linked: tuple[str, ...]
    adjectives: Mapping[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]]
    nouns: Mapping[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]]
    turkish: Mapping[str, tuple[str, ...]]
    prefixes: tuple[str, ...]
    article: Mapping[str, tuple[str, ...]]
    plural: Mapping[str, str]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    rows: dict[str, Any] = read_table("group_forms.yaml")
    return _Rules(
        spellings={key(word): tuple(row) for row in rows["spellings"] for word in row},
        articles=tuple(rows["articles"]),
        sun=rows["sun"],
        linked=tuple(rows["linked"]),
        adjectives={lang: _endings(table) for lang, table in rows["adjectives"].items()},
        nouns={lang: _endings(table) for lang, table in rows["nouns"].items()},
        turkish=rows["turkish"],
        prefixes=tuple(rows["arabic_prefixes"]),
        article=rows["arabic_article"],
        plural=rows["arabic_plural"],
    )


def _endings(table: Mapping[str, list[str]]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((re.compile(rf"{end}\Z"), tuple(others)) for end, others in table.items())


def forms(name: str) -> tuple[str, ...]:
    """Return how else a name is written, without the name; some of them no language has, which does no harm.

    The forms of a name in Cyrillic letters are Russian and Ukrainian ones, unless its letters say which of the two.
    """
    made: Iterator[str]
    if _CYRILLIC.search(name):
        told = [lang for lang, letters in _OF_ONE_LANGUAGE.items() if letters.search(name)]
        made = chain.from_iterable(_cases(name, lang) for lang in told[:1] or _OF_ONE_LANGUAGE)
    elif _ARABIC.search(name):
        made = _prefixed(name)
    else:
        made = _spelled(name)
    return tuple({folded: form for form in made if (folded := key(form)) not in ("", key(name))}.values())


def _spelled(name: str) -> Iterator[str]:
    words = re.split(r"[\s\-–/]+", name)
    choices = [_choices(word, words[at + 1] if at + 1 < len(words) else "") for at, word in enumerate(words)]
    for chosen in islice(product(*choices), _MOST):
        yield " ".join(chosen)
        joined = re.sub(r"(?<=\w{3}) ul (?=\w)", "ul ", " ".join(chosen))
        if joined != " ".join(chosen):
            yield joined
    for plural, suffixes in _rules().turkish.items():
        if name.endswith(plural) and len(words) == 1:
            yield from (name + suffix for suffix in suffixes)


def _choices(word: str, after: str) -> tuple[str, ...]:
    """Return the ways to write a word of a name, its own first."""
    rules, folded = _rules(), word.casefold()
    if after and (folded in rules.articles or folded in rules.sun.get(after[:1].casefold(), ())):
        return (word, *rules.articles, *rules.sun.get(after[:1].casefold(), ()))
    if after and folded in rules.linked:
        return rules.linked
    spelled = {word: None} | dict.fromkeys(_like(word, other) for other in rules.spellings.get(key(word), ()))
    if "'" in word.strip("'"):
        spelled[word.replace("'", "")] = None
    return tuple(spelled)


def _like(word: str, other: str) -> str:
    if word.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other


def _cases(name: str, lang: str) -> Iterator[str]:
    """Yield a name's other cases: its adjectives and its first noun agree; what comes after those stays as it is.

    In a name that is taken from another language the last word has the ending.
    """
    words = name.split()
    head = 0
    while head < len(words) - 1 and _ending(words[head], _rules().adjectives[lang]):
        head += 1
    before, noun, rest = words[:head], words[head], words[head + 1 :]
    if not before:
        yield from (" ".join([form, *rest]) for form in _declined(noun, lang))
    else:
        agreeing = [_declined_adjective(word, lang) for word in before]
        for form in _declined(noun, lang):
            yield from (" ".join([*chosen, form, *rest]) for chosen in islice(product(*agreeing), _MOST))
    if rest and not before:
        yield from (" ".join([*words[:-1], form]) for form in _declined(words[-1], lang))


def _declined(word: str, lang: str) -> list[str]:
    bare = word.rstrip("»”\"'")
    if bare.isupper() and len(bare) <= _INITIALS:
        return []
    lowered = bare.lower()
    found = _ending(lowered, _rules().nouns[lang])
    if not found:
        return []
    end, others = found
    return [bare[: end.start()] + other + word[len(bare) :] for other in others]


def _declined_adjective(word: str, lang: str) -> list[str]:
    found = _ending(word.lower(), _rules().adjectives[lang])
    return [word[: found[0].start()] + other for other in found[1]] if found else [word]


def _ending(
    word: str, table: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
) -> tuple[re.Match[str], tuple[str, ...]] | None:
    for pattern, others in table:
        if end := pattern.search(word):
            return end, others
    return None


def _prefixed(name: str) -> Iterator[str]:
    rules = _rules()
    names = [name]
    first, _, rest = name.partition(" ")
    for end, other in rules.plural.items():
        if first.endswith(end):
            names.append(f"{first[: -len(end)]}{other} {rest}".rstrip())
    yield from names[1:]
    for form in names:
        yield from (prefix + form for prefix in rules.prefixes)
        for article, swallowed in rules.article.items():
            if form.startswith(article):
                yield from (other + form[len(article) :] for other in swallowed)
