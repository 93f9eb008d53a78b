"""A rule and the stories of the last days -> alerts for those that it holds for and never told: as the user asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from alerts.index import WINDOW
from alerts.policy import apply
from alerts.rules import Rule, match
from alerts.verdicts import named
from scheduler import rows
from scheduler.logs import say
from scheduler.ringing import Ringer, drafted
from scheduler.routing import routed

APPLY = "apply to the archive"
SLICE = 5  # stories that are looked at, in a millisecond each, before others get their turn


async def apply_all(ringer: Ringer, names: Iterable[str]) -> None:
    """Apply each of these rules to the archive, and log what that came to. Raises StoreError."""
    for name in names:
        _say_applied(name, await apply_to_archive(ringer, name))


async def apply_to_archive(ringer: Ringer, name: str, reach: timedelta = WINDOW) -> int | None:
    """Let a rule tell of the stories that changed lately and that it holds for; return how many rang.

    `None` where there is no such rule, or it is switched off. A round-up is left out: what holds for it as a whole is
    met by several events together. What is decided for a story is one transaction, made without awaiting; a fortnight
    is tens of thousands of stories, so that polls go on between them. Raises StoreError.
    """
    rule, store, now = named(ringer.rules, name), ringer.store, ringer.now()
    if rule is None:
        return None
    rung = 0
    sql = "select id from stories where changed >= ? and kind is null order by changed, id"
    with store.sql.reading():
        ids = [row["id"] for row in store.sql.rows(sql, [rows.to_text(now - reach)])]
    for number, story_id in enumerate(ids):
        if number % SLICE == 0:
            await asyncio.sleep(0)
            store.stories.settle()
        rung += _applied(ringer, rule, story_id)
    if rung:
        ringer.rang()
    return rung


def _applied(ringer: Ringer, rule: Rule, story_id: int) -> bool:
    """Decide for one story; return whether it rang."""
    store, now = ringer.store, ringer.now()
    story = store.story(story_id)
    if not story.readings or not (found := match(rule, story)).met:
        return False
    decision = apply(rule, store.rulings.told(story_id).get(rule.name))
    if not decision.tells or rule.name in store.rulings.holds.of(story_id):  # what is held rings by itself
        return False
    with store.sql.writing():
        rulings = routed([drafted(rule, decision, found, story)], store.rulings, ringer.channels, now)
        article = store.sql.one("select max(id) as id from articles where story_id = ?", [story_id])
        store.rulings.keep(rulings, story_id, int((article or {})["id"]), now)
    return True


def _say_applied(name: str, rung: int | None) -> None:
    """Log what applying a rule came to."""
    if rung is None:
        say("config", f"there is no rule '{name}' to apply to the archive, or it is switched off")
    else:
        say("config", f"{name}: applied to the archive, rings for {rung} stor{'y' if rung == 1 else 'ies'}")
