"""`python -m tests.bench copies`: what near copies cost with 100,000 articles in the window."""

from __future__ import annotations

import itertools
import random
import time

from alerts.copies import Copies
from crawler.shingles import shingles

ARTICLES, MEASURED, WORDS = 100_000, 2_000, 300


def articles():
    """Yield made articles for ever, each with its source: words as frequent as Zipf's law has them, a third of them
    copies with another lead, a cut or a paragraph more, each with the furniture of one of 300 sites."""
    chance = random.Random(6)
    vocabulary = [
        "".join(chance.choices("etaoinshrdlucmfwyp", k=chance.choice((2, 3, 3, 5, 6, 7, 8, 9)))) for _ in range(60_000)
    ]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))

    def some(count):
        return chance.choices(vocabulary, cum_weights=weights, k=count)

    furniture = [some(chance.randint(5, 60)) for _ in range(300)]
    recent = [some(WORDS)]
    while True:
        if chance.random() < 0.33:
            wire = chance.choice(recent)
            text = chance.choice((some(30) + wire[20:], wire[: len(wire) // 2], wire + some(60)))
        else:
            text = some(int(chance.lognormvariate(5.5, 0.6)))
            recent = [*recent[-500:], text]
        source = chance.randrange(len(furniture))
        yield " ".join(text + furniture[source]), source + 1


def resident():
    """Return the resident memory of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1000 for line in status if line.startswith("VmRSS"))


def copies():
    """CPU of an article and memory of the index with a full window: each new article pushes out the oldest."""
    made, index, spent = articles(), Copies(), dict.fromkeys(("shingles", "find", "add and drop"), 0.0)
    next(made)
    before = resident()
    for key in range(ARTICLES):
        text, source = next(made)
        index.add(key, shingles(text), source)
    memory, found = resident() - before, 0
    for key in range(ARTICLES, ARTICLES + MEASURED):
        text, source = next(made)
        clock = [time.process_time()]
        read = shingles(text)
        clock.append(time.process_time())
        found += index.find(read, source) is not None
        clock.append(time.process_time())
        index.add(key, read, source)
        index.drop(key - ARTICLES)
        clock.append(time.process_time())
        for name, start, end in zip(spent, clock, clock[1:], strict=False):
            spent[name] += end - start
    each = {name: seconds / MEASURED * 1000 for name, seconds in spent.items()}
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in each.items())
    print(
        f"{'near copies, an article at 100,000':<44} {sum(each.values()):6.2f} ms  limit 0.60   {parts}; copies {found / MEASURED:.0%}"
    )
    print(f"{'near copies, memory at 100,000':<44} {memory:6.0f} MB  limit 90", flush=True)


if __name__ == "__main__":
    copies()
