"""Deliveries owed -> attempts, one at a time for each channel, channels side by side."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from functools import partial
from operator import attrgetter

from alerts.delivery import Delivery, Outcome, Send, State
from scheduler.database import StoreError
from scheduler.logs import Mask, say
from scheduler.pipeline import Now, dispatch
from scheduler.store import Store


class Dispatcher:
    """Sends what is owed. A channel that hangs holds up nobody but itself."""

    def __init__(self, store: Store, channels: Mapping[str, str], send: Send, mask: Mask, now: Now) -> None:
        self.store, self.channels, self.send, self.mask, self.now = store, channels, send, mask, now
        self.busy: dict[str, asyncio.Task[None]] = {}
        self.unrecorded: dict[int, Outcome] = {}
        self.sent = self.failed = 0

    def kick(self) -> None:
        """Start sending what is due, on each channel that is not sending already."""
        try:
            self._catch_up()
            due = sorted(self.store.outbox.owed(self.now()), key=attrgetter("channel", "id"))
        except StoreError as error:
            say("delivery", f"{error}; what is owed stays owed", level=logging.WARNING)
            return
        for channel, owed in itertools.groupby(due, key=attrgetter("channel")):
            if channel not in self.busy:
                task = asyncio.create_task(self._send_all([one for one in owed if one.id not in self.unrecorded]))
                self.busy[channel] = task
                task.add_done_callback(partial(self._free, channel))

    def _free(self, channel: str, _: asyncio.Task[None]) -> None:
        del self.busy[channel]

    async def _send_all(self, owed: list[Delivery]) -> None:
        for delivery in owed:
            outcome = await dispatch(delivery, self.channels, self.send, self.mask, self.now)
            self.sent += outcome.state is State.SENT
            self.failed += outcome.state is not State.SENT
            self.unrecorded[outcome.delivery] = outcome
            try:
                self._catch_up()
            except StoreError as error:
                say("delivery", f"{error}; what was sent is remembered and recorded later", level=logging.WARNING)

    def _catch_up(self) -> None:
        """Record every attempt made: while the database is locked, a message that was sent must not be sent again."""
        for id_, outcome in list(self.unrecorded.items()):
            self.store.outbox.record(outcome)
            del self.unrecorded[id_]

    async def drain(self, limit: float) -> None:
        """Send everything that is due now and wait for it, at most `limit` seconds."""
        self.kick()
        while self.busy:
            done, _ = await asyncio.wait(list(self.busy.values()), timeout=limit)
            if not done:
                return
            self.kick()
