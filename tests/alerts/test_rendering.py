"""What an alert looks like, and that no text from the web makes it look like anything else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from alerts.rendering import Page, escaped, html, markdown, short, text
from alerts.samples import sample
from alerts.telling import from_json, to_json
from alerts.webtext import prose
from tests.alerts.hostile import addresses, founding, hostile, texts

SNAPSHOTS = Path(__file__).parent / "snapshots"
TEXTS = texts()
BRACKETS = str.maketrans({"(": "%28", ")": "%29", "*": "%2A", "@": "%40"})
CLIPPED = 102_000  # bytes of an e-mail that Gmail shows
hostile_text = pytest.mark.parametrize("web", TEXTS.values(), ids=TEXTS.keys())


def parsed(page):
    return etree.fromstring(html(page).encode(), etree.HTMLParser())


def shape(page):
    """Return the tags of a document, each with its attributes and where it leads."""
    tree = parsed(page)
    return {(one.tag, *sorted(one.attrib), one.get("href")) for one in tree.iter()}


def words(page):
    return [re.sub(r"\s+", " ", said).strip() for said in parsed(page).itertext() if said.strip()]


@pytest.mark.parametrize("name", ["email.html", "plain.txt", "markdown.md", "short.txt"])
def test_the_founding_story_looks_as_it_was_last_looked_at(name):
    page = founding().page
    made = {"email.html": html, "plain.txt": text, "markdown.md": markdown, "short.txt": lambda p: short(p, 160)}
    assert made[name](page) + "\n" == (SNAPSHOTS / name).read_text()


def test_a_lock_screen_shows_what_happened_where_by_whom_and_how_many_say_so():
    title = founding().title
    assert title == "Update: 11 killed, 2 injured, Kabardino-Balkaria (RU) · Islamic State (denied) · 3 publishers"


@hostile_text
def test_an_email_holds_no_tag_attribute_or_link_that_its_template_did_not_write(web):
    calm = hostile("Blast in Exampleville")
    assert shape(hostile(web).page) <= shape(calm.page)


@hostile_text
def test_an_email_has_only_links_to_its_articles_and_fetches_nothing(web):
    tree = parsed(hostile(web).page)
    assert {one.get("href") for one in tree.iter("a")} <= {"https://wire.example/0", "https://wire.example/1"}
    assert {one.tag for one in tree.iter() if isinstance(one.tag, str)} <= {
        "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "a", "b", "br", "span", "code",
    }  # fmt: skip
    assert not [one for one in tree.iter() if {"src", "background", "onerror", "onclick"} & set(one.attrib)]
    assert not re.search(r"url\(|@import|https?://(?!wire\.example/)", html(hostile(web).page))


@hostile_text
def test_an_email_shows_a_hostile_text_sign_by_sign(web):
    said = prose(web)
    assert not said or any(said in word for word in words(hostile(web).page))


@hostile_text
def test_every_email_is_small_enough_to_be_shown_whole(web):
    assert len(html(hostile(web).page).encode()) < CLIPPED


@hostile_text
def test_markdown_holds_no_markup_that_its_template_did_not_write(web):
    page = hostile(web).page
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown(page))
    inline = [child for token in tokens for child in token.children or ()]
    links = {child.attrs["href"] for child in inline if child.type == "link_open"}
    assert links <= {"https://wire.example/0", "https://wire.example/1"}
    kinds = {token.type for token in tokens} | {child.type for child in inline}
    assert kinds <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak", "hardbreak",
        "strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close", "code_inline",
    }  # fmt: skip
    assert [child.content for child in inline if child.type == "code_inline"] == [page.telling.snooze]


@hostile_text
def test_escaped_text_is_shown_as_it_is(web):
    said = prose(web)
    tokens = MarkdownIt("commonmark").parse(escaped(said))
    shown = "".join(child.content for token in tokens for child in token.children or ())
    assert shown == re.sub(r"&(?=#?\w+;)", "＆", said).replace("@", "＠")


@hostile_text
@pytest.mark.parametrize("render", [text, markdown, html, lambda page: short(page, 160)])
def test_no_rendering_mentions_anybody_or_controls_what_shows_it(render, web):
    said = render(hostile(web).page)
    assert not re.search(r"@(everyone|here|channel|room)|<@", said)
    assert not set(said) & set("\x00\x01\x02\x03\x07\x0f\x1b\x1d\u202e\u2066\u200b\u2060\ufeff\U000e0041\r")
    assert said.encode()


@hostile_text
def test_a_title_is_one_line_of_a_subject(web):
    page = hostile(web).page
    assert len(page.title.splitlines()) == 1
    assert len(page.title) < 2000


@hostile_text
@pytest.mark.parametrize("limit", [67, 160, 320])
def test_a_short_text_is_short_and_its_link_whole(limit, web):
    said = short(hostile(web).page, limit)
    assert 0 < len(said) <= limit
    assert not re.findall(r"https?://\S+", said) or said.endswith("\nhttps://wire.example/1")


@pytest.mark.parametrize(("url", "leads"), addresses(), ids=lambda value: value[:30].encode("unicode_escape").decode())
def test_an_articles_address_is_a_link_only_where_it_leads_where_it_says(url, leads):
    page = hostile("Blast in Exampleville", url).page
    tree = parsed(page)
    assert {one.get("href") for one in tree.iter("a")} == {"https://wire.example/0", leads} - {""}
    assert (f"]({leads.translate(BRACKETS)})" in markdown(page)) is bool(leads)
    assert not re.search(r"javascript:|data:|file:", text(page))
    assert short(page, 160).endswith(f"\n{leads}" if leads else "https://wire.example/0")


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Europe/Berlin", "13:00 CET"), ("Asia/Dubai", "16:00 UTC+04"), ("Asia/Kathmandu", "17:45 UTC+0545")],
)
def test_times_name_their_timezone(zone, said):
    page = replace(founding().page, zone=ZoneInfo(zone))
    for made in (text(page), markdown(page), html(page)):
        assert said in made.replace("\\", "")
        assert " UTC)" not in made


def test_a_notice_is_rendered_line_by_line_and_its_addresses_are_links():
    page = Page(title="2 <sources>", body="*One*\n  https://one.example/(x)\n\nTwo", severity="info")
    assert markdown(page) == (
        "**2 \\<sources\\>**\n\n\\*One\\*  \n[https://one.example/(x)](https://one.example/%28x%29)\n\nTwo"
    )
    assert '<a class="link" href="https://one.example/(x)"' in html(page)
    assert text(page) == page.body
    assert short(page, 160) == "2 <sources>"


@pytest.mark.parametrize("body", ["", "\n\n\n", " ", "\n \n", "x" * 300_000])
def test_a_notice_of_any_body_is_rendered(body):
    page = Page(title="Title", body=body[:90_000], severity="warning")
    assert "Title" in html(page)
    assert markdown(page).startswith("**Title**")


def test_a_brief_rendering_is_much_shorter_and_links_all_the_same():
    page = founding().page
    assert len(markdown(page, brief=True)) < len(markdown(page))
    assert "](https://herald.example/news/41)" in markdown(page, brief=True)


@hostile_text
def test_what_an_alert_tells_survives_being_kept(web):
    telling = hostile(web).telling
    assert from_json(to_json(telling)) == telling


@pytest.mark.parametrize(
    "kept", [None, "", "{", "[]", "null", "7", '{"rule": 7}', '{"rule": "R"}', "\x00", '{"severity": "huge"}']
)
def test_what_is_no_telling_is_rendered_from_the_messages_own_words(kept):
    assert from_json(kept) is None


def test_a_telling_of_a_later_version_is_read_as_far_as_it_is_known():
    kept = to_json(sample().telling)[:-1] + ', "colour": "red"}'
    assert from_json(kept) == sample().telling
