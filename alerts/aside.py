"""A call that blocks -> its result, without waiting for any other: each runs in a thread of its own.

A pool of threads is empty once as many services hang as it has threads, and is joined at the end of the program; these
end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def aside(call: Callable[..., Result], *arguments: object) -> Result:
    """Return what the call returns, or raise what it raises. Cancelling gives up waiting; the call itself goes on."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # no error: it is the call's own

    def work() -> None:
        result, error = None, None
        try:
            result = call(*arguments)
        except BaseException as raised:  # noqa: BLE001  whatever it is, it is the caller's
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name="send", daemon=True).start()
    return await done
