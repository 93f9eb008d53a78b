"""Text and addresses from the web, as messages may hold them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alerts.webtext import JOINERS, MARKS, QUOTE, VISIBLE_FORMATS, address, clean, plain, prose, readable

CASES = Path(__file__).parent.parent / "cases"
URLS = yaml.safe_load((CASES / "hostile_urls.yaml").read_text())
WILD = st.text(st.characters(exclude_categories=()), max_size=200) | st.text(
    st.sampled_from("ab. @/:<>[]()*_`~|&#\\\n\r\x00\x1b\u200b\u200c\u200d\u202e\u0301\u0337\U000e0041\ud800x"),
    max_size=80,
)


@pytest.mark.parametrize("case", URLS, ids=lambda case: case["url"][:40].encode("unicode_escape").decode())
def test_a_link_leads_where_it_says_or_nowhere(case):
    assert address(case["url"]) == case["leads"]
    assert readable(case["leads"]) == case.get("shown", case["leads"])


@given(WILD)
def test_no_text_becomes_more_than_one_plain_line(text):
    line = plain(text)
    assert len(line.splitlines()) <= 1
    assert line.encode().decode() == line
    for c in line:
        assert unicodedata.category(c) not in ("Cc", "Cs", "Co", "Zl", "Zp")
        assert unicodedata.category(c) != "Cf" or c in JOINERS or c in VISIBLE_FORMATS
    marks = "".join("m" if unicodedata.combining(c) or unicodedata.category(c) == "Me" else " " for c in line)
    assert "m" * (MARKS + 1) not in marks
    assert plain(line) == line


@given(WILD)
def test_no_prose_holds_a_mention_a_link_or_more_than_a_message_shows(text):
    said = prose(text)
    assert len(clean(text)) <= QUOTE
    assert "://" not in said
    assert "](" not in said
    assert not {"@everyone", "@here", "<@"} & {said[n : n + width] for n in range(len(said)) for width in (2, 5, 9)}


@given(WILD)
def test_an_address_is_ascii_on_the_web_without_a_user_or_it_is_none(text):
    for url in (text, f"https://{text}", f"https://wire.example/{text}"):
        leads = address(url)
        assert leads.isascii()
        assert leads == "" or leads.startswith(("http://", "https://"))
        assert "@" not in leads.split("/")[2] if leads else True
        assert not set(leads) & set(" \"<>'`\\\r\n\t")
        assert address(leads) == leads


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("press@mvd.example", "press@mvd.example"),
        ("Booking.com hit by 3.5 magnitude quake", "Booking.com hit by 3.5 magnitude quake"),
        ("killed 24/7, A/B and 3.5/4", "killed 24/7, A/B and 3.5/4"),
        ("see https://evil.example/a.b", "see https[:]//evil[.]example/a.b"),
        ("t.me/x", "t[.]me/x"),
        ("://", "[:]//"),
        ("1a://evil.example/x", "1a[:]//evil[.]example/x"),
        ("@everyone", "＠everyone"),
        ("at 5 @ noon <@", "at 5 @ noon <＠"),
        ("x [a](b)", "x [a] (b)"),
    ],
)
def test_prose_is_changed_only_where_a_service_would_make_more_of_it(text, said):
    assert prose(text) == said


def test_a_title_of_a_gigabyte_would_be_looked_at_no_further_than_it_is_shown():
    class Endless(str):
        __slots__ = ()

        def __getitem__(self, key):
            assert key.stop < 100_000
            return super().__getitem__(key)

    assert len(clean(Endless("слово " * 200_000))) <= QUOTE
