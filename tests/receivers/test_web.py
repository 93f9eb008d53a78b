"""A webhook gets every message whole and once, and whatever else it does is understood."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from alerts.delivery import send_by_apprise
from alerts.message import Message
from alerts.threads import Letter
from tests.receivers.web import said, web

TITLE = "11 killed, Kabardino-Balkaria (RU) · انفجار · 🔔"
MESSAGE = Letter(TITLE, "“Одиннадцать боевиков убиты.”\n\nقُتل أحد عشر مسلحا\n\n🔔 once", "critical", "k1", "t1")


def test_a_webhook_gets_title_and_text_sign_by_sign():
    with web() as got:
        assert send_by_apprise(got.url, MESSAGE) is None

    assert said(got[0]) == (MESSAGE.title, MESSAGE.body)


@pytest.mark.parametrize(
    ("answer", "code", "permanent", "wait", "words"),
    [
        (500, "http 500", False, None, "HTTP 500: Internal Server Error"),
        ((429, {"Retry-After": "30"}, ""), "http 429", False, 30, "HTTP 429: Too Many Requests"),
        ((429, {"Retry-After": "soon"}, ""), "http 429", False, None, "HTTP 429: Too Many Requests"),
        ((429, {}, '{"retry_after": 1.5}'), "http 429", False, 1.5, 'Requests {"retry_after": 1.5}'),
        ((429, {}, '{"parameters": {"retry_after": 35}}'), "http 429", False, 35, "35"),
        ((429, {}, '{"retry_after": [}'), "http 429", False, None, "HTTP 429"),
        ((429, {}, '{"retry_after": 1e999}'), "http 429", False, None, "HTTP 429"),
        ((429, {}, '["retry_after"]'), "http 429", False, None, "HTTP 429"),
        ((503, {"Retry-After": "99999999"}, ""), "http 503", False, 21600, "HTTP 503"),
        (404, "http 404", True, None, "HTTP 404: Not Found"),
        (401, "http 401", True, None, "HTTP 401: Unauthorized"),
        (410, "http 410", True, None, "HTTP 410: Gone"),
        ((400, {}, "чат: Chat Not Found"), "http 400", True, None, "HTTP 400: Bad Request чат: Chat Not Found"),
        ((400, {"Content-Type": "text/plain; charset=nonsense"}, "x"), "http 400", False, None, "HTTP 400"),
        ((500, {"Content-Type": "text/html"}, "<h1>sorry</h1>" * 9999), "http 500", False, None, "Server Error"),
        ("close", "unreachable", False, None, "no connection"),
    ],
)
def test_a_webhook_that_refuses_is_understood(answer, code, permanent, wait, words):
    with web(answer) as got:
        found = send_by_apprise(got.url, MESSAGE)

    assert (found.code, found.permanent) == (code, permanent)
    assert found.retry_after == (None if wait is None else timedelta(seconds=wait))
    assert words in found
    assert "<h1>" not in found


def test_a_webhook_that_hangs_is_another_try():
    with web("hang") as got:
        found = send_by_apprise(got.url + "?rto=0.2", MESSAGE)

    assert (str(found), found.code, found.permanent) == ("the service did not answer in time", "unreachable", False)


def test_a_name_that_is_nobodys_and_a_port_that_is_closed_are_another_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = send_by_apprise(f"json://127.0.0.1:{taken.getsockname()[1]}/tok3nInThePath99", MESSAGE)
    nobody = send_by_apprise("json://nobody.invalid/tok3nInThePath99", MESSAGE)

    assert (str(closed), closed.permanent) == ("no connection: Connection refused", False)
    assert (str(nobody), nobody.permanent) == ("the service's name can't be resolved", False)


def test_a_message_that_failed_keeps_its_key_so_that_a_webhook_can_drop_the_second_of_two():
    with web(500, 200) as got:
        assert send_by_apprise(got.url, MESSAGE).code == "http 500"
        assert send_by_apprise(got.url, MESSAGE) is None

    assert [headers["Idempotency-Key"] for _, headers, _ in got] == ['"k1"', '"k1"']


def test_a_long_message_arrives_in_parts_in_order_and_none_of_it_is_lost():
    lines = [f"строка {number} السطر 🔔" for number in range(4000)]
    with web() as got:
        assert send_by_apprise(got.url + "?overflow=split", Message(TITLE, "\n".join(lines), "info")) is None

    assert len(got) > 1
    arrived = "".join(said(one)[1] for one in got)
    assert [line for line in arrived.replace("🔔", "🔔\n").split("\n") if line.strip()] == lines


def test_a_redirect_that_ends_well_is_a_success_and_one_that_ends_nowhere_is_not():
    with web() as target, web((307, {"Location": f"http://127.0.0.1:{target.port}/"}, "")) as got:
        assert send_by_apprise(got.url, MESSAGE) is None
    with web(404) as target, web((307, {"Location": f"http://127.0.0.1:{target.port}/"}, "")) as got:
        assert send_by_apprise(got.url, MESSAGE).code == "http 404"
