"""config.yaml's `sources:` -> Source: where to look, how often, and whose it is; Bookmark: where we stopped reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["feed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place where articles appear.

    `every` is the user's fixed interval, `None` for the default. Outlets of one `publisher` count once towards
    corroboration.
    """

    name: str
    url: str
    every: timedelta | None = None
    publisher: str = ""
    kind: Kind = "feed"

    def __post_init__(self) -> None:
        """An outlet without a stated publisher is its own."""
        if not self.publisher:
            object.__setattr__(self, "publisher", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """Where we stopped reading a source.

    `etag` and `last_modified` are sent back verbatim (RFC 9110 section 13.1). `body_hash` is the SHA-256 of the last
    listing that was taken in whole, for servers that know no validators. `failures` counts polls in a row that failed;
    `error` is the last failure in a user's words, `None` after a success.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0
    error: str | None = None
