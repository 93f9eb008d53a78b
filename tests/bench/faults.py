"""A site of faults for the benchmarks, in a process of its own: /fault/I.xml does the I-th wrong thing, over and over."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager

from tests import site

GARBAGE = b"\x00\xff<rss><channel><item><title>&unknown; <b>never closed" * 2000
# Made when they are served: the giant alone takes 50 MB, which a program that only names them must not have.
KINDS = {
    "time-out": lambda: site.silent,
    "slow-loris": lambda: site.slow_loris,
    "reset": lambda: site.reset,
    "gzip bomb": site.gzip_bomb,
    "redirect loop": lambda: site.redirect("/fault/4.xml"),
    "giant": site.huge,
    "endless": lambda: site.never_ending,
    "malformed": lambda: site.ever_new(lambda n: GARBAGE + str(n).encode()),
    "429": lambda: site.status("429 Too Many Requests", {"Retry-After": "1"}),
    "503": lambda: site.status("503 Service Unavailable"),
}


@contextmanager
def running():
    """Run the site in a process of its own and yield its port."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.faults"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    with site.serve(host="0.0.0.0") as served:
        for number, make in enumerate(KINDS.values()):
            served.on(f"/fault/{number}.xml", make())
        print(served.port, flush=True)
        threading.Event().wait()
