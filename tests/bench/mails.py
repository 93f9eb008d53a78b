"""A burst of 100 e-mails over TLS with a login: through Apprise as Tocsin sends, against smtplib on one connection."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter, process_time

from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.post import post

MAILS, ROUNDS, LIMIT = 100, 7, 10.0
BODY = "“Одиннадцать боевиков убиты.”\n\n" + "Example Wire, 22 Nov 2026 12:00 UTC: …\n" * 20


@contextmanager
def mail_server(folder):
    """Run the tests' mail server in a process of its own; yield the URL of its channel."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.mails", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        yield server.stdout.readline().strip()
        server.stdin.close()
        server.wait(30)


def mails():
    """Seconds and CPU of 100 e-mails one after the other, each on a connection of its own, against one connection."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder)) as url:
        os.environ["SSL_CERT_FILE"] = f"{folder}/ca.pem"
        port = int(url.partition("@")[2].partition("/")[0].rpartition(":")[2])

        def ours():
            for number in range(MAILS):
                problem = send_by_apprise(url, Letter(f"{number} killed", BODY, "critical", f"k{number}", "t1"))
                assert problem is None, problem

        def bare():
            with smtplib.SMTP("127.0.0.1", port) as server:
                server.starttls(context=ssl.create_default_context())
                server.login("bell@example.org", "s3cr3t/p@ss:word")
                for number in range(MAILS):
                    mail = EmailMessage()
                    mail["Subject"], mail["From"], mail["To"] = (
                        f"{number} killed",
                        "bell@example.org",
                        "desk@example.org",
                    )
                    mail.set_content(BODY)
                    server.send_message(mail)

        ours(), bare()
        pairs = [(loads(ours), loads(bare)) for _ in range(ROUNDS)]
        del os.environ["SSL_CERT_FILE"]
    seconds = [ours[0] for ours, _ in pairs]
    ratios = [ours[0] / bare[0] for ours, bare in pairs]
    cpu = [statistics.median(side[1] for side in sides) / MAILS * 1000 for sides in zip(*pairs, strict=True)]
    print(
        f"{'100 e-mails over TLS with a login':<44} {statistics.median(seconds):6.2f} s  "
        f"({min(seconds):.2f}–{max(seconds):.2f})  limit {LIMIT:.0f} s   {statistics.median(ratios):.1f}x smtplib on one "
        f"connection; {cpu[0]:.1f} ms CPU a mail, smtplib {cpu[1]:.1f}",
        flush=True,
    )


def loads(work):
    """Return the seconds and the CPU seconds of this process that the work takes."""
    began, cpu = perf_counter(), process_time()
    work()
    return perf_counter() - began, process_time() - cpu


if __name__ == "__main__":
    logging.disable()
    with post(Path(sys.argv[1])) as box:
        print(box.url, flush=True)
        sys.stdin.read()
