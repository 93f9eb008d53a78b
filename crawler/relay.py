"""A browser's request -> its connection: a proxy on loopback that reaches only the addresses which are allowed."""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
import secrets
import socket
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from crawler.guard import PrivateAddress

HEAD: Final = 64 * 1024  # bytes of a request's or an answer's head
CAP: Final = 32 * 1024 * 1024  # bytes that one connection brings
PATIENCE: Final = 10.0  # seconds for a request's head, a name and a connection each
LIMIT: Final = 120.0  # seconds for a connection as a whole
MOST: Final = 256  # connections at once
REMEMBERED: Final = 1000  # hosts that could not be reached
BLOCK: Final = 64 * 1024

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Rejected(Exception):
    """The request gets no connection: the HTTP status that says so, and why in a user's words."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason

    @property
    def passing(self) -> bool:
        """Whether another try may succeed."""
        return not self.status.startswith("403")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its head states it: where to, and the head to send there (`None` for CONNECT)."""

    host: str
    port: int
    head: bytes | None


class Relay:
    """An HTTP proxy for one browser (RFC 9110 section 9.3.6, RFC 9112 section 3.2.2).

    It looks up each host itself and connects to the very address that `allows` was asked about, so that a name which
    changes its address in between (DNS rebinding) leads nowhere. Only who knows the password is served: any page in
    any browser of this machine can send requests to a port on loopback.
    """

    def __init__(self, allows: Callable[[str], bool], *, patience: float = PATIENCE, cap: int = CAP) -> None:
        self.allows, self.patience, self.cap = allows, patience, cap
        self.username, self.password = "tocsin", secrets.token_urlsafe(24)
        self.serving: set[asyncio.Task[None]] = set()
        self.failed: OrderedDict[str, Rejected] = OrderedDict()
        self.server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a free port of loopback."""
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD)

    @property
    def url(self) -> str:
        """Return where it listens."""
        assert self.server is not None  # noqa: S101  it was opened
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def why(self, host: str) -> Rejected | None:
        """Return why the host could not be reached when it was last asked for, `None` where it could."""
        return self.failed.get(host.lower())

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self.server:
            self.server.close()
        for task in list(self.serving):
            task.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  asyncio makes one for each connection
        self.serving.add(task)
        try:
            async with asyncio.timeout(LIMIT):
                await self._answer((reader, writer))
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.CancelledError):
            pass  # either side went away, or took too long: there is nobody to tell
        finally:
            self.serving.discard(task)
            writer.close()

    async def _answer(self, client: Stream) -> None:
        try:
            if len(self.serving) > MOST:
                raise Rejected("503 Service Unavailable", "too many connections at once")
            asked = self._asked(await _head(client[0], "431 Request Header Fields Too Large", self.patience))
            try:
                server = await self._connected(asked)
            except Rejected as error:
                self._remember(asked.host, error)
                raise
        except Rejected as error:
            await _refuse(client[1], error)
            return
        self.failed.pop(asked.host, None)
        try:
            await (self._tunnel(client, server) if asked.head is None else self._forward(client, server, asked.head))
        finally:
            server[1].close()

    def _asked(self, head: bytes) -> Asked:
        """Return what a request asks for. Raises Rejected."""
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.partition(":") for line in lines[1:] if line]
        named = {name.strip().lower(): value.strip() for name, _, value in fields}
        if not self._is_ours(named.get("proxy-authorization", "")):
            raise Rejected("407 Proxy Authentication Required", "the password is wrong or missing")
        request = re.fullmatch(r"([A-Z]+) (\S+) HTTP/1\.[01]", lines[0])
        if request is None:
            raise Rejected("400 Bad Request", "it is no HTTP request")
        method, target = request.groups()
        if method == "CONNECT":
            return Asked(*_address(f"//{target}", None), None)
        if not target.startswith("http://"):
            raise Rejected("400 Bad Request", "only http addresses are forwarded")
        host, port = _address(target, 80)
        kept = [f"{name}:{value}" for name, _, value in fields if name.strip().lower() not in _OURS]
        origin = re.sub(r"^http://[^/?#]*", "", target).partition("#")[0]
        origin = origin if origin.startswith("/") else f"/{origin}"
        start = f"{method} {origin} HTTP/1.1"
        return Asked(host, port, "\r\n".join([start, *kept, "Connection: close", "", ""]).encode("latin-1"))

    def _is_ours(self, credentials: str) -> bool:
        scheme, _, token = credentials.partition(" ")
        with suppress(ValueError):
            stated = base64.b64decode(token, validate=True)
            return scheme.lower() == "basic" and hmac.compare_digest(
                stated, f"{self.username}:{self.password}".encode()
            )
        return False

    async def _connected(self, asked: Asked) -> Stream:
        """Connect to the first of the host's addresses that is allowed and answers. Raises Rejected."""
        try:
            looked_up = asyncio.get_running_loop().getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)
            found = await asyncio.wait_for(looked_up, PATIENCE)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Rejected("502 Bad Gateway", "the host name could not be found") from error
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        for address in addresses:
            if not self.allows(address):
                raise Rejected("403 Forbidden", str(PrivateAddress(address)))
        for address in addresses[:4]:
            with suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(address, asked.port, limit=HEAD), PATIENCE)
        raise Rejected("502 Bad Gateway", "no connection could be made")

    def _remember(self, host: str, why: Rejected) -> None:
        self.failed[host] = why
        self.failed.move_to_end(host)
        if len(self.failed) > REMEMBERED:
            self.failed.popitem(last=False)

    async def _forward(self, client: Stream, server: Stream, head: bytes) -> None:
        """Send one request on and its answer back. The connection is closed then: the next may be for another host."""
        server[1].write(head)
        sending = asyncio.ensure_future(_copy(client[0], server[1], self.cap))
        try:
            client[1].write(await _final_head(server[0]))
        except Rejected as error:
            await _refuse(client[1], error)
        else:
            await self._until_either_ends(sending, client, server)
        finally:
            await _ended(sending)

    async def _tunnel(self, client: Stream, server: Stream) -> None:
        client[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        sending = asyncio.ensure_future(_copy(client[0], server[1], self.cap))
        await self._until_either_ends(sending, client, server)

    async def _until_either_ends(self, sending: asyncio.Future[None], client: Stream, server: Stream) -> None:
        receiving = asyncio.ensure_future(_copy(server[0], client[1], self.cap))
        try:
            await asyncio.wait([sending, receiving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _ended(sending, receiving)


def reason_of(proxy_status: str) -> str | None:
    """Return why the relay itself refused, from an answer's Proxy-Status (RFC 9209), `None` where it did not."""
    told = re.fullmatch(r'tocsin; details="([^"]*)"', proxy_status)
    return told[1] if told else None


# What is between the browser and the relay only (RFC 9110 section 7.6.1), and what only the relay says.
_OURS = {"proxy-authorization", "proxy-connection", "proxy-status", "connection", "keep-alive", "upgrade", "te"}


def _address(url: str, default: int | None) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or default
    except ValueError:
        host = port = None
    if not host or not port:
        raise Rejected("400 Bad Request", "it names no host and port")
    return host, port


async def _head(reader: asyncio.StreamReader, too_large: str, seconds: float) -> bytes:
    """Return a head with its last line ending. Raises Rejected, EOFError where the other side went away."""
    try:
        return (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds))[:-2]
    except asyncio.LimitOverrunError as error:
        raise Rejected(too_large, "the head is too large") from error
    except TimeoutError as error:
        raise Rejected("408 Request Timeout", "the head took too long") from error


async def _final_head(server: asyncio.StreamReader) -> bytes:
    """Return the head of the answer proper, saying that the connection will be closed. Raises Rejected."""
    while True:
        try:
            head = await _head(server, "502 Bad Gateway", LIMIT)
        except EOFError as error:
            raise Rejected("502 Bad Gateway", "the server broke off before it had answered in full") from error
        lines = head.decode("latin-1").split("\r\n")
        status = re.match(r"HTTP/1\.[01] (\d)\d\d", lines[0])
        if status is None:
            raise Rejected("502 Bad Gateway", "the answer is no HTTP")
        if status[1] != "1":  # early hints and the like are left out
            kept = [line for line in lines if line and line.partition(":")[0].strip().lower() not in _OURS]
            return "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1")


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cap: int) -> None:
    """Pass on what comes until it ends or is more than `cap` bytes."""
    while cap > 0 and (block := await reader.read(BLOCK)):
        cap -= len(block)
        writer.write(block)
        await writer.drain()


async def _ended(*copying: asyncio.Future[None]) -> None:
    for one in copying:
        one.cancel()
    await asyncio.gather(*copying, return_exceptions=True)


async def _refuse(writer: asyncio.StreamWriter, error: Rejected) -> None:
    asks = 'Proxy-Authenticate: Basic realm="tocsin"\r\n' if error.status.startswith("407") else ""
    asks += f'Proxy-Status: tocsin; details="{error.reason}"\r\n'  # RFC 9209
    body = f"{error.reason}\n".encode()
    head = f"HTTP/1.1 {error.status}\r\n{asks}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
    with suppress(OSError):
        await writer.drain()
