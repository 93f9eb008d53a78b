"""Delivery -> Outcome: one message to one channel through Apprise."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from alerts.aside import aside
from alerts.formats import hurry, plainly, speech
from alerts.message import Message, clean
from alerts.refusals import Refusal, refusal
from alerts.threads import Letter, carry, keyed
from alerts.wrapping import wrapped

# Apprise's own lines hold tokens and addresses in the clear (json:// headers, malformed URLs): what happened is
# recorded by us.
for _name in ("apprise", "urllib3", "requests"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

SEND_LIMIT = 120.0  # seconds; Apprise's own time-outs are far shorter, this one is for a service that trickles for ever
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))  # then every hour
GIVE_UP = timedelta(hours=48)
_LOADING = threading.Lock()
LATE = "late"  # the code of what was given up

Send = Callable[[str, Message], str | None]
"""Makes one attempt at a URL and returns `None`, or why it was not accepted: a `Refusal`, or just its words."""


class State(StrEnum):
    """What became of a delivery."""

    OWED = "owed"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message owed to one channel.

    `key` stays the same over every attempt; `thread` is that of the alerts of one rule on one story, `None` for a
    notice. `note` is a line to put under the text: for which other channel this one stands in.
    """

    id: int
    channel: str
    message: Message
    key: str
    attempts: int
    created: datetime
    thread: str | None = None
    note: str | None = None

    @property
    def letter(self) -> Letter:
        """The message with what a channel may hold of its thread and key."""
        message = self.message
        note = clean(self.note or "")
        body = f"{message.body.rstrip()}\n\n{note}" if note else message.body
        own = {field.name: getattr(message, field.name) for field in fields(message)}
        return Letter(**own | {"body": body, "note": note, "key": self.key, "thread": self.thread})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to.

    `due` is when to try again, only for a delivery that is still owed. `code` is that of the refusal. `rest` is until
    when the whole channel is better left alone.
    """

    delivery: int
    state: State
    detail: str
    at: datetime
    due: datetime | None = None
    code: str | None = None
    rest: datetime | None = None


def _apprise() -> Any:
    """Return the library with console:// and our Message-IDs in it.

    Imported at the first use, as its 200 plugins take a third of a second and 40 MiB; by one thread, as two would
    register everything twice.
    """
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    import apprise  # noqa: PLC0415  see above
    from apprise.plugins.email import base as mail  # noqa: PLC0415  as above

    from alerts import answers, console  # noqa: F401, PLC0415  importing them registers the channel, and listens

    mail.make_msgid = keyed(mail.make_msgid)  # type: ignore[attr-defined]  # the library's own import of it
    mail.convert_between = plainly(mail.convert_between)  # type: ignore[attr-defined]  # as above
    return apprise


def valid_url(url: str) -> bool:
    """Whether Apprise can send to this URL; nothing is sent."""
    return _apprise().Apprise.instantiate(url, suppress_exceptions=True) is not None


def send_by_apprise(url: str, message: Message) -> Refusal | None:
    """Send and return `None`, or why it was not accepted. A `Letter` takes its thread and key along.

    Blocks; an Apprise object is made for each call, as its throttle is per object. The caller masks secrets.
    """
    apprise = _apprise()
    # By default Apprise sends in a pool of a few threads for the whole process: that many services that hang would hold
    # up all others. Without a time limit of its own it sends in the thread that it is called in.
    asset = apprise.AppriseAsset(service_timeout=0)
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        return refusal((), ["the channel's URL is not one that Apprise can read"])
    return copy_context().run(_send, apprise, service, message)


def _send(apprise: Any, service: Any, message: Message) -> Refusal | None:
    from alerts.answers import noted  # noqa: PLC0415  it imports Apprise

    service.overflow_mode = apprise.common.OverflowMode.SPLIT
    hurry(service, message.severity)
    said = speech(service, message.page, message.written)
    if isinstance(message, Letter):
        carry(service, replace(message, title=said.title, body=said.body))
    bell = apprise.Apprise(asset=service.asset)
    bell.add(service)
    kind = {
        "info": apprise.NotifyType.INFO,
        "warning": apprise.NotifyType.WARNING,
        "critical": apprise.NotifyType.FAILURE,
    }[message.severity]
    title, body = said.title, said.body
    if type(service).__name__ == "NotifyIRC":
        # Apprise counts letters where a server counts bytes, and hangs up; and it logs in anew for each part.
        title, body = "", wrapped(f"{title}\n{body}")
        service.body_maxlen = len(body) + 1
    form = apprise.NotifyFormat(said.format)
    with noted() as answers:
        result = bell.notify(body=body, title=title, notify_type=kind, body_format=form)
    if result and not (answers and all(answer.failed for answer in answers)):
        return None
    logged = [line.message for one in result for attempt in one.attempts for line in attempt.logs]
    return refusal(
        answers, logged or ([] if list(result) else ["nothing matched: the channel has no service to send to"])
    )


async def deliver(delivery: Delivery, channels: Mapping[str, str], send: Send, now: Callable[[], datetime]) -> Outcome:
    """Make one attempt and return what it came to. Never raises for what a service does."""
    url = channels.get(delivery.channel)
    if url is None:
        gone = Refusal("the channel is no longer in config.yaml", "gone", permanent=True)
        return _refused(delivery, gone, now())
    try:
        problem = await asyncio.wait_for(aside(send, url, delivery.letter), SEND_LIMIT)
    except TimeoutError:
        problem = Refusal(f"no answer within {SEND_LIMIT:.0f} s", "unreachable", crowded=True)
    except Exception as error:  # noqa: BLE001  one broken channel must not stop the others; the attempt is recorded
        problem = f"{type(error).__name__}: {error}"
    if problem is None:
        return Outcome(delivery=delivery.id, state=State.SENT, detail="accepted", at=now())
    return _refused(delivery, problem if isinstance(problem, Refusal) else Refusal(problem), now())


def _refused(delivery: Delivery, problem: Refusal, now: datetime) -> Outcome:
    def dead(detail: str, code: str) -> Outcome:
        return Outcome(delivery=delivery.id, state=State.DEAD, detail=detail, at=now, code=code)

    if problem.permanent:
        return dead(str(problem), problem.code)
    wait = _wait(delivery.attempts, problem.retry_after)
    if now + wait - delivery.created > GIVE_UP:
        return dead(f"given up after {GIVE_UP / timedelta(hours=1):.0f} h: {problem}", LATE)
    rest = now + (problem.retry_after or min(wait, BACK_OFF[0])) if problem.crowded else None
    return Outcome(
        delivery=delivery.id,
        state=State.OWED,
        detail=str(problem),
        at=now,
        due=now + wait,
        code=problem.code,
        rest=rest,
    )


def _wait(attempts: int, asked: timedelta | None) -> timedelta:
    """Return how long to wait after so many attempts before this one.

    What the service asked for counts, but one that always asks for less is asked back no more than one step sooner.
    """
    if asked is None:
        return BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
    return max(asked, BACK_OFF[min(attempts, len(BACK_OFF)) - 1] if attempts else timedelta(0))
