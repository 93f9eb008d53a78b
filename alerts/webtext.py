"""Text and addresses from the web -> what a message may hold of them: one plain line, a link that is what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

QUOTE = 300  # characters of a sentence that a message shows
LOOKED_AT = 20_000  # characters of a text that are looked at where only `QUOTE` are shown: a title can be a megabyte
MARKS = 4  # marks that may stand on one letter: Hebrew has a dot, a vowel and an accent
JOINERS = "\u200c\u200d"  # Persian and Hindi are spelt with them, and emoji are made of them
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are seen: signs written around an Arabic, Syriac or Kaithi number."""
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters that are not format characters and yet nothing is seen of them (Unicode's Default_Ignorable and Braille's
blank)."""
SPACES = re.compile(r"\s+")
LINK = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]{0,20}://|www\.)[^\s/]*|\b[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?=/)")
MENTION = re.compile(r"@(?=everyone|here|channel|room|all\b)|(?<!\w)@(?=\S)|(?<=<)@", re.IGNORECASE)
SAFE = "/%:=&?~+!$,;@()*"  # what of a path or a query stands in an address as it is
WEB = frozenset(("http", "https"))


def plain(text: str) -> str:
    """Return text from the web as one line, however long.

    Nothing in it is invisible, reorders what stands around it (Unicode TR9), controls a terminal or a chat, or stacks
    marks on a letter until they cover the lines above.
    """
    return SPACES.sub(" ", "".join(_seen(SPACES.sub(" ", text))))


def clean(text: str) -> str:
    """Return text from the web as one plain line that is not endless: cut at a word, with an ellipsis."""
    text = plain(text[:LOOKED_AT])
    return text.strip() if len(text) <= QUOTE else text[: QUOTE - 1].rsplit(" ", 1)[0].strip() + "…"


def prose(text: str) -> str:
    """Return `clean` text that no service makes a link or a mention of.

    Who writes a headline must not have a phone ring everyone, nor put a link of his own beside ours: dots of what could
    be a link get brackets, as is the custom among those who pass on addresses that nobody is to open.

    >>> prose("@everyone, see https://evil.example/x")
    '＠everyone, see https[:]//evil[.]example/x'
    """
    return LINK.sub(_unlinked, MENTION.sub("＠", clean(text))).replace("://", "[:]//").replace("](", "] (")


def address(url: str) -> str:
    """Return a web address as ASCII that leads where it says, "" for what is none.

    Only http and https; no user name (`https://bank.example@evil.example` leads to the latter), nothing invisible.
    """
    try:
        parts = urlsplit(plain(url).strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in WEB or not host:
        return ""
    host = f"[{host}]" if ":" in host else _ascii(host)
    if not host:
        return ""
    tail = quote(parts.path, SAFE) + (f"?{quote(parts.query, SAFE)}" if parts.query else "")
    tail += f"#{quote(parts.fragment, SAFE)}" if parts.fragment else ""
    where = f"{host}:{port}" if port is not None else host
    return f"{parts.scheme.lower()}://{where}{tail}"


def readable(url: str) -> str:
    """Return an `address` with its host as a person reads it, where that can't be taken for another's.

    Letters of one script, the top-level domain's too: `вести.рф` stays so, `аррӏе.com` is `xn--80ak6aa92e.com`.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if "xn--" not in host:
        return url
    import idna  # noqa: PLC0415  as below

    try:
        shown = idna.decode(host)
    except (UnicodeError, ValueError):
        return url
    if not _one_script(shown) or _ascii(shown) != host:
        return url
    return url.replace(host, shown, 1)


def _seen(text: str) -> Iterator[str]:
    """Yield the characters of a line that are seen."""
    marks, before = 0, " "
    for c in text:
        kind = unicodedata.category(c)
        if not _shown(c, kind) or (c in JOINERS and before in JOINERS):
            continue
        marks = marks + 1 if unicodedata.combining(c) or kind == "Me" else 0
        if marks <= MARKS:
            yield c
            before = c


def _shown(c: str, kind: str) -> bool:
    if kind in ("Cc", "Co", "Cs") or c in BLANKS or (ord(c) & 0xFFFE) == 0xFFFE or "\ufdd0" <= c <= "\ufdef":
        return False
    return kind != "Cf" or c in JOINERS or c in VISIBLE_FORMATS


def _unlinked(found: re.Match[str]) -> str:
    return found[0].replace("://", "[:]//").replace(".", "[.]")


def _ascii(host: str) -> str:
    """Return a host in ASCII, "" for one that no name server could hold."""
    host = unquote(host) if "%" in host else host
    if not host.isascii():
        import idna  # noqa: PLC0415  its tables take a megabyte, and few hosts need them

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (UnicodeError, ValueError):
            return ""
    return host.lower() if re.fullmatch(r"[A-Za-z0-9._-]{1,253}", host) else ""


def _one_script(host: str) -> bool:
    """Whether all letters of a host are of one script."""
    return len({_script(c) for c in host if c.isalpha()}) <= 1


def _script(letter: str) -> str:
    """Return the first word of a letter's name: LATIN, CYRILLIC, ARABIC."""
    return unicodedata.name(letter, "?").split(" ", 1)[0]
