"""An address -> may it be reached: the guard where names become addresses, so that no redirect or DNS change passes it.

Who may reach private networks is a property of the source (`private: true`), so of each request: it is told to the
resolver through a context variable, which asyncio copies to whatever a request starts.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ROOM = 1000  # hosts before those whose time is over are dropped
KEPT_OPEN = 600.0  # seconds; longer than any connection is kept open for a next request

# What an address of IPv6 may hold one of IPv4 in: it leads wherever that leads. RFC 6052, RFC 8215, RFC 3056.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; a cloud keeps its metadata there
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 section 2.5.5.1, deprecated and still routed by some


class PrivateAddress(IgnoreRequest):
    """The host is in a private network, and the source is not said to be."""

    passing = False

    def __init__(self, address: str) -> None:
        only = "which only a source marked 'private: true' may reach"
        super().__init__(f"it leads to a private address ({address}), {only}")


def allowed(address: str) -> bool:
    """Return whether an address is one of the public internet, by the IANA special-purpose registries.

    What is no address at all is not. Clouds keep their keys at link-local ones (169.254.169.254, fd00:ec2::254).
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(map(_public, _meant(parsed)))


def _public(address: Address) -> bool:
    special = address in _PROTOCOL_ASSIGNMENTS if isinstance(address, ipaddress.IPv4Address) else address.is_site_local
    return address.is_global and not (special or address.is_multicast or address.is_reserved)


def _meant(address: Address) -> list[Address]:
    """Return the addresses that an address leads to: itself, and those of IPv4 that one of IPv6 holds."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped or address in _NAT64 or address in _COMPATIBLE:
        return [last]  # nothing but another way to write it
    inside = list(address.teredo or ())
    if address in _SIX_TO_FOUR:
        inside.append(ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF))
    return [address, *inside]


@dataclass(slots=True)
class Leave:
    """What one request may: `private` networks too, or not; what it was refused, and where it was let in."""

    private: bool = False
    refused: list[str] = field(default_factory=list)
    entered: Callable[[], None] = lambda: None

    def admits(self, address: str) -> bool:
        """Say whether the request may connect to the address; remember it where not, tell of a private one if so."""
        if allowed(address):
            return True
        if self.private:
            self.entered()
            return True
        self.refused.append(address)
        return False


_leave: ContextVar[Leave] = ContextVar("leave")


class Guard:
    """Stands before a download handler: it gives each request its leave.

    A connection that was opened for a private source and is kept open must not serve another source's request, so hosts
    that such a source found in a private network are refused to the others by name, too. Public ones are not: an
    article that it links to may be another source's own.
    """

    def __init__(self) -> None:
        self.private: dict[str, float] = {}
        self.room = ROOM

    @contextlib.contextmanager
    def over(self, request: Request) -> Iterator[None]:
        """Let a request through in this block, or raise PrivateAddress."""
        host = (urlparse_cached(request).hostname or "").rstrip(".")
        leave = Leave(bool(request.meta.get("private")), entered=partial(self._note, host))
        if not leave.private:
            self._check(host)
        elif self._is_inside(host):  # a connection that is used again is not looked up again
            self._note(host)
        token = _leave.set(leave)
        try:
            yield
        except Exception as error:
            if leave.refused:  # the handler only knows that there was no address
                raise PrivateAddress(leave.refused[0]) from error
            raise
        finally:
            _leave.reset(token)

    def _note(self, host: str) -> None:
        now = monotonic()
        self.private[host] = now + KEPT_OPEN
        if len(self.private) > self.room:
            self.private = {name: until for name, until in self.private.items() if until > now}
            self.room = 2 * len(self.private) + ROOM

    def _check(self, host: str) -> None:
        if self._is_inside(host):
            raise PrivateAddress(host)

    def _is_inside(self, host: str) -> bool:
        return (_is_address(host) and not allowed(host)) or self.private.get(host, 0.0) > monotonic()


def _is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host.partition("%")[0]))
    return False


def leave() -> Leave:
    """Return what the request that is under way may; without one, the least."""
    return _leave.get(None) or Leave()


@implementer(IHostnameResolver)
class Resolver:
    """Twisted's own resolver, of IPv4 and IPv6, without the addresses that the request may not reach.

    Scrapy's keep what they found for ever, or know only IPv4. How long a lookup may take is the request's time limit.
    """

    def __init__(self, reactor: Any) -> None:
        self.reactor, self.original = reactor, reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Build it as Scrapy builds its components."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Take the reactor's lookups over."""
        self.reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Look a name up, and pass on the addresses that may be reached."""
        receiver = _Sieve(resolutionReceiver, leave())
        return self.original.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


class _Sieve:
    """Receives addresses, and passes on those that the request may reach."""

    def __init__(self, receiver: Any, leave: Leave) -> None:
        self.leave, self.receiver = leave, receiver
        self.resolutionBegan = receiver.resolutionBegan
        self.resolutionComplete = receiver.resolutionComplete

    def addressResolved(self, address: Any) -> None:
        """Take one address."""
        if self.leave.admits(address.host):
            self.receiver.addressResolved(address)


class AioResolver:
    """The same for Scrapy's mode without Twisted, where aiohttp asks for addresses (but not for literal ones)."""

    def __init__(self, original: Any) -> None:
        self.original = original

    async def resolve(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Look a name up, and return the addresses that may be reached; raises OSError where none may."""
        mine = leave()
        found = [one for one in await self.original.resolve(*args, **kwargs) if mine.admits(one["host"])]
        if not found:
            raise OSError("no address that may be reached")
        return found

    async def close(self) -> None:
        """Close what is wrapped."""
        await self.original.close()


def watch(handler: Any) -> None:
    """Put the guard into aiohttp's connector, where Scrapy runs on it; Twisted's resolver is a setting."""
    session = getattr(handler, "_session", None)
    if session is not None:
        from aiohttp import ThreadedResolver  # noqa: PLC0415  in the mode with Twisted nobody needs it

        # Names are looked up for each new connection: what a private source found out is not for the others.
        session.connector._use_dns_cache = False
        # The system's own resolver, whatever else is installed: aiohttp would take c-ares where it finds it.
        session.connector._resolver = AioResolver(ThreadedResolver())
