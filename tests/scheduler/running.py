"""A daemon's parts around a real file and a real database, for what a saved configuration does to them."""

from __future__ import annotations

import asyncio

from alerts.rules import RuleSet
from scheduler.clock import Clock
from scheduler.dispatcher import Dispatcher
from scheduler.logs import Mask
from scheduler.reload import House, Reloader, furnish, loader
from scheduler.ringing import Ringer
from tests.fakes import NALCHIK, NOON, Receiver, place, reading

BASE = """\
channels: {desk: "json://user:first-secret@127.0.0.1:9/", ops: {url: "json://127.0.0.1:9/", system: true}}
sources: [{name: Wire, url: "http://127.0.0.1:9/a.xml"}, {name: Post, url: "http://127.0.0.1:9/b.xml"}]
rules:
  - {name: Caucasus, when: {region: North Caucasus}, notify: desk}
  - {name: Syria, when: {region: Syria}, notify: desk}
"""


class Workers:
    renewed = 0

    def renew(self):
        self.renewed += 1


class Newsroom:
    """One that never answers."""

    def __init__(self):
        self.workers, self.polled = Workers(), []

    async def poll(self, source, *_):
        self.polled.append(source.name)
        await asyncio.Event().wait()


class Running:
    """A daemon's parts around a real file and a real database, to be looked at from within."""

    def __init__(self, folder, store):
        self.path, self.store, self.mask = folder / "config.yaml", store, Mask(())
        self.now, self.load = NOON, loader(self.path, {"TOKEN": "second-secret"})
        config = self.load()
        dispatcher = Dispatcher(store, {}, Receiver(), self.mask, lambda: self.now)
        self.ringer = Ringer(store, RuleSet(config.rules), lambda: self.now, lambda: None)
        self.house = House(config, self.path, Newsroom(), self.ringer, dispatcher)
        furnish(self.house, config, self.ringer.rules)
        store.sources.register(config.sources)
        store.orders.loaded(self.path, [rule.name for rule in config.rules], [], self.now)
        self.clock = Clock(self.house.newsroom, self.ringer)
        self.clock.adopt(config.sources)
        self.reloader = Reloader(self.house, self.clock, self.load, self.mask)

    def save(self, text):
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.look()

    def look(self):
        """Look at the files as the daemon does: until what was saved has settled, and once more."""

        async def looked():
            for _ in range(3):
                await self.reloader._look()

        asyncio.run(looked())

    @property
    def rules(self):
        return [rule.name for rule in self.ringer.rules]

    @property
    def jobs(self):
        return sorted(job.id for job in self.clock.scheduler.get_jobs())

    def notices(self):
        return [row["title"] for row in self.store.sql.rows("select title from notices order by id")]


def rang(running):
    return [(r["rule"], r["reason"]) for r in running.store.sql.rows("select rule, reason from alerts order by id")]


def report(number, **said):
    told = {"killed": 11, "places": [place("Kabardino-Balkaria", *NALCHIK)], "source": "Wire"} | said
    text = f"Eleven militants were killed in an operation in Nalchik, officials said. Report {number}."
    return reading("Militants killed in Nalchik", text, url=f"https://wire.example/{number}", **told)
