"""A made-up article through the whole path -> a message to the system channels: so that silence means that all is well.

It is polled and fetched from a page of our own on loopback, read by a worker, placed, matched, decided and kept, in a
database of its own beside the real one, where no story, figure or backtest ever meets it. What it rings is written into
the real outbox, and sent as any alert is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from alerts.conditions import All
from alerts.conditions_words import Words, term
from alerts.hours import Digest
from alerts.local_time import next_digest
from alerts.message import Message
from alerts.rules import Rule, RuleSet
from crawler.source import Source
from scheduler import rows
from scheduler.database import StoreError
from scheduler.health import DOWN
from scheduler.logs import say
from scheduler.pipeline import Tally, ingest
from scheduler.ringing import Ringer
from scheduler.store import Store, open_store

if TYPE_CHECKING:
    from scheduler.reload import House

KIND = "canary"
LATE = timedelta(hours=6)  # after which one that was missed while nobody ran is left out
LOOK = 20.0  # seconds between two looks at the time
LIMIT = 120.0  # seconds for the whole path; with the default politeness it takes three
WORD = "tocsincanary"  # a word that no article has

_PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tocsin's canary</title></head><body>
<article><h1>Tocsin's canary</h1><p>This is a drill of {WORD}, and nothing has happened. It was made up so that somebody
hears that the bell works.</p><p>Nobody was hurt. No place is named, and no one is to be alarmed by it.</p></article>
</body></html>"""


async def watch(house: House) -> None:
    """Sing whenever it is time, by the configuration as it is then; for ever."""
    while True:
        await asyncio.sleep(LOOK)
        try:
            if house.config.canary and due(house.config.canary, _last(house.ringer.store), house.ringer.now()):
                await sing(house)
        except StoreError as error:
            say("canary", f"{error}; it is tried again", level=logging.WARNING)
        except Exception as error:  # noqa: BLE001  a fault here must end neither the watch nor the daemon
            say("canary", f"a fault in Tocsin: {error}", level=logging.ERROR, trace=True)


def due(when: Digest, last: datetime | None, now: datetime) -> bool:
    """Whether it is time: one for each time that `when` names, up to `LATE` after it."""
    latest = next_digest(when, now - LATE)
    while (after := next_digest(when, latest)) <= now:  # hourly: the newest of those missed stands for all
        latest = after
    return latest <= now and (last is None or last < latest or last > now + LATE)


def _last(store: Store) -> datetime | None:
    with store.sql.reading():
        row = store.sql.one("select max(created) as created from notices where kind = ?", [KIND])
    return rows.to_time(row["created"]) if row else None


async def sing(house: House) -> None:
    """Send the canary through, and owe what came of it to the system channels. Raises StoreError."""
    begun = monotonic()
    try:
        async with asyncio.timeout(LIMIT):
            trouble = await _through(house)
    except TimeoutError:
        trouble = f"it did not come through within {LIMIT:.0f} s"
    except (StoreError, OSError) as error:
        trouble = str(error)
    store, now = house.ringer.store, house.ringer.now()
    message = _failed(trouble) if trouble else _well(house, monotonic() - begun, now)
    with store.sql.writing():
        store.outbox.notice(KIND, message, house.ringer.system, now)
    say("canary", message.title, level=logging.ERROR if trouble else logging.INFO)
    house.ringer.rang()


async def _through(house: House) -> str | None:
    """Send an article from a page to an alert; return what went wrong, `None` where it rang."""
    folder = house.config.database.resolve().parent
    with tempfile.TemporaryDirectory(prefix=".tocsin-canary-", dir=folder) as away:
        store = open_store(Path(away) / "canary.db")
        try:
            async with _page() as url:
                source = Source(name="Tocsin's canary", url=url, publisher="Tocsin", private=True, backlog=True)
                store.sources.register([source])
                tally, ringer = Tally(), Ringer(store, RuleSet([_rule()]), house.ringer.now)
                await ingest(source, house.newsroom, ringer, tally)
            if tally.error:
                return f"its page could not be polled: {tally.error}"
            return None if store.outbox.owed(house.ringer.now()) else "its article was read and rang nothing"
        finally:
            store.close()


def _rule() -> Rule:
    return Rule(name="Canary", when=All((Words(f"text: {WORD}", "text", (term(WORD),)),)), notify=(KIND,))


@contextlib.asynccontextmanager
async def _page() -> AsyncIterator[str]:
    """Serve a feed of one article on loopback while the block lasts; yield its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
                writer.write(_answer(path.decode("latin-1"), address))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield f"{address}/feed.xml"
    finally:
        server.close()


def _answer(path: str, address: str) -> bytes:
    bodies = {
        "/feed.xml": (
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>Canary</title><item><title>Tocsin\'s canary</title>'
            f"<link>{address}/canary.html</link></item></channel></rss>",
        ),
        "/canary.html": ("text/html; charset=utf-8", _PAGE),
    }
    if path not in bodies:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    kind, body = bodies[path][0], bodies[path][1].encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _well(house: House, seconds: float, now: datetime) -> Message:
    """Return the message that all is well, with what is worth a look."""
    store, names = house.ringer.store, [source.name for source in house.config.sources]
    standings = store.sources.standings(names)
    down = [one.name for one in standings if one.state in DOWN]
    with store.sql.reading():
        since = rows.to_text(now - timedelta(days=1))
        alerts = store.sql.one("select count(*) as n from alerts where created >= ?", [since]) or {"n": 0}
        dead = store.sql.one("select count(*) as n from deliveries where state = 'dead' and settled >= ?", [since])
    named = f" ({', '.join(down[:5])}{', …' * (len(down) > 5)})" if down else ""
    lost = f"; {dead['n']} messages could not be delivered" if dead and dead["n"] else ""
    body = (
        f"A made-up article was fetched, read, matched and sent to you in {seconds:.1f} s: the bell works.\n"
        f"{len(names)} sources, of which {len(down) or 'none'} need{'s' * (len(down) == 1)} a look{named}; "
        f"{alerts['n']} alerts since yesterday{lost}.\n"
        "If this message stays away one day, look after Tocsin."
    )
    return Message("Canary: all is well", body, "info")


def _failed(trouble: str) -> Message:
    body = f"A made-up article did not come through: {trouble}.\nAlerts may not ring until this is mended; see the log."
    return Message("Canary: Tocsin may not ring", body, "critical")
