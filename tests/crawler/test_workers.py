"""Reading that goes wrong in a worker is one exception with a reason, and the next reading works."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime

import pytest

from crawler.gazetteer import ArmedGroup
from crawler.gazetteer.own import NOTHING, Own, adopt, adopted
from crawler.workers import MEMORY, Unreadable, Workers


@pytest.fixture(scope="module")
def readers():
    made = Workers(count=1, timeout=1.0)
    yield made
    made.close()


def hold(_: int) -> None:
    while True:
        time.sleep(1)


def crash(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hoard(size: int) -> int:
    return len(bytearray(size))


def fail(_: int) -> None:
    raise KeyError("no such part")


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (hold, "reading it took longer than 1 s"),
        (crash, "reading it crashed the reader"),
        (hoard, "reading it took too much memory"),
        (fail, "it could not be read: KeyError: 'no such part'"),
    ],
)
def test_a_reading_that_goes_wrong_has_a_reason_and_the_next_one_works(readers, job, reason):
    async def main():
        with pytest.raises(Unreadable) as caught:
            await readers.run(job, MEMORY)
        assert caught.value.reason.startswith(reason)
        assert await readers.run(abs, -7) == 7

    asyncio.run(main())


def test_readings_are_worked_out_in_other_processes_which_end_with_their_workers():
    async def main():
        made = Workers(count=1)
        number = await made.run(os.getpid)
        assert number != os.getpid()
        made.close()
        return number

    number = asyncio.run(main())
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_ctrl_c_is_the_parents_business(readers):
    async def main():
        number = await readers.run(os.getpid)
        os.kill(number, signal.SIGINT)
        assert await readers.run(os.getpid) == number

    asyncio.run(main())


def test_workers_that_were_never_asked_close_without_having_started():
    Workers().close()


def test_times_and_texts_come_back_as_they_were(readers):
    now = datetime.now(UTC)

    assert asyncio.run(readers.run(max, (now, "Нальчик"), (now, "А"))) == (now, "Нальчик")


def late(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_readers_that_are_renewed_finish_what_they_have_and_end_while_new_ones_read_by_the_new_names():
    named = "Lions of Nalchik"
    own = Own(groups=(ArmedGroup(id="lions", name=named, parent=None, countries=(), aliases=(named,), cues={}),))

    async def main():
        made = Workers(count=1)
        first = await made.run(os.getpid)
        under_way = [asyncio.create_task(made.run(late, 0.3)) for _ in range(2)]
        await asyncio.sleep(0)
        adopt(own)
        made.renew()
        made.renew()  # twice at once, as when a file is saved again
        assert (await made.run(adopted)).groups == own.groups
        assert await asyncio.gather(*under_way) == [first, first]
        while not gone(first):
            await asyncio.sleep(0.02)
        made.close()

    try:
        asyncio.run(asyncio.wait_for(main(), 30))
    finally:
        adopt(NOTHING)


def test_readers_that_are_leaving_are_stopped_with_the_rest():
    async def main():
        made = Workers(count=1, timeout=60)
        number = await made.run(os.getpid)
        under_way = asyncio.create_task(made.run(late, 50))
        await asyncio.sleep(0.2)
        made.renew()
        await asyncio.to_thread(made.close)
        assert gone(number)
        under_way.cancel()

    asyncio.run(asyncio.wait_for(main(), 30))
