"""A server's headers, the feed's own word -> how long its answer stays good, and how long it asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)  # believed of a Retry-After
LONGEST_FRESH = timedelta(hours=6)  # believed of a Cache-Control, an Expires or a feed's ttl
NEVER = timedelta()

# A directive and its value: a token, or a quoted string, which may hold commas (RFC 9110 section 5.6.4).
# Each alternative begins with another character and none repeats inside another, so hostile text costs linear time.
_DIRECTIVE = re.compile(r'([a-z0-9_-]+)(?:[ \t]*=[ \t]*("[^"]*"|[^",]*))?', re.IGNORECASE)
_LONGEST_HEADER = 2_000  # characters of a Cache-Control that are read


def fresh_for(headers: Mapping[str, str], ttl: timedelta | None, now: datetime) -> timedelta | None:
    """Return how long the answer stays good, zero to 6 hours; `None` where neither the server nor the feed says so.

    By RFC 9111 section 4.2: `max-age` of its Cache-Control, else its Expires less its Date, and the Age that it had in
    caches on the way taken off. A lifetime that can't be read counts as over. `s-maxage` is meant for shared caches,
    which we are not. The feed's own `ttl` counts where it is longer. `headers` have lower-case names.
    """
    lifetime = _lifetime(headers, now)
    left = None if lifetime is None else max(lifetime - _age(headers), NEVER)
    stated = [length for length in (left, ttl) if length is not None]
    return min(max(*stated, NEVER), LONGEST_FRESH) if stated else None


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Return how long a server asks to be left alone, a day at most: seconds or a date (RFC 9110 section 10.2.3).

    `None` where the header's text asks for nothing, or says it so that nobody can read it.
    """
    seconds = _seconds(text)
    when = _moment(text) if seconds is None else None
    wait = seconds if when is None else when - now
    return min(wait, LONGEST_WAIT) if wait and wait > NEVER else None


def _lifetime(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    control = _directives(headers.get("cache-control", ""))
    if "no-cache" in control or "no-store" in control:
        return NEVER
    if "max-age" in control:
        return _seconds(control["max-age"]) or NEVER
    if "expires" in headers:
        expires = _moment(headers["expires"])  # "0" is common, and means that it is over
        return NEVER if expires is None else expires - (_moment(headers.get("date", "")) or now)
    return NEVER if "must-revalidate" in control else None  # that alone gives no time in which to be fresh


def _directives(text: str) -> dict[str, str]:
    """Return the directives of a Cache-Control, each with its value; of one that is repeated, the first."""
    found: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(text[:_LONGEST_HEADER]):
        found.setdefault(name.lower(), value.strip(' \t"'))
    return found


def _age(headers: Mapping[str, str]) -> timedelta:
    return _seconds(headers.get("age", "")) or NEVER


def _seconds(text: str) -> timedelta | None:
    """Return a whole number of seconds; one that no clock can hold is only long (RFC 9111 section 1.2.2)."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    return timedelta(seconds=int(digits)) if len(digits) <= 9 else timedelta(days=10_000)


def _moment(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
