"""What a person says of alerts (right, wrong, missed) <-> its rows; and the alerts themselves, for looking back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from alerts.backtest import Verdict
from scheduler import rows
from scheduler.archive import Archive
from scheduler.store import Store

Row = dict[str, Any]

_ALERTS = """
select l.id, l.created, l.rule, l.reason, l.severity, l.title, l.body, l.story_id, l.article_id, a.url,
  (select group_concat(d.channel || ' ' || d.state, ', ') from deliveries d where d.alert_id = l.id) as deliveries,
  (select m.verdict from marks m where m.rule = l.rule and m.story_id = l.story_id order by m.id desc limit 1) as mark,
  (select m.note from marks m where m.rule = l.rule and m.story_id = l.story_id order by m.id desc limit 1) as note
from alerts l join articles a on a.id = l.article_id
"""


def alerts(archive: Archive, since: datetime, limit: int, rule: str | None = None) -> list[Row]:
    """Return the alerts since then, the newest first."""
    return archive.rows(
        f"{_ALERTS} where l.created >= :since and (:rule is null or l.rule = :rule) order by l.id desc limit :most",
        {"since": rows.to_text(since), "rule": rule, "most": limit},
    )


def alert(archive: Archive, alert_id: int) -> Row | None:
    """Return an alert, `None` where there is none of this id."""
    return next(iter(archive.rows(f"{_ALERTS} where l.id = ?", [alert_id])), None)


def verdicts(archive: Archive) -> dict[tuple[str, int], Verdict]:
    """Return what was said last, by rule and story."""
    found = archive.rows("select rule, story_id, verdict from marks order by id", [])
    return {(row["rule"], row["story_id"]): cast("Verdict", row["verdict"]) for row in found}


def missed(archive: Archive) -> list[Row]:
    """Return the stories of which somebody said that a rule should have rung and did not, the newest first."""
    return archive.rows(
        "select m.rule, m.story_id, m.article_id, m.note, m.marked, a.title, a.url from marks m "
        "left join articles a on a.id = m.article_id where m.verdict = 'missed' and m.id in "
        "(select max(id) from marks group by rule, story_id) order by m.id desc",
        [],
    )


def keep(store: Store, about: Row, verdict: Verdict, note: str | None, now: datetime) -> None:
    """Keep what a person says about a `rule` on a story: `story_id`, `article_id`, `alert_id` (`None` where missed)."""
    row = {name: about[name] for name in ("rule", "story_id", "article_id", "alert_id")}
    with store.sql.writing():
        store.sql.insert_all("marks", [row | {"verdict": verdict, "note": note, "marked": rows.to_text(now)}])
