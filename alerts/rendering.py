"""What an alert tells -> text for a lock screen, a chat, a mailbox: by the templates beside this, or by the user's own.

A template is given `telling` (see `alerts.telling.Telling`), `title`, `severity`, and `blocks` of lines, which are all
there is to a notice or a digest: its `telling` is none. The filters `clock` and `time` say times in the user's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from alerts.rules import Severity
from alerts.telling import Report, Telling
from alerts.webtext import address, readable

if TYPE_CHECKING:  # Jinja is needed once there is something to tell
    from alerts.sandbox import Compiled

TEMPLATES = Path(__file__).parent / "templates"
MARKUP = re.compile(r"[\\`*_\[\]<>~|]|^(?:[#+=-]|\d+(?=[.)]))")
TYPEWRITTEN = str.maketrans({"·": "-", "–": "-", "—": "-", "…": "...", "→": "->", "“": '"', "”": '"', "▸": "-"})
"""Signs that a short message has no room for: a text message with one of them is sent in an alphabet twice as wide."""
BEGINNING = re.compile(r"^(?:[#+=-]|\d+[.)])")
ENTITY = re.compile(r"&(?=#?\w+;)")
ALIKE = str.maketrans("*_~`[]\\|<>@", "∗＿∼ˋ［］∖ǀ＜＞＠")
"""Signs that a chat without escapes takes for markup, and such as look like them."""
SAFE_IN_LINK = "%/:=&?~+!$,;#[]"  # of an address in a Markdown link: no bracket ends it, no sign of a mention is in it
LINK_ROOM = 40  # characters that a short message needs beside a link


class TemplateFaultError(Exception):
    """A template that can't be used: `message` says why, `line` where, counted from 1 (0 where that is not known)."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Keep both."""
        super().__init__(message)
        self.message, self.line = message, line


class Markdown(str):
    """Text that is Markdown already: written out as it is."""

    __slots__ = ()


Escape = Callable[[str], str]
Format = Literal["html", "markdown", "text"]
BREAK = Markdown("  \n")


@dataclass(frozen=True, slots=True)
class Written:
    """What a user's template made of a message."""

    body: str
    format: Format


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a notice or a digest, `url` where it is an address alone."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is to be rendered: a message's title and text, what it tells where it is an alert, and a timezone."""

    title: str
    body: str
    severity: Severity
    telling: Telling | None = None
    zone: tzinfo = UTC
    note: str = ""

    @property
    def blocks(self) -> list[list[Line]]:
        """The body's paragraphs, line by line."""
        return [[_line(line) for line in block.splitlines()] for block in re.split(r"\n\s*\n", self.body.strip("\n"))]


def plain_text(telling: Telling, zone: tzinfo = UTC) -> str:
    """Return what stands under the first line, as plain text."""
    return _builtin("plain.txt", "text").write({"telling": telling, "zone": zone}).strip("\n")


def text(page: Page) -> str:
    """Return the page without its title as plain text."""
    if page.telling is None:
        return page.body
    return "\n\n".join(filter(None, (plain_text(page.telling, page.zone), page.note)))


def markdown(page: Page, *, brief: bool = False, headed: bool = True, escapes: bool = True) -> str:
    """Return the page as CommonMark, which Apprise makes each chat's own dialect of; with its title where `headed`.

    Without `escapes`, signs that a chat would take for markup are replaced by such as look like them.
    """
    made = _builtin("markdown.md", "markdown", escaped if escapes else alike)
    return _tidy(made.write(_given(page) | {"brief": brief, "headed": headed}))


def html(page: Page) -> str:
    """Return the page with its title as an HTML document for e-mail."""
    return _builtin("email.html", "html").write(_given(page)).strip()


def short(page: Page, limit: int) -> str:
    """Return at most `limit` characters: the first line, and under it one link where there is room for it."""
    given = _given(page)
    first = _builtin("short.txt", "text").write(given).strip().translate(TYPEWRITTEN)
    link = next((report.url for report in page.telling.reports if report.url), "") if page.telling else ""
    room = limit - len(link) - 1
    if not link or room < min(len(first), LINK_ROOM):
        return _cut(first, limit)
    return f"{_cut(first, room)}\n{link}"


def write(source: str, form: Format, page: Page) -> Written:
    """Return what a user's template makes of the page; raises `TemplateFaultError`, with the line where it knows it."""
    return Written(_own(source, form).write(_given(page)).strip(), form)


def zone_name(moment: datetime) -> str:
    """Return how the timezone of a moment is called: `UTC`, `CET`; `UTC+04` where it has no name."""
    name = moment.tzname() or "UTC"
    return f"UTC{name}" if name[:1] in "+-" else name


def _given(page: Page) -> dict[str, object]:
    own = {name: getattr(page, name) for name in ("title", "severity", "telling", "zone", "blocks", "note")}
    return own | {"br": BREAK, "brief": False, "headed": True}


def _line(line: str) -> Line:
    stripped = line.strip()
    url = address(stripped) if re.fullmatch(r"https?://\S+", stripped) else ""
    return Line(readable(url) if url else line.rstrip(), url)


@lru_cache(maxsize=16)
def _own(source: str, form: Format) -> Compiled:
    return _compiled(source, form)


@cache
def _builtin(name: str, form: Format, escape: Escape | None = None) -> Compiled:
    return _compiled((TEMPLATES / name).read_text(encoding="utf8"), form, escape)


def _compiled(source: str, form: Format, escape: Escape | None = None) -> Compiled:
    from jinja2 import pass_context  # noqa: PLC0415  as above

    from alerts.sandbox import compiled  # noqa: PLC0415  as above

    timely: dict[str, Callable[..., str]] = {"clock": _clock, "time": _time, "stamp": _stamp}
    filters: dict[str, Callable[..., Any]] = {name: pass_context(said) for name, said in timely.items()}
    filters |= {"host": _host, "readable": readable}
    if form != "markdown":
        return compiled(source, form, filters)
    sure = escape or escaped
    return compiled(
        source, form, filters | {"link": partial(_link, sure), "code": partial(_code, sure)}, partial(_marked, sure)
    )


def _clock(context: Mapping[str, Any], moment: datetime) -> str:
    """Return the time of day with its timezone, and the day where it is another than the alert's."""
    zone, telling = context["zone"], context["telling"]
    at = moment.astimezone(zone)
    same = telling and at.date() == telling.at.astimezone(zone).date()
    return f"{at:%H:%M} {zone_name(at)}" if same else f"{at:%d %b %H:%M} {zone_name(at)}"


def _time(context: Mapping[str, Any], report: Report) -> str:
    """Return when a report was published; its day alone where no more is known."""
    if report.dated:
        return f"{report.time.astimezone(UTC):%d %b %Y}"
    return _stamp(context, report.time)


def _stamp(context: Mapping[str, Any], moment: datetime) -> str:
    at = moment.astimezone(context["zone"])
    return f"{at:%d %b %Y %H:%M} {zone_name(at)}"


def _host(url: str) -> str:
    """Return where a link leads, as a person reads it."""
    return urlsplit(readable(url)).netloc


def _marked(escape: Escape, value: object) -> str:
    return value if isinstance(value, Markdown) else escape(str(value))


def escaped(said: str) -> str:
    """Return text as CommonMark that shows it as it is, but for signs of mentions and of what stands for a sign.

    >>> escaped("# 5 * 3 [x](y)")
    '\\\\# 5 \\\\* 3 \\\\[x\\\\](y)'
    """
    return MARKUP.sub(_escape, ENTITY.sub("＆", said.replace("@", "＠")))


def alike(said: str) -> str:
    """Return text for a chat without escapes: signs that it takes for markup are replaced by such as look like them."""
    return ENTITY.sub("＆", BEGINNING.sub(_begin, said.translate(ALIKE)))


def _begin(found: re.Match[str]) -> str:
    return found[0].translate(str.maketrans("#+=-.)", "＃＋＝‐․）"))


def _escape(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _link(escape: Escape, said: str, url: str = "") -> Markdown:
    """Return a Markdown link; the text alone where there is nothing to link to."""
    url = quote(address(url), SAFE_IN_LINK)
    return Markdown(f"[{escape(said)}]({url})" if url else escape(said))


def _code(escape: Escape, said: str) -> Markdown:
    return Markdown(escape(said) if "`" in said else f"`{said}`")


def _tidy(said: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", said).strip()


def _cut(said: str, limit: int) -> str:
    return said if len(said) <= limit else said[: max(limit - 3, 0)].rstrip() + "..."[:limit]
