"""url -> its canonical key; Article: one news text as it was fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["minute", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news text.

    `published` is an aware datetime in UTC, `None` where the article and its listing state no date; `precision` says whether the
    time of day is known. `lang` is an ISO 639-1 code. `error` says why there is no text from the page (then `text` is what the
    listing itself said of it, possibly empty).
    """

    url: str
    url_key: str
    source: str
    publisher: str
    title: str
    text: str
    published: datetime | None
    precision: Precision | None
    lang: str | None
    fetched: datetime
    error: str | None = None
