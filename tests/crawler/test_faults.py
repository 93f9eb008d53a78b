"""Whatever a site does, it is told in words, it costs nobody else, and what can be saved is saved."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy import exceptions

from crawler.fetching import TRIES
from crawler.harvest import Outcome
from crawler.source import Bookmark
from crawler.wire import in_words
from crawler.workers import Workers
from tests import site
from tests.crawler.polling import NOW, poll

HTML = "text/html; charset=utf-8"
XML = "application/rss+xml"

LISTINGS = {
    "a web page": (site.body(b"<!doctype html><html><body>Hi</body></html>", HTML), "this is a web page, not a feed"),
    "empty": (site.body(b"", XML), "the feed is empty"),
    "blank": (site.body(b" \n ", XML), "the feed is empty"),
    "some text": (site.body(b"hello", "text/plain"), "this is not a feed (text/plain)"),
    "cut before the first entry": (site.body(b"<rss><channel><ite", XML), "the feed breaks off before its first entry"),
    "huge": (site.huge(), "the answer is larger than 8 MB"),
    "never ending": (site.never_ending, "the answer is larger than 8 MB"),
    "a bomb": (site.gzip_bomb(), "the answer is larger than 8 MB"),
    "badly compressed": (site.body(b"not so" * 99, XML, headers={"Content-Encoding": "br"}), "compressed in a way"),
    "slow loris": (site.slow_loris, "timed out after 0.5 s"),
    "silent": (site.silent, "timed out after 0.5 s"),
    "cut off": (site.reset, "the server broke off before it had answered in full"),
    "cut short": (site.cut_short, "the server broke off before it had answered in full"),
    "in a circle": (site.redirect("/fault"), "it redirects for ever"),
    "to a file": (site.redirect("file:///etc/hostname"), "HTTP 302 (Found)"),
    "missing": (site.missing, "HTTP 404 (Not Found)"),
    "broken": (site.status("500 Oops"), "HTTP 500 (Internal Server Error)"),
    "busy": (site.status("503 Busy", {"Retry-After": "120"}), "HTTP 503 (Service Unavailable), asked to wait 120 s"),
    "of an unknown status": (site.status("799 What"), "HTTP 799"),
}


@pytest.mark.parametrize("fault", LISTINGS)
def test_a_faulty_listing_is_told_in_words_and_keeps_its_bookmark(shift, wire, fault):
    answering, words = LISTINGS[fault]
    wire.on("/fault", answering)
    mark = Bookmark(etag='"kept"', kind="feed")

    async def main(room):
        harvest, readings = await poll(room, wire.url("/fault"), mark)
        assert words in (harvest.error or "")
        assert (harvest.outcome, harvest.bookmark, readings) == (Outcome.FAILED, mark, [])
        assert bool(harvest.retry_after) is (fault == "busy")

    shift(main, DOWNLOAD_TIMEOUT=0.5)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/feed", "file:///etc/hostname", "data:text/html,x", "nonsense", ""])
def test_only_web_addresses_are_fetched(shift, url):
    async def main(room):
        harvest, _ = await poll(room, url)
        assert harvest.outcome is Outcome.FAILED
        assert harvest.error.startswith(("only http and https addresses can be fetched", "not an address"))

    shift(main)


def test_a_host_that_refuses_is_told_in_words(shift, wire):
    async def main(room):
        harvest, _ = await poll(room, "http://127.0.0.1:1/feed.xml")
        assert harvest.error.startswith("the connection was refused")

    shift(main)


def test_sources_that_fail_cost_a_healthy_one_nothing(shift, wire):
    entries = site.items(wire, 3, NOW)
    wire.feed("/feed.xml", entries)
    for number, (answering, _) in enumerate(LISTINGS.values()):
        wire.on(f"/{number}", answering)

    async def main(room):
        faulty = [asyncio.create_task(poll(room, wire.url(f"/{number}"))) for number in range(len(LISTINGS))]
        _, readings = await poll(room, wire.url("/feed.xml"))
        harvests = [harvest for harvest, _ in await asyncio.gather(*faulty)]
        assert len(readings) == 3
        assert {harvest.outcome for harvest in harvests} == {Outcome.FAILED}

    shift(main, DOWNLOAD_TIMEOUT=1, CONCURRENT_REQUESTS_PER_DOMAIN=50)


PAGES = {
    "missing": (site.missing, "the page answers HTTP 404 (Not Found)", False),
    "gone": (site.status("410 Gone"), "the page answers HTTP 410 (Gone)", False),
    "forbidden": (site.status("403 No"), "the page answers HTTP 403 (Forbidden)", False),
    "too much asked": (site.status("429 Slow"), "the page answers HTTP 429 (Too Many Requests)", True),
    "broken": (site.status("502 Oops"), "the page answers HTTP 502 (Bad Gateway)", True),
    "silent": (site.silent, "timed out after 0.5 s", True),
    "cut off": (site.reset, "the server broke off before it had answered in full", True),
    "a bomb": (site.gzip_bomb(), "the answer is larger than 5 MB", False),
    "in a circle": (site.redirect("/fault"), "it redirects for ever", False),
    "a document": (site.body(b"%PDF-1.7", "application/pdf"), "it is no web page but application/pdf", False),
    "without text": (site.body(b"<html><body><img src=x></body></html>", HTML), "the page has no readable text", False),
    "empty": (site.body(b"", HTML), "the page has no readable text", False),
    "led home": (site.redirect("/"), "the page is gone: it leads to the site's front page", False),
}


@pytest.mark.parametrize("fault", PAGES)
def test_an_article_whose_page_fails_is_kept_as_its_listing_tells_it(shift, wire, fault):
    answering, words, passing = PAGES[fault]
    wire.on("/fault", answering)
    wire.page("/", site.article("Our front page", "All the news of the valley."))
    item = site.Item(
        "Five dead in Nalchik", wire.url("/fault"), NOW - dt.timedelta(hours=1), "<p>Five were killed.</p>"
    )
    wire.feed("/feed.xml", [item])

    async def main(room):
        harvest, [reading] = await poll(room, wire.url("/feed.xml"))
        article = reading.article
        assert (article.title, article.text, article.error) == ("Five dead in Nalchik", "Five were killed.", words)
        assert (article.published, article.retry) == (NOW - dt.timedelta(hours=1), passing)
        assert reading.facts is not None
        # Worth another try: the next poll asks for the whole listing again.
        assert (harvest.bookmark.etag is None) is passing

    shift(main, DOWNLOAD_TIMEOUT=0.5)


def test_a_page_that_has_failed_for_a_day_is_not_tried_again(shift, wire):
    wire.on("/fault", site.status("500 Oops"))
    wire.feed("/feed.xml", [site.Item("Old", wire.url("/fault"), NOW - dt.timedelta(days=2), "Summary.")])

    async def main(room):
        harvest, [reading] = await poll(room, wire.url("/feed.xml"))
        assert reading.article.error
        assert not reading.article.retry
        assert harvest.bookmark.etag

    shift(main)


def test_a_page_made_to_hold_its_reader_is_given_up_and_the_rest_goes_on(shift, wire):
    trap = "<html><body><p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">text</p></body></html>"
    first, second = site.items(wire, 2, NOW)
    wire.page("/trap.html", trap)
    wire.feed("/feed.xml", [first, site.Item("A trap", wire.url("/trap.html"), NOW, "It is a trap."), second])
    readers = Workers(count=1, timeout=4)

    async def main(room):
        _, readings = await poll(room, wire.url("/feed.xml"))
        told = {reading.article.title: reading.article.error for reading in readings}
        assert told == {first.title: None, second.title: None, "A trap": "the page: reading it took longer than 4 s"}

    try:
        shift(main, readers)
    finally:
        readers.close()


def test_a_page_without_a_date_is_tried_a_few_times_and_then_given_up(shift, wire):
    wire.on("/fault", site.status("500 Oops"))
    wire.feed("/feed.xml", [site.Item("Undated", wire.url("/fault"))])

    async def main(room):
        tries = [(await poll(room, wire.url("/feed.xml")))[1][0].article.retry for _ in range(TRIES + 1)]
        assert tries == [True] * TRIES + [False]

    shift(main)


def test_a_damaged_feed_gives_what_can_be_read_and_a_note(shift, wire):
    wire.page("/a.html", site.article("A report", "All is quiet in the valley."))
    cut = site.rss([site.Item("A report", wire.url("/a.html"))])[: -len("</channel></rss>")] + "<item><title>An"
    wire.on("/feed.xml", site.body(cut.encode(), XML))

    async def main(room):
        harvest, readings = await poll(room, wire.url("/feed.xml"))
        assert (harvest.outcome, harvest.error, len(readings)) == (Outcome.NEW, None, 1)
        assert harvest.note == "the feed is damaged or breaks off: 1 of its entries could be read"

    shift(main)


def test_a_server_that_cannot_prove_its_name_is_refused(shift, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_own_certificate(tmp_path))
    with site.serve(tls=context) as secure:
        secure.feed("/feed.xml", [])

        async def main(room):
            harvest, _ = await poll(room, secure.url("/feed.xml"))
            assert harvest.error.startswith("the server's certificate could not be verified")
            assert not secure.asked

        shift(main)


@pytest.mark.parametrize(
    ("error", "words", "passing"),
    [
        (exceptions.CannotResolveHostError("DNS lookup failed"), "the host name could not be found", True),
        (
            exceptions.DownloadFailedError("[('SSL routines', '', 'wrong version number')]"),
            "no secure connection",
            True,
        ),
        (
            exceptions.DownloadTimeoutError("Getting https://tls.org/SSL-certificate took 30 s"),
            "timed out after 30 s",
            True,
        ),
        (OSError(101, "Network is unreachable"), "the network is out of reach", True),
        (exceptions.IgnoreRequest("max redirections reached"), "it redirects for ever", False),
        (RuntimeError("what is this"), "the connection failed: RuntimeError what is this", True),
    ],
)
def test_what_goes_wrong_on_the_way_has_words(error, words, passing):
    told = in_words(error, 1024, 30)

    assert told.reason.startswith(words)
    assert told.passing is passing


def _own_certificate(folder):
    """Return a file with a certificate that nobody but itself vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    today = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(today - dt.timedelta(1)).not_valid_after(today + dt.timedelta(1))
    )
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    file = folder / "own.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return file
