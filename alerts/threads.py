"""A thread's reference and a delivery's key -> whatever a channel's service can hold of them.

Read from Apprise 2.2. An e-mail holds both: the key becomes its Message-ID, the thread a message that was never sent
and that all alerts of the thread refer to, as clients thread by what is referred to (RFC 5322 section 3.6.4). Webhooks
hold them as headers, Google Chat and Bark hold the thread. Slack, Telegram, Discord and Matrix thread only under an id
that the service gave to the first message, and Apprise does not hand it back; ntfy and the others know no threads.
"""

from __future__ import annotations

import itertools
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
    kind = type(service).__name__
    if kind == "NotifyEmail":
        _IDS.set(f"{letter.key}.{number}" for number in itertools.count(1))
        if letter.thread:
            root = f"<{letter.thread}@thread.tocsin.invalid>"
            _add(service.headers, {"In-Reply-To": root, "References": root})
    elif kind in ("NotifyJSON", "NotifyForm", "NotifyXML"):
        # a message that is sent in parts must not have its parts taken for repetitions
        whole = len(letter.title) + len(letter.body) < service.body_maxlen
        keyed = {"Idempotency-Key": f'"{letter.key}"'} if letter.key and whole else {}
        _add(service.headers, keyed | ({"X-Tocsin-Thread": letter.thread} if letter.thread else {}))
    elif kind == "NotifyGoogleChat":
        service.thread_key = service.thread_key or letter.thread
    elif kind == "NotifyBark":
        service.group = service.group or letter.thread


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
