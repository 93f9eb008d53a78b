"""The archive after the show + the script -> what became of each piece, and whether that is what had to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from alerts.rules import Finding, Rule, RuleSet
from scheduler.archive import Archive, Row
from scheduler.demo.script import Outcome, Script

Fate = Literal["rang", "held", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one rule did with one piece, and why; `expected` says whether the script has it so."""

    piece: str
    rule: str
    fate: Fate
    why: str
    expected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The lines to show, in the order of the pieces, and in plain words all that is not as it had to be."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...]


def judge(archive: Archive, script: Script, urls: Mapping[str, str], rules: Iterable[Rule]) -> Verdict:
    """Return the verdict. `urls` are the addresses of the published pieces, by slug in the order they appeared."""
    ruleset = RuleSet(rules)
    lines: list[Line] = []
    problems: list[str] = []
    rang: list[tuple[int, Outcome]] = []
    for slug, url in urls.items():
        article = archive.article(url)
        if article is None:
            problems.append(f"“{script.pieces[slug].title}” was published and never read")
            continue
        if article["error"]:
            problems.append(f"“{script.pieces[slug].title}” could not be read: {article['error']}")
        for decision in archive.decisions(article["id"]):
            outcome = Outcome(rule=decision["rule"], piece=slug, reason=decision["reason"])
            lines.append(_decided(decision, outcome, script))
            if decision["alert_id"]:
                rang.append((decision["alert_id"], outcome))
                problems += [*_misread(decision, outcome, script), *_undelivered(archive, decision)]
        lines += _silences(archive, article, slug, script, ruleset)
    problems += _differences([outcome for _, outcome in sorted(rang, key=lambda pair: pair[0])], lines, script)
    return Verdict(lines=tuple(lines), problems=tuple(problems))


def _decided(decision: Row, outcome: Outcome, script: Script) -> Line:
    rang = decision["alert_id"] is not None
    return Line(
        piece=outcome.piece,
        rule=outcome.rule,
        fate="rang" if rang else "held",
        why=decision["reason"] if decision["reason"] == "new" else f"{decision['reason']}: {decision['explanation']}",
        expected=outcome in (script.rings if rang else script.held),
    )


def _silences(archive: Archive, article: Row, slug: str, script: Script, rules: RuleSet) -> list[Line]:
    """Return a line for each rule that must not hold for the piece, with the first condition that it missed."""
    wanted = {outcome.rule for outcome in script.quiet if outcome.piece == slug}
    matches = [match for match in rules.explain(archive.story_up_to(article)) if match.rule in wanted and not match.met]
    return [
        Line(piece=slug, rule=match.rule, fate="quiet", why=_missed(match.findings), expected=True) for match in matches
    ]


def _missed(findings: Iterable[Finding]) -> str:
    missed = next(finding for finding in findings if not finding.met)
    return f"misses {missed.condition} — {missed.found}"


def _misread(decision: Row, outcome: Outcome, script: Script) -> list[str]:
    """Return a complaint about an expected alert that gives another reason than it has to."""
    wanted = next((expected.says for expected in script.rings if expected == outcome), "")
    said = decision["explanation"]
    return [] if wanted in said else [f"{_named(outcome, script)} says “{said}”, not “{wanted}”"]


def _undelivered(archive: Archive, decision: Row) -> list[str]:
    return [
        f"{decision['rule']}'s alert did not reach {attempt['channel']}: {attempt['detail'] or attempt['state']}"
        for attempt in archive.attempts(decision["alert_id"])
        if attempt["state"] != "sent"
    ]


def _differences(rang: list[Outcome], lines: list[Line], script: Script) -> list[str]:
    found = {(line.rule, line.piece, line.fate) for line in lines}
    problems = [
        f"{_named(outcome, script)} rang, and should not have" for outcome in rang if outcome not in script.rings
    ]
    problems += [f"{_named(outcome, script)} did not ring" for outcome in script.rings if outcome not in rang]
    if not problems and rang != list(script.rings):
        problems.append("the alerts rang in another order, or more than once")
    for fate, outcomes in (("held", script.held), ("quiet", script.quiet)):
        missing = (outcome for outcome in outcomes if (outcome.rule, outcome.piece, fate) not in found)
        problems += [f"{_named(outcome, script)} should have been {fate}" for outcome in missing]
    return problems


def _named(outcome: Outcome, script: Script) -> str:
    reason = f" ({outcome.reason})" if outcome.reason else ""
    return f"{outcome.rule}{reason} on “{script.pieces[outcome.piece].title}”"
