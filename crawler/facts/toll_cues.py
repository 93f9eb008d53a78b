"""Claim in its sentence -> why it is not the reported event's toll, in a language read by its grammar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from crawler.facts.toll_claims import Claim
from crawler.facts.toll_clauses import Phrase
from crawler.facts.toll_context import Aside
from crawler.facts.toll_dates import Named, is_other_day
from crawler.facts.toll_words import Unit
from crawler.lexicon.grammar import Grammar

_VERBAL = frozenset(
    ["kill_ed", "kill_act", "die", "hurt_ed", "hurt_act", "hurt_int", "dead", "hurts", "kill_of", "hurt_of"]
)
_CUES = frozenset(["history", "since", "hypothetical", "if", "feared", "background", "protest", "denial"])
_PAUSES = frozenset([",", ":", "–", "—"])
_LINKS = frozenset(["conj", "clause"])
_BREAKS = frozenset([";"])
_NEAR = 6
_FEARED = 4
_RECALLS = 14
_WIDEST = 30  # words: no sentence that a person reads bears on a word further away


def frame_aside(
    p: Phrase, claim: Claim, dates: list[Named], published: date | None, lead: bool, grammar: Grammar
) -> Aside | None:
    """Return why a claim is none of the event's toll, `None` where it is.

    `dates` are the sentence's; `lead` says whether it is the title or opens the text.
    """
    if not dates and all(
        unit.tags.isdisjoint(_CUES)
        for unit in p.units[max(0, claim.position - _WIDEST - _NEAR) : claim.position + _WIDEST + _NEAR]
    ):
        return None
    start, end = _stretch(p, claim.position)
    if (past := _other_time(p, range(start, end), dates, published, lead)) is not None:
        return past
    both = grammar.cues == "both"
    i = claim.position
    if _near(p, "hypothetical", max(start, i - _NEAR), min(end, i + _NEAR) if both else i):
        return Aside.HYPOTHETICAL
    if any(p.tagged(k, "if") for k in range(start, i)):
        return Aside.HYPOTHETICAL
    if _near(p, "feared", max(start, i - _FEARED), min(end, i + 3 if not both else i + _NEAR)):
        return Aside.FEARED
    if _denied(p, claim, start, end if both else i):
        return Aside.DENIED
    if _recalled(p, claim, end if both else i):
        return Aside.BACKGROUND
    return None


def _other_time(p: Phrase, around: range, dates: list[Named], published: date | None, lead: bool) -> Aside | None:
    near = (
        d
        for d in dates
        if d.position in around and not (p.tagged(d.position - 1, "since") and _compares(p, d.position))
    )
    if any(is_other_day(d, published, lead) for d in near):
        return Aside.OTHER_DAY
    return Aside.HISTORY if any(_is_history(p, k) for k in around) else None


def _denied(p: Phrase, claim: Claim, start: int, end: int) -> bool:
    """ "L'armée dément la mort de dix soldats", 'نفى مقتل عشرة'; but 'dément avoir tué' denies only who did it."""
    if claim.definite or p.tagged(claim.position, "kill_act", "hurt_act"):
        return False
    for k in range(end - 1, max(start, claim.position - _RECALLS) - 1, -1):
        if p.tagged(k, "denial"):
            return not any(p.tagged(m, "denial_other") for m in range(k + 1, k + _FEARED))
        if k < claim.position and p.tagged(k, "relative", "conj"):
            return False
    return False


def _near(p: Phrase, tag: str, start: int, end: int) -> bool:
    return any(p.tagged(k, tag) for k in range(start, end))


def _stretch(p: Phrase, position: int) -> tuple[int, int]:
    """The words that bear on an event: out to the next ';' or 'but', and past a comma only where no event stands."""
    start = _edge(p.units, position, -1)
    end = _edge(p.units, position, 1)
    return start, end + 1


def _edge(units: Sequence[Unit], position: int, step: int) -> int:
    i, fence = position, position
    while 0 <= i + step < len(units) and abs(i - position) < _WIDEST:
        text, tags = units[i + step].text, units[i + step].tags
        if text in _BREAKS or "turn" in tags:
            return i
        if text in _PAUSES or not tags.isdisjoint(_LINKS):
            fence = i
        elif fence != position and not tags.isdisjoint(_VERBAL):
            return fence
        i += step
    return i


def _is_history(p: Phrase, k: int) -> bool:
    """'last year', 'since the war began'; 'since Monday' is the same event, 'the deadliest in years' a measure."""
    tags = p.units[k].tags
    if "history" in tags:
        return not _compares(p, k)
    return "since" in tags and not p.tagged(k + 1, "weekday", "just_now") and not _compares(p, k)


def _compares(p: Phrase, k: int) -> bool:
    """'the deadliest attack in years', 'since 2008': a time before that only measures this event."""
    return any(p.tagged(m, "superlative") for m in range(max(0, k - 6), k))


def _recalled(p: Phrase, claim: Claim, end: int) -> bool:
    """'a trial over the killing of', 'the funeral of those killed': the cue stands before the death, or also behind."""
    i = claim.position
    for k in range(min(end, i + _WIDEST) - 1, max(-1, i - _WIDEST), -1):
        if p.text(k) in _BREAKS or (k < i and p.tagged(k, "turn")):
            return False
        if p.tagged(k, "background", "protest") and not _is_venue(p, k) and (abs(i - k) <= _RECALLS or claim.nominal):
            return True
    return False


def _is_venue(p: Phrase, k: int) -> bool:
    """'killed at a funeral', 'fired at the rally': the crowd is where it happened."""
    return p.tagged(k, "venue") and any(p.tagged(m, "venue_link") for m in range(max(0, k - 3), k))
