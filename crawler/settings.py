"""Contact, version and delay -> the Scrapy settings of the newsroom, each with its reason."""

from __future__ import annotations

from typing import Any

AGENT = "Tocsin"  # the product token that robots.txt files are asked about
FEED_CAP = 8 * 1024 * 1024  # bytes of a listing, after decompression too
PAGE_CAP = 5 * 1024 * 1024  # bytes of an article page, after decompression too
TIME_LIMIT = 30.0  # seconds for one whole answer: one that trickles for ever ends here as well


def settings(contact: str, version: str, delay: float = 1.0, *, reactor: bool = True) -> dict[str, Any]:
    """Return the settings of the one long-lived crawler.

    `contact` is whom a webmaster can write to, `delay` the seconds between requests to one host. With `reactor=False`
    Scrapy runs on plain asyncio (which it calls experimental): restartable in one process, as tests need it.
    """
    return {
        "USER_AGENT": f"{AGENT}/{version} (+{contact})" if contact else f"{AGENT}/{version}",
        "TWISTED_REACTOR_ENABLED": reactor,
        **_POLITE,
        # Never none at all: without a delay Scrapy starts a host's whole queue at once, whatever the concurrency (its
        # slot counts a request only when the request's own task has begun), and no connection is used twice.
        "DOWNLOAD_DELAY": max(delay, LEAST_DELAY),
        **_SAFE,
        **_LEAN,
    }


LEAST_DELAY = 0.001  # seconds

_POLITE: dict[str, Any] = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_REQUESTS": 0,  # no limit over all hosts: with one, 16 hanging hosts delay everybody else
    "COOKIES_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False,  # consent walls and paywalls refresh to themselves
    "RETRY_ENABLED": False,  # the next poll is the retry
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.politeness.RobotsMiddleware": 100,
        # What these set is set by the wire on each request, or not wanted; each costs CPU on every unchanged poll.
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # cached for ever, blind to the status
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # a proxy would go round the address guard
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        # Its RFC 2616 policy served a changed page from cache without asking; the bookmark does better.
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    },
}

_SAFE: dict[str, Any] = {
    "DOWNLOAD_TIMEOUT": TIME_LIMIT,
    "DOWNLOAD_MAXSIZE": FEED_CAP,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,  # off by default
    # Only the web: by default a feed that links to file:///etc/passwd has it fetched.
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.wire.Handler",
        "https": "crawler.wire.Handler",
        "file": None,
        "data": None,
        "ftp": None,
        "s3": None,
    },
    "REMOTE_CONTROL_ENABLED": False,  # on by default: a port that executes Python
    "TELNETCONSOLE_ENABLED": False,
    # No private addresses, IPv6, and no cache: Scrapy's never expires.
    "TWISTED_DNS_RESOLVER": "crawler.guard.Resolver",
    "REACTOR_THREADPOOL_MAXSIZE": 20,  # threads that look up names; a dead name server holds them
}

_LEAN: dict[str, Any] = {
    "CONCURRENT_ITEMS": 1,  # Scrapy starts so many tasks for each answer; ours hold no items, and it was half the CPU
    "SCHEDULER": "crawler.wire.Queue",  # first come, first served; the default serves the last comer first
    "LOG_FORMATTER": "crawler.wire.Silent",
    "LOG_INSTALL_ROOT_HANDLER": False,
    "LOG_VERSIONS": [],
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # a 404 is an answer here
        "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    },
    "EXTENSIONS": {
        "scrapy.extensions.corestats.CoreStats": None,
        "scrapy.extensions.logcount.LogCount": None,
        "scrapy.extensions.telnet.TelnetConsole": None,
        "scrapy.extensions.memusage.MemoryUsage": None,
        "scrapy.extensions.memdebug.MemoryDebugger": None,
        "scrapy.extensions.closespider.CloseSpider": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "scrapy.extensions.logstats.LogStats": None,
        "scrapy.extensions.spiderstate.SpiderState": None,
        "scrapy.extensions.throttle.AutoThrottle": None,
        "scrapy.extensions.remote_control.RemoteControl": None,
    },
}
