"""A daemon whose clock is set by hand, with rules that gather; and stories that nobody takes for one another."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from alerts.delivery import Outcome, State
from alerts.rules import RuleSet
from scheduler.config import load
from scheduler.digests import release_gathered
from scheduler.ringing import Ringer, ring
from tests.fakes import NALCHIK, NOON, group, place, reading
from tests.scheduler.test_pipeline import opened

CONFIG = """
channels:
  desk: {url: "console://", system: true}
  phone: {url: "json://phone.example"}
rules:
"""
NIGHT = """
  - name: Night
    when: {region: North Caucasus, killed: ">= 5"}
    notify: phone
    tell_again: {killed: "+5"}
    quiet: {hours: "22:00-07:00", timezone: UTC, except: {killed: ">= 50"}}
"""
WORDS = ["ambush", "market", "bridge", "barracks", "school", "railway", "hospital", "convoy", "mosque", "tanker", "dam"]
HOUR = timedelta(hours=1)
LATE = NOON + 11 * HOUR  # 23:00
MORNING = NOON + 19 * HOUR  # 07:00


class Daemon:
    """Rings by one clock that is set by hand, and is started again on the same file where told to."""

    def __init__(self, folder, rules=NIGHT, channels=("desk", "phone")):
        self.folder, self.now, self.woken = folder, LATE, 0
        limits = dict.fromkeys(channels)
        self.ringer = Ringer(opened(folder), self.read(rules), lambda: self.now, self.wake, ("desk",), limits)

    def read(self, rules):
        (self.folder / "config.yaml").write_text(CONFIG + rules)
        return RuleSet(load(self.folder / "config.yaml", {}).rules)

    def wake(self):
        self.woken += 1

    @property
    def store(self):
        return self.ringer.store

    def restart(self, rules=None, **own):
        self.store.close()
        given = {"store": opened(self.folder)} | ({} if rules is None else {"rules": self.read(rules)})
        self.ringer = replace(self.ringer, **given | own)

    def ring(self, *came, after=timedelta(minutes=1)):
        rung = 0
        for one in came:
            self.now += after
            rung += ring(one, self.ringer)
        return rung

    def release(self, at=None):
        self.now = at or self.now
        return release_gathered(self.ringer, self.now)

    def killed(self, monkeypatch, owner, method, what):
        """Do something with the process killed once this method has done its part."""
        done = getattr(owner, method)

        def crash(*args, **own):
            done(*args, **own)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
            patched.setattr(owner, method, crash)
            what()
        self.restart()

    def sent(self):
        """Send all that is owed; return by channel the titles."""
        got = []
        for one in self.store.outbox.owed(self.now):
            got.append((one.channel, one.message.title))
            self.store.outbox.record(Outcome(delivery=one.id, state=State.SENT, detail="accepted", at=self.now))
        return {channel: [title for _, title in titles] for channel, titles in groupby(sorted(got), lambda one: one[0])}

    def bodies(self):
        return [one.message.body for one in self.store.outbox.owed(self.now)]

    def states(self):
        found = self.store.sql.rows("select state from deliveries where alert_id is not null order by id")
        return [row["state"] for row in found]

    def reasons(self):
        return [row["reason"] for row in self.store.sql.rows("select reason from decisions order by id")]


def event(number, killed, **own):
    """Return a report of an event of its own; those of one number are of one event."""
    what, other = WORDS[number % len(WORDS)], WORDS[(number * 7 + 3) % len(WORDS)]
    town = f"{what.title()}{number}kala"
    text = (
        f"In {town} an attack on the {what} left {killed} people dead, the local {other} administration said. "
        f"Witnesses of {town} spoke of {what} number {number * 37 + 11}, {other} street and a {other} on fire."
    )
    given = {"url": f"https://e.example/{number}/{killed}", "killed": killed, "source": "Example Wire"}
    given |= {
        "places": [place(town, f"RU-X{number}", *NALCHIK, kind="city")],
        "groups": [group("iskp", "ISKP", "islamic-state", role="mentioned")],
    }
    return reading(f"{killed} dead at {town} {what}", text, **given | own)
