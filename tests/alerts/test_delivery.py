"""One message to one channel: what became of it is said, whatever the service does."""

import asyncio
import http.server
import json
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from alerts.delivery import Delivery, State, deliver, send_by_apprise, valid_url
from alerts.message import Message
from alerts.refusals import Refusal
from tests.fakes import NOON, Receiver

MESSAGE = Message("11 killed, Kabardino-Balkaria (RU)", "“Одиннадцать боевиков.”", "critical")


def delivery(attempts=0, channel="desk", created=NOON):
    return Delivery(id=1, channel=channel, message=MESSAGE, key="k", attempts=attempts, created=created)


def made(send, one=None, at=NOON):
    return asyncio.run(deliver(one or delivery(), {"desk": "json://x"}, send, lambda: at))


@contextmanager
def webhook(status):
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    server.server_close()


def test_a_message_that_is_accepted_is_sent_once():
    receiver = Receiver()

    assert made(receiver).state is State.SENT
    assert [(url, letter.title, letter.key) for url, letter in receiver.got] == [("json://x", MESSAGE.title, "k")]


@pytest.mark.parametrize("answer", ["HTTP 500", RuntimeError("no route")])
def test_a_message_that_is_refused_stays_owed_and_is_tried_again_later(answer):
    outcomes = [made(Receiver(answer), delivery(attempts)) for attempts in (0, 1, 2, 3, 4, 5, 50)]

    assert {outcome.state for outcome in outcomes} == {State.OWED}
    assert [(outcome.due - NOON) / timedelta(minutes=1) for outcome in outcomes] == [1, 2, 5, 15, 60, 60, 60]


def test_a_message_that_can_never_be_accepted_is_not_tried_again():
    outcome = made(Receiver(Refusal("HTTP 401: Unauthorized", "http 401", permanent=True)))

    assert (outcome.state, outcome.due, outcome.code) == (State.DEAD, None, "http 401")
    assert outcome.detail == "HTTP 401: Unauthorized"


@pytest.mark.parametrize(
    ("attempts", "asked", "waits"),
    [(0, 7, 7), (0, 0, 0), (1, 7, 60), (1, 100, 100), (2, 0, 120), (50, 0, 3600), (50, 21600, 21600)],
)
def test_a_service_is_left_alone_as_long_as_it_asks_and_one_that_asks_for_too_little_hardly_sooner(
    attempts, asked, waits
):
    busy = Refusal("HTTP 429", "http 429", retry_after=timedelta(seconds=asked), crowded=True)

    assert made(Receiver(busy), delivery(attempts)).due == NOON + timedelta(seconds=waits)


def test_the_rest_of_a_channel_waits_when_the_trouble_is_the_channels():
    busy = Refusal("HTTP 429", "http 429", retry_after=timedelta(seconds=90), crowded=True)
    away = Refusal("no connection", "unreachable", crowded=True)

    rests = [made(Receiver(answer), delivery(40)).rest for answer in (busy, away, Refusal("HTTP 500", "http 500"))]

    assert rests == [NOON + timedelta(seconds=90), NOON + timedelta(minutes=1), None]


def test_a_service_that_never_answers_is_given_up_on_and_its_thread_left_behind(monkeypatch):
    monkeypatch.setattr("alerts.delivery.SEND_LIMIT", 0.05)
    release = threading.Event()

    outcome = made(lambda *_: release.wait(30))
    release.set()

    assert (outcome.state, outcome.detail) == (State.OWED, "no answer within 0 s")


def test_a_message_is_given_up_after_two_days_and_says_so():
    outcome = made(Receiver("HTTP 500"), delivery(30), at=NOON + timedelta(hours=47, minutes=1))

    assert (outcome.state, outcome.detail) == (State.DEAD, "given up after 48 h: HTTP 500")


def test_a_channel_that_left_the_configuration_is_not_tried():
    receiver = Receiver()

    assert made(receiver, delivery(channel="gone")).state is State.DEAD
    assert receiver.got == []


def test_a_webhook_gets_title_and_text_as_they_are():
    with webhook(200) as (url, got):
        assert send_by_apprise(url, MESSAGE) is None

    assert (got[0]["title"], got[0]["message"]) == (MESSAGE.title, MESSAGE.body)


def test_a_webhook_that_refuses_is_quoted():
    with webhook(500) as (url, _):
        assert send_by_apprise(url, MESSAGE) == "HTTP 500: Internal Server Error"


def test_a_webhook_that_is_not_there_is_a_refusal():
    assert send_by_apprise("json://127.0.0.1:9/", MESSAGE)


@pytest.mark.parametrize(
    ("url", "valid"),
    [
        ("console://", True),
        ("json://host/", True),
        ("nonsense", False),
        ("slack://bad/", False),
        ("", False),
        ("x" * 9999, False),
    ],
)
def test_only_urls_that_apprise_reads_are_valid(url, valid):
    assert valid_url(url) is valid


def test_an_unreadable_url_is_a_refusal_that_does_not_repeat_the_url():
    assert "Tsecret" not in send_by_apprise("slack://Tsecret/", MESSAGE)


def test_the_console_prints_the_alert(capsys):
    assert send_by_apprise("console://", MESSAGE) is None

    printed = capsys.readouterr().out
    assert MESSAGE.title in printed
    assert MESSAGE.body in printed
