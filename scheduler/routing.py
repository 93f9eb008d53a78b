"""What was decided for the rules on one article, and what is kept of before -> the same with each alert's ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.gathering import Bell, routes
from alerts.hours import Limit
from alerts.message import Alert
from alerts.policy import Decision
from alerts.rules import Rule, match
from alerts.story import Story
from scheduler.rulings import Ruling, Rulings


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision of a rule on a story, with the alert where it tells; `event` tells those of a round-up apart."""

    rule: Rule
    decision: Decision
    alert: Alert | None
    story: Story
    event: int | None = None


def routed(
    drafts: Sequence[Draft], rulings: Rulings, limits: Mapping[str, Limit | None], now: datetime
) -> list[Ruling]:
    """Return the rulings, each alert with the channels that it does not go to at once. Writes nothing."""
    bells = [_bell(draft, draft.alert) for draft in drafts if draft.alert]
    if not bells:
        return [(draft.decision, None) for draft in drafts]
    # A round-up's events share its story, and nothing that was told of one of them was told of another.
    past = next((draft.story.id for draft in drafts if draft.event is None), None)
    silences = rulings.silences.in_force(now)
    standing = rulings.outbox.gathered.standing(past, [bell.rule for bell in bells], silences, limits, now)
    ways = iter(routes(bells, standing, now))
    return [(draft.decision, draft.alert and replace(draft.alert, routes=tuple(next(ways)))) for draft in drafts]


def _bell(draft: Draft, alert: Alert) -> Bell:
    story, quiet = draft.story, draft.rule.quiet
    urgent = bool(quiet and quiet.unless and match(replace(draft.rule, when=quiet.unless), story).met)
    regions, groups = concerned(story)
    return Bell(
        rule=draft.rule,
        reason=alert.reason,
        killed=alert.killed,
        injured=alert.injured,
        story=story.id,
        event=draft.event or 0,
        urgent=urgent,
        regions=regions,
        groups=groups,
    )


def concerned(story: Story) -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes of all regions that the story happened in, and the ids of all groups that it names."""
    places = frozenset(code for place in story.places if place.role == "event" for code in place.within)
    return places, frozenset(code for group in story.groups for code in group.lineage)
