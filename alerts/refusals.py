"""What a service answered -> Refusal: why it did not take a message, whether another try can help, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from alerts.message import clean

PERMANENT = frozenset({401, 403, 404, 410})  # HTTP: who we are, or where we send to, is wrong
UNCLEAR = frozenset({400, 402, 405, 406, 409, 413, 415, 422})  # HTTP: the words must say whether it is for good
LONGEST = timedelta(hours=6)  # that a service may ask to be left alone


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a service within an attempt: its status (RFC 9110, RFC 5321), and its words.

    `status` is `None` where none came. `retry_after` is how long the service asked to be left alone.
    """

    protocol: Literal["http", "smtp"]
    status: int | None
    words: str
    retry_after: timedelta | None = None

    @property
    def failed(self) -> bool:
        """Whether it says no."""
        return self.status is None or self.status >= 400


class Refusal(str):
    """Why a message was not accepted, in words for a person.

    `code` is the same for the same trouble: "http 401", "token", "unreachable". `permanent` says that another try would
    bring the same answer. `retry_after` is how long the service asked to be left alone, at most six hours. `crowded`
    says that the trouble is the channel's and not this message's: another message would fare no better now.
    """

    __slots__ = ("code", "crowded", "permanent", "retry_after")
    code: str
    permanent: bool
    retry_after: timedelta | None
    crowded: bool

    def __new__(
        cls,
        words: str,
        code: str = "refused",
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        crowded: bool = False,
    ) -> Refusal:
        """Return the refusal."""
        made = super().__new__(cls, words)
        made.code, made.permanent, made.retry_after, made.crowded = code, permanent, retry_after, crowded
        return made


def refusal(answers: Sequence[Answer], said: Sequence[str] = ()) -> Refusal:
    """Return why an attempt failed.

    `said` is what the library logged of it, for a service that is spoken to in another way. A URL can name several
    recipients: as long as one of them may still take the message, the attempt is worth another.
    """
    failed = [answer for answer in answers if answer.failed]
    if not failed:
        words = said[-1] if said else "the service did not accept the message"
        code = _known(" ".join([*said, *(answer.words for answer in answers)]))
        return Refusal(clean(words), code or "refused", permanent=code is not None)
    open_ = [answer for answer in failed if not _permanent(answer)]
    answer = (open_ or failed)[-1]
    waits = [min(one.retry_after, LONGEST) for one in failed if one.retry_after is not None]
    return Refusal(
        _words(answer),
        "unreachable" if answer.status is None else f"{answer.protocol} {answer.status}",
        permanent=not open_,
        retry_after=max(waits) if waits and open_ else None,
        crowded=bool(open_) and (bool(waits) or answer.status in (None, 421, 429, 502, 503, 504)),
    )


_REMEDIES = {
    ("http 401", "http 403", "smtp 530", "smtp 534", "smtp 535", "token"): (
        "Its token or password is wrong or no longer valid: put the right one into its URL in config.yaml."
    ),
    ("url", "nobody", "smtp 502"): (
        "Its URL in config.yaml can't work as it is: 'tocsin check' and the manual tell more."
    ),
    ("gone",): "Put the channel back into config.yaml, or let these messages be.",
    ("late",): "See whether the service is still there, and whether this machine is online.",
}


def remedy(code: str) -> str:
    """Return what a person can do about the trouble of this code."""
    wrong = "Its address or recipient is not there any more, or was never right: see to its URL in config.yaml."
    return next((words for codes, words in _REMEDIES.items() if code in codes), wrong)


def _permanent(answer: Answer) -> bool:
    if answer.status is None or answer.retry_after is not None:
        return False
    if answer.protocol == "smtp":
        return answer.status >= 500
    return answer.status in PERMANENT or (answer.status in UNCLEAR and _known(answer.words) is not None)


def _words(answer: Answer) -> str:
    if answer.status is None:
        return clean(answer.words)
    words = clean(answer.words)
    return f"{answer.protocol.upper()} {answer.status}" + (f": {words}" if words else "")


def _known(words: str) -> str | None:
    """Return the code of the permanent trouble that the words tell of."""
    words = words.casefold()
    return next((code for code, parts in _table().items() if any(part in words for part in parts)), None)


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.load(
        Path(__file__).with_suffix(".yaml").read_text(encoding="utf8"), yaml.CSafeLoader
    )
    return found
