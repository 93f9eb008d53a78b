"""config.yaml -> Config, or every problem in it at once with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alerts.hours import Digest, Heartbeat, Limit
from alerts.rules import Rule, describe
from alerts.satisfiable import contradiction
from crawler.gazetteer.armed_groups import bundled_groups
from crawler.gazetteer.own import NOTHING, Own
from crawler.gazetteer.regions import bundled_gazetteer
from crawler.source import Source
from scheduler import (
    config_definitions,
    config_files,
    config_hours,
    config_names,
    config_own,
    config_rules,
    config_templates,
)
from scheduler import config_model as model
from scheduler.config_definitions import Definition, Definitions
from scheduler.config_part import Part
from scheduler.config_secrets import Vault, credentials, spellings
from scheduler.config_when import When
from scheduler.config_world import Groups, Regions, World
from scheduler.config_yaml import ConfigError, Document, Loc, Problem, read

if TYPE_CHECKING:  # as in config_templates
    from alerts.templating import Template

__all__ = ["Channel", "Config", "ConfigError", "Problem", "describe", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where alerts go: an Apprise URL, with its secrets in it.

    `system` channels also hear of Tocsin's own troubles; `limit` is how many alerts of all rules ring there; `fallback`
    names the channel that gets what this one does not take, `template` is what its alerts look like.
    """

    name: str
    url: str
    system: bool = False
    limit: Limit | None = None
    fallback: str | None = None
    template: Template | None = None

    def __repr__(self) -> str:
        """Return a form that is fit for a log."""
        return f"Channel(name={self.name!r}, system={self.system})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the user wants.

    `folder` is where the file is. `delay` is the least time between two requests to one host. `secrets` are the strings
    that no log may show, the longest first. `own` are the user's armed groups and regions: a process
    that reads adopts them. `files` are those that were read, resolved, config.yaml first; `includes` are the absolute
    patterns of `include:` (`scheduler.config_include.included` says which files they name now). `warnings` are what
    `tocsin check` complains of and everything else gets along with. `timezone` is the one
    that messages tell times in, "" for UTC. `canary` is when a made-up article tries the whole
    path, `heartbeat` the dead-man's switch.
    """

    folder: Path
    database: Path
    contact: str
    channels: Mapping[str, Channel]
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
    delay: timedelta
    secrets: tuple[str, ...]
    own: Own = NOTHING
    files: tuple[Path, ...] = ()
    includes: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    timezone: str = ""
    canary: Digest | None = None
    heartbeat: Heartbeat | None = None

    def __repr__(self) -> str:
        """Return a form that is fit for a log."""
        return f"Config({len(self.sources)} sources, {len(self.channels)} channels, {len(self.rules)} rules)"


def load(
    path: Path,
    environ: Mapping[str, str],
    *,
    valid_url: Callable[[str], bool] | None = None,
    regions: Callable[[], Regions] = bundled_gazetteer,
    groups: Callable[[], Groups] = bundled_groups,
    raw: bytes | None = None,
) -> Config:
    """Return what the file says; raises `ConfigError` with every problem.

    `valid_url` tells whether Apprise can read a channel's URL (not asked without it). `regions` and `groups` give
    the bundled names that rules may use; they are asked for when a rule uses one. What this process adopted is no part
    of them: it was another file's, or this one's before it was edited. `raw` is taken for the file's bytes, where
    they are not to be read from it.
    """
    files = _Load(path, read(config_files.read_bytes(path) if raw is None else raw), Vault(environ, path.parent))
    return files.config(_world(files, valid_url, regions, groups))


def _world(
    files: _Load, valid_url: Callable[[str], bool] | None, regions: Callable[[], Regions], groups: Callable[[], Groups]
) -> World:
    own_regions, own_groups = (config_own.named(files.main.section(section)) for section in ("regions", "groups"))
    return World(
        regions=lambda: config_own.Known(regions(), own_regions),
        groups=lambda: config_own.Known(groups(), own_groups),
        channels=tuple(files.main.mapping("channels")),
        sources=tuple(config_names.source_names(files.main)),
        bundled_regions=regions,
        bundled_groups=groups,
        definitions=tuple(name for part in files.parts for name in part.mapping("definitions")),
        valid_url=valid_url,
    )


class _Load:
    """The files of a configuration on their way to a `Config`."""

    def __init__(self, path: Path, document: Document, vault: Vault) -> None:
        self.main = Part(path, document)
        self.vault = vault
        self.patterns, included = config_files.read_included(self.main)
        self.parts = [self.main, *included]

    def config(self, world: World) -> Config:
        """Return what the files say; raises `ConfigError`."""
        checked = self.main.head(model.File, self.main.expanded(self.vault), world)
        for part in self.parts[1:]:
            part.head(model.Included, part.data, world)
        definitions = config_definitions.resolved(self._definitions(world))
        rules = list(self._rules(world, definitions, (checked and checked.timezone) or ""))
        config_names.look_for_twins(self.parts)
        config_names.look_for_circles(self.main)
        templates, read_from = config_templates.read_templates(self.main)
        problems = [problem for part in self.parts for problem in part.problems()]
        if problems or checked is None:
            raise ConfigError(problems, warnings=self._warnings(), includes=self.patterns)
        config = self._config(checked, rules)
        channels = {name: replace(one, template=templates.get(name)) for name, one in config.channels.items()}
        return replace(config, channels=channels, files=(*config.files, *read_from.values()))

    def _definitions(self, world: World) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for part in self.parts:
            for name, raw in part.mapping("definitions").items():
                checked = part.checked(When, raw, ("definitions", name), world)
                found.setdefault(name, Definition(part, raw, checked))
        return found

    def _rules(self, world: World, definitions: Definitions, timezone: str) -> Iterator[Rule]:
        """Return the rules that are sound, in the order of the files."""
        zone = lru_cache(maxsize=1)(lambda: timezone or config_hours.local_zone())
        for part in self.parts:
            for number, raw in enumerate(part.rows("rules")):
                loc: Loc = ("rules", number)
                checked = part.checked(model.Rule, raw, loc, world)
                if checked and self._is_sound(part, loc, checked, definitions):
                    rule = config_rules.rule(raw, checked, definitions.trees, zone)
                    self._look_for_silence(part, loc, rule, world)
                    yield rule

    def _is_sound(self, part: Part, loc: Loc, checked: model.Rule, definitions: Definitions) -> bool:
        blocks = [((*loc, "when"), checked.when)]
        if checked.quiet and checked.quiet.except_:
            blocks.append(((*loc, "quiet", "except"), checked.quiet.except_))
        if not all(definitions.fits(when) for _, when in blocks):
            return False
        excess = [(where, said) for where, when in blocks if (said := definitions.excess(when))]
        for where, said in excess:
            part.note(where, said)
        return not excess

    def _look_for_silence(self, part: Part, loc: Loc, rule: Rule, world: World) -> None:
        """Note a rule, or an exception to its quiet hours, that no story could meet."""
        clash = contradiction(rule.when, world.within, world.lineage)
        if clash:
            part.note((*loc, "when"), f"this rule can never ring: it wants {clash}")
        unless = rule.quiet and rule.quiet.unless
        if unless and (clash := contradiction(unless, world.within, world.lineage)):
            part.note((*loc, "quiet", "except"), f"this exception can never hold: it wants {clash}")

    def _warnings(self) -> tuple[Problem, ...]:
        """Return the channels that nothing is sent to, going by the rules as they are written, sound or not."""
        told = set(config_names.fallbacks(self.main).values())
        for part in self.parts:
            for rule in part.rows("rules"):
                notify = rule.get("notify") if isinstance(rule, dict) else None
                told |= {str(name) for name in (notify if isinstance(notify, list) else [notify])}
                told |= config_names.escalated(rule)
        silent = "no rule tells this channel: name it under a rule's 'notify', or mark it 'system: true'"
        return tuple(
            self.main.problem(self.main.spot(("channels", name), of_key=True), silent)
            for name, channel in self.main.mapping("channels").items()
            if name not in told and not (isinstance(channel, dict) and channel.get("system"))
        )

    def _config(self, checked: model.File, rules: list[Rule]) -> Config:
        channels = {
            name: Channel(name=name, url=one.url, system=one.system, limit=one.limit, fallback=one.fallback)
            for name, one in checked.channels.items()
        }
        hidden = {part for channel in channels.values() for part in credentials(channel.url)}
        hidden |= {password for source in checked.sources if (password := urlsplit(source.url).password)}
        beat, canary = checked.heartbeat, checked.canary
        hidden |= {beat.url, urlsplit(beat.url).path.strip("/")} if beat else set()
        if canary and not canary.timezone:
            canary = Digest(timezone=checked.timezone or config_hours.local_zone(), at=canary.at)
        folder = self.main.path.parent
        names = config_names.source_names(self.main)
        return Config(
            folder=folder.resolve(),
            database=folder / Path(checked.database).expanduser(),
            contact=checked.contact,
            channels=channels,
            sources=tuple(_source(name, one) for name, one in zip(names, checked.sources, strict=True)),
            rules=tuple(rules),
            delay=checked.delay,
            timezone=checked.timezone or "",
            secrets=spellings(self.vault.secrets | hidden),
            own=config_own.tables(checked.groups, checked.regions),
            files=tuple(part.path.resolve() for part in self.parts),
            includes=self.patterns,
            warnings=self._warnings(),
            canary=canary,
            heartbeat=Heartbeat(url=beat.url, every=beat.every) if beat else None,
        )


def _source(name: str, checked: model.Source) -> Source:
    own = {field: getattr(checked, field) for field in type(checked).model_fields if field not in ("name", "publisher")}
    return Source(name=name, publisher=checked.publisher or "", **own)
