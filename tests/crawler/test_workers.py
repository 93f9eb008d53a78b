"""Reading that goes wrong in a worker is one exception with a reason, and the next reading works."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime

import pytest

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
