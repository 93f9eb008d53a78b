"""A trail -> the lines that the analyst who wrote the rule reads: one screen, what rang first."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from alerts.conditions import some
from alerts.message import clean
from scheduler.commands.look import became, moment

Row = dict[str, Any]
NARROW, WIDE = 60, 140  # columns
QUIETLY = "taken in quietly"
PLACES = 4  # named in one line


def article_lines(trail: Row, *, full: bool) -> Iterator[str]:
    """Yield the trail of an article; with `full` every rule, place and figure of it."""
    article = trail["article"]
    yield click.style(f"Article {article['id']}: {clean(article['title']) or '(no title)'}", bold=True)
    yield from _wrapped(_summary(trail["rules"], article["quiet"]), "  ")
    yield f"  {article['url']}"
    yield from _wrapped(_came(article), "  ")
    for revision in article["revisions"]:
        yield f"  edited; until {moment(revision['replaced'])} it was titled {_quoted(revision['title'])}"
    yield ""
    yield click.style("Read", bold=True)
    yield from _facts(trail["facts"], full)
    if full:
        yield from _toll(trail["toll"])
    yield ""
    yield from _placed(trail["story"])
    yield ""
    yield from _rules(trail["rules"], full)


def story_lines(trail: Row, *, full: bool) -> Iterator[str]:
    """Yield the trail of a story."""
    story = trail["story"]
    told = f"{_count(story['articles'], 'article')}, {_count(len(story['publishers']), 'publisher')}"
    yield click.style(f"Story {story['id']}: {clean(story['title'])}", bold=True) + f" ({told})"
    yield from _wrapped(_summary(trail["rules"], None), "  ")
    yield ""
    changes = story["changes"] if full else story["changes"][-12:]
    if len(changes) < len(story["changes"]):
        yield f"  … {len(story['changes']) - len(changes)} earlier changes; --full tells them"
    for change in changes:
        yield from _wrapped(f"{moment(change['came'])}  {clean(change['what'])}, {clean(change['publisher'])}", "  ")
    for hold in trail["waiting"]:
        yield f"  {hold['rule']} waits for other reports until {moment(hold['due'])}"
    yield ""
    yield from _rules(trail["rules"], full)
    yield ""
    yield "  Conditions: today's configuration, judged on the story as it is now. Decisions: as they were made then."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _summary(rules: Sequence[Row], quiet: str | None) -> str:
    """Return in a sentence or two what rang, what became of it, and of what did not why."""
    rang = [(rule["name"], one) for rule in rules for one in rule["decisions"] if one["alert_id"]]
    if rang:
        said = [f"{name} ({one['reason']}) → {_arrived(one['deliveries'])}" for name, one in rang]
        return f"It rang: {'; '.join(dict.fromkeys(said))}"
    if quiet:
        return f"Nothing rang: {QUIETLY}, {quiet}"
    holding = [rule for rule in rules if rule["holds"]]
    decided = [(rule["name"], rule["decisions"][-1]) for rule in holding if rule["decisions"]]
    if decided:
        return "Nothing rang: " + "; ".join(f"{name}: {one['reason']}, {one['explanation']}" for name, one in decided)
    if holding:
        names = ", ".join(rule["name"] for rule in holding)
        return f"Nothing rang: by today's rules {names} would hold; when it came no such rule did"
    return "Nothing rang: no rule holds" if rules else "Nothing rang: there are no rules"


def _arrived(deliveries: Sequence[Row]) -> str:
    state = {row["channel"]: row["state"] for row in deliveries}
    return ", ".join(f"{channel}: {word}" for channel, word in state.items()) or "no channel"


def _came(article: Row) -> str:
    where = f"from {article['source']}"
    others = [row["source"] for row in article["listed"] if row["source"] != article["source"]]
    also = f" (listed by {', '.join(others)} too)" if others else ""
    error = f"; {article['error']}" if article["error"] else ""
    quiet = f"; {QUIETLY}: {article['quiet']}" if article["quiet"] else ""
    times = f"published {moment(article['published'])}, fetched {moment(article['fetched'])}"
    lang = f", in {article['lang']}" if article["lang"] else ""
    return f"{where}{also}, {times}, {article['characters']} characters{lang}{error}{quiet}"


def _placed(story: Row) -> Iterator[str]:
    copied = f"; a copy of article {story['copy_of']}" if story["copy_of"] is not None else ""
    came = f" ({_count(story['articles'], 'article')} when this one came)"
    yield click.style(f"Story {story['id']}: {clean(story['title'])}", bold=True) + came
    yield from _wrapped(f"{story['placed']}{copied}", "  ")
    if rival := story["rival"]:
        near = f"nearest other: story {rival['story']} {_quoted(rival['title'])}, likeness {rival['score']:.2f}"
        yield from _wrapped(near, "  ")


def _facts(facts: Row | None, full: bool) -> Iterator[str]:
    if facts is None:
        yield "  nothing: there was no text"
        return
    for name in ("killed", "injured"):
        if facts[name] is None:
            yield f"  {name}: the article says nothing"
        else:
            upper = f" to {facts[name + '_max']}" if facts[f"{name}_max"] != facts[name] else ""
            yield from _wrapped(f"{name}: {facts[name]}{upper}  {_quoted(facts['quotes'][name])}", "  ")
    if facts["disputed_quote"]:
        yield from _wrapped(f"disputed: {_quoted(facts['disputed_quote'])}", "  ")
    events = [place for place in facts["places"] if place["role"] == "event"]
    others = [place for place in facts["places"] if place["role"] != "event"]
    for place in events if not full else facts["places"]:
        yield from _wrapped(_place(place), "  ")
    if others and not full:
        names = list(dict.fromkeys(place["name"] for place in others))
        yield from _wrapped(f"mentions {some(names, PLACES)}", "  ")
    for group in facts["groups"]:
        yield from _wrapped(_group(group), "  ")


def _place(place: Row) -> str:
    role = "happened in" if place["role"] == "event" else "mentions"
    path, wider = " < ".join(place["path"]), ", ".join(place["macro_regions"])
    where = f"{path}, in {wider}" if path and wider else path or wider
    read = f"{_quoted(place['surface'])} at {place['start']}–{place['end']} of the {place['field']}"
    return f"{role} {where} [{place['code']}], read from {read}  {_quoted(place['quote'])}"


def _group(group: Row) -> str:
    branch = f", a branch of {', of '.join(group['parents'])}" if group["parents"] else ""
    denied = " (denied)" * group["denied"]
    read = f"read from {_quoted(group['surface'])}  {_quoted(group['quote'])}"
    return f"{group['role']} {group['name']}{denied}{branch}, {read}"


def _toll(steps: list[Row]) -> Iterator[str]:
    """Yield how the toll came about, where there is more to say than the figure itself."""
    if len(steps) < 2 and not any(step["aside"] for step in steps):
        return
    yield "  figure by figure:"
    for step in steps:
        upper = f" to {step['high']}" if step["high"] != step["low"] else ""
        yield from _wrapped(f"{step['low']}{upper} {step['what']}: {step['verdict']}  {_quoted(step['quote'])}", "    ")


def _rules(rules: Sequence[Row], full: bool) -> Iterator[str]:
    """Yield the rules: those that decided something in full, then those that hold, then in a line each the others."""
    shown = [rule for rule in rules if full or len(rules) == 1 or rule["holds"] or rule["decisions"]]
    for rule in sorted(
        shown, key=lambda rule: (not any(one["alert_id"] for one in rule["decisions"]), not rule["holds"])
    ):
        yield from _whole(rule)
    for rule in rules:
        if rule not in shown:
            off = "switched off; " * (not rule["enabled"])
            mark = click.style("✗", fg="red")
            yield from _wrapped(
                f"{click.style(rule['name'], bold=True)} does not hold: {off}{rule['nearest_miss']}", f"{mark} ", "  "
            )


def _whole(rule: Row) -> Iterator[str]:
    if rule["holds"] is None:
        yield click.style(f"Rule {rule['name']}: ", bold=True) + "is no longer in the configuration"
    else:
        off = ", but it is switched off" * (not rule["enabled"])
        yield click.style(f"Rule {rule['name']}: ", bold=True) + ("holds" if rule["holds"] else "does not hold") + off
    yield from _findings(rule["findings"], "  ")
    if rule["holds"] is False:
        yield from _wrapped(f"nearest miss: {rule['nearest_miss']}", "  ")
    for decision in rule["decisions"]:
        yield from _wrapped(
            f"{moment(decision['decided'])}  {decision['reason']}: {decision['explanation']}", "  ", " " * 16
        )
        yield from _deliveries(decision)
    if not rule["decisions"] and rule["holds"] and rule["enabled"]:
        yield "  nothing was decided when the article came: the rule is newer, or was different then"


def _deliveries(decision: Row) -> Iterator[str]:
    for delivery in decision["deliveries"]:
        line = f"alert {decision['alert_id']} to {delivery['channel']} is {became(delivery)}"
        yield from _wrapped(line, "      ")


def _findings(findings: Iterable[Row], indent: str) -> Iterator[str]:
    for finding in findings:
        mark = click.style("✓", fg="green") if finding["met"] else click.style("✗", fg="red")
        quote = f"  {_quoted(finding['quote'])}" if finding["quote"] else ""
        line = f"{finding['condition']} — {finding['found']}{quote}"
        yield from _wrapped(line, f"{indent}{mark} ", f"{indent}  ")
        yield from _findings(finding["children"], indent + "    ")


def _quoted(text: str) -> str:
    return f"“{clean(text)}”"


def _wrapped(text: str, indent: str, then: str | None = None) -> Iterator[str]:
    width = min(max(shutil.get_terminal_size((100, 24)).columns, NARROW), WIDE)
    after = indent + "    " if then is None else then + "  "
    yield from click.wrap_text(text, width, initial_indent=indent, subsequent_indent=after).splitlines()
