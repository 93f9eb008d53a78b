"""Delivery -> Outcome: one message to one channel through Apprise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from alerts.message import Message
from alerts.threads import Letter, carry, keyed

# Apprise's own lines hold tokens and addresses in the clear (json:// headers, malformed URLs): what happened is
# recorded by us.
for _name in ("apprise", "urllib3", "requests"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

SEND_LIMIT = 120.0  # seconds; Apprise's own time-outs are far shorter, this one is for a service that trickles for ever
BACK_OFF = tuple(timedelta(seconds=s) for s in (10, 30, 120, 600, 1800, 3600))
GIVE_UP = timedelta(hours=24)

Send = Callable[[str, Message], str | None]


class State(StrEnum):
    """What became of a delivery."""

    OWED = "owed"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message owed to one channel.

    `key` stays the same over every attempt; `thread` is that of the alerts of one rule on one story, `None` for a
    notice.
    """

    id: int
    channel: str
    message: Message
    key: str
    attempts: int
    created: datetime
    thread: str | None = None

    @property
    def letter(self) -> Letter:
        """The message with what a channel may hold of its thread and key."""
        message = self.message
        return Letter(message.title, message.body, message.severity, self.key, self.thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to; `due` is when to try again, only for a delivery that is still owed."""

    delivery: int
    state: State
    detail: str
    at: datetime
    due: datetime | None = None


@cache
def _apprise() -> Any:
    """Return the library with console:// and our Message-IDs in it.

    Imported at the first use, as its 200 plugins take a third of a second and 40 MiB.
    """
    import apprise  # noqa: PLC0415  see above
    from apprise.plugins.email import base as mail  # noqa: PLC0415  as above

    from alerts import console  # noqa: F401, PLC0415  importing it registers the channel

    mail.make_msgid = keyed(mail.make_msgid)  # type: ignore[attr-defined]  # the library's own import of it
    return apprise


def valid_url(url: str) -> bool:
    """Whether Apprise can send to this URL; nothing is sent."""
    return _apprise().Apprise.instantiate(url, suppress_exceptions=True) is not None


def send_by_apprise(url: str, message: Message) -> str | None:
    """Send and return `None`, or why it was not accepted. A `Letter` takes its thread and key along.

    Blocks; an Apprise object is made for each call, as its throttle is per object.
    """
    apprise = _apprise()
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        return "the channel's URL is not one that Apprise can read"
    service.overflow_mode = apprise.common.OverflowMode.SPLIT
    context = copy_context()
    if isinstance(message, Letter):
        context.run(carry, service, message)
    bell = apprise.Apprise()
    bell.add(service)
    kind = {
        "info": apprise.NotifyType.INFO,
        "warning": apprise.NotifyType.WARNING,
        "critical": apprise.NotifyType.FAILURE,
    }[message.severity]
    text = apprise.NotifyFormat.TEXT
    result = context.run(bell.notify, body=message.body, title=message.title, notify_type=kind, body_format=text)
    return None if result else _why(result)


def _why(result: Any) -> str:
    """Return the last thing that Apprise logged of the attempt; the caller masks secrets."""
    lines = [line.message for one in result for attempt in one.attempts for line in attempt.logs]
    return lines[-1] if lines else "the service did not accept the message"


async def deliver(delivery: Delivery, channels: Mapping[str, str], send: Send, now: Callable[[], datetime]) -> Outcome:
    """Make one attempt and return what it came to. Never raises for what a service does."""
    url = channels.get(delivery.channel)
    if url is None:
        return Outcome(
            delivery=delivery.id, state=State.DEAD, detail="the channel is no longer in config.yaml", at=now()
        )
    try:
        problem = await asyncio.wait_for(asyncio.to_thread(send, url, delivery.letter), SEND_LIMIT)
    except TimeoutError:
        problem = f"no answer within {SEND_LIMIT:.0f} s"
    except Exception as error:  # noqa: BLE001  one broken channel must not stop the others; the attempt is recorded
        problem = f"{type(error).__name__}: {error}"
    if problem is None:
        return Outcome(delivery=delivery.id, state=State.SENT, detail="accepted", at=now())
    return _again(delivery, problem, now())


def _again(delivery: Delivery, problem: str, now: datetime) -> Outcome:
    wait = BACK_OFF[min(delivery.attempts, len(BACK_OFF) - 1)]
    if now + wait - delivery.created > GIVE_UP:
        hours = GIVE_UP.total_seconds() / 3600
        return Outcome(
            delivery=delivery.id, state=State.DEAD, detail=f"given up after {hours:.0f} h: {problem}", at=now
        )
    return Outcome(delivery=delivery.id, state=State.OWED, detail=problem, at=now, due=now + wait)
