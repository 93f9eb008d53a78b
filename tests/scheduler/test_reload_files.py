"""What becomes of the files: looked at, half written, linked, gone; the daemon and `tocsin reload` beside it."""

import asyncio
import gc
import os
import signal
import time

import pytest

from alerts.rules import RuleSet
from scheduler import reload
from scheduler.config import ConfigError, load
from scheduler.reload import loader, stamp
from scheduler.store import open_store
from tests import site
from tests.scheduler.running import BASE
from tests.test_journey import configure, daemon, publish, receiver, tocsin, until, wire  # noqa: F401


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


def test_a_file_that_an_include_names_anew_mends_what_did_not_pass(running):
    rules = running.path.parent / "rules"
    running.save(BASE + "include: rules/*.yaml\n")
    assert "no file fits 'rules/*.yaml'" in running.store.orders.standing().problems
    rules.mkdir()
    (rules / "a.yaml").write_text("rules: [{name: A, when: {kiled: 5}, notify: desk}]")
    running.look()
    assert "unknown key 'kiled'" in running.store.orders.standing().problems
    (rules / "a.yaml").write_text("rules: [{name: A, when: {killed: 5}, notify: desk}]")
    running.look()
    assert running.rules == ["Caucasus", "Syria", "A"]


def test_a_file_behind_a_link_that_is_turned_to_another_folder_is_taken_in(running):
    """As Kubernetes mounts a ConfigMap: config.yaml -> ..data/config.yaml, and ..data -> a folder for each version."""
    folder = running.path.parent
    for number, text in enumerate((BASE, BASE.replace("name: Syria", "name: Mali"))):
        (folder / f"version{number}").mkdir()
        (folder / f"version{number}" / "config.yaml").write_text(text)
    running.path.unlink()
    (folder / "..data").symlink_to("version0")
    running.path.symlink_to("..data/config.yaml")
    running.look()
    (folder / "..new").symlink_to("version1")
    os.replace(folder / "..new", folder / "..data")
    running.look()
    assert running.rules == ["Caucasus", "Mali"]
    assert running.notices() == []


def test_what_is_saved_while_the_file_is_read_is_not_missed(running):
    read = running.load

    def slow():
        config = read()
        running.path.write_text(BASE.replace("name: Syria", "name: Niger"))
        running.reloader.load = read
        return config

    running.reloader.load = slow
    running.save(BASE.replace("name: Syria", "name: Mali"))
    running.look()
    assert running.rules == ["Caucasus", "Niger"]


def test_a_file_saved_fifty_times_in_a_second_is_read_when_it_has_settled(running, monkeypatch):
    reads = []

    async def saved():
        monkeypatch.setattr(reload, "EVERY", 0.1)
        monkeypatch.setattr(running.reloader, "load", lambda: reads.append(1) or running.load())
        watch = asyncio.create_task(running.reloader.watch())
        for number in range(50):
            running.path.write_text(("rules: [", BASE[: number * 7], "")[number % 3])
            await asyncio.sleep(0.02)
        running.path.write_text(BASE.replace("name: Syria", "name: Mali"))
        while running.rules != ["Caucasus", "Mali"]:
            await asyncio.sleep(0.01)
        watch.cancel()

    asyncio.run(asyncio.wait_for(saved(), 30))
    assert len(reads) < 10


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "config.yaml")
    with pytest.raises(ConfigError, match="it is a pipe"):
        loader(tmp_path / "config.yaml", {})()


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


def test_reload_ends_no_process_that_holds_the_database_without_listening(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    receiver.hang = True
    polling = tocsin(tmp_path, "once")
    until(receiver.came.is_set)
    polling.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    receiver.hang = False
    assert (polling.wait(30), len(receiver.got)) == (0, 1)
    polling.stdout.close()


def test_reload_says_what_does_not_pass_as_the_daemon_reads_it(tmp_path, wire, receiver, monkeypatch):  # noqa: F811
    configure(tmp_path, wire, receiver)
    path = tmp_path / "config.yaml"
    with daemon(tmp_path) as (_, printed):
        until(lambda: any("watching 1 sources" in line for line in printed))
        monkeypatch.setenv("ONLY_HERE", "a-secret-of-this-shell")
        path.write_text(path.read_text().replace("channels: {", 'channels: {new: "json://u:${ONLY_HERE}@127.0.0.1/", '))
        asked = tocsin(tmp_path, "reload")
        told, _ = asked.communicate(timeout=60)
    assert asked.returncode == 1
    assert "does not pass as the daemon reads it; its old rules stay in force:" in told
    assert "ONLY_HERE" in told


def test_the_daemon_goes_by_sources_channels_and_own_names_as_they_are_saved(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    path, said = tmp_path / "config.yaml", TEXT_OF_ANOTHER.replace("gunmen attacked", "the Sons of Derbent attacked")
    wire.page("/c.html", said)
    wire.feed("/other.xml", [site.Item("Police killed in Dagestan", wire.url("/c.html"))])
    wire.feed("/feed.xml", [])
    good = path.read_text().replace(receiver.url, "json://127.0.0.1:9/")
    path.write_text(good)
    with daemon(tmp_path) as (_, printed):
        until(lambda: wire.hits["/feed.xml"] > 1)
        changed = good.replace("json://127.0.0.1:9/", receiver.url).replace("/feed.xml", "/other.xml")
        sons = changed.replace('killed: ">= 5"', "group: Sons of Derbent") + "groups: [{name: Sons of Derbent}]\n"
        path.write_text(sons.replace("name: Wire", "name: Телеграф"))
        until(lambda: receiver.got)
        polled = wire.hits["/feed.xml"]
        until(lambda: wire.hits["/other.xml"] > 3)
        assert wire.hits["/feed.xml"] == polled
    said = "sources: 1 added (Телеграф), 1 removed (Wire); channels: 1 changed (hook); own regions and groups changed"
    assert any(said in line for line in printed)
    assert len(receiver.got) == 1
    assert "Sons of Derbent" in receiver.got[0]["message"]


def rule_sets():
    gc.collect()
    return sum(isinstance(one, RuleSet) for one in gc.get_objects())


def test_a_file_that_is_loaded_over_and_over_leaves_nothing_behind(running):
    before = rule_sets()  # other tests' among them
    for number in range(40):
        running.save(BASE.replace("name: Syria", f"name: Syria {number}"))
    assert running.store.sql.one("select count(*) as n from configuration")["n"] == 1
    assert len(running.jobs) == 2
    assert rule_sets() < before + 5
