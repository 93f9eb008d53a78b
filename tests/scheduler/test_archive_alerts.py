"""A rule rings for what is in the archive where somebody asks, once, and never else."""

import asyncio
import json
from datetime import timedelta

from scheduler.archive_alerts import APPLY, SLICE, apply_to_archive
from scheduler.ringing import release, ring
from tests.fakes import NOON
from tests.scheduler.running import BASE, rang, report

TOLL = "  - {name: Toll, when: {killed: 5}, notify: desk}\n"


def applied(running, name):
    return asyncio.run(apply_to_archive(running.ringer, name))


def test_a_new_rule_rings_for_the_archive_only_where_somebody_asks_and_once(running):
    ring(report(1), running.ringer)
    ring(report(2, source="Post", publisher="Post"), running.ringer)
    running.save(BASE + TOLL)
    alerts = rang(running)
    assert "Toll" not in dict(alerts)
    running.store.orders.ask(APPLY, "Toll", NOON)
    running.save(BASE + TOLL + "contact: you@example.org\n")
    assert rang(running) == [*alerts, ("Toll", "new")]
    assert [applied(running, name) for name in ("Toll", "Caucasus", "Nobody")] == [0, 0, None]
    (row,) = running.store.sql.rows("select explanation from decisions where rule = 'Toll' and reason = 'new'")
    assert row["explanation"].startswith("applied to the archive")


def test_stories_older_than_a_fortnight_are_left_alone(running):
    ring(report(1), running.ringer)
    running.now += timedelta(days=15)
    running.save(BASE + TOLL)
    assert applied(running, "Toll") == 0


def test_a_rule_that_is_switched_off_is_not_applied(running):
    ring(report(1), running.ringer)
    running.save(BASE + TOLL.replace("notify", "enabled: false, notify"))
    assert applied(running, "Toll") is None


def test_what_a_rule_holds_rings_once_though_it_is_applied(running):
    running.save(BASE + TOLL.replace("notify", "hold: 1m, notify"))
    ring(report(1), running.ringer)
    assert applied(running, "Toll") == 0
    running.now += timedelta(minutes=2)
    assert release(running.ringer) == 1


def test_polls_go_on_while_a_rule_is_applied(running):
    ring(report(1), running.ringer)
    running.save(BASE + TOLL)
    copies = "insert into stories (opened, changed, title) select opened, changed, title from stories, json_each(?)"
    running.store.sql.do(copies, [json.dumps([1] * 100)])
    turns = []

    async def polled():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def both():
        polling = asyncio.create_task(polled())
        await apply_to_archive(running.ringer, "Toll")
        polling.cancel()

    asyncio.run(both())
    assert len(turns) >= 100 // SLICE


def test_a_request_is_forgotten_with_a_file_that_does_not_pass(running):
    ring(report(1), running.ringer)
    running.store.orders.ask(APPLY, "Toll", NOON)
    running.save("rules: [")
    running.save(BASE + TOLL)
    assert rang(running) == [("Caucasus", "new")]


def test_a_request_that_nobody_waits_for_any_more_is_forgotten(running):
    orders = running.store.orders
    orders.ask(APPLY, "Toll", NOON - timedelta(hours=1))
    orders.ask(APPLY, "Caucasus", NOON)
    orders.forget(APPLY, NOON)
    assert (orders.asked(APPLY), orders.asked(APPLY)) == (["Caucasus"], [])
