"""What a user's spider yields -> SpiderItem: an entry of a listing and, where the spider read it, the text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin

from itemadapter.adapter import ItemAdapter

from crawler.article import url_key
from crawler.dates import Dated, parse_date
from crawler.language import code
from crawler.listing import LONGEST_SUMMARY, LONGEST_TITLE, Entry, plain

LONGEST_TEXT = 500_000  # characters; the longest article in newspapers has a tenth of it
LONGEST_NAME = 2000  # characters of a guid


@dataclass(frozen=True, slots=True)
class SpiderItem:
    """An article that a spider found. `text` is `None` where its page is still to be read.

    `doubt` says what of it could not be used, though the rest can.
    """

    entry: Entry
    text: str | None
    doubt: str | None = None


class BadItem(Exception):
    """The item is of no use: why, in a user's words."""


def read_item(item: object, base: str | None = None) -> SpiderItem:
    """Return the article that an item tells of. Raises BadItem.

    An item is a dict, a dataclass, an attrs or pydantic object or a `scrapy.Item` with a `url` (relative to `base`) and
    perhaps `title`, `summary`, `text`, `published` and `updated` (moments, days or written dates; UTC where they name
    no zone), `lang` and `guid`. Other fields are the user's own.
    """
    if not ItemAdapter.is_item(item):
        raise BadItem(f"what is of type {type(item).__name__} is no item: yield a dict with a 'url'")
    fields = ItemAdapter(item)

    def stated(name: str, longest: int, read: Callable[[str], str] = str.strip) -> str:
        return read(_text(name, fields.get(name), longest))

    url = stated("url", LONGEST_NAME * 4)
    if not url:
        raise BadItem("it has no 'url'")
    lang = code(stated("lang", 100))
    published = _moment(fields.get("published"), lang)
    updated = _moment(fields.get("updated"), lang)
    entry = Entry(
        url=_absolute(url, base),
        title=stated("title", 100 * LONGEST_TITLE, plain)[:LONGEST_TITLE],
        summary=stated("summary", LONGEST_TEXT, plain)[:LONGEST_SUMMARY],
        published=published[0] if published else None,
        precision=published[1] if published else None,
        lang=lang,
        guid=_name(fields.get("guid")) or None,
        updated=updated[0] if updated else None,
    )
    unread = [
        name for name, moment in (("published", published), ("updated", updated)) if fields.get(name) and not moment
    ]
    return SpiderItem(entry, stated("text", LONGEST_TEXT) or None, f"its '{unread[0]}' is no date" if unread else None)


def _text(name: str, value: Any, longest: int) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        raise BadItem(f"its '{name}' is a list; did you mean .get() instead of .getall()?")
    if not isinstance(value, str):
        raise BadItem(f"its '{name}' is of type {type(value).__name__}, not text")
    if len(value) > longest:
        raise BadItem(f"its '{name}' is longer than {longest:,} characters")
    # Half a character, as JSON can hold, can't be stored.
    return value.encode("utf-8", "replace").decode()


def _name(value: Any) -> str:
    return str(value) if isinstance(value, int) else _text("guid", value, LONGEST_NAME).strip()


def _absolute(url: str, base: str | None) -> str:
    try:
        absolute = urljoin(base or "", url)
        url_key(absolute)
    except ValueError as error:
        raise BadItem("its 'url' is no http or https address") from error
    return absolute


def _moment(value: Any, lang: str | None) -> Dated | None:
    """Return a date in UTC and how precise it is, `None` where there is none: an article is more than its date."""
    if isinstance(value, datetime):
        with suppress(OverflowError):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC), "minute"
        return None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC), "day"
    return parse_date(value.strip(), lang) if isinstance(value, str) else None
