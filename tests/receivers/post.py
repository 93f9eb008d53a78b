"""A mail server on loopback with STARTTLS and a login, whose certificate is made for the test."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from email import message_from_bytes, policy

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "bell@example.org", "s3cr3t/p@ss:word"


class Mailbox:
    """Keeps what it is given, and answers a recipient, a text and a login as it is told."""

    def __init__(self, recipient="250 OK", text="250 taken", login=True):
        self.recipient, self.text, self.login = recipient, text, login
        self.got, self.sessions, self.url = [], 0, ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.recipient if isinstance(self.recipient, str) else self.recipient.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.text.startswith("2"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.got.append((envelope.rcpt_tos, mail, bool(session.ssl)))
        return self.text

    def authenticate(self, server, session, envelope, mechanism, auth_data):
        self.sessions += 1
        told = (auth_data.login.decode(), auth_data.password.decode())
        return AuthResult(success=self.login and told == (USER, PASSWORD), handled=False)


class Server(Controller):
    """On whatever port is free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def post(folder, box=None, *, tls=True):
    """Serve; yield the mailbox, whose `url` is that of a channel. Its authority's certificate is folder/ca.pem."""
    box = box or Mailbox()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    locked = {"tls_context": context, "require_starttls": True, "auth_required": True} if tls else {}
    server = Server(box, hostname="127.0.0.1", port=0, authenticator=box.authenticate, **locked)
    server.start()
    login = "bell%40example.org:s3cr3t%2Fp%40ss%3Aword@" if tls else ""
    mode = "&mode=starttls" if tls else ""
    box.url = f"mailto{'s' * tls}://{login}127.0.0.1:{server.port}/?from=bell@example.org{mode}&to=desk@example.org"
    try:
        yield box
    finally:
        server.stop()
