"""From the row to the receiver and back, over restarts: nothing is lost, and a repetition can be known."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta

from alerts.delivery import send_by_apprise
from scheduler.dispatcher import Dispatcher
from scheduler.logs import Mask
from scheduler.store import open_store
from tests.fakes import NOON, WIRE
from tests.receivers.post import Mailbox, post
from tests.receivers.web import said, web
from tests.scheduler.test_store import OPENS, full, ruling


def life(path, url, at, *, alert=False):
    """Let a daemon live for one look at what is due, and return how its deliveries stand."""
    with closing(open_store(path)) as store:
        if alert:
            store.sources.register([WIRE])
            store.keep(full(), OPENS, [ruling("phone")], NOON)
        one = Dispatcher(store, {"phone": url}, send_by_apprise, Mask([]), lambda: at)

        async def main():
            await one.drain(20)

        asyncio.run(main())
        return [(row["state"], row["problem"]) for row in store.sql.rows("select * from deliveries order by id")]


def test_a_webhook_that_fails_gets_the_alert_after_a_restart_under_the_same_key(tmp_path):
    with web(500, 200) as got:
        first = life(tmp_path / "t.db", got.url, NOON, alert=True)
        early = life(tmp_path / "t.db", got.url, NOON + timedelta(seconds=59))
        second = life(tmp_path / "t.db", got.url, NOON + timedelta(seconds=60))
        third = life(tmp_path / "t.db", got.url, NOON + timedelta(hours=1))

    assert (first, early) == ([("owed", "http 500")], [("owed", "http 500")])
    assert second == third == [("sent", None)]
    assert [said(one)[0] for one in got] == ["11 killed", "11 killed"]
    keys = [headers["Idempotency-Key"] for _, headers, _ in got]
    assert keys[0] == keys[1] is not None


def test_a_webhook_that_took_the_alert_without_a_word_gets_it_again_under_the_same_key(tmp_path):
    with web("close", 200) as got:
        life(tmp_path / "t.db", got.url, NOON, alert=True)
        assert life(tmp_path / "t.db", got.url, NOON + timedelta(minutes=1)) == [("sent", None)]

    assert len({headers["Idempotency-Key"] for _, headers, _ in got}) == 1
    assert len(got) == 2


def test_a_webhook_that_asks_for_time_is_left_alone_for_it(tmp_path):
    with web((429, {"Retry-After": "300"}, ""), 200) as got:
        life(tmp_path / "t.db", got.url, NOON, alert=True)
        waits = life(tmp_path / "t.db", got.url, NOON + timedelta(seconds=299))
        done = life(tmp_path / "t.db", got.url, NOON + timedelta(seconds=300))

    assert (waits, done, len(got)) == ([("owed", "http 429")], [("sent", None)], 2)


def test_a_webhook_that_is_not_there_any_more_is_a_dead_letter_and_never_a_success(tmp_path):
    with web(404) as got:
        assert life(tmp_path / "t.db", got.url, NOON, alert=True) == [("dead", "http 404")]
        life(tmp_path / "t.db", got.url, NOON + timedelta(days=1))

    assert len(got) == 1


def test_an_email_that_failed_has_its_message_id_after_a_restart(tmp_path):
    box = Mailbox(text="451 later")
    with post(tmp_path, box, tls=False):
        life(tmp_path / "t.db", box.url, NOON, alert=True)
        box.text = "250 taken"
        assert life(tmp_path / "t.db", box.url, NOON + timedelta(minutes=1)) == [("sent", None)]
        with closing(open_store(tmp_path / "t.db")) as store:
            (row,) = store.sql.rows("select key from deliveries")

    ((_, mail, _),) = box.got
    assert mail["Message-ID"] == f"<{row['key']}.1@127.0.0.1>"
