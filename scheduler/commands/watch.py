"""`tocsin run` and `tocsin once`: the daemon, and one poll of everything."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.commands import config_option, plainly, read_config

if TYPE_CHECKING:
    from scheduler.config import Config
    from scheduler.logs import Mask

log_json_option = click.option("--log-json", is_flag=True, help="Log JSON lines, for a machine to read.")
apply_option = click.option(
    "--apply-to-archive",
    "rules",
    multiple=True,
    metavar="RULE",
    help="Let this rule ring for the stories of the last 14 days that it holds for and never told.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Log warnings only.")


@click.command()
@config_option
@log_json_option
@quiet_option
@apply_option
@plainly
def run(config_path: Path, log_json: bool, quiet: bool, rules: tuple[str, ...]) -> None:
    """Poll, read and ring until a signal (Ctrl-C)."""
    from alerts.delivery import valid_url
    from scheduler import daemon
    from scheduler.reload import loader

    config, mask = _read(config_path, log_json, quiet)
    load = loader(config_path, os.environ, valid_url)
    check_rules(config, rules)
    raise click.exceptions.Exit(daemon.run(config, load, mask, config_path, rules))


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@config_option
@log_json_option
@quiet_option
@apply_option
@plainly
def once(sources: tuple[str, ...], config_path: Path, log_json: bool, quiet: bool, rules: tuple[str, ...]) -> None:
    """Poll every (or the named) SOURCE once, deliver what is owed, exit; 1 where something failed."""
    from scheduler import daemon

    bar_shown = sys.stderr.isatty() and not log_json
    config, mask = _read(config_path, log_json, quiet, over=bar_shown)
    named = {source.name: source for source in config.sources} | {source.url: source for source in config.sources}
    unknown = [name for name in sources if name not in named]
    if unknown:
        names = ", ".join(source.name for source in config.sources)
        raise click.UsageError(f"{config_path} has no source '{unknown[0]}'; it has: {names}")
    check_rules(config, rules)
    chosen = list(dict.fromkeys(named[name] for name in sources)) or list(config.sources)
    with click.progressbar(length=len(chosen), label="polling", file=sys.stderr, hidden=not bar_shown) as bar:
        code = daemon.once(config, chosen, lambda: bar.update(1), mask, rules)
    raise click.exceptions.Exit(code)


def check_rules(config: Config, rules: tuple[str, ...]) -> None:
    """Refuse names of rules that there are not."""
    known = [rule.name for rule in config.rules]
    if unknown := [rule for rule in rules if rule not in known]:
        raise click.UsageError(f"there is no rule '{unknown[0]}'; there is {', '.join(known) or 'none'}")


def _read(path: Path, log_json: bool, quiet: bool, *, over: bool = False) -> tuple[Config, Mask]:
    from alerts.delivery import valid_url
    from scheduler.logs import Mask, set_up

    config = read_config(path, valid_url)
    mask = Mask(config.secrets)
    set_up(mask, as_json=log_json, level=logging.WARNING if quiet else logging.INFO, over=over)
    return config, mask
