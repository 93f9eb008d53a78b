"""Decision + match + story -> Alert: what a person gets to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date

from alerts.gathering import Route
from alerts.history import Change, news
from alerts.policy import Decision, Reason, Told
from alerts.rules import Finding, Match, Rule, Severity
from alerts.story import Story
from crawler.facts.places import Place
from crawler.facts.toll import Count
from crawler.reading import Reading

QUOTE = 300  # characters of a sentence that a message shows
SHOWN = 5  # reports and changes listed in one message
SAYING = frozenset({"killed", "injured", "corrected", "denied", "disputed"})  # changes whose sentence one wants to read
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Characters that reorder what stands around them (Unicode TR9 section 2).

Joiners stay, Persian and Hindi need them.
"""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is given: the title is what a lock screen shows."""

    title: str
    body: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something worth telling, with the reason.

    `notify` names the channels it is owed to, `routes` those of them that it does not go to at once.
    """

    rule: str
    reason: Reason
    killed: int | None
    injured: int | None
    message: Message
    notify: tuple[str, ...]
    routes: tuple[Route, ...] = ()


def compose(rule: Rule, decision: Decision, match: Match, story: Story, told: Told | None = None) -> Alert:
    """Return the alert in plain text: the facts, what changed, why it rings, the sentences, who reports it.

    `told` is what this rule last told of the story: the title of what follows says that it is no new event.
    """
    changes = news(story, told.at, told.killed, told.injured)[:SHOWN] if told else ()
    today = story.newest.article.fetched.date()
    quotes = [*_quotes(match.findings), *(change.quote for change in changes if change.kind in SAYING)]
    blocks = [
        "\n".join(f"{clean(change.what)} ({_when(change, today)})" for change in changes),
        _rings(rule, decision),
        "\n".join(f"“{quote}”" for quote in dict.fromkeys(map(clean, quotes)) if quote),
        "\n".join(_reports(story)),
        "\n".join(f"  {finding.condition} — {finding.found}" for finding in _leaves(match.findings)),
    ]
    body = "\n\n".join(block for block in blocks if block)
    return Alert(
        rule=rule.name,
        reason=decision.reason,
        killed=story.killed.low if story.killed else None,
        injured=story.injured.low if story.injured else None,
        message=Message(_title(decision, story, told), body, rule.severity),
        notify=rule.notify,
    )


def _title(decision: Decision, story: Story, told: Told | None) -> str:
    if decision.reason is Reason.CORRECTED:
        return f"Corrected: {headline(story)}"
    return f"Update: {headline(story)}" if told else headline(story)


def _when(change: Change, today: date) -> str:
    at = change.at.astimezone(UTC)
    time = f"{at:%H:%M} UTC" if at.date() == today else f"{at:%d %b %H:%M} UTC"
    return time if change.kind == "publisher" else f"{clean(change.publisher)}, {time}"


def headline(story: Story) -> str:
    """Return the story in one line: `11 killed, Kabardino-Balkaria (RU) · Islamic State (denied) · 3 publishers`."""
    toll = [
        f"{figure(count)} {word}"
        for count, word in ((story.killed, "killed"), (story.injured, "injured"))
        if count and count.low
    ]
    place = next((p for p in story.places if p.role == "event"), None)
    what = ", ".join([*toll, *([_where(place)] if place else [])])
    denied = {group.id for group in story.groups if group.denied}
    actors = dict.fromkeys((g.name, " (denied)" if g.id in denied else "") for g in story.groups if g.role == "actor")
    who = ", ".join(name + note for name, note in list(actors)[:3])
    publishers = len(story.publishers)
    title = clean(story.newest.article.title)
    parts = [
        what if toll or not title else "",
        who if toll else "",
        "" if toll else title,
        f"{publishers} publisher{'s' * (publishers != 1)}",
    ]
    return " · ".join(part for part in parts if part)


def figure(count: Count) -> str:
    """Return a claimed number as a person writes it: `11`, `about 12`, `11-14`."""
    number = str(count.low) if count.high <= count.low else f"{count.low}–{count.high}"
    return f"about {number}" if count.approximate else number


def clean(text: str) -> str:
    """Return text from the web as one plain line: no control or bidirectional characters, no breaks, not endless."""
    text = plain(text)
    return text.strip() if len(text) <= QUOTE else text[: QUOTE - 1].rsplit(" ", 1)[0].strip() + "…"


def plain(text: str) -> str:
    """Return text from the web as one line, however long: an address must stay whole."""
    return "".join(
        c for c in re.sub(r"\s+", " ", text) if unicodedata.category(c) not in ("Cc", "Co", "Cs") and c not in BIDI
    )


def _where(place: Place) -> str:
    region = place.admin1_name if place.kind == "city" and place.admin1_name != place.name else None
    inside = f"{region}, {place.country}" if region else place.country
    return f"{place.name} ({inside})" if inside and place.kind != "country" else place.name


def _rings(rule: Rule, decision: Decision) -> str:
    return f"{rule.name}: {decision.reason}" + (
        f", {decision.explanation}" if decision.reason is not Reason.NEW else ""
    )


def _leaves(findings: Iterable[Finding]) -> list[Finding]:
    """Return the conditions that hold, without the all/any/not around them."""
    found: list[Finding] = []
    for finding in findings:
        if finding.met:
            found += _leaves(finding.children) if finding.children else [finding]
    return found


def _quotes(findings: Iterable[Finding]) -> list[str]:
    return [finding.quote for finding in _leaves(findings) if finding.quote]


def _reports(story: Story) -> list[str]:
    """Return the newest reports; copies are counted, and listed only where nothing else is there."""
    own = [reading for reading in story.readings if reading.article.url_key not in story.copies]
    shown = (own or story.readings)[-SHOWN:]
    copied = len(story.readings) - len(own) if own else 0
    more = len(own or story.readings) - len(shown)
    rest = [f"{more} more"] * (more > 0) + [f"{copied} {'copy' if copied == 1 else 'copies'} of them"] * (copied > 0)
    return [*map(_report, reversed(shown)), *([f"… and {' and '.join(rest)}"] if rest else [])]


def _report(reading: Reading) -> str:
    article = reading.article
    when = article.published or article.fetched
    time = (
        f"{when.astimezone(UTC):%d %b %Y}"
        if article.precision == "day"
        else f"{when.astimezone(UTC):%d %b %Y %H:%M} UTC"
    )
    return f"{clean(article.publisher)}, {time}: {clean(article.title) or '(no title)'}\n{plain(article.url)}"
