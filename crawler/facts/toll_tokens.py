"""Sentence -> Units for a language read by its grammar: clitics taken off, phrases found, numbers made one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from crawler.facts.toll_words import Unit
from crawler.lexicon import Lexicon

_Phrases = tuple[tuple[tuple[str, ...], frozenset[str]], ...]
_YEARS = range(1900, 2101)
_SIGN = frozenset(["sign"])
_NUMBER = frozenset(["number"])
_YEAR = frozenset(["number", "year"])
_LABEL = frozenset(["label"])
_MEASURE = frozenset(["measure"])
_NAME = frozenset(["name"])
_ADJECTIVE = frozenset(["adjective"])
_NONE: frozenset[str] = frozenset()
_MONEY = frozenset("$€£₹¥₽₴₺%")
_DASHES = frozenset("-–—")
_NOUNISH = frozenset(["person", "people", "animal", "thing", "civilians", "security", "militants"])
_DIGITS = re.compile(r"(\d[\d.,:/   '’]*)(?:([-']?)([^\W\d_]+))?")
_GLUED = re.compile(r"\d[-']?[^\W\d_]")
_PART = 8
_REMEMBERED = 16384  # words: the same ones come again in article after article
_LONGEST_NUMBER = 12  # digits: more of them are no count of people


def read_tokens(sentence: str, lexicon: Lexicon, wanted: frozenset[str] | None = None) -> list[Unit]:
    """Return the units of a sentence: the lexicon's phrases (longest first), numbers with their value, other words.

    Nothing is returned, and little work done, for a sentence without any of the `wanted` words.
    """
    raw = lexicon.spelling.words(sentence)
    words = [word.casefold() for word in raw]
    if lexicon.spelling.sticks:
        known = lexicon.known
        raw = [
            piece
            for whole, word in zip(raw, words, strict=True)
            for piece in ((whole,) if word in known else _pieces(whole, lexicon))
        ]
        words = [word.casefold() for word in raw]
    elif _GLUED.search(sentence):
        raw = [piece for whole in raw for piece in _pieces(whole, lexicon)]
        words = [word.casefold() for word in raw]
    if wanted is not None and wanted.isdisjoint(words):
        return []
    if words and "." in lexicon.openings.get(words[-1], {}):  # a title ends without the full stop that 'um .' has
        raw, words = [*raw, "."], [*words, "."]
    units = _units(raw, words, sentence.isupper(), lexicon)
    if lexicon.beside:
        units = [part for unit in units for part in _beside(unit, words, lexicon)]
    return list(_join_numbers(units, lexicon)) if any("number" in unit.tags for unit in units) else units


def _units(raw: list[str], words: list[str], shouted: bool, lexicon: Lexicon) -> list[Unit]:
    units: list[Unit] = []
    openings, end, i = lexicon.openings, len(words), 0
    while i < end:
        capital = raw[i][0].isupper() and not shouted
        word = words[i]
        opened = openings.get(word)
        following = opened.get(words[i + 1]) if opened is not None and i + 1 < end else None
        found = _longest(words, i, following, capital) if following is not None else None
        if found is not None:
            units.append(found[1])
            i += found[0]
            continue
        is_digits = word[0].isdigit() and (opened is None or "" not in opened)
        units.append(_digits(words, i, lexicon) if is_digits else _one(word, capital, lexicon))
        i += 1
    return units


def _beside(unit: Unit, words: list[str], lexicon: Lexicon) -> list[Unit]:
    """'das Leben' tells of a death beside 'verlor' alone; elsewhere it is read word by word."""
    needed = lexicon.beside.get(unit.text)
    if needed is None or not needed.isdisjoint(words):
        return [unit]
    parts = unit.text.split()
    return [_one(word, unit.capital, lexicon) for word in parts] if parts[1:] else [unit._replace(tags=_NONE)]


@lru_cache(maxsize=_REMEMBERED)
def _pieces(raw: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Take off what is stuck to a known word: 'وال|جنود', 'asker|in'; a word the lexicon knows stays whole."""
    word = raw.casefold()
    if word in lexicon.known or not word[0].isalpha():
        return _glued(raw, lexicon) if word[0].isdigit() else (raw,)
    for prefix in lexicon.spelling.prefixes:
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            stem = rest if rest in lexicon.known else _stem(rest, lexicon)
            if stem:
                return (prefix, stem)
    stem = _stem(word, lexicon)
    if stem:
        return (stem,)
    if lexicon.spelling.pieces is not None:
        return tuple(lexicon.spelling.pieces(word, lexicon.known)) or (raw,)
    return (raw,)


def _stem(word: str, lexicon: Lexicon) -> str:
    for suffix in lexicon.spelling.suffixes:
        if word.endswith(suffix) and word[: -len(suffix)] in lexicon.known:
            return word[: -len(suffix)]
    return ""


def _glued(raw: str, lexicon: Lexicon) -> tuple[str, ...]:
    """'5человек' is a number and a word, '15-ти' a number with its ending; '34-летний' and '9-mm' stay whole."""
    found = _DIGITS.fullmatch(raw)
    if found is None or not found[3]:
        return (raw,)
    tail = found[3].casefold()
    if not found[2] and tail in lexicon.known:
        return (found[1], found[3])
    if tail in lexicon.tags.get("number_ending", _NONE):
        return (found[1],)
    return (raw,)


def _longest(words: list[str], i: int, following: _Phrases, capital: bool) -> tuple[int, Unit] | None:
    """Return the first of the phrases, longest first, that stands at word `i`, and how many words it has."""
    for phrase, tags in following:
        if tuple(words[i : i + len(phrase)]) == phrase:
            return len(phrase), Unit(" ".join(phrase), tags, capital)
    return None


@lru_cache(maxsize=_REMEMBERED)
def _one(word: str, capital: bool, lexicon: Lexicon) -> Unit:
    """Return the unit of a word or sign on its own."""
    alone = lexicon.openings.get(word, {}).get("")
    if alone:
        return Unit(word, alone[0][1], capital)
    if not word[0].isalpha():
        return Unit(word, _SIGN)
    return Unit(word, _unknown(word, capital, lexicon), capital)


def _unknown(word: str, capital: bool, lexicon: Lexicon) -> frozenset[str]:
    """A compound is what its last known part is ('sous-officier'); else a name, or what its ending tells."""
    if "-" in word:
        for part in reversed(word.split("-")):
            known = lexicon.entries.get(part)
            if known and len(known[-1][0]) == 1:
                return known[-1][1] & (_NOUNISH | {"subject", "object"})
    grammar = lexicon.grammar
    if capital and grammar is not None and grammar.names:
        return _NAME
    return next((frozenset([tag]) for tag, endings in lexicon.endings.items() if word.endswith(endings)), _NONE)


def _digits(words: list[str], i: int, lexicon: Lexicon) -> Unit:
    """Digits are a number unless they are money, a share, a date, a time or a thing's name."""
    word = words[i]
    around = {words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""}
    if around & _MONEY:
        return Unit(word, _MEASURE)
    grammar = lexicon.grammar
    if _is_age(word, lexicon):
        return Unit(word, _ADJECTIVE)
    separators = grammar.thousands if grammar is not None else ""
    decimal = grammar.decimal if grammar is not None else ""
    parts = re.split(r"\D", word)
    whole = "".join(parts)
    if not whole.isdecimal() or not word.replace("'", "").strip() or len(whole) > _LONGEST_NUMBER:
        return Unit(word, _LABEL)
    if len(parts) == 1:
        value = int(whole)
        return Unit(word, _YEAR if len(word) == 4 and value in _YEARS else _NUMBER, False, value, value)
    signs = set(re.findall(r"\D", word))
    if len(signs) == 1 and signs <= set(separators) and all(len(part) == 3 for part in parts[1:]):
        return Unit(word, _NUMBER, False, int(whole), int(whole))
    multiplier = lexicon.multipliers.get(words[i + 1]) if i + 1 < len(words) else None
    if decimal and signs == {decimal} and len(parts) == 2 and multiplier:
        value = round(float(f"{parts[0]}.{parts[1]}") * multiplier)
        return Unit(word, frozenset(["number", "multiplied"]), False, value, value)
    return Unit(word, _LABEL)


def _is_age(word: str, lexicon: Lexicon) -> bool:
    """'34-летний', '5-річного': an age that agrees with its noun."""
    found = _DIGITS.fullmatch(word)
    return found is not None and bool(found[2]) and found[3] in lexicon.tags.get("age", _NONE)


def _join_numbers(units: list[Unit], lexicon: Lexicon) -> Iterator[Unit]:
    """Make one unit of 'сто двадцать пять', 'treinta y cinco', '2,5 тысячи', '10–15', 'от 10 до 15'."""
    i = 0
    while i < len(units):
        if "number" not in units[i].tags:
            yield units[i]
            i += 1
            continue
        before = units[i - 1].tags if i else _NONE
        i, first = _cardinal(units, i, lexicon)
        linked = i + 1 < len(units) and _is_range(units[i], before)
        if linked and "number" in units[i + 1].tags and "year" not in first.tags:
            end, second = _cardinal(units, i + 1, lexicon)
            if first.low is not None and second.high is not None and first.low < second.high and not first.approximate:
                yield Unit(first.text, first.tags | _NUMBER, False, first.low, second.high, True)
                i = end
                continue
        yield first


def _is_range(link: Unit, before: frozenset[str]) -> bool:
    """'10–15', '10 или 15'; 'from 10 to 15' and 'between 10 and 15' by the word before them."""
    if link.text in _DASHES or "or" in link.tags:
        return True
    return "between" in before and not link.tags.isdisjoint({"to", "and"})


def _cardinal(units: list[Unit], i: int, lexicon: Lexicon) -> tuple[int, Unit]:
    """One number from unit `i` on: its end, and its unit with the value; vague and fixed words stand alone."""
    unit = units[i]
    if "multiplied" in unit.tags:
        return i + 2, unit._replace(tags=_NUMBER, approximate=True)
    if unit.text in lexicon.fixed:
        value = lexicon.fixed[unit.text]
        return i + 1, unit._replace(low=value, high=value)
    if unit.text in lexicon.vague:
        value, end = lexicon.vague[unit.text], i + 1
        if value < 1000 and end < len(units) and units[end].text in lexicon.multipliers:
            value, end = value * lexicon.multipliers[units[end].text], end + 1  # 'несколько тысяч'
        return end, unit._replace(low=value, high=value, approximate=True)
    return _sum(units, i, lexicon)


def _sum(units: list[Unit], i: int, lexicon: Lexicon) -> tuple[int, Unit]:
    start, total, current, last = i, 0, 0, 0
    while i < min(len(units), start + _PART):
        k = i + 1 if i > start and "and" in units[i].tags and i + 1 < len(units) else i
        text = units[k].text
        value = units[k].low if units[k].low is not None else lexicon.numbers.get(text)
        if k == i and text in lexicon.multipliers and value is None:
            scale = lexicon.multipliers[text]
            total, current = (total + max(current, 1) * scale, 0) if scale >= 1000 else (total, max(current, 1) * scale)
            last = scale
        elif value is not None and (i == start or _follows(units, i, k, (value, current, last), lexicon)):
            current, last = current + value, value
        else:
            break
        i = k + 1
    value = total + current
    tags = units[start].tags if i == start + 1 else (units[start].tags | units[i - 1].tags) - {"year"}
    return i, units[start]._replace(low=value, high=value, tags=tags | _NUMBER)


def _follows(units: list[Unit], i: int, k: int, sums: tuple[int, int, int], lexicon: Lexicon) -> bool:
    """Say whether the number at `k` goes on with the one that ends before `i`: nothing does with digits ('2015 üç')."""
    return not units[i - 1].text[0].isdigit() and _joins(*sums, k > i, units[k], lexicon)


def _joins(value: int, current: int, last: int, linked: bool, unit: Unit, lexicon: Lexicon) -> bool:
    """Say whether the next number word goes on with the number: always by a smaller order, digits after '2 bin'."""
    if unit.text[0].isdigit() or value == 0:
        return last in lexicon.multipliers.values() and 0 < value < min(last, 1000) and not linked
    grammar = lexicon.grammar
    if linked and grammar is not None and grammar.ones_first and 0 < last < 10 and value in range(20, 100, 10):
        return True
    if last >= 1000:
        return value < last and not linked
    tens = last in range(20, 100, 10) and value < 10
    hundreds = last >= 100 and last % 100 == 0 and value < 100
    return current > 0 and (tens or hundreds)
