"""From a feed to a webhook, with the real daemon, a real site and a real receiver on loopback."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from tests import site

SECRET = "hunter2-hunter2"
LEAD = "Security forces killed eleven militants in an operation in Kabardino-Balkaria on Sunday, the committee said."
TEXT = f"{LEAD} A house in the town of Chegem was surrounded before dawn. Rifles were found in the cellar, it added."


class Receiver:
    """A webhook: keeps what it is sent, answers with `status`, hangs while `hang` is set."""

    def __init__(self):
        self.got, self.status, self.hang, self.came = [], 200, False, threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.came.set()
                while outer.hang:
                    time.sleep(0.02)
                outer.got.append(body)
                try:
                    self.send_response(outer.status)
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"json://desk:{SECRET}@127.0.0.1:{self.server.server_port}/"

    def close(self):
        self.hang = False
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def wire():
    with site.serve() as served:
        yield served


def publish(wire, *paths):
    """Publish the report at each of the paths, the first one as the newest."""
    for path in paths:
        wire.page(path, site.article("Militants killed", TEXT))
    wire.feed("/feed.xml", [site.Item("Militants killed", wire.url(path), datetime.now(UTC)) for path in paths])


def polls(wire):
    return wire.hits["/feed.xml"]


def configure(folder, wire, receiver, more=""):
    (folder / "config.yaml").write_text(
        f"""
contact: you@example.org
delay: 0s
channels: {{hook: "{receiver.url}"}}
sources:
  - {{name: Wire, url: "{wire.url("/feed.xml")}", every: 1s, private: true, backlog: alert}}
{more}
rules:
  - {{name: North Caucasus, when: {{region: North Caucasus, killed: ">= 5"}}, notify: hook}}
"""
    )


def tocsin(folder, *args):
    env = os.environ | {"PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "scheduler", *args, "-c", str(folder / "config.yaml")],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@contextmanager
def daemon(folder, *args):
    """Run the daemon; on leaving, stop it as a service manager does, and keep what it printed."""
    process, printed = tocsin(folder, "run", *args), []
    reader = threading.Thread(target=lambda: printed.extend(process.stdout), daemon=True)
    reader.start()
    try:
        yield process, printed
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(20)
    finally:
        process.kill()
        process.wait(5)
        reader.join(5)
        process.stdout.close()


def until(condition, seconds=25.0):
    """Wait for what must come to pass, however slow the machine is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def test_an_event_rings_once_at_the_receiver_and_not_again_after_a_restart(tmp_path, wire, receiver):
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    with daemon(tmp_path) as (process, _):
        until(lambda: receiver.got)
        publish(wire, "/copy.html", "/a.html")
        seen = polls(wire)
        until(lambda: polls(wire) > seen + 3)
    assert process.returncode == 0

    with daemon(tmp_path):
        seen = polls(wire)
        until(lambda: polls(wire) > seen + 1)

    assert len(receiver.got) == 1
    assert receiver.got[0]["title"].startswith("11 killed, Kabardino-Balkaria (RU)")
    assert LEAD in receiver.got[0]["message"]


def test_an_alert_that_was_being_sent_when_the_daemon_was_killed_is_sent_at_the_next_start(tmp_path, wire, receiver):
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    receiver.hang = True
    with daemon(tmp_path) as (process, _):
        assert receiver.came.wait(25)
        process.kill()
        process.wait()
    receiver.hang = False

    with daemon(tmp_path):
        until(lambda: len(receiver.got) >= 2)  # the one that hung, and the same again: at least once


def test_a_source_that_cannot_be_reached_is_named_and_the_others_keep_ringing(tmp_path, wire, receiver):
    configure(
        tmp_path, wire, receiver, '  - {name: Gone Gazette, url: "http://127.0.0.1:9/rss", every: 1s, private: true}'
    )
    publish(wire, "/a.html")
    with daemon(tmp_path) as (process, printed):
        until(lambda: receiver.got)
        until(lambda: any("Gone Gazette" in line for line in printed))
        assert process.poll() is None
    assert process.returncode == 0


def test_a_second_daemon_on_the_same_database_is_turned_away(tmp_path, wire, receiver):
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    with daemon(tmp_path) as (first, printed):
        until(lambda: any("watching" in line for line in printed))
        second = tocsin(tmp_path, "run")
        said, _ = second.communicate(timeout=25)

        assert second.returncode == 1
        assert f"another Tocsin (process {first.pid}) is already running" in said


def test_no_secret_reaches_a_log_line_and_every_json_line_parses(tmp_path, wire, receiver):
    configure(tmp_path, wire, receiver)
    publish(wire, "/a.html")
    receiver.status = 500
    with daemon(tmp_path, "--log-json") as (_, printed):
        until(lambda: any('"delivery"' in line for line in printed))

    rows = [json.loads(line) for line in printed]
    assert {"start", "poll", "alert", "delivery", "stop"} <= {row["event"] for row in rows}
    assert SECRET not in "".join(printed)


def test_once_reads_rings_and_ends_with_what_went_wrong(tmp_path, wire, receiver):
    configure(tmp_path, wire, receiver, '  - {name: Gone Gazette, url: "http://127.0.0.1:9/rss", private: true}')
    publish(wire, "/a.html")

    whole = tocsin(tmp_path, "once")
    said, _ = whole.communicate(timeout=50)
    named = tocsin(tmp_path, "once", "Wire")
    named.communicate(timeout=50)

    assert (whole.returncode, named.returncode, len(receiver.got)) == (1, 0, 1)
    assert "Gone Gazette" in said


@pytest.mark.parametrize(("command", "code"), [("run", 0), ("once", 1)])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_a_poll_ends_it_at_once_and_keeps_what_was_read(
    tmp_path, wire, receiver, command, code, number
):
    configure(tmp_path, wire, receiver)
    path = tmp_path / "config.yaml"
    path.write_text(path.read_text().replace("delay: 0s", "delay: 1s"))
    publish(wire, *(f"/{number}.html" for number in range(60)))
    process = tocsin(tmp_path, command)
    until(lambda: sum(wire.hits[f"/{number}.html"] for number in range(60)) > 2)

    process.send_signal(number)
    said, _ = process.communicate(timeout=25)

    assert process.returncode == code
    assert "stop" in said
    assert "Traceback" not in said
    assert next(Database(tmp_path / "tocsin.db").query("select count(*) as n from articles"))["n"] >= 1
