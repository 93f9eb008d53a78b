"""A saved configuration is taken in without a restart; one that does not pass changes nothing and is told."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from crawler.gazetteer import groups
from scheduler.database import claim
from scheduler.ringing import release, ring
from scheduler.store import open_store
from tests.fakes import NOON
from tests.scheduler.running import BASE, rang, report


def test_sources_added_changed_and_removed_take_effect_and_the_others_keep_their_next_poll(running):
    before = {job.id: job.trigger.run_date for job in running.clock.scheduler.get_jobs()}
    running.now += timedelta(minutes=5)
    sources = '[{name: Wire, url: "http://127.0.0.1:9/a.xml"}, {name: Zeit, url: "http://127.0.0.1:9/z.xml"}]'
    running.save(BASE.replace(BASE.splitlines()[1], f"sources: {sources}"))
    assert running.jobs == ["poll Wire", "poll Zeit"]
    after = {job.id: job.trigger.run_date for job in running.clock.scheduler.get_jobs()}
    assert after["poll Wire"] == before["poll Wire"]
    assert after["poll Zeit"] >= running.now


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


@pytest.mark.parametrize("damage", ["gone", "a folder", "a link to nowhere", "a link to itself", "a pipe", "locked"])
def test_a_file_that_is_no_file_any_more_is_told_and_the_rules_stay(running, damage):
    if damage == "locked":
        if os.geteuid() == 0:
            pytest.skip("nothing is locked to root")
        running.path.chmod(0)
    else:
        running.path.unlink()
    if damage == "a folder":
        running.path.mkdir()
    elif damage == "a pipe":
        os.mkfifo(running.path)
    elif damage.startswith("a link"):
        running.path.symlink_to("nowhere.yaml" if damage.endswith("nowhere") else "config.yaml")
    running.look()
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


def test_a_rule_that_was_removed_while_its_alert_was_held_withdraws_it(running):
    running.save(BASE.replace("notify: desk}\n", "notify: desk, hold: 1m}\n", 1))
    ring(report(1), running.ringer)
    running.save(BASE.replace(BASE.splitlines()[3] + "\n", ""))
    running.now += timedelta(minutes=2)
    assert release(running.ringer) == 0
    assert running.store.sql.rows("select reason from decisions")[-1]["reason"] == "withdrawn"


def test_own_names_that_change_are_read_with_by_new_readers(running):
    own = (
        "groups: [{name: Lions of Nalchik, aliases: [Nalchik Lions]}]\nregions: [{name: My Valley, members: [RU-KB]}]\n"
    )
    lions = "  - {name: Lions, when: {group: Lions of Nalchik, region: My Valley}, notify: desk}\n"
    running.save(BASE + lions + own)
    assert groups().resolve("Nalchik Lions").name == "Lions of Nalchik"
    running.save(BASE + lions.replace("name: Lions,", "name: Lionesses,") + own)
    assert (running.rules[-1], running.house.newsroom.workers.renewed) == ("Lionesses", 1)
    running.save(BASE + lions + own.replace("Nalchik Lions", "Baksan Lions"))
    assert (groups().resolve("Nalchik Lions"), running.house.newsroom.workers.renewed) == (None, 2)
    running.save(BASE)
    assert (groups().resolve("Baksan Lions"), running.house.newsroom.workers.renewed) == (None, 3)
    running.save(BASE + lions)
    assert "unknown armed group 'Lions of Nalchik'" in running.store.orders.standing().problems


def test_a_renamed_rule_rings_nothing_for_what_was_there_before(running):
    ring(report(1), running.ringer)
    running.save(BASE.replace("name: Caucasus", "name: Кавказ"))
    ring(report(2), running.ringer)
    assert (running.rules, rang(running)) == (["Кавказ", "Syria"], [("Caucasus", "new")])
    ring(report(3, killed=15), running.ringer)
    assert rang(running) == [("Caucasus", "new"), ("Кавказ", "new")]


def test_what_can_not_change_while_it_runs_is_said(running, caplog):
    running.save(BASE + "contact: you@example.org\ndelay: 3s\n")
    assert "reloaded: 'contact' and 'delay' take effect at the next start" in caplog.text


def test_warnings_of_a_saved_file_are_logged(running, caplog):
    running.save(BASE.replace("channels: {", 'channels: {mute: "json://127.0.0.1:9/", '))
    assert "config.yaml:1:12: no rule tells this channel" in caplog.text


def test_a_secret_of_a_file_that_does_not_pass_is_told_nowhere(running, caplog):
    running.save(BASE.replace("first-secret@127.0.0.1:9/", "third-secret@127.0.0.1:99999999/").replace("when", "wehn"))
    said = f"{caplog.text} {running.store.orders.standing().problems} {running.store.sql.rows('select * from notices')}"
    assert "unknown key 'wehn'" in said
    assert "third-secret" not in said


def test_nothing_is_half_in_force_while_the_database_is_locked(running, caplog):
    with closing(sqlite3.connect(running.store.sql.path, isolation_level=None)) as other:
        running.store.sql.db.execute("pragma busy_timeout = 10")
        other.execute("begin immediate")
        before = (running.rules, running.jobs)
        running.save(BASE.replace("name: Syria", "name: Mali").replace("name: Post", "name: Zeit"))
        assert (running.rules, running.jobs) == before
        assert "is locked by another program" in caplog.text
        other.execute("rollback")
    running.look()
    assert (running.rules, running.jobs) == (["Caucasus", "Mali"], ["poll Wire", "poll Zeit"])


def test_what_is_wrong_is_told_once_the_database_can_be_written_again(running, caplog):
    with closing(sqlite3.connect(running.store.sql.path, isolation_level=None)) as other:
        running.store.sql.db.execute("pragma busy_timeout = 10")
        other.execute("begin immediate")
        running.save("rules: [")
        assert "does not pass, the old rules stay in force" in caplog.text
        other.execute("rollback")
    running.look()
    assert len(running.notices()) == 1


def test_status_says_what_does_not_pass_and_what_is_in_force_meanwhile(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store:
        store.orders.loaded(folder / "config.yaml", ["Old rule"], ["Example Wire"], NOON)
        assert "Old rule" not in call("status")
        (folder / "config.yaml").write_text("database: tocsin.db\nrules: [")
        store.orders.refused("config.yaml:2:8: the list never ends", NOON)
    with claim(folder / "tocsin.db"):
        told, as_json = call("status"), call("status", "--json")["configuration"]
    assert "has not passed since" in told
    assert "no daemon is running" not in told
    assert "config.yaml:2:8: the list never ends" in told
    assert "Old rule" in told
    assert (as_json["problems"], as_json["process"]) == ("config.yaml:2:8: the list never ends", os.getpid())


def test_status_says_nothing_of_what_did_not_pass_for_a_daemon_that_is_no_more(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store:
        store.orders.loaded(folder / "config.yaml", ["Old rule"], ["Example Wire"], NOON)
        store.orders.refused("config.yaml:2:8: the list never ends", NOON)
    said = call("status")
    assert "has not passed since" not in said
    assert "no daemon is running" in said
    told = call("status", "--json")["configuration"]
    assert (told["problems"], told["since"], told["process"]) == (None, None, None)


def test_status_of_a_file_that_names_no_database_looks_at_the_default_one_or_says_what_is_wrong(folder, call):
    (folder / "config.yaml").write_bytes(b"\xff\xfe")
    assert "3 articles" in call("status")
    (folder / "config.yaml").write_text("database: [")
    assert "3 articles" in call("status")
    (folder / "tocsin.db").unlink()
    assert "does not pass (1 problem; 'tocsin check' says which)" in call("status", code=2)
