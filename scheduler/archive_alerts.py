"""A rule and the stories of the last days -> alerts for those that it holds for and never told: as the user asked."""

from __future__ import annotations

from datetime import timedelta

from alerts.index import WINDOW
from alerts.policy import apply
from alerts.rules import match
from alerts.verdicts import named
from scheduler import rows
from scheduler.logs import say
from scheduler.ringing import Ringer, drafted
from scheduler.routing import routed

APPLY = "apply to the archive"


def apply_to_archive(ringer: Ringer, name: str, reach: timedelta = WINDOW) -> int | None:
    """Let a rule tell of the stories that changed lately and that it holds for; return how many rang.

    `None` where there is no such rule, or it is switched off. A round-up is left out: what holds for it as a whole is
    met by several events together. What is decided for a story is one transaction. Raises StoreError.
    """
    rule, store, now = named(ringer.rules, name), ringer.store, ringer.now()
    if rule is None:
        return None
    rung = 0
    sql = "select id from stories where changed >= ? and kind is null order by changed, id"
    with store.sql.reading():
        ids = [row["id"] for row in store.sql.rows(sql, [rows.to_text(now - reach)])]
    for story_id in ids:
        story = store.story(story_id)
        if not story.readings or not (found := match(rule, story)).met or store.rulings.holds.of(story_id).get(name):
            continue
        decision = apply(rule, store.rulings.told(story_id).get(name))
        if decision.tells:
            with store.sql.writing():
                rulings = routed([drafted(rule, decision, found, story)], store.rulings, ringer.channels, now)
                article = store.sql.one("select max(id) as id from articles where story_id = ?", [story_id])
                store.rulings.keep(rulings, story_id, int((article or {})["id"]), now)
            rung += 1
    if rung:
        ringer.rang()
    return rung


def say_applied(name: str, rung: int | None) -> None:
    """Log what applying a rule came to."""
    if rung is None:
        say("config", f"there is no rule '{name}' to apply to the archive, or it is switched off")
    else:
        say("config", f"{name}: applied to the archive, rings for {rung} stor{'y' if rung == 1 else 'ies'}")
