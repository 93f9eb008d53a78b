"""An article or a story of the archive -> its whole trail as rows: found, read, placed, judged, decided, delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from alerts.rules import Finding, Match, Rule
    from alerts.story import Story
    from crawler.facts import Facts
    from crawler.reading import Reading
    from scheduler.archive import Archive
    from scheduler.config import Config

Row = dict[str, Any]
NO_ARTICLE = "it was no article of its own: a link of a menu, another address of an article, or older than what is read"
_ARTICLE = ("id", "title", "url", "published", "fetched", "lang", "error", "copy_of", "quiet")
_DECISION = ("decided", "reason", "explanation", "alert_id", "article_id", "deliveries")


def of_article(archive: Archive, article: Row, rules: Sequence[Rule]) -> Row:
    """Return the trail of an article, its story as it stood when the article came."""
    story = archive.story_up_to(article)
    reading = next(r for r in story.readings if r.article.url_key == article["url_key"])
    listed = archive.listed(article["url_key"])
    about = {name: article[name] for name in _ARTICLE} | {
        "revisions": archive.revisions(article["id"]),
        "source": archive.source_name(article),
        "listed": [{name: row[name] for name in ("source", "seen")} for row in listed],
        "characters": len(article["text"]),
    }
    placed = {name: article[name] for name in ("placed", "score", "copy_of")}
    decisions = _with_deliveries(archive, archive.decisions(article["id"]))
    return {
        "article": about,
        "facts": reading.facts and _read_facts(reading.facts),
        "toll": _steps(reading),
        "story": _story(story) | placed | {"rival": _rival(archive, article)},
        "rules": _judged(rules, story, decisions),
    }


def of_story(archive: Archive, story: Story, rules: Sequence[Rule]) -> Row:
    """Return the trail of a story: what changed in it, every rule as the story is now, everything decided in order."""
    from alerts.history import history

    assert story.id is not None  # noqa: S101  the archive's stories have ids
    changes = [
        asdict(change) | {"at": change.at.isoformat(), "came": change.came.isoformat()} for change in history(story)
    ]
    decisions = _with_deliveries(archive, archive.decisions_of_story(story.id))
    return {
        "story": _story(story) | {"publishers": list(story.publishers), "changes": changes},
        "rules": _judged(rules, story, decisions),
        "waiting": archive.holds(story.id),
    }


def of_nothing(archive: Archive, config: Config, asked: str) -> list[str]:
    """Return what is known of an address that is no article of the archive, in sentences."""
    from crawler.article import url_key

    try:
        key, host = url_key(asked), urlsplit(asked).hostname or ""
    except ValueError:
        return []
    listed = [f"{row['source']} listed it, last on {_utc(row['seen'])}; {NO_ARTICLE}" for row in archive.listed(key)]
    if listed or not host:
        return listed
    own = host.removeprefix("www.")
    near = [
        source.name for source in config.sources if own in (urlsplit(source.url).hostname or "").removeprefix("www.")
    ]
    known = {row["name"]: row for row in archive.sources()}
    return [_of_source(name, known.get(name)) for name in near] or [f"no source of the configuration is at {host}"]


def _of_source(name: str, row: Row | None) -> str:
    if row is None or not row["last_poll"]:
        return f"the source {name} is on that host, and was not polled yet"
    well = f"last read on {_utc(row['last_success'])}" if row["last_success"] else "never read yet"
    trouble = f"; now: {row['error']}" if row["error"] else ""
    return f"the source {name} is on that host and has not listed this address, {well}{trouble}"


def _utc(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def _story(story: Story) -> Row:
    return {"id": story.id, "title": story.readings[0].article.title, "articles": len(story.readings)}


def _rival(archive: Archive, article: Row) -> Row | None:
    """Return the nearest story that the article does not belong to."""
    if article["rival_story"] is None:
        return None
    story = archive.story(article["rival_story"])
    title = story.readings[0].article.title if story.readings else ""
    return {"story": article["rival_story"], "title": title, "score": article["rival_score"]}


def _with_deliveries(archive: Archive, decisions: list[Row]) -> list[Row]:
    for decision in decisions:
        decision["deliveries"] = archive.attempts(decision["alert_id"]) if decision["alert_id"] else []
    return decisions


def _read_facts(facts: Facts) -> Row:
    """Return the facts in the contract's form, each place with all that it lies in and each group with its parents."""
    from crawler.gazetteer import gazetteer, groups

    regions, table = gazetteer().by_code, groups().by_id
    found = facts.as_json() | {"disputed_quote": facts.toll.disputed}
    for row, place in zip(found["places"], facts.places, strict=True):
        row["field"] = place.field
        around = [regions[code] for code in place.within if code in regions]
        row["path"] = list(dict.fromkeys(region.name for region in around if region.kind != "macro"))
        row["macro_regions"] = [region.name for region in around if region.kind == "macro"]
    for row, group in zip(found["groups"], facts.groups, strict=True):
        row["parents"] = [table[parent].name for parent in group.lineage[1:] if parent in table]
    return found


def _steps(reading: Reading) -> list[Row]:
    from crawler.facts.toll_steps import read_steps

    article = reading.article
    steps = read_steps(article.title, article.text, article.lang, article.published)
    return [asdict(step) | {"verdict": step.verdict} for step in steps]


def _judged(rules: Sequence[Rule], story: Story, decisions: Iterable[Row]) -> list[Row]:
    from alerts.rules import RuleSet

    decided = list(decisions)
    gone = list(dict.fromkeys(row["rule"] for row in decided if row["rule"] not in {rule.name for rule in rules}))
    found = [_rule(match, decided) for match in RuleSet(rules).explain(story)]
    switched_off = {rule.name for rule in rules if not rule.enabled}
    for row in found:
        row["enabled"] = row["name"] not in switched_off
    return found + [_gone(name, decided) for name in gone]


def _rule(match: Match, decided: Sequence[Row]) -> Row:
    from alerts.turns import nearest_miss

    return {
        "name": match.rule,
        "holds": match.met,
        "nearest_miss": nearest_miss(match),
        "findings": [as_json(finding) for finding in match.findings],
        "decisions": [{name: row[name] for name in _DECISION} for row in decided if row["rule"] == match.rule],
    }


def _gone(name: str, decided: Sequence[Row]) -> Row:
    """Return a rule that decided then and is not in the configuration now."""
    found = [{key: row[key] for key in _DECISION} for row in decided if row["rule"] == name]
    return {"name": name, "holds": None, "nearest_miss": None, "findings": [], "decisions": found, "enabled": False}


def as_json(finding: Finding) -> Row:
    """Return a finding, with those inside it, as JSON takes it."""
    return asdict(finding)
