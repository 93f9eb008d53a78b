"""Turkish: an inflected noun -> the form that the lexicon lists, or an adverb for one that stands beside the event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Accusative and genitive: 'askeri', 'askerin', 'kişiyi', 'kişinin', 'memurunun'. The dead can stand in both.
_CORE = frozenset(
    ["nın", "nin", "nun", "nün", "yı", "yi", "yu", "yü", "nı", "ni", "nu", "nü", "ın", "in", "un", "ün", *"ıiuü"]
)
# Dative, locative, ablative, instrumental: who stands in them is beside the event. 'askere', 'araçta', 'polisten'.
_OBLIQUE = frozenset(
    f"{link}{case}"
    for link in ("", "y", "n")
    for vowel in "ae"
    for case in (vowel, f"d{vowel}", f"t{vowel}", f"d{vowel}n", f"t{vowel}n", f"l{vowel}", f"c{vowel}")
)
_LONGEST = 4
_BESIDE = "orada"  # an adverb of the lexicon, read in place of any noun in those cases
_HARDENED = {"ğ": "k", "c": "ç", "b": "p", "d": "t"}
_SHORTEST = 3
# 'onun', 'yüzü', 'bini' and 'altına' are no numbers with an ending.
_NEVER = frozenset(["bir", "bin", "yüz", "altı", "yedi", "kırk", "elli", "ekim", "ocak", "yakın"])


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return the listed form of a noun in the accusative or genitive, an adverb for one in any other case."""
    if word[-1] not in "aeıiuün":
        return ()
    core = ""
    for ending, stem in _stems(word, known):
        if ending in _OBLIQUE and _BESIDE in known:
            return (_BESIDE,)
        core = core or (stem if ending in _CORE else "")
    return (core,) if core else ()


def _stems(word: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Find the known words that remain with an ending off, longest ending first, a soft last consonant made hard."""
    for size in range(min(_LONGEST, len(word) - _SHORTEST), 0, -1):
        stem = word[:-size]
        form = stem if stem in known else stem[:-1] + _HARDENED.get(stem[-1], "?")
        if form in known and form not in _NEVER:
            yield word[-size:], form
