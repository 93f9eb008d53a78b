"""A channel's own looks: its template and the user's timezone; what fails is told, and the alert goes out."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from alerts.delivery import Delivery
from alerts.message import Message
from alerts.templating import tried
from scheduler.dressing import Dressing
from scheduler.store import open_store
from tests.alerts.hostile import founding
from tests.fakes import NOON

FAILING = tried("mail.txt", "{{ title }}\n{% if telling.story == 41 %}{{ telling.nothing }}{% endif %}")
FINE = tried("mail.md", "**{{ telling.what }}** {{ telling.at | clock }}")


@pytest.fixture
def store(tmp_path):
    with_rows = open_store(tmp_path / "t.db")
    yield with_rows
    with_rows.close()


def delivery(channel="mail", message=None, note=None):
    message = message or founding()
    return Delivery(id=1, channel=channel, message=message, key="k", attempts=0, created=NOON, note=note)


def notices(store):
    return store.sql.rows("select title, body from notices")


def test_a_template_is_that_of_its_channel_alone(store):
    dressing = Dressing(store.outbox, {"mail": FINE}, ZoneInfo("Europe/Berlin"))
    assert (
        dressing.of(delivery(), NOON).letter.written.body
        == "**11 killed, 2 injured, Kabardino-Balkaria (RU)** 13:42 CET"
    )
    assert dressing.of(delivery("phone"), NOON).letter.written is None
    assert str(dressing.of(delivery("phone"), NOON).letter.page.zone) == "Europe/Berlin"


def test_a_notice_needs_no_template(store):
    dressing = Dressing(store.outbox, {"mail": FAILING})
    assert dressing.of(delivery(message=Message("1 source is silent", "…", "info")), NOON).letter.written is None
    assert notices(store) == []


def test_a_template_that_fails_is_told_once_and_the_alert_goes_out(store, caplog):
    dressing = Dressing(store.outbox, {"mail": FAILING}, system=("desk",))
    for _ in range(3):
        sent = dressing.of(delivery(), NOON).letter
        assert sent.written is None
        assert sent.telling.story == 41
    (told,) = notices(store)
    assert told["title"] == "The template of the channel 'mail' fails"
    assert told["body"].startswith("mail.txt:2: ")
    assert [one.channel for one in store.outbox.owed(NOON)] == ["desk"]


def test_a_template_that_was_mended_and_fails_again_is_told_again(store):
    dressing = Dressing(store.outbox, {"mail": FAILING}, system=("desk",))
    dressing.of(delivery(), NOON)
    dressing.templates = {"mail": replace(FAILING, source=FAILING.source + "\n")}
    dressing.of(delivery(), NOON)
    assert len(notices(store)) == 2


def test_without_a_system_channel_the_log_alone_says_it(store):
    assert Dressing(store.outbox, {"mail": FAILING}).of(delivery(), NOON).letter.written is None
    assert notices(store) == []


def test_a_database_that_is_locked_stops_no_alert(store):
    dressing = Dressing(store.outbox, {"mail": FAILING}, system=("desk",))
    store.close()
    assert dressing.of(delivery(), NOON).letter.written is None


def test_a_template_may_say_for_which_channel_it_stands_in(store):
    template = tried("a.txt", "{{ title }}{{ ' (' ~ note ~ ')' if note else '' }}")
    sent = Dressing(store.outbox, {"mail": template}).of(delivery(note="for 'phone'"), NOON).letter
    assert sent.written.body.endswith(" (for 'phone')")
