"""console:// as an Apprise channel: an alert on the daemon's own standard output."""

from __future__ import annotations

import sys
from typing import Any

from apprise.decorators import notify

RULE = "─" * 72


@notify(on="console", name="Console")  # type: ignore[no-untyped-call, untyped-decorator]  # Apprise ships no types
def ring(body: str, title: str, notify_type: str, *_: Any, **__: Any) -> bool:
    """Print the alert between two rules; bold, and red for a critical one, where standard output is a terminal."""
    terminal = sys.stdout.isatty()
    bold, red, plain, begin = ("\x1b[1m", "\x1b[31m", "\x1b[0m", "\r\x1b[K") if terminal else ("", "", "", "")
    colour = red if notify_type == "failure" else ""
    print(f"{begin}{RULE}\n{bold}{colour}{title}{plain}\n{body.rstrip()}\n{RULE}", flush=True)  # noqa: T201  printing is what this channel is
    return True
