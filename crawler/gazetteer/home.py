"""An article's address -> the country its publisher is at home in, as far as the domain tells."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from crawler.gazetteer.regions import gazetteer
from crawler.gazetteer.tables import read_table

_CODE = 2  # letters of a country's domain
_REMEMBERED = 4096  # hosts


def home_of(url: str) -> str | None:
    """Return the ISO 3166-1 code of the country whose domain an address is in; `None` for any other, or none at all."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return _country(host.rstrip(".")) if host else None


@lru_cache(maxsize=_REMEMBERED)
def _country(host: str) -> str | None:
    labels = host.split(".")
    code, table = labels[-1], _table()
    if len(code) != _CODE or len(labels) < _CODE:
        return None
    if code in table["worldwide"] and not (len(labels) > _CODE and labels[-2] in table["below"]):
        return None
    country: str | None = table["other"].get(code, code.upper())
    return country if country and country in gazetteer().by_code else None


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = read_table("country_domains.yaml")
    return table
