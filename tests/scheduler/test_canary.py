"""The canary sings when it is time and went the whole way; the heartbeat beats while all is well."""

import asyncio
import contextlib
import http.server
import threading
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from alerts.hours import Digest, Heartbeat
from crawler import newsroom as crawl
from crawler.settings import settings
from scheduler import canary, heartbeat
from scheduler.ringing import Ringer
from scheduler.store import open_store
from tests.fakes import NOON, WIRE

NINE = Digest(timezone="UTC", at=time(9))


@pytest.mark.parametrize(
    ("now", "last", "sings"),
    [
        ("09:00", None, True),
        ("08:59", None, False),
        ("14:59", None, True),
        ("15:01", None, False),
        ("12:00", "09:00", False),
        ("12:00", "08:59", True),
        ("08:00", "-15:00", False),
    ],
)
def test_the_canary_sings_once_for_each_time_and_not_long_after_it(now, last, sings):
    at = datetime(2026, 11, 22, *map(int, now.split(":")), tzinfo=UTC)
    before = None
    if last:
        day, clock = (21, last[1:]) if last[0] == "-" else (22, last)
        before = datetime(2026, 11, day, *map(int, clock.split(":")), tzinfo=UTC)
    assert canary.due(NINE, before, at) is sings


def test_an_hourly_canary_that_was_missed_for_hours_sings_once():
    hourly = Digest(timezone="UTC")
    assert canary.due(hourly, NOON - timedelta(hours=5), NOON + timedelta(minutes=1))
    assert not canary.due(hourly, NOON, NOON + timedelta(minutes=59))


def test_a_canary_that_sang_in_a_future_that_was_a_wrong_clock_sings_again():
    assert canary.due(NINE, NOON + timedelta(days=3), NOON)


@pytest.fixture
def house(tmp_path):
    with closing(open_store(tmp_path / "t.db")) as store:
        store.sources.register([WIRE])
        config = SimpleNamespace(database=tmp_path / "t.db", sources=(WIRE,), canary=NINE, heartbeat=None)
        yield SimpleNamespace(config=config, ringer=Ringer(store, [], lambda: NOON, system=("ops",)), newsroom=None)


def notices(house):
    return house.ringer.store.sql.rows("select kind, severity, title, body from notices")


def test_the_canary_goes_the_whole_way_and_leaves_nothing_in_the_archive(house, tmp_path):
    async def main(room):
        house.newsroom = room
        await canary.sing(house)
        return 0

    crawl.run(settings("", "0", delay=0, reactor=False), main)
    ((notice),) = notices(house)
    assert (notice["kind"], notice["severity"], notice["title"]) == ("canary", "info", "Canary: all is well")
    assert "1 sources, of which none need a look; 0 alerts since yesterday" in notice["body"]
    owed = house.ringer.store.outbox.owed(NOON)
    assert [one.channel for one in owed] == ["ops"]
    for table in ("articles", "stories", "alerts"):
        assert house.ringer.store.sql.one(f"select count(*) as n from {table}") == {"n": 0}
    assert [path.name for path in tmp_path.iterdir() if "canary" in path.name] == []
    assert not canary.due(NINE, NOON, NOON)


@pytest.mark.parametrize("trouble", [TimeoutError(), OSError("No space left on device"), RuntimeError("gone")])
def test_a_canary_that_does_not_come_through_is_told_as_critical(house, trouble):
    class Room:
        async def poll(self, *_):
            raise trouble

    house.newsroom = Room()
    with contextlib.suppress(RuntimeError):
        asyncio.run(canary.sing(house))
    found = notices(house)
    if not isinstance(trouble, RuntimeError):  # a fault of ours is logged, and tried again
        assert [(row["title"], row["severity"]) for row in found] == [("Canary: Tocsin may not ring", "critical")]


class Switch:
    """A dead-man's switch that keeps what it is asked."""

    def __init__(self, status=200):
        self.asked, outer = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, ""))
                self.send_response(status)
                self.end_headers()

            def do_POST(self):
                outer.asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/uuid"


@pytest.fixture
def switch():
    made = []
    yield lambda *status: made.append(Switch(*status)) or made[-1]
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_the_switch_is_asked_while_all_is_well_and_told_when_not(switch):
    well, ill = switch(), switch(503)
    assert heartbeat.ping(well.url, None) is None
    assert heartbeat.ping(f"{well.url}/", "no source was read: нет") is None
    assert well.asked == [("/uuid", ""), ("/uuid/fail", "no source was read: нет")]
    assert heartbeat.ping(ill.url, None) == "HTTP 503"
    said = heartbeat.ping("http://127.0.0.1:9/secret", None)
    assert said.startswith("it could not be reached")
    assert "secret" not in said


def test_trouble_is_a_source_that_is_not_read_or_a_message_that_nobody_takes(house):
    store = house.ringer.store
    assert heartbeat.trouble(house, NOON) is None
    with store.sql.writing():
        long_ago = (NOON - timedelta(hours=3)).isoformat(timespec="milliseconds")
        store.sql.do("update sources set last_poll = ?, last_success = ?, interval = 600", [long_ago, long_ago])
    assert heartbeat.trouble(house, NOON) == "no source has been read lately"
    with store.sql.writing():
        store.sql.do("update sources set last_success = ?", [NOON.isoformat(timespec="milliseconds")])
        store.outbox.owe(["ops"], NOON - timedelta(hours=1))
    assert heartbeat.trouble(house, NOON) == "1 messages have not been taken for 30 minutes"


def test_the_heart_beats_as_often_as_it_should_and_no_fault_stops_it(house, switch, monkeypatch, caplog):
    well = switch()

    async def beats():
        monkeypatch.setattr(heartbeat, "LOOK", 0.01)
        watch = asyncio.create_task(heartbeat.watch(house))
        await asyncio.sleep(0.05)
        house.config.heartbeat = Heartbeat(url="http://127.0.0.1:9/x", every=timedelta(milliseconds=20))
        while "did not take it" not in caplog.text:
            await asyncio.sleep(0.01)
        house.config.heartbeat = Heartbeat(url=well.url, every=timedelta(milliseconds=20))
        while len(well.asked) < 3:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(heartbeat, "trouble", lambda *_: 1 / 0)
        while "ZeroDivisionError" not in caplog.text:
            await asyncio.sleep(0.01)
        watch.cancel()

    asyncio.run(asyncio.wait_for(beats(), 30))
    assert caplog.text.count("did not take it") == 2
    assert repr(house.config.heartbeat) == "Heartbeat(every=0:00:00.020000)"
