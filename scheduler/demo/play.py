"""The script + the real daemon -> the demonstration: 0 when the expected alerts rang and no other."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from time import monotonic

from scheduler.archive import Archive, open_archive
from scheduler.config import Config, load
from scheduler.database import StoreError
from scheduler.demo import script as scripts
from scheduler.demo.backstage import Daemon
from scheduler.demo.newsroom import Newsroom
from scheduler.demo.script import Scene, Script
from scheduler.demo.stage import Echo, Stage
from scheduler.demo.verdict import Verdict, judge

LIMIT = 50.0  # seconds for all scenes; the command promises to end within a minute
PAUSE = 2.5  # seconds that a person on a terminal gets to read a scene
BREATH = 0.2  # seconds that the last lines of a scene get to arrive
GLANCE = 0.1  # seconds between two looks at the database


class TakesTooLong(Exception):
    """The daemon did not get on with the scene in time, or is gone."""


def play(echo: Echo) -> int:
    """Run the demonstration, writing it line by line with `echo`; return the exit code."""
    now = datetime.now(UTC)
    script, stage = scripts.load(now), Stage(echo)
    with TemporaryDirectory(prefix="tocsin-demo-") as folder, Newsroom(script.outlets, now) as newsroom:
        config = load(write_config(Path(folder), script, newsroom), os.environ)
        show = Show(script, newsroom, stage, config)
        stage.open(script, config.rules)
        try:
            with _terminable(), Daemon(Path(folder) / "config.yaml") as daemon:
                problems = show.run(daemon)
        except KeyboardInterrupt:
            echo("stopped")
            return 130
        return show.finish(problems)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the demonstration as Ctrl-C does, so that the daemon is stopped with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def write_config(folder: Path, script: Script, newsroom: Newsroom) -> Path:
    """Write the configuration with the addresses of this newsroom's feeds; return its path."""
    template = Template((scripts.HERE / "config.yaml").read_text(encoding="utf8"))
    feeds = {outlet.slug.replace("-", "_"): newsroom.feed_url(outlet.slug) for outlet in script.outlets}
    path = folder / "config.yaml"
    path.write_text(template.substitute(feeds), encoding="utf8")
    return path


class Show:
    """One showing: the scenes in turn, each when the daemon has dealt with the one before."""

    def __init__(self, script: Script, newsroom: Newsroom, stage: Stage, config: Config, limit: float = LIMIT) -> None:
        """Prepare; nothing is published yet. `limit` is the seconds that all scenes may take together."""
        self.script, self.newsroom, self.stage, self.config = script, newsroom, stage, config
        self.urls: dict[str, str] = {}
        self.limit, self.deadline = limit, monotonic() + limit

    def run(self, daemon: Daemon) -> list[str]:
        """Play every scene and stop the daemon; return what went wrong with that, in plain words."""
        problems = []
        try:
            self._until(daemon, lambda: all(self._polls(slug) for slug in self._outlets()), "look at the sites")
            for number, scene in enumerate(self.script.scenes, 1):
                self._play(number, scene, daemon)
            self._one_more_poll(daemon)
        except TakesTooLong as problem:
            problems.append(str(problem))
        code = daemon.stop()
        while line := daemon.line(0.0):
            self.stage.show(line)
        if code and not problems:
            problems.append(f"the daemon ended with exit code {code}")
        return problems

    def finish(self, problems: list[str]) -> int:
        """Show what came of it; return the exit code."""
        try:
            archive = open_archive(self.config.database)
        except StoreError as error:
            archive, problems = None, [*problems, str(error)]
        seen = judge(archive, self.script, self.urls, self.config.rules) if archive else Verdict(lines=(), problems=())
        verdict = Verdict(lines=seen.lines, problems=(*problems, *seen.problems))
        self.stage.close([self._tally(slug, archive) for slug in self._outlets()], verdict, self.script)
        if archive:
            archive.close()
        return 1 if verdict.problems else 0

    def _play(self, number: int, scene: Scene, daemon: Daemon) -> None:
        self.stage.scene(number, len(self.script.scenes), scene.says)
        for slug in scene.publish:
            piece, now = self.script.pieces[slug], datetime.now(UTC)
            outlet = next(outlet for outlet in self.script.outlets if outlet.slug == piece.outlet)
            self.stage.published(outlet.name, piece.title, now)
            self.urls[slug] = self.newsroom.publish(piece, now)
        self._until(daemon, self._dealt_with, f"read scene {number}")
        self._linger(daemon, PAUSE if sys.stdout.isatty() else BREATH)

    def _one_more_poll(self, daemon: Daemon) -> None:
        """Wait for another poll of each outlet: an alert that should not come gets its chance to."""
        before = {slug: self._polls(slug) for slug in self._outlets()}
        self._until(daemon, lambda: all(self._polls(slug) > before[slug] for slug in before), "poll again")

    def _until(self, daemon: Daemon, done: Callable[[], bool], what: str) -> None:
        """Show what the daemon says until `done`."""
        while not done():
            if not daemon.running:
                raise TakesTooLong("the daemon has ended")
            if monotonic() > self.deadline:
                raise TakesTooLong(f"after {self.limit:.0f} seconds the daemon did not {what}")
            self._linger(daemon, GLANCE)

    def _linger(self, daemon: Daemon, seconds: float) -> None:
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            if line := daemon.line(left):
                self.stage.show(line)

    def _dealt_with(self) -> bool:
        """Whether each published piece is in the database and every alert for it was delivered, or given up."""
        try:
            archive = open_archive(self.config.database)
        except StoreError:
            return False
        try:
            return all(_settled(archive, url) for url in self.urls.values())
        finally:
            archive.close()

    def _outlets(self) -> list[str]:
        return [outlet.slug for outlet in self.script.outlets]

    def _polls(self, outlet: str) -> int:
        return sum(hit.path.endswith("/feed.xml") for hit in self.newsroom.hits(outlet))

    def _tally(self, outlet: str, archive: Archive | None) -> tuple[str, int, int, int]:
        hits = [hit for hit in self.newsroom.hits(outlet) if hit.path.endswith("/feed.xml")]
        name = next(known.name for known in self.script.outlets if known.slug == outlet)
        urls = [url for slug, url in self.urls.items() if self.script.pieces[slug].outlet == outlet]
        kept = sum(archive.article(url) is not None for url in urls) if archive else 0
        return name, len(hits), sum(hit.status == 304 for hit in hits), kept


def _settled(archive: Archive, url: str) -> bool:
    article = archive.article(url)
    if article is None:
        return False
    alerts = [decision["alert_id"] for decision in archive.decisions(article["id"]) if decision["alert_id"]]
    return all(attempt["state"] != "owed" for alert in alerts for attempt in archive.attempts(alert))
