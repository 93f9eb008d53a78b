"""Reading: an article together with the facts read from it; what a worker process hands back."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.article import Article
from crawler.facts import Facts


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and its facts; `facts` is `None` where there was nothing to read (`article.error` says why)."""

    article: Article
    facts: Facts | None
