"""`quiet`, `limit`, `digest` and `timezone` of config.yaml -> hours and limits, or what is wrong with them."""

from __future__ import annotations

import re
import warnings
from datetime import time, timedelta
from functools import lru_cache
from typing import Any

from alerts.hours import Digest, Limit
from scheduler.config_values import kind, text, western
from scheduler.config_world import fault, nearest
from scheduler.config_yaml import shown

MOST = 100_000  # alerts that a limit can let through
LONGEST = timedelta(days=31)  # that a limit can count over

_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_SPAN = re.compile(r"\s*(\S+?)\s*(?:-|–|—|to|until)\s*(\S+)\s*")
_LOOSE_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.h]([0-5][0-9]))?h?(am|pm)?")
_LIMIT = re.compile(r"\s*([0-9]{1,6})\s*/\s*([0-9]{0,4})\s*([smhd])\s*")
_LOOSE_LIMIT = re.compile(
    r"\s*([0-9]{1,6})\s*(?:/|per|an?|each|every)?\s*([0-9]{0,4})\s*(s|m|h|d)?[a-z]*\s*", re.IGNORECASE
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DAILY = re.compile(r"daily\s+(\S+)(?:\s+(\S.*))?")
# Files of the system's database that are no zone, or are one on this machine alone.
_NO_ZONES = re.compile(r"(?:posix|right)/|(?:localtime|posixrules|Factory)$")


def timezone(value: Any) -> str:
    """Return an IANA name."""
    name = text(value)
    if not _is_zone(name):
        near = _near_zones(name)
        hint = f", did you mean {near}?" if near else ": it has a name such as Europe/Berlin or UTC"
        raise fault(f"unknown timezone '{shown(name)}'{hint}")
    return name


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo  # noqa: PLC0415  few rules have hours

    if _NO_ZONES.match(name):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such file; a path out of the database; a folder or a list
        return False
    return True


@lru_cache(maxsize=64)
def _near_zones(name: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415  only a slip needs it

    if len(name) > 100:
        return ""
    known = sorted(zone for zone in available_timezones() if not _NO_ZONES.match(zone))
    asked = name.casefold().replace(" ", "_")
    same = [zone for zone in known if asked in (zone.casefold(), zone.casefold().rpartition("/")[2])]
    return " or ".join(same[:2]) or "".join(nearest(name, known, alike=80))


def local_zone() -> str:
    """Return this machine's IANA name, UTC where it has none."""
    from tzlocal import get_localzone_name  # noqa: PLC0415  only hours without a timezone need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where two of the system's files differ it takes one
            name = str(get_localzone_name() or "")
    except (KeyError, ValueError, OSError):
        return "UTC"
    return name if _is_zone(name) else "UTC"


def hours(value: Any) -> tuple[time, time]:
    """Return when quiet hours begin and end."""
    if not isinstance(value, str):
        raise fault(f'this should be hours of the day such as "22:00-07:00", not {kind(value)}')
    span = _SPAN.fullmatch(value.strip())
    ends = [_clock(one) for one in span.groups()] if span else []
    if None in ends or not ends:
        raise fault(f"this should be hours of the day such as \"22:00-07:00\", not '{shown(value)}'{_meant(span)}")
    start, end = (one or time() for one in ends)
    if start == end:
        raise fault(
            "these hours are the whole day: use 'digest', or 'enabled: false' for a rule that should never ring"
        )
    return start, end


def _clock(written: str) -> time | None:
    """Return `07:00`; `24:00` is midnight."""
    form = _CLOCK.fullmatch(written)
    if not form or (form[1] == "24" and form[2] != "00"):
        return None
    return time(int(form[1]) % 24, int(form[2]))


def _meant(span: re.Match[str] | None) -> str:
    said = [_spelled(one) for one in span.groups()] if span else [""]
    return f', did you mean "{"-".join(said)}"?' if all(said) else ""


def _spelled(written: str) -> str:
    """Return `22:00` for 10pm, 22h or 22; empty for what is no time."""
    form = _LOOSE_CLOCK.fullmatch(western(written).casefold())
    if not form:
        return ""
    hour = int(form[1])
    if form[3]:
        hour = hour % 12 + 12 * (form[3] == "pm") if 1 <= hour <= 12 else 24
    return f"{hour:02}:{form[2] or '00'}" if hour < 24 else ""


def limit(value: Any) -> Limit:
    """Return how many alerts ring in how long: `10/h`, `5/30m`."""
    form = _LIMIT.fullmatch(value) if isinstance(value, str) else None
    if not form:
        raise fault(f"this should be a number of alerts in a time, such as 10/h, 5/30m or 50/d{_meant_limit(value)}")
    number, per = int(form[1]), timedelta(**{_UNITS[form[3]]: int(form[2] or 1)})
    if not number:
        raise fault("a limit of 0 lets nothing ring; 'enabled: false' switches a rule off")
    if number > MOST or not per or per > LONGEST:
        raise fault(f"a limit counts 1 to {MOST:,} alerts over 1s to 31d")
    return Limit(number=number, per=per)


def _meant_limit(value: Any) -> str:
    form = _LOOSE_LIMIT.fullmatch(str(value))
    return (
        f", did you mean {form[1]}/{form[2]}{(form[3] or 'h').lower()}?" if form and not isinstance(value, bool) else ""
    )


def digest(value: Any) -> Digest:
    """Return when a digest is due: `hourly`, `daily 08:00` or `daily 08:00 Europe/Berlin`; without one, no timezone."""
    said = " ".join(value.split()) if isinstance(value, str) else ""
    if said == "hourly":
        return Digest(timezone="")
    form = _DAILY.fullmatch(said)
    at = _clock(form[1]) if form else None
    if form is None or at is None:
        raise fault(f"this should be hourly or daily with a time, such as daily 08:00{_meant_digest(said)}")
    return Digest(timezone=timezone(form[2]) if form[2] else "", at=at)


def _meant_digest(said: str) -> str:
    word, _, rest = said.partition(" ")
    if nearest(word, ["hourly", "hour"]):
        return ", did you mean hourly?"
    at = _spelled(rest or word) or ("08:00" if not rest and nearest(word, ["daily", "day"]) else "")
    return f", did you mean daily {at}?" if at else ""
