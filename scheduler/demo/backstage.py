"""A configuration -> the real daemon in a process of its own, and what it says, line by line."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

PATIENCE = 12.0  # seconds the daemon has to stop when it is asked to


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that the daemon wrote.

    `event` is its kind (`poll`, `alert`, `held`, …), "" for a line of the console channel; `fields` are the numbers and
    names of the event.
    """

    text: str
    event: str = ""
    at: datetime | None = None
    fields: dict[str, Any]


class Daemon:
    """`tocsin run` on a configuration, for as long as the `with` block lasts."""

    def __init__(self, config: Path) -> None:
        """Prepare; nothing runs yet."""
        self.config = config
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start the process and read what it writes."""
        self._process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "scheduler", "run", "--log-json", "-c", str(self.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf8"},
            encoding="utf8",
            errors="replace",
            start_new_session=True,  # Ctrl-C on the terminal is for the demonstration, which then stops the daemon
        )
        for stream, read in ((self._process.stdout, _said), (self._process.stderr, _logged)):
            thread = threading.Thread(target=self._pump, args=(stream, read), daemon=True)
            thread.start()
            self._readers.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process behind."""
        if self._process is not None:
            self.stop()
            for stream in (self._process.stdout, self._process.stderr):
                if stream:
                    stream.close()

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """Ask the daemon to stop (SIGTERM), by force when it does not; return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            code = self._process.wait()
        for thread in self._readers:
            thread.join(2.0)
        return code

    def line(self, wait: float) -> Line | None:
        """Return the next line, `None` where there is none within so many seconds."""
        try:
            return self._lines.get(timeout=wait)
        except queue.Empty:
            return None

    def _pump(self, stream: IO[str], read: Any) -> None:
        for text in stream:
            self._lines.put(read(text.rstrip("\n")))


def _said(text: str) -> Line:
    return Line(text=text, fields={})


def _logged(text: str) -> Line:
    """Read one JSON line of the log; anything else on standard error is shown as it is."""
    try:
        row = json.loads(text)
        return Line(text=row["message"], event=row["event"], at=datetime.fromisoformat(row["time"]), fields=row)
    except (ValueError, KeyError, TypeError):
        return Line(text=text, event="error", fields={})
