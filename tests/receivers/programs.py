"""Servers from the system's packages on loopback, each with a configuration of its own in a test's folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

PATIENCE = 20.0  # seconds until a server that does not listen is broken


def installed(name, package):
    """Return the path of a program, or skip with the name of the package that brings it."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/sbin:/bin")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return found


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def running(command, port, folder):
    """Run a server until the end of the block; it listens on the port when the block begins."""
    with open(folder / "server.log", "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            for _ in range(int(PATIENCE / 0.05)):
                if server.poll() is not None:
                    break
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            else:
                pytest.fail(f"{command[0]} does not listen: {(folder / 'server.log').read_text()[-2000:]}")
            assert server.poll() is None, (folder / "server.log").read_text()[-2000:]
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
