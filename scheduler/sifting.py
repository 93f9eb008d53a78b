"""What a listing announces + what was dealt with before -> what is to be read: the new, and the edited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from crawler.reading import Announced

EDITS_FOR = timedelta(days=3)  # after its date, how long an article that its listing says was edited is read again
MOST_EDITS = 20  # read again in one poll: some sites restamp everything with each change of their own
TELLING = 20  # letters and digits of a title that names one article; "Live blog" names many

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive holds: articles' rows (`url_key`, `retry`), and this source's entries that were dealt with."""

    articles: Mapping[str, int]
    entries: Sequence[Row]


def sift(announced: Sequence[Announced], known: Known, now: datetime) -> list[Announced]:
    """Return what is to be read, in the listing's order; what is read again is marked as edited.

    A new address alone makes no new article: one whose GUID and title, or whose title and minute of publication, were
    there before is the same under another address. A GUID alone is no proof: some feeds give every entry the same.
    """
    by_key = {row["url_key"]: row for row in known.entries}
    names = {(row["guid"], row["title"]) for row in known.entries if row["guid"]}
    moments = {(row["title"], row["published"]) for row in known.entries if row["published"]}
    found: list[Announced] = []
    edits = 0
    for one in announced:
        if one.url_key in known.articles:
            if known.articles[one.url_key]:
                found.append(one)  # its page failed, and is to be tried again
            elif edits < MOST_EDITS and _edited(one, by_key.get(one.url_key), now):
                edits += 1
                found.append(replace(one, edited=True))
        elif one.url_key not in by_key and not _elsewhere(one, names, moments):
            found.append(one)
    return found


def _edited(one: Announced, row: Row | None, now: datetime) -> bool:
    if row is None or not row["fingerprint"] or not one.fingerprint or row["fingerprint"] == one.fingerprint:
        return False
    return one.entry.published is None or now - one.entry.published < EDITS_FOR


def _elsewhere(one: Announced, names: set[tuple[str, str]], moments: set[tuple[str, str]]) -> bool:
    title = title_hash(one.entry.title)
    if one.entry.guid and (one.entry.guid, title) in names:
        return True
    return len(_letters(one.entry.title)) >= TELLING and (title, _minute(one)) in moments


def entry_row(source_id: int, one: Announced, now: str) -> dict[str, Any]:
    """Return the row that remembers an entry."""
    return {
        "source_id": source_id,
        "url_key": one.url_key,
        "guid": one.entry.guid,
        "title": title_hash(one.entry.title),
        "fingerprint": one.fingerprint,
        "published": _minute(one),
        "seen": now,
    }


def menu_rows(source_id: int, keys: Iterable[str], now: str) -> list[dict[str, Any]]:
    """Return the rows that remember links that are no articles."""
    empty = {"guid": None, "title": "", "fingerprint": "", "published": None}
    return [{"source_id": source_id, "url_key": key} | empty | {"seen": now} for key in dict.fromkeys(keys)]


def title_hash(title: str) -> str:
    """Return the same for titles that differ in case, spaces or signs only."""
    return hashlib.sha256(_letters(title).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def text_hash(title: str, text: str) -> str | None:
    """Return the same for articles of the same words, `None` where there are too few to tell articles apart."""
    words = " ".join(text.casefold().split())
    if len(words) < 10 * TELLING:
        return None
    return hashlib.sha256(f"{_letters(title)}\n{words}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _minute(one: Announced) -> str | None:
    published = one.entry.published
    return published.isoformat(timespec="minutes") if published and one.entry.precision == "minute" else None
