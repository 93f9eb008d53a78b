"""What the parts cost by themselves: `bare.py aiohttp PORT N ROUNDS` polls unchanged feeds; `bare.py scrapy PORT N`
polls and extracts.

Each prints JSON lines as it goes: {"cpu": seconds of this process in the round, "polls": N}. It waits for a line on
stdin before each
round, so that the rounds of two programs can be run in turn.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import process_time

from tests.bench.server import address


def wait() -> bool:
    """Whether another round is wanted."""
    return bool(sys.stdin.readline())


def told(cpu: float, **more: int) -> None:
    """Print the figures of a round."""
    print(json.dumps({"cpu": cpu} | more), flush=True)


async def bare_aiohttp(port: int, feeds: int) -> None:
    """Conditional GETs of every feed, sixteen at a time, as small as they can be written."""
    import aiohttp  # noqa: PLC0415

    etags: dict[int, str] = {}
    async with aiohttp.ClientSession() as session:
        slots = asyncio.Semaphore(16)

        async def poll(i: int) -> None:
            headers = {"If-None-Match": etags[i]} if i in etags else {}
            async with slots, session.get(f"{address(port, i)}/feed/{i}.xml", headers=headers) as response:
                await response.read()
                if response.status == 200:
                    etags[i] = response.headers["ETag"]

        while await asyncio.to_thread(wait):
            start = process_time()
            await asyncio.gather(*map(poll, range(feeds)))
            told(process_time() - start, polls=feeds)


def bare_scrapy(port: int, feeds: int) -> None:
    """One parked Scrapy spider that polls every feed and extracts the new articles in the same process."""
    import feedparser  # noqa: PLC0415
    import scrapy  # noqa: PLC0415
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415
    from trafilatura import bare_extraction  # noqa: PLC0415

    etags: dict[str, bytes] = {}
    seen: set[str] = set()

    class Parked(scrapy.Spider):
        name = "parked"
        custom_settings = {
            "LOG_LEVEL": "ERROR",
            "REMOTE_CONTROL_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "CONCURRENT_REQUESTS": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "COOKIES_ENABLED": False,
            "LOG_INSTALL_ROOT_HANDLER": False,
        }

        async def start(self):
            while await asyncio.to_thread(wait):
                start, self.left, self.done = process_time(), feeds, asyncio.Event()
                self.articles = 0
                for i in range(feeds):
                    self.ask(f"{address(port, i)}/feed/{i}.xml", self.on_feed)
                await self.done.wait()
                told(process_time() - start, polls=feeds, articles=self.articles)
            return
            yield

        def ask(self, url, callback):
            headers = {"If-None-Match": etags[url]} if url in etags else {}
            meta = {"handle_httpstatus_list": [304]}
            self.crawler.engine.crawl(scrapy.Request(url, callback, headers=headers, dont_filter=True, meta=meta))

        def finish(self):
            self.left -= 1
            if not self.left:
                self.done.set()

        def on_feed(self, response):
            if response.status == 200:
                etags[response.url] = response.headers["ETag"]
                parsed = feedparser.parse(response.body, sanitize_html=False, resolve_relative_uris=False)
                for url in [entry.link for entry in parsed.entries if entry.link not in seen]:
                    seen.add(url)
                    self.left += 1
                    self.ask(url, self.on_page)
            self.finish()

        def on_page(self, response):
            bare_extraction(response.text, url=response.url, with_metadata=True, include_comments=False)
            self.articles += 1
            self.finish()

    process = AsyncCrawlerProcess({"LOG_INSTALL_ROOT_HANDLER": False})
    process.crawl(Parked)
    process.start(install_signal_handlers=False)


if __name__ == "__main__":
    if sys.argv[1] == "aiohttp":
        asyncio.run(bare_aiohttp(int(sys.argv[2]), int(sys.argv[3])))
    else:
        bare_scrapy(int(sys.argv[2]), int(sys.argv[3]))
