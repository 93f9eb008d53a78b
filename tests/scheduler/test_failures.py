"""A message that one channel does not take goes to another, and of a channel that takes none somebody is told once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.delivery import Outcome, State
from alerts.message import Message
from alerts.refusals import Refusal
from scheduler.config import load
from scheduler.dispatcher import Dispatcher
from scheduler.failures import Ways
from scheduler.logs import Mask
from tests.fakes import NOON
from tests.scheduler.test_store import OPENS, full, ruling

WRONG = Refusal("HTTP 401: Unauthorized", "http 401", permanent=True)
AWAY = Refusal("no connection: Connection refused", "unreachable", crowded=True)
MINUTE = timedelta(minutes=1)
CHANNELS = ("phone", "email", "desk")


class Services:
    """Channels that answer as they are told, by name; each accepts unless told otherwise."""

    def __init__(self, **answers):
        self.answers, self.got = answers, []

    def __call__(self, url, letter):
        name = url.removeprefix("json://").strip("/")
        answer = self.answers.get(name)
        if answer is None:
            self.got.append((name, letter.title, letter.body))
        return answer

    def names(self):
        return [name for name, _, _ in self.got]


def run(store, send, ways, *moments):
    """Kick a dispatcher at each of these moments, as one daemon that was started at noon."""
    clock = [NOON]
    one = Dispatcher(store, {name: f"json://{name}/" for name in CHANNELS}, send, Mask(["sekret"]), lambda: clock[0])
    one.ways = ways

    async def main():
        for moment in moments:
            clock[0] = moment
            await one.drain(5)

    asyncio.run(main())
    return one


def alert(store, *channels, number=1):
    reading = replace(full(), article=replace(full().article, url_key=f"https://wire.example/{number}"))
    store.keep(reading, OPENS, [ruling(*channels)], NOON)


def deliveries(store):
    return [
        (row["channel"], row["state"], row["fallback_of"])
        for row in store.db.query("select channel, state, fallback_of from deliveries order by id")
    ]


def test_a_message_that_dies_goes_to_the_fallback_once_and_says_why(store):
    alert(store, "phone")
    services = Services(phone=WRONG)

    run(store, services, Ways({"phone": "email"}), NOON, NOON + MINUTE, NOON + 60 * MINUTE)

    assert deliveries(store) == [("phone", "dead", None), ("email", "sent", 1)]
    ((name, title, body),) = services.got
    assert (name, title) == ("email", "11 killed")
    assert body == "…\n\nThis could not be delivered to 'phone': HTTP 401: Unauthorized"


def test_a_message_that_waits_for_ten_minutes_goes_to_the_fallback_too_and_the_first_may_still_arrive(store):
    alert(store, "phone")
    services, ways = Services(phone=AWAY), Ways({"phone": "email"})

    run(store, services, ways, NOON, NOON + 9 * MINUTE)
    assert services.names() == []
    run(store, services, ways, NOON + 10 * MINUTE, NOON + 11 * MINUTE)
    assert services.names() == ["email"]
    assert "Connection refused" in services.got[0][2]
    services.answers.clear()
    run(store, services, ways, NOON + 60 * MINUTE)

    assert services.names() == ["email", "phone"]
    assert deliveries(store) == [("phone", "sent", None), ("email", "sent", 1)]


def test_what_nobody_tried_because_nobody_ran_does_not_go_to_the_fallback(store):
    store.keep(full(), OPENS, [ruling("phone")], NOON - timedelta(hours=3))
    services = Services()

    run(store, services, Ways({"phone": "email"}), NOON)

    assert services.names() == ["phone"]


def test_a_fallback_that_dies_has_a_fallback_of_its_own(store):
    alert(store, "phone")
    services = Services(phone=WRONG, email=WRONG)

    run(store, services, Ways({"phone": "email", "email": "desk"}), NOON, NOON + MINUTE, NOON + 2 * MINUTE)

    assert deliveries(store) == [("phone", "dead", None), ("email", "dead", 1), ("desk", "sent", 2)]


def test_channels_that_stand_in_for_each_other_end(store):
    alert(store, "phone")

    run(store, Services(phone=WRONG, email=WRONG), Ways({"phone": "email", "email": "phone"}), NOON, NOON + MINUTE)

    assert deliveries(store) == [("phone", "dead", None), ("email", "dead", 1)]


def test_a_fallback_that_gets_the_alert_anyway_does_not_get_it_twice(store):
    alert(store, "phone", "email")
    services = Services(phone=WRONG)

    run(store, services, Ways({"phone": "email"}), NOON, NOON + MINUTE)

    assert services.names() == ["email"]


def test_a_channel_that_takes_nothing_is_told_of_once_and_not_for_each_alert(store):
    for number in range(5):
        alert(store, "phone", number=number)
    services = Services(phone=WRONG)

    run(store, services, Ways(system=["desk"]), NOON, NOON + MINUTE)

    assert services.names() == ["desk"]
    _, title, body = services.got[0]
    assert title == "The channel 'phone' takes no messages"
    assert "Not delivered: 11 killed" in body
    assert "HTTP 401: Unauthorized" in body
    assert "tocsin alerts retry --channel 'phone'" in body


def test_other_trouble_of_the_channel_and_trouble_after_it_was_well_is_told_again(store):
    services, ways = Services(phone=WRONG), Ways(system=["desk"])
    steps = [WRONG, WRONG, Refusal("HTTP 404: Not Found", "http 404", permanent=True), None, WRONG, WRONG]
    told = []
    for number, answer in enumerate(steps):
        alert(store, "phone", number=number)
        services.answers["phone"] = answer
        run(store, services, ways, NOON + (2 * number + 1) * MINUTE, NOON + (2 * number + 2) * MINUTE)
        told.append(services.names().count("desk"))

    assert told == [1, 1, 2, 2, 3, 3]


def test_trouble_that_lasts_is_told_again_after_a_day(store):
    services, ways = Services(phone=WRONG), Ways(system=["desk"])
    for number, hours in enumerate((0, 23, 25)):
        alert(store, "phone", number=number)
        moment = NOON + timedelta(hours=hours)
        run(store, services, ways, moment, moment + MINUTE)

    assert services.names() == ["desk", "desk"]


def test_system_channels_that_are_all_broken_tell_each_other_once_and_no_more(store):
    services = Services(phone=WRONG, desk=WRONG, email=Refusal("gone 404", "http 404", permanent=True))
    alert(store, "phone")

    run(store, services, Ways(system=["desk", "email"]), *(NOON + minute * MINUTE for minute in range(20)))

    kinds = [row["kind"] for row in store.db.query("select kind from notices order by id")]
    assert sorted(kinds) == ["delivery http 401 desk", "delivery http 401 phone", "delivery http 404 email"]
    assert {state for _, state, _ in deliveries(store)} == {"dead"}


def test_a_channel_whose_own_trouble_it_is_is_not_told_of_it_through_itself(store):
    alert(store, "desk")

    run(store, Services(desk=WRONG), Ways(system=["desk"]), NOON)

    assert store.db.table("notices").count == 0


def test_no_secret_is_kept_or_told(store):
    alert(store, "phone")
    services = Services(phone=Refusal("HTTP 401: sekret is no token", "http 401", permanent=True))

    run(store, services, Ways({"phone": "email"}, ["desk"]), NOON, NOON + MINUTE)

    assert len(services.got) == 2
    assert "sekret" not in repr(services.got) + "\n".join(store.db.conn.iterdump())


def test_a_message_that_dies_is_recorded_with_what_follows_from_it_or_not_at_all(store, monkeypatch):
    alert(store, "phone")

    def full_disk(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(store.outbox, "notice", full_disk)
    dead = Outcome(delivery=1, state=State.DEAD, detail="x", at=NOON, code="http 401")
    with pytest.raises(RuntimeError, match="no"):
        store.failures.record(dead, Ways({"phone": "email"}, ["desk"]))

    assert deliveries(store) == [("phone", "owed", None)]


def test_a_channel_that_is_busy_is_left_alone_as_long_as_it_asks_and_keeps_its_order(store):
    for number in range(3):
        alert(store, "phone", number=number)
    busy = Refusal("HTTP 429", "http 429", retry_after=5 * MINUTE, crowded=True)
    asked = []

    def send(url, letter):
        asked.append(letter.key)
        return busy if len(asked) == 1 else None

    run(store, send, Ways(), NOON, NOON + 4 * MINUTE)
    assert len(asked) == 1
    run(store, send, Ways(), NOON + 5 * MINUTE)

    keys = [row["key"] for row in store.db.query("select key from deliveries order by id")]
    assert asked == [keys[0], *keys]


def test_a_channel_that_gets_another_url_need_not_rest(store):
    alert(store, "phone")
    alert(store, "phone", number=2)
    asked, clock = [], [NOON]

    def send(url, letter):
        asked.append(url)
        return Refusal("HTTP 429", "http 429", retry_after=60 * MINUTE, crowded=True) if len(asked) == 1 else None

    one = Dispatcher(store, {"phone": "json://old/"}, send, Mask([]), lambda: clock[0])

    async def main():
        await one.drain(5)
        clock[0] += MINUTE
        await one.drain(5)
        one.channels = {"phone": "json://new/"}
        await one.drain(5)

    asyncio.run(main())

    assert asked == ["json://old/", "json://new/"]


def test_a_clock_that_is_set_back_leaves_nothing_waiting_for_the_time_it_showed(store):
    with store.sql.writing():
        store.outbox.notice("health", Message("1 source is silent", "…", "warning"), ["desk"], NOON)
        store.sql.do("update deliveries set due = '2027-11-22T12:00:00+00:00'")
    services = Services()

    run(store, services, Ways(), NOON)

    assert services.names() == ["desk"]


def test_a_channel_that_stands_in_for_another_is_one_that_something_is_sent_to(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "channels:\n  phone: {url: 'console://', fallback: email}\n  email: console://\n"
        "rules:\n  - {name: Watch, when: {killed: 1}, notify: phone}\n"
    )

    config = load(tmp_path / "config.yaml", {})

    assert config.channels["phone"].fallback == "email"
    assert config.warnings == ()
