"""An alert arrives at an XMPP account whole, over a login that the server checks."""

from __future__ import annotations

import base64
import re
import socket
import subprocess
from contextlib import contextmanager
from xml.sax.saxutils import unescape

import pytest
import trustme

from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.programs import free_port, installed, running

CONFIG = """\
run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
log = {{ info = "*console" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
modules_enabled = {{ "roster", "saslauth", "tls", "disco", "offline" }}
modules_disabled = {{ "s2s" }}
ssl = {{ key = "{folder}/key.pem", certificate = "{folder}/cert.pem" }}
authentication = "internal_plain"
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
VirtualHost "localhost"
"""


class Account:
    """Somebody who is logged in and reads, as far as RFC 6120 goes without TLS."""

    def __init__(self, port, name, password):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.got = ""
        token = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        self.talk("<stream:stream to='localhost' xmlns='jabber:client' "
                  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", "</stream:features>")  # fmt: skip
        self.talk(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{token}</auth>", "<success")
        self.talk("<stream:stream to='localhost' xmlns='jabber:client' "
                  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", "</stream:features>")  # fmt: skip
        self.talk("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>")
        self.talk("<presence/>", "<presence")

    def talk(self, words, until):
        self.got = ""
        self.socket.sendall(words.encode())
        self.read(until)

    def read(self, until):
        raw = b""
        while until.encode() not in raw:
            more = self.socket.recv(65536)
            assert more, f"the server hung up after {raw[-300:]}"
            raw += more
        self.got = raw.decode("utf8")

    def message(self):
        """Return the body of the next message."""
        self.read("</message>")
        return unescape(re.search(r"<body>(.*?)</body>", self.got, re.DOTALL)[1], {"&quot;": '"', "&apos;": "'"})


@contextmanager
def server(folder):
    """Run a server with two accounts; yield a channel's URL and the one who reads."""
    pytest.importorskip("slixmpp", reason="slixmpp is not installed: pip install 'tocsin[xmpp]'")
    program, control, port = installed("prosody", "prosody"), installed("prosodyctl", "prosody"), free_port()
    config = folder / "prosody.cfg.lua"
    config.write_text(CONFIG.format(folder=folder, port=port))
    (folder / "data").mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    mine = authority.issue_cert("localhost")
    mine.private_key_pem.write_to_path(folder / "key.pem")
    mine.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    for name, password in (("bell", "s3cr3t"), ("desk", "word")):
        subprocess.run(
            [control, "--root", "--config", str(config), "register", name, "localhost", password],
            check=True, capture_output=True,
        )  # fmt: skip
    with running([program, "--config", str(config), "-F"], port, folder):
        yield f"xmpps://bell:s3cr3t@localhost:{port}/desk@localhost?xmpp=127.0.0.1&mode=starttls&verify=no", port


def test_an_alert_arrives_at_an_account_sign_by_sign(tmp_path):
    body = "“Одиннадцать боевиков убиты.” <b>&amp;</b>\n\nقُتل أحد عشر مسلحا\n\n🔔 once"
    with server(tmp_path) as (url, port):
        reader = Account(port, "desk", "word")
        with reader.socket:
            found = send_by_apprise(url, Letter("11 killed, Кабардино-Балкария · 🔔", body, "critical", "k1", "t1"))
            assert found is None, (tmp_path / "server.log").read_text()[-3000:]
            arrived = reader.message()

    assert arrived.replace("\r\n", "\n").rstrip() == f"11 killed, Кабардино-Балкария · 🔔\n{body}"


def test_a_wrong_password_is_a_refusal(tmp_path):
    with server(tmp_path) as (url, _):
        found = send_by_apprise(url.replace("s3cr3t", "wr0ng"), Letter("11 killed", "…", "info"))

    assert found is not None
    assert "wr0ng" not in found
