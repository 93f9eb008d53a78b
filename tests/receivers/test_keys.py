"""A message that is sent again is known again wherever a service can know it, and no two messages are taken for one."""

from __future__ import annotations

import json

import apprise
import pytest
import requests
from requests.adapters import HTTPAdapter

from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.web import web

PAGERDUTY = "pagerduty://" + "a" * 32 + "@b1c2d3e4f5/source/component"
OPSGENIE = "opsgenie://a1b2c3d4-e5f6-a7b8-c9d0-a1b2c3d4e5f6"
SPLUNK = "splunk://routing@a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"
KEYED = [
    (PAGERDUTY, lambda sent: sent["dedup_key"]),
    (OPSGENIE, lambda sent: sent["alias"]),
    (OPSGENIE.replace("opsgenie", "jira"), lambda sent: sent["alias"]),
    ("pagertree://int_1234567890", lambda sent: sent["id"]),
]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Let Apprise send the parts of a message one after the other without the pause that real services want."""
    monkeypatch.setattr(apprise.url.URLBase, "throttle", lambda *_, **__: None)


@pytest.fixture
def wire(monkeypatch):
    """Take whatever is sent over HTTP, wherever it goes, and return it."""
    got = []

    def send(self, request, *_, **__):
        got.append(request)
        response = requests.Response()
        response.status_code = 202 if "pagerduty" in request.url else 200
        response._content = b'{"requestId": "1", "result": "success"}'
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return got


def letter(key="k1", thread="t1", body="…", severity="critical"):
    return Letter("11 killed", body, severity, key, thread)


def sent(wire, url, *letters):
    before = len(wire)
    for one in letters:
        assert send_by_apprise(url, one) is None
    return [json.loads(request.body) for request in wire[before:]]


@pytest.mark.parametrize(("url", "of"), KEYED, ids=lambda value: str(value).partition(":")[0])
def test_a_service_that_knows_incidents_knows_a_message_again(wire, url, of):
    assert [of(one) for one in sent(wire, url, letter(), letter(), letter("k2"))] == ["k1", "k1", "k2"]


@pytest.mark.parametrize(("url", "of"), KEYED, ids=lambda value: str(value).partition(":")[0])
def test_parts_of_a_message_are_not_taken_for_the_same(wire, url, of):
    parts = sent(wire, url, letter(body="слово " * 6000))

    assert len(parts) > 1
    assert "k1" not in json.dumps(parts)


@pytest.mark.parametrize(
    ("url", "of", "own"),
    [
        (PAGERDUTY + "?dedup=mine", lambda sent: sent["dedup_key"], "mine"),
        (OPSGENIE + "?alias=mine", lambda sent: sent["alias"], "mine"),
        (SPLUNK + "/mine", lambda sent: sent["entity_id"], "mine"),
        ("pagertree://int_1234567890?tid=mine", lambda sent: sent["id"], "mine"),
    ],
)
def test_what_the_users_url_says_of_it_stays(wire, url, of, own):
    assert [of(one) for one in sent(wire, url, letter())] == [own]


def test_splunk_opens_an_incident_for_each_story_and_not_one_for_all(wire):
    of = [
        one["entity_id"] for one in sent(wire, SPLUNK, letter(), letter("k2"), letter("k3", "t2"), letter("k4", None))
    ]

    assert of == ["t1", "t1", "t2", "k4"]


HOME = '{"room_id": "!room:localhost", "event_id": "$1", "user_id": "@bell:localhost"}'


def transactions(*letters, room="!room:localhost"):
    with web((200, {"Content-Type": "application/json"}, HOME)) as got:
        for one in letters:
            assert send_by_apprise(f"matrix://:token@127.0.0.1:{got.port}/{room}", one) is None
        return [path.rpartition("/")[2] for path, _, _ in got if "/send/m.room.message/" in path]


def test_a_matrix_server_knows_a_message_again_by_its_transaction():
    assert transactions(letter(), letter(), letter("k2")) == ["k1.1", "k1.1", "k2.1"]


def test_a_matrix_server_takes_every_part_and_every_room_for_its_own():
    parts = transactions(letter(body="слово " * 30_000))
    rooms = transactions(letter(), room="!room:localhost/!other:localhost")

    assert len(parts) == len(set(parts)) > 1
    assert len(rooms) == len(set(rooms)) == 2


def test_a_message_without_a_key_is_sent_as_the_library_sends_it(wire):
    (one,) = sent(wire, PAGERDUTY, Letter("11 killed", "…", "critical"))

    assert "dedup_key" not in one


def test_messages_without_a_key_are_two_transactions():
    assert len(set(transactions(Letter("11 killed", "…", "info"), Letter("11 killed", "…", "info")))) == 2
