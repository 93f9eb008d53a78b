"""A web page and its site's robots.txt -> Candidate: where the site may list its articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from protego import Protego

from crawler.frontpage import same_site
from crawler.listing import LONGEST_TITLE, plain
from crawler.markup import decoded
from crawler.markup import tree as tree_of
from crawler.source import Kind

How = Literal["the address itself", "named by the page", "named by robots.txt", "linked", "usual address", "section"]
Sort = Literal["feed", "news sitemap", "sitemap"]

MOST = 200  # candidates of one page; some link to a feed for each tag
LONGEST_URL = 2000  # characters; a source can't be longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may list articles.

    `how` it came to notice, `kind` what it has to be (`None`: a feed or a sitemap), `title` what the page calls it.
    `instead_of` marks a guess that is worth a request only as long as nothing of that sort was found.
    """

    url: str
    how: How
    kind: Kind | None = None
    title: str = ""
    instead_of: Sort | None = None


@dataclass(frozen=True, slots=True)
class Front:
    """What a page says of its site: its name ("" where it has none), and where its articles may be listed."""

    name: str
    candidates: tuple[Candidate, ...]


def candidates(body: bytes, url: str, content_type: str, robots: str) -> list[Candidate]:
    """Return where the site of a page may list its articles, the likeliest first, each address once.

    `url` is where the page was found, `robots` its site's robots.txt ("" for none). What the page names comes before
    what robots.txt names, then what it links to, what sites usually have, the sections in its menu and the page itself.
    Feeds of comments are left out. Nothing here was asked for yet: some of it will not be there.
    """
    return list(front(body, url, content_type, robots).candidates)


def front(body: bytes, url: str, content_type: str, robots: str) -> Front:
    """Return the name of the page's site and its candidates, as `candidates` describes them."""
    markup = decoded(body, content_type)
    tree = tree_of(markup)
    if tree is None:
        return Front("", tuple(_once([*_sitemaps(robots, url), *_usual(url)], url)))
    base = _base(tree, url)
    found = [
        *_named(tree, base),
        *_sitemaps(robots, url),
        *_linked(tree, base),
        *_guessed(markup, base, url),
        *_usual(url),
        *_sections(tree, base),
        Candidate(url=url, how="the address itself", kind="page"),
    ]
    return Front(_name(tree), tuple(_once(found, url)))


def listing_key(url: str) -> str:
    """Return a listing's address in one spelling, for comparing.

    Milder than an article's key: in a query that would only track a reader, a listing may name what it lists.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    return f"{host}{port}{unquote(parts.path).rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _once(found: Iterable[Candidate], url: str) -> Iterator[Candidate]:
    """Yield what can be fetched and is not about comments, each address once."""
    seen: set[str] = set()
    for one in found:
        key = listing_key(one.url)
        if key in seen or not _fetchable(one.url) or _COMMENTS.search(one.url):
            continue
        if key == listing_key(url) and one.kind != "page":
            continue  # the page itself, which is no feed of its own
        seen.add(key)
        yield one
        if len(seen) >= MOST:
            return


_COMMENTS = re.compile(r"/comments?/(?:feed|rss|atom|default)|comments[-_]?(?:rss|feed|atom)|[?&]feed=comments", re.I)


def _fetchable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = (parts.port or 1) > 0
    except ValueError:
        return False
    shaped = url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    return shaped and port_is_fine and parts.scheme in ("http", "https") and bool(parts.hostname)


def _base(tree: Any, url: str) -> str:
    stated = next(iter(tree.xpath("//base/@href")), "")
    return _joined(url, str(stated)) or url


def _joined(base: str, href: str) -> str:
    """Return the absolute address, "" for what is none; white space inside is dropped as browsers do."""
    if len(href) > LONGEST_URL:
        return ""
    try:
        parts = urlsplit(urljoin(base, re.sub(r"[\t\r\n]", "", href.strip())))
        return urlunsplit(parts._replace(fragment="")).replace(" ", "%20")
    except ValueError:
        return ""


def _name(tree: Any) -> str:
    stated = tree.xpath("//meta[@property='og:site_name' or @name='application-name']/@content")
    texts = [str(text) for text in stated] + [str(title.text_content()) for title in tree.xpath("//head/title")]
    return next((name for text in texts if (name := plain(text)[:LONGEST_TITLE])), "")


# Feeds and sitemaps

_FEED_TYPE = re.compile(r"(?:application|text)/(?:x[.-])?(?:(?:rss|atom|rdf)(?:\+xml)?|xml|feed\+json|json)")
_NOT_NEWS = re.compile(r"/wp-json/|oembed", re.IGNORECASE)  # WordPress names its programming interface the same way
_FEED_LIKE = re.compile(  # a folder or file of that name; a story about feeds is none, nor are their terms of use
    r"/(?:rss\d?|feeds?|atom)(?:[._-]\w+|[._-][\w-]*\.(?:xml|php|aspx?|json))?(?:/|$)|[._-](?:rss|feed|atom)(?:\.\w+)?/?$"
    r"|\.(?:rss|rdf|atom)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|output|alt)=(?:rss2?|atom|rdf|feed)(?:&|$)|(?:^|&)type=(?:rss|100)(?:&|$)", re.IGNORECASE
)
_FEED_HOST = re.compile(r"^(?:feeds?|rss)\d?\.|(?:^|\.)feedburner\.com$|^feedproxy\.google\.com$")


def _named(tree: Any, base: str) -> Iterator[Candidate]:
    """Yield what `<link rel=alternate>` names: https://www.rssboard.org/rss-autodiscovery."""
    for link in tree.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        media_type = (link.get("type") or "").partition(";")[0].strip().lower()
        is_feed = "alternate" in relations and _FEED_TYPE.fullmatch(media_type)
        href = link.get("href") or ""
        if (is_feed or "feed" in relations) and href.strip() and not _NOT_NEWS.search(href):
            title = plain(link.get("title") or "")[:LONGEST_TITLE]
            yield Candidate(url=_joined(base, href), how="named by the page", title=title)


def _sitemaps(robots: str, url: str) -> list[Candidate]:
    """Return what robots.txt names (https://www.sitemaps.org/protocol.html#submit_robots), news sitemaps first."""
    try:
        named = [_joined(url, str(address)) for address in Protego.parse(robots).sitemaps]
    except Exception:  # noqa: BLE001  a file that breaks the parser names nothing that could be known
        return []
    named.sort(key=lambda address: "news" not in urlsplit(address).path.lower())
    return [Candidate(url=address, how="named by robots.txt", kind="sitemap") for address in named]


def _guessed(markup: str, base: str, url: str) -> Iterator[Candidate]:
    """Yield what trafilatura takes for feeds: on 258 news pages it found half as many again as the links named."""
    from trafilatura.feeds import FeedParameters, determine_feed  # noqa: PLC0415  slow to load, wanted for pages only

    try:
        found = determine_feed(markup, FeedParameters(base, _hostname(base), url))
    except Exception:  # noqa: BLE001  a second opinion, which a page may break
        return
    for address in found:
        if (
            len(address) <= LONGEST_URL
            and _is_at_home(address, base)
            and not _NOT_NEWS.search(address)
            and not _is_story(address)
        ):
            yield Candidate(url=_joined(base, address), how="linked")


def _linked(tree: Any, base: str) -> Iterator[Candidate]:
    """Yield links that look like feeds, of the page's own site or of a host of feeds."""
    for link in tree.iter("a"):
        address = _joined(base, link.get("href") or "")
        parts = urlsplit(address) if address else None
        if parts is None or _NOT_NEWS.search(address):
            continue
        looks = _is_feed_like(parts.path) or _FEED_QUERY.search(parts.query)
        if (looks or _FEED_HOST.search(parts.hostname or "")) and _is_at_home(address, base):
            yield Candidate(url=address, how="linked", title=plain(str(link.text_content()))[:LONGEST_TITLE])


def _is_feed_like(path: str) -> bool:
    return bool(_FEED_LIKE.search(path)) and not _is_story(path)


def _is_story(path: str) -> bool:
    last = path.rstrip("/").rpartition("/")[2]
    stem, _, ending = last.rpartition(".")
    return last.count("-") > 2 or (ending in ("html", "htm") and stem not in ("rss", "feed", "feeds", "index"))


def _is_at_home(address: str, base: str) -> bool:
    return same_site(address, base) or bool(_FEED_HOST.search(_hostname(address)))


_USUAL: tuple[tuple[Sort, Kind | None, tuple[str, ...]], ...] = (
    ("feed", None, ("/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/?feed=rss2", "/feed.json")),
    ("news sitemap", "sitemap", ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap_news.xml")),
    ("sitemap", "sitemap", ("/sitemap.xml", "/sitemap_index.xml")),
)


def _usual(url: str) -> Iterator[Candidate]:
    """Yield where most sites keep feeds and sitemaps; the page may have a feed of its own below it."""
    parts = urlsplit(url)
    if parts.path.strip("/") and not re.search(r"\.\w+$", parts.path):
        own = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/feed", "", ""))
        yield Candidate(url=own, how="usual address", instead_of="feed")
    for sort, kind, paths in _USUAL:
        for path in paths:
            address = f"{parts.scheme}://{parts.netloc}{path}"
            yield Candidate(url=address, how="usual address", kind=kind, instead_of=sort)


# Sections

_MENUS = (
    "//nav//a | //header//a | //*[@role='navigation']//a"
    " | //*[contains(concat(' ', @class, ' ', @id), 'menu') or contains(concat(' ', @class, ' ', @id), 'nav')]//a"
)
_SERVICE = re.compile(  # what menus hold beside sections; the reading has the last word, this saves requests
    r"""(?:about|contacts?|kontakty?|log-?in|sign-?(?:in|up)|register|registration|subscri\w*|account|profile|privacy
    |terms|legal|imprint|impressum|datenschutz|advert\w*|werbung|reklama|newsletters?|podcasts?|shop|store|jobs?|careers?
    |search|help|faq|rss|feeds?|sitemap|weather|wetter|videos?|tv|radio|live|games?|puzzles?|crosswords?|horoscopes?
    |events?|donat\w*|support\w*|cookies?|accessib\w*|apps?|mobile|o-nas|abo|hakkimizda|iletisim|kunye|quienes|contacto
    |publicidad|qui-sommes|mentions-legales|photos?|galler\w*|archiv\w*|tags?|authors?|users?|e-?paper|calendar|о-нас
    |о-проекте|контакты|реклама|вакансии|подписка)(?:$|[-_.])""",
    re.IGNORECASE | re.VERBOSE,
)
_ANY_LETTER = re.compile(r"[^\W\d_]")


def _sections(tree: Any, base: str) -> Iterator[Candidate]:
    """Yield the menu's links that are likely to be lists of articles."""
    for link in tree.xpath(_MENUS):
        address = _joined(base, link.get("href") or "")
        label = plain(str(link.text_content()))
        if address and _is_label(label) and same_site(address, base) and _is_section(address, base):
            yield Candidate(url=address, how="section", kind="page", title=label)


def _is_label(text: str) -> bool:
    return len(text.split()) <= 3 and len(text) <= 40 and bool(_ANY_LETTER.search(text))


def _is_section(address: str, base: str) -> bool:
    parts = urlsplit(address)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    host = (parts.hostname or "").removeprefix("www.")
    if parts.query or len(segments) > 3:
        return False
    if not segments:  # sport.example.org
        return host != _hostname(base).removeprefix("www.") and not _SERVICE.match(host)
    last = re.sub(r"\.(?:s?html?|php|aspx?)$", "", segments[-1])
    if "." in last or re.search(r"\d{3}", last) or last.count("-") + last.count("_") > 2:
        return False
    return not any(_SERVICE.match(segment) for segment in segments)
