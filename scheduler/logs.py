"""Log records -> lines: for a person on a terminal, or JSON for a machine; never with a secret in them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

log = logging.getLogger("tocsin")

SHORTEST = 3  # a shorter "secret" would blot out half of every line


class Mask:
    """Text -> the same text with every known secret replaced by `***`, also in its percent-encoded forms."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.forms: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Replace these too from now on."""
        plain = {secret for secret in secrets if len(secret) >= SHORTEST}
        forms = plain | {quote(s, safe="") for s in plain} | {quote(s) for s in plain} | {quote_plus(s) for s in plain}
        self.forms = sorted(forms | set(self.forms), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the masked text."""
        for form in self.forms:
            text = text.replace(form, "***")
        return text


class _Lines(logging.Formatter):
    """`14:20:05  poll      Example Wire: 3 new of 20`; warnings say so."""

    def __init__(self, mask: Mask, *, over: bool = False) -> None:
        super().__init__("%(asctime)s  %(message)s", "%H:%M:%S")
        self.mask, self.begin = mask, "\r\x1b[K" if over else ""

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", record.levelname.lower())
        level = "" if record.levelno < logging.WARNING else f"{record.levelname}: "
        line = f"{self.formatTime(record, self.datefmt)}  {event:<8}  {level}{record.getMessage()}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return self.begin + self.mask(line)


class _Json(_Lines):
    """One JSON object a line, with the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "message": record.getMessage(),
        } | getattr(record, "fields", {})
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return self.mask(json.dumps(row, ensure_ascii=False, default=str))


def say(
    event: str,
    message: str,
    fields: Mapping[str, Any] | None = None,
    *,
    level: int = logging.INFO,
    trace: bool = False,
) -> None:
    """Log one line about one event (`poll`, `alert`, `delivery`, …); `fields` are what a machine reads of it."""
    log.log(level, "%s", message, extra={"event": event, "fields": dict(fields or {})}, exc_info=trace)


def set_up(mask: Mask, *, as_json: bool = False, level: int = logging.INFO, over: bool = False) -> None:
    """Send our log, and other libraries' warnings, to standard error; `over` a progress bar that stands there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(mask) if as_json else _Lines(mask, over=over))
    handler.addFilter(
        lambda record: record.name == log.name or record.levelno >= logging.WARNING
    )  # Scrapy sets levels itself
    if over:
        handler.addFilter(lambda record: record.levelno >= logging.WARNING or getattr(record, "event", "") == "done")
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    log.setLevel(level)
    logging.captureWarnings(True)
