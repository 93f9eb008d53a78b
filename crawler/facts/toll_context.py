"""Claim in its sentence -> why it is not the reported event's toll, if it is not."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from crawler.facts.toll_claims import Claim
from crawler.facts.toll_clauses import Phrase
from crawler.facts.toll_dates import Named, is_other_day


class Aside(StrEnum):
    """Why a figure is not of the event that the article reports, in the words a person is told."""

    OTHER_DAY = "it names another day"
    HISTORY = "it tells of another time"
    HYPOTHETICAL = "it did not happen"
    BACKGROUND = "it recalls an older death"
    PROTEST = "it is what the crowd protests against"
    FEARED = "it is feared, not known"


_TURNS = frozenset([";", ":", "–", "—"])
_TURNING = frozenset(["but", "while", "meanwhile", "whereas", "although", "though"])
_BASE_ENDINGS = ("ed", "ing", "s")
_VENUE = frozenset(
    ["at", "near", "outside", "on", "into", "hit", "struck", "attacked", "targeted", "during", "in", "from", "for"]
)
_VENUES = frozenset(
    ["funeral", "funerals", "burial", "memorial", "trial", "demonstration", "rally", "march", "vigil", "protest"]
)
_AGAINST = frozenset(
    [
        "against",
        "over",
        "after",
        "demanding",
        "condemn",
        "condemned",
        "condemning",
        "who",
        "whose",
        "that",
        "following",
        "where",
        "for",
        "of",
        "to",
    ]
)


def aside(p: Phrase, claim: Claim, dates: list[Named], published: date | None, lead: bool) -> Aside | None:
    """Return why a claim is none of the event's toll, `None` where it is.

    `dates` are the sentence's; `lead` says whether it is the title or opens the text.
    """
    start, end = _segment(p, claim.position)
    if any(start <= d.position < end and is_other_day(d, published, lead) for d in dates):
        return Aside.OTHER_DAY
    if any("history" in p.units[k].tags for k in range(start, end)):
        return Aside.HISTORY
    if _since(p, start, end):
        return Aside.HISTORY
    if _hypothetical(p, claim, start):
        return Aside.HYPOTHETICAL
    if _feared(p, claim, start):
        return Aside.FEARED
    return _recalled(p, claim)


def _segment(p: Phrase, position: int) -> tuple[int, int]:
    """The stretch between the semicolons, dashes and 'but's around a unit."""
    start, end = position, position + 1
    while start > 0 and not _turns(p, start - 1):
        start -= 1
    while end < len(p.units) and not _turns(p, end):
        end += 1
    return start, end


def _turns(p: Phrase, i: int) -> bool:
    return p.text(i) in _TURNS or p.text(i) in _TURNING


def _since(p: Phrase, start: int, end: int) -> bool:
    """'since 2003', 'since the war began' make a running total; 'since Monday' the same event."""
    for k in range(start, end):
        if (
            "since" in p.units[k].tags
            and not p.tagged(k + 1, "weekday")
            and p.text(k + 1) not in {"yesterday", "dawn", "then"}
        ):
            return True
    return False


def _hypothetical(p: Phrase, claim: Claim, start: int) -> bool:
    i = claim.position
    near = range(max(start, i - 4), i)
    if any("hypothetical" in p.units[k].tags and p.text(k) != "if" for k in near):
        return True
    if any(p.text(k) in {"if", "unless"} for k in range(start, i)):
        return True
    infinitive = any(p.text(k) == "to" for k in range(max(start, i - 2), i)) and not p.text(i).endswith(_BASE_ENDINGS)
    return (
        infinitive
        and p.tagged(i, "kill_act", "hurt_act", "die")
        and not any(p.tagged(k, "have") for k in near)
        and not _managed(p, i)
    )


def _managed(p: Phrase, i: int) -> bool:
    return any(p.text(k) in {"managed", "on", "began", "proceeded", "continued"} for k in range(max(0, i - 4), i))


def _feared(p: Phrase, claim: Claim, start: int) -> bool:
    return any(p.tagged(k, "feared") for k in range(max(start, claim.position - 3), claim.position))


def _recalled(p: Phrase, claim: Claim) -> Aside | None:
    """'the funeral of', 'accused of killing', 'protest against the murder of': the cue comes before the death."""
    i = claim.position
    relative = (
        claim.nominal or p.text(i).endswith("ing") or any(p.tagged(k, "relative") for k in range(max(0, i - 12), i))
    )
    for k in range(i - 1, -1, -1):
        tags = p.units[k].tags
        if "background" in tags and not _is_venue(p, k) and (relative or i - k <= 12):
            return Aside.BACKGROUND
        if "protest" in tags and not _is_venue(p, k) and (relative or any(p.text(m) == "after" for m in range(k, i))):
            if any(p.text(m) in _AGAINST for m in range(k, i)):
                return Aside.PROTEST
    return None


def _is_venue(p: Phrase, k: int) -> bool:
    """'killed at a funeral', 'attacked the rally': the crowd is where it happened."""
    return p.text(k) in _VENUES and any(p.text(m) in _VENUE for m in range(max(0, k - 4), k))
