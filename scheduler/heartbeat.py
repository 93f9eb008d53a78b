"""All is well -> a GET of the user's dead-man's switch, so that it hears when Tocsin no longer runs.

As healthchecks.io and its kin want it (https://healthchecks.io/docs/http_api/): the address itself while all is well,
`/fail` behind it, with what is wrong as the body, when not.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.hours import Heartbeat
from scheduler import rows
from scheduler.database import StoreError
from scheduler.logs import say

if TYPE_CHECKING:
    from scheduler.reload import House

LOOK = 1.0  # seconds between two looks at the configuration
TIMEOUT = 10  # seconds for the service to answer
USUAL = timedelta(minutes=10)  # between two polls of a source of which nothing is known yet
SLACK = timedelta(minutes=10)  # beside three intervals, for a source to be read
STUCK = timedelta(minutes=30)  # for which a message may be owed


async def watch(house: House) -> None:
    """Beat as often as the configuration says, as it is then; for ever. Never blocks the loop."""
    loop, told = asyncio.get_running_loop(), ""
    last: tuple[Heartbeat | None, float] = (None, 0.0)
    while True:
        beat = house.config.heartbeat
        if beat and (beat != last[0] or loop.time() >= last[1] + beat.every.total_seconds()):
            last = (beat, loop.time())
            told = await _beat(house, beat, told)
        await asyncio.sleep(LOOK)


async def _beat(house: House, beat: Heartbeat, told: str) -> str:
    """Beat once; return what went wrong with it, to be logged once and not at every beat."""
    try:
        problem = await asyncio.to_thread(ping, beat.url, trouble(house, house.ringer.now()))
    except Exception as error:  # noqa: BLE001  a fault here must end neither the watch nor the daemon
        problem = f"a fault in Tocsin: {type(error).__name__}: {error}"
    if problem and problem != told:
        say("beat", f"the heartbeat's address did not take it: {problem}", level=logging.WARNING)
    elif told and not problem:
        say("beat", "the heartbeat's address takes it again")
    return problem or ""


def trouble(house: House, now: datetime) -> str | None:
    """Return what is wrong, `None` while all is well: the database can be written, sources are read, messages leave."""
    store = house.ringer.store
    try:
        with store.sql.writing():
            store.sql.do("delete from requests where 0")  # takes the lock that a write needs
        with store.sql.reading():
            stuck = store.sql.one(
                "select count(*) as n from deliveries where state = 'owed' and begun < ?", [rows.to_text(now - STUCK)]
            )
        read, polled, shortest = store.sources.lately([source.name for source in house.config.sources], USUAL)
    except StoreError as error:
        return str(error)
    if stuck and stuck["n"]:
        return f"{stuck['n']} messages have not been taken for {STUCK.total_seconds() / 60:.0f} minutes"
    if polled and (read is None or read < now - 3 * shortest - SLACK):
        return "no source has been read lately"
    return None


def ping(url: str, wrong: str | None) -> str | None:
    """Tell the service; return why it did not take it, without the address: that is a secret. Blocks."""
    import requests  # noqa: PLC0415  Apprise brings it, and most configurations have no heartbeat

    address = f"{url.rstrip('/')}/fail" if wrong else url
    try:
        if wrong:
            answer = requests.post(address, data=wrong.encode(), timeout=TIMEOUT)
        else:
            answer = requests.get(address, timeout=TIMEOUT)
    except requests.RequestException as error:
        return f"it could not be reached ({type(error).__name__})"
    return None if answer.ok else f"HTTP {answer.status_code}"
