"""An OPML list of feeds <-> sources as config.yaml states them: http://opml.org/spec2.opml."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from charset_normalizer import from_bytes
from lxml import etree

LARGEST = 20 * 1024 * 1024  # bytes; ten thousand feeds take two
OURS = "urn:tocsin:source"  # the namespace of what OPML has no word for

_TEXTS = ("kind", "every", "publisher", "links", "spider", "backlog")
_FLAGS = ("javascript", "private")

Row = Mapping[str, str | bool]
"""A source as config.yaml states it: its keys -> text or true."""


class NotOpml(Exception):
    """What was read is no OPML; the message says in a user's words what it is."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of the list: the line it stands in, the source it makes, the folders around it (outermost first)."""

    line: int
    row: Row
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a list holds, in its order; `left_out` is what is no source, with its line and the reason.

    `problem` says what is wrong with a list that could be read all the same.
    """

    found: tuple[Outline, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    problem: str | None = None


def read(body: bytes) -> Outlines:
    """Return the list's feeds, as many as can be saved from a damaged one. Raises NotOpml.

    A source gets its `name` ("" where the list has none) and `url`; what Tocsin wrote itself comes back with every key.
    Names and addresses are as they stand there: nothing says that they are fit for a configuration.
    """
    root, problem = _parsed(body)
    found: list[Outline] = []
    left_out: list[tuple[int, str]] = []
    waiting: list[tuple[Any, tuple[str, ...]]] = [(child, ()) for child in reversed(root)]
    while waiting:  # no recursion: a list may be nested as deep as its writer liked
        element, folders = waiting.pop()
        if _local(element) == "outline":
            said = _attributes(element)
            outline = _outline(element, said, folders)
            if isinstance(outline, Outline):
                found.append(outline)
            elif outline:
                left_out.append((_line(element), outline))
            folders = (*folders, _name(said)) if _name(said) else folders
        waiting += [(child, folders) for child in reversed(element)]
    return Outlines(tuple(found), tuple(left_out), problem)


def write(rows: Iterable[Row], title: str, now: datetime) -> str:
    """Return the sources as OPML 2.0: feeds as every reader takes them, the rest so that `read` gives it back."""
    root = etree.Element("opml", version="2.0", nsmap={"tocsin": OURS})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _written(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for row in rows:
        outline = etree.SubElement(body, "outline")
        for name, value in _stated(row).items():
            outline.set(name, _written(value))
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text.decode("utf-8")


def _stated(row: Row) -> dict[str, str]:
    """Return an outline's attributes. Only feeds are called `rss`: a reader would subscribe to whatever is."""
    name, url = str(row.get("name", "")), str(row.get("url", ""))
    stated = {"text": name, "title": name}
    if url and row.get("kind", "feed") == "feed" and not row.get("links") and not row.get("javascript"):
        stated |= {"type": "rss", "xmlUrl": url}
    elif url:
        stated |= {"type": "link", "url": url}
    if row.get("publisher"):
        stated["category"] = re.sub(r"[,/]", " ", str(row["publisher"]))
    for key in (*_TEXTS, *_FLAGS):
        if key in row:
            value = row[key]
            stated[f"{{{OURS}}}{key}"] = str(value).lower() if isinstance(value, bool) else value
    return stated


_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets


def _written(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


# Reading


def _parsed(body: bytes) -> tuple[Any, str | None]:
    """Return the root element, and what is wrong with a document that is one all the same."""
    if len(body) > LARGEST:
        raise NotOpml(f"it is larger than {LARGEST // 1024 // 1024} MB; that is no list of feeds")
    text = _decoded(body)
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise NotOpml("it is empty")
    if "<!ENTITY" in text:
        raise NotOpml("it declares entities, which no list of feeds needs: it may be made to do harm")
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_mended(text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotOpml("it is not XML") from error
    if root is None or _local(root) != "opml":
        raise NotOpml(_what_it_is(root))
    errors = [one for one in parser.error_log if one.level_name != "WARNING"]
    return root, f"it is damaged or breaks off near line {errors[0].line}" if errors else None


_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>")
_STATED = re.compile(rb"\s*<\?xml\b[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
# Whatever can be read as ASCII is not in UTF-16, and some of Python's codecs (punycode) are no encodings of documents.
_ENCODING = re.compile(r"utf-?8|(?:us-?)?ascii|(?:iso|latin|windows|cp|koi8|gb|big5|euc|shift|s-?jis|mac|tis).*", re.I)
_LOOSE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(\w{1,40};|#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};)?")


def _decoded(body: bytes) -> str:
    """Return the characters: by the mark at the start, else as stated where that works, else by guessing."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    found = _STATED.match(body)
    stated = found[1].decode() if found else ""
    for encoding in (stated if _ENCODING.fullmatch(stated) else "utf-8", "utf-8-sig"):
        try:
            return body.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    guess = from_bytes(body[:200_000]).best()
    return body.decode(guess.encoding if guess else "latin-1", "replace")


def _mended(text: str) -> str:
    """Return XML without the commonest slips, each line where it was: a bare `&`, `&nbsp;`, blanks at the start.

    A parser that recovers would drop the rest of the word, and an address with it.
    """
    text = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text.removeprefix("\ufeff"), count=1)
    return _NO_XML.sub("\ufffd", _LOOSE.sub(_reference, text))


def _reference(found: re.Match[str]) -> str:
    char = html.unescape(found[0]) if found[1] else found[0]
    return "".join(f"&#{ord(one)};" for one in char)  # a line break as such would count as a line


def _what_it_is(root: Any) -> str:
    name = "" if root is None else _local(root)
    if name in ("rss", "feed", "rdf"):
        return "it is a feed, not a list of feeds; its address can be a source"
    if name == "html":
        return "it is a web page, not a list of feeds"
    return f"it is XML of another sort (<{name[:40]}>)" if name else "it is not XML"


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _line(element: Any) -> int:
    return int(element.sourceline or 0)


def _attributes(element: Any) -> dict[str, str]:
    """Return the attributes that say something, in lower case; ours under `tocsin:`."""
    found: dict[str, str] = {}
    for name, value in element.attrib.items():
        key = f"tocsin:{name.removeprefix(f'{{{OURS}}}')}" if name.startswith(f"{{{OURS}}}") else name.lower()
        if value.strip():
            found.setdefault(key, value.strip())
    return found


def _name(said: Mapping[str, str]) -> str:
    return said.get("text") or said.get("title") or ""


def _outline(element: Any, said: Mapping[str, str], folders: tuple[str, ...]) -> Outline | str | None:
    """Return the source that an outline makes, why it makes none, or `None` for a folder."""
    url = said.get("xmlurl") or _other_address(said)
    if not url and not said.get("tocsin:spider"):
        return _why_none(element, said)
    row: dict[str, str | bool] = {"name": _name(said)}
    if url:
        row["url"] = re.sub(r"^feed:(?=https?://)", "", re.sub(r"^feed://", "http://", url))  # as browsers once had it
    row |= {key: said[f"tocsin:{key}"] for key in _TEXTS if f"tocsin:{key}" in said}
    row |= {key: True for key in _FLAGS if said.get(f"tocsin:{key}") == "true"}
    if "publisher" not in row and said.get("category"):
        return Outline(_line(element), row, (*folders, said["category"].strip("/")))
    return Outline(_line(element), row, folders)


def _other_address(said: Mapping[str, str]) -> str:
    """Return the address of a source that is no `xmlUrl`: of a feed in an old form, or of what Tocsin wrote."""
    kind = said.get("type", "").lower()
    ours = any(key.startswith("tocsin:") for key in said)
    return said.get("url", "") if ours or kind in ("rss", "atom", "feed", "json") else ""


def _why_none(element: Any, said: Mapping[str, str]) -> str | None:
    shown = f"'{_name(said)}'" if _name(said) else "an outline"
    if said.get("type", "").lower() == "include" or said.get("url", "").lower().endswith(".opml"):
        return f"{shown} includes another list ({said.get('url', 'without an address')}): import that one by itself"
    page = said.get("htmlurl") or said.get("url")
    if page:
        return f"{shown} has no feed, only a page ({page}): 'tocsin discover' may find its feed"
    return None if len(element) else f"{shown} has no address"
