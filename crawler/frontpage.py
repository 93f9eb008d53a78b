"""Bytes of a front or section page -> Listing: its links to articles, as a selector picks them or as they look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree
import lxml.html
from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from crawler.article import url_key
from crawler.language import code
from crawler.linkscore import ENOUGH, NEVER, Clues, Place, score, service, url_score
from crawler.listing import LONGEST_TITLE, Entry, Listing, clean, machine_date, plain
from crawler.markup import decoded
from crawler.markup import tree as tree_of

MOST_MENU = 5000  # links that are remembered as no articles
MOST_LINKS = 10_000  # of one page that are looked at
LONGEST_HEADLINE = 60  # words; a longer text is a whole card's


def parse(body: bytes, url: str, content_type: str, selector: str | None) -> Listing:
    """Return the page's articles in its own order, each once, with the headline and date that the page gives them.

    `selector` (CSS) picks the links, or the elements that hold a link or stand in one; without it, links that look like
    articles of the same site are taken, and its other links are the `menu`. `url` is the address that it came from.
    """
    if not body.strip(b"\xef\xbb\xbf \t\r\n"):
        return _refused("the page is empty")
    tree = tree_of(decoded(body, content_type))
    if tree is None:
        return _refused("this is not a web page")
    lang = code(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    title = plain(str(tree.findtext("head/title") or ""))[:LONGEST_TITLE]
    page = Page(tree, _base(tree, url))
    found = _picked(page, selector) if selector else _looked_for(page, url)
    return replace(found, entries=tuple(replace(entry, lang=lang) for entry in found.entries), title=title, lang=lang)


def _picked(page: Page, selector: str) -> Listing:
    """Return what a selector picks: links, those in a picked element, or the one around it."""
    anchors: list[Any] = []
    try:
        for element in CSSSelector(selector, translator="html")(page.tree):
            inner = [element] if element.tag == "a" else list(element.iter("a"))
            anchors.extend(inner or islice(element.iterancestors("a"), 1))
    except (SelectorError, lxml.etree.XPathError) as error:
        return _refused(f"the selector {selector!r} is no CSS selector: {error}")
    entries = page.entries(page.links(anchors, likely=NEVER))
    problem = _too_many(anchors) if entries else f"the selector {selector!r} finds nothing on the page"
    return Listing(entries=entries, problem=problem, kind="page")


def _looked_for(page: Page, url: str) -> Listing:
    """Return the links of the same site that look like articles, and its others as the menu."""
    anchors = list(page.tree.iter("a"))
    own = [link for link in page.links(anchors) if same_site(link.url, url) and not _same_page(link.url, url)]
    if not own:
        return _refused("the page links to no other page of its site: a script may build it, or it bars programs")
    articles = [link for link in own if score(link.url, link.clues) >= ENOUGH and not _serves(link.url, url)]
    taken = {link.url for link in articles}
    return Listing(
        entries=page.entries(articles),
        problem=_too_many(anchors) if articles else "no link on the page looks like an article's",
        menu=tuple(link.url for link in own if link.url not in taken)[:MOST_MENU],
        kind="page",
    )


def _too_many(anchors: list[Any]) -> str | None:
    return f"only the first {MOST_LINKS:,} links of the page are looked at" if len(anchors) > MOST_LINKS else None


def _refused(problem: str) -> Listing:
    return Listing(problem=problem, usable=False, kind="page")


def _base(tree: Any, url: str) -> str:
    """Return what the page's links are read against: https://html.spec.whatwg.org/#the-base-element."""
    stated = next((base.get("href") for base in tree.iter("base") if base.get("href")), "")
    return _joined(url, stated) or url


def _joined(base: str, link: str) -> str | None:
    """Return the absolute address without its fragment, `None` where it is none of the web."""
    try:
        joined = urljoin(base, re.sub(r"[\t\r\n]", "", link.strip()))
        parts = urlsplit(joined)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:  # http://[::1
        return None
    # #!/story names a page of a site that is one script.
    return (
        joined.replace(" ", "%20")
        if parts.fragment.startswith(("!", "/"))
        else urldefrag(joined.replace(" ", "%20"))[0]
    )


# Under these, two more names are needed to tell whose a host is: co.uk, com.tr, gov.au, blogspot.com.
_SHARED = re.compile(
    r"(?:^|\.)(?:(?:com?|net|org|gov|govt|gob|gouv|go|edu|ac|or|ne|mil|nom|info|in|web|gen|biz|press|news)\.[a-z]{2}"
    r"|(?:blogspot|wordpress|substack|tumblr|livejournal|github|gitlab|netlify|vercel|pages|medium)\.(?:com|io|app|dev))$"
)


def same_site(one: str, other: str) -> bool:
    """Say whether two addresses are of one site: of one name under a registry, whatever their subdomains."""
    return _site(one) == _site(other)


def _site(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        return host
    labels = host.split(".")
    return ".".join(labels[-3 if _SHARED.search(".".join(labels[-2:])) else -2 :])


def _serves(url: str, page: str) -> bool:
    """Say whether an address is of a shop, a job board or the like, unless that is what is being read."""
    host = urlsplit(url).netloc
    return service(host) and host != urlsplit(page).netloc


def _same_page(one: str, other: str) -> bool:
    return urldefrag(one)[0].rstrip("/") == urldefrag(other)[0].rstrip("/")


LIKELY = 1.0  # a card is about links of this score; those to its section and its author have less


@dataclass(slots=True)
class Link:
    """All links of a page to one address: their elements, and the best of what they say."""

    url: str
    anchors: list[Any] = field(default_factory=list)
    clues: Clues = field(default_factory=Clues)


class Page:
    """A page's tree with what stands where, found in one walk for each question: a large page costs its size."""

    def __init__(self, tree: Any, base: str) -> None:
        self.tree, self.base = tree, base
        self.places: dict[Any, Place] = {}
        for element in tree.iter():  # parents come before their children
            self.places[element] = _place(element, self.places.get(element.getparent(), "text"))

    def links(self, anchors: Iterable[Any], likely: float = LIKELY) -> list[Link]:
        """Return the links to the web by address, in page order, with the headline that each has on the page.

        Only links that score `likely` by their address can be what a card is about.
        """
        found: dict[str, Link] = {}
        for anchor in islice(anchors, MOST_LINKS):
            address = _joined(self.base, anchor.get("href") or "") if anchor.get("href") else None
            try:
                key = url_key(address) if address else ""
            except ValueError:
                continue
            if address:
                link = found.setdefault(key, Link(address))
                link.anchors.append(anchor)
        links = list(found.values())
        headings = self._near([link for link in links if url_score(link.url) >= likely], _HEADINGS)
        for link in links:
            link.clues = self._clues(link, headings.get(link.url, []))
        return links

    def entries(self, links: list[Link]) -> tuple[Entry, ...]:
        """Return an entry for each link, dated where there is exactly one date in its card."""
        times = self._near(links, ("time",))
        entries = []
        for link in links:
            stated = {time.get("datetime") for time in times.get(link.url, []) if time.get("datetime")}
            date = machine_date(stated.pop()) if len(stated) == 1 else None
            published, precision = date or (None, None)
            title = link.clues.words[:LONGEST_TITLE]
            entries.append(Entry(url=link.url, title=title, published=published, precision=precision))
        return tuple(entries)

    def _clues(self, link: Link, headings: list[Any]) -> Clues:
        """Return the best headline: a heading in or around a link, else the longest text of a link or a heading near.

        Without any text it is the link's label or its image's.
        """
        place = min((self._place(anchor) for anchor in link.anchors), key=_RANK.index)
        texts = [text for anchor in link.anchors if (text := _text(anchor))]
        own = max((_text(heading) for heading in headings if self._joined_to(heading, link)), key=_worth, default="")
        if own:
            return Clues(own, "headline" if place == "text" else place)
        near = max((_text(heading) for heading in headings), key=_worth, default="")
        words = max([near, *texts], key=_worth)
        if near and near in words:  # "Continue reading: the headline"
            words = near
        return Clues(words or next(filter(None, map(_label, link.anchors)), ""), place)

    def _place(self, anchor: Any) -> Place:
        return "menu" if _NO_ARTICLE.search(anchor.get("rel") or "") else self.places.get(anchor, "text")

    def _joined_to(self, heading: Any, link: Link) -> bool:
        return any(
            heading in anchor.iterancestors(*_HEADINGS) or anchor in heading.iterancestors("a")
            for anchor in link.anchors
        )

    def _near(self, links: Iterable[Link], tags: tuple[str, ...]) -> dict[str, list[Any]]:
        """Return by address the elements that stand in the same card as its links: with no other of `links`."""
        cards = _cards(links)
        near: dict[str, list[Any]] = {}
        for element in self.tree.iter(*tags):
            holder = next((one for one in (element, *element.iterancestors()) if one in cards), None)
            if owner := cards.get(holder):
                near.setdefault(owner, []).append(element)
        return near


def _cards(links: Iterable[Link]) -> dict[Any, str]:
    """Return of which link an element is the card: its address, "" where the element holds several or is too tall."""
    owner: dict[Any, str] = {}
    for link in links:
        for anchor in link.anchors:
            for height, element in enumerate((anchor, *anchor.iterancestors())):
                before = owner.get(element)
                if before in ("", link.url):
                    break  # and so it is with all above
                alone = before is None and height <= TALLEST and element.tag not in ("body", "html")
                owner[element] = link.url if alone else ""
    return owner


TALLEST = 6  # elements between a link and the card that it stands in
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_RANK: tuple[Place, ...] = ("headline", "text", "aside", "menu")
# https://microformats.org/wiki/existing-rel-values
_NO_ARTICLE = re.compile(r"\b(?:tag|author|category|search|prev|next|license|help|home|privacy-policy|me|sponsored)\b")


# Where a link stands


_MENU_CLASS = re.compile(
    r"(?<!\S)(?:(?:main|site|top|primary|secondary|header|mobile|sub|mega|global|side|user|lang(?:uage)?)[-_]*)?"
    r"(?:menu|nav|navbar|navigation|footer|breadcrumbs?|topbar|pagination|pager|tags?|tagcloud|share|sharing|social)"
    r"(?:[-_]*(?:links?|list|items?|bar|container|wrapper|top|main|bottom|inner|icons?|buttons?))?(?!\S)",
    re.IGNORECASE,
)
_MENU_ROLES = frozenset({"navigation", "banner", "contentinfo", "menu", "menubar", "search", "dialog"})
_UNMARKED = frozenset({"html", "body", "main", "article"})  # what their classes say is meant for other elements


def _place(element: Any, above: Place) -> Place:
    """Return where an element stands, given where its parent does: the header of an article is no menu."""
    tag = element.tag
    if above == "menu" or tag in ("nav", "footer") or element.get("role") in _MENU_ROLES:
        return "menu"
    if tag == "header":
        return above if next(element.iterancestors("article", "main", "section"), None) is not None else "menu"
    if (
        tag not in _UNMARKED
        and tag != "a"
        and _MENU_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}")
    ):
        return "menu"
    return "aside" if tag == "aside" or element.get("role") == "complementary" else above


# What a link says

_INLINE = frozenset(
    {"a", "b", "i", "em", "strong", "mark", "u", "abbr", "sub", "sup", "wbr", "font", "q", "cite", "bdi"}
)
_UNSEEN = frozenset({"script", "style", "noscript", "svg", "template", "time", "button", "figcaption", "video"})
MOST_NODES = 200  # elements of one link that are read


def _text(element: Any) -> str:
    """Return the text of a link or heading on one line, with space between what is set apart on the page."""
    said: list[str] = []
    unseen = 0  # elements around that are not shown
    for event, node in islice(lxml.etree.iterwalk(element, events=("start", "end")), 2 * MOST_NODES):
        hides = node.tag in _UNSEEN
        unseen -= hides and event == "end"
        text = node.text if event == "start" else node.tail if node is not element else ""
        unseen += hides and event == "start"
        said.append("" if node.tag in _INLINE else " ")
        said.append("" if unseen else text or "")
    # As a feed's titles are cleaned, and cut: a text this long is a whole card's.
    return " ".join(clean("".join(said)[: 20 * LONGEST_TITLE]).split(" ")[:LONGEST_HEADLINE])


def _label(anchor: Any) -> str:
    labels = [
        anchor.get("aria-label"),
        anchor.get("title"),
        *(image.get("alt") for image in islice(anchor.iter("img"), 5)),
    ]
    return next((clean(label) for label in labels if label and label.strip()), "")


def _worth(text: str) -> int:
    return len(text)
