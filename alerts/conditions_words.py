"""Conditions on the articles' words and origin: `text`, `title`, `language`, `source`, `publishers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from alerts.conditions import Comparison, Finding, Key, listed
from alerts.expressions import check, search
from alerts.phrases import Hit, Phrasebook, hit, phrase, sentence
from alerts.story import Story
from crawler.article import Article

SHOWN = 3  # words found that are named


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase or `prefix*` (`key` is how a `Phrasebook` knows it), or the inside of a `/regular expression/`."""

    written: str
    key: str | None = None
    expression: str | None = None

    def find(self, text: str, book: Phrasebook) -> Hit | None:
        """Return where it first stands in the text."""
        if self.expression is not None:
            span = search(self.expression, text)
            return Hit(text[slice(*span)], sentence(text, *span)) if span else None
        span = book.scan(text).get(self.key or "")
        return hit(text, span) if span else None

    def plain(self) -> str:
        """Return it in words."""
        if self.expression is not None:
            return f"something that fits {self.written}"
        if self.written.endswith("*"):
            return f"{self.written[:-1]}…"
        return f"“{self.written}”" if " " in self.written else self.written


def term(written: str) -> Term:
    """Return a listed word as a term. Raises `ValueError`, in the user's words."""
    if not written.startswith("/"):
        return Term(written, key=phrase(written))
    if len(written) < 2 or not written.endswith("/"):
        raise ValueError("a regular expression stands between two slashes: /…/")
    check(written[1:-1])
    return Term(written, expression=written[1:-1])


@dataclass(frozen=True, slots=True)
class Words:
    """`text:` looks at title and text, `title:` at the title alone; any term in any of the articles is enough."""

    written: str
    field: Literal["text", "title"]
    terms: tuple[Term, ...]

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look through the articles, the newest first."""
        for reading in reversed(story.readings):
            hits = self._hits(reading.article, book)
            if hits:
                names = listed(list(dict.fromkeys(f"“{_short(hit.surface)}”" for hit in hits))[:SHOWN], "and")
                found = f"the title has {names}" if self.field == "title" else f"has {names}"
                return Finding(
                    condition=self.written, met=True, found=found, quote=hits[0].quote, url=reading.article.url
                )
        missed = "no title has" if self.field == "title" else "no article has"
        return Finding(
            condition=self.written, met=False, found=f"{missed} {'any of these' if len(self.terms) > 1 else 'it'}"
        )

    def _hits(self, article: Article, book: Phrasebook) -> list[Hit]:
        texts = (article.title,) if self.field == "title" else (article.title, article.text)
        found = (found for text in texts for term in self.terms if (found := term.find(text, book)))
        return list(islice(found, 3 * SHOWN))  # more are not named, and a rule may list a thousand words

    def phrases(self) -> Iterator[str]:
        """Return the keys that the phrasebook must know."""
        return (term.key for term in self.terms if term.key is not None)

    def keys(self) -> frozenset[Key] | None:
        """Return its phrases; a regular expression may match anything."""
        if any(term.key is None for term in self.terms):
            return None
        return frozenset(("phrase", key) for key in self.phrases())

    def plain(self) -> str:
        """Return `the text has attack, bombing or “opened fire”`."""
        return f"the {self.field} has {listed(term.plain() for term in self.terms)}"


@dataclass(frozen=True, slots=True)
class Language:
    """An article is in one of the languages (ISO 639-1)."""

    written: str
    codes: tuple[str, ...]

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look through the articles, the newest first."""
        for reading in reversed(story.readings):
            if reading.article.lang in self.codes:
                return Finding(
                    condition=self.written, met=True, found=f"in {reading.article.lang}", url=reading.article.url
                )
        known = list(dict.fromkeys(r.article.lang for r in reversed(story.readings) if r.article.lang))
        return Finding(
            condition=self.written, met=False, found=f"in {listed(known, 'and')}" if known else "in an unknown language"
        )

    def keys(self) -> frozenset[Key] | None:
        """Return the languages."""
        return frozenset(("language", code) for code in self.codes)

    def plain(self) -> str:
        """Return `an article is in ru or uk`."""
        return f"an article is in {listed(self.codes)}"


@dataclass(frozen=True, slots=True)
class FromSource:
    """An article is from one of the sources."""

    written: str
    names: tuple[str, ...]

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Look through the articles, the newest first."""
        for reading in reversed(story.readings):
            if reading.article.source in self.names:
                return Finding(
                    condition=self.written, met=True, found=f"from {reading.article.source}", url=reading.article.url
                )
        seen = list(dict.fromkeys(r.article.source for r in reversed(story.readings)))
        return Finding(condition=self.written, met=False, found=f"from {listed(seen, 'and')}")

    def keys(self) -> frozenset[Key] | None:
        """Return the sources."""
        return frozenset(("source", name) for name in self.names)

    def plain(self) -> str:
        """Return `A or B reports it`."""
        return f"{listed(self.names)} reports it"


@dataclass(frozen=True, slots=True)
class Publishers:
    """How many report it independently: outlets of one publisher and copies count once."""

    written: str
    comparisons: tuple[Comparison, ...]

    def judge(self, story: Story, book: Phrasebook) -> Finding:
        """Count the story's publishers."""
        names = story.publishers
        found = f"{len(names)} publisher{'s' * (len(names) != 1)}: {', '.join(names)}"
        return Finding(
            condition=self.written, met=any(wanted.holds(len(names)) for wanted in self.comparisons), found=found
        )

    def keys(self) -> frozenset[Key] | None:
        """Return `None`: every story has a publisher."""
        return None

    def plain(self) -> str:
        """Return `at least 2 publishers report it`."""
        they = "publisher reports it" if self.comparisons[-1].number == 1 else "publishers report it"
        return f"{listed(wanted.plain() for wanted in self.comparisons)} {they}"


def _short(surface: str) -> str:
    text = " ".join(surface.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
