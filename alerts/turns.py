"""A rule's findings, before and after an article -> what turned true, which figures fell, and the nearest miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from alerts.conditions import ALL, ANY, NOT, WANTS, All, AnyOf, Condition, Finding
from alerts.conditions_facts import Tally
from alerts.conditions_words import Publishers
from alerts.rules import Match

NAMED = 3  # missed conditions that the nearest miss names
LONGEST = 160  # characters of a condition or sentence in it

Figures = Mapping[str, int | None]
"""`killed` and `injured`; `None` where nothing is claimed."""


def turned_true(when: All, before: Sequence[Finding], after: Sequence[Finding]) -> list[tuple[Finding, bool]]:
    """Return the conditions that were missed and hold now, and of each whether it counts publishers.

    `before` and `after` are a match's findings, one for each part of `when`. Only those count whose absence kept the
    rule from holding: in an `any:` of which another part held already, nothing turned.
    """
    found = []
    for part, old, new in zip(when.parts, before, after, strict=True):
        if not old.met:
            met = [leaf.met for _, leaf in _leaves(part, old)]
            found += [
                (leaf, isinstance(condition, Publishers))
                for (condition, leaf), was_met in zip(_leaves(part, new), met, strict=True)
                if leaf.met and not was_met
            ]
    return found


def fallen(when: All, findings: Sequence[Finding], then: Figures, now: Figures) -> list[str]:
    """Return what to say of each figure that the rule asks for, misses, and that is lower now than then.

    >>> fallen(when, findings, {"killed": 11, "injured": None}, {"killed": 4, "injured": None})
    ['killed 11 → 4, the rule wants >= 5']
    """
    said = []
    for part, finding in zip(when.parts, findings, strict=True):
        if finding.met:
            continue
        for condition, leaf in _leaves(part, finding):
            if isinstance(condition, Tally) and not leaf.met:
                said += _fall(condition, then, now)
    return list(dict.fromkeys(said))


def missed(findings: Sequence[Finding]) -> list[Finding]:
    """Return the lines of `when:` that do not hold."""
    return [finding for finding in findings if not finding.met]


def nearest_miss(match: Match) -> str | None:
    """Return what the rule lacked in the story, in one line; `None` where it holds.

    Of the alternatives under an `any:` that with the fewest missed conditions counts. Where one condition alone is
    missed, the sentence that it was judged by follows.

    >>> nearest_miss(match)
    '4 killed, the rule wants >= 5 (“A blast killed four people.”)'
    """
    if match.met:
        return None
    short = [leaf for finding in missed(match.findings) for leaf in _short(finding)]
    if len(short) == 1:
        return f"{_wish(short[0])}{_evidence(short[0])}"
    more = f"; and {len(short) - NAMED} more" if len(short) > NAMED else ""
    return f"{len(short)} conditions: {'; '.join(_wish(leaf) for leaf in short[:NAMED])}{more}"


def _short(finding: Finding) -> list[Finding]:
    """Return the fewest conditions, of those inside a missed one, that would have to hold for it to hold."""
    if finding.condition == ANY:
        return min((_short(child) for child in finding.children), key=lambda leaves: (len(leaves), _unread(leaves)))
    if finding.condition == ALL:
        return [leaf for child in missed(finding.children) for leaf in _short(child)]
    return [finding]


def _unread(leaves: Sequence[Finding]) -> bool:
    """Return whether nothing stands in the article that is near: of two misses the other says more."""
    return not any(leaf.quote for leaf in leaves)


def _wish(leaf: Finding) -> str:
    if WANTS in leaf.found:
        return leaf.found
    if leaf.condition == NOT:
        return f"{leaf.found}, which the rule rules out"
    return f"{leaf.found}{WANTS} {_cut(leaf.condition)}"


def _evidence(leaf: Finding) -> str:
    return f" (“{_cut(leaf.quote)}”)" if leaf.quote else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _fall(tally: Tally, then: Figures, now: Figures) -> list[str]:
    names = ("killed", "injured") if tally.figure == "casualties" else (tally.figure,)
    wants = " or ".join(f"{one.operator} {one.number}" for one in tally.comparisons)
    of = f"{tally.figure} " * (tally.figure == "casualties") + "".join(f"{side} " for side in tally.sides)
    falls = []
    for name in names:
        old, new = then[name], now[name]
        if old is not None and new is not None and new < old:
            falls.append(f"{name} {old} → {new}")
    return [f"{' and '.join(falls)}{WANTS} {of}{wants}"] if falls else []


def _leaves(part: Condition, finding: Finding) -> Iterator[tuple[Condition, Finding]]:
    """Return the conditions inside with what was found for each; what stands under a `not` counts as one with it."""
    if isinstance(part, All | AnyOf):
        for inner, child in zip(part.parts, finding.children, strict=True):
            yield from _leaves(inner, child)
    else:
        yield part, finding
