"""Deliveries owed -> attempts, one at a time for each channel, channels side by side."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter

from alerts.delivery import Delivery, Outcome, Send, State
from alerts.message import Message
from alerts.refusals import LONGEST
from scheduler.database import StoreError
from scheduler.dressing import Dressing
from scheduler.failures import Ways
from scheduler.logs import Mask, say
from scheduler.pipeline import Now, dispatch
from scheduler.store import Store

HANGING = 3  # calls to one channel that may hang at once; each is a thread that nothing can end


class Dispatcher:
    """Sends what is owed. A channel that hangs holds up nobody but itself."""

    def __init__(self, store: Store, channels: Mapping[str, str], send: Send, mask: Mask, now: Now) -> None:
        self.store, self.channels, self.send, self.mask, self.now = store, channels, send, mask, now
        self.ways = Ways()
        self.dressing = Dressing(store.outbox)
        self.started = now()
        self.busy: dict[str, asyncio.Task[None]] = {}
        self.resting: dict[str, datetime] = {}  # until when a URL is left alone
        self.sending: dict[str, set[object]] = {}  # the calls of each channel that have not come back
        self.unrecorded: dict[int, Outcome] = {}
        self.sent = self.failed = 0

    def kick(self) -> None:
        """Start sending what is due, on each channel that is not sending already."""
        try:
            self._catch_up()
            now = self.now()
            self.store.failures.overdue(self.ways, now, self.started)
            due = sorted(self.store.outbox.owed(now), key=attrgetter("channel", "id"))
        except StoreError as error:
            say("delivery", f"{error}; what is owed stays owed", level=logging.WARNING)
            return
        for channel, owed in itertools.groupby(due, key=attrgetter("channel")):
            if channel not in self.busy and not self._rests(channel, now):
                task = asyncio.create_task(self._send_all([one for one in owed if one.id not in self.unrecorded]))
                self.busy[channel] = task
                task.add_done_callback(partial(self._free, channel))

    def _rests(self, channel: str, now: datetime) -> bool:
        """Whether to leave a channel alone: as its service asked to be, or as too many calls to it hang for ever."""
        url = self.channels.get(channel, "")  # another URL is another service
        until = self.resting.get(url)
        if until is not None and now < until <= now + LONGEST:
            return True
        self.resting.pop(url, None)
        return len(self.sending.get(channel, ())) >= HANGING

    def _free(self, channel: str, _: asyncio.Task[None]) -> None:
        del self.busy[channel]

    async def _send_all(self, owed: list[Delivery]) -> None:
        for delivery in owed:
            url, send = self.channels.get(delivery.channel, ""), partial(self._counted, delivery.channel)
            dressed = self.dressing.of(delivery, self.now())
            outcome = await dispatch(dressed, self.channels, send, self.mask, self.now)
            self.sent += outcome.state is State.SENT
            self.failed += outcome.state is not State.SENT
            self.unrecorded[outcome.delivery] = outcome
            try:
                self._catch_up()
            except StoreError as error:
                say("delivery", f"{error}; what was sent is remembered and recorded later", level=logging.WARNING)
            if outcome.rest is not None:  # the others would fare no better, and the service would only be angrier
                self.resting[url] = outcome.rest
                return

    def _counted(self, channel: str, url: str, message: Message) -> str | None:
        """Send, in a thread of its own, and be counted for as long as that takes."""
        mine = object()
        calls = self.sending.setdefault(channel, set())
        calls.add(mine)
        try:
            return self.send(url, message)
        finally:
            calls.discard(mine)

    def _catch_up(self) -> None:
        """Record every attempt made: while the database is locked, a message that was sent must not be sent again."""
        for id_, outcome in list(self.unrecorded.items()):
            self.store.failures.record(outcome, self.ways)
            del self.unrecorded[id_]

    async def drain(self, limit: float) -> None:
        """Send everything that is due now and wait for it, at most `limit` seconds."""
        self.kick()
        while self.busy:
            done, _ = await asyncio.wait(list(self.busy.values()), timeout=limit)
            if not done:
                return
            self.kick()
