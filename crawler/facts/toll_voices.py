"""Phrase -> the bare figure that somebody else gives of the dead just told: "the rebels said one"."""

from __future__ import annotations

from crawler.facts.toll_claim import Claim
from crawler.facts.toll_clauses import Phrase

_SPEAKER = 5
_FILLS = frozenset(["that", "it", "was", "is", "the", "number", "figure", "toll", "at", "there", "were", "they", "had"])
_FILL_LIMIT = 6


def read_said(p: Phrase) -> list[Claim]:
    """Return the figure that another voice than the official one states with no noun and no verb of its own."""
    for i in range(len(p.units)):
        if not p.tagged(i, "reporting", "puts_at") or not _is_other(p, i):
            continue
        k = i + 1
        while k < min(len(p.units), i + _FILL_LIMIT) and p.text(k) in _FILLS and k not in p.starting:
            k += 1
        group = p.starting.get(k)
        if group and group.kind == "bare" and group.counted and group.low and _closes(p, group.end):
            high = group.low if group.high is None else group.high
            return [
                Claim(
                    what="killed",
                    low=group.low,
                    high=high,
                    approximate=group.approximate,
                    position=i,
                    nominal=True,
                    marks=frozenset(["voice"]),
                )
            ]
    return []


def _is_other(p: Phrase, i: int) -> bool:
    """'rebels', 'the opposition', 'residents of the town' say it, in the same clause."""
    for k in range(i, max(-1, i - _SPEAKER), -1):
        if p.text(k) in {";", ","} or (p.tagged(k, "turn", "clause") and k < i):
            return False
        if p.tagged(k, "other_voice"):
            return True
    return False


def _closes(p: Phrase, i: int) -> bool:
    return i >= len(p.units) or p.text(i) in {".", ",", ";", ")"} or p.tagged(i, "conj")
