"""Claim in its sentence -> why it is not the reported event's toll, if it is not."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from crawler.facts.toll_claims import Claim
from crawler.facts.toll_clauses import EVENTS, Phrase, is_passive
from crawler.facts.toll_dates import Named, is_other_day


class Aside(StrEnum):
    """Why a figure is not of the event that the article reports, in the words a person is told."""

    OTHER_DAY = "it names another day"
    HISTORY = "it tells of another time"
    HYPOTHETICAL = "it did not happen"
    BACKGROUND = "it recalls an older death"
    PROTEST = "it is what the crowd protests against"
    FEARED = "it is feared, not known"
    DENIED = "it is denied"
    FAR = "it is told far below the report's own figure"


_TURNS = frozenset([";", ":", "–", "—"])
_NEAR = 4
_CUE_REACH = 12
_BRACKET = 40
_DENIAL = 14
_MANY = 100


def aside(p: Phrase, claim: Claim, dates: list[Named], published: date | None, lead: bool) -> Aside | None:
    """Return why a claim is none of the event's toll, `None` where it is.

    `dates` are the sentence's; `lead` says whether it is the title or opens the text.
    """
    start, end = _segment(p, claim.position)
    if any(is_other_day(d, published, lead) for d in dates if _bears_on(p, claim, d.position, start, end)):
        return Aside.OTHER_DAY
    if _history(p, claim, start, end) or _is_running(p, claim):
        return Aside.HISTORY
    if _hypothetical(p, claim, start):
        return Aside.HYPOTHETICAL
    near = max(start, claim.position - 3)
    if any(p.tagged(k, "feared_that") or (k >= near and p.tagged(k, "feared")) for k in range(start, claim.position)):
        return Aside.FEARED
    if _denied(p, claim, start):
        return Aside.DENIED
    return _recalled(p, claim) or _protested(p, claim)


def _segment(p: Phrase, position: int) -> tuple[int, int]:
    """The stretch between the semicolons, dashes and 'but's around a unit."""
    start, end = position, position + 1
    while start > 0 and not _turns(p, start - 1):
        start -= 1
    while end < len(p.units) and not _turns(p, end):
        end += 1
    return start, end


def _turns(p: Phrase, i: int) -> bool:
    return p.text(i) in _TURNS or p.tagged(i, "turn")


def _bears_on(p: Phrase, claim: Claim, cue: int, start: int, end: int) -> bool:
    """Say whether a time bears on the claim: in the same stretch, with no other finite verb on the way to it."""
    if not start <= cue < end:
        return False
    if cue > claim.position:
        return not any(p.tagged(k, "be", "have", "modal") for k in range(claim.position + 1, cue))
    if _closed_off(p, cue, claim.position, start):
        return False
    return not any(p.tagged(k, "amid") for k in range(max(start, cue - 8), cue))


def _closed_off(p: Phrase, cue: int, position: int, start: int) -> bool:
    """'The rebels, who have killed hundreds since 2015, shot dead three': the time is the relative clause's own.

    So it is in 'the worst since ten died in 2011, left 22 dead' and in 'who last week killed four struck, killing two'.
    """
    opens = any(
        p.tagged(k, "relative", "superlative") and _comma_before(p, k) for k in range(max(start, cue - 16), cue)
    )
    if opens and any(p.text(k) == "," for k in range(cue + 1, min(position, cue + 14))):
        return True
    inside = any(p.tagged(k, "relative") for k in range(max(start, cue - 4), cue))
    event = next((k for k in range(cue + 1, position) if p.tagged(k, *EVENTS)), None) if inside else None
    return event is not None and any(p.text(k) == "," for k in range(event + 1, position))


def _comma_before(p: Phrase, k: int) -> bool:
    return p.text(k - 1) == "," or (p.tagged(k, "superlative") and p.text(k - 2) == ",")


def _history(p: Phrase, claim: Claim, start: int, end: int) -> bool:
    """'last year', 'since 2003', 'three years after'; 'since Monday' and 'hours after' are the same event."""
    for k in range(start, end):
        tags = p.units[k].tags
        if "history" in tags and not _is_measure(p, k) and _bears_on(p, claim, k, start, end):
            return True
        if "since" in tags and not _is_recent(p, k) and _bears_on(p, claim, k, start, end):
            return True
        if k < claim.position and "later_than" in tags and p.tagged(k - 1, "long_time"):
            return True
    return False


def _is_running(p: Phrase, claim: Claim) -> bool:
    """'4,000 have been killed in the insurgency': the perfect counts a war, not a day."""
    if claim.low < _MANY:
        return False
    i = claim.position
    perfect = any(p.text(k) in {"have", "has"} for k in range(max(0, i - 3), i))
    return perfect and any(p.tagged(k, "war") and p.tagged(k - 1, "definite") for k in range(i + 1, i + 8))


def _is_recent(p: Phrase, k: int) -> bool:
    """'since Monday', 'has since risen' are the same event's."""
    return any(p.tagged(m, "weekday", "just_now") for m in range(k + 1, k + 6)) or p.tagged(k - 1, "have")


def _is_measure(p: Phrase, k: int) -> bool:
    """'the deadliest attack this year', 'the biggest in recent months': the time measures the event, it is not its
    own."""
    said = p.units[k].text
    compared = any("superlative" in p.units[m].tags for m in range(max(0, k - 5), k))
    return compared and "last" not in said and "ago" not in said


def _hypothetical(p: Phrase, claim: Claim, start: int) -> bool:
    i = claim.position
    if any(p.tagged(k, "if", "withdrawn") for k in range(start, i)):
        return True
    for k in range(i - 1, max(start, i - _NEAR) - 1, -1):
        if "hypothetical" in p.units[k].tags and not p.tagged(k + 1, "eventually"):
            return True
        if "conj" in p.units[k].tags and "infinitive" not in p.units[i].tags:
            break
    return _infinitive(p, i, start)


def _infinitive(p: Phrase, i: int, start: int) -> bool:
    """'to kill' is a purpose, unless they 'managed to' or 'are said to have'."""
    before = range(max(start, i - _NEAR), i)
    purpose = "infinitive" in p.units[i].tags and any(p.tagged(k, "to") for k in range(max(start, i - 2), i))
    return purpose and not any(p.tagged(k, "have", "managed") for k in before)


def _denied(p: Phrase, claim: Claim, start: int) -> bool:
    """'The army denied that 40 had been killed', 'no truth in reports that six died'.

    'Denied killing five' denies who did it; 'denied a part in the blast that killed five' tells of the five.
    """
    i = claim.position
    if not claim.counted or p.tagged(i, "kill_act", "hurt_act") or (p.tagged(i, "kill_ed") and i not in _passive(p, i)):
        return False
    for k in range(i - 1, max(start, i - _DENIAL) - 1, -1):
        if p.tagged(k, "relative", "conj") or (p.tagged(k, "that") and p.tagged(k - 1, "incident")):
            return False
        if p.tagged(k, "denial", "untrue"):
            return not any(p.tagged(m, "denial_other") for m in range(k + 1, i))
    return False


def _passive(p: Phrase, i: int) -> tuple[int, ...]:
    """A participle whose people stand before it: 'that 40 had been killed', '40 killed'."""
    return (i,) if is_passive(p, i) or i in p.ending else ()


def _recalled(p: Phrase, claim: Claim) -> Aside | None:
    """'the funeral of', 'accused of killing', 'in connection with the murder of': the cue comes before the death."""
    i = claim.position
    for k in range(i - 1, -1, -1):
        if p.text(k) == "when":
            return None  # 'the town had buried its dead when gunmen killed two': the news follows
        if (
            p.tagged(k, "background")
            and not _is_venue(p, k)
            and not _bracketed(p, k, i)
            and (i - k <= _CUE_REACH or _dependent(p, claim))
        ):
            return Aside.BACKGROUND
    return None


def _bracketed(p: Phrase, cue: int, i: int) -> bool:
    """'Two men (who were accused of an older murder) opened fire, killing three': brackets keep their cue."""
    closing = next((k for k in range(cue, min(i, cue + _BRACKET)) if p.text(k) in {"(", ")"}), None)
    return closing is not None and p.text(closing) == ")"


def _dependent(p: Phrase, claim: Claim) -> bool:
    """Say whether the death is told in passing: as a noun, a participle or in a relative clause."""
    i = claim.position
    return (
        claim.nominal
        or p.tagged(i, "gerund")
        or any(p.tagged(k, "that") for k in range(max(0, i - 3), i))
        or any(p.tagged(k, "relative", "of_them") for k in range(max(0, i - 12), i))
    )


def _protested(p: Phrase, claim: Claim) -> Aside | None:
    """A crowd's anger at a death: 'protested the killing of', 'after a man was killed, residents blocked'."""
    i = claim.position
    crowds = [k for k in range(len(p.units)) if "protest" in p.units[k].tags and not _is_scene(p, k)]
    if not crowds or any(p.tagged(k, "credited") for k in range(i)):
        return None
    if claim.nominal and any("kill_of" in p.units[i].tags or k < i for k in crowds):
        return Aside.PROTEST
    if crowds[0] < i:
        linked = any(p.tagged(m, "against") for m in range(crowds[0], i))
        return Aside.PROTEST if linked and (_dependent(p, claim) or _caused(p, crowds[0], i)) else None
    in_passing = any(p.tagged(k, "relative") for k in range(max(0, i - 4), i))
    return Aside.PROTEST if in_passing or _caused(p, 0, i) else None


def _caused(p: Phrase, start: int, end: int) -> bool:
    """'after', 'as' or 'following' opens the clause of the death."""
    return any(p.tagged(m, "following") for m in range(start, end))


def _is_scene(p: Phrase, k: int) -> bool:
    """'shot at a rally', 'attacked the march'; but 'at a protest against'."""
    if not p.tagged(k, "crowd") or any(p.tagged(m, "against") for m in range(k + 1, k + 3)):
        return False
    return any(p.tagged(m, "protest_link") for m in range(max(0, k - 3), k))


def _is_venue(p: Phrase, k: int) -> bool:
    """'killed at a funeral', 'attacked the rally': the crowd is where it happened; 'in protest against' is anger."""
    if p.tagged(k, "protest") and p.tagged(k + 1, "against"):
        return False
    return p.tagged(k, "venue") and any(p.tagged(m, "venue_link") for m in range(max(0, k - 4), k))
