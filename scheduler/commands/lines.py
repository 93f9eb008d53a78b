"""`tocsin lines …`: JSON lines in on stdin, JSON lines out on stdout, in order, one out for each in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, read_config

if TYPE_CHECKING:
    from crawler.article import Article
    from crawler.reading import Reading

Row = dict[str, Any]


@click.group()
def lines() -> None:
    """Filters for scripting: JSON lines in, JSON lines out, in order, one for each.

    A line that is not what it should be gives {"id": …, "error": "…"} in its place, and exit code 1 at the end.
    """


@lines.command()
def read() -> None:
    """Read web pages: {"id","url","html"} -> {"id","title","text","published","lang","url_key"}."""
    from crawler.article import url_key
    from crawler.page import read_page

    def one(row: Row) -> Row:
        url, html = _text(row, "url"), _text(row, "html")
        page = read_page(html.encode("utf8", "surrogatepass"), url, "text/html; charset=utf-8")
        published = page.published and page.published.isoformat()
        return {
            "title": page.title,
            "text": page.text,
            "published": published,
            "lang": page.lang,
            "url_key": url_key(url),
        }

    _filter(one)


@lines.command()
def facts() -> None:
    """Read facts: {"id","title"?,"text","published"?,"url"?,"lang"?} -> what the article claims."""

    def one(row: Row) -> Row:
        facts = _reading(row).facts
        return facts.as_json() if facts else {}

    _filter(one)


@lines.command()
def places() -> None:
    """Name every place: {"id","text"} -> {"id","places":[…]}, each time it is named, in order.

    A place is {"start","end","name","code","country","admin1","lat","lon"}, with offsets in characters; people and
    things of a place count as it ("Syrian"), names inside names of people, organisations and armed groups don't.
    """
    from crawler.facts.toponym_list import list_toponyms

    _filter(lambda row: {"places": [asdict(place) for place in list_toponyms(_text(row, "text"))]})


@lines.command()
@config_option
def match(config_path: Path) -> None:
    """Match articles with rules: as for `facts` -> {"id","rules":[{"name","evidence":[…]}]}."""
    from alerts.rules import RuleSet
    from alerts.story import Story
    from scheduler.commands.why import as_json

    rules = RuleSet(read_config(config_path).rules)

    def one(row: Row) -> Row:
        story = Story(id=None, readings=(_reading(row),))
        return {"rules": [{"name": m.rule, "evidence": [as_json(f) for f in m.findings]} for m in rules.matches(story)]}

    _filter(one)


@lines.command()
def stories() -> None:
    """Join articles into stories: as for `facts`, oldest first, plus "source" -> {"id","story","copy_of"}.

    A story bears the id of the line that opened it. Each line is decided on those before it.
    """
    from crawler.reading import read_text
    from scheduler.commands.lines_stories import placed

    _filter(placed(lambda row: read_text(article_of(row))))


@lines.command()
def urlkey() -> None:
    """Canonical URL keys: {"id","url"} -> {"id","url_key"}."""
    from crawler.article import url_key

    _filter(lambda row: {"url_key": url_key(_text(row, "url"))})


def _filter(one: Callable[[Row], Row]) -> None:
    """Answer each line of stdin; what a line does wrong is its own answer."""
    failed = False
    for line in sys.stdin.buffer:
        id_: Any = None
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("the line is not a JSON object")
            id_ = row.get("id")
            answer = one(row)
        except (ValueError, RecursionError) as error:
            failed, answer = True, {"error": _told(error)}
        click.echo(json.dumps({"id": id_} | answer, ensure_ascii=False).encode("utf8", "replace"))
    raise click.exceptions.Exit(int(failed))


def _told(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"the line is not JSON: {error}"
    if isinstance(error, UnicodeDecodeError):
        return f"the line is not UTF-8: {error}"
    return str(error) or type(error).__name__


def _text(row: Row, name: str, *, needed: bool = True) -> str:
    value = row.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"'{name}' is missing" if value is None else f"'{name}' must be text")
    return value


def _reading(row: Row) -> Reading:
    """Return the article of a line with its facts, or raise ValueError."""
    from crawler.facts import read_facts
    from crawler.gazetteer.home import home_of
    from crawler.reading import Reading

    article = article_of(row)
    facts = read_facts(article.title, article.text, article.lang, article.published, home_of(article.url))
    return Reading(article, facts)


def article_of(row: Row) -> Article:
    """Return the article of a line, or raise ValueError."""
    from crawler.article import Article
    from crawler.language import language_of

    title, text, url = _text(row, "title", needed=False), _text(row, "text"), _text(row, "url", needed=False)
    lang = _text(row, "lang", needed=False) or language_of(f"{title}\n{text}")
    published, source = _published(row), _text(row, "source", needed=False)
    return Article(
        url=url,
        url_key=url or str(row.get("id")),
        source=source,
        publisher=source,
        title=title,
        text=text,
        published=published,
        precision="minute" if published else None,
        lang=lang,
        fetched=published or datetime.now(UTC),
    )


def _published(row: Row) -> datetime | None:
    """Return the date of a line; one that can't be read is as good as none, since a date only helps the reading."""
    from crawler.dates import parse_date

    parsed = parse_date(_text(row, "published", needed=False), row.get("lang"))
    return parsed[0] if parsed else None
