"""A source's own Scrapy spider -> Found: run as a crawl of its own, beside the newsroom and within its limits."""

from __future__ import annotations

import asyncio
import importlib
import sys
import traceback
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest

from crawler.escort import ABOVE, NEWSROOMS, RUN, imposed
from crawler.wire import Wire
from crawler.yielded import BadItem, SpiderItem, read_item

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.source import Source

TIME_LIMIT: Final = 600.0  # seconds for a whole crawl
IMPORT_LIMIT: Final = 30.0  # seconds for the spider's module to be imported
LAST_WORDS: Final = 3.0  # seconds for a spider that is stopped to close its things
MOST_ITEMS: Final = 1000  # of one crawl
FAILED: Final = "the spider failed: "
NOT_STARTED: Final = "the spider could not be started: "
TOLD: Final = 3  # different problems that are told; the rest are counted


@dataclass(frozen=True, slots=True)
class Found:
    """What a crawl brought. `error` says in a user's words what went wrong with it, `note` what with its items."""

    entries: tuple[SpiderItem, ...] = ()
    error: str | None = None
    note: str | None = None


class NotASpider(Exception):
    """There is no spider at this path: why, in a user's words."""


async def crawl(
    path: str, source: Source, settings: Mapping[str, Any], folder: Path | None, limit: float = TIME_LIMIT
) -> Found:
    """Run the spider class at a dotted path and return what it yields, in the order in which it does.

    `settings` are the newsroom's: what keeps it safe and polite holds for the spider too. `folder` is where config.yaml
    is, and where modules are looked for after the installed ones. A failure is a value, and what was found before it is
    kept. When the caller is cancelled, the crawl is closed at once.
    """
    try:
        spider = await load(path, folder)
    except NotASpider as error:
        return Found(error=str(error))
    run = Run(source)
    await run.through(spider, settings, limit)
    return run.found()


async def load(path: str, folder: Path | None) -> type[Spider]:
    """Import a spider class. Raises NotASpider."""
    module_path, _, name = path.rpartition(".")
    if folder and str(folder) not in sys.path:
        sys.path.append(str(folder))  # last: a file called email.py there must not stand for Python's own
    try:
        # In a thread: a module may do anything while it is imported, and nobody else has to wait for it.
        module = await asyncio.wait_for(asyncio.to_thread(_imported, module_path), IMPORT_LIMIT)
    except TimeoutError as error:
        raise NotASpider(f"importing {module_path} took longer than {IMPORT_LIMIT:g} s") from error
    spider = getattr(module, name, None)
    if spider is None:
        raise NotASpider(f"{module_path} has no class {name}")
    if not isinstance(spider, type) or not issubclass(spider, Spider) or spider is Spider:
        raise NotASpider(f"{path} is no Scrapy spider: it has to be a subclass of scrapy.Spider")
    return spider


def _imported(path: str) -> Any:
    importlib.invalidate_caches()  # the file may have been written since the last look
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and f"{path}.".startswith(f"{error.name}."):
            raise NotASpider(f"there is no module {error.name}, neither installed nor beside config.yaml") from error
        raise NotASpider(f"{path} imports {error.name}, which is not installed") from error
    except (Exception, SystemExit) as error:
        raise NotASpider(f"{path} can't be imported: {_said(error)}{_place(error, path)}") from error


class Run:
    """One crawl of a user's spider: what it found, and what went wrong."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.items: list[SpiderItem] = []
        self.faults: Counter[str] = Counter()  # exceptions of the spider's own
        self.places: dict[str, str] = {}
        self.misses: Counter[str] = Counter()  # pages that could not be had
        self.bad: Counter[str] = Counter()  # items that can't be used
        self.doubts: Counter[str] = Counter()
        self.stopped: str | None = None
        self.requests = 0
        self.module = ""
        # Done when the crawl is over: what is on its way then is not wanted any more (see wire.Handler).
        self.over: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def through(self, spider: type[Spider], settings: Mapping[str, Any], limit: float) -> None:
        """Crawl until the spider is done, has brought enough, or time is up."""
        self.module = spider.__module__
        arguments = {"start_urls": [self.source.url]} if self.source.url else {}
        try:
            crawler = self._crawler(spider, settings)
        except Exception as error:  # noqa: BLE001  a spider's update_settings is the user's code
            self._fault(error, NOT_STARTED)
            return
        crawling = asyncio.ensure_future(crawler.crawl_async(**arguments))
        try:
            await asyncio.wait([crawling, self.over], timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not crawling.done() and not self.over.done():
                self.stopped = f"the spider was stopped after {limit:g} s"
        finally:
            await self._end(crawler, crawling)
        if crawling.done() and not crawling.cancelled() and (fault := crawling.exception()):
            self._fault(fault, NOT_STARTED)

    def found(self) -> Found:
        """Return what came of it."""
        errors = [self.stopped] if self.stopped else []
        if self.faults:
            told = Counter({f"{fault}{self.places[fault]}": times for fault, times in self.faults.items()})
            errors.append(_counted(told))
        misses = [f"pages that could not be had: {_counted(self.misses)}"] if self.misses else []
        errors += misses if not self.items else []
        notes = [f"{self.bad.total()} items were left out: {_counted(self.bad)}"] if self.bad else []
        notes += (
            [f"of {self.doubts.total()} items something was left out: {_counted(self.doubts)}"] if self.doubts else []
        )
        notes += misses if self.items else []
        if not (self.items or errors or notes):
            notes.append("the spider yielded no items")
        return Found(tuple(self.items), "; ".join(errors) or None, "; ".join(notes) or None)

    def enough(self, why: str) -> None:
        """Stop the crawl."""
        if not self.over.done():
            self.stopped = why
            self.over.set_result(None)

    def _crawler(self, spider: type[Spider], settings: Mapping[str, Any]) -> Crawler:
        crawler = Crawler(spider, {name: value for name, value in settings.items() if name not in NEWSROOMS})
        for name, value in imposed(crawler, settings).items():
            crawler.settings.set(name, value, priority=ABOVE)
        crawler.settings.set(RUN, self, priority=ABOVE)
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._failed, signals.spider_error)
        crawler.signals.connect(self._failed, signals.item_error)
        return crawler

    async def _end(self, crawler: Crawler, crawling: asyncio.Future[None]) -> None:
        if not self.over.done():
            self.over.set_result(None)
        if crawling.done():
            return
        try:
            async with asyncio.timeout(LAST_WORDS):
                with suppress(RuntimeError):  # it has not opened yet
                    Wire(crawler).close()
                    await crawler.stop_async()
                await asyncio.wait([crawling])
        except TimeoutError:
            crawling.cancel()  # something of the spider's own waits for what does not come
            await asyncio.wait([crawling], timeout=LAST_WORDS)

    def _scraped(self, item: Any, response: Response | None) -> None:
        if self.over.done():
            return
        try:
            read = read_item(item, response.url if response else None)
        except BadItem as error:
            self.bad[str(error)] += 1
        except Exception as error:  # noqa: BLE001  an item's own class can raise anything
            self.bad[_said(error)] += 1
        else:
            if read.doubt:
                self.doubts[read.doubt] += 1
            self.items.append(read)
        if len(self.items) + self.bad.total() >= MOST_ITEMS:
            self.enough(f"the spider was stopped at {MOST_ITEMS} items")

    def knows(self, error: BaseException | None) -> bool:
        """Whether the spider failed like this before."""
        return error is not None and f"{FAILED}{_said(error)}" in self.faults

    def _failed(self, failure: Failure) -> None:
        error = failure.value
        if error is not None and not isinstance(error, CloseSpider | IgnoreRequest):
            self._fault(error, FAILED)

    def _fault(self, error: BaseException, what: str) -> None:
        fault = f"{what}{_said(error)}"
        self.faults[fault] += 1
        self.places.setdefault(fault, _place(error, self.module))


def _counted(problems: Counter[str]) -> str:
    """Return the most frequent problems and how often each occurred."""
    told = [f"{problem} ({times} times)" if times > 1 else problem for problem, times in problems.most_common(TOLD)]
    others = problems.total() - sum(times for _, times in problems.most_common(TOLD))
    return ", ".join([*told, f"and {others} more" if others else ""]).removesuffix(", ")


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(error: BaseException, module: str) -> str:
    """Return where in the user's own file it happened, "" where it did not."""
    if isinstance(error, SyntaxError):
        return ""  # it says so itself
    file = getattr(sys.modules.get(module), "__file__", None) or f"{module.rpartition('.')[2]}.py"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == Path(file).name
    ]
    return f" ({Path(file).name}, line {frames[-1].lineno})" if frames else ""
