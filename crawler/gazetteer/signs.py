"""Folded text -> the countries that its parties, forces and kinds of district speak for."""

from __future__ import annotations

from functools import lru_cache

from crawler.gazetteer.tables import read_table


def spoken_for(folded: str) -> dict[str, set[str]]:
    """Return country (ISO 3166-1) -> the words of country_signs.yaml that stand in the text."""
    single, several = _signs()
    words = folded.split()
    text = f" {' '.join(words)} "
    found: dict[str, set[str]] = {}
    for word in single.keys() & set(words):
        found.setdefault(single[word], set()).add(word)
    for phrase, country in several:
        if phrase in text:
            found.setdefault(country, set()).add(phrase.strip())
    return found


@lru_cache(maxsize=1)
def _signs() -> tuple[dict[str, str], list[tuple[str, str]]]:
    listed: dict[str, list[str]] = read_table("country_signs.yaml")
    pairs = [(sign, country) for country, signs in listed.items() for sign in signs]
    return {sign: country for sign, country in pairs if " " not in sign}, [
        (f" {sign} ", country) for sign, country in pairs if " " in sign
    ]
