"""`tocsin why`: why did this ring, why didn't that? The trail of one article or story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, plainly, read_config, readable
from scheduler.commands.why_trail import as_json

if TYPE_CHECKING:
    from scheduler.archive import Archive
    from scheduler.config import Config

__all__ = ["as_json", "why"]


@click.command()
@click.argument("url_or_id")
@click.option("--rule", "only", metavar="NAME", help="Only this rule, in full.")
@click.option("--full", "-v", is_flag=True, help="Every rule, place and figure in full.")
@config_option
@json_option
@plainly
def why(url_or_id: str, only: str | None, full: bool, config_path: Path, as_json: bool) -> None:
    """Tell the trail of the article URL_OR_ID, or of a story (`story:41`).

    Where it was found, what was read from it, how it was placed, which conditions each rule met or missed and what was
    nearest, what was decided, and each attempt to deliver. JSON has `article`, `facts`, `toll`, `story` and `rules`.
    """
    from scheduler.commands import why_trail, why_words

    config = read_config(config_path)
    names = [rule.name for rule in config.rules]
    if only is not None and only not in names:
        raise click.UsageError(f"{config_path} has no rule '{only}'; it has: {', '.join(names)}")
    archive = readable(config)
    rules = tuple(rule for rule in config.rules if only in (None, rule.name))
    kind, _, number = url_or_id.partition(":")
    trail: dict[str, Any]
    if kind == "story" and number.isdecimal():
        trail = why_trail.of_story(archive, _story(archive, config, number), rules)
        lines = why_words.story_lines
    else:
        trail = why_trail.of_article(archive, _article(archive, config, url_or_id), rules)
        lines = why_words.article_lines
    if only is not None:
        trail["rules"] = [rule for rule in trail["rules"] if rule["name"] == only]
    click.echo(json.dumps(trail, ensure_ascii=False, indent=1) if as_json else "\n".join(lines(trail, full=full)))


def _article(archive: Archive, config: Config, asked: str) -> dict[str, Any]:
    """Return the article asked for, or say what is known of it and exit with 1."""
    from alerts.message import clean
    from scheduler.commands.why_trail import of_nothing

    article = archive.article(asked)
    if article is None:
        shown = clean(asked)
        click.echo(f"no article '{shown}' in {config.database}; 'tocsin search WORDS' finds an article's id", err=True)
        for line in of_nothing(archive, config, asked):
            click.echo(f"  {clean(line)}", err=True)
        raise click.exceptions.Exit(1)
    return article


def _story(archive: Archive, config: Config, number: str) -> Any:
    """Return the story asked for, or say what became of it and exit with 1."""
    id_ = int(number[:18])
    story = archive.story(id_)
    if story.readings:
        return story
    merged = [row["into_id"] for row in archive.corrections(id_) if row["kind"] == "merge"]
    became = f"was merged into story {merged[-1]}" if merged else f"is not in {config.database}"
    click.echo(f"story {id_} {became}; 'tocsin stories' lists those of the last days", err=True)
    raise click.exceptions.Exit(1)
