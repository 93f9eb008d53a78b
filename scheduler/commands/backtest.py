"""`tocsin backtest`: rules tried on the archive before they are trusted."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, json_option, plainly, read_config, readable

if TYPE_CHECKING:
    from alerts.backtest import Trial
    from alerts.rules import Rule
    from scheduler.config import Config
    from scheduler.replay_lines import Lines

DAYS = 30
SHOWN_BAD = 10  # lines of a file that are told


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    config: Path
    days: int
    rule: str | None
    against: Path | None
    edit: str | None
    articles: Path | None
    backlog: bool

    @property
    def other(self) -> str | None:
        """What the rules are compared with, in words."""
        if self.edit is not None:
            return f"{self.config} as it is"
        return str(self.against) if self.against else None


@click.command()
@click.option("--days", type=click.IntRange(1, 3_650), default=DAYS, show_default=True, help="How far to look back.")
@click.option("--rule", metavar="NAME", help="Only this rule.")
@click.option("--against", type=click.Path(path_type=Path), metavar="OTHER.yaml", help="The rules to compare with.")
@click.option(
    "--try", "edit", metavar="YAML", help="An edit of --rule, such as '{killed: 3}' or 'limit: 2/h', not saved."
)
@click.option("--articles", type=click.Path(path_type=Path), metavar="F.jsonl", help="A file instead of the archive.")
@click.option("--backlog", is_flag=True, help="Let articles ring that were taken in quietly.")
@click.option("-n", "--limit", type=click.IntRange(0, 100_000), default=20, show_default=True, help="Alerts listed.")
@config_option
@json_option
@plainly
def backtest(config_path: Path, limit: int, as_json: bool, **asked: Any) -> None:
    """Tell what these rules would have rung over the archive, alerts a day, and the difference from other rules.

    Nothing is sent and nothing is written. With --against, `+` is what rings now and would not by OTHER.yaml,
    `-` what would by OTHER.yaml and no longer does; with --try, by the edit and by the file as it is.
    """
    from scheduler.commands.backtest_words import as_rows, told

    question = Asked(config_path, **asked)
    result = _run(question)
    click.echo(json.dumps(as_rows(result), ensure_ascii=False, indent=1) if as_json else "\n".join(told(result, limit)))
    raise click.exceptions.Exit(int(result.bad > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a backtest came to. `theirs` is what it was compared with, by the name of `other`."""

    rules: Sequence[Rule]
    ours: Trial
    theirs: Trial | None
    other: str | None
    marks: dict[tuple[str, int], Any]
    articles: int
    stories: int
    since: datetime
    until: datetime
    bad: int = 0
    backlog: bool = False


def _run(asked: Asked) -> Result:
    from alerts.backtest import Trial
    from alerts.rules import RuleSet

    config = read_config(asked.config)
    rules, others = _rule_sets(asked, config)
    ours, theirs = RuleSet(rules), None if others is None else RuleSet(others)
    trials = [Trial(ours, theirs)] + ([] if theirs is None else [Trial(theirs, ours)])
    made = _from_lines if asked.articles else _from_archive
    return replace(
        made(asked, config, trials), rules=rules, ours=trials[0], theirs=next(iter(trials[1:]), None), other=asked.other
    )


def _rule_sets(asked: Asked, config: Config) -> tuple[Sequence[Rule], Sequence[Rule] | None]:
    """Return the rules to try and those to compare with."""
    if asked.edit is not None and (asked.rule is None or asked.against is not None):
        raise click.UsageError("--try edits the rule of --rule, and compares with the file as it is, not --against")
    others = read_config(asked.against).rules if asked.against else None
    known = [rule.name for rule in (*config.rules, *(others or ()))]
    if asked.rule is not None and asked.rule not in known:
        raise click.UsageError(f"{asked.config} has no rule '{asked.rule}'; it has: {', '.join(known) or 'none'}")
    chosen = [rule for rule in config.rules if asked.rule in (None, rule.name)]
    if asked.edit is not None and asked.rule is not None:
        from scheduler.commands.backtest_edit import edited

        return [edited(asked.config, config, asked.rule, asked.edit)], chosen
    return chosen, None if others is None else [rule for rule in others if asked.rule in (None, rule.name)]


def _from_archive(asked: Asked, config: Config, trials: Sequence[Trial]) -> Result:
    from scheduler import marks
    from scheduler.replay import Replay, tried

    now = datetime.now(UTC)
    archive = readable(config)
    since = now - timedelta(days=asked.days)
    run = Replay(archive, since, loud=asked.backlog)
    with _bar(len(run)) as step:
        articles, stories = tried(run, trials, since, now, step)
    return Result(
        rules=(), ours=trials[0], theirs=None, other=None, marks=dict(marks.verdicts(archive)), articles=articles,
        stories=stories, since=since, until=now, backlog=asked.backlog,
    )  # fmt: skip


def _from_lines(asked: Asked, config: Config, trials: Sequence[Trial]) -> Result:
    from scheduler.commands.lines import article_of
    from scheduler.replay_lines import Lines

    assert asked.articles is not None  # noqa: S101  asked for
    bad: list[int] = []

    def told(number: int, why: str) -> None:
        bad.append(number)
        if len(bad) <= SHOWN_BAD:
            click.echo(f"{asked.articles}:{number}: {why}", err=True)

    try:
        size = asked.articles.stat().st_size
        lines = Lines(asked.articles, article_of, told)
        with _bar(size) as step:
            articles, stories, since = _take(lines, trials, step)
    except OSError as error:
        raise click.UsageError(f"{asked.articles} can't be read: {error.strerror}") from error
    if len(bad) > SHOWN_BAD:
        click.echo(f"… and {len(bad) - SHOWN_BAD} more lines that are not articles", err=True)
    return Result(
        rules=(), ours=trials[0], theirs=None, other=None, marks={}, articles=articles, stories=stories,
        since=since or lines.latest, until=lines.latest, bad=len(bad),
    )  # fmt: skip


def _take(lines: Lines, trials: Sequence[Trial], step: Callable[[int], None]) -> tuple[int, int, datetime | None]:
    from alerts.backtest import replay

    articles, stories, since = 0, set(), None
    for arrived in replay(lines, lines, trials, lines.own):
        articles, since = articles + 1, since or arrived.now
        stories.add(arrived.story)
        step(lines.read)
    for trial in trials:
        trial.release(datetime.max.replace(tzinfo=UTC), lines)
    return articles, len(stories), since


@contextmanager
def _bar(length: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error, where that is a terminal."""
    with click.progressbar(length=length, label="replaying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update
