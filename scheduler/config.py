"""config.yaml -> Config, or every problem in it at once with its line and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alerts.rules import Rule, describe
from crawler.gazetteer import gazetteer, groups
from crawler.gazetteer.own import NOTHING, Own
from crawler.source import Source
from scheduler import config_model as model
from scheduler import config_own, config_rules
from scheduler.config_secrets import Vault, credentials, spellings
from scheduler.config_values import Groups, Regions, World
from scheduler.config_yaml import MAX_BYTES, ConfigError, Document, Loc, Problem, Spot, read, shown

__all__ = ["Channel", "Config", "ConfigError", "Problem", "describe", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where alerts go: an Apprise URL, with its secrets in it. `system` channels also hear of Tocsin's own troubles."""

    name: str
    url: str
    system: bool = False

    def __repr__(self) -> str:
        """Return a form that is fit for a log."""
        return f"Channel(name={self.name!r}, system={self.system})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the user wants.

    `folder` is where the file is. `delay` is the least time between two requests to one host. `secrets` are the strings
    that no log may show, the longest first. `own` are the user's armed groups and regions: a process
    that reads adopts them. `files` are those that were read, config.yaml first.
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

    def __repr__(self) -> str:
        """Return a form that is fit for a log."""
        return f"Config({len(self.sources)} sources, {len(self.channels)} channels, {len(self.rules)} rules)"


def load(
    path: Path,
    environ: Mapping[str, str],
    *,
    valid_url: Callable[[str], bool] | None = None,
    regions: Callable[[], Regions] = gazetteer,
    groups: Callable[[], Groups] = groups,
    raw: bytes | None = None,
) -> Config:
    """Return what the file says; raises `ConfigError` with every problem.

    `valid_url` tells whether Apprise can read a channel's URL (not asked without it). `regions` and `groups` give
    the names that rules may use; they are asked for when a rule uses one. `raw` is taken for the file's bytes, where
    they are not to be read from it.
    """
    document = read(_bytes(path) if raw is None else raw)
    check = _Check(path, document, Vault(environ, path.parent))
    data = document.data
    own_regions, own_groups = (config_own.named(_mapping(data).get(section)) for section in ("regions", "groups"))
    world = World(
        regions=lambda: config_own.Known(regions(), own_regions),
        groups=lambda: config_own.Known(groups(), own_groups),
        channels=tuple(_mapping(_mapping(data).get("channels"))),
        sources=tuple(_source_names(data)),
        bundled_regions=regions,
        bundled_groups=groups,
        valid_url=valid_url,
    )
    checked = check.validated(check.expanded(), world)
    check.look_for_twins()
    if check.faults or checked is None:
        raise ConfigError(check.problems())
    return _config(path, data, checked, check.vault)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError([Problem(path, 1, 1, f"the file can't be read: {error.strerror}")]) from error
    except ValueError as error:
        raise ConfigError([Problem(path, 1, 1, f"the file can't be read: {error}")]) from error


class _Check:
    """Collects what is wrong in one file."""

    def __init__(self, path: Path, document: Document, vault: Vault) -> None:
        self.path = path
        self.document = document
        self.vault = vault
        self.faults: set[tuple[Spot, str]] = set(document.faults)
        self._broken = {spot for spot, _ in document.faults}

    def problems(self) -> list[Problem]:
        """Return every problem in the order they stand in the file."""
        return [Problem(self.path, spot.line, spot.column, message) for spot, message in sorted(self.faults)]

    def expanded(self) -> Any:
        """Return the data with the secrets in it; rules hold none."""
        data = self.document.data
        if not isinstance(data, dict):
            return data
        return {key: value if key == "rules" else self._expand(value, (key,)) for key, value in data.items()}

    def _expand(self, value: Any, loc: Loc) -> Any:
        if isinstance(value, dict):
            return {key: self._expand(inner, (*loc, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._expand(inner, (*loc, index)) for index, inner in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            return self.vault.expand(value)
        except ValueError as error:
            spot = self.document.spot(loc)
            self.faults.add((spot, str(error)))
            self._broken.add(spot)
            return value

    def validated(self, data: Any, world: World) -> model.File | None:
        """Return the checked values, or `None` after noting every fault.

        What could not even be read is not complained of twice.
        """
        if data is None and not self.document.faults:
            self.faults.add((Spot(1, 1), "the file is empty"))
        if data is None:
            return None
        try:
            return model.File.model_validate(data, context=world)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                self._note(detail)
        return None

    def _note(self, detail: ErrorDetails) -> None:
        place = self.document.key_spot if model.is_of_key(detail) else self.document.spot
        spot = place(detail["loc"])
        if spot not in self._broken:
            self.faults.add((spot, model.message(detail)))

    def look_for_twins(self) -> None:
        """Note names and addresses that stand twice."""
        data = _mapping(self.document.data)
        for section, field, what in (
            ("rules", "name", "rule"),
            ("sources", "name", "source"),
            ("sources", "url", "address"),
            ("groups", "name", "armed group"),
            ("regions", "name", "region"),
        ):
            first: dict[str, Spot] = {}
            for loc, value in _values(data.get(section), section, field):
                spot = self.document.spot(loc)
                twin = first.setdefault(value, spot)
                if twin is not spot:
                    shows = (
                        f"this {what}"
                        if field == "url"
                        else f"{'an' if what[0] in 'aeiou' else 'a'} {what} named '{shown(value)}'"
                    )
                    self.faults.add((spot, f"{shows} is already in line {twin.line}"))


def _values(rows: Any, section: str, field: str) -> Iterator[tuple[Loc, str]]:
    """Return every name or address of a section and where it stands."""
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row if field == "url" and isinstance(row, str) else _mapping(row).get(field)
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield (section, index, field), str(value).strip()


def _source_names(data: Any) -> Iterator[str]:
    """Return the sources' names: as stated, or host and path of the address, made unique.

    The address is taken as it is written, before secrets are put in: a name is shown to everybody.
    """
    rows = _mapping(data).get("sources")
    rows = rows if isinstance(rows, list) else []
    taken = {name for _, name in _values(rows, "sources", "name")}
    twins: Counter[str] = Counter()
    for row in rows:
        stated = str(_mapping(row).get("name") or "").strip()
        if stated:
            yield stated
            continue
        address = row if isinstance(row, str) else _mapping(row).get("url") or _mapping(row).get("spider")
        derived = _host_and_path(str(address))
        yield next(name for name in _numbered(derived, twins) if name not in taken)


def _numbered(name: str, twins: Counter[str]) -> Iterator[str]:
    """Yield `name`, `name (2)`, `name (3)`, …, going on where the last caller stopped."""
    while True:
        twins[name] += 1
        yield name if twins[name] == 1 else f"{name} ({twins[name]})"


def _host_and_path(url: str) -> str:
    rest = url.partition("://")[2].partition("?")[0].partition("#")[0]
    host, slash, path = rest.partition("/")
    return (host.rpartition("@")[2] + slash + path).rstrip("/").strip()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _config(path: Path, raw: dict[str, Any], checked: model.File, vault: Vault) -> Config:
    channels = {
        name: Channel(name=name, url=channel.url, system=channel.system) for name, channel in checked.channels.items()
    }
    hidden = {part for channel in channels.values() for part in credentials(channel.url)}
    hidden |= {password for source in checked.sources if (password := urlsplit(source.url).password)}
    return Config(
        folder=path.parent.resolve(),
        database=path.parent / Path(checked.database).expanduser(),
        contact=checked.contact,
        channels=channels,
        sources=tuple(_source(name, source) for name, source in zip(_source_names(raw), checked.sources, strict=True)),
        rules=tuple(
            config_rules.rule(one, rule) for one, rule in zip(raw.get("rules", ()), checked.rules, strict=True)
        ),
        delay=checked.delay,
        secrets=spellings(vault.secrets | hidden),
        own=config_own.tables(checked.groups, checked.regions),
        files=(path,),
    )


def _source(name: str, checked: model.Source) -> Source:
    own = {field: getattr(checked, field) for field in type(checked).model_fields if field not in ("name", "publisher")}
    return Source(name=name, publisher=checked.publisher or "", **own)
