"""Reading -> its story, what is decided about it, and the alerts owed: kept whole or not at all.

First every rule decides, then the alerts that ring go their ways to the channels, those of critical rules first.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from alerts import intake as news
from alerts.hours import Limit
from alerts.message import Alert, compose
from alerts.placing import Placing
from alerts.policy import Decision, Reason, Told
from alerts.policy import release as released
from alerts.rules import Match, Rule, RuleSet, match
from alerts.story import Story
from alerts.verdicts import Past, named, verdicts, verdicts_of_passage
from crawler.reading import Reading
from scheduler.database import StoreError
from scheduler.holds import Hold
from scheduler.logs import say
from scheduler.routing import Draft, routed
from scheduler.rulings import Ruling
from scheduler.store import Earlier, Overtaken, Store

Now = Callable[[], datetime]
PUT_OFF = timedelta(minutes=10)  # after a fault in telling what was held


@dataclass(slots=True)
class Ringer:
    """What the data path needs to know beside the source: where to keep, which rules, the time, and whom to wake.

    A reload of the configuration puts others in place of its rules and channels; the next article is judged by them.

    `channels` are those of the configuration, with how many alerts each takes; where there are none in it, nothing is
    known of them.
    """

    store: Store
    rules: RuleSet
    now: Now
    rang: Callable[[], None] = lambda: None  # called when something may be owed
    system: tuple[str, ...] = ()  # the channels that hear of Tocsin's own troubles
    channels: Mapping[str, Limit | None] = field(default_factory=dict)


def ring(reading: Reading, ringer: Ringer, quiet: str | None = None) -> int:
    """Place one reading, decide what is worth telling, keep it all; return the number of alerts. Awaits nothing.

    `quiet` is why an article that was never met rings for nothing. One that was met is a revision of itself.
    """
    while True:
        ringer.store.stories.settle()
        with contextlib.suppress(Overtaken):
            return _ring(reading, ringer, quiet)


def _ring(reading: Reading, ringer: Ringer, quiet: str | None) -> int:
    store, now = ringer.store, ringer.now()
    earlier = store.earlier(reading.article)
    if earlier and not earlier.failed and (earlier.same or reading.article.error):
        return 0  # the same words under a new stamp, or a page that was there before and is not now
    if earlier:
        quiet, placing, before = earlier.quiet, _again(earlier), _was(earlier, store)
        story = _joined(earlier.story, placing, reading)
    else:
        placing, old = _placed(reading, store, now)
        quiet, before = old or quiet, None if placing.story is None else store.story(placing.story)
        story = _joined(before or Story(id=None, readings=()), placing, reading)
    if reading.passages:
        drafts = list(_of_passages(ringer, reading, story, quiet, now))
    elif placing.copy_of is not None and story.id is not None and store.rulings.of_roundup(story.id):
        drafts = []  # a round-up's conditions are met by several events together
    else:
        drafts = list(_drafts(ringer, story, before, quiet, now))
    rulings = routed(drafts, store.rulings, ringer.channels, now)
    store.keep(reading, placing, rulings, now, quiet)
    for decision, alert in rulings:
        if decision.reason is not Reason.QUIET:  # the line of the poll says it once for all of them
            _say(decision, alert, reading.article.title, reading.article.url)
    return sum(alert is not None for _, alert in rulings)


def _drafts(ringer: Ringer, story: Story, before: Story | None, quiet: str | None, now: datetime) -> Iterable[Draft]:
    """Decide for each rule that holds, and for each that was told of the story and holds no more."""
    past = _past(ringer.store, story)
    for decision, found in verdicts(ringer.rules, story, before, past, quiet, now):
        yield drafted(ringer.rules[found.rule], decision, found, story, past.told.get(found.rule))


def _of_passages(ringer: Ringer, reading: Reading, story: Story, quiet: str | None, now: datetime) -> Iterable[Draft]:
    """Decide for each event that a round-up tells, each by its own passage alone."""
    past = _past(ringer.store, story)
    for event, passage in enumerate(reading.passages):
        alone = Story(id=story.id, readings=(passage,))
        matches = ringer.rules.matches(alone)
        own = ringer.store.place(passage, now).story if matches else None
        for decision, found in verdicts_of_passage(ringer.rules, matches, own, past, len(reading.passages), quiet):
            yield replace(drafted(ringer.rules[found.rule], decision, found, alone), event=event)


def _past(store: Store, story: Story) -> Past:
    """Return what was last told of a story and what waits for it."""
    if story.id is None:
        return Past()
    holds = store.rulings.holds.of(story.id)
    return Past(store.rulings.told(story.id), {rule: hold.due for rule, hold in holds.items()})


def drafted(rule: Rule, decision: Decision, found: Match, story: Story, told: Told | None = None) -> Draft:
    """Return a decision with the alert where it tells, ready to be routed."""
    alert = compose(rule, decision, found, story, told) if decision.tells else None
    return Draft(rule=rule, decision=decision, alert=alert, story=story)


def _again(earlier: Earlier) -> Placing:
    why = "the article's own story, read again"
    return Placing(story=earlier.story.id, copy_of=earlier.copy_of, score=1.0, why=why)  # an edited copy is no report


def _was(earlier: Earlier, store: Store) -> Story | None:
    """Return the story with what the article said before; `None` where its page was all there was and never came."""
    if earlier.failed and not earlier.story.readings:
        return None
    return store.story(earlier.story.id) if earlier.story.id is not None else None


def _placed(reading: Reading, store: Store, now: datetime) -> tuple[Placing, str | None]:
    """Return the reading's story, and why it is no news where its very words were met long ago."""
    twin = store.twin(reading.article)
    if twin is None:
        return store.place(reading, now), None
    why = f"the very words of {twin.url_key}"
    return Placing(story=twin.story_id, copy_of=twin.id, score=1.0, why=why), news.reappeared(twin.fetched, now)


def _joined(old: Story, placing: Placing, reading: Reading) -> Story:
    copies = old.copies | {reading.article.url_key} if placing.copy_of is not None else old.copies
    return Story(id=old.id, readings=(*old.readings, reading), copies=copies)


def release(ringer: Ringer) -> int:
    """Decide about the alerts that were held and whose time is up; return how many rang. Awaits nothing.

    Each is judged by its rule and its story as they are now; the hold ends in the transaction that keeps what was
    decided, so that a crash neither loses the alert nor rings it twice. Raises StoreError.
    """
    now, rung = ringer.now(), 0
    ringer.store.stories.settle()
    for hold in ringer.store.rulings.holds.due(now):
        try:
            rung += _release(hold, ringer, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  one story that can't be told must not keep back the others
            say("fault", f"{hold.rule}: {error}", {"rule": hold.rule}, level=logging.ERROR, trace=True)
            ringer.store.rulings.holds.put_off(hold, now + PUT_OFF)
    if rung:
        ringer.rang()
    return rung


def _release(hold: Hold, ringer: Ringer, now: datetime) -> bool:
    store, rule = ringer.store, named(ringer.rules, hold.rule)
    story = store.story(hold.story_id)
    with store.sql.writing():
        if rule is None or not story.readings:
            rulings = [_gone(hold, story)]
        else:
            rulings = routed([_judged(hold, rule, story, store)], store.rulings, ringer.channels, now)
        store.rulings.keep(rulings, hold.story_id, hold.article_id, now)
        store.rulings.holds.end(hold)
    (ruling,) = rulings
    decision, alert = ruling
    newest = story.readings[-1].article if story.readings else None
    _say(decision, alert, newest.title if newest else f"story {hold.story_id}", newest.url if newest else "")
    return alert is not None


def _judged(hold: Hold, rule: Rule, story: Story, store: Store) -> Draft:
    told: Told | None = store.rulings.told(story.id).get(rule.name)
    found = match(rule, story)
    return drafted(rule, released(rule, found, story, told, hold.since), found, story)


def _gone(hold: Hold, story: Story) -> Ruling:
    why = (
        "the rule is no longer in config.yaml, or switched off" if story.readings else "the story has no articles left"
    )
    return Decision(rule=hold.rule, reason=Reason.WITHDRAWN, explanation=why), None


def _say(decision: Decision, alert: Alert | None, title: str, url: str) -> None:
    fields: dict[str, Any] = {"rule": decision.rule, "reason": str(decision.reason), "url": url}
    if alert:
        ways = {route.channel: route.explanation for route in alert.routes}
        waits = "".join(f"; {why}" for why in ways.values())
        fields |= {"channels": alert.notify} | ({"waits": ways} if ways else {})
        say("alert", f"{decision.rule}: {alert.message.title} ({decision.reason}{waits})", fields)
    else:
        level = logging.WARNING if decision.reason is Reason.WITHDRAWN else logging.INFO
        say("held", f"{decision.rule}: {title} ({decision.reason}: {decision.explanation})", fields, level=level)
