"""`tocsin why`: the trail of one article from fetch to delivery."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, plainly, read_config
from scheduler.commands.look import moment

if TYPE_CHECKING:
    from alerts.rules import Finding, Match
    from crawler.facts import Facts
    from crawler.reading import Reading
    from scheduler.archive import Archive

Row = dict[str, Any]


@click.command()
@click.argument("url_or_id")
@click.option("--rule", "only", metavar="NAME", help="Only this rule.")
@config_option
@json_option
@plainly
def why(url_or_id: str, only: str | None, config_path: Path, as_json: bool) -> None:
    """Tell what was read from the article URL_OR_ID, which conditions each rule met or missed, and what was sent."""
    from scheduler.archive import open_archive

    config = read_config(config_path)
    names = [rule.name for rule in config.rules]
    if only is not None and only not in names:
        raise click.UsageError(f"{config_path} has no rule '{only}'; it has: {', '.join(names)}")
    archive = open_archive(config.database)
    click.get_current_context().call_on_close(archive.close)
    article = archive.article(url_or_id)
    if article is None:
        click.echo(
            f"no article '{url_or_id}' in {config.database}; 'tocsin search WORDS' finds an article's id", err=True
        )
        raise click.exceptions.Exit(1)
    rules = tuple(rule for rule in config.rules if only in (None, rule.name))
    trail = _trail(archive, article, rules)
    click.echo(json.dumps(trail, ensure_ascii=False, indent=1) if as_json else "\n".join(_told(trail)))


def _trail(archive: Archive, article: Row, rules: Any) -> Row:
    from alerts.rules import RuleSet

    story = archive.story_up_to(article)
    reading = next(r for r in story.readings if r.article.url_key == article["url_key"])
    decisions = archive.decisions(article["id"])
    for decision in decisions:
        decision["deliveries"] = archive.attempts(decision["alert_id"]) if decision["alert_id"] else []
    return {
        "article": {
            name: article[name]
            for name in ("id", "title", "url", "published", "fetched", "lang", "error", "copy_of", "quiet")
        }
        | {
            "revisions": archive.revisions(article["id"]),
            "source": archive.source_name(article),
            "characters": len(article["text"]),
        },
        "facts": reading.facts and _read_facts(reading.facts),
        "toll": _steps(reading),
        "story": {
            "id": story.id,
            "title": story.readings[0].article.title,
            "articles": len(story.readings),
            "placed": article["placed"],
            "score": article["score"],
            "copy_of": article["copy_of"],
            "rival": _rival(archive, article),
        },
        "rules": [_rule(match, decisions) for match in RuleSet(rules).explain(story)],
    }


def _rival(archive: Archive, article: Row) -> Row | None:
    """Return the nearest story that the article does not belong to."""
    if article["rival_story"] is None:
        return None
    story = archive.story(article["rival_story"])
    title = story.readings[0].article.title if story.readings else ""
    return {"story": article["rival_story"], "title": title, "score": article["rival_score"]}


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


def _rule(match: Match, decisions: list[Row]) -> Row:
    decided = [
        {name: decision[name] for name in ("decided", "reason", "explanation", "alert_id", "deliveries")}
        for decision in decisions
        if decision["rule"] == match.rule
    ]
    return {
        "name": match.rule,
        "holds": match.met,
        "findings": [as_json(f) for f in match.findings],
        "decisions": decided,
    }


def as_json(finding: Finding) -> Row:
    """Return a finding, with those inside it, as JSON takes it."""
    return asdict(finding)


def _told(trail: Row) -> Iterable[str]:
    article = trail["article"]
    yield click.style(f"Article {article['id']}: {article['title'] or '(no title)'}", bold=True)
    yield f"  {article['url']}"
    published, fetched = moment(article["published"]), moment(article["fetched"])
    yield f"  from {article['source']}, published {published}, fetched {fetched}, {article['characters']} characters"
    if article["error"]:
        yield f"  {article['error']}"
    if article["quiet"]:
        yield f"  taken in without ringing: {article['quiet']}"
    for revision in article["revisions"]:
        yield f"  edited; until {moment(revision['replaced'])} it was titled {_quoted(revision['title'])}"
    yield ""
    yield click.style("What was read from it", bold=True)
    yield from _facts(trail["facts"])
    yield from _toll(trail["toll"])
    yield ""
    story = trail["story"]
    yield (
        click.style(f"Story {story['id']}: {story['title']}", bold=True)
        + f" ({_articles(story['articles'])} when this one came)"
    )
    copied = f"; a copy of article {story['copy_of']}" if story["copy_of"] is not None else ""
    yield f"  {story['placed']}{copied}"
    if story["rival"]:
        rival = story["rival"]
        yield f"  nearest other: story {rival['story']} {_quoted(rival['title'])}, likeness {rival['score']:.2f}"
    for rule in trail["rules"]:
        yield ""
        yield from _rule_told(rule)


def _toll(steps: list[Row]) -> Iterable[str]:
    """Yield how the toll came about, where there is more to say than the figure itself."""
    if len(steps) < 2 and not any(step["aside"] for step in steps):
        return
    yield "  figure by figure:"
    for step in steps:
        upper = f" to {step['high']}" if step["high"] != step["low"] else ""
        yield f"    {step['low']}{upper} {step['what']}: {step['verdict']}  {_quoted(step['quote'])}"


def _articles(number: int) -> str:
    return f"{number} article{'s' * (number != 1)}"


def _facts(facts: Row | None) -> Iterable[str]:
    if facts is None:
        yield "  nothing: there was no text"
        return
    for name in ("killed", "injured"):
        if facts[name] is None:
            yield f"  {name}: the article says nothing"
        else:
            upper = f" to {facts[name + '_max']}" if facts[f"{name}_max"] != facts[name] else ""
            yield f"  {name}: {facts[name]}{upper}  {_quoted(facts['quotes'][name])}"
    if facts["disputed_quote"]:
        yield f"  disputed: {_quoted(facts['disputed_quote'])}"
    for place in facts["places"]:
        role = "happened in" if place["role"] == "event" else "mentions"
        path, wider = " < ".join(place["path"]), ", ".join(place["macro_regions"])
        where = f"{path}, in {wider}" if path and wider else path or wider
        read = f"{_quoted(place['surface'])} at {place['start']}–{place['end']} of the {place['field']}"
        yield f"  {role} {where} [{place['code']}], read from {read}  {_quoted(place['quote'])}"
    for group in facts["groups"]:
        branch = f", a branch of {', of '.join(group['parents'])}" if group["parents"] else ""
        denied = " (denied)" * group["denied"]
        read = f", read from {_quoted(group['surface'])}"
        yield f"  {group['role']} {group['name']}{denied}{branch}{read}  {_quoted(group['quote'])}"


def _rule_told(rule: Row) -> Iterable[str]:
    yield click.style(f"Rule {rule['name']}: ", bold=True) + ("holds" if rule["holds"] else "does not hold")
    yield from _findings(rule["findings"], "  ")
    for decision in rule["decisions"]:
        yield f"  {moment(decision['decided'])}  {decision['reason']}: {decision['explanation']}"
        for delivery in decision["deliveries"]:
            tried = (
                f"{moment(delivery['at'])} {delivery['outcome']}: {delivery['detail']}"
                if delivery["at"]
                else "not tried yet"
            )
            yield f"      alert {decision['alert_id']} to {delivery['channel']} is {delivery['state']}; {tried}"
    if not rule["decisions"] and rule["holds"]:
        yield "  nothing was decided when the article came: the rule is newer, or was different then"


def _findings(findings: list[Row], indent: str) -> Iterable[str]:
    for finding in findings:
        mark = click.style("✓", fg="green") if finding["met"] else click.style("✗", fg="red")
        yield f"{indent}{mark} {finding['condition']} — {finding['found']}" + (
            f"  {_quoted(finding['quote'])}" if finding["quote"] else ""
        )
        yield from _findings(list(finding["children"]), indent + "    ")


def _quoted(text: str) -> str:
    from alerts.message import clean

    return f"“{clean(text)}”"
