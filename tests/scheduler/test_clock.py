"""Each source is polled when it is due and by what it is now, one poll at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler import clock
from scheduler.pipeline import Tally
from tests.fakes import NOON


def test_a_source_that_is_removed_while_it_is_polled_is_read_to_the_end_of_that_poll_and_never_again(
    running, monkeypatch
):
    polls = []

    async def poll(source, *_):
        polls.append(source.name)
        running.clock.adopt([running.clock.sources["Wire"]])
        await asyncio.sleep(0)
        polls.append("to the end")
        return Tally(next_poll=NOON)

    monkeypatch.setattr(clock, "poll", poll)
    asyncio.run(running.clock._poll(running.clock.sources["Post"]))
    assert (polls, running.jobs) == (["Post", "to the end"], ["poll Wire"])


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=1)], ids=["now", "an hour ago"])
def test_a_source_whose_next_poll_is_due_when_this_one_ends_is_polled_on(running, monkeypatch, late):
    polls = []

    async def poll(source, *_):
        polls.append(source.name)
        await asyncio.sleep(0)
        return Tally(next_poll=datetime.now(UTC) - late)  # the machine slept meanwhile, or its clock was put forward

    async def polled():
        running.clock.scheduler.start()
        running.clock._at(running.clock.sources["Wire"], datetime.now(UTC))
        while polls.count("Wire") < 5:
            await asyncio.sleep(0.01)
        running.clock.stop()

    monkeypatch.setattr(clock, "poll", poll)
    asyncio.run(asyncio.wait_for(polled(), 20))


def test_a_source_that_is_changed_while_it_is_polled_is_polled_by_what_it_is_now(running, monkeypatch):
    polls = []

    async def poll(source, *_):
        polls.append(source.every)
        if len(polls) == 1:
            running.clock.adopt([replace(source, every=timedelta(minutes=5))])
            await asyncio.sleep(0.05)
        return Tally(next_poll=datetime.now(UTC) + timedelta(hours=1))

    async def polled():
        running.now = datetime.now(UTC)
        running.clock.scheduler.start()
        await running.clock._poll(running.clock.sources["Wire"])
        while len(polls) < 2:
            await asyncio.sleep(0.01)
        running.clock.stop()

    monkeypatch.setattr(clock, "poll", poll)
    asyncio.run(asyncio.wait_for(polled(), 20))
    assert polls == [None, timedelta(minutes=5)]
