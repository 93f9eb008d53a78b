"""Source of short lists -> shipped lexicon: every lemma expanded to the forms in which the news use it.

    python -m crawler.lexicon.build ru uk     # writes crawler/lexicon/ru.yaml and uk.yaml

Needed only to rebuild a lexicon, with pymorphy3 and its dictionaries (the extra `lexicon`); reading needs neither.
A source (`crawler/lexicon/source/<code>.yaml`) has every section of a lexicon, copied, and three of its own:

    nouns:  {"person security": [солдат]}   # singular forms as they are, plural ones as `people` instead of `person`
    verbs:  {die: [погибнуть]}              # past and present; the singular also `singular_verb`
    forms:  {dead: [погибший], kill_ed: [убитый]}   # a participle's or adjective's long forms; short ones where `_ed`

A language without a dictionary here spells its endings out, as `fr` does; an ending's tags are added to the list's:

    patterns:  {s: {"": person, s: people}, é: {é: singular_verb, és: "", ée: singular_verb, ées: ""}}
    inflected: {"s security": [soldat], "é kill_ed": [tu]}   # soldat, soldats; tué, tués, tuée, tuées

Nouns, participles and adjectives carry `subject` where the form can be a nominative and `object` where it can be an
accusative or genitive; other cases are left out, because they are neither. Only the first word of a phrase is expanded:
"получить ранения" gives "получили ранения".
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_DICTIONARY = ("nouns", "verbs", "forms")
_OWN = (*_DICTIONARY, "patterns", "inflected")
_ROLES = {"nomn": "subject", "accs": "object", "gent": "object"}
_WIDTH = 120


def build(lang: str) -> str:
    """Return the text of a language's shipped lexicon.

    Raises `ModuleNotFoundError` without pymorphy3 and `ValueError` for a lemma that its dictionary does not know.
    """
    source = yaml.safe_load((HERE / "source" / f"{lang}.yaml").read_text(encoding="utf-8"))
    words: dict[str, set[str]] = {}
    for word, more in [*_by_dictionary(lang, source), *by_pattern(source)]:
        words.setdefault(word, set()).update(more)
    for tags, listed in source.get("words", {}).items():
        for word in listed:
            words.setdefault(word, set()).update(tags.split())
    by_tags: dict[str, list[str]] = {}
    for word, tags in words.items():
        by_tags.setdefault(" ".join(sorted(tags)), []).append(word)
    data = {section: entries for section, entries in source.items() if section not in {*_OWN, "words"}}
    data["words"] = {tags: sorted(by_tags[tags]) for tags in sorted(by_tags)}
    header = f"# Made by `python -m crawler.lexicon.build {lang}` from source/{lang}.yaml: change that, not this.\n"
    return header + yaml.safe_dump(data, allow_unicode=True, default_flow_style=None, sort_keys=False, width=_WIDTH)


def by_pattern(source: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield every stem of a source's `inflected` before every ending of its pattern, each with its tags.

    Raises `ValueError` for a pattern that the source lacks and a stem that is no word.
    """
    for key, stems in source.get("inflected", {}).items():
        pattern, *tags = key.split()
        if pattern not in source.get("patterns", {}):
            raise ValueError(f"inflected: {key!r}: there is no pattern {pattern!r}")
        for stem in stems:
            if not isinstance(stem, str):
                raise ValueError(f"inflected: {key!r}: {stem!r} is not a word; put it in quotes")
            for ending, more in source["patterns"][pattern].items():
                yield stem + ending, {*tags, *more.split()}


def _by_dictionary(lang: str, source: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    if not any(section in source for section in _DICTIONARY):
        return
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - a build-time extra: reading a lexicon must not need it

    analyzer = MorphAnalyzer(lang=lang)
    for section, read in (("nouns", _noun), ("verbs", _verb), ("forms", _form)):
        for tags, phrases in source.get(section, {}).items():
            for phrase in phrases:
                lemma, _, tail = phrase.partition(" ")
                guesses = analyzer.parse(lemma)
                known = [parse for parse in guesses if parse.is_known] or guesses[:1]
                found = [(form, more) for parse in known for form, more in read(parse, set(tags.split()))]
                if not found:
                    raise ValueError(
                        f"{section}: {phrase!r}: no forms in the dictionary; list them under tags or words"
                    )
                for form, more in found:
                    yield (f"{_plain(form)} {tail}".strip(), more)


def _plain(word: str) -> str:
    """The press leaves the dots of ё out."""
    return word.replace("ё", "е")


def _noun(parse: Any, tags: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Nominative, accusative and genitive of a noun whose lemma this is; the Ukrainian one leaves some cases unsaid."""
    if parse.tag.POS not in {"NOUN", "ADJF", "PRTF"} or parse.tag.case not in {"nomn", None}:
        return
    nominatives = {form.word for form in parse.lexeme if form.tag.case == "nomn"} | {parse.word}
    for form in parse.lexeme:
        role = "subject" if form.word == parse.word else _ROLES.get(str(form.tag.case))
        if role is None or form.tag.POS != parse.tag.POS:
            continue
        if "person" in tags and form.tag.case == "accs" and form.word in nominatives:
            continue  # only what is lifeless has an accusative like its nominative
        plural = form.tag.number == "plur" and "person" in tags
        yield form.word, (tags - {"person"} | {"people"} if plural else set(tags)) | {role}


def _verb(parse: Any, tags: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Past forms and the third person; neuter goes with numbers ('погибло пять'), so it is no singular."""
    if not _is_infinitive(parse):
        return
    for form in parse.lexeme:
        if _is_infinitive(form):
            yield form.word, tags | {"infinitive"}
        elif form.tag.POS == "VERB" and _is_told(form):
            single = form.tag.number != "plur" and form.tag.gender in {"masc", "femn"}
            yield form.word, tags | ({"singular_verb"} if single else set())


def _is_told(form: Any) -> bool:
    """A future is no fact."""
    return bool(form.tag.tense == "past" or (form.tag.person == "3per" and form.tag.tense == "pres"))


def _is_infinitive(parse: Any) -> bool:
    return bool(parse.tag.POS == "INFN" or "infn" in parse.tag.grammemes)


def _form(parse: Any, tags: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Long forms for a noun-like tag, short ones ('убиты') for a participle's."""
    short = any(tag.endswith("_ed") for tag in tags)
    for form in parse.lexeme:
        if short and form.tag.POS in {"PRTS", "ADJS"} and form.tag.tense != "pres":
            single = form.tag.number == "sing" and form.tag.gender != "neut"
            yield form.word, tags | ({"singular_verb"} if single else set())
        elif (
            not short
            and form.tag.POS in {"PRTF", "ADJF", "NOUN"}
            and form.tag.case in _ROLES
            and form.tag.POS == parse.tag.POS
        ):
            yield form.word, set(tags)


if __name__ == "__main__":
    for code in sys.argv[1:]:
        (HERE / f"{code}.yaml").write_text(build(code), encoding="utf-8")
