"""The `tocsin` command: words on a command line -> the function that does it, imported only then."""

from __future__ import annotations

import importlib
from typing import Any

import click

COMMANDS = {
    "run": ("scheduler.commands.watch:run", "Poll, read and ring until a signal (Ctrl-C)."),
    "once": ("scheduler.commands.watch:once", "Poll every (or the named) source once, deliver what is owed, exit."),
    "demo": (
        "scheduler.commands.demo:demo",
        "See it work: the daemon against an embedded newsroom with a developing story.",
    ),
    "check": ("scheduler.commands.check:check", "Say config.yaml in plain words, or every problem in it."),
    "schema": ("scheduler.commands.schema:schema", "Print the JSON Schema by which editors check config.yaml."),
    "reload": ("scheduler.commands.reload:reload", "Have the running daemon read config.yaml now."),
    "test-channel": ("scheduler.commands.check:test_channel", "Send one test message to a channel."),
    "status": ("scheduler.commands.look:status", "Sources, rules and deliveries: what is well and what is not."),
    "why": ("scheduler.commands.why:why", "The trail of one article: why it rang, or why it did not."),
    "search": ("scheduler.commands.look:search", "Find articles in the archive."),
    "stories": ("scheduler.commands.stories:stories", "List stories, tell one's timeline, split and merge them."),
    "alerts": ("scheduler.commands.alerts:alerts", "List alerts, show one whole, mark them right, wrong or missed."),
    "silence": ("scheduler.commands.silence:silence", "Hear nothing of a rule, region, group or story for a while."),
    "ack": ("scheduler.commands.ack:ack", "Acknowledge an alert, so that it escalates no further."),
    "backtest": ("scheduler.commands.backtest:backtest", "What these rules would have rung over the archive."),
    "discover": ("scheduler.commands.discover:discover", "Find a site's feeds, sitemaps and sections."),
    "opml": ("scheduler.commands.opml:opml", "Import and export lists of feeds."),
    "lines": ("scheduler.commands.lines:lines", "Filters for scripting: JSON lines in, JSON lines out."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps, and imports a command only when it is called.

    Scrapy alone takes thirty times as long to import as Python takes to start.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command; `None` where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command named, or say which exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415  only for a misspelt command

            near = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(
                f"there is no command '{args[0]}'"
                + (f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(COMMANDS)}")
            )
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  a third of the start-up time, wanted here alone

        click.echo(f"tocsin {version('tocsin')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def tocsin() -> None:
    """Tocsin, an alarm bell for the news: watches news sites and rings once per event."""


def main() -> None:
    """Run the command line."""
    tocsin()
