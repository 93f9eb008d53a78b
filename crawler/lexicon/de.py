"""A German compound -> the words it is read as: 'zweihundertdrei' a number, 'Grenzsoldaten' soldiers."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What may stand last in a compound and still be what the whole is; spelled as after case folding.
_HEAD = re.compile(
    r"""
    \w{3,}?(
        # people
        (?:soldat|polizist|terrorist|rebell|extremist|islamist|journalist|aktivist|student|tourist|pilot|kadett|gendarm
            |demonstrant|kommandant|rekrut|diplomat|patient|zivilist|dschihadist|separatist|passant|migrant)(?:in|innen|en)?
        |(?:kämpf|attentät|angreif|anhäng|bewohn|einwohn|arbeit|mitarbeit|helf|schül|lehr|report|fahr|besuch|politik|wächt
            |bürg|führ|fisch|händl|sanität|schütz|richt|pfleg|verkäuf|siedl|gäng|jäg|sportl|teilnehm|beobacht|urlaub
            |steig|rentn|läuf|bau|nehm|söldn|spiel|wand(?:er)?|camp|gegn|dolmetsch|schmuggl|räub|mörd|tät|hüt)er(?:n|s|in|innen)?
        |(?:offizier|kommandeur|milizionär|general|passagier|flüchtling|häftling|ingenieur)(?:en|e|s|n)?
        |(?:beamt|abgeordnet|angehörig|verletzt|verwundet|bedienstet|angestellt|tot|reisend|gläubig|gefangen)(?:er|en|e)
        |mitglied(?:er|ern)?|mann|männern?|frau|frauen|kind|kindern?|mädchen|gast|gästen?|kräften?|leuten?|arzt|ärzten?|ärztin
        |minister|generäle|chef|bauern?|insassen?|todesopfern?|opfern?|familien?|milizen|truppen|hirten?|matrosen?|fans?
        |leichen?|personal
        # things, beasts and measures, which are no people
        |anschl[aä]ge?n?|angriffe?n?|fahrzeuge?n?|unfall|unfällen?|explosion|explosionen|attacken?|attentate?|gefechte?n?
        |brand|bränden?|booten?|boot|flugzeuge?n?|zug|zügen?|bus|bussen?|schiffe?n?|wagen|haus|häusern?|gebäuden?
        |hubschraubern?|panzern?|raketen?|drohnen?|bomben?|granaten?|waffen?|gewehre?n?|minen?|lagern?|posten|wohnung
        |wohnungen|dorf|dörfern?|stadt|städten?|schulen?|kirchen?|brücken?|läden|geschäfte?n?|märkten?|hotels?|plätzen?
        |stellungen|punkten?|einsätzen?|schlägen?|razzien|festnahmen?|hunden?|vögeln?|rindern?|schweinen?|schafen?
        |kilometern?|stunden?|minuten?
    )
    """,
    re.VERBOSE,
)
_LONGEST = 60  # letters: German news has no longer word, hostile input may
# Words of the lexicon, read in place of what no list can hold: "Joggerin", "Joggerinnen", "syrische".
_STANDING = {"in": "mieterin", "innen": "nachbarinnen", "isch": "ausländische"}
_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TENS = ("zwanzig", "dreissig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_TEENS = ("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zehn", "elf", "zwölf")
_AND = {f"{one}und{ten}": (ten, one) for one in _ONES for ten in _TENS}
_PARTS = "|".join(sorted((*_ONES, "eins", *_TEENS, *_TENS, *_AND, "hundert", "tausend"), key=len, reverse=True))
_PART = re.compile(_PARTS)
_NUMBER = re.compile(rf"(?:{_PARTS}|(?<=hundert)und|(?<=tausend)und)++")
_AGED = re.compile(rf"(?:{_PARTS})+-?(jährige[nrs]?)")
_LIKE = re.compile(r"\w{3,}(?:er(in|innen)|(isch)e[nrsm]?)")
_SIZED = re.compile(rf"((?:{_PARTS})+)-?köpfige[nrs]?")


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return known words to read instead of an unknown lower-case one, `()` where it is no compound of them."""
    if len(word) > _LONGEST:
        return ()
    sized = _SIZED.fullmatch(word)
    found = _number(sized[1] if sized else word) or _head(word, known)
    return found if all(part in known for part in found) else ()


def _head(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """'Flutopfer' -> opfer, 'zweijährigen' -> jährigen; 'Joggerin' -> the word that stands for any woman."""
    head = _AGED.fullmatch(word) or _HEAD.fullmatch(word)
    if head and head[1] in known:
        return (head[1],)
    like = _LIKE.fullmatch(word)
    return (_STANDING[like[1] or like[2]],) if like else ()


def _number(word: str) -> tuple[str, ...]:
    """'zweitausendfünfundvierzig' -> zwei, tausend, vierzig, fünf: as the reader adds them up."""
    if not _NUMBER.fullmatch(word):
        return ()
    return tuple(part for found in _PART.findall(word) for part in _AND.get(found, (found,)))
