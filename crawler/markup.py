"""Bytes of a web page -> its characters, and their tree."""

from __future__ import annotations

from typing import Any

import lxml.etree
import lxml.html
from w3lib.encoding import html_to_unicode


def decoded(body: bytes, content_type: str) -> str:
    """Return the page's characters: what is valid UTF-8 is UTF-8, whatever the page or the server says."""
    if b"\x1b$" not in body:  # but ISO-2022-JP is valid ASCII
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    _, text = html_to_unicode(content_type, body, auto_detect_fun=_guess_encoding)
    return text


def _guess_encoding(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415  only for pages that state no encoding

    guess = from_bytes(body[:200_000]).best()
    return guess.encoding if guess else None


def tree(markup: str) -> Any:
    """Return the root element, `None` where there is none."""
    # As bytes: lxml refuses a str that states an encoding.
    data = markup.replace("\x00", "").encode("utf-8", "replace")
    if not data.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None
