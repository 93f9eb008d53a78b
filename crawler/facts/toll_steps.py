"""Title and text -> Steps: each figure that was met, and what it did to the toll, for a person who asks why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.facts.toll_claims import What
from crawler.facts.toll_findings import Finding, read_findings
from crawler.facts.toll_sum import add_up
from crawler.lexicon import load

MOST = 100  # figures that are told; an article with more is a list, and nobody reads them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One figure in the order in which it stands in the article.

    `low` and `high` are what the sentence says; `aside` why it is not of the event reported, `None` where it is.
    `before` and `after` are the article's figure without and with it: equal where it tells again what was counted.
    """

    what: What
    low: int
    high: int
    aside: str | None
    before: int | None
    after: int | None
    quote: str

    @property
    def verdict(self) -> str:
        """What became of the figure, in a user's words."""
        if self.aside:
            return f"set aside: {self.aside}"
        if self.before == self.after:
            return f"part of the {self.after} already counted" if self.after else "counted: nobody"
        return f"{self.what} {'' if self.before is None else f'{self.before} → '}{self.after}"


def read_steps(title: str, text: str, lang: str | None, published: datetime | None) -> tuple[Step, ...]:
    """Return the figures of dead and injured in the article and what each did; () for a language without a lexicon."""
    lexicon = load(lang) if lang else None
    if lexicon is None:
        return ()
    found = read_findings(title, text, lexicon, published.date() if published else None).found[:MOST]
    steps: list[Step] = []
    for number, finding in enumerate(found):
        what = finding.claim.what
        step = Step(
            what=what,
            low=finding.claim.low,
            high=finding.claim.high,
            aside=str(finding.aside) if finding.aside else None,
            before=_figure(found[:number], what),
            after=_figure(found[: number + 1], what),
            quote=finding.quote,
        )
        if step.aside or step.before != step.after or step.quote not in {one.quote for one in steps}:
            steps.append(step)  # else it is but another word of a sentence that was told
    return tuple(steps)


def _figure(found: tuple[Finding, ...], what: What) -> int | None:
    figure = add_up(found, what)
    return figure.low if figure else None
