"""A saved configuration is taken in without a restart; one that does not pass changes nothing and is told."""

import asyncio
import contextlib
import os
import signal
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.rules import RuleSet
from scheduler import clock, reload
from scheduler.archive_alerts import apply_to_archive
from scheduler.clock import Clock
from scheduler.config import load
from scheduler.dispatcher import Dispatcher
from scheduler.logs import Mask
from scheduler.pipeline import Tally
from scheduler.reload import House, Reloader, furnish, stamp
from scheduler.ringing import Ringer, release, ring
from scheduler.store import open_store
from tests import site
from tests.fakes import NALCHIK, NOON, Receiver, place, reading
from tests.test_journey import configure, daemon, publish, receiver, tocsin, until, wire  # noqa: F401

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
        self.now = NOON
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

    def load(self):
        return load(self.path, {"TOKEN": "second-secret"})

    def save(self, text):
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        asyncio.run(self.reloader.reload())

    @property
    def rules(self):
        return [rule.name for rule in self.ringer.rules]

    @property
    def jobs(self):
        return sorted(job.id for job in self.clock.scheduler.get_jobs())

    def notices(self):
        return [row["title"] for row in self.store.sql.rows("select title from notices order by id")]


@pytest.fixture
def running(tmp_path, caplog):
    caplog.set_level("INFO", "tocsin")
    (tmp_path / "config.yaml").write_text(BASE)
    with closing(open_store(tmp_path / "t.db")) as store:
        yield Running(tmp_path, store)


def rang(running):
    return [(r["rule"], r["reason"]) for r in running.store.sql.rows("select rule, reason from alerts order by id")]


def report(number, **said):
    told = {"killed": 11, "places": [place("Kabardino-Balkaria", *NALCHIK)], "source": "Wire"} | said
    text = f"Eleven militants were killed in an operation in Nalchik, officials said. Report {number}."
    return reading("Militants killed in Nalchik", text, url=f"https://wire.example/{number}", **told)


def test_rules_and_channels_of_a_saved_file_are_in_force_at_once(running, caplog):
    text = BASE.replace("name: Syria, when: {region: Syria}", "name: Mali, when: {region: Mali}")
    running.save(text.replace("first-secret", "${TOKEN}").replace("region: North Caucasus", "region: Caucasus"))
    assert running.rules == ["Caucasus", "Mali"]
    assert "second-secret" in running.house.dispatcher.channels["desk"]
    assert running.mask("first-secret and second-secret") == "*** and ***"
    assert running.store.orders.standing().rules == ("Caucasus", "Mali")
    said = "rules: 1 added (Mali), 1 changed (Caucasus), 1 removed (Syria); channels: 1 changed (desk)"
    assert said in caplog.text


def test_sources_added_changed_and_removed_take_effect_and_the_others_keep_their_next_poll(running):
    before = {job.id: job.trigger.run_date for job in running.clock.scheduler.get_jobs()}
    running.now += timedelta(minutes=5)
    sources = '[{name: Wire, url: "http://127.0.0.1:9/a.xml"}, {name: Zeit, url: "http://127.0.0.1:9/z.xml"}]'
    running.save(BASE.replace(BASE.splitlines()[1], f"sources: {sources}"))
    assert running.jobs == ["poll Wire", "poll Zeit"]
    after = {job.id: job.trigger.run_date for job in running.clock.scheduler.get_jobs()}
    assert after["poll Wire"] == before["poll Wire"]
    assert after["poll Zeit"] >= running.now


def test_a_source_that_was_removed_while_it_was_polled_is_not_planned_again(running):
    async def polled():
        source = running.clock.sources["Post"]
        polling = asyncio.create_task(running.clock._poll(source))
        await asyncio.sleep(0)
        running.clock.adopt([running.clock.sources["Wire"]])
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await polling

    asyncio.run(polled())
    assert running.jobs == ["poll Wire"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\xff\xfe" * 999, "config.yaml:1:3: this is not UTF-8"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (BASE.replace("region: Syria", "region: Syrai"), "did you mean Syria"),
        (BASE.replace("rules:", "rulez:"), "unknown key 'rulez'"),
        (BASE + "database: other.db\n", "'database' can't change while Tocsin runs"),
        (BASE.replace("first-secret", "${NOT_SET}"), "NOT_SET"),
        ("правила: [" * 40, "config.yaml:1:"),
    ],
    ids=["empty", "binary", "huge", "slip", "key", "database", "secret", "deep"],
)
def test_a_file_that_does_not_pass_changes_nothing_and_is_told_once(running, caplog, text, said):
    rules, channels, jobs = running.ringer.rules, running.house.dispatcher.channels, running.jobs
    for _ in range(3):
        running.save(text)
    assert (running.ringer.rules, running.house.dispatcher.channels, running.jobs) == (rules, channels, jobs)
    assert said in caplog.text
    assert said in running.store.orders.standing().problems
    (notice,) = running.notices()
    assert notice.startswith("The configuration does not pass: ")
    assert [row["channel"] for row in running.store.sql.rows("select channel from deliveries")] == ["ops"]


def test_a_file_that_passes_again_is_told_and_in_force(running):
    running.save("rules: [")
    running.save(BASE.replace("name: Syria", "name: Сирия"))
    assert running.rules == ["Caucasus", "Сирия"]
    assert running.store.orders.standing().problems is None
    assert running.notices()[-1] == "The configuration passes again"


def test_what_went_wrong_at_other_places_is_told_anew(running):
    running.save("rules: [")
    running.save("sources: [")
    assert len(running.notices()) == 2


@pytest.mark.parametrize("damage", ["gone", "a folder", "a link to nowhere"])
def test_a_file_that_is_no_file_any_more_is_told_and_the_rules_stay(running, damage):
    running.path.unlink()
    if damage == "a folder":
        running.path.mkdir()
    elif damage == "a link to nowhere":
        running.path.symlink_to("nowhere.yaml")
    asyncio.run(running.reloader.reload())
    assert running.rules == ["Caucasus", "Syria"]
    assert "can't be read" in running.store.orders.standing().problems


def test_a_file_saved_as_it_was_or_in_another_order_rings_and_tells_nothing(running):
    ring(report(1), running.ringer)
    before = rang(running)
    running.save(BASE)
    first, second = BASE.splitlines()[3:5]
    running.save(BASE.replace(f"{first}\n{second}", f"{second}\n{first}"))
    assert running.rules == ["Syria", "Caucasus"]
    assert (rang(running), running.notices()) == (before, [])


def test_an_edited_rule_applies_from_now_on_and_rings_nothing_again(running):
    ring(report(1), running.ringer)
    assert rang(running) == [("Caucasus", "new")]
    edited = BASE.replace("region: North Caucasus", "region: [North Caucasus, Georgia]")
    running.save(edited + "  - {name: Toll, when: {killed: 5}, notify: desk}\n")
    assert rang(running) == [("Caucasus", "new")]
    ring(report(2), running.ringer)
    assert rang(running) == [("Caucasus", "new")]


def test_a_new_rule_rings_for_the_archive_only_where_somebody_asks_and_once(running):
    ring(report(1), running.ringer)
    ring(report(2, source="Post", publisher="Post"), running.ringer)
    running.store.orders.ask("apply to the archive", "Toll", NOON)
    running.save(BASE + "  - {name: Toll, when: {killed: 5}, notify: desk}\n")
    assert rang(running)[-1] == ("Toll", "new")
    alerts = len(rang(running))
    assert (apply_to_archive(running.ringer, "Toll"), apply_to_archive(running.ringer, "Caucasus")) == (0, 0)
    assert (apply_to_archive(running.ringer, "Nobody"), len(rang(running))) == (None, alerts)
    running.now += timedelta(days=15)
    running.save(BASE.replace("name: Syria, when: {region: Syria}", "name: Late, when: {killed: 5}"))
    assert apply_to_archive(running.ringer, "Late") == 0


def test_a_rule_that_was_removed_while_its_alert_was_held_withdraws_it(running):
    running.save(BASE.replace("notify: desk}\n", "notify: desk, hold: 1m}\n", 1))
    ring(report(1), running.ringer)
    running.save(BASE.replace(BASE.splitlines()[3] + "\n", ""))
    running.now += timedelta(minutes=2)
    assert release(running.ringer) == 0
    assert running.store.sql.rows("select reason from decisions")[-1]["reason"] == "withdrawn"


def test_own_names_that_change_are_read_with_by_new_readers(running):
    own = "groups: [{name: Lions of Nalchik, aliases: [Nalchik Lions]}]\n"
    running.save(BASE + own)
    running.save(BASE + own)
    assert running.house.newsroom.workers.renewed == 1
    running.save(BASE)
    assert running.house.newsroom.workers.renewed == 2


def test_included_files_are_watched_and_new_ones_found(tmp_path):
    (tmp_path / "rules").mkdir()
    path = tmp_path / "config.yaml"
    path.write_text(BASE + "include: rules/*.yaml\n")
    (tmp_path / "rules" / "a.yaml").write_text("- {name: A, when: {killed: 5}, notify: desk}\n")
    config = load(path, {})
    first = stamp(config, path)
    (tmp_path / "rules" / "b.yaml").write_text("- {name: B, when: {killed: 5}, notify: desk}\n")
    second = stamp(config, path)
    (tmp_path / "rules" / "a.yaml").unlink()
    assert len({first, second, stamp(config, path)}) == 3


def test_the_daemon_takes_in_what_is_saved_and_keeps_what_rang(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    path = tmp_path / "config.yaml"
    good = path.read_text()
    path.write_text(good.replace("region: North Caucasus", "region: Mali").replace("hook: ", "hook: ", 1))
    publish(wire, "/a.html")
    with daemon(tmp_path) as (process, printed):
        until(lambda: any("1 new of 1" in line for line in printed))
        for number in range(30):  # an editor that saves all the time, in place and by renaming
            path.write_text("rules: [" if number % 2 else good[: number * 9])
            if number % 3 == 0:
                (tmp_path / "new").write_text(good)
                os.replace(tmp_path / "new", path)
            time.sleep(0.03)
        path.write_text(good.replace('killed: ">= 5"', "kiled: 5"))
        until(lambda: any("unknown key 'kiled'" in line for line in printed))
        path.write_text(good)
        until(lambda: any("reloaded: rules: 1 changed (North Caucasus)" in line for line in printed))
        assert process.poll() is None
        wire.page("/b.html", TEXT_OF_ANOTHER)
        wire.feed("/feed.xml", [site.Item("Police killed in Dagestan", wire.url("/b.html"))])
        until(lambda: receiver.got)
        process.send_signal(signal.SIGHUP)
        until(lambda: any("reloaded: nothing has changed" in line for line in printed))
        asked = tocsin(tmp_path, "reload", "--apply-to-archive", "North Caucasus")
        assert "is in force: 1 rules" in asked.communicate(timeout=30)[0]
        until(lambda: any("applied to the archive" in line for line in printed))
        until(lambda: len(receiver.got) == 2)
    assert process.returncode == 0
    assert sorted(body["title"].split(",")[0] for body in receiver.got) == ["11 killed", "7 killed"]


TEXT_OF_ANOTHER = (
    "<!doctype html><html lang=en><head><title>Police killed in Dagestan</title></head><body><article><h1>Police "
    "killed in Dagestan</h1><p>Seven policemen were killed on Friday when gunmen attacked a checkpoint near Derbent in "
    "Dagestan, the interior ministry of the republic said.</p><p>The attackers fled into the mountains in two cars and "
    "a search was under way, a spokesman told reporters in Makhachkala.</p></article></body></html>"
)


def test_reload_without_a_daemon_says_so(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    open_store(tmp_path / "tocsin.db").close()
    asked = tocsin(tmp_path, "reload")
    assert "no Tocsin is running" in asked.communicate(timeout=30)[0]
    assert asked.returncode == 1
    wrong = tocsin(tmp_path, "reload", "--apply-to-archive", "Nobody")
    assert "there is no rule 'Nobody'; there is North Caucasus" in wrong.communicate(timeout=30)[0]
    assert wrong.returncode == 2


def test_a_fault_in_a_reload_does_not_end_the_watch(running, monkeypatch, caplog):
    async def watched():
        monkeypatch.setattr(reload, "EVERY", 0.01)
        monkeypatch.setattr(running.reloader, "load", lambda: 1 / 0)
        running.reloader.forced.set()
        watch = asyncio.create_task(running.reloader.watch())
        while "a fault in Tocsin" not in caplog.text:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(running.reloader, "load", running.load)
        running.path.write_text(BASE.replace("name: Syria", "name: Other"))
        while running.rules != ["Caucasus", "Other"]:
            await asyncio.sleep(0.01)
        watch.cancel()

    asyncio.run(asyncio.wait_for(watched(), 20))


def test_status_says_what_does_not_pass_and_what_is_in_force_meanwhile(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store:
        store.orders.loaded(folder / "config.yaml", ["Old rule"], ["Example Wire"], NOON)
        assert "Old rule" not in call("status")
        (folder / "config.yaml").write_text("database: tocsin.db\nrules: [")
        store.orders.refused("config.yaml:2:8: the list never ends", NOON)
    told = call("status")
    assert "has not passed since" in told
    assert "config.yaml:2:8: the list never ends" in told
    assert "Old rule" in told
    assert call("status", "--json")["configuration"]["problems"] == "config.yaml:2:8: the list never ends"


def test_status_of_a_file_that_names_no_database_looks_at_the_default_one_or_says_what_is_wrong(folder, call):
    (folder / "config.yaml").write_bytes(b"\xff\xfe")
    assert "3 articles" in call("status")
    (folder / "config.yaml").write_text("database: [")
    assert "3 articles" in call("status")
    (folder / "tocsin.db").unlink()
    assert "does not pass (1 problem; 'tocsin check' says which)" in call("status", code=2)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=1)], ids=["now", "an hour ago"])
def test_a_source_whose_next_poll_is_due_when_this_one_ends_is_polled_on(running, monkeypatch, late):
    polls = []

    async def poll(source, *_):
        polls.append(source.name)
        await asyncio.sleep(0)
        return Tally(next_poll=datetime.now(UTC) - late)  # the machine slept meanwhile, or its clock was put forward

    async def polled():
        running.clock.scheduler.start()
        running.clock._at(running.clock.sources["Wire"], datetime.now(UTC))
        while polls.count("Wire") < 5:
            await asyncio.sleep(0.01)
        running.clock.stop()

    monkeypatch.setattr(clock, "poll", poll)
    asyncio.run(asyncio.wait_for(polled(), 20))


def test_a_source_that_is_changed_while_it_is_polled_is_polled_by_what_it_is_now(running, monkeypatch):
    polls = []

    async def poll(source, *_):
        polls.append(source.every)
        if len(polls) == 1:
            running.clock.adopt([replace(source, every=timedelta(minutes=5))])
            await asyncio.sleep(0.05)
        return Tally(next_poll=datetime.now(UTC) + timedelta(hours=1))

    async def polled():
        running.now = datetime.now(UTC)
        running.clock.scheduler.start()
        await running.clock._poll(running.clock.sources["Wire"])
        while len(polls) < 2:
            await asyncio.sleep(0.01)
        running.clock.stop()

    monkeypatch.setattr(clock, "poll", poll)
    asyncio.run(asyncio.wait_for(polled(), 20))
    assert polls == [None, timedelta(minutes=5)]
