"""Findings -> one event's figure: what is added, what is told twice, what is a total of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crawler.facts.toll_claims import Claim, What
from crawler.facts.toll_findings import Finding
from crawler.facts.toll_nouns import Side

# The head of "people", "victims", "men": a noun of no side and no trade is a lexicon's `generic`.
_GENERIC = ""
_KIN_REACH = 2  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A figure as the article adds up; `sides` sums the part of it whose side is said.

    `people` are the noun phrases of `sentence` that it counts; `parts` is what later sentences have told again of it,
    piece by piece. `counted` says whether a word counts them. `rival` marks the figure of another voice than the
    official one.
    """

    low: int
    high: int
    approximate: bool
    quote: str
    sentence: int
    sides: dict[Side, int] = field(default_factory=dict)
    heads: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    parts: int = 0
    rival: bool = False
    counted: bool = True
    marks: frozenset[str] = frozenset()


def add_up(findings: Iterable[Finding], what: What) -> Sum | None:
    """Return the article's figure, `None` where it claims none. Claims set aside are not counted."""
    figure: Sum | None = None
    before: Finding | None = None
    own = False
    standing = _without_vague([finding for finding in findings if finding.aside is None], what)
    totals = _totals(standing, what)
    headline = _headline(standing, what)
    for finding in standing:
        if _is_within(finding, totals, what) or (finding.claim.own and own):
            continue
        own = own or finding.claim.own  # told again, it is the same death
        if finding.claim.what == what:
            added = _next(figure, _beside(finding, before, figure), before)
            figure = figure if figure and _exceeds(headline, figure, added, finding) else added
        elif figure is not None and what == "injured" and _died_of_wounds(finding, before, figure):
            figure = replace(figure, low=max(0, figure.low - finding.claim.low), marks=figure.marks | {"died"})
        before = finding
    return figure


def _headline(findings: Iterable[Finding], what: What) -> int | None:
    """Return how many the title counts, `None` where it counts none, or only those of a side."""
    found = [f for f in findings if f.claim.what == what and f.sentence == 0]
    if len(found) != 1 or not found[0].claim.counted or found[0].claim.approximate or found[0].claim.more:
        return None
    return None if found[0].claim.sides else found[0].claim.low


def _exceeds(headline: int | None, figure: Sum, added: Sum, finding: Finding) -> bool:
    """'3 hurt in shooting … two men were wounded … a woman was hurt': the title counts them all.

    A sentence that states a higher figure by itself is news; a sum of several sentences is the same people told again.
    An attacker, or several who were killed too, may be counted apart: 'the army killed three gunmen' is within. One of
    the wounded who died is one more.
    """
    claim = finding.claim
    apart = ("attacker" in claim.marks and (claim.more or claim.low == 1)) or "hurt_ed" in claim.marks
    if headline is None or finding.sentence == 0 or claim.own or apart:
        return False
    return added.low > headline and added.low > max(figure.low, finding.claim.low)


def _beside(finding: Finding, before: Finding | None, figure: Sum | None) -> Finding:
    """'One was killed and three others were wounded': others than the killed, not than those wounded before.

    So too in a sentence of its own, 'Three others were taken to hospital'; but who died later is one more.
    """
    claim = finding.claim
    if not claim.more or before is None or before.claim.what == claim.what or "anew" in claim.marks:
        return finding
    again = claim.what == "injured" and figure is not None and claim.low == figure.low
    return (
        replace(finding, claim=replace(claim, more=False)) if again or before.sentence == finding.sentence else finding
    )


def _without_vague(findings: list[Finding], what: What) -> list[Finding]:
    """'the most by the number of militants killed, with 11 neutralized': the 11 are those militants."""
    counted = {f.sentence for f in findings if f.claim.what == what and f.claim.counted and not f.claim.approximate}
    return [
        f
        for f in findings
        if f.claim.what != what or f.claim.counted or not f.claim.approximate or f.sentence not in counted
    ]


def _totals(findings: Iterable[Finding], what: What) -> dict[int, int]:
    """Return the total that a sentence states, by sentence."""
    return {f.sentence: f.claim.low for f in findings if f.claim.total and f.claim.what == what and not f.rival}


def _is_within(finding: Finding, totals: dict[int, int], what: What) -> bool:
    """'The toll rose to eleven after six more bodies were found': the six are among the eleven."""
    claim = finding.claim
    if claim.total or claim.what != what or finding.rival:
        return False
    return claim.low <= totals.get(finding.sentence, -1)


def _died_of_wounds(finding: Finding, before: Finding | None, hurt: Sum) -> bool:
    """'Eight were wounded, two of whom died', 'two of the wounded died': the two are no longer among the injured."""
    if "hurt_ed" in finding.claim.marks and "died" not in hurt.marks and finding.sentence > hurt.sentence:
        return finding.claim.low < hurt.low
    return (
        finding.claim.part
        and before is not None
        and before.claim.what == "injured"
        and before.sentence == finding.sentence
    )


def _next(figure: Sum | None, finding: Finding, before: Finding | None) -> Sum:
    claim = finding.claim
    fresh = _as_sum(finding)
    if figure is None or (figure.low == 0 and figure.high == 0):
        return fresh
    if claim.low == 0:
        return figure
    if claim.own:
        # '11 were killed when a bomber blew himself up' may or may not have him among the 11
        return replace(figure, high=figure.high + claim.high)
    if claim.part and not (before and before.claim.what != claim.what):
        return figure
    if figure.rival != finding.rival and not (figure.rival and _other_side(figure, fresh)):
        # the official figure is the low one, whichever stands first
        return replace(fresh if figure.rival else figure, high=max(figure.high, fresh.high))
    if claim.total:
        return _total(figure, fresh)
    if finding.sentence == figure.sentence:
        return _same_sentence(figure, finding, fresh)
    return _later(figure, claim, fresh)


def _as_sum(finding: Finding) -> Sum:
    c = finding.claim
    return Sum(
        low=c.low,
        high=c.high,
        approximate=c.approximate,
        quote=finding.quote,
        sentence=finding.sentence,
        sides=dict(c.sides),
        heads=frozenset(c.heads),
        people=frozenset(c.people),
        rival=finding.rival,
        counted=c.counted,
        marks=c.marks,
    )


def _total(figure: Sum, fresh: Sum) -> Sum:
    if fresh.low < figure.low:
        return figure
    return replace(
        fresh, high=max(fresh.high, figure.high if figure.high > figure.low else 0), sides=fresh.sides or figure.sides
    )


def _same_sentence(figure: Sum, finding: Finding, fresh: Sum) -> Sum:
    claim = finding.claim
    if fresh.people and fresh.people <= figure.people:
        return figure  # 'was found dead and is believed to have been murdered'
    if (claim.definite or not claim.counted) and not claim.more:
        if _comes_on_top(figure, claim, fresh):
            return _plus(figure, fresh)
        return figure if claim.definite else _plus(figure, fresh)
    if claim.nominal and claim.low <= figure.low:
        return figure
    return _plus(figure, fresh)


def _later(figure: Sum, claim: Claim, fresh: Sum) -> Sum:
    """Weigh a later sentence's claim: an addition, the same told again, or a newer figure."""
    if "anew" in claim.marks and "several" in figure.marks and claim.low <= figure.low:
        return replace(figure, parts=figure.parts + claim.low)  # 'six died in two blasts. A second blast killed two'
    if _comes_on_top(figure, claim, fresh):
        return _plus(figure, fresh)
    # 'One dead, three hurt … He was later pronounced dead': he is the one
    adds = claim.more and not ("afterwards" in claim.marks and claim.definite and claim.low == 1)
    if adds and not (figure.parts and figure.parts + claim.low <= figure.low):
        return replace(_plus(figure, fresh), sentence=fresh.sentence, people=fresh.people)
    if claim.definite or not claim.counted:
        return figure
    if _other_side(figure, fresh):
        return replace(_plus(figure, fresh), sentence=fresh.sentence, people=fresh.people)
    if claim.low <= figure.low:
        if figure.approximate and not claim.approximate:
            return fresh
        return replace(figure, parts=figure.parts + claim.low if claim.low < figure.low else 0)
    return replace(fresh, sides=fresh.sides or _sides_of_all(figure, fresh.low))


def _sides_of_all(figure: Sum, low: int) -> dict[Side, int]:
    """'Militants were killed … Eleven people were killed': where all were of one side, the number is that side's."""
    if figure.counted or len(figure.sides) != 1:
        return figure.sides
    return dict.fromkeys(figure.sides, low)


def _comes_on_top(figure: Sum, claim: Claim, fresh: Sum) -> bool:
    """'The mayor was hurt. His wife was hurt.', 'Five died. The gunman was shot dead.', 'One of the wounded died.'"""
    if "attacker" in claim.marks and not figure.marks & {"attacker", "attackers_in"}:
        known = claim.definite or claim.counted
        return known and not claim.approximate and "militants" not in figure.sides and claim.low < figure.low
    if "whose" in claim.marks:
        near = fresh.sentence <= figure.sentence + _KIN_REACH  # further down, 'his son' is who was spoken of all along
        return near and not figure.counted and not set(claim.heads) & figure.heads and not claim.approximate
    return "hurt_ed" in claim.marks and claim.what == "killed" and claim.counted and "hurt_ed" not in figure.marks


def _other_side(figure: Sum, fresh: Sum) -> bool:
    if not figure.sides or not fresh.sides or _GENERIC in figure.heads or _GENERIC in fresh.heads:
        return False
    return not set(figure.sides) & set(fresh.sides)


def _plus(figure: Sum, fresh: Sum) -> Sum:
    sides = dict(figure.sides)
    for side, n in fresh.sides.items():
        sides[side] = sides.get(side, 0) + n
    return replace(
        figure,
        low=figure.low + fresh.low,
        high=figure.high + fresh.high,
        approximate=figure.approximate or fresh.approximate,
        sides=sides,
        heads=figure.heads | fresh.heads,
        people=figure.people | fresh.people,
        marks=figure.marks | fresh.marks,
    )
