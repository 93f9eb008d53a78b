"""config.yaml as it is saved -> the running daemon by it; or what is wrong, told, and everything as it was."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.message import Message
from alerts.rules import RuleSet
from crawler.gazetteer.own import NOTHING, Own, adopt
from crawler.newsroom import Newsroom
from scheduler.archive_alerts import APPLY, apply_all
from scheduler.clock import Clock
from scheduler.config import Config, ConfigError, Problem
from scheduler.config_files import read_bytes
from scheduler.config_include import IncludeError, included
from scheduler.config_yaml import Spot, read
from scheduler.database import StoreError
from scheduler.dispatcher import Dispatcher
from scheduler.failures import Ways
from scheduler.logs import Mask, say
from scheduler.ringing import Ringer

EVERY = 1.0  # seconds between two looks at the files
SHOWN = 20  # problems listed in a notice

Load = Callable[[], Config]
Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(slots=True)
class House:
    """A configuration with its database open and its newsroom running; `path` is the file as the user named it."""

    config: Config
    path: Path
    newsroom: Newsroom
    ringer: Ringer
    dispatcher: Dispatcher


def furnish(house: House, config: Config, rules: RuleSet) -> None:
    """Put the configuration's rules and channels in place. Secrets of before stay masked."""
    channels, system = config.channels.values(), _system(config)
    house.ringer.rules, house.ringer.system = rules, system
    house.ringer.channels = {channel.name: channel.limit for channel in channels}
    house.dispatcher.channels = {channel.name: channel.url for channel in channels}
    house.dispatcher.ways = Ways({one.name: one.fallback for one in channels if one.fallback}, system)
    dressing = house.dispatcher.dressing
    dressing.templates = {one.name: one.template for one in channels if one.template}
    dressing.system = system
    dressing.zone = ZoneInfo(config.timezone) if config.timezone else UTC
    house.dispatcher.mask.add(config.secrets)
    house.config = config


class Reloader:
    """Looks at the files every second, and takes in what was saved once it has stopped changing."""

    def __init__(self, house: House, clock: Clock, load: Load, mask: Mask) -> None:
        """Begin with the files as they are now. `load` reads them and raises ConfigError; `mask` is that of the log."""
        self.house, self.clock, self.load, self.mask = house, clock, load, mask
        self.forced = asyncio.Event()
        self._wrong: tuple[str, ...] = ()  # what the file that does not pass includes: it may be mended there
        self._read = self._seen = stamp(house.config, house.path)
        self._told: str | None = None

    async def watch(self) -> None:
        """Apply the rules that were asked to be to the archive, then take in what is saved, for ever."""
        await self._guarded(self._apply)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.forced.wait(), EVERY)
            await self._guarded(self._look)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StoreError as error:
            say("config", str(error), level=logging.WARNING)
        except Exception as error:  # noqa: BLE001  a fault here must not end the watch: the old rules go on
            say("config", f"a fault in Tocsin: {error}", level=logging.ERROR, trace=True)

    async def _look(self) -> None:
        forced, now = self.forced.is_set(), await asyncio.to_thread(self._stamp)
        settled, self._seen = now == self._seen, now
        if not forced and (now == self._read or not settled):  # half written files change again within a second
            return
        self.forced.clear()
        self._read = now
        await self.reload(forced=forced)

    def _stamp(self) -> Stamp:
        return stamp(self.house.config, self.house.path, self._wrong)

    async def reload(self, *, forced: bool = False) -> None:
        """Load the files and go by them; where they don't pass, tell it and change nothing."""
        house = self.house
        try:
            config = await asyncio.to_thread(self.load)
            if config.database.resolve() != house.config.database.resolve():
                raise ConfigError([_moved(house.path)], includes=config.includes)
        except ConfigError as error:
            self._wrong = tuple(error.includes)
            self._refuse(error.problems)
            return
        if not forced and self._told is None and same(house.config, config):
            return  # saved as it was, or with other comments
        rules = await asyncio.to_thread(_compiled, house, config)
        try:
            self._adopt(config, rules)
        except StoreError as error:
            say("config", f"{error}; the configuration is read again", level=logging.WARNING)
            self._read = ()
            return
        self._wrong = ()
        await self._apply()

    def _adopt(self, config: Config, rules: RuleSet) -> None:
        """Go by a configuration: first what may fail, rows and what is read of them, then what can't.

        Nothing is awaited, so that no poll sees one half of it. Raises StoreError, with nothing changed.
        """
        house, before = self.house, self.house.config
        store, now = house.ringer.store, house.ringer.now()
        with store.sql.writing():
            store.sources.register(config.sources)
            names = [rule.name for rule in config.rules if rule.enabled]
            store.orders.loaded(house.path, names, [source.name for source in config.sources], now)
            if self._told is not None:
                said = f"{house.path} is in order again; its rules apply from now on."
                message = Message("The configuration passes again", said, "info")
                store.outbox.notice("configuration", message, _system(config), now)
            self.clock.adopt(config.sources)
        furnish(house, config, rules)
        self.mask.add(config.secrets)
        if not same_names(before.own, config.own):
            adopt(config.own)
            house.newsroom.workers.renew()
        say("config", f"{house.path} reloaded: {'; '.join(_changes(before, config)) or 'nothing has changed'}")
        for problem in config.warnings:
            say("config", str(problem), level=logging.WARNING)
        self._told = None
        house.ringer.rang()

    async def _apply(self) -> None:
        """Judge the archive's stories by the rules that somebody asked for."""
        await apply_all(self.house.ringer, self.house.ringer.store.orders.asked(APPLY))

    def _refuse(self, problems: Sequence[Problem]) -> None:
        """Tell what is wrong, once; the rules of before stay in force."""
        said = "\n".join(map(self.mask, map(str, problems)))
        if said == self._told:
            return
        count = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
        say("config", f"{self.house.path} does not pass, the old rules stay in force: {count}", level=logging.ERROR)
        for line in said.splitlines()[:SHOWN]:
            say("config", f"  {line}", level=logging.ERROR)
        house = self.house
        more = f"\n… and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        shown = "\n".join(said.splitlines()[:SHOWN])
        body = f"The rules of before stay in force until it passes. 'tocsin check' says all.\n\n{shown}{more}"
        try:
            with house.ringer.store.sql.writing():
                store, now = house.ringer.store, house.ringer.now()
                store.orders.refused(said, now)
                store.orders.asked(APPLY)  # forgotten: `tocsin reload` tells who asked that the file does not pass
                title = f"The configuration does not pass: {count} in {house.path.name}"
                store.outbox.notice("configuration", Message(title, body, "warning"), house.ringer.system, now)
        except StoreError as error:
            say("config", str(error), level=logging.WARNING)
            self._read = ()  # told at the next look
            return
        self._told = said
        house.ringer.rang()


def stamp(config: Config, path: Path, also: Iterable[str] = ()) -> Stamp:
    """Return what tells whether a file was saved since: of each file that was read, and those an `include:` names.

    `also` are further patterns.
    """
    files = [path, *config.files]
    for pattern in dict.fromkeys((*config.includes, *also)):
        try:
            files += included(pattern)
        except (IncludeError, OSError):
            continue  # told when the file is loaded
    found = []
    for file in dict.fromkeys(files):
        try:
            stat = file.stat()
            found.append((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        except OSError:
            found.append((str(file), 0, -1, 0))
    return tuple(found)


def _moved(path: Path) -> Problem:
    """Return that the database can't change, with its place where it is written."""
    spot = read(read_bytes(path)).keys.get(("database",), Spot(1, 1))
    return Problem(path, spot.line, spot.column, "'database' can't change while Tocsin runs: restart it for that")


def same(one: Config, other: Config) -> bool:
    """Whether two configurations say the same, wherever their files say it."""
    return same_names(one.own, other.own) and replace(one, own=NOTHING) == replace(other, own=NOTHING)


def _compiled(house: House, config: Config) -> RuleSet:
    """Return the rules ready to match; those in force where they are the same."""
    if config.rules == house.config.rules:
        return house.ringer.rules
    return RuleSet(config.rules)


def same_names(one: Own, other: Own) -> bool:
    """Whether two sets of own names are the same."""
    return (one.groups, one.regions) == (other.groups, other.regions)


def _system(config: Config) -> tuple[str, ...]:
    return tuple(channel.name for channel in config.channels.values() if channel.system)


def _changes(before: Config, after: Config) -> list[str]:
    """Return what is different, in words."""
    said = [
        *_counted("rule", {rule.name: rule for rule in before.rules}, {rule.name: rule for rule in after.rules}),
        *_counted("source", {one.name: one for one in before.sources}, {one.name: one for one in after.sources}),
        *_counted("channel", dict(before.channels), dict(after.channels)),
    ]
    if not same_names(before.own, after.own):
        said.append("own regions and groups changed")
    said += [f"{key} changed" for key in ("canary", "heartbeat") if getattr(before, key) != getattr(after, key)]
    if (before.contact, before.delay) != (after.contact, after.delay):
        said.append("'contact' and 'delay' take effect at the next start")
    return said


def _counted(noun: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    kinds = {
        "added": [name for name in after if name not in before],
        "changed": [name for name in after if name in before and after[name] != before[name]],
        "removed": [name for name in before if name not in after],
    }
    told = [
        f"{len(names)} {word} ({', '.join(names[:5])}{', …' * (len(names) > 5)})"
        for word, names in kinds.items()
        if names
    ]
    return [f"{noun}s: {', '.join(told)}"] if told else []


def loader(path: Path, environ: Mapping[str, str], valid_url: Callable[[str], bool] | None = None) -> Load:
    """Return what loads the file, and raises ConfigError."""
    from scheduler.config import load  # noqa: PLC0415  named as the module's own is

    def loaded() -> Config:
        if path.is_fifo():  # nobody may ever write into it, and a thread that waits for that can't be stopped
            raise ConfigError([Problem(path, 1, 1, "the file can't be read: it is a pipe")])
        return load(path, environ, valid_url=valid_url)

    return loaded
