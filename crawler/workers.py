"""Function and arguments -> its result from another process, or Unreadable: reading that can be killed."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from multiprocessing import get_context
from threading import Thread
from typing import ParamSpec, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from crawler.gazetteer.own import Own, adopt, adopted

P = ParamSpec("P")
R = TypeVar("R")

MEMORY = 2 * 1024**3  # bytes of address space for one worker; a page of 200,000 links took 700 MB
TASKS = 5000  # after which a worker is replaced, should a library leak; starting one costs as much as 200 pages


class Unreadable(Exception):
    """The reading failed as a whole. `reason` is in a user's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Workers:
    """A few processes in which pages are read, each killed when it takes too long or too much.

    A thread would not do: hostile pages held every good extractor for more than 25 s, and a thread can't be stopped.
    The processes start with the first reading.
    """

    def __init__(self, count: int = 2, timeout: float = 5.0) -> None:
        self.count, self.timeout = count, timeout
        self._pool: ProcessPool | None = None
        self._leaving: list[tuple[ProcessPool, Thread]] = []

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return `function(*args)` as worked out by a worker. All must be picklable. Raises Unreadable."""
        if self._pool is None:
            # Spawned, not forked: a fork would carry the engine's sockets and threads' locks.
            self._pool = ProcessPool(
                max_workers=self.count,
                max_tasks=TASKS,
                initializer=_begin,
                initargs=[adopted()],
                context=get_context("spawn"),
            )
        try:
            task = self._pool.schedule(function, args=list(args), kwargs=kwargs, timeout=self.timeout)
            return cast("R", await asyncio.wrap_future(task))
        except TimeoutError as error:
            raise Unreadable(f"reading it took longer than {self.timeout:g} s") from error
        except ProcessExpired as error:
            raise Unreadable("reading it crashed the reader") from error
        except MemoryError as error:
            raise Unreadable("reading it took too much memory") from error
        except FutureCancelled as error:
            raise Unreadable("the readers were stopped") from error
        except Exception as error:  # whatever a page did to a parser
            raise Unreadable(f"it could not be read: {type(error).__name__}: {str(error)[:200]}") from error

    def renew(self) -> None:
        """Read with new processes from now on; those that run finish what they have, and end."""
        old, self._pool = self._pool, None
        if old is not None:
            old.close()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
            seen_off = Thread(target=old.join, daemon=True)  # without a join, pebble keeps its processes for ever
            seen_off.start()
            self._leaving = [(pool, thread) for pool, thread in self._leaving if thread.is_alive()]
            self._leaving.append((old, seen_off))

    def close(self) -> None:
        """Stop the processes now, whatever they are at."""
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
            self._pool.join(timeout=5)
        for pool, seen_off in self._leaving:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
            seen_off.join(timeout=5)
        self._pool, self._leaving = None, []


def _begin(own: Own) -> None:
    """Make ready for the first page: what is imported now does not count against its time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy, which the language model brings, would start one a core
    from crawler.reading import warm_up  # noqa: PLC0415  only the workers need the extractors

    adopt(own)
    warm_up()
