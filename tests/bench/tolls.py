"""Languages -> CPU of reading a 3 kB article's toll, and how much more the worst of many hostile texts of that size takes.

`python -m tests.bench.tolls [LANGUAGE…]`: one line a language.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import yaml

from crawler.facts.toll import read_toll
from crawler.facts.toll_frames import EVENT_TAGS
from crawler.lexicon import load

CASES = Path(__file__).parent.parent / "cases" / "toll" / "articles"
SIZE = 3000  # bytes
ROUNDS = 5
HOSTILE = 150
TAGS = EVENT_TAGS | {"including", "of_them", "conj", "of", "superseded", "not", "exist", "person", "more", "relative"}
ENDS = (" ", ", ", ". ", ".\n", " – ", " (")


def articles():
    """Return the texts of each language's articles, joined."""
    found = {}
    for file in sorted(CASES.glob("*.yaml")):
        article = yaml.safe_load(file.read_text("utf-8"))
        found.setdefault(article.get("lang", "en"), []).append(article["text"])
    return {lang: "\n\n".join(texts) for lang, texts in found.items()}


def seconds_a_byte(text, lang):
    """CPU of reading a text, the best of some rounds; the first has met its words."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        read_toll("", text, lang, None)
        best = min(best, time.process_time() - start)
    return best / len(text.encode())


def worst(lang, seed=1):
    """The dearest of many texts that say a few telling words again and again: its cost and its words."""
    lexicon = load(lang)
    words = ["5", "12", *sorted(word for tag in TAGS for word in lexicon.tags.get(tag, ()))]
    chance = random.Random(seed)
    units = [" ".join(chance.choices(words, k=chance.randint(1, 8))) + chance.choice(ENDS) for _ in range(HOSTILE)]
    return max((seconds_a_byte(unit * (SIZE // len(unit.encode()) + 1), lang), unit) for unit in units)


def tolls(languages=()):
    """Print a line a language: milliseconds of 3 kB, and the ratio of the worst text to it."""
    for lang, text in articles().items():
        if languages and lang not in languages:
            continue
        usual = seconds_a_byte(text, lang)
        cost, unit = worst(lang)
        print(
            f"{f'toll of 3 kB of articles, {lang}':<44} {usual * SIZE * 1000:6.2f} ms limit  3 ms   "
            f"worst of {HOSTILE} hostile texts {cost / usual:.1f}x (limit 10x): {unit.strip()[:40]}",
            flush=True,
        )


if __name__ == "__main__":
    tolls(sys.argv[1:])
