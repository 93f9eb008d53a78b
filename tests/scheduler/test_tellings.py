"""What an alert tells is kept as data: it is rendered the same after a restart, and by what is left of it."""

from __future__ import annotations

import pytest

from alerts.conditions import All
from alerts.rendering import html, text
from alerts.rules import Rule, RuleSet
from scheduler.ringing import Ringer, ring
from scheduler.store import open_store
from tests.alerts.hostile import texts
from tests.fakes import NALCHIK, NOON, WIRE, place, reading

TEXTS = {
    name: text
    for name, text in texts().items()
    if name in ("a script", "Slack's mentions", "marks upon marks", "a megabyte", "nothing", "Persian with its joiners")
}


def rung(path, web="Eleven militants killed in Nalchik"):
    """Ring for one article, and return the message that is owed, as a later start reads it."""
    store = open_store(path)
    store.sources.register([WIRE])
    rules = RuleSet([Rule(name="North Caucasus", when=All(()), notify=("desk",), severity="critical")])
    one = reading(web, web, killed=11, places=[place("Kabardino-Balkaria", *NALCHIK)])
    assert ring(one, Ringer(store, rules, lambda: NOON)) == 1
    before = owed(store)
    store.close()
    return before


def owed(store):
    (delivery,) = store.outbox.owed(NOON)
    return delivery.letter


@pytest.mark.parametrize("web", TEXTS.values(), ids=TEXTS.keys())
def test_an_alert_is_rendered_the_same_after_a_restart_whatever_it_says(tmp_path, web):
    before = rung(tmp_path / "t.db", web)
    store = open_store(tmp_path / "t.db")
    after = owed(store)
    store.close()
    assert before.telling is not None
    assert html(after.page) == html(before.page)


def test_an_alert_says_how_to_hear_no_more_of_its_story(tmp_path):
    message = rung(tmp_path / "t.db")
    assert (message.telling.story, message.telling.article) == (1, 1)
    assert "tocsin silence add --story 1 --for 2h --because seen" in text(message.page)


@pytest.mark.parametrize("kept", [None, "", "{", '{"rule": "R"}', "[1, 2]"])
def test_an_alert_whose_data_is_lost_is_sent_in_its_own_words(tmp_path, kept):
    before = rung(tmp_path / "t.db")
    store = open_store(tmp_path / "t.db")
    with store.sql.writing():
        store.sql.do("update alerts set telling = ?", [kept])
    after = owed(store)
    store.close()
    assert after.telling is None
    assert (after.title, after.body) == (before.title, before.body)
    assert before.title in html(after.page)
