"""Places and groups: articles of 3 kB a second on one core, against the floor of 250.

`python -m tests.bench.places`: one line, the median of some rounds over English news of our own.
"""

from __future__ import annotations

import statistics
import time

from crawler.facts.groups import read_groups
from crawler.facts.places import read_places
from crawler.facts.toponym_list import list_toponyms
from tests.bench.tolls import articles

SIZE = 3_000  # characters
PIECES = 60
ROUNDS = 5
FLOOR = 250


def pieces():
    """Return texts of 3,000 characters, no two alike, so that nothing is read from a cache."""
    text = "\n\n".join(paragraph for paragraph in articles()["en"].split("\n\n"))
    turned = (text[i:] + "\n\n" + text[:i] for i in range(0, len(text), max(1, len(text) // PIECES)))
    return [(whole * (SIZE // len(whole) + 1))[:SIZE] for whole in turned][:PIECES]


def rate(read):
    """Texts a second, the median of some rounds; the first has opened the tables."""
    texts = pieces()
    read(texts[0] + " ")
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            read(text)
        found.append(len(texts) / (time.process_time() - start))
    return statistics.median(found)


def places():
    """Print the figures of the event's places and groups together, and of every toponym."""
    for name, read in (
        (
            "places and groups, 3 kB articles a second",
            lambda text: (read_places("", text, "en"), read_groups("", text, "en")),
        ),
        ("every toponym, 3 kB articles a second", list_toponyms),
    ):
        print(f"{name:<44} {rate(read):6.0f}/s  floor {FLOOR}/s", flush=True)


if __name__ == "__main__":
    places()
