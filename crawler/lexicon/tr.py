"""Turkish: an inflected noun -> the form that the lexicon lists, or an adverb for one that stands beside the event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Accusative and genitive: 'askeri', 'askerin', 'kişiyi', 'kişinin', 'memurunun'. The dead can stand in both.
_CORE = ("nın", "nin", "nun", "nün", "yı", "yi", "yu", "yü", "nı", "ni", "nu", "nü", "ın", "in", "un", "ün", *"ıiuü")
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
_NEVER = frozenset(["bir", "bin", "yüz", "altı", "yedi", "kırk", "elli", "ekim", "ocak", "yakın"])


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return the listed form of a noun in the accusative or genitive, an adverb for one in any other case."""
    if _BESIDE in known and next(_stems(word, _OBLIQUE, known), None):
        return (_BESIDE,)
    return tuple(_stems(word, _CORE, known))[:1]


def _stems(word: str, endings: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    """Find the known words that remain with an ending taken off, a softened last consonant made hard again."""
    for ending in endings:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST:
            continue
        for form in (stem, stem[:-1] + _HARDENED.get(stem[-1], stem[-1])):
            if form in known and form not in _NEVER:
                yield form
