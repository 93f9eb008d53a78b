"""Decision + match + story -> Alert: what a person gets to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from alerts.gathering import Route
from alerts.history import Change, news
from alerts.policy import Decision, Reason, Told
from alerts.rendering import Page, Written, plain_text
from alerts.rules import Finding, Match, Rule, Severity
from alerts.story import Story
from alerts.telling import Ground, Party, Report, Step, Telling
from alerts.webtext import address, clean, plain, prose
from crawler.facts.groups import Group
from crawler.facts.places import Place
from crawler.facts.toll import Count
from crawler.reading import Reading

__all__ = ["Alert", "Message", "clean", "compose", "figure", "headline", "plain"]

SHOWN = 5  # reports and changes listed in one message
NAMED = 3  # groups named in the first line
SAYING = frozenset({"killed", "injured", "corrected", "denied", "disputed"})  # changes whose sentence one wants to read


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is given: the title is what a lock screen shows, the body plain text.

    `telling` is what other renderings are made of, `None` for a notice or a digest. `note` is a line that each of them
    has at the end; the body has it already. `zone` is the timezone of its times, `written` what a user's template made
    of it.
    """

    title: str
    body: str
    severity: Severity
    telling: Telling | None = field(default=None, kw_only=True)
    note: str = field(default="", kw_only=True)
    zone: tzinfo = field(default=UTC, kw_only=True)
    written: Written | None = field(default=None, kw_only=True)

    @property
    def page(self) -> Page:
        """The message, ready to be rendered."""
        own = {name: getattr(self, name) for name in ("title", "body", "severity", "telling", "zone", "note")}
        return Page(**own)


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
    """Return the alert: the facts, what changed, why it rings, the sentences, who reports it.

    `told` is what this rule last told of the story: the title of what follows says that it is no new event.
    """
    told_now = tell(rule, decision, match, story, told)
    return Alert(
        rule=rule.name,
        reason=decision.reason,
        killed=story.killed.low if story.killed else None,
        injured=story.injured.low if story.injured else None,
        message=Message(told_now.first_line, plain_text(told_now), rule.severity, telling=told_now),
        notify=rule.notify,
    )


def tell(rule: Rule, decision: Decision, match: Match, story: Story, told: Told | None = None) -> Telling:
    """Return what the alert tells, with nothing of the web in it that a channel could take for more than words."""
    changes = news(story, told.at, told.killed, told.injured)[:SHOWN] if told else ()
    leaves = _leaves(match.findings)
    quotes = [finding.quote for finding in leaves if finding.quote]
    quotes += [change.quote for change in changes if change.kind in SAYING]
    quotes += [count.quote for count in (story.killed, story.injured) if count and count.low]
    quotes += [group.quote for group in _actors(story)]
    new = decision.reason is Reason.NEW
    return replace(
        _facts(story),
        rule=prose(rule.name) or "?",  # what is written in italics must not be empty
        severity=rule.severity,
        reason=str(decision.reason),
        explanation="" if new else prose(decision.explanation),
        kind="Corrected" if decision.reason is Reason.CORRECTED else "Update" if told else "",
        steps=tuple(map(_step, changes)),
        quotes=tuple(dict.fromkeys(filter(None, map(prose, quotes)))),
        grounds=tuple(Ground(condition=prose(one.condition), found=prose(one.found)) for one in leaves),
    )


def headline(story: Story) -> str:
    """Return the story in one line: `11 killed, Kabardino-Balkaria (RU) · Islamic State (denied) · 3 publishers`."""
    return _facts(story).headline


def _facts(story: Story) -> Telling:
    """Return what there is to tell of a story, whatever the rule."""
    figures = [
        f"{figure(count)} {word}"
        for count, word in ((story.killed, "killed"), (story.injured, "injured"))
        if count and count.low
    ]
    place = next((p for p in story.places if p.role == "event"), None)
    own = [reading for reading in story.readings if reading.article.url_key not in story.copies]
    shown = (own or story.readings)[-SHOWN:]
    return Telling(
        rule="",
        severity="warning",
        reason="",
        at=story.newest.article.fetched,
        figures=tuple(figures),
        place=prose(_where(place)) if place else "",
        groups=tuple(Party(name=prose(group.name), denied=group.denied) for group in _actors(story)),
        publishers=len(story.publishers),
        title=prose(story.newest.article.title),
        reports=tuple(map(_report, reversed(shown))),
        more=len(own or story.readings) - len(shown),
        copies=len(story.readings) - len(own) if own else 0,
    )


def _actors(story: Story) -> list[Group]:
    """Return the groups to name, each with the sentence that denies it where one does, none beside a branch of it."""
    denials = {group.id: group for group in story.groups if group.denied}
    named = {group.id: denials.get(group.id, group) for group in story.groups if group.role == "actor"}
    above = {(code, group.denied) for group in named.values() for code in group.lineage if code != group.id}
    return [group for group in named.values() if (group.id, group.denied) not in above][:NAMED]


def _step(change: Change) -> Step:
    publisher = "" if change.kind == "publisher" else prose(change.publisher)  # such a change names them itself
    return Step(what=prose(change.what), at=change.at, publisher=publisher)


def figure(count: Count) -> str:
    """Return a claimed number as a person writes it: `11`, `about 12`, `11-14`."""
    number = str(count.low) if count.high <= count.low else f"{count.low}–{count.high}"
    return f"about {number}" if count.approximate else number


def _where(place: Place) -> str:
    region = place.admin1_name if place.kind == "city" and place.admin1_name != place.name else None
    inside = f"{region}, {place.country}" if region else place.country
    return f"{place.name} ({inside})" if inside and place.kind != "country" else place.name


def _leaves(findings: Iterable[Finding]) -> list[Finding]:
    """Return the conditions that hold, without the all/any/not around them."""
    found: list[Finding] = []
    for finding in findings:
        if finding.met:
            found += _leaves(finding.children) if finding.children else [finding]
    return found


def _report(reading: Reading) -> Report:
    article = reading.article
    return Report(
        publisher=prose(article.publisher),
        title=prose(article.title),
        url=address(article.url),
        time=article.published or article.fetched,
        dated=article.precision == "day",
    )
