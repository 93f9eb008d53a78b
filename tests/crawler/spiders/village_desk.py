"""Spiders as users write them: each reads a small site, well or badly."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime

import attrs
import scrapy


class Headlines(scrapy.Spider):
    """Follows the links of its start page and reads what they lead to."""

    name = "headlines"

    def parse(self, response):
        for link in response.css("a"):
            yield response.follow(link, self.parse_story)

    def parse_story(self, response):
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "text": "\n".join(response.css("article p::text").getall()),
            "published": "2026-11-22T06:00:00+02:00",
            "lang": "en-GB",
            "section": "of the user's own",
        }


class Links(scrapy.Spider):
    """Leaves the pages to the newsroom."""

    name = "links"

    def parse(self, response):
        for link in response.css("a"):
            yield {"url": link.attrib["href"], "title": link.css("::text").get()}


class Rendered(scrapy.Spider):
    """Has a browser render its start page."""

    name = "rendered"

    async def start(self):
        yield scrapy.Request(self.start_urls[0], meta={"javascript": True})

    def parse(self, response):
        for link in response.css("a"):
            yield {"url": link.attrib["href"], "title": link.css("::text").get()}


class Own(scrapy.Item):
    url = scrapy.Field()
    title = scrapy.Field()


@dataclass
class Data:
    url: str
    published: datetime


@attrs.define
class Attrs:
    url: str
    published: date
    guid: int


class EveryKind(scrapy.Spider):
    name = "every kind"

    async def start(self):
        yield {"url": "https://a.example/1"}
        yield Own(url="https://a.example/2", title="Two &amp; <b>three</b>")
        yield Data("https://a.example/3", datetime(2026, 11, 22, 6, tzinfo=UTC))
        yield Attrs("https://a.example/4", date(2026, 11, 22), 4)


class Mixed(scrapy.Spider):
    """Yields good items and every kind of bad one."""

    name = "mixed"

    async def start(self):
        yield {"url": "https://a.example/good", "title": "Good"}
        yield {"title": "No address"}
        yield {"url": None}
        yield {"url": ["https://a.example/"]}
        yield {"url": "javascript:alert(1)"}
        yield {"url": "https://a.example/", "title": {"nested": 1}}
        yield {"url": "https://a.example/", "text": "x" * 50_000_000}
        yield 7
        yield {"url": "https://a.example/undated", "published": "the day before yesterday or so"}


class Endless(scrapy.Spider):
    """Never stops yielding items from one callback."""

    name = "endless"

    def parse(self, response):
        number = 0
        while True:
            number += 1
            yield {"url": f"https://a.example/{number}"}


class Trap(scrapy.Spider):
    """Never stops asking for pages."""

    name = "trap"

    def parse(self, response):
        number = 0
        while True:
            number += 1
            yield response.follow(f"/{number}")


class Breaks(scrapy.Spider):
    """Fails on three pages of four."""

    name = "breaks"

    def parse(self, response):
        for link in response.css("a"):
            yield response.follow(link, self.parse_story)

    def parse_story(self, response):
        if not response.url.endswith("/story/1"):
            raise ValueError(f"no such layout as on {self.name}")
        yield {"url": response.url}


class BreaksAtOnce(scrapy.Spider):
    name = "breaks at once"

    async def start(self):
        raise KeyError("token")
        yield


class BreaksInItsMaking(scrapy.Spider):
    name = "breaks in its making"

    def __init__(self, **kwargs):
        raise RuntimeError("no configuration")


class Nameless(scrapy.Spider):
    pass


class Sleeps(scrapy.Spider):
    """Waits in a callback for what never comes."""

    name = "sleeps"

    async def parse(self, response):
        yield {"url": response.url}
        await asyncio.sleep(3600)


class Reckless(scrapy.Spider):
    """Asks for everything that a newsroom must not allow."""

    name = "reckless"
    custom_settings = {  # noqa: RUF012  as users write them
        "DOWNLOAD_VERIFY_CERTIFICATES": False,
        "DOWNLOAD_MAXSIZE": 0,
        "REMOTE_CONTROL_ENABLED": True,
        "TELNETCONSOLE_ENABLED": True,
        "ROBOTSTXT_OBEY": False,
        "USER_AGENT": "Mozilla/5.0",
        "CONCURRENT_REQUESTS_PER_DOMAIN": 99,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_HANDLERS": {"file": "scrapy.core.downloader.handlers.file.FileDownloadHandler"},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.politeness.RobotsMiddleware": None,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
            "village_desk.Stamp": 600,
        },
        "RETRY_ENABLED": True,
    }

    @classmethod
    def from_crawler(cls, crawler, *args, **kwargs):
        crawler.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="cmdline")
        return super().from_crawler(crawler, *args, **kwargs)

    async def start(self):
        meta = {"is_robots": True, "download_maxsize": 0, "proxy": "http://127.0.0.1:1"}
        for url in ("file:///etc/hostname", *self.start_urls):
            yield scrapy.Request(url, meta=meta)

    def parse(self, response):
        settings = self.crawler.settings
        kept = ["DOWNLOAD_VERIFY_CERTIFICATES", "REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "RETRY_ENABLED"]
        told = [settings.get(name) for name in kept]
        yield {"url": response.url, "title": f"{response.status} {told} {response.headers['X-Stamp']}"}


class Stamp:
    """A downloader middleware of the user's."""

    def process_response(self, request, response):
        response.headers["X-Stamp"] = "stamped"
        return response


NotASpider = "only a text"
