"""A German compound -> the words it is read as: 'zweihundertdrei' a number, 'Grenzsoldaten' soldiers."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What may stand last in a compound and still be what the whole is; spelled as after case folding.
_HEAD = re.compile(
    r"""
    \w{3,}?(
        (?:soldat|polizist|terrorist|rebell|extremist|islamist|journalist|aktivist|student|tourist|pilot|kadett)(?:in|innen|en)?
        |(?:kämpf|attentät|angreif|anhäng|bewohn|einwohn|arbeit|mitarbeit|helf|schül|lehr|report|fahr|besuch|politik|wächt
            |bürg|führ|fisch|händl|sanität|schütz|richt|pfleg|verkäuf|siedl|gäng)er(?:n|s|in|innen)?
        |(?:offizier|kommandeur|milizionär|general|passagier|flüchtling|häftling)e?n?
        |(?:beamt|abgeordnet|angehörig|verletzt|verwundet)(?:er|en|e)
        |mitglied(?:er|ern)?|mann|männern?|frau|frauen|kind|kindern?|mädchen|gästen?|kräften?|leuten?|arzt|ärzten?|ärztin
        |minister|generäle|chef|bauern?|insassen|todesopfern?
        |anschl[aä]ge?n?|angriffe?n?|fahrzeuge?n?|unfall|unfällen?|explosion|explosionen|attacken?|attentate?|gefechte?n?
        |brand|bränden?
    )
    """,
    re.VERBOSE,
)
_LONGEST = 60  # letters: German news has no longer word, hostile input may


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return known words to read instead of an unknown lower-case one, `()` where it is no compound of them."""
    if len(word) > _LONGEST:
        return ()
    head = _HEAD.fullmatch(word)
    return _number(word) or ((head[1],) if head and head[1] in known else ())


_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TENS = ("zwanzig", "dreissig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_TEENS = ("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zehn", "elf", "zwölf")
_PARTS = tuple(
    sorted(
        (*_ONES, "eins", *_TENS, *_TEENS, "hundert", "tausend", *(f"{one}und{ten}" for one in _ONES for ten in _TENS)),
        key=len,
        reverse=True,
    )
)


def _number(word: str) -> tuple[str, ...]:
    """'zweitausendfünfhundert' -> zwei, tausend, fünf, hundert: the longest part first, to the word's end."""
    if "hundert" not in word and "tausend" not in word:
        return ()  # what is smaller is in the lexicon
    found: list[str] = []
    rest = word.replace("hundertund", "hundert").replace("tausendund", "tausend")
    while rest:
        part = next((part for part in _PARTS if rest.startswith(part)), "")
        if not part:
            return ()
        found.append(part)
        rest = rest[len(part) :]
    return tuple(found)
