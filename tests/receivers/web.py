"""A web server on loopback that keeps what it is given and answers as it is told."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager


class Got(list):
    """The requests in the order they came: (path, headers, what was sent)."""

    url = ""
    port = 0
    release: threading.Event


@contextmanager
def web(*answers):
    """Serve one answer after the other, the last for ever.

    An answer is a status, or a status with headers and text, or "hang", or "close": to accept and drop the connection.
    """
    got, left, lock, release = Got(), list(answers) or [200], threading.Lock(), threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                got.append((self.path, self.headers, text))
                answer = left.pop(0) if len(left) > 1 else left[0]
            if answer == "hang":
                release.wait(30)
                answer = "close"
            if answer == "close":
                self.close_connection = True
                return
            status, headers, words = (answer, {}, "") if isinstance(answer, int) else answer
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(words.encode()))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(words.encode())

        do_PUT = do_GET = do_POST

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):  # the caller went away, as some of these tests want
            pass

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    got.port, got.release = server.server_port, release
    got.url = f"json://127.0.0.1:{server.server_port}/"
    try:
        yield got
    finally:
        release.set()
        server.shutdown()
        server.server_close()


def said(one):
    """Return the title and the text of what came to a json:// webhook."""
    sent = json.loads(one[2])
    return sent["title"], sent["message"]
