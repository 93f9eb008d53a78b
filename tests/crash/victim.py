"""The daemon with a death at a chosen step: reads orders, forks a life for each, tells its end.

An order is a line of JSON: {"config": path, "die": step or 0, "log": path, "jump": path, "full": pages or 0}. The
parent has everything imported, so that a life costs its own work alone; readers run in a thread, as they hold nothing
that a crash could lose. A life writes the name of the step at which it dies into its log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers import base

from alerts import delivery
from crawler import workers
from crawler.reading import warm_up
from scheduler import clock, daemon, database, store
from scheduler.config import load
from scheduler.logs import Mask, set_up


class Steps:
    """Counts the steps of a life and ends it at one of them."""

    def __init__(self, die, log):
        self.die, self.log, self.count, self.lock = die, log, 0, threading.Lock()

    def __call__(self, name):
        with self.lock:
            self.count += 1
            if self.count == self.die:
                with open(self.log, "a", encoding="utf8") as file:
                    file.write(f"{name}\n")
                os.kill(os.getpid(), signal.SIGKILL)


def prepare(order):
    """Put a step before and after each commit, each row and each send; and the clock where the order says."""
    step = Steps(order["die"], order["log"])
    atomic, insert, send = database.Sql.writing, database.Sql.insert_all, daemon.send_by_apprise

    @contextlib.contextmanager
    def writing(self):
        with atomic(self):
            step("begin")
            yield
            step("before commit")
        step("after commit")

    def insert_all(self, table, found, **how):
        insert(self, table, found, **how)
        if found:
            step(f"row of {table}")

    def sending(url, message):
        step("before send")
        outcome = send(url, message)
        step("after send")
        return outcome

    database.Sql.writing, database.Sql.insert_all, daemon.send_by_apprise = writing, insert_all, sending
    workers.Workers.run = in_a_thread
    clock.TICK = 0.1

    class Jumping(datetime):
        """The machine's clock, put forward or back; asyncio's own goes on as a monotonic clock does."""

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + jumped(order["jump"])

    daemon.utc_now, base.datetime = (lambda: Jumping.now(UTC)), Jumping
    if order["full"]:
        connect = store.connect

        def limited(path):
            db = connect(path)
            db.execute("vacuum")  # no page that is free already
            pages = db.execute("pragma page_count").fetchone()[0]
            db.execute(f"pragma max_page_count = {pages + order['full']}")
            return db

        store.connect = limited
    return step


async def in_a_thread(self, function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


def jumped(path):
    """Return how far the clock has been put forward."""
    try:
        return timedelta(seconds=float(Path(path).read_text()))
    except (OSError, ValueError):
        return timedelta(0)


def live(order):
    """Run a life to its end."""
    log = os.open(order["log"] + ".out", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1), os.dup2(log, 2)
    step = prepare(order)
    config = load(Path(order["config"]), os.environ)
    set_up(Mask(config.secrets), as_json=False)
    path = Path(order["config"])
    mask = Mask(config.secrets)
    code = daemon.run(config, lambda: load(path, os.environ), mask, path)
    with open(order["log"] + ".steps", "w", encoding="utf8") as file:
        file.write(str(step.count))
    sys.stdout.flush()
    os._exit(code)


def main():
    """Take orders until there are no more."""
    warm_up()
    delivery.valid_url("json://127.0.0.1")
    from apprise.plugins.custom_json import NotifyJSON  # noqa: F401, PLC0415  loaded before the first life
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler  # noqa: F401, PLC0415  as above

    lives = {}
    tell("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if "kill" in order:
            with contextlib.suppress(ProcessLookupError):
                os.kill(lives[order["id"]], order["kill"])
            continue
        if "wait" in order:
            _, status = os.waitpid(lives.pop(order["id"]), 0)
            tell(str(os.waitstatus_to_exitcode(status)))
            continue
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            with contextlib.suppress(BaseException):
                live(order)
            os._exit(99)
        lives[order["id"]] = pid
        tell(str(pid))


def tell(word):
    print(word, flush=True)


if __name__ == "__main__":
    main()
