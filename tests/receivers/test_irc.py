"""An alert arrives in an IRC channel line by line, however long its lines and in whatever script."""

from __future__ import annotations

import socket
from contextlib import contextmanager

from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.programs import free_port, installed, running

CONFIG = """\
[Global]
Name = irc.example.org
Info = a test
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = hello
[Limits]
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
[Channel]
Name = #desk
"""


class Listener:
    """Somebody who sits in #desk and reads."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.file = self.socket.makefile("rb")
        self.say("NICK reader", "USER reader 0 * :reader")
        self.until(lambda line: b" 001 " in line)
        self.say("JOIN #desk")
        self.until(lambda line: b" 366 " in line)

    def say(self, *lines):
        self.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def until(self, ends):
        """Return the lines up to the first that ends it."""
        lines = []
        while line := self.file.readline():
            if line.startswith(b"PING"):
                self.say(line.decode().replace("PING", "PONG").strip())
            lines.append(line)
            if ends(line):
                return lines
        raise AssertionError(f"the server hung up after {lines[-3:]}")

    def heard(self):
        """Return what was said in the channel until the speaker left."""
        lines = self.until(lambda line: b" QUIT " in line or b" PART " in line)
        said = [line.partition(b"PRIVMSG #desk :")[2] for line in lines if b" PRIVMSG #desk :" in line]
        return [line.decode("utf8").removesuffix("\r\n") for line in said]

    def close(self):
        self.file.close()
        self.socket.close()


@contextmanager
def room(folder):
    program, port = installed("ngircd", "ngircd"), free_port()
    (folder / "ngircd.conf").write_text(CONFIG.format(port=port))
    with running([program, "-n", "-f", str(folder / "ngircd.conf")], port, folder):
        listener = Listener(port)
        try:
            yield f"irc://127.0.0.1:{port}/%23desk", listener
        finally:
            listener.close()


def letter(body, title="11 killed, Кабардино-Балкария (RU) · 🔔"):
    return Letter(title, body, "critical", "k1", "t1")


def test_an_alert_arrives_line_by_line_and_no_text_is_a_command(tmp_path):
    text = "“Одиннадцать боевиков убиты.”\n\nقُتل أحد عشر مسلحا\r\nQUIT :bye\rJOIN #other\x00\n\x01ACTION x\x01\n🔔 once"
    with room(tmp_path) as (url, listener):
        assert send_by_apprise(url, letter(text, title="11 killed, Кабардино-Балкария 🔔\r\nPART #desk")) is None
        heard = listener.heard()

    assert heard == [
        "11 killed, Кабардино-Балкария 🔔",
        "PART #desk",
        "“Одиннадцать боевиков убиты.”",
        "قُتل أحد عشر مسلحا",
        "QUIT :bye",
        "JOIN #other",
        "ACTION x",
        "🔔 once",
    ]


def test_nothing_of_long_lines_is_lost_in_any_script(tmp_path):
    lines = [
        " ".join(f"{word}{number}" for number in range(60))
        for word in ("боевиков", "مسلحا", "🔔🔔🔔", "killed", "武装分子")
    ]
    with room(tmp_path) as (url, listener):
        assert send_by_apprise(url, letter("\n".join([*lines, "Щ" * 700]))) is None
        heard = listener.heard()

    assert "".join(heard[1:]).replace(" ", "") == "".join(lines).replace(" ", "") + "Щ" * 700
    assert all(len(line.encode()) <= 400 for line in heard)
