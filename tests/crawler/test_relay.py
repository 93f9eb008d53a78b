"""The browser's proxy over real sockets: what it lets through, and what it answers to everything else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re

import pytest

from crawler.guard import PrivateAddress, allowed
from crawler.relay import Relay, reason_of


def nowhere(_address):
    return False


def anywhere(_address):
    return True


def password(relay):
    token = base64.b64encode(f"{relay.username}:{relay.password}".encode()).decode()
    return f"Proxy-Authorization: Basic {token}\r\n"


@contextlib.asynccontextmanager
async def talking(relay):
    """Open the relay and a connection to it."""
    await relay.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(relay.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()
        await relay.close()


async def answer(reader):
    """Return an answer, as long as it says that it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    return head + (await reader.readexactly(int(length[1])) if length else await reader.read())


def ask(wire, request, *, allows=anywhere, **limits):
    """Send raw bytes through a relay; return what comes back and why the site's host could not be reached."""

    async def main():
        relay = Relay(allows, **limits)
        async with asyncio.timeout(10), talking(relay) as (reader, writer):
            raw = request.replace("{site}", wire.url("")).replace("{port}", str(wire.port))
            writer.write(raw.replace("{password}", password(relay)).encode("latin-1"))
            return await answer(reader), relay.why("127.0.0.1")

    return asyncio.run(main())


def test_a_plain_request_reaches_the_site_without_the_password_and_the_connection_ends(wire):
    wire.page("/a", "hello")
    request = "GET {site}/a?b=1 HTTP/1.1\r\nHost: x\r\n{password}Cookie: c\r\nConnection: keep-alive\r\n\r\n"

    got, why = ask(wire, request)

    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nConnection: close\r\n\r\nhello" in got
    assert why is None
    assert wire.asked[0].path == "/a?b=1"
    assert wire.asked[0].headers == {"host": "x", "cookie": "c", "connection": "close"}


def test_a_tunnel_carries_bytes_both_ways(wire):
    wire.page("/a", "hello")

    async def main():
        relay = Relay(anywhere)
        async with asyncio.timeout(10), talking(relay) as (reader, writer):
            writer.write(f"CONNECT 127.0.0.1:{wire.port} HTTP/1.1\r\n{password(relay)}\r\n".encode())
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
            for _ in range(2):
                writer.write(b"GET /a HTTP/1.1\r\n\r\n")
                assert (await answer(reader)).endswith(b"hello")

    asyncio.run(main())


LEADS_INSIDE = ["127.0.0.1:{port}", "localhost:{port}", "127.1:{port}", "0x7f.1:{port}", "2130706433:{port}"]


@pytest.mark.parametrize("where", LEADS_INSIDE)
@pytest.mark.parametrize("request_line", ["CONNECT {where}", "GET http://{where}/secret"])
def test_no_form_of_a_refused_address_gets_through(wire, where, request_line):
    wire.page("/secret", "secret")
    request = request_line.replace("{where}", where) + " HTTP/1.1\r\n{password}\r\n"

    got, _ = ask(wire, request, allows=nowhere)

    assert got.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert not wire.hits


def test_it_says_why_a_host_was_refused(wire):
    got, why = ask(wire, "GET {site}/ HTTP/1.1\r\n{password}\r\n", allows=allowed)

    status = re.search(r"Proxy-Status: (.*)\r\n", got.decode())[1]
    assert reason_of(status) == why.reason == str(PrivateAddress("127.0.0.1"))
    assert not why.passing


def ask_for_a_name(wire, allows, *lookups):
    """Ask a relay for a name whose addresses are those of the first look-up, then of the second, …"""
    asked = iter(lookups)

    async def look_up(_host, port, **_):
        return [(2, 1, 6, "", (address, port)) for address in next(asked)]

    async def main():
        relay = Relay(allows)
        async with asyncio.timeout(10), talking(relay) as (reader, writer):
            asyncio.get_running_loop().getaddrinfo = look_up
            writer.write(f"GET http://news.example:{wire.port}/ HTTP/1.1\r\n{password(relay)}\r\n".encode())
            return await answer(reader)

    return asyncio.run(main())


def test_a_name_with_one_refused_address_among_others_is_refused(wire):
    got = ask_for_a_name(wire, lambda address: address == "127.0.0.1", ["127.0.0.1", "10.0.0.1"])

    assert got.startswith(b"HTTP/1.1 403 Forbidden\r\n")


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(wire):
    wire.page("/", "hello")

    got = ask_for_a_name(wire, lambda address: address == "127.0.0.1", ["127.0.0.1"], ["10.0.0.1"])

    assert got.endswith(b"hello")


def test_the_next_address_is_tried_where_one_does_not_answer(wire):
    wire.page("/", "hello")

    assert ask_for_a_name(wire, anywhere, ["127.0.0.2", "127.0.0.1"]).endswith(b"hello")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET {site}/ HTTP/1.1\r\n\r\n", b"407 Proxy Authentication Required"),
        ("GET {site}/ HTTP/1.1\r\nProxy-Authorization: Basic dG9jc2luOg==\r\n\r\n", b"407 "),
        ("GET {site}/ HTTP/1.1\r\nProxy-Authorization: Basic \xff\xfe\r\n\r\n", b"407 "),
        ("\x16\x03\x01\x02\x00\x01\r\n\r\n", b"407 "),
        ("garbage\r\n{password}\r\n", b"400 Bad Request"),
        ("GET / HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("GET https://a.example/ HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("GET ftp://a.example/ HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("GET http:///a HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("GET http://a:99999/ HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("GET http://[::1/ HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("CONNECT a.example HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("CONNECT :443 HTTP/1.1\r\n{password}\r\n", b"400 "),
        ("CONNECT no-such-host.invalid:443 HTTP/1.1\r\n{password}\r\n", b"502 Bad Gateway"),
        ("CONNECT " + "a" * 70 + ".example:443 HTTP/1.1\r\n{password}\r\n", b"502 "),
        ("CONNECT 127.0.0.1:1 HTTP/1.1\r\n{password}\r\n", b"502 "),
        ("GET {site}/ HTTP/1.1\r\nX: " + "x" * 70_000 + "\r\n\r\n", b"431 Request Header Fields Too Large"),
    ],
)
def test_what_is_no_request_of_the_browsers_is_answered_with_its_fault(wire, request_, status):
    got, _ = ask(wire, request_)

    assert got.startswith(b"HTTP/1.1 " + status)
    assert not wire.hits


def test_a_client_that_does_not_finish_its_request_is_sent_away(wire):
    got, _ = ask(wire, "GET {site}/ HTTP/1.1\r\nHost:", patience=0.05)

    assert got.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_an_answer_that_never_ends_is_cut_off(wire):
    async def endless(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    wire.on("/", endless)

    got, _ = ask(wire, "GET {site}/ HTTP/1.1\r\n{password}\r\n", cap=100_000)

    assert 100_000 <= len(got) < 300_000


@pytest.mark.parametrize(
    "answer", [b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, b"HTTP/1.1 200 OK"]
)
def test_a_server_that_talks_garbage_is_a_bad_gateway(wire, answer):
    async def garbage(_request, writer):
        writer.write(answer)
        await writer.drain()
        writer.close()
        raise ConnectionError

    wire.on("/", garbage)

    got, _ = ask(wire, "GET {site}/ HTTP/1.1\r\n{password}\r\n")

    assert got.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")


def test_what_comes_before_the_answer_proper_is_left_out(wire):
    async def hints_first(_request, writer):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: keep-alive\r\n")
        writer.write(b"Content-Length: 5\r\n\r\nhello")

    wire.on("/", hints_first)

    got, _ = ask(wire, "GET {site}/ HTTP/1.1\r\n{password}\r\n")

    assert got == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


def test_closing_it_cuts_what_is_open(wire):
    async def main():
        relay = Relay(anywhere)
        async with asyncio.timeout(10), talking(relay) as (reader, writer):
            writer.write(f"CONNECT 127.0.0.1:{wire.port} HTTP/1.1\r\n{password(relay)}\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            await relay.close()
            return await reader.read(), relay.serving

    assert asyncio.run(main()) == (b"", set())
