"""Sentence -> Units: its words and phrases with the lexicon's tags, numbers with their value."""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.lexicon import Lexicon


class Unit(NamedTuple):
    """A word, a phrase the lexicon knows, a number or a sign.

    A tuple because there is one for every word read. `text` is lower case; `low` and `high` are a number's bounds.
    """

    text: str
    tags: frozenset[str]
    capital: bool = False
    low: int | None = None
    high: int | None = None
    approximate: bool = False


# Possessive throughout: hostile input costs one step a character.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}+|\d++(?:[.,:/]\d++)*+(?:-?[^\W\d_]++(?:-[^\W\d_]++)*+)?+|[^\W\d_]++(?:[-'’./–][^\W_]++)*+|[^\s\w]|_++"
)
_WHOLE = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,3}")
_DECIMAL = re.compile(r"\d{1,6}\.\d{1,3}")
_YEARS = range(1900, 2101)
_SIGN = frozenset(["sign"])
_DIGITS = frozenset(["number"])
_YEAR = frozenset(["number", "year"])
_LABEL = frozenset(["label"])
_NAME = frozenset(["name"])
_NONE: frozenset[str] = frozenset()
_TAG_OF_ENDING: dict[str, frozenset[str]] = {}
_DASHES = frozenset("-–—")
_MONEY = frozenset("$€£₹¥")


def read_units(sentence: str, lexicon: Lexicon) -> list[Unit]:
    """Return the units of a sentence, longest phrases first, with neighbouring number words made one number."""
    raw = _TOKEN.findall(sentence)
    words = [word.casefold().replace("’", "'") for word in raw]
    shouted = sentence.isupper()
    units: list[Unit] = []
    i = 0
    while i < len(raw):
        size, unit = (
            (1, Unit(words[i], _NAME, True))
            if _is_acronym(raw[i], words[i], shouted, lexicon)
            else _unit(raw, words, i, lexicon)
        )
        units.append(unit)
        i += size
    return _join_numbers(units, lexicon)


def _is_acronym(raw: str, word: str, shouted: bool, lexicon: Lexicon) -> bool:
    """'IS', 'WHO' and 'US' in a sentence that is not all capitals are names."""
    if shouted or not 1 < len(raw) <= 4 or not raw.isupper():
        return False
    return word not in lexicon.numbers and word not in lexicon.months


def _unit(raw: list[str], words: list[str], i: int, lexicon: Lexicon) -> tuple[int, Unit]:
    word = words[i]
    capital = raw[i][0].isupper()
    for phrase, tags in lexicon.entries.get(word, ()):
        size = len(phrase)
        if size == 1 or tuple(words[i : i + size]) == phrase:
            return size, Unit(" ".join(phrase), tags, capital)
    if word[0].isdigit():
        return 1, _digits(word, raw[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else "", lexicon)
    if not word[0].isalpha():
        return 1, Unit(word, _SIGN)
    return 1, _word(word, capital, lexicon)


def _word(word: str, capital: bool, lexicon: Lexicon) -> Unit:
    """A word the lexicon lists only in pieces: 'twenty-one', 'the mayor's'; otherwise a name or an unknown word."""
    possessor = word.removesuffix("'s")
    if possessor != word:
        known = lexicon.entries.get(possessor)
        base = known[-1][1] if known and len(known[-1][0]) == 1 else _NONE
        return Unit(word, (base - {"person", "people"}) | {"possessive"}, capital)
    if "-" in word:
        tens, _, ones = word.partition("-")
        if tens in lexicon.numbers and ones in lexicon.numbers and lexicon.numbers[ones] < 10:
            value = lexicon.numbers[tens] + lexicon.numbers[ones]
            return Unit(word, _DIGITS, capital, value, value)
        last = lexicon.entries.get(word.rpartition("-")[2])
        if last and len(last[-1][0]) == 1 and tens not in lexicon.numbers:
            return Unit(
                word, last[-1][1] & {"person", "people", "animal", "thing", "civilians", "security", "militants"}
            )
    return Unit(word, _NAME if capital else _endings(word, lexicon), capital)


def _endings(word: str, lexicon: Lexicon) -> frozenset[str]:
    """An unknown word's ending tells a verb, an adverb or a plural."""
    for tag, endings in lexicon.endings.items():
        if word.endswith(endings):
            return _TAG_OF_ENDING.setdefault(tag, frozenset([tag]))
    return _NONE


def _digits(word: str, before: str, after: str, lexicon: Lexicon) -> Unit:
    """Digits are a number unless they are money, a share, a date, a time, an ordinal or a thing's name (9-mm)."""
    if before in _MONEY or after == "%":
        return Unit(word, frozenset(["measure"]))
    if _WHOLE.fullmatch(word):
        value = int(word.replace(",", ""))
        return Unit(word, _YEAR if len(word) == 4 and value in _YEARS else _DIGITS, False, value, value)
    if _DECIMAL.fullmatch(word) and after in lexicon.multipliers:
        value = int(float(word) * lexicon.multipliers[after])
        return Unit(word, frozenset(["number", "multiplied"]), False, value, value)
    return Unit(word, _LABEL)


def _join_numbers(units: list[Unit], lexicon: Lexicon) -> list[Unit]:
    """Make one unit of 'two hundred and five', 'two dozen', '10 to 15', 'between 10 and 15'."""
    if not any("number" in unit.tags for unit in units):
        return units
    joined: list[Unit] = []
    i = 0
    while i < len(units):
        if "number" in units[i].tags:
            i, number = _range(units, i, lexicon, joined)
            joined.append(number)
        else:
            joined.append(units[i])
            i += 1
    return joined


def _range(units: list[Unit], i: int, lexicon: Lexicon, before: list[Unit]) -> tuple[int, Unit]:
    end, first = _number(units, i, lexicon)
    if end + 1 >= len(units) or "number" not in units[end + 1].tags or "year" in first.tags:
        return end, first
    if before and "from" in before[-1].tags and "to" in units[end].tags:
        if (len(before) > 1 and "update" in before[-2].tags) or not _counts_people(units, end + 2):
            return end, first  # 'rose from 19 to 23', but 'from 8 to 12 people died'
        before.pop()
    between = bool(before) and "between" in before[-1].tags
    if not (units[end].text in _DASHES or units[end].tags & {"to", "or"} or (between and "and" in units[end].tags)):
        return end, first
    last, second = _number(units, end + 1, lexicon)
    if first.low is None or second.high is None or not first.low < second.high:
        return end, first
    if between:
        before.pop()
    return last, Unit(first.text, _DIGITS, False, first.low, second.high, True)


def _counts_people(units: list[Unit], i: int) -> bool:
    return i < len(units) and "people" in units[i].tags


def _number(units: list[Unit], i: int, lexicon: Lexicon) -> tuple[int, Unit]:
    """One number from unit `i` on: its end and its value."""
    unit = units[i]
    if "multiplied" in unit.tags:
        return i + 2, Unit(unit.text, _DIGITS, False, unit.low, unit.high, True)
    text = unit.text
    if text in lexicon.fixed:
        return i + 1, unit._replace(low=lexicon.fixed[text], high=lexicon.fixed[text], tags=unit.tags | _DIGITS)
    if text in lexicon.vague:
        return i + 1, unit._replace(low=lexicon.vague[text], high=lexicon.vague[text], approximate=True)
    if text in lexicon.multipliers and unit.low is None:
        return i + 1, unit._replace(tags=_NONE)
    return _cardinal(units, i, lexicon)


def _cardinal(units: list[Unit], i: int, lexicon: Lexicon) -> tuple[int, Unit]:
    start, total, current = i, 0, 0
    tags = units[i].tags
    while i < len(units) and i < start + 9:
        value = _small(units[i], lexicon)
        if value is not None and (
            i == start
            or (total and not current)
            or (current % 100 == 0 and current)
            or (20 <= current % 100 < 100 and value < 10)
        ):
            if i > start and units[i].text[0].isdigit():
                break
            current += value
        elif units[i].text in lexicon.multipliers and i > start:
            scale = lexicon.multipliers[units[i].text]
            total, current = (total + current * scale, 0) if scale >= 1000 else (total, current * scale)
            tags = _DIGITS
        elif not (
            "and" in units[i].tags
            and i > start
            and units[i - 1].text in lexicon.multipliers
            and _tail(units, i + 1, lexicon)
        ):
            break
        i += 1
    value = total + current
    return max(i, start + 1), units[start]._replace(low=value, high=value, tags=tags)


def _tail(units: list[Unit], i: int, lexicon: Lexicon) -> bool:
    """Say whether 'and' joins a smaller number word to a hundred: 'two hundred and five'."""
    return i < len(units) and units[i].text in lexicon.numbers and lexicon.numbers[units[i].text] > 1


def _small(unit: Unit, lexicon: Lexicon) -> int | None:
    return unit.low if unit.low is not None else lexicon.numbers.get(unit.text)
