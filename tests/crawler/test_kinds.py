"""What a listing is, by what is in it: not by what the server calls it, nor by its address."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.kinds import form, read, unpacked
from crawler.settings import FEED_CAP

URL = "https://example.org/news"
ARTICLE = "https://example.org/news/2026/11/22/bridge-closed-after-flood"
RSS = f"<rss version='2.0'><channel><title>T</title><item><title>A</title><link>{ARTICLE}</link></item></channel></rss>"
ENTRY = f"<entry><title>A</title><link href='{ARTICLE}'/></entry>"
ATOM = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{ENTRY}</feed>"
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>T</title></channel><item><title>A</title><link>{ARTICLE}</link></item></rdf:RDF>"""
JSON = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "url": "{ARTICLE}"}}]}}'
SITEMAP = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{ARTICLE}</loc></url></urlset>"
TEXT = f"{ARTICLE}\nhttps://example.org/b\n"
LINK = f"<a href='{ARTICLE}'>Bridge closed after flood</a>"
PAGE = f"<!DOCTYPE html><html><body>{LINK} <a href='/about'>About</a></body></html>"
XHTML = f"""<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title>
</head><body><p>{LINK}</p></body></html>"""
XML = '<?xml version="1.0" encoding="utf-8"?>\n'
HEADER = f"""{XML}<?xml-stylesheet type="text/xsl" href="/s.xsl"?><!-- <html> made <body> by hand -- -> -->
<!DOCTYPE x [<!ENTITY nbsp "&#160;">]>
"""


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "text/plain; charset=utf-8", "application/octet-stream", "x"]
)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (RSS, "feed"), (XML + RSS, "feed"), (HEADER + RSS, "feed"), ("\n\n " + XML + RSS, "feed"),
        ("<br />\n<b>Warning</b>: include() in <b>/www/feed.php</b><br />" + RSS, "feed"),
        (ATOM, "feed"), (HEADER + ATOM, "feed"), (RDF, "feed"), (XML + RDF, "feed"),
        (JSON, "feed"), ("\n " + JSON, "feed"),
        (SITEMAP, "sitemap"), (HEADER + SITEMAP, "sitemap"), (TEXT, "sitemap"),
        (PAGE, "page"), (XHTML, "page"), (PAGE.replace("<!DOCTYPE html><html>", ""), "page"),
        ("<!-- x -->" + PAGE, "page"), (f"<div>{LINK}</div>", "page"),
    ],
)  # fmt: skip
def test_the_content_tells_the_kind(text, kind, content_type):
    listing = read(text.encode(), URL, content_type, None, None)

    assert (listing.kind, listing.usable) == (kind, True)
    assert listing.entries[0].url == ARTICLE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("text", "kind"), [(RSS, "feed"), (JSON, "feed"), (SITEMAP, "sitemap"), (TEXT, "sitemap")])
def test_a_byte_order_mark_hides_nothing(text, kind, encoding):
    listing = read(text.encode(encoding), URL, "", None, None)

    assert (listing.kind, listing.usable, listing.entries[0].url) == (kind, True, ARTICLE)


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        (PAGE, "feed", "this is a web page, not a feed"),
        (XHTML, "feed", "this is a web page, not a feed"),
        (SITEMAP, "feed", "this is a sitemap, not a feed"),
        (TEXT, "feed", "this is a list of addresses, not a feed"),
        (PAGE, "sitemap", "this is a web page, not a sitemap"),
        (RSS, "sitemap", "this is a feed, not a sitemap"),
        (JSON, "sitemap", "this is JSON, not a sitemap"),
        (ATOM, "page", "this is a feed, not a web page"),
        (SITEMAP, "page", "this is a sitemap, not a web page"),
        (JSON, "page", "this is JSON, not a web page"),
        (TEXT, "page", "this is a list of addresses, not a web page"),
        ("Not now.", "feed", "this is not a feed (text/plain)"),
        ("Not now.", "sitemap", "this is not a sitemap"),
        ("", "feed", "the feed is empty"),
        ("", "sitemap", "the sitemap is empty"),
        ("", "page", "the page is empty"),
        ('{"error": "gone"}', "feed", "this is JSON, but not a JSON Feed"),
        ("", None, "the answer is empty"),
        ("Not now.", None, "this is neither a feed, nor a sitemap, nor a web page (text/plain)"),
        ("<?xml version='1.0'?><response><a>1</a></response>", None,
         "this is neither a feed, nor a sitemap, nor a web page (text/plain)"),
        ('{"error": "gone"}', None, "this is JSON, but not a JSON Feed"),
    ],
)  # fmt: skip
def test_a_listing_that_is_not_what_it_has_to_be_is_refused_in_words(text, kind, problem):
    listing = read(text.encode(), URL, "text/plain", kind, None)

    assert (listing.usable, listing.problem, listing.entries) == (False, problem, ())
    assert kind is None or listing.kind == kind


def test_a_selector_makes_it_a_page():
    assert read(RSS.encode(), URL, "", None, "h2 a").problem == "this is a feed, not a web page"
    assert [entry.url for entry in read(PAGE.encode(), URL, "", None, "a[href*=news]").entries] == [ARTICLE]


@pytest.mark.parametrize(
    ("text", "kind"), [(RSS, "feed"), (JSON, "feed"), (SITEMAP, "sitemap"), (TEXT, "sitemap"), (PAGE, "page")]
)
def test_a_gzip_file_is_what_is_in_it(text, kind):
    whole = text.encode()
    parts = gzip.compress(whole[:50]) + gzip.compress(whole[50:])

    for body in (gzip.compress(whole), parts, gzip.compress(whole) + b"\0\0\0"):
        listing = read(body, "https://example.org/sitemap.xml.gz", "application/gzip", None, None)
        assert (listing.kind, listing.entries[0].url) == (kind, ARTICLE)


@pytest.mark.parametrize("kind", [None, "feed", "sitemap", "page"])
def test_a_gzip_bomb_is_refused_before_it_goes_off(kind):
    bomb = gzip.compress(SITEMAP.encode() + b" " * 60_000_000)
    many = gzip.compress(b" " * 1_000_000) * 60

    for body in (bomb, many):
        listing = read(body, URL, "", kind, None)
        assert (listing.usable, listing.problem) == (False, "it is larger than 8 MB when unpacked")


def test_a_gzip_file_within_another_is_not_opened_again():
    inner = gzip.compress(SITEMAP.encode())

    assert not read(gzip.compress(inner), URL, "", None, None).usable


def test_a_gzip_file_that_breaks_off_is_read_as_far_as_it_goes():
    rows = "".join(f"<url><loc>https://example.org/{zlib.crc32(b'%d' % n)}</loc></url>" for n in range(5000))
    whole = gzip.compress(f"<urlset>{rows}</urlset>".encode())

    listing = read(whole[: len(whole) // 2], URL, "", None, None)

    assert listing.usable
    assert 1000 < len(listing.entries) < 4000
    assert "damaged" in listing.problem


def test_a_damaged_gzip_file_is_refused_in_words():
    assert read(b"\x1f\x8b\x08\x00junk and more junk", URL, "", None, None).problem == "the gzip file is damaged"


def test_a_body_as_large_as_allowed_is_unpacked_whole():
    assert len(unpacked(gzip.compress(b"x" * FEED_CAP))) == FEED_CAP
    with pytest.raises(ValueError, match="larger than 8 MB"):
        unpacked(gzip.compress(b"x" * (FEED_CAP + 1)))


@pytest.mark.parametrize("piece", [b"<", b"<!--", b" ", b"<!doctype [", b"<?x ", b"<a:", b"<!-- -", b"&", b"\x00"])
def test_a_beginning_without_end_tells_nothing(piece):
    assert form(piece * 1_000_000 + b"x") is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([RSS, ATOM, JSON, SITEMAP, TEXT, PAGE]), st.integers(0, 200))
def test_any_bytes_are_a_listing_or_have_a_problem(junk, text, where):
    whole = text.encode()

    for kind in (None, "feed", "sitemap", "page"):
        listing = read(whole[:where] + junk + whole[where:], URL, "", kind, None)
        assert listing.entries or listing.problem


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        (RSS, "feedparser", ["lxml.cssselect", "crawler.sitemap", "crawler.frontpage", "crawler.jsonfeed"]),
        (JSON, "crawler.jsonfeed", ["feedparser", "crawler.sitemap", "crawler.frontpage"]),
        (SITEMAP, "crawler.sitemap", ["feedparser", "crawler.frontpage", "crawler.jsonfeed"]),
        (PAGE, "crawler.frontpage", ["feedparser", "crawler.sitemap", "crawler.jsonfeed"]),
    ],
)
def test_each_kind_costs_only_what_it_needs(text, wanted, unwanted):
    program = f"""
import sys
from crawler.kinds import read
assert read({text.encode()!r}, {URL!r}, "", None, None).usable
print(*[name for name in {[wanted, *unwanted]!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [wanted]
