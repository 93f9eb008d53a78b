"""config.yaml's `sources:` -> Source: where to look, how often, and whose it is; Bookmark: where we stopped reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["feed", "sitemap", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place where articles appear.

    `every` is the user's fixed interval, `None` for one that adapts. Outlets of one `publisher` count once towards
    corroboration. `kind` is what the listing is (`None`: found out by the first that is read): a feed (RSS, Atom, JSON
    Feed), a sitemap or an index of them, or a web page, whose articles `links` picks (a CSS selector; without it, new
    links that look like articles). `javascript` has its pages rendered by a browser. `spider` is the dotted path of a
    Scrapy spider class that is run instead. `private` allows addresses in private networks. `backlog` says that what
    the first poll finds may ring.
    """

    name: str
    url: str
    every: timedelta | None = None
    publisher: str = ""
    kind: Kind | None = None
    links: str | None = None
    javascript: bool = False
    spider: str | None = None
    private: bool = False
    backlog: bool = False

    def __post_init__(self) -> None:
        """An outlet without a stated publisher is its own."""
        if not self.publisher:
            object.__setattr__(self, "publisher", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask for a change only: sent back verbatim (RFC 9110 section 13.1)."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # SHA-256 of the body, for servers that know no validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """Where we stopped reading a source.

    `etag` and `last_modified` are sent back verbatim (RFC 9110 section 13.1). `body_hash` is the SHA-256 of the last
    listing that was taken in whole, for servers that know no validators. `kind` is what the listing was found to be;
    `parts` are the validators of the listings that an index names, by address, `ttl` is how long the listing says that
    it stays good. `caught_up` says that the backlog of the
    first poll is behind us, `flood` that more appeared at once than could be news and the rest of it is still to be
    read. `failures` counts polls in a row that failed since `failing_since`; `error` is the last
    failure in a user's words, `None` after a success. `interval` is what was last chosen between two polls, `gap` the
    time that is expected between two new articles (`None` while too little was seen), `last_new` when the last new one
    came. `rhythm` are the figures that the times of new articles were learned in; whoever polls knows what they mean.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    kind: Kind | None = None
    parts: tuple[tuple[str, Validators], ...] = ()
    ttl: timedelta | None = None
    caught_up: bool = False
    flood: bool = False
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str | None = None
    interval: timedelta | None = None
    gap: timedelta | None = None
    rhythm: tuple[float, ...] = ()
