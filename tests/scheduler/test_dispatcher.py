"""What is owed is paid, once, whatever the channels and the database do."""

import asyncio
import socket
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from alerts.delivery import send_by_apprise
from alerts.message import Message
from scheduler.dispatcher import Dispatcher
from scheduler.logs import Mask
from scheduler.store import open_store
from tests.fakes import NOON, WIRE, Receiver
from tests.receivers.web import said, web
from tests.scheduler.test_store import OPENS, full, ruling


def dispatcher(store, send, channels=("desk", "phone"), at=NOON):
    return Dispatcher(store, {name: f"json://{name}/" for name in channels}, send, Mask(["sekret"]), lambda: at)


def drained(one):
    async def main():
        await one.drain(5)

    asyncio.run(main())
    return one


def owe(store, *channels):
    store.keep(full(), OPENS, [ruling(*channels)], NOON)


def states(store):
    return [
        (row["channel"], row["state"]) for row in store.db.query("select channel, state from deliveries order by id")
    ]


def test_each_channel_gets_the_message_once(store):
    owe(store, "desk", "phone")
    receiver = Receiver()

    drained(dispatcher(store, receiver))
    drained(dispatcher(store, receiver))

    assert sorted(url for url, _ in receiver.got) == ["json://desk/", "json://phone/"]
    assert states(store) == [("desk", "sent"), ("phone", "sent")]


def test_a_refusal_is_recorded_with_its_reason_masked_and_tried_again_when_due(store):
    owe(store, "desk")
    receiver = Receiver("refused with token sekret", None)

    first = drained(dispatcher(store, receiver))
    early = drained(dispatcher(store, receiver, at=NOON + timedelta(seconds=59)))
    late = drained(dispatcher(store, receiver, at=NOON + timedelta(seconds=60)))

    assert (first.failed, early.failed + early.sent, late.sent) == (1, 0, 1)
    assert [row["detail"] for row in store.db.query("select detail from attempts order by id")] == [
        "refused with token ***",
        "accepted",
    ]


def test_a_channel_that_hangs_holds_up_nobody_else(store):
    owe(store, "desk", "phone")
    release, got = threading.Event(), []

    def send(url, message):
        if "desk" in url:
            release.wait(10)
        got.append(url)
        if "phone" in url:
            release.set()

    drained(dispatcher(store, send))

    assert got == ["json://phone/", "json://desk/"]


def test_a_hundred_channels_that_hang_hold_up_nobody_else(store):
    """On real sockets: a service that accepts and never answers."""
    hanging = [f"hang{number}" for number in range(100)]
    owe(store, *hanging, "phone")
    with socket.create_server(("127.0.0.1", 0), backlog=200) as mute, web() as got:
        hangs = f"json://127.0.0.1:{mute.getsockname()[1]}/?rto=30"
        urls = dict.fromkeys(hanging, hangs) | {"phone": got.url}
        one = Dispatcher(store, urls, send_by_apprise, Mask([]), lambda: NOON)

        async def main():
            one.kick()
            await asyncio.wait_for(one.busy["phone"], 20)  # before any of the others has so much as timed out
            return len(one.busy), threading.active_count()

        busy, threads = asyncio.run(main())

    assert [said(request)[0] for request in got] == ["11 killed"]
    assert (busy, threads > 100) == (100, True)
    assert sorted(set(states(store))) == sorted({(name, "owed") for name in hanging} | {("phone", "sent")})


def test_a_channel_gets_its_messages_one_after_the_other_in_order(store):
    for number in range(20):
        store.keep(*another(number), [ruling("desk", "phone")], NOON)
    now, got = [], []

    def send(url, letter):
        now.append(url)
        assert now.count(url) == 1
        time.sleep(0.001)
        got.append((url, letter.key))
        now.remove(url)

    drained(dispatcher(store, send))

    keys = [(f"json://{row['channel']}/", row["key"]) for row in store.db.query("select * from deliveries order by id")]
    for url in ("json://desk/", "json://phone/"):
        assert [one for one in got if one[0] == url] == [one for one in keys if one[0] == url]


def test_a_service_that_never_comes_back_is_called_no_more_than_three_times(store, monkeypatch):
    monkeypatch.setattr("alerts.delivery.SEND_LIMIT", 0.02)
    for number in range(9):
        store.keep(*another(number), [ruling("desk")], NOON)
    release, calls, clock = threading.Event(), [], [NOON]

    def send(url, letter):
        calls.append(letter.key)
        release.wait(30)

    one = dispatcher(store, send)
    one.now = lambda: clock[0]

    async def main():
        for _ in range(9):
            await one.drain(5)
            clock[0] += timedelta(minutes=2)
        hung = len(calls)
        release.set()
        while any(one.sending.values()):
            await asyncio.sleep(0.01)
        await one.drain(5)
        return hung

    assert asyncio.run(main()) == 3
    assert len(calls) > 3


def test_what_was_sent_while_the_database_was_locked_is_not_sent_again(store):
    owe(store, "desk")
    store.db.execute("pragma busy_timeout = 10")
    receiver, other = Receiver(), sqlite3.connect(store.sql.path, check_same_thread=False)

    def send(url, message):
        other.execute("begin immediate")
        return receiver(url, message)

    async def main():
        one = dispatcher(store, send)
        await one.drain(5)
        locked = states(store)
        other.rollback()
        await one.drain(5)
        return locked

    locked = asyncio.run(main())
    other.close()
    assert (locked, states(store)) == ([("desk", "owed")], [("desk", "sent")])
    assert len(receiver.got) == 1


def test_a_channel_that_was_removed_leaves_no_message_waiting_for_ever(store):
    owe(store, "gone")

    drained(dispatcher(store, Receiver()))

    assert states(store) == [("gone", "dead")]


def threads(store):
    return [one.thread for one in store.outbox.owed(NOON + timedelta(hours=2))]


def another(number):
    """Return a report that opens a story of its own."""
    return replace(full(), article=replace(full().article, url_key=f"https://wire.example/{number}")), OPENS


def test_the_alerts_of_one_rule_on_one_story_share_a_thread_and_those_of_two_do_not(store):
    store.keep(*another(1), [ruling("desk", "phone")], NOON)
    store.keep(*another(2), [ruling("desk")], NOON)
    store.rulings.keep([ruling("desk"), ruling("desk", rule="Toll")], 1, 1, NOON + timedelta(hours=1))

    first, phone, other, update, by_another = threads(store)

    assert first == phone == update
    assert len({first, other, by_another}) == 3
    assert all(thread.isalnum() for thread in (first, other, by_another))


def test_the_first_story_of_one_database_is_not_in_the_thread_of_anothers(store, tmp_path):
    with closing(open_store(tmp_path / "other.db")) as second:
        second.sources.register([WIRE])
        second.keep(full(), OPENS, [ruling("desk")], NOON - timedelta(days=30))
        store.keep(full(), OPENS, [ruling("desk")], NOON)

        assert threads(store) != threads(second)


def test_a_notice_is_in_no_thread(store):
    with store.sql.writing():
        store.outbox.notice("health", Message("1 source is silent", "…", "warning"), ["desk"], NOON)

    assert threads(store) == [None]


def test_a_rule_of_any_name_has_a_thread(store):
    store.keep(full(), OPENS, [ruling("desk", rule="Атака \n" + "x" * 5000)], NOON)

    assert [len(thread) for thread in threads(store)] == [24]
