"""Conditions on the articles' words and origin: `text`, `title`, `language`, `source`, `publishers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from alerts.conditions import PLAIN, Comparison, Finding, Needs, Price, compared, listed, short_of, some
from alerts.expressions import check
from alerts.phrases import Hit, phrase
from alerts.view import View

SHOWN = 3  # words found that are named
NAMED = 8  # publishers and sources that are named
NEAR, NEAR_TERMS = 3, 50  # articles and terms that are looked through for the nearest miss


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase, `prefix*`, `~word` or `/regular expression/`; `key` is how a `Phrasebook` knows it."""

    written: str
    key: str

    def plain(self) -> str:
        """Return it in words."""
        if self.key[0] == "/":
            return f"something that fits {self.written}"
        if self.key[0] == "~":
            return f"a form of {_quoted(self.written[1:].strip())}"
        if self.written.endswith("*"):
            return f"{self.written[:-1]}…"
        return _quoted(self.written)

    def rate(self) -> float:
        """Return how many articles of a hundred have it, roughly: short words are frequent, phrases rare."""
        if self.key[0] == "/":
            return 5.0
        size = len(self.key)
        return (10.0 if " " in self.key else 100.0) * (2 if self.key[0] == "~" or self.key[-1] == "*" else 1) / size**2


def term(written: str) -> Term:
    """Return a listed word as a term. Raises `ValueError`, in the user's words."""
    if not written.startswith("/"):
        key = phrase(written)
        return Term(written, written if key == written else key)  # one string for both where there are 100,000
    if len(written) < 2 or not written.endswith("/"):
        raise ValueError("a regular expression stands between two slashes: /…/")
    check(written[1:-1])
    return Term(written, written)


@dataclass(frozen=True, slots=True)
class Words:
    """`text:` looks at title and text, `title:` at the title alone; any term in any of the articles is enough."""

    written: str
    field: Literal["text", "title"]
    terms: tuple[Term, ...]

    def holds(self, view: View) -> bool:
        """Return whether some article has some term."""
        return not view.has(self.field).isdisjoint([term.key for term in self.terms])

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look through the articles, the newest first."""
        held = view.titles if self.field == "title" else view.texts
        for place, keys in enumerate(held):
            hits = self._hits(view, place, keys)
            if hits:
                names = listed(list(dict.fromkeys(f"“{_short(hit.surface)}”" for hit in hits))[:SHOWN], "and")
                found = f"the title has {names}" if self.field == "title" else f"has {names}"
                url = view.newest[place].article.url
                return Finding(condition=self.written, met=True, found=found, quote=hits[0].quote, url=url)
        missed = "no title has" if self.field == "title" else "no article has"
        found = f"{missed} {'any of these' if len(self.terms) > 1 else 'it'}{self._nearest(view) if wanted else ''}"
        return Finding(condition=self.written, met=False, found=found)

    def _hits(self, view: View, place: int, keys: frozenset[str]) -> list[Hit]:
        listed = [term.key for term in self.terms if term.key in keys]
        if not listed:
            return []
        article = view.newest[place].article
        texts = (article.title,) if self.field == "title" else (article.title, article.text)
        hits = (view.book.hit(key, text, article.lang) for text in texts for key in listed)
        return list(islice(filter(None, hits), 3 * SHOWN))  # more are not named, and a rule may list a thousand words

    def _nearest(self, view: View) -> str:
        """Return what the articles have that is nearest to a term: in the text alone, or as part of a longer word."""
        if self.field == "title" and any(term.key in view.has("text") for term in self.terms):
            return ", a text does"
        articles = [reading.article for reading in view.newest[:NEAR]]
        texts = [text for one in articles for text in ([one.title] if self.field == "title" else [one.title, one.text])]
        near = (view.book.longer(term.key, text) for text in texts for term in self.terms[:NEAR_TERMS])
        longer = next(filter(None, near), None)
        return f", the nearest is “{_short(longer)}”" if longer else ""

    def phrases(self) -> Iterator[str]:
        """Return its terms as a `Phrasebook` knows them."""
        return (term.key for term in self.terms)

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return the terms."""
        keys = tuple((self.field, term.key) for term in self.terms)
        rate = sum(term.rate() for term in self.terms)
        return Needs(price.scan + price.share * (rate / 10 if self.field == "title" else rate), keys)

    def plain(self) -> str:
        """Return `the text has attack, bombing or “opened fire”`."""
        return f"the {self.field} has {listed(term.plain() for term in self.terms)}"


@dataclass(frozen=True, slots=True)
class Language:
    """An article is in one of the languages (ISO 639-1)."""

    written: str
    codes: tuple[str, ...]

    def holds(self, view: View) -> bool:
        """Return whether some article is."""
        return not view.has("language").isdisjoint(self.codes)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look through the articles, the newest first."""
        for reading in view.newest:
            if reading.article.lang in self.codes:
                return Finding(
                    condition=self.written,
                    met=True,
                    found=f"written in {reading.article.lang}",
                    url=reading.article.url,
                )
        known = list(dict.fromkeys(r.article.lang for r in view.newest if r.article.lang))
        return Finding(
            condition=self.written,
            met=False,
            found=f"written in {listed(known, 'and')}" if known else "in an unknown language",
        )

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return the languages."""
        return Needs(40.0 * len(self.codes), tuple(("language", code) for code in self.codes))

    def plain(self) -> str:
        """Return `an article is in ru or uk`."""
        return f"an article is in {listed(self.codes)}"


@dataclass(frozen=True, slots=True)
class FromSource:
    """An article is from one of the sources."""

    written: str
    names: tuple[str, ...]

    def holds(self, view: View) -> bool:
        """Return whether some article is."""
        return not view.has("source").isdisjoint(self.names)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Look through the articles, the newest first."""
        for reading in view.newest:
            if reading.article.source in self.names:
                return Finding(
                    condition=self.written, met=True, found=f"from {reading.article.source}", url=reading.article.url
                )
        seen = list(dict.fromkeys(r.article.source for r in view.newest))
        return Finding(condition=self.written, met=False, found=f"from {some(seen, NAMED)}")

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return the sources."""
        return Needs(5.0 * len(self.names), tuple(("source", name) for name in self.names))

    def plain(self) -> str:
        """Return `A or B reports it`."""
        return f"{listed(self.names)} reports it"


@dataclass(frozen=True, slots=True)
class Publishers:
    """How many report it independently: outlets of one publisher and copies count once."""

    written: str
    comparisons: tuple[Comparison, ...]

    def holds(self, view: View) -> bool:
        """Return whether so many do."""
        count = len(view.story.publishers)
        return any(wanted.holds(count) for wanted in self.comparisons)

    def judge(self, view: View, wanted: bool = True) -> Finding:
        """Name the story's publishers."""
        names, met = view.story.publishers, self.holds(view)
        count = f"{len(names)} publisher{'s' * (len(names) != 1)}"
        short, named = wanted and not met, some(names, NAMED)
        found = f"{count} ({named}){short_of(self.comparisons)}" if short else f"{count}: {named}"
        return Finding(condition=self.written, met=met, found=found)

    def needs(self, price: Price = PLAIN) -> Needs | None:
        """Return how many it must be."""
        return compared("publishers", self.comparisons)

    def plain(self) -> str:
        """Return `at least 2 publishers report it`."""
        they = "publisher reports it" if self.comparisons[-1].number == 1 else "publishers report it"
        return f"{listed(wanted.plain() for wanted in self.comparisons)} {they}"


def _quoted(written: str) -> str:
    return f"“{written}”" if " " in written else written


def _short(surface: str) -> str:
    text = " ".join(surface.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
