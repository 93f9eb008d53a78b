"""An attempt -> what the service answered: statuses, words and Retry-After, which Apprise keeps to itself.

Read from Apprise 2.2: a plugin sends through `requests` (each call makes a session, which mounts what the module
`requests.sessions` knows as its adapter) or through its own SMTP controller, and hands back whether that went well.
Both are replaced by ones that do the same and note what came. Outside an attempt they note nothing.
"""

from __future__ import annotations

import json
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any

import requests
from apprise.plugins.email import base as mail
from apprise.plugins.email import smtp
from requests.adapters import HTTPAdapter

from alerts.refusals import Answer
from crawler.freshness import retry_after

READ = 2000  # characters of an answer that are looked at
FRESH = 3600  # seconds until the system's certificates are read again

_NOTED: ContextVar[list[Answer] | None] = ContextVar("answers to the attempt that is being made", default=None)
_VERIFIES: ContextVar[bool] = ContextVar("whether a mail server's certificate is looked at", default=True)


@contextmanager
def noted() -> Iterator[list[Answer]]:
    """Collect what services answer in this context until the end of the block."""
    answers: list[Answer] = []
    token = _NOTED.set(answers)
    try:
        yield answers
    finally:
        _NOTED.reset(token)


def _note(answer: Answer) -> None:
    answers = _NOTED.get()
    if answers is not None:
        answers.append(answer)


class _Adapter(HTTPAdapter):
    """HTTP as `requests` speaks it."""

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        try:
            response = super().send(request, *args, **more)
        except (requests.RequestException, OSError) as error:
            _note(Answer("http", None, _trouble(error)))
            raise
        if _NOTED.get() is not None:
            _note(_http(response))
        return response


def _http(response: requests.Response) -> Answer:
    if response.status_code < 400:
        return Answer("http", response.status_code, "")
    try:
        text = response.content.decode(response.encoding or "utf8", "replace")[:READ]
    except (requests.RequestException, LookupError, OSError):  # it broke off, or names an encoding that is none
        text = ""
    page = "html" in response.headers.get("Content-Type", "") or text.lstrip().startswith("<")
    words = " ".join(filter(None, (response.reason, "" if page else text)))
    return Answer("http", response.status_code, words, _wait(response.headers, text))


def _wait(headers: Any, text: str) -> timedelta | None:
    """Return how long the service asked for: in the header of RFC 9110, or as Telegram and Discord say it."""
    asked = retry_after(headers.get("Retry-After", ""), datetime.now(UTC))
    if asked is not None:
        return asked
    try:
        said = json.loads(text) if "retry_after" in text else {}
        seconds = said.get("retry_after", said.get("parameters", {}).get("retry_after"))
        return None if seconds is None else timedelta(seconds=max(float(seconds), 0.0))
    except (ValueError, AttributeError, TypeError, OverflowError):
        return None


class _Post(smtp.AppriseSMTPController):
    """SMTP as Apprise speaks it."""

    def __enter__(self) -> _Post:
        token = _VERIFIES.set(self.verify_certificate)
        try:
            if not f"{self.user or ''}{self.password or ''}".isascii():  # smtplib would fall over it, connected
                raise smtplib.SMTPAuthenticationError(535, "a login can't hold letters beyond ASCII")
            super().__enter__()
        except smtp.SMTP_EXCEPTIONS as error:
            _note(_smtp(error))
            raise
        finally:
            _VERIFIES.reset(token)
        return self

    def sendmail(self, from_addr: str, to_addrs: list[str], message: str) -> bool:
        try:
            refused = self._socket.sendmail(from_addr, to_addrs, message)  # type: ignore[attr-defined]  # set on entering
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtp.SMTP_EXCEPTIONS as error:
            _note(_smtp(error))
            return False
        for code, words in refused.values():
            _note(Answer("smtp", code, _text(words)))
        return not refused


class _Ssl:
    """The module `ssl`, as far as Apprise's SMTP needs it.

    It makes a context for each mail, and nine tenths of the CPU of sending one is to read the system's certificates for
    it. Where certificates are verified, one context serves all; Apprise changes only those where they aren't, which
    need no certificates.
    """

    CERT_NONE = ssl.CERT_NONE

    @staticmethod
    def create_default_context() -> ssl.SSLContext:
        if _VERIFIES.get():
            return _trusting(int(monotonic() // FRESH))
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@lru_cache(maxsize=1)
def _trusting(_hour: int) -> ssl.SSLContext:
    return ssl.create_default_context()


def _smtp(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return Answer("smtp", error.smtp_code, _text(error.smtp_error))
    if isinstance(error, smtplib.SMTPNotSupportedError):  # no STARTTLS, or no login: "not implemented" is what it means
        return Answer("smtp", 502, str(error))
    return Answer("smtp", None, _trouble(error))


def _text(words: bytes | str) -> str:
    return words.decode("utf8", "replace")[:READ] if isinstance(words, bytes) else words[:READ]


def _trouble(error: BaseException) -> str:
    """Return what is wrong, without the address: it may hold a token."""
    chain = list(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
        return "the certificate of the service is not valid"
    if any(isinstance(one, socket.gaierror) or type(one).__name__ == "NameResolutionError" for one in chain):
        return "the service's name can't be resolved"
    if any(isinstance(one, TimeoutError | requests.Timeout) for one in chain):
        return "the service did not answer in time"
    said = next((one.strerror for one in chain if isinstance(one, OSError) and one.errno and one.strerror), None)
    return f"no connection: {said or type(chain[-1]).__name__}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from; `requests` hides its cause in its arguments."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [found for found in inner if isinstance(found, BaseException)]


requests.sessions.HTTPAdapter = _Adapter  # type: ignore[attr-defined]  # where a session looks its adapter up
mail.AppriseSMTPController = _Post  # type: ignore[attr-defined]  # the library's own import of it
smtp.ssl = _Ssl  # type: ignore[attr-defined, assignment]  # as above
