"""Language tag or text -> ISO 639-1 code."""

from __future__ import annotations

import re

ENOUGH = 20  # letters, below which guessing is not worth it


def code(tag: str | None) -> str | None:
    """Return the two letters of a language tag ("en-US", "ru_RU", "EN"), `None` where it is no such tag (BCP 47)."""
    match = re.match(r"\s*([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]+)?\s*$", tag or "")
    return match[1].lower() if match else None


def language_of(text: str) -> str | None:
    """Return the language that a text is most likely written in, `None` for a text that is too short to tell."""
    sample = text[:5000]
    if sum(char.isalpha() for char in sample) < ENOUGH:
        return None
    from py3langid import classify  # noqa: PLC0415  it loads numpy and its model, in the workers only

    lang, _ = classify(sample)
    return str(lang)
