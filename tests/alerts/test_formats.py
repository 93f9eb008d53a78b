"""What each kind of service is given, as it goes over the wire, and that no hostile text is more than text to it."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import apprise
import pytest
import requests
from lxml import etree
from markdown_it import MarkdownIt
from requests.adapters import HTTPAdapter

from alerts.delivery import send_by_apprise
from alerts.message import Message
from alerts.rendering import Written
from tests.alerts.hostile import founding, hostile, texts

ARTICLES = {"https://wire.example/0", "https://wire.example/1"}
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544/"
CHAT = "gchat://workspace/key/token"
MATTERMOST = "mmost://localhost/3ccdd113474722377935511fc85d3dd4"
ANSWER = b'{"ok": true, "result": {}, "room_id": "!room:localhost", "event_id": "$1", "user_id": "@bell:localhost"}'
TEXTS = texts()
hostile_text = pytest.mark.parametrize("web", TEXTS.values(), ids=TEXTS.keys())


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    """Take whatever is sent over HTTP, wherever it goes, without the pauses that real services want."""
    got = []

    def send(self, request, *_, **__):
        got.append(request)
        response = requests.Response()
        response.status_code = 200
        response._content = b"ok" if "hooks.slack" in request.url else ANSWER
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)
    monkeypatch.setattr(apprise.url.URLBase, "throttle", lambda *_, **__: None)
    return got


def sent(wire, url, message):
    wire.clear()
    assert send_by_apprise(url, message) is None
    return [_read(request.body) for request in wire if request.body]


def _read(body):
    try:
        return json.loads(body)
    except ValueError:  # ntfy holds what is long as a file
        return {"message": body.decode() if isinstance(body, bytes) else body}


def slack(wire, message, more=""):
    return "".join(one["attachments"][0]["text"] for one in sent(wire, SLACK + more, message))


def is_plain_commonmark(said):
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(said)
    inline = [child for token in tokens for child in token.children or ()]
    links = {child.attrs["href"] for child in inline if child.type == "link_open"}
    kinds = {child.type.removesuffix("_open").removesuffix("_close") for child in inline}
    wanted = {"text", "text_special", "softbreak", "hardbreak", "strong", "em", "link", "code_inline"}
    return links <= ARTICLES and kinds <= wanted and {token.type for token in tokens} <= {
        "paragraph_open", "paragraph_close", "inline",
    }  # fmt: skip


@hostile_text
def test_slack_is_given_no_markup_mention_or_link_but_ours(wire, web):
    said, calm = slack(wire, hostile(web)), slack(wire, hostile("Blast in Exampleville"))
    assert {found.split("|")[0] for found in re.findall(r"<([^>]*)>", said)} <= ARTICLES
    assert said.count("<") == said.count(">") == len(re.findall(r"<https://wire\.example/[01]\|[^<>|]*>", said))
    assert "\\" not in said
    for sign in "*_~`":
        assert said.count(sign) <= calm.count(sign)


@hostile_text
@pytest.mark.parametrize("more", ["?format=text", "?blocks=yes", "?format=text&blocks=yes"])
def test_slack_in_any_form_is_given_no_mention(wire, more, web):
    said = json.dumps(sent(wire, SLACK + more, hostile(web)), ensure_ascii=False)
    assert not re.search(r"<[!@#]|@(everyone|here|channel)", said)


@hostile_text
def test_google_chat_is_given_no_markup_mention_or_link_but_ours(wire, web):
    said = "".join(one["text"] for one in sent(wire, CHAT, hostile(web)))
    calm = "".join(one["text"] for one in sent(wire, CHAT, hostile("Blast in Exampleville")))
    assert {found.split("|")[0] for found in re.findall(r"<([^>]*)>", said)} <= ARTICLES
    assert all(said.count(sign) <= calm.count(sign) for sign in "*_~`\\")


@hostile_text
@pytest.mark.parametrize("more", ["", "?format=markdown", "?format=text"])
def test_discord_is_given_plain_commonmark_and_pings_nobody(wire, more, web):
    for one in sent(wire, DISCORD + more, hostile(web)):
        said = one.get("content") or one["embeds"][0]["description"]
        assert len(said) <= 2000
        assert not re.search(r"(?<!\\)<@|@(everyone|here)", json.dumps(one))
        assert "allow_mentions" not in one
        assert more == "?format=text" or is_plain_commonmark(said)


@hostile_text
def test_mattermost_is_given_plain_commonmark(wire, web):
    assert all(is_plain_commonmark(one["text"]) for one in sent(wire, MATTERMOST, hostile(web)))


@hostile_text
@pytest.mark.parametrize("more", ["", "?format=html", "?mdv=2"])
def test_telegram_is_given_html_that_it_takes(wire, more, web):
    parts = sent(wire, TELEGRAM + more, hostile(web))
    for one in parts:
        assert one["parse_mode"] == "HTML"
        assert len(one["text"]) <= 4096
        tree = etree.fromstring(f"<telegram>{one['text']}</telegram>")  # as strict as Telegram
        assert {part.tag for part in tree.iter()} <= {"telegram", "b", "i", "a", "code"}
        assert {part.get("href") for part in tree.iter("a")} <= ARTICLES
    assert not re.search(r"@(everyone|evil_user)", json.dumps(parts))


@hostile_text
def test_matrix_is_given_html_without_a_tag_of_the_web(wire, web):
    bodies = [one for one in sent(wire, "matrix://:token@localhost/!room:localhost", hostile(web)) if one]
    said = [one["formatted_body"] for one in bodies if "formatted_body" in one]
    assert said
    for one in said:
        tree = etree.fromstring(one, etree.HTMLParser())
        tags = {part.tag for part in tree.iter()} if tree is not None else set()
        assert tags <= {"html", "body", "p", "br", "strong", "em", "a", "code"}
        assert {part.get("href") for part in tree.iter("a")} <= ARTICLES
    assert "@room" not in json.dumps(bodies)


@hostile_text
def test_a_webhook_and_a_push_service_are_given_plain_text(wire, web):
    message = hostile(web)
    (one,) = sent(wire, "json://localhost/", message)
    assert (one["title"], one["type"]) == (message.title[:250].strip(), "failure")
    (push,) = sent(wire, "ntfy://localhost/topic", message)
    assert wire[0].headers["X-Priority"] == "max"
    for said in (one["message"], push["message"]):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|@everyone", said)


@pytest.mark.parametrize(
    ("url", "severity", "priority"),
    [
        ("ntfy://localhost/t", "info", "low"),
        ("ntfy://localhost/t", "warning", "high"),
        ("ntfy://localhost/t", "critical", "max"),
        ("ntfy://localhost/t?priority=min", "critical", "min"),
        ("gotify://localhost/abcdefghijklmno", "info", 3),
        ("gotify://localhost/abcdefghijklmno", "critical", 10),
        ("gotify://localhost/abcdefghijklmno?priority=low", "critical", 0),
    ],
)
def test_a_phone_rings_the_louder_the_more_serious_it_is_unless_the_url_says_how(wire, url, severity, priority):
    (one,) = sent(wire, url, replace(founding(), severity=severity))
    assert one.get("priority", wire[0].headers.get("X-Priority")) == priority


def test_a_text_message_is_one_text_message(wire):
    url = "sinch://{}:{}@15551233456/15551233457".format("a" * 32, "b" * 32)
    (one,) = sent(wire, url, founding())
    assert one["body"] == (
        "Update: 11 killed, 2 injured, Kabardino-Balkaria (RU) - Islamic State (denied) - 3 publishers\n"
        "https://herald.example/news/41"
    )
    assert len(one["body"]) <= 160


def test_the_line_that_says_for_which_channel_it_stands_in_is_in_every_form(wire):
    message = replace(founding(), note="for the channel 'phone', which refused it")
    said = {
        "slack": slack(wire, message),
        "json": sent(wire, "json://localhost/", message)[0]["message"],
        "telegram": sent(wire, TELEGRAM, message)[0]["text"],
    }
    assert [name for name, one in said.items() if "which refused it" not in one] == []


@pytest.mark.parametrize("url", [SLACK, DISCORD, TELEGRAM, CHAT, MATTERMOST, "json://localhost/", "ntfy://localhost/t"])
def test_a_notice_of_any_size_goes_out(wire, url):
    message = Message("1 source is silent", "*word* <b> word\n" * 7_000, "warning")
    assert sent(wire, url, message)


def test_a_short_notice_is_one_message_everywhere(wire):
    message = Message(
        "The *configuration* passes again", "config.yaml is in order again.\nhttps://wire.example/0", "info"
    )
    assert slack(wire, message) == (
        "*The ∗configuration∗ passes again*\n\nconfig.yaml is in order again.  \n"
        "<https://wire.example/0|https://wire.example/0>"
    )
    assert len(sent(wire, DISCORD, message)) == len(sent(wire, TELEGRAM, message)) == 1


@pytest.mark.parametrize(
    ("form", "body", "said"),
    [
        ("text", "11 <dead> *x*", "11 &lt;dead&gt; *x*"),
        ("markdown", "11 **dead**", "11 *dead*"),
        ("html", "<b>11</b>", "*11*"),
    ],
)
def test_what_a_users_template_made_goes_out_in_the_services_own_form(wire, form, body, said):
    got = slack(wire, replace(founding(), written=Written(body, form)), "?format=text" if form == "text" else "")
    assert got == said


def test_the_signs_of_the_founding_story_are_the_same_in_every_chat(wire):
    counts = [
        Counter(re.findall(r"\d+", slack(wire, founding()))),
        Counter(re.findall(r"\d+", sent(wire, TELEGRAM, founding())[0]["text"])),
    ]
    assert counts[0]["11"] == counts[1]["11"] > 3
