"""An Apprise service + a message -> the words and the format that it is given them in, and how urgent it makes them.

Read from Apprise 2.2. E-mail is given HTML, with our own plain part in it; chats that know Markdown are given
CommonMark, which Apprise turns into their dialects; what holds no more than a text message is given the first line and
one link; all others, webhooks among them, plain text. What a user's URL says (`?format=`, `?priority=`) stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from alerts import rendering
from alerts.rendering import Page, TemplateFaultError, Written
from alerts.rules import Severity

TEXT, HTML, MARKDOWN = "text", "html", "markdown"
SUBJECT = 300  # bytes
SHORT = 320  # characters: two text messages
VERBATIM = frozenset(
    ("NotifyJSON", "NotifyForm", "NotifyXML", "NotifyAMQP", "NotifyMQTT", "NotifyAppriseAPI", "NotifyPushover")
)
"""Services that could be given markup, but whose receivers are programs, or show little of it."""
WRITES_MARKDOWN = frozenset(("NotifyMattermost",))  # Apprise says it takes plain text; the service reads it as Markdown
WITHOUT_ESCAPES = frozenset(
    ("NotifyCliq", "NotifyDingTalk", "NotifyEvolution", "NotifyGoogleChat", "NotifySlack", "NotifyWhapi", "NotifyZalo")
)
"""Chats that show a backslash before an asterisk, and may take the asterisk for markup all the same."""
RICH = frozenset(("NotifyMatrix", "NotifyTelegram"))
"""Chats that are given HTML made of the Markdown.

Telegram refuses a message of its older Markdown with an escape in bold type, and for Matrix Apprise measures the
Markdown, and then breaks up the HTML that it makes of it where that is longer.
"""
URGENCY: Mapping[str, Mapping[Severity, int | str]] = {
    "NotifyNtfy": {"info": "low", "warning": "high", "critical": "max"},
    "NotifyGotify": {"info": 3, "warning": 5, "critical": 10},
    "NotifyPushover": {"info": -1, "warning": 0, "critical": 1},  # 2 repeats until it is acknowledged, and wants a time
}
HEADED = frozenset(("NotifyCliq", "NotifyDiscord", "NotifyGuilded", "NotifyMatrix", "NotifyMattermost", "NotifySlack"))
"""Chats that could be given a title, and show it as a line that no Markdown is escaped in: it stands in the body."""
_PLAIN_PART: ContextVar[str | None] = ContextVar("plain part of the e-mail that is being made", default=None)


@dataclass(frozen=True, slots=True)
class Speech:
    """What a service is given: a title, a body, and the format that the body is in."""

    title: str
    body: str
    format: str


def speech(service: Any, page: Page, written: Written | None = None) -> Speech:
    """Return what to give the service. `written` is what a user's template made of the page.

    For e-mail, the plain part holds in the context that this is called in: send in the same.
    """
    _PLAIN_PART.set(None)
    said = _said(service, page, written)
    return replace(said, title=_subject(said.title)) if type(service).__name__ == "NotifyEmail" else said


def _said(service: Any, page: Page, written: Written | None) -> Speech:
    if written:
        return _alongside(service, page, Speech(page.title, written.body, written.format))
    try:
        return _spoken(service, page)
    except TemplateFaultError:  # a notice or a digest of a hundred thousand characters: what it says matters more
        return Speech(page.title, page.body, TEXT)


def _spoken(service: Any, page: Page) -> Speech:
    if int(service.body_maxlen) <= SHORT:
        return _short(service, page)
    target = service.resolve_format(_wanted(service))
    if type(service).__name__ in WRITES_MARKDOWN:
        return _marked(service, page, TEXT)
    if target == MARKDOWN or (target == HTML and not _is_mail(service)):
        return _marked(service, page, MARKDOWN)
    if target == HTML:
        made = Speech(page.title, rendering.html(page), HTML)
        if len(made.body) < int(service.body_maxlen):  # split in two it would be no HTML
            return _alongside(service, page, made)
    return Speech(page.title, rendering.text(page), TEXT)


def _subject(title: str) -> str:
    """Return a subject that fits into one line of an e-mail.

    Apprise folds none, a mail server refuses lines of more than 998 bytes (RFC 5321 section 4.5.3.1.6), and a byte of
    Cyrillic takes three of them.
    """
    held = title.encode()
    return title if len(held) <= SUBJECT else held[: SUBJECT - 3].decode(errors="ignore").rstrip() + "…"


def plainly(convert: Callable[..., str]) -> Callable[..., str]:
    """Return Apprise's conversion between formats, with the plain part of our own e-mails in its place.

    What it makes of HTML has lost the links. `convert` is `apprise.conversion.convert_between`.
    """

    def converted(source: Any, target: Any, content: str) -> str:
        ours = _PLAIN_PART.get()
        return ours if ours is not None and (source, target) == (HTML, TEXT) else convert(source, target, content)

    return converted


def hurry(service: Any, severity: Severity) -> None:
    """Give a service that knows priorities the one of this severity, unless the user's URL gives one."""
    levels = URGENCY.get(type(service).__name__)
    if levels is None or service.priority != type(service).template_args["priority"]["default"]:
        return
    service.priority = levels[severity]


def _wanted(service: Any) -> str:
    """Return the format that we would have for a service; it may know only another."""
    formats, name = _formats(service), type(service).__name__
    if name in VERBATIM or name == "CustomNotifyPluginWrapper":  # console://, and what users add with a decorator
        return TEXT
    if MARKDOWN in formats:
        return MARKDOWN
    return HTML if formats[0] == HTML else TEXT


def _formats(service: Any) -> tuple[str, ...]:
    formats = service.notify_format
    return tuple(formats) if isinstance(formats, tuple) else (formats,)


def _is_mail(service: Any) -> bool:
    """Whether a service shows a whole HTML document: those that know no Markdown beside it, and webhooks."""
    return MARKDOWN not in _formats(service) or type(service).__name__ in VERBATIM - {"NotifyPushover"}


def _short(service: Any, page: Page) -> Speech:
    title = page.title if int(service.title_maxlen) > 0 else ""
    return Speech(title, rendering.short(page, int(service.body_maxlen)), TEXT)


def _marked(service: Any, page: Page, declared: str) -> Speech:
    """Return the page as Markdown for a chat; the least of it where the service would break it up."""
    name = type(service).__name__
    headed, escapes = int(service.title_maxlen) <= 0 or name in HEADED, name not in WITHOUT_ESCAPES
    made = rendering.markdown(page, headed=headed, escapes=escapes)
    if len(made) > int(service.body_maxlen):
        made = rendering.markdown(page, headed=headed, escapes=escapes, brief=True)
    if name in RICH:
        from apprise.conversion import markdown_to_html  # noqa: PLC0415  it is there once there is a service

        made, declared = markdown_to_html(made, extensions=()), HTML
    return Speech("" if headed else page.title, made, declared)


def _alongside(service: Any, page: Page, made: Speech) -> Speech:
    """Return what was made, with the plain text in the other part where it is an e-mail in HTML."""
    if made.format == HTML and service.resolve_format(HTML) == HTML:
        _PLAIN_PART.set(rendering.text(page))
    return made
