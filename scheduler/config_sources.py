"""One value of config.yaml's `sources:` -> what it stands for, or what is wrong with it in the user's words."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from crawler.source import Kind
from scheduler.config_values import text
from scheduler.config_world import among, fault
from scheduler.config_yaml import shown

MAX_URL = 2000  # characters; longer ones are cut by servers and mail programs


def web_url(value: Any) -> str:
    """Return a source's http or https URL with a host. No message shows it: it may hold a password."""
    return _web_url(value, "a source is an address that begins with http:// or https:// and a host")


def beat_url(value: Any) -> str:
    """Return the http or https URL of a dead-man's switch. No message shows it: whoever knows it can beat."""
    return _web_url(value, "this should be an address that begins with http:// or https://")


def _web_url(value: Any, wanted: str) -> str:
    url = text(value)
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if not sound:
        raise fault(wanted)
    if re.search(r"\s", url):
        raise fault("there is a space in this address")
    if len(url) > MAX_URL:
        raise fault(f"this address is longer than {MAX_URL} characters")
    return url


def source_kind(value: Any) -> Kind:
    """Return what sort of listing a source is."""
    known: tuple[Kind, ...] = ("feed", "sitemap", "page")
    for name in known:
        if value == name:
            return name
    raise fault(f"'{shown(str(value))}' is no kind of source{among(str(value), known)}")


def css(value: Any) -> str:
    """Return a CSS selector."""
    from cssselect import HTMLTranslator  # noqa: PLC0415  only sources with 'links' need it

    selector = text(value)
    try:
        HTMLTranslator().css_to_xpath(selector)
    except (ValueError, SyntaxError) as error:  # its own errors are one of these
        raise fault(f"this is no CSS selector such as 'article h2 a': {error}") from error
    return selector


def dotted_path(value: Any) -> str:
    """Return the path of a class, `package.module.Class`."""
    path = text(value)
    if not re.fullmatch(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+", path):
        raise fault("this should be the dotted path of a Scrapy spider class, such as mypackage.MySpider")
    return path


def backlog(value: Any) -> bool:
    """Return whether what a new source holds already may ring."""
    known = {"quiet": False, "alert": True}
    if not isinstance(value, str) or value not in known:
        raise fault(f"'{shown(str(value))}' is not what can be done with a backlog{among(str(value), list(known))}")
    return known[value]
