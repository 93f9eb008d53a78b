"""The embedded newsroom behaves as a well-kept news site does."""

import re
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import feedparser
import pytest
import trafilatura

from scheduler.demo.newsroom import Newsroom, Outlet, Piece, article_page
from scheduler.demo.script import load

NOON = datetime(2026, 11, 22, 12, 0, 30, 250_000, tzinfo=UTC)
MONITOR = Outlet(slug="monitor", name="The Monitor", publisher="Monitor Group", host="127.0.0.1")
WIRE = Outlet(slug="wire", name="Wire & Sons", publisher="Wire", host="localhost")
PIECE = Piece(
    slug="bridge",
    outlet="monitor",
    title='Bridge "safe" & open',
    author="A. Writer",
    summary="Engineers <approve> it.",
    text=(
        "The bridge over the river was opened to traffic on Sunday after two years of repairs.",
        "Toll & tax: none, the mayor said.",
    ),
)


@pytest.fixture
def newsroom():
    with Newsroom((MONITOR, WIRE), NOON) as running:
        yield running


def get(url, headers=None, method="GET"):
    """Return status, headers and body of one request on a connection of its own."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=5)
    try:
        connection.request(method, parts.path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_a_feed_is_empty_until_its_outlet_publishes(newsroom):
    assert feedparser.parse(get(newsroom.feed_url("monitor"))[2]).entries == []


def test_a_published_piece_heads_its_own_outlets_feed_and_no_other(newsroom):
    older = newsroom.publish(PIECE, NOON)
    newer = newsroom.publish(
        Piece(slug="next", outlet="monitor", title="Next", author="B", summary="S", text=("T",)), NOON
    )

    parsed = feedparser.parse(get(newsroom.feed_url("monitor"))[2])

    assert [entry.link for entry in parsed.entries] == [newer, older]
    assert not parsed.bozo
    assert feedparser.parse(get(newsroom.feed_url("wire"))[2]).entries == []


def test_titles_and_summaries_survive_the_markup(newsroom):
    newsroom.publish(PIECE, NOON)

    entry = feedparser.parse(get(newsroom.feed_url("monitor"))[2], sanitize_html=False).entries[0]

    assert (entry.title, entry.summary) == (PIECE.title, PIECE.summary)
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == NOON.replace(microsecond=0)


@pytest.mark.parametrize("piece", load(NOON).pieces.values(), ids=lambda piece: piece.slug)
def test_an_extractor_finds_the_text_of_a_page_and_nothing_around_it(piece):
    page = article_page(piece, MONITOR, f"http://127.0.0.1/monitor/{piece.slug}.html", NOON)

    found = trafilatura.bare_extraction(page, with_metadata=True)

    assert found.title == piece.title
    assert found.text.split("\n")[-len(piece.text) :] == list(piece.text)
    assert not re.search("invented|deadliest decade|Quiz", found.text)


def test_two_outlets_are_two_hosts(newsroom):
    assert {urlsplit(newsroom.feed_url(slug)).hostname for slug in ("monitor", "wire")} == {"127.0.0.1", "localhost"}
    assert get(newsroom.feed_url("wire"))[0] == 200


def test_a_page_that_the_client_has_is_not_sent_again(newsroom):
    url = newsroom.publish(PIECE, NOON)
    status, headers, body = get(url)

    again, validators, nothing = get(url, {"If-None-Match": headers["ETag"]})

    assert (status, again, nothing) == (200, 304, b"")
    assert body
    assert validators["ETag"] == headers["ETag"]
    assert get(url, {"If-Modified-Since": headers["Last-Modified"]})[0] == 304


def test_a_new_piece_changes_the_feeds_validators(newsroom):
    _, before, _ = get(newsroom.feed_url("monitor"))
    newsroom.publish(PIECE, NOON + timedelta(seconds=2))
    both = {"If-None-Match": before["ETag"], "If-Modified-Since": before["Last-Modified"]}

    status, after, _ = get(newsroom.feed_url("monitor"), both)

    assert status == 200
    assert after["ETag"] != before["ETag"]
    assert after["Last-Modified"] != before["Last-Modified"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other", W/{etag}'}, 304),
        # an entity tag that differs outranks a date that would do
        ({"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday, more or less"}, 200),
        ({"If-Modified-Since": ""}, 200),
        ({}, 200),
    ],
)
def test_conditions_are_judged_as_the_standard_has_it(newsroom, headers, status):
    url = newsroom.publish(PIECE, NOON)
    etag = get(url)[1]["ETag"]

    assert get(url, {name: value.replace("{etag}", etag) for name, value in headers.items()})[0] == status


def test_robots_are_welcome_and_strange_paths_are_not_found(newsroom):
    base = newsroom.feed_url("monitor").removesuffix("feed.xml")

    assert get(base.removesuffix("monitor/") + "robots.txt")[2].startswith(b"User-agent: *\nAllow: /")
    assert get(base + "../../etc/passwd")[0] == 404
    assert get(base + "bridge.html")[0] == 404


def test_a_head_request_gets_the_headers_alone(newsroom):
    url = newsroom.publish(PIECE, NOON)
    _, full, body = get(url)

    status, headers, nothing = get(url, method="HEAD")

    assert (status, nothing, headers["Content-Length"]) == (200, b"", str(len(body)))
    assert headers["ETag"] == full["ETag"]


def test_every_request_is_counted_for_its_outlet(newsroom):
    etag = get(newsroom.feed_url("monitor"))[1]["ETag"]
    get(newsroom.feed_url("monitor"), {"If-None-Match": etag})
    get(newsroom.feed_url("wire"))

    assert [hit.status for hit in newsroom.hits("monitor")] == [200, 304]
    assert [hit.path for hit in newsroom.hits("wire")] == ["/wire/feed.xml"]
    assert len(newsroom.hits()) == 3
