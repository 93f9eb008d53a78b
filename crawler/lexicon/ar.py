"""An Arabic accusative -> its sign and its noun: 'راعيا' is one shepherd, whoever stands between him and the verb."""

from __future__ import annotations

from collections.abc import Sequence

ACCUSATIVE = "ا"  # the lexicon tags it as an article that counts
_PREFIXES = ("", "و", "ف", "ب", "ل")
_SHORTEST = 3


def pieces(word: str, known: frozenset[str]) -> Sequence[str]:
    """Return an indefinite accusative as its ending and its noun, what is stuck before it first, `()` for other words.

    The verb comes before its subject ('قتل مسلحون راعيا'), so only the ending tells whom the gunmen killed.
    """
    if not word.endswith(ACCUSATIVE):
        return ()
    for prefix in _PREFIXES:
        noun = word[len(prefix) : -1]
        if word.startswith(prefix) and len(noun) >= _SHORTEST and noun in known:
            return (prefix, ACCUSATIVE, noun) if prefix else (ACCUSATIVE, noun)
    return ()
