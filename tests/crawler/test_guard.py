"""No article link, redirect or change of a name reaches a private network, unless the source is marked private."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys

import pytest

from crawler.guard import allowed
from crawler.source import Bookmark, Source
from crawler.wire import Unreachable
from tests import site
from tests.crawler.polling import NOW, Archive

ADDRESSES = {
    # public
    "8.8.8.8": True, "1.1.1.1": True, "93.184.216.34": True, "2606:4700:4700::1111": True,
    "2a00:1450:4001:80b::200e": True,
    "::ffff:8.8.8.8": True, "64:ff9b::808:808": True, "2002:808:808::1": True,
    # this machine, this network
    "127.0.0.1": False, "127.255.255.254": False, "0.0.0.0": False, "0.1.2.3": False, "::1": False, "::": False,
    "10.0.0.5": False, "172.16.0.1": False, "172.31.255.255": False, "192.168.1.1": False, "100.64.0.1": False,
    "fc00::1": False, "fd12:3456:789a::1": False, "fec0::1": False,
    # link-local and the clouds' metadata
    "169.254.169.254": False, "169.254.0.1": False, "fe80::1": False, "fe80::1%eth0": False, "fd00:ec2::254": False,
    "100.100.100.200": False, "192.0.0.192": False,
    # addresses inside addresses
    "::ffff:127.0.0.1": False, "::ffff:10.0.0.1": False, "::127.0.0.1": False, "::ffff:169.254.169.254": False,
    "64:ff9b::7f00:1": False, "64:ff9b::a00:5": False, "64:ff9b:1::a00:5": False, "2002:7f00:1::1": False,
    "2002:a00:5::": False, "2001:0:a00:5::1": False, "2001:0:4136:e378:8000:63bf:f5ff:fffa": False,
    # not for anybody
    "224.0.0.1": False, "239.255.255.250": False, "255.255.255.255": False, "240.0.0.1": False, "192.0.2.1": False,
    "198.18.0.1": False, "203.0.113.7": False, "ff02::1": False, "2001:db8::1": False, "100::1": False,
    # no addresses
    "": False, "localhost": False, "8.8.8": False, "0x7f.1": False, "8.8.8.8/8": False,
    "١٢٧.٠.٠.١": False, "9" * 9999: False,
}  # fmt: skip


@pytest.mark.parametrize(("address", "may"), ADDRESSES.items(), ids=lambda value: str(value)[:40])
def test_only_addresses_of_the_public_internet_are_allowed(address, may):
    assert allowed(address) is may


LOOPBACK = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "[::ffff:127.0.0.1]",
    "0",
    "127.0.0.1.",
]
"""Ways to write this machine. `localhost.` and names of /etc/hosts go the way of `localhost`."""


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_refused_however_it_is_written(shift, wire, host):
    address = f"http://{host}:{wire.port}/secret"

    async def main(room):
        with pytest.raises(Unreachable, match=r"private address|only http and https") as refused:
            await room.wire.get(address, 1000)
        assert not refused.value.passing

    shift(main)
    assert sum(wire.hits.values()) == 0


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "data:text/html,x", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "javascript:alert(1)"],
)
def test_only_the_web_is_fetched_from_even_by_a_private_source(shift, wire, address):
    wire.on("/there", site.redirect(address))

    async def main(room):
        with pytest.raises(Unreachable):
            await room.wire.get(address, 1000, private=True)
        with contextlib.suppress(Unreachable):
            answer = await room.wire.get(wire.url("/there"), 1000, private=True)
            assert (answer.status, answer.body) == (302, b"")  # told as it is, and not followed

    shift(main)


def test_a_redirect_into_a_private_network_is_refused(shift, wire, monkeypatch):
    wire.on("/out", site.redirect(wire.url("/secret")))
    public(monkeypatch, wire)

    async def main(room):
        with pytest.raises(Unreachable, match=r"private address \(127.0.0.1\)"):
            await room.wire.get(f"http://news.example:{wire.port}/out", 1000)

    shift(main)
    assert wire.hits["/out"] == 1
    assert wire.hits["/secret"] == 0


def test_a_name_that_changes_its_address_after_it_was_looked_up_is_refused(shift, wire, monkeypatch):
    wire.on("/page", site.body(b"a page", "text/html", headers={"Connection": "close"}))
    public(monkeypatch, wire, times=1)

    async def main(room):
        url = f"http://news.example:{wire.port}/page"
        assert (await room.wire.get(url, 1000)).status == 200
        with pytest.raises(Unreachable, match=r"private address \(127.0.0.1\)"):
            await room.wire.get(url, 1000)

    shift(main)
    assert wire.hits["/page"] == 1


def test_a_connection_that_a_private_source_opened_serves_no_other(shift, wire):
    wire.page("/secret", "<p>inside</p>")

    async def main(room):
        inside = wire.url("/secret", "localhost")
        assert (await room.wire.get(inside, 1000, private=True)).status == 200
        with pytest.raises(Unreachable, match="private address"):
            await room.wire.get(inside, 1000)

    shift(main)
    assert wire.hits["/secret"] == 1


def test_a_public_host_that_a_private_source_links_to_stays_open_to_the_others(shift, wire, monkeypatch):
    wire.page("/page", "<p>a page</p>")
    public(monkeypatch, wire)

    async def main(room):
        url = f"http://news.example:{wire.port}/page"
        assert (await room.wire.get(url, 1000, private=True)).status == 200
        assert (await room.wire.get(url, 1000)).status == 200

    shift(main)


def test_an_article_that_a_feed_says_is_on_this_machine_is_kept_as_announced_and_not_fetched(shift, wire, monkeypatch):
    wire.page("/secret", "<p>inside</p>")
    wire.feed("/feed.xml", [site.Item("A trap for the reader", wire.url("/secret"), NOW)])
    public(monkeypatch, wire)

    async def main(room):
        source = Source(name="Wire", url=f"http://news.example:{wire.port}/feed.xml")
        harvest = await room.poll(source, Bookmark(), Archive(), NOW)
        (reading,) = [one async for one in harvest.readings]
        assert "it leads to a private address (127.0.0.1)" in reading.article.error
        assert (reading.article.title, reading.article.retry) == ("A trap for the reader", False)

    shift(main)
    assert wire.hits["/secret"] == 0


def test_a_source_on_this_machine_says_what_would_let_it_be_read(shift, wire):
    async def main(room):
        harvest = await room.poll(Source(name="W", url=wire.url("/feed.xml")), Bookmark(), Archive(), NOW)
        assert "only a source marked 'private: true' may reach" in harvest.error

    shift(main)


def test_a_proxy_of_the_environment_is_not_asked(shift, wire, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, wire.url(""))

    async def main(room):
        with pytest.raises(Unreachable):
            await room.wire.get("http://nowhere.invalid/page", 1000)

    shift(main)
    assert sum(wire.hits.values()) == 0


SHIFT = """
import asyncio, sys
from crawler.newsroom import run
from crawler.settings import settings
from crawler.wire import Unreachable

async def main(room):
    port = sys.argv[1]
    async def told(url, **how):
        try:
            return (await room.wire.get(url, 1000, **how)).status
        except Unreachable as error:
            return str(error)
    for host in sys.argv[2:]:
        print(await told(f"http://{host}:{port}/secret"), flush=True)
    print(await told(f"http://localhost:{port}/out", private=True), flush=True)
    print(await told(f"http://localhost:{port}/out"), flush=True)
    return 0

if __name__ == "__main__":
    run(settings("desk@example.org", "9.9", delay=0), main)
"""


def test_the_guard_stands_on_the_reactor_too(tmp_path, wire):
    wire.on("/out", site.redirect(wire.url("/secret")))
    wire.page("/secret", "<p>inside</p>")
    (tmp_path / "shift.py").write_text(SHIFT)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "shift.py"), str(wire.port), *LOOPBACK],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONWARNINGS": "ignore"},
        check=False,
    )

    *refused, private, other = done.stdout.splitlines()
    assert len(refused) == len(LOOPBACK), done.stderr
    assert [line for line in refused if "private address" not in line] == []
    assert (private, "private address (localhost)" in other) == ("200", True)
    assert wire.hits["/secret"] == 1


def public(monkeypatch, wire, names=("news.example",), times=10**6):
    """Let names lead to the site as if it were on the internet, so many times; then, to this machine as it is.

    The connection is made to loopback all the same: the socket is told so below the guard.
    """
    left = dict.fromkeys(names, times)
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if name in left:
            left[name] -= 1
            address = "93.184.216.34" if left[name] >= 0 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
        return real(host, port, *args, **kwargs)

    class Routed(socket.socket):
        def connect(self, address):
            super().connect(("127.0.0.1", wire.port) if address[0] == "93.184.216.34" else address)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "socket", Routed)
