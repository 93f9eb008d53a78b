"""Alerts of one rule on one story stay together where the channel can hold a thread, and a repeated one is known."""

from __future__ import annotations

import http.server
import threading
from email import message_from_bytes
from email.header import decode_header, make_header

import apprise
import pytest
from aiosmtpd.controller import Controller
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email.base import NotifyEmail

from alerts.delivery import Delivery, send_by_apprise
from alerts.message import Message
from alerts.threads import Letter, carry, keyed
from tests.fakes import NOON


class Mailbox:
    """A mail server's handler that keeps what it is given."""

    def __init__(self):
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 taken"


class MailServer(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox():
    box = Mailbox()
    server = MailServer(box, hostname="127.0.0.1", port=0)
    server.start()
    box.url = f"mailto://127.0.0.1:{server.port}/?from=bell@example.org&to=desk@example.org"
    yield box
    server.stop()


@pytest.fixture
def webhook():
    """Return what came to a local server, the headers of each request."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            got.append(self.headers)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, got
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Let Apprise send the parts of a message one after the other without the pause that real services want."""
    for service in (NotifyBase, NotifyEmail, NotifyJSON):
        monkeypatch.setattr(service, "request_rate_per_sec", 0)


def letter(title="11 killed", thread="a1", key="k1", body="“Одиннадцать боевиков.”"):
    return Letter(title, body, "critical", key, thread)


def sent(box, *letters, more=""):
    for one in letters:
        assert send_by_apprise(box.url + more, one) is None
    return [mail for _, mail in box.got]


def test_two_alerts_of_one_story_refer_to_the_same_message_and_those_of_two_do_not(mailbox):
    first, update, other = sent(
        mailbox, letter(), letter("Update: 14 killed", key="k2"), letter("3 killed", thread="b2", key="k3")
    )

    assert first["References"] == update["References"] == first["In-Reply-To"] == "<a1@thread.tocsin.invalid>"
    assert other["References"] != first["References"]
    assert len({mail["Message-ID"] for mail in (first, update, other)}) == 3


def test_a_message_that_is_sent_again_has_the_message_id_that_it_had(mailbox):
    first, again = sent(mailbox, letter(), letter())

    assert first["Message-ID"] == again["Message-ID"] == "<k1.1@127.0.0.1>"
    assert first.get_all("Message-ID") == [first["Message-ID"]]


def test_each_recipient_and_each_part_of_a_long_message_has_a_message_id_of_its_own(mailbox):
    long = letter(body="Одиннадцать боевиков убиты, сообщил комитет. " * 1200)
    mails = sent(mailbox, long, more=",phone@example.org")

    ids = [mail["Message-ID"] for mail in mails]
    assert len(ids) == len(set(ids)) >= 4
    assert sent(mailbox, long, more=",phone@example.org")[len(ids) :][0]["Message-ID"] == ids[0]


def test_a_notice_stands_alone(mailbox):
    (mail,) = sent(mailbox, letter(thread=None))

    assert mail["References"] is mail["In-Reply-To"] is None


def test_what_the_users_url_says_of_a_header_stays(mailbox):
    (mail,) = sent(mailbox, letter(), more="&%2Breferences=<own@example.org>")

    assert mail.get_all("References") == ["<own@example.org>"]
    assert str(make_header(decode_header(mail["Subject"]))) == "11 killed"


def test_a_message_that_is_no_delivery_gets_the_librarys_message_id():
    made = keyed(lambda idstring, domain: f"<random@{domain}>")

    assert made(domain="example.org") == "<random@example.org>"


@pytest.mark.parametrize("scheme", ["json", "form", "xml"])
def test_a_webhook_gets_the_key_and_the_thread_as_headers(webhook, scheme):
    port, got = webhook

    assert send_by_apprise(f"{scheme}://127.0.0.1:{port}/", letter()) is None

    assert (got[0]["Idempotency-Key"], got[0]["X-Tocsin-Thread"]) == ('"k1"', "a1")


def test_a_webhook_gets_no_key_with_a_message_that_is_sent_in_parts(webhook):
    port, got = webhook

    assert send_by_apprise(f"json://127.0.0.1:{port}/", letter(body="слово " * 9000)) is None

    assert len(got) > 1
    assert {headers["Idempotency-Key"] for headers in got} == {None}


@pytest.mark.parametrize(
    ("url", "attribute", "holds"),
    [
        ("gchat://space/key/token", "thread_key", "a1"),
        ("gchat://space/key/token/mine", "thread_key", "mine"),
        ("bark://host/device", "group", "a1"),
        ("bark://host/device?group=mine", "group", "mine"),
    ],
)
def test_a_service_with_threads_of_its_own_gets_the_thread_unless_the_url_names_one(url, attribute, holds):
    service = apprise.Apprise.instantiate(url)
    carry(service, letter())

    assert getattr(service, attribute) == holds


@pytest.mark.parametrize(
    "url",
    ["ntfy://host/topic", "discord://1234567890/abcdefghij", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"],
)
def test_a_service_that_holds_neither_is_left_as_it_is(url):
    service = apprise.Apprise.instantiate(url)
    before = dict(vars(service))
    carry(service, letter())

    assert vars(service) == before


def test_a_delivery_brings_its_key_and_its_thread():
    message = Message("11 killed", "…", "critical")
    delivery = Delivery(id=1, channel="desk", message=message, key="k", attempts=3, created=NOON, thread="t")

    assert delivery.letter == Letter("11 killed", "…", "critical", "k", "t")
