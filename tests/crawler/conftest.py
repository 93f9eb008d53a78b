"""A newsroom on plain asyncio, a site for it to poll, and readers that are shared by all tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.newsroom import Newsroom, run
from crawler.settings import settings
from crawler.workers import Workers
from tests import site

SPIDERS = Path(__file__).parent / "spiders"
Shift = Callable[..., int]


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    shared = Workers()
    yield shared
    shared.close()


@pytest.fixture
def wire() -> Iterator[site.Site]:
    with site.serve() as served:
        yield served


@pytest.fixture
def shift(workers: Workers) -> Shift:
    """Run a coroutine function with an open newsroom."""

    def work(main: Callable[[Newsroom], Awaitable[None]], readers: Workers | None = workers, **overrides: Any) -> None:
        async def whole(room: Newsroom) -> int:
            await main(room)
            return 0

        run({**settings("desk@example.org", "9.9", delay=0, reactor=False), **overrides}, whole, readers, SPIDERS)

    return work
