"""A small world for the daemon to live and die in: two outlets, a story that develops, two channels, the outcome."""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

from tests import site

MARKET = (
    "At least {0} people were killed on Tuesday when a bomb went off at the Gada market in Mubi, in Nigeria's Adamawa "
    "state, the emergency agency said. Salisu Bako, a trader of 41, said that the blast came at 9:20 a.m. as stalls "
    "were opening. Soldiers searched lorries on the road to Yola, and the market was closed for a week.",
    "{1} traders died in an explosion at the Gada market of Mubi in Adamawa, in the north-east of Nigeria, on Tuesday. "
    "Salisu Bako, who sells cloth there, told this newspaper that he was thrown to the ground. The governor, Musa "
    "Dogara, promised to pay for the treatment of the wounded.",
)
FERRY = (
    "Nine passengers drowned on Monday when the ferry Lady Amihan sank off Zamboanga in the Philippines, the coast "
    "guard said. The vessel had left Isabela in rough seas with 61 people aboard. Fishing boats picked up the others.",
    "The sinking of the ferry Lady Amihan near Zamboanga killed nine, the Philippine coast guard said on Monday. "
    "Commodore Rene Lacson said that its engine failed an hour after it had left the port of Isabela on Basilan.",
)
POLICE = (
    "Four policemen were shot dead at a checkpoint in the Lyari district of Karachi, Pakistan, on Monday, police said. "
    "Two men on a motorcycle opened fire with pistols at 7:15 a.m. and fled towards the harbour, said Asad Mirani.",
    "Gunmen on motorcycles killed four policemen at a checkpoint in Lyari, Karachi, Pakistan, inspector Asad Mirani "
    "said on Monday. Shopkeepers pulled down their shutters and the wounded guard was taken to the Civil Hospital.",
)
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><main><article>'
    "<h1>{title}</h1><p>{text}</p></article></main></body></html>"
)
EXPECTED = Counter(
    {
        ("/hook", "5 killed", "Toll"): 1,
        ("/hook", "9 killed", "Toll"): 1,
        ("/hook", "4 killed", "Toll"): 1,
        ("/hook", "5 killed", "Nigeria"): 1,
        ("/phone", "5 killed", "Nigeria"): 1,
        ("/hook", "12 killed", "Toll"): 1,
    }
)
FIRST = Counter({key: n for key, n in EXPECTED.items() if not key[1].startswith("12")})
TOLD = [("Toll", "new", 5), ("Toll", "new", 9), ("Toll", "new", 4), ("Nigeria", "new", 5), ("Toll", "toll rose", 12)]
CONFIG = """
contact: you@example.org
delay: 0s
channels: {{hook: "json://127.0.0.1:{port}/hook", phone: "json://127.0.0.1:{port}/phone"}}
sources:
  - {{name: Wire, url: "{wire}", every: 1s, private: true, backlog: alert}}
  - {{name: Daily, url: "{daily}", every: 1s, private: true, backlog: alert}}
rules:
  - {{name: Toll, when: {{killed: ">= 3"}}, notify: hook, tell_again: {{killed: "+5"}}}}
  - {{name: Nigeria, when: {{region: Nigeria}}, notify: [hook, phone], hold: 1s}}
"""


class Receiver:
    """A webhook that keeps what it is sent: (path, start of the title, rule) by the delivery's key, in order.

    `behave` is called with the number of the request and says what to do: None accepts, a number is the status, "drop"
    closes the connection after accepting, "hang" never answers.
    """

    def __init__(self):
        self.got, self.asked, self.dropped, self.lock = [], 0, 0, threading.Lock()
        self.behave = lambda number: None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    outer.asked += 1
                    does = outer.behave(outer.asked)
                    outer.dropped += does == "drop"
                    if does in (None, "drop"):
                        title = " ".join(body["title"].removeprefix("Update: ").split()[:2]).rstrip(",")
                        rule = "Nigeria" if "Nigeria: " in body["message"] else "Toll"
                        outer.got.append((self.headers["Idempotency-Key"], (self.path, title, rule)))
                if does == "drop":
                    self.connection.close()
                    return
                if does == "hang":
                    time.sleep(30)
                try:
                    self.send_response(does if isinstance(does, int) else 200)
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 64

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_port

    def counted(self):
        """Return how often each message came, one that was sent again under its key once."""
        with self.lock:
            return Counter(dict(self.got).values())

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class World:
    """The outlets, the channels and the folder of one daemon."""

    def __init__(self, folder, wire):
        self.folder, self.wire, self.receiver = folder, wire, Receiver()
        self.name = folder.name
        feeds = {name: wire.url(f"/{self.name}/{name}.xml") for name in ("wire", "daily")}
        (folder / "config.yaml").write_text(CONFIG.format(port=self.receiver.port, **feeds))
        self.publish(("five", "Five"))

    def publish(self, *tolls):
        """Let the outlets tell the market's story with these tolls, each by a report of its own, and two others."""
        stories = [
            (f"m{number}", f"Market bomb kills {toll[0]}", [text.format(*toll) for text in MARKET])
            for number, toll in enumerate(tolls)
        ]
        stories += [("ferry", "Ferry sinks off Zamboanga", FERRY), ("police", "Policemen shot in Karachi", POLICE)]
        for place, outlet in enumerate(("wire", "daily")):
            told = stories if outlet == "wire" else [one for one in stories if one[0] != "m1"]
            items = []
            for path, title, texts in told:
                page = f"/{self.name}/{outlet}/{path}.html"
                self.wire.page(page, PAGE.format(title=title, text=texts[place]))
                items.append(site.Item(title, self.wire.url(page), datetime.now(UTC)))
            self.wire.feed(f"/{self.name}/{outlet}.xml", items)

    def settled(self):
        """Return the keys of deliveries that are recorded as sent."""
        return {row[0] for row in self.rows("select key from deliveries where state = 'sent'")}

    def rows(self, sql):
        path = self.folder / "tocsin.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path, timeout=10)) as db:
            try:
                return db.execute(sql).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # it died while the schema was made
                    return []
                raise

    def faults(self, deaths):
        """Return what is not as it must be, in words."""
        found = []
        lost, more = EXPECTED - self.receiver.counted(), self.receiver.counted() - EXPECTED
        found += [f"lost: {what}" for what in lost] + [f"doubled: {what}" for what in more]
        repeats = len(self.receiver.got) - len(dict(self.receiver.got))
        if repeats > 2 * deaths + self.receiver.dropped:
            found.append(f"{repeats} repeats for {deaths} kills of two channels")
        alerts = Counter(self.rows("select rule, reason, killed from alerts"))
        if alerts != Counter(TOLD):
            found.append(f"alerts {alerts}")
        stories, articles, urls = self.rows(
            "select (select count(distinct story_id) from articles), count(*), count(distinct url_key) from articles"
        )[0]
        if (stories, articles, urls) != (3, 7, 7):
            found.append(f"{stories} stories of {articles} articles at {urls} addresses")
        if self.rows("select count(*) from stories where id not in (select story_id from articles)")[0][0]:
            found.append("a story without articles")
        if owed := self.rows("select count(*) from deliveries where state <> 'sent'")[0][0]:
            found.append(f"{owed} deliveries are not recorded as sent")
        if self.rows("pragma integrity_check") != [("ok",)] or self.rows("pragma foreign_key_check"):
            found.append("the database is damaged")
        return found

    def close(self):
        self.receiver.close()
