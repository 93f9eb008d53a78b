"""A site's address -> Survey: its feeds, sitemaps and sections, each fetched and read, the most useful first."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from crawler.article import url_key
from crawler.discover import Candidate, Front, How, Sort, front, listing_key
from crawler.fetching import content_type, status_in_words
from crawler.kinds import read
from crawler.listing import Entry, Listing, Part
from crawler.newsroom import Newsroom
from crawler.settings import FEED_CAP
from crawler.sitemap import chosen
from crawler.source import Kind
from crawler.wire import Answer, Unreachable
from crawler.workers import Unreadable

MOST_REQUESTS = 25  # of one survey, robots.txt included
QUOTAS: dict[How, int] = {"named by the page": 8, "named by robots.txt": 5, "linked": 6, "section": 4}
FEWEST_ON_A_PAGE = 5  # links that look like articles; a page with fewer is no list of them
STALE = timedelta(days=30)
AHEAD = timedelta(hours=1)  # entries dated further in the future are misdated
ALIKE = 0.8  # share of entries in common from which two listings are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing that was fetched and read.

    `url` is where it was found in the end, `keys` are its articles' addresses, `newest` the latest date that it states
    (aware). `news` marks a sitemap with the titles and dates of news. `problem` is what is wrong with it, `usable`
    whether it can be a source. `parts` are the further sitemaps that it is an index of.
    """

    url: str
    how: How
    kind: Kind
    usable: bool = True
    title: str = ""
    entries: int = 0
    newest: datetime | None = None
    lang: str | None = None
    news: bool = False
    problem: str | None = None
    keys: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    @property
    def sort(self) -> Sort | None:
        """Return what guesses it makes needless; an empty or abandoned listing is counted by the caller."""
        if self.kind == "page":
            return None
        return "feed" if self.kind == "feed" else "news sitemap" if self.news else "sitemap"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a site has: the best source first, then the alternatives.

    `name` is the site's own. `direct` says that the address was a feed or sitemap itself. `missing` are addresses that
    the user or the site itself names and that are no use, each with its reason; `unseen` what it names or links to and
    was left out for want of requests.
    """

    name: str
    found: tuple[Found, ...]
    direct: bool = False
    asked: int = 0
    missing: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()
    stopped: bool = False


def examine(body: bytes, url: str, content_type: str, candidate: Candidate, now: datetime) -> Found:
    """Read what a candidate turned out to be."""
    listing = read(body, url, content_type, candidate.kind, None)
    entries, keys = listing.entries, frozenset(_keys(listing.entries))
    problem = _no_use(listing, candidate)
    dates = [date for entry in entries if (date := entry.published or entry.updated) and date <= now + AHEAD]
    return Found(
        url=url,
        how=candidate.how,
        kind=listing.kind,
        usable=problem is None,
        title=candidate.title if listing.kind == "page" else listing.title or candidate.title,
        entries=len(entries),
        newest=max(dates, default=None),
        lang=_language(listing),
        news=listing.kind == "sitemap" and sum(bool(entry.title) for entry in entries) * 2 > len(entries),
        problem=problem or listing.problem,
        keys=keys,
        parts=listing.parts,
    )


def _no_use(listing: Listing, candidate: Candidate) -> str | None:
    """Return why a listing is no source, `None` where it is one."""
    if not listing.usable:
        return listing.problem or "it is not a list of articles"
    if listing.kind == "page" and candidate.kind != "page":
        return "it is a web page, not a feed or a sitemap"
    if listing.kind == "page" and len(listing.entries) < FEWEST_ON_A_PAGE:
        return f"it has {len(listing.entries) or 'no'} links that look like articles"
    if listing.entries and all("#comment" in entry.url for entry in listing.entries):
        return "it is a feed of comments"
    return None


def _keys(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        try:
            yield url_key(entry.url)
        except ValueError:
            continue


def _language(listing: Listing) -> str | None:
    from crawler.language import language_of  # noqa: PLC0415  its model is loaded in the workers only

    stated = Counter(entry.lang for entry in listing.entries if entry.lang).most_common(1)
    titles = "\n".join(entry.title for entry in listing.entries[:50])
    return listing.lang or (stated[0][0] if stated else language_of(titles))


def ranked(found: Iterable[Found], url: str, now: datetime) -> list[Found]:
    """Return the listings in the order of their use as a source, without those that list the same articles.

    Fresh feeds and news sitemaps come first, then other sitemaps, then sections, last what holds nothing or nothing of
    the last 30 days. Asked for a whole site, a news sitemap, which holds all its news, comes before the feeds of a day.
    """
    whole_site = urlsplit(url).path.strip("/") == ""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: _rank(one, whole_site, now)):
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return kept


def _rank(one: Found, whole_site: bool, now: datetime) -> tuple[int, int, bool, int]:
    age = now - one.newest if one.newest else STALE
    if not one.entries or (one.newest and age > STALE):
        tier = 3
    elif one.kind == "feed" or one.news:
        tier = 0
    else:
        tier = 1 if one.kind == "sitemap" else 2
    days = next((step for step, limit in enumerate((1, 7, 30)) if age < timedelta(days=limit)), 3)
    return tier, days, one.news != whole_site, 0 if one.how == "the address itself" else 1


def _same(one: Found, other: Found) -> bool:
    if listing_key(one.url) == listing_key(other.url):
        return True
    if one.sort != other.sort or not one.keys or not other.keys:
        return False
    return len(one.keys & other.keys) >= ALIKE * len(one.keys | other.keys)


async def survey(
    room: Newsroom, url: str, now: datetime, *, private: bool = False, told: Callable[[str], None] = lambda _: None
) -> Survey:
    """Return what the site has, in at most 25 requests. Raises Unreachable where the address itself can't be had.

    `private` lets it reach addresses in private networks; `told` gets each address before it is asked for. When the
    caller is cancelled, what was found so far is returned as a survey that was stopped.
    """
    surveyor = _Surveyor(room, now, private, told)
    answer = await surveyor.fetch(url)
    if answer.status == HTTPStatus.OK:
        itself = await surveyor.examined(answer, Candidate(url=url, how="the address itself"))
        if itself.usable:
            await surveyor.take(itself)
            return surveyor.survey("", answer.url, direct=True)
        if itself.kind != "page":  # a broken feed, or nothing that could be a page
            surveyor.missing.append((answer.url, itself.problem or "it is no use"))
    page = answer.body if answer.status == HTTPStatus.OK else b""
    name = ""
    try:
        robots = await surveyor.robots(answer.url)
        site = await surveyor.front(answer, page, robots)
        name = site.name
        await surveyor.look_into(site.candidates, replace(answer, body=page))
    except asyncio.CancelledError:
        return replace(surveyor.survey(name, answer.url), stopped=True)
    if not surveyor.found and answer.status != HTTPStatus.OK:
        raise Unreachable(status_in_words(answer.status), passing=False)
    return surveyor.survey(name, answer.url)


@dataclass(slots=True)
class _Surveyor:
    """One survey: what was asked for, and what came of it."""

    room: Newsroom
    now: datetime
    private: bool
    told: Callable[[str], None]
    asked: int = 0
    met: set[str] = field(default_factory=set)
    tried: Counter[How] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def survey(self, name: str, url: str, *, direct: bool = False) -> Survey:
        """Return what came of it."""
        best = tuple(ranked(self.found, url, self.now))
        return Survey(name, best, direct, self.asked, tuple(self.missing), tuple(self.unseen))

    async def fetch(self, url: str) -> Answer:
        """Ask for an address. Raises Unreachable."""
        self.told(url)
        self.asked += 1
        return await self.room.wire.get(url, FEED_CAP, private=self.private)

    async def robots(self, url: str) -> str:
        """Return the site's robots.txt, "" where there is none to be had."""
        parts = urlsplit(url)
        try:
            answer = await self.fetch(f"{parts.scheme}://{parts.netloc}/robots.txt")
        except Unreachable:
            return ""
        return answer.body.decode("utf-8-sig", "replace") if answer.status == HTTPStatus.OK else ""

    async def front(self, answer: Answer, page: bytes, robots: str) -> Front:
        """Return what a page names, in a worker: it is a stranger's."""
        try:
            return await self.room.workers.run(front, page, answer.url, content_type(answer), robots)
        except Unreadable:
            return front(b"", answer.url, "", robots)

    async def examined(self, answer: Answer, candidate: Candidate) -> Found:
        """Read an answer in a worker."""
        try:
            return await self.room.workers.run(
                examine, answer.body, answer.url, content_type(answer), candidate, self.now
            )
        except Unreadable as error:
            return Found(url=answer.url, how=candidate.how, kind="feed", usable=False, problem=error.reason)

    async def look_into(self, candidates: Sequence[Candidate], page: Answer) -> None:
        """Ask for the candidates, the likeliest first, as long as there are requests left."""
        waiting = deque(candidates)
        while waiting:
            candidate = waiting.popleft()
            if candidate.how == "the address itself":
                if page.body:
                    await self.take(await self.examined(page, candidate))
            elif self.worth_it(candidate):
                waiting.extendleft(reversed(await self.look_at(candidate)))

    def worth_it(self, candidate: Candidate) -> bool:
        """Say whether a candidate is to be asked for; note what is not for want of requests."""
        if candidate.instead_of and any(_makes_needless(one, candidate.instead_of, self.now) for one in self.found):
            return False
        quota = QUOTAS.get(candidate.how, MOST_REQUESTS)
        if self.asked < MOST_REQUESTS and self.tried[candidate.how] < quota:
            self.tried[candidate.how] += 1
            return True
        if candidate.how in ("named by the page", "named by robots.txt", "linked"):
            self.unseen.append(candidate.url)
        return False

    async def look_at(self, candidate: Candidate) -> list[Candidate]:
        """Ask for one candidate; return what it leads to: a page about feeds links to them."""
        try:
            answer = await self.fetch(candidate.url)
        except Unreachable as error:
            self.miss(candidate, error.reason)
            return []
        if answer.status != HTTPStatus.OK:
            self.miss(candidate, status_in_words(answer.status))
            return []
        if listing_key(answer.url) in self.met:
            return []
        self.met.add(listing_key(answer.url))
        found = await self.examined(answer, candidate)
        if found.usable:
            await self.take(found)
            return []
        if candidate.how == "linked" and found.kind == "page":
            links = (await self.front(answer, answer.body, "")).candidates
            return [one for one in links if one.how in ("named by the page", "linked")]
        self.miss(candidate, found.problem or "it is no use")
        return []

    async def take(self, found: Found) -> None:
        """Keep a listing; of an index of sitemaps, look at the part that is likeliest to hold news."""
        if not found.usable:
            return
        self.met.add(listing_key(found.url))
        part = next(iter(chosen(found.parts, 1)), None)
        if not found.entries and part and self.asked < MOST_REQUESTS:
            found = await self.with_part(found, part)
        self.found.append(found)

    async def with_part(self, index: Found, part: Part) -> Found:
        """Return an index as what its likeliest part says of it."""
        candidate = Candidate(url=part.url, how=index.how, kind="sitemap")
        try:
            answer = await self.fetch(part.url)
        except Unreachable as error:
            return replace(index, problem=f"{part.url}: {error.reason}")
        if answer.status != HTTPStatus.OK:
            return replace(index, problem=f"{part.url}: {status_in_words(answer.status)}")
        inner = await self.examined(answer, candidate)
        if inner.news:
            return inner  # the news alone, not every article since the paper was founded
        return replace(inner, url=index.url, parts=index.parts, usable=True)

    def miss(self, candidate: Candidate, reason: str) -> None:
        """Note what the site names in vain; that a guess was wrong is no news."""
        if candidate.how in ("named by the page", "named by robots.txt"):
            self.missing.append((candidate.url, reason))


def _makes_needless(one: Found, sort: Sort, now: datetime) -> bool:
    """Say whether a listing makes guesses of this sort needless: it is one, and something happens in it."""
    alive = one.entries > 0 and (one.newest is None or now - one.newest <= STALE)
    return alive and (one.sort == sort or (sort == "sitemap" and one.sort == "news sitemap"))
