"""A thread's reference and a delivery's key -> whatever a channel's service can hold of them.

Read from Apprise 2.2. An e-mail holds both: the key becomes its Message-ID, the thread a message that was never sent
and that all alerts of the thread refer to, as clients thread by what is referred to (RFC 5322 section 3.6.4). Webhooks
hold them as headers. PagerDuty, Opsgenie, Jira and PagerTree know an incident by the key, Splunk On-Call by the thread,
Matrix an event by its transaction; Google Chat and Bark hold the thread. Slack, Telegram, Discord and Matrix thread
only under an id that the service gave to the first message, and Apprise does not hand it back; ntfy and the others know
neither.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from alerts.message import Message

_IDS: ContextVar[Iterator[str] | None] = ContextVar("message ids of the delivery that is being made", default=None)


@dataclass(frozen=True, slots=True)
class Letter(Message):
    """A message on its way.

    `key` is the same over every attempt to deliver it; `thread` over all alerts of one rule on one story, `None` for a
    message that stands alone.
    """

    key: str = ""
    thread: str | None = None


def carry(service: Any, letter: Letter) -> None:
    """Give an Apprise service what it can hold of the letter's thread and key. What a user's URL says stays.

    The Message-IDs hold in the context that this is called in: send in the same.
    """
    give = _CARRIERS.get(type(service).__name__)
    if give:
        give(service, letter)


def _whole(service: Any, letter: Letter) -> bool:
    """Whether it is sent in one part: parts of one message must not be taken for repetitions of each other."""
    return bool(letter.key) and len(letter.title) + len(letter.body) + 2 < service.body_maxlen


def _email(service: Any, letter: Letter) -> None:
    _IDS.set(f"{letter.key}.{number}" for number in itertools.count(1))
    if letter.thread:
        root = f"<{letter.thread}@thread.tocsin.invalid>"
        _add(service.headers, {"In-Reply-To": root, "References": root})


def _webhook(service: Any, letter: Letter) -> None:
    keyed = {"Idempotency-Key": f'"{letter.key}"'} if _whole(service, letter) else {}
    _add(service.headers, keyed | ({"X-Tocsin-Thread": letter.thread} if letter.thread else {}))


def _google_chat(service: Any, letter: Letter) -> None:
    service.thread_key = service.thread_key or letter.thread


def _bark(service: Any, letter: Letter) -> None:
    service.group = service.group or letter.thread


def _pagerduty(service: Any, letter: Letter) -> None:
    if service.action == "trigger" and _whole(service, letter):  # else it finds the incident that it resolves by itself
        service.dedup = service.dedup or letter.key


def _alias(service: Any, letter: Letter) -> None:
    """Opsgenie and Jira find by the alias what they add a note to, as they do for an "info": there it stays."""
    if not service.entity and letter.severity != "info" and _whole(service, letter):
        service.alias = service.alias or letter.key


def _pagertree(service: Any, letter: Letter) -> None:
    if service.action == "create" and _whole(service, letter):
        service.thirdparty = service.thirdparty or letter.key


def _splunk(service: Any, letter: Letter) -> None:
    """Without an entity all alerts are one incident, and it rings for the first of them alone."""
    if service.entity_id == f"{service.app_id}/{service.routing_key}":
        service.entity_id = letter.thread or letter.key or service.entity_id


def _matrix(service: Any, letter: Letter) -> None:
    """A home server drops a second event of the same transaction and access token.

    Where the URL has a token, Apprise gives all parts of a message one random transaction, so that the second is lost.
    Encryption needs transactions of its own between, which don't come in the same order again.
    """
    token = service.password if not service.user else None
    if token and letter.key:
        encrypts = service.e2ee and service.secure
        service.access_token = token
        service.transaction_id = _Transactions(uuid.uuid4().hex if encrypts else letter.key)


class _Transactions:
    """The ids of a message's events: another each time that one is written into an address."""

    def __init__(self, key: str) -> None:
        self.key, self.numbers = key, itertools.count(1)

    def __str__(self) -> str:
        return f"{self.key}.{next(self.numbers)}"


_CARRIERS: dict[str, Callable[[Any, Letter], None]] = {
    "NotifyEmail": _email,
    "NotifyJSON": _webhook,
    "NotifyForm": _webhook,
    "NotifyXML": _webhook,
    "NotifyGoogleChat": _google_chat,
    "NotifyBark": _bark,
    "NotifyPagerDuty": _pagerduty,
    "NotifyOpsgenie": _alias,
    "NotifyJira": _alias,
    "NotifyPagerTree": _pagertree,
    "NotifySplunk": _splunk,
    "NotifyMatrix": _matrix,
}


def _add(headers: dict[str, str], ours: dict[str, str]) -> None:
    named = {name.strip().casefold() for name in headers}
    headers.update({name: value for name, value in ours.items() if name.casefold() not in named})


def keyed(made: Callable[..., str]) -> Callable[..., str]:
    """Return a maker of Message-IDs that makes them of the delivery's key, one for each recipient and part.

    `made` is `email.utils.make_msgid`, for a message that is no delivery. Apprise puts a random one into each e-mail
    and takes none from its caller, but a mailbox drops the second of two only where both have the same.
    """

    def message_id(idstring: str | None = None, domain: str | None = None) -> str:
        ids = _IDS.get()
        if ids is None:
            return made(idstring, domain)
        return f"<{next(ids)}@{domain or 'tocsin.invalid'}>"

    return message_id
