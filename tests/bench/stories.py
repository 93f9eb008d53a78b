"""`python -m tests.bench stories`: what placing costs with 100,000 articles in the window, and the memory it takes."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime, timedelta

from stopwordsiso import stopwords

from alerts.index import StoryIndex
from crawler.article import Article
from crawler.facts import Facts
from crawler.sketch import sketch
from tests.bench.copies import resident

ARTICLES, MEASURED, WORDS = 100_000, 2_000, 450  # some 3 kB an article
START = datetime(2026, 3, 1, tzinfo=UTC)
EVERY = timedelta(days=14) / ARTICLES


def articles():
    """Yield made articles for ever: words as frequent as Zipf's law has them, names, numbers, days and times among them."""
    chance = random.Random(8)
    syllables = [
        a + b for a in "b c d f g h k l m n p r s t v w z br tr st kr".split() for b in "a e i o u ai or en ar".split()
    ]
    made = dict.fromkeys("".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))) for _ in range(80_000))
    frequent = sorted(word for word in stopwords("en") if word.isalpha() and len(word) < 7)
    vocabulary = [*frequent[:250], *made]  # as in any language, half of the words are a few that stand in every text
    weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(vocabulary))))
    for number in itertools.count():
        words = chance.choices(vocabulary, cum_weights=weights, k=WORDS)
        for place in range(0, WORDS, 7):
            words[place] = words[place].capitalize()
        words[30:33] = ["Monday", "9:15 a.m.", f"{chance.randrange(18, 70)}-year-old"]
        text = " ".join(" ".join(words[at : at + 20]) + "." for at in range(0, WORDS, 20))
        when = START + number * EVERY
        yield Article(
            url="",
            url_key=str(number),
            source=f"outlet {number % 800}",
            publisher="",
            title=" ".join(words[:9]),
            text=text,
            published=when,
            precision="minute",
            lang="en",
            fetched=when,
        )


def stories():
    """CPU of an article, by step, with a full window; memory of the index."""
    index, facts, spent = StoryIndex(), Facts(lang="en"), dict.fromkeys(("sketch", "place", "add"), 0.0)
    made = articles()
    for article in itertools.islice(made, MEASURED):
        sketch(article, facts)  # words that are remembered, and what makes the articles, are not the index's
    before = resident()
    for key, article in enumerate(itertools.islice(made, ARTICLES + MEASURED)):
        clock = [time.process_time()]
        one = sketch(article, facts)
        clock.append(time.process_time())
        measured = key >= ARTICLES
        if measured:
            index.place(one, article.fetched)
        clock.append(time.process_time())
        index.add(key, key, one, article.fetched)
        clock.append(time.process_time())
        if measured:
            for step, (begun, done) in zip(spent, itertools.pairwise(clock), strict=True):
                spent[step] += done - begun
    cost = {step: 1000 * seconds / MEASURED for step, seconds in spent.items()}
    whole, main = sum(cost.values()), cost["place"] + cost["add"]
    said = ", ".join(f"{step} {value:.2f} ms" for step, value in cost.items())
    print(
        f"placing with {ARTICLES:,} articles in the window: {1000 / whole:.0f} articles a second (500 asked): {said}; "
        f"{1000 / main:.0f} in the daemon's own process; {resident() - before:.0f} MB (200 asked)",
        flush=True,
    )
