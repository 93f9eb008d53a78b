"""Characters that XML forbids, and elements that nest without end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.xmlrepair import deeper_than, repaired


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#55357;&#56832;", "😀"),
        ("&#xd83d;&#56832;", "😀"),
        ("&#xDE00;&#xD83D;", "\ufffd\ufffd"),
        ("&#xD800;", "\ufffd"),
        ("&#57343;", "\ufffd"),
        ("&#0;&#8;&#x1F;&#xFFFE;&#65535;", "\ufffd" * 5),
        ("&#x110000;&#1114112;", "\ufffd\ufffd"),
        (f"&#{'9' * 1999};", "\ufffd"),
        (f"&#x{'0' * 500}41;", "A"),
        ("&#9;&#10;&#13;&#x20;&#1041;&#x10FFFF;&#160;", "\t\n\r \u0411\U0010ffff\xa0"),
        ("a\x00b\x08c\x0bd\x1fe\tf", "a b c d e\tf"),
        ("&amp;#xD800;", "&#xD800;"),
    ],
)
def test_a_forbidden_character_leaves_a_mark_and_the_others_stay(written, meant):
    assert etree.fromstring(repaired(f"<a>{written}</a>".encode())).text == meant


@given(st.text(st.sampled_from("&#xD8d09;fF5637 \x08\x00a"), max_size=40))
def test_what_is_repaired_needs_no_other_repair(text):
    once = repaired(text.encode())

    assert repaired(once) == once


@pytest.mark.parametrize(
    ("document", "depth"),
    [
        (b"<a><b><c/></b><b></b></a>", 2),
        (b"<a><b>" + b"<c/>" * 50 + b"</b></a>", 2),
        (b"<a><![CDATA[" + b"<b>" * 50 + b"]]></a>", 1),
        (b"<a><!-- " + b"<b>" * 50 + b"--></a>", 1),
        (b"<a>" + b"<br>" * 50 + b"</a>", 1),
        (b'<a x="/">' + b"<b y='1'></b >" * 50 + b"</a>", 2),
        (b"<a>" * 9, 9),
        (b"</a>" * 9 + b"<a>" * 3, 3),
        (b"<a " * 9, 9),
        (b"1 < 2 <3 <" * 9, 0),
    ],
)
def test_depth_counts_elements_within_each_other(document, depth):
    assert deeper_than(document, depth - 1) or not depth
    assert not deeper_than(document, depth)


@pytest.mark.parametrize(
    "piece", [b"<", b"<a ", b"</a", b"<a/", b"<![CDATA[", b"<!--", b"&#", b"&#x1", b"<a b='", b"&#xD83D;"]
)
def test_pieces_without_end_take_no_time_to_speak_of(piece):
    document = piece * 300_000

    assert len(repaired(document)) >= 300_000
    assert deeper_than(document, 2000) == (piece in (b"<a ", b"<a/", b"<a b='"))
