"""An alert arrives by e-mail as HTML with a plain part that reads well, whatever stands in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import rendering
from alerts.delivery import send_by_apprise
from alerts.message import Message
from alerts.rendering import Written
from alerts.threads import Letter
from tests.alerts.hostile import founding, hostile, texts
from tests.receivers.post import post

TEXTS = texts()
HEADERS = {
    "content-type", "mime-version", "x-application", "subject", "from", "to", "message-id", "date", "in-reply-to",
    "references", "x-peer", "x-mailfrom", "x-rcptto", "user-agent", "reply-to",
}  # fmt: skip


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    with post(tmp_path_factory.mktemp("post"), tls=False) as one:
        yield one


def sent(box, message, more=""):
    box.got.clear()
    own = {name: getattr(message, name) for name in ("telling", "note", "zone", "written")}
    letter = Letter(message.title, message.body, message.severity, "k1", "t1", **own)
    assert send_by_apprise(box.url + more, letter) is None
    return [mail for _, mail, _ in box.got]


def part(mail, kind):
    found = mail.get_body((kind,))
    return found and found.get_content().replace("\r\n", "\n").strip()


def test_an_alert_is_html_with_a_plain_part_of_our_own(box):
    (mail,) = sent(box, founding())
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Subject"] == founding().title
    assert part(mail, "html") == rendering.html(founding().page)
    assert part(mail, "plain") == rendering.text(founding().page)
    assert "https://herald.example/news/41" in part(mail, "plain")


@pytest.mark.parametrize("web", TEXTS.values(), ids=TEXTS.keys())
def test_no_text_of_the_web_writes_a_header_or_a_part(box, web):
    for mail in sent(box, hostile(web)):
        assert {name.lower() for name in mail.keys()} <= HEADERS  # noqa: SIM118  a mail is no dict
        assert [one.get_content_type() for one in mail.walk()] in (
            ["multipart/alternative", "text/plain", "text/html"],
            ["text/plain"],
        )
        assert "\n" not in mail["Subject"]
        assert "evil@evil.example" not in mail["To"]


@pytest.mark.parametrize("title", ["Взрыв в городе " * 20, "爆炸" * 200, "🔴" * 200, "a" * 900, "Z\u0301\u0302" * 300])
def test_no_subject_is_longer_than_a_line_that_a_mail_server_takes(box, title):
    (mail,) = sent(box, Message(title, "…", "info"))
    assert title.startswith(mail["Subject"].removesuffix("…").rstrip())
    assert len(mail["Subject"].encode()) in range(240, 301)


def test_a_channel_that_wants_plain_text_gets_plain_text(box):
    (mail,) = sent(box, founding(), "&format=text")
    assert mail.get_content_type() == "text/plain"
    assert part(mail, "plain") == rendering.text(founding().page)


def test_a_digest_is_html_and_its_addresses_are_links(box):
    message = Message("3 alerts while it was quiet", "11 killed <b>\nhttps://wire.example/1\n\n5 killed", "warning")
    (mail,) = sent(box, message)
    assert part(mail, "plain") == message.body
    assert '<a class="link" href="https://wire.example/1"' in part(mail, "html")
    assert "11 killed &lt;b&gt;" in part(mail, "html")


def test_a_digest_that_is_longer_than_an_email_in_html_is_plain_text(box):
    mails = sent(box, Message("900 alerts", "11 killed in Exampleville\n\n" * 1_100, "warning"))
    assert {mail.get_content_type() for mail in mails} == {"text/plain"}
    assert sum(part(mail, "plain").count("11 killed") for mail in mails) == 1_100


def test_a_users_html_has_our_plain_part(box):
    (mail,) = sent(box, replace(founding(), written=Written("<h1>11</h1>", "html")))
    assert part(mail, "html") == "<h1>11</h1>"
    assert part(mail, "plain") == rendering.text(founding().page)


def test_the_plain_part_of_one_email_is_never_that_of_another(box):
    (first,) = sent(box, founding())
    (second,) = sent(box, Message("1 source is silent", "Example Wire", "info"))
    assert part(first, "plain") == rendering.text(founding().page)
    assert part(second, "plain") == "Example Wire"
