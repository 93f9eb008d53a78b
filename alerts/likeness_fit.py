"""`python -m alerts.likeness_fit FILE`: labelled articles -> the weights of likeness.yaml, and how well they do.

FILE holds JSON lines, oldest first, `.gz` allowed: `{"title","text","published","source","lang","cluster"}`, where
`cluster` is the event that the article tells. The weights that are shipped were made from 1,569 news pages of 2013-2017
about 988 gun-violence incidents in the United States, together with the same pages folded into one month. The pages
belong to their publishers and are no part of Tocsin.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from alerts.index import StoryIndex
from alerts.likeness import weights
from crawler.article import Article
from crawler.dates import parse_date
from crawler.facts import read_facts
from crawler.sketch import Sketch, sketch

FOLDS = 5
DECAY = 2.0  # of the weights of features of unit spread (L2 penalty)
STEPS = 25  # of Newton's method, far more than it takes
_TABLE = Path(__file__).with_name("likeness.yaml")

Row = dict[str, Any]
Matrix = Any  # numpy's arrays: floats, a row for each pair


def read(path: Path) -> list[Row]:
    """Return the labelled articles, each with its day and sketch; one without a day takes that of the one before."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().splitlines()
    found: list[Row] = []
    day = date(1970, 1, 1)
    for row in map(json.loads, filter(str.strip, lines)):
        stated = parse_date(row.get("published") or "", row.get("lang"))
        day = stated[0].date() if stated else day
        one = _article(row, stated[0] if stated else None)
        facts = read_facts(one.title, one.text, one.lang, one.published)
        found.append({"cluster": str(row["cluster"]), "day": day, "article": one, "facts": facts})
    return found


def _article(row: Row, published: datetime | None) -> Article:
    moment = published or datetime.fromtimestamp(0, UTC)
    return Article(
        url="",
        url_key="",
        source=row["source"],
        publisher=row["source"],
        title=row.get("title") or "",
        text=row["text"],
        published=published,
        precision=None,
        lang=row.get("lang"),
        fetched=moment,
    )


def folded(articles: Sequence[Row]) -> list[Row]:
    """Return the articles with every event moved into one January: as if a great deal happened at once."""
    first: dict[str, date] = {}
    moved = []
    for row in articles:
        opened = first.setdefault(row["cluster"], row["day"])
        day = row["day"] + (date(2016, 1, opened.day) - opened)
        moved.append(row | {"day": day})
    return sorted(moved, key=lambda row: row["day"])


def pairs(articles: Sequence[Row]) -> Iterator[tuple[list[float], str, str]]:
    """Yield every pair that an index would look at: its features, and the two events."""
    index, (_, names) = StoryIndex(), weights()
    for number, row in enumerate(articles):
        now = datetime.combine(row["day"], time(), UTC)
        one = _sketched(row, now)
        for other, found in index.compared(one, now):
            yield [found[name] for name in names], row["cluster"], articles[other]["cluster"]
        index.add(number, number, one, now)


def _sketched(row: Row, now: datetime) -> Sketch:
    article: Article = row["article"]
    dated = Article(**{name: getattr(article, name) for name in Article.__slots__} | {"published": now})
    return sketch(dated if article.published else article, row["facts"])


def fitted(found: Matrix, same: Matrix) -> Matrix:
    """Return bias and weights of the logistic regression (Newton's method) of pairs on whether they tell one event."""
    mean, spread = found.mean(axis=0), found.std(axis=0) + 1e-9
    ones = np.column_stack([np.ones(len(found)), (found - mean) / spread])
    penalty = np.diag([0.0] + [DECAY] * found.shape[1])
    weighed = np.zeros(ones.shape[1])
    for _ in range(STEPS):
        odds = 1 / (1 + np.exp(-ones @ weighed))
        slope = ones.T @ (same - odds) - penalty @ weighed
        weighed = weighed + np.linalg.solve((ones.T * (odds * (1 - odds))) @ ones + penalty, slope)
    plain = weighed[1:] / spread
    return np.concatenate([[weighed[0] - plain @ mean], plain])


def _report(found: Matrix, same: Matrix, fold: Matrix) -> None:
    """Print precision and recall of the pairs of events that the weights have not seen."""
    odds = np.zeros(len(found))
    for number in range(FOLDS):
        made = fitted(found[(fold != number).all(axis=1)], same[(fold != number).all(axis=1)])
        here = fold[:, 0] == number
        odds[here] = made[0] + found[here] @ made[1:]
    for asked in (-1.0, 0.0, 1.0, 2.0):
        joined = odds >= asked
        right = float((joined & (same > 0)).sum())
        print(f"log-odds >= {asked:4.1f}: precision {right / joined.sum():.3f}, recall {right / same.sum():.3f}")  # noqa: T201  what the script is run for


def main(path: Path) -> None:
    """Fit, report and write the weights into likeness.yaml, whose comments stay."""
    articles = read(path)
    rows = [*pairs(articles), *pairs(folded(articles))]
    found = np.array([row[0] for row in rows])
    same = np.array([float(row[1] == row[2]) for row in rows])
    fold = np.array([[crc32(event.encode()) % FOLDS for event in row[1:]] for row in rows])
    _report(found, same, fold)
    text = _TABLE.read_text(encoding="utf8")
    for name, weight in zip(("bias", *weights()[1]), fitted(found, same), strict=True):
        text = re.sub(rf"(?m)^( *{name}: *)-?[\d.]+", rf"\g<1>{weight:.3f}", text)
    _TABLE.write_text(text, encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
