"""Title and text -> Toll: how many people the event that the article reports killed and injured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.facts.toll_findings import read_findings
from crawler.facts.toll_sum import Sum, add_up
from crawler.lexicon import load

__all__ = ["Count", "Toll", "read_toll"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people as claimed.

    `low` is the lowest figure the article itself supports, `high` the highest claim; 0 where it says
    that there were none.
    `quote` is the sentence it was read from.
    """

    low: int
    high: int
    approximate: bool
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Killed and injured (`None`: not claimed), the dead by side where it is said, and a rival claim if there is."""

    killed: Count | None = None
    injured: Count | None = None
    civilians: int = 0
    security: int = 0
    militants: int = 0
    disputed: str | None = None  # the sentence that denies or rivals the claim


def read_toll(title: str, text: str, lang: str | None, published: datetime | None) -> Toll:
    """Return the toll of the event that the article reports.

    `lang` is an ISO 639-1 code: nothing is claimed of a language without a lexicon. `published` tells which of the
    named dates are the event's own. Vague numbers count by the ACLED code of practice and are marked approximate.
    """
    lexicon = load(lang) if lang else None
    if lexicon is None:
        return Toll()
    findings = read_findings(title, text, lexicon, published.date() if published else None)
    killed, injured = add_up(findings.found, "killed"), add_up(findings.found, "injured")
    sides = killed.sides if killed else {}
    rival = next(
        (f.quote for f in findings.found if f.rival and f.aside is None and _differs(f.claim.low, killed)), None
    )
    return Toll(
        killed=_count(killed),
        injured=_count(injured),
        civilians=sides.get("civilians", 0),
        security=sides.get("security", 0),
        militants=sides.get("militants", 0),
        disputed=findings.denial or rival,
    )


def _count(figure: Sum | None) -> Count | None:
    if figure is None:
        return None
    return Count(low=figure.low, high=figure.high, approximate=figure.approximate, quote=figure.quote)


def _differs(low: int, killed: Sum | None) -> bool:
    return killed is not None and low != killed.low
