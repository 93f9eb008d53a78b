"""A name -> the capitals that it needs in a text."""

from __future__ import annotations

from crawler.gazetteer.names import fold, key
from crawler.gazetteer.pack import DOTTED, EXACT

_MOST = 16  # bits of the mask


def is_exact(form: str) -> bool:
    """Whether a word of the form has a capital beyond its first letter: then it is read only as it is written."""
    return any(sum(map(str.isupper, word)) > 1 for word in form.replace(".", "").replace("-", " ").split())


def capitals(form: str, type_words: frozenset[str]) -> tuple[int, int]:
    """Return a bit for each word (letter, of an exact form) that needs a capital, and the flags that go with it."""
    flags = DOTTED if form.endswith(".") else 0
    if is_exact(form):
        return sum(1 << i for i, letter in enumerate(form[:_MOST]) if letter.isupper()), flags | EXACT
    folded, mask, start = fold(form), 0, 0
    for i, word in enumerate(key(form).split()[:_MOST]):
        start = folded.find(word[:1], start)
        if form[start : start + 1].isupper() and word not in type_words:
            mask |= 1 << i
        start = folded.find(" ", start)
        if start < 0:
            break
    return mask, flags
