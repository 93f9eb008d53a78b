"""What could not be delivered is shown with what to do about it, and is sent again when somebody says so."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from alerts.refusals import Refusal
from scheduler.database import connect
from scheduler.dispatcher import Dispatcher
from scheduler.failures import Ways
from scheduler.logs import Mask
from scheduler.store import open_store
from tests.fakes import NOON, Receiver

WRONG = Refusal("HTTP 401: Unauthorized", "http 401", permanent=True)


def deliver(folder, *answers, at=NOON + timedelta(days=1), ways=Ways()):  # noqa: B008  it is frozen
    receiver = Receiver(*answers)
    with closing(open_store(folder / "tocsin.db")) as store:
        one = Dispatcher(store, {"desk": "json://desk/", "hook": "json://hook/"}, receiver, Mask([]), lambda: at)
        one.ways = ways

        async def main():
            await one.drain(5)

        asyncio.run(main())
        rows = store.sql.rows("select channel, state, attempts, key from deliveries order by id")
    return receiver.got, rows


def test_status_lists_what_was_not_delivered_with_what_to_do(call, folder):
    deliver(folder, WRONG)

    said = call("status")

    assert "1 message was not delivered:" in said
    assert "desk: 11 killed, Kabardino-Balkaria" in said
    assert "(alert 1, 1 attempt since 22 Nov" in said
    assert "HTTP 401: Unauthorized" in said
    assert "desk: Its token or password is wrong" in said
    assert "tocsin alerts retry --channel 'desk'" in said
    (row,) = call("status", "--json")["dead"]
    assert (row["channel"], row["problem"], row["fallback"]) == ("desk", "http 401", None)


def test_status_says_nothing_of_dead_letters_where_there_are_none(call):
    assert "not delivered" not in call("status")
    assert call("status", "--json")["dead"] == []


def test_status_says_where_a_message_went_instead(call, folder):
    deliver(folder, WRONG, ways=Ways({"desk": "hook"}))

    assert "; sent to hook instead)" in call("status")
    assert call("status", "--json")["dead"][0]["fallback"] == "hook sent"


@pytest.mark.parametrize("which", [["1"], ["--channel", "desk"], ["--all"]])
def test_what_was_not_delivered_is_owed_again_under_its_key(call, folder, which):
    _, (before,) = deliver(folder, WRONG)
    assert call("alerts", "retry", *which) == "1 dead delivery owed again\n"

    got, (after,) = deliver(folder, at=NOON + timedelta(days=36_500))

    assert (before["state"], after["state"], after["attempts"]) == ("dead", "sent", 1)
    assert before["key"] == after["key"] == got[0][1].key


def test_what_waits_for_another_try_is_tried_at_once(call, folder):
    now = datetime.now(UTC)
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.sql.do("update deliveries set begun = ?, attempts = 4", [now.isoformat()])
    deliver(folder, Refusal("HTTP 500", "http 500"), at=now)

    assert call("alerts", "retry", "--all") == "1 that waited is tried at once\n"
    assert call("alerts", "retry", "--all").startswith("nothing to send again")


def test_nothing_else_is_owed_again(call, folder):
    deliver(folder, WRONG)

    assert call("alerts", "retry", "2").startswith("nothing to send again")
    assert call("alerts", "retry", "9" * 400).startswith("nothing to send again")
    assert call("alerts", "retry", "--channel", "hook").startswith("nothing to send again")


def test_a_channel_that_was_removed_is_pointed_out(call, folder):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.sql.do("update deliveries set channel = 'старый', state = 'dead'")

    said = call("alerts", "retry", "--channel", "старый")

    assert "1 dead delivery owed again" in said
    assert "старый: config.yaml has no such channel" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what"),
        (["1", "--all"], "say what"),
        (["--all", "--channel", "desk"], "say what"),
        (["x\x1b[31m"], "there is no alert 'x[31m'"),
        ([""], "there is no alert ''"),
        (["-1"], "No such option"),
        (["٣x"], "there is no alert"),
        (["--channel", "dsek"], "there is no channel 'dsek'; there is desk, hook"),
    ],
)
def test_a_retry_of_what_is_not_there_is_said_so(call, words, said):
    assert said in call("alerts", "retry", *words, code=2)


def test_a_retry_beside_a_program_that_writes_says_that_the_database_is_locked(call, folder, monkeypatch):
    monkeypatch.setattr("scheduler.database.BUSY", 0.05)
    with closing(connect(folder / "tocsin.db")) as other:
        other.execute("begin immediate")
        said = call("alerts", "retry", "--all", code=1)
        other.rollback()

    assert "locked by another program" in said


def test_a_list_of_a_thousand_dead_letters_shows_the_newest_and_counts_the_rest(call, folder):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        row = {"alert_id": 1, "channel": "desk", "state": "dead", "attempts": 3, "problem": "http 404"}
        more = [row | {"key": f"k{n}", "settled": f"2026-11-{n % 20 + 1:02}T12:00:00+00:00"} for n in range(1000)]
        store.sql.insert_all("deliveries", [one | {"detail": "\x1b[31m" + "слово " * 300} for one in more])

    said = call("status")

    assert "1000 messages were not delivered" in said
    assert "… and 980 older" in said
    assert "\x1b" not in said
