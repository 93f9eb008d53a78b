"""`${NAME}` and `${file:PATH}` in a value -> the value with the secrets in it, and the secrets, so that no log ever
shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

MAX_SECRET = 64_000  # characters
SHORTEST = 4  # characters: masking shorter ones would blot out ordinary words

_REFERENCE = re.compile(r"\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Apprise sends ?+Name=value and ?-name=value on as headers and parameters; a "+" in a query reads as a space
_SECRET_KEY = re.compile(r"[-+: ].|.*(?:pass|pwd|token|key|secret|auth|sig|cred)", re.IGNORECASE)
_TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[^.\s]{8,}|[^.\s]{20,}")


@dataclass(slots=True)
class Vault:
    """Reads secrets and remembers them."""

    environ: Mapping[str, str]
    folder: Path
    secrets: set[str] = field(default_factory=set)

    def expand(self, written: str) -> str:
        """Return the value with every reference replaced. Raises `ValueError` that names the variable or file,
        never its value.

        Between `://` and `@` a secret is percent-encoded, so that a password may hold any sign.
        """
        return _REFERENCE.sub(lambda found: self._one(found, written), written)

    def _one(self, found: re.Match[str], written: str) -> str:
        name = found[1]
        if name is None:
            raise ValueError("a '${' is never closed by '}'")
        value = self._from_file(name[5:].strip()) if name.startswith("file:") else self._from_environ(name)
        encoded = quote(value, safe="") if _in_credentials(written, found) else value
        self.secrets |= {value, encoded}
        return encoded

    def _from_environ(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"'${{{name[:60]}}}' is neither ${{NAME}} of the environment nor ${{file:PATH}}")
        value = self.environ.get(name)
        if not value:
            raise ValueError(f"${{{name}}} is {'not set' if value is None else 'empty'} in the environment")
        return value

    def _from_file(self, name: str) -> str:
        try:
            with (self.folder / Path(name).expanduser()).open(encoding="utf-8") as file:
                value = file.read(MAX_SECRET + 1).strip()
        except (OSError, ValueError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ValueError(f"the secret file {name} can't be read: {reason}") from error
        if not value or len(value) > MAX_SECRET:
            raise ValueError(f"the secret file {name} is {'too large' if value else 'empty'}")
        return value


def _in_credentials(written: str, found: re.Match[str]) -> bool:
    before, after = written[: found.start()], written[found.end() :]
    return "://" in before and "/" not in before.partition("://")[2] and "@" in after.partition("/")[0]


def credentials(url: str) -> Iterator[str]:
    """Return the parts of a URL that nobody else should see: passwords, tokens in its path, secret parameters."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # a URL that can't be taken apart is a secret as a whole
        yield url
        return
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    yield password or user
    for piece in (parts.netloc.rpartition("@")[2], host, *parts.path.split("/")):
        if _TOKEN_LIKE.fullmatch(piece):
            yield piece
    for key, value in parse_qsl(parts.query):
        if _SECRET_KEY.match(key) or _TOKEN_LIKE.fullmatch(value):
            yield value


def spellings(secrets: set[str]) -> tuple[str, ...]:
    """Return the secrets and their percent-encoded and decoded forms, the longest first.

    Those too short to mask are left out.
    """
    forms = {form for secret in secrets for form in (secret, unquote(secret), quote(secret, safe=""))}
    return tuple(sorted((form for form in forms if len(form) >= SHORTEST), key=lambda form: (-len(form), form)))
