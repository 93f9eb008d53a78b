"""Sentence -> whether it can tell of a toll at all: most sentences of an article are not worth reading."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.facts.toll_clauses import EVENTS
from crawler.facts.toll_frames import EVENT_TAGS
from crawler.lexicon import Lexicon

FRAME_TRIGGERS = EVENT_TAGS | {"denial"}
_TRIGGERS = EVENTS | {
    *("number_of", "kill_off", "toll", "toll_hurt", "casualties", "body", "lose", "denial", "cost_lives", "survive"),
}
_IN_ORDER = tuple(sorted(_TRIGGERS))
_COMMON = ("be", "have", "modal", "definite", "prep", "conj", "adverb", "verb", "clause")
_WORDS = re.compile(r"[^\W\d_]+")


def may_tell(quote: str, lexicon: Lexicon, told: bool) -> bool:
    """Say whether a sentence has a word of a toll, a burned hand, or where dead were just `told`, of a rival voice."""
    words = _WORDS.findall(quote.lower())
    if not _words_of(lexicon, *_IN_ORDER).isdisjoint(words):
        return True
    if told and not _words_of(lexicon, "other_voice").isdisjoint(words):
        return True
    limbs = not _words_of(lexicon, "limb").isdisjoint(words)
    return limbs and not _words_of(lexicon, "limb_hurt", "limb_lost", "limb_shot").isdisjoint(words)


@lru_cache(maxsize=64)
def _words_of(lexicon: Lexicon, *tags: str) -> frozenset[str]:
    """Return one word of each phrase, the rarest by guess: "was" of "was dead", "found" of "found dead" are common."""
    common = frozenset[str]().union(*(lexicon.tags.get(tag, frozenset()) for tag in _COMMON))
    phrases = (_WORDS.findall(phrase) for tag in tags for phrase in lexicon.tags.get(tag, ()))
    return frozenset(max(words, key=lambda word: (word not in common, len(word))) for words in phrases if words)


@lru_cache(maxsize=32)
def longest_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the longest word of each phrase that tells of a toll: the first of "a coûté la vie" is everywhere."""
    phrases = (phrase for tag in FRAME_TRIGGERS for phrase in lexicon.tags.get(tag, ()))
    return frozenset(max(phrase.split(), key=len) for phrase in phrases)
