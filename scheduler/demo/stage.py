"""What happens during the demonstration -> lines for a person on a terminal of 80 to 100 columns."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable
from datetime import datetime

import click
from tabulate import tabulate

from alerts.conditions import listed
from alerts.rules import Rule, describe
from scheduler.demo import backstage
from scheduler.demo.script import Script
from scheduler.demo.verdict import Verdict

Echo = Callable[[str], None]
COLOURS = {"alert": "red", "held": "yellow", "warning": "yellow", "fault": "red", "error": "red"}
FATES = {"rang": "red", "held": "yellow", "quiet": "green"}
BORDER = "─"  # begins the line above and the line below an alert on the console channel
LABEL = 10  # columns of a log line's label


class Stage:
    """Writes what the viewer sees."""

    def __init__(self, echo: Echo) -> None:
        """`echo` writes one line; it drops colours where the output takes none."""
        self._echo = echo
        self.width = max(60, min(100, shutil.get_terminal_size((96, 24)).columns)) - 1
        self._heading = False  # the next line of the console channel is an alert's title

    def open(self, script: Script, rules: Iterable[Rule]) -> None:
        """Say what is going to be seen."""
        outlets = listed([f"{outlet.name} (http://{outlet.host})" for outlet in script.outlets], "and")
        self._echo(click.style("Tocsin: a demonstration", bold=True))
        self._wrap(f"Invented news sites run on this machine: {outlets}. The real daemon polls them every second.")
        self._wrap("Its rules:")
        for rule in rules:
            self._wrap(f"{rule.name}. {describe(rule)}", first="  · ", hang="    ")

    def scene(self, number: int, count: int, says: str) -> None:
        """Announce a scene."""
        self._echo("")
        self._wrap(f"{number}/{count}  {says}", hang="     ", bold=True)

    def published(self, outlet: str, title: str, now: datetime) -> None:
        """Say that an outlet puts a piece on its site."""
        self._labelled(now, "site", f"{outlet} publishes: {title}", "cyan")

    def show(self, line: backstage.Line) -> None:
        """Show what the daemon wrote, but polls that brought nothing and deliveries that went well."""
        if not line.event:
            self._console(line.text)
        elif line.at is None:
            self._echo(line.text)
        elif not _dull(line):
            self._labelled(line.at, line.event, line.text, COLOURS.get(line.event))

    def close(self, polls: list[tuple[str, int, int, int]], verdict: Verdict, script: Script) -> None:
        """Show the tables: by source how often it was polled, and what came of each piece."""
        self._echo("")
        heads = ["source", "polls", "unchanged", "articles"]
        self._echo(click.style("Polled", bold=True))
        self._echo(textwrap.indent(tabulate(polls, heads, tablefmt="plain"), "  "))
        self._echo("")
        self._echo(click.style("What rang, what was held back, and why", bold=True))
        for line in verdict.lines:
            fate = click.style(f"{line.fate:<5}", fg=FATES[line.fate], bold=line.fate == "rang")
            self._echo(
                f"  {fate}  {textwrap.shorten(script.pieces[line.piece].title, self.width - 9, placeholder='…')}"
            )
            self._wrap(f"{line.rule}: {line.why}", hang=" " * 9, first=" " * 9)
        self._echo("")
        for problem in verdict.problems:
            self._wrap(f"Not as it should be: {problem}.", colour="red")
        if not verdict.problems:
            count = {fate: sum(line.fate == fate for line in verdict.lines) for fate in FATES}
            told = f"{count['rang']} rang, {count['held']} held back, {count['quiet']} quiet: as it should be."
            self._echo(click.style(told, fg="green", bold=True))

    def _console(self, text: str) -> None:
        if text.startswith(BORDER):
            self._heading = not self._heading
            self._echo(text)
        elif self._heading:
            self._heading = False
            self._wrap(text, bold=True, colour="red")
        else:
            self._wrap(text, hang=" " * (len(text) - len(text.lstrip()) + 2))

    def _labelled(self, at: datetime, label: str, text: str, colour: str | None = None) -> None:
        start = f"{at.astimezone():%H:%M:%S}  "
        lines = textwrap.wrap(
            text, self.width - len(start) - LABEL, break_long_words=False, break_on_hyphens=False
        ) or [""]
        padded = f"{label:<{LABEL}}"
        self._echo(start + (click.style(padded, fg=colour) if colour else padded) + lines[0])
        for rest in lines[1:]:
            self._echo(" " * (len(start) + LABEL) + rest)

    def _wrap(self, text: str, hang: str = "", first: str = "", bold: bool = False, colour: str | None = None) -> None:
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines or [""]:
            self._echo(click.style(line, bold=bold or None, fg=colour) if bold or colour else line)


def _dull(line: backstage.Line) -> bool:
    """Whether it is a poll that brought nothing, a delivery that went well (the alert is to be seen) or a library's."""
    if line.event == "poll":
        return not line.fields.get("articles") and not line.fields.get("error")
    if line.event == "delivery":
        return line.fields.get("state") == "sent"
    return line.event == "log" and line.fields.get("level") == "info"
