"""Pages as a real Chromium renders them, on Scrapy's reactor: in a process of its own, as there is one in each."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from crawler.browser import PROGRAMS
from crawler.relay import PRIVATE
from tests import site

missing = [
    *(["scrapy-playwright"] if importlib.util.find_spec("scrapy_playwright") is None else []),
    *(["Chromium"] if not any(map(shutil.which, PROGRAMS)) else []),
]
with_chromium = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")

SHIFT = """
import asyncio, json, os, sys
from crawler.newsroom import run
from crawler.settings import settings
from crawler.wire import Unreachable

def families():
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
            found[int(pid)] = (int(rest.split()[1]), name, rest.split()[0])
        except OSError:
            pass
    return found

def under(pid, found):
    own = [(child, name) for child, (parent, name, state) in found.items() if parent == pid and state != "Z"]
    return own + [deeper for child, _ in own for deeper in under(child, found)]

def chromiums():
    return [pid for pid, name in under(os.getpid(), families()) if "chrom" in name]

async def main(room):
    {body}
    return 0

async def show(room, url, cap=100_000, **how):
    try:
        answer = await room.wire.get(url, cap, javascript=True, **how)
        print(json.dumps([answer.status, answer.url, answer.body.decode()]), flush=True)
    except Unreachable as error:
        print(json.dumps([error.passing, error.reason]), flush=True)

if __name__ == "__main__":
    wanted = settings("desk@example.org", "9.9", delay=0)
    wanted["DOWNLOAD_TIMEOUT"] = {limit}
    run(wanted, main)
    print(json.dumps(chromiums()))
"""


@pytest.fixture
def run(tmp_path):
    """Run lines of code with an open newsroom `room`; return what they print, as JSON, and what is complained of."""

    def begin(*lines, limit=20, path=None, python=sys.executable):
        file = tmp_path / "shift.py"
        file.write_text(SHIFT.replace("{body}", "\n    ".join(lines)).replace("{limit}", str(limit)))
        done = subprocess.run(
            [python, str(file)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.getcwd(),
                "PYTHONWARNINGS": "ignore",
                "PATH": path or os.environ["PATH"],
                "SECRET": "hunter2",
            },
        )
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return begin


def test_without_the_extra_the_source_says_what_to_install(run, wire, tmp_path):
    (tmp_path / "scrapy_playwright").mkdir()
    (tmp_path / "scrapy_playwright" / "__init__.py").write_text("raise ImportError")

    printed, complaints = run(f"await show(room, {wire.url('/')!r})")

    assert printed == [[False, "this source needs a browser: install tocsin[js] and Chromium"], []]
    assert complaints == ""


def rendered(script, body=""):
    return f"<!doctype html><html><head><title>Empty</title></head><body>{body}<script>{script}</script></body></html>"


@with_chromium
def test_without_chromium_the_source_says_what_to_install(run, wire, tmp_path):
    printed, complaints = run(f"await show(room, {wire.url('/')!r})", path=str(tmp_path))

    assert printed[0][0] is False
    assert printed[0][1].endswith("was found on PATH; install Chromium")
    assert complaints == ""


@with_chromium
def test_a_page_whose_text_exists_only_after_its_script_ran_is_read(run, wire):
    script = "fetch('/api').then(r => r.text()).then(t => { document.body.innerHTML = '<a href=/one>' + t + '</a>' })"
    page = wire.page("/", rendered(script))
    wire.page("/api", "Bridge reopened", "text/plain")

    printed, complaints = run(f"await show(room, {page!r}, private=True)")

    [[status, url, body], left] = printed
    assert (status, url) == (200, page)
    assert '<a href="/one">Bridge reopened</a>' in body
    assert (left, complaints) == ([], "")
    assert wire.asked[0].path == "/robots.txt"
    assert wire.asked[1].headers["user-agent"].startswith("Tocsin/9.9 (+desk@example.org)")
