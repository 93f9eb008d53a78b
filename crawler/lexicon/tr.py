"""Turkish: an inflected noun -> the form that the lexicon lists, or a word that says it is nobody's subject or object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Accusative and genitive: 'askeri', 'askerin', 'kişiyi', 'kişinin', 'memurunun'. The dead can stand in both.
_CORE = tuple(sorted(
    [*"ıiuü", *(f"{link}{vowel}" for link in "yn" for vowel in "ıiuü"), *(f"{link}{vowel}n" for link in ("", "n") for vowel in "ıiuü")],
    key=len,
    reverse=True,
))  # fmt: skip
# Dative, locative, ablative, instrumental: who stands in them is beside the event. 'askere', 'araçta', 'polisten'.
_OBLIQUE = tuple(
    sorted(
        (
            f"{link}{case}"
            for link in ("", "y", "n")
            for vowel in "ae"
            for case in (vowel, f"d{vowel}", f"t{vowel}", f"d{vowel}n", f"t{vowel}n", f"l{vowel}", f"c{vowel}")
        ),
        key=len,
        reverse=True,
    )
)
_BESIDE = "orada"  # an adverb of the lexicon, read in place of any noun in those cases
_HARDENED = {"ğ": "k", "c": "ç", "b": "p", "d": "t"}
_SHORTEST = 3
# 'onun', 'yüzü', 'bini' and 'altına' are no numbers with an ending.
_NEVER = frozenset(
    ["bir", "bin", "yüz", "altı", "yedi", "kırk", "elli", "ekim", "ocak", "yakın", "adam öldürme", "bul"]
)


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return the listed form of a noun in the accusative or genitive, an adverb for one in any other case."""
    if any(True for _ in _stems(word, _OBLIQUE, known)) and _BESIDE in known:
        return (_BESIDE,)
    return tuple(_stems(word, _CORE, known))[:1]


def _stems(word: str, endings: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    """Find known words that the word is with one of the endings taken off, a softened last consonant made hard again."""
    for ending in endings:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST:
            continue
        for form in (stem, stem[:-1] + _HARDENED.get(stem[-1], stem[-1])):
            if form in known and form not in _NEVER:
                yield form
