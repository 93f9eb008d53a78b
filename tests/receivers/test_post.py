"""An e-mail arrives over TLS with a login, whole and readable; and what a mail server refuses is understood."""

from __future__ import annotations

import ssl

import pytest

from alerts import answers
from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.post import Mailbox, post

TITLE = "11 killed, Кабардино-Балкария (RU) · Islamic State (denied) · 🔔"
BODY = "“Одиннадцать боевиков убиты.”\n\nقُتل أحد عشر مسلحا\n.\nFrom the committee\n\n🔔 once"


def letter(body=BODY, key="k1", title=TITLE):
    return Letter(title, body, "critical", key, "t1")


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """Trust the mail server's authority, and none that was read before."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    answers._trusting.cache_clear()
    yield
    answers._trusting.cache_clear()


def text(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_an_email_arrives_over_tls_with_a_login_sign_by_sign(tmp_path, trusted):
    with post(tmp_path) as box:
        assert send_by_apprise(box.url, letter()) is None

    ((recipients, mail, encrypted),) = box.got
    assert (recipients, encrypted, box.sessions) == (["desk@example.org"], True, 1)
    assert mail["Subject"] == TITLE
    assert text(mail).rstrip("\n") == BODY
    assert mail["Message-ID"] == "<k1.1@127.0.0.1>"


def test_a_mail_server_that_nobody_vouches_for_gets_neither_the_password_nor_the_message(tmp_path):
    answers._trusting.cache_clear()
    with post(tmp_path) as box:
        found = send_by_apprise(box.url, letter())
        unverified = send_by_apprise(box.url + "&verify=no", letter())
        again = send_by_apprise(box.url, letter())

    assert str(found) == str(again) == "the certificate of the service is not valid"
    assert (found.code, found.permanent) == ("unreachable", False)
    assert unverified is None
    assert (box.sessions, len(box.got)) == (1, 1)


def test_one_context_serves_all_channels_that_verify_and_none_that_does_not(monkeypatch):
    made = []
    answers._trusting.cache_clear()
    monkeypatch.setattr(
        ssl, "create_default_context", lambda: made.append(1) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )

    first, second = answers._Ssl.create_default_context(), answers._Ssl.create_default_context()
    token = answers._VERIFIES.set(False)
    loose = answers._Ssl.create_default_context()
    answers._VERIFIES.reset(token)
    answers._trusting.cache_clear()

    assert first is second is not loose
    assert (first.verify_mode, first.check_hostname, len(made)) == (ssl.CERT_REQUIRED, True, 1)


@pytest.mark.parametrize(
    ("box", "code", "permanent", "words"),
    [
        (Mailbox(recipient="550 5.1.1 no such user"), "smtp 550", True, "SMTP 550: 5.1.1 no such user"),
        (Mailbox(recipient="451 greylisted"), "smtp 451", False, "SMTP 451: greylisted"),
        (Mailbox(text="452 нет места"), "smtp 452", False, "SMTP 452"),
        (Mailbox(text="554 5.7.1 spam"), "smtp 554", True, "SMTP 554: 5.7.1 spam"),
        (Mailbox(text="421 closing"), "smtp 421", False, "SMTP 421: closing"),
        (Mailbox(login=False), "smtp 535", True, "SMTP 535: 5.7.8 Authentication credentials invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_mail_server_refuses_is_understood(tmp_path, trusted, box, code, permanent, words):
    with post(tmp_path, box):
        found = send_by_apprise(box.url, letter())

    assert (found.code, found.permanent) == (code, permanent)
    assert words in found
    assert "s3cr3t" not in found


def test_a_mail_that_one_recipient_may_still_take_is_tried_again(tmp_path, trusted):
    box = Mailbox(recipient={"gone@example.org": "550 no such user", "slow@example.org": "451 later"})
    with post(tmp_path, box):
        both = send_by_apprise(box.url + ",gone@example.org,slow@example.org", letter())
        one = send_by_apprise(box.url + ",gone@example.org", letter())

    assert (both.code, both.permanent) == ("smtp 451", False)
    assert (one.code, one.permanent) == ("smtp 550", True)
    assert [recipients for recipients, _, _ in box.got] == [["desk@example.org"]] * 2


def test_a_mail_server_without_tls_or_login_is_not_asked_again(tmp_path):
    with post(tmp_path, tls=False) as box:
        tls = send_by_apprise(box.url.replace("mailto:", "mailtos:") + "&mode=starttls", letter())
        login = send_by_apprise(box.url.replace("//", "//bell:word@") + "&mode=insecure", letter())

    assert (tls.code, tls.permanent, login.code, login.permanent) == ("smtp 502", True, "smtp 502", True)
    assert "STARTTLS" in tls
    assert box.got == []


def test_a_password_that_no_login_can_hold_is_said_so(tmp_path, trusted):
    with post(tmp_path) as box:
        found = send_by_apprise(box.url.replace("word@", "w%C3%B6rd@"), letter())

    assert (found.code, found.permanent) == ("smtp 535", True)
    assert "beyond ASCII" in found
    assert "wörd" not in found


def test_a_mail_server_that_is_away_is_tried_again():
    away = send_by_apprise("mailto://127.0.0.1:9/?from=bell@example.org&to=desk@example.org", letter())
    nobody = send_by_apprise("mailto://nobody.invalid/?from=bell@example.org&to=desk@example.org", letter())

    assert (str(away), away.permanent) == ("no connection: Connection refused", False)
    assert (str(nobody), nobody.permanent) == ("the service's name can't be resolved", False)


def test_a_burst_of_mails_arrives_in_order_and_each_once(tmp_path, trusted):
    with post(tmp_path) as box:
        for number in range(100):
            assert send_by_apprise(box.url, letter(key=f"k{number}", title=f"{number} killed")) is None

    assert [mail["Subject"] for _, mail, _ in box.got] == [f"{number} killed" for number in range(100)]
    assert len({mail["Message-ID"] for _, mail, _ in box.got}) == 100


@pytest.mark.parametrize("title", ["11 killed\r\nBcc: spy@example.org", "\u202e\x1b[31m11 killed\x00", ""])
def test_no_title_makes_a_header(tmp_path, trusted, title):
    with post(tmp_path) as box:
        assert send_by_apprise(box.url, letter(title=title)) is None

    ((recipients, mail, _),) = box.got
    assert recipients == ["desk@example.org"]
    assert mail["Bcc"] is None
    assert mail.defects == []
