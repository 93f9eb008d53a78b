"""What was gathered and is due -> digests owed to its channels, each in one transaction with the alerts in it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from alerts.digest import LINES, Entry, Hush, compose_digest
from alerts.gathering import Kind, Silence, silenced, why_silenced
from alerts.local_time import quiet_until
from alerts.message import Message, headline
from alerts.policy import Reason
from alerts.story import Story
from alerts.verdicts import named
from scheduler import rows
from scheduler.database import StoreError
from scheduler.logs import say
from scheduler.ringing import PUT_OFF, Ringer
from scheduler.routing import concerned

Row = dict[str, Any]
STRAY = "for the channel '{}', which is no longer in config.yaml"


def release_gathered(ringer: Ringer, now: datetime) -> int:
    """Owe one message for each channel and reason of what was gathered until now; return how many. Awaits nothing.

    Nothing but its time and silences are asked: what was gathered for a rule or by hours that are no more in the
    configuration is told all the same, and what was for a channel that is no more goes to the system channels. Raises
    StoreError.
    """
    told = 0
    due = sorted(_heard(ringer.store.outbox.gathered.due(now), ringer, now), key=_batch)
    for _, batch in groupby(due, key=_batch):
        gathered = list(batch)
        try:
            told += _tell(gathered, ringer, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  one digest that can't be told must not keep back the others
            channel = gathered[0]["channel"]
            say("fault", f"digest for {channel}: {error}", {"channel": channel}, level=logging.ERROR, trace=True)
            ringer.store.outbox.gathered.put_off((row["id"] for row in gathered), now + PUT_OFF)
    if told:
        ringer.rang()
    return told


def _heard(due: list[Row], ringer: Ringer, now: datetime) -> list[Row]:
    """Hold back those that a silence is in force for by now, and return the others."""
    silences = ringer.store.rulings.silences.in_force(now) if due else []
    if not silences:
        return due
    heard, hushed = [], []
    for row in due:
        silence = _silence(row, silences, ringer)
        hushed += [(row, silence)] if silence else []
        heard += [] if silence else [row]
    with ringer.store.sql.writing():
        for row, silence in hushed:
            rule = named(ringer.rules, row["rule"])
            quiet = rule.quiet if rule and not row["urgent"] else None
            until = (quiet and quiet_until(quiet, silence.until)) or silence.until
            why = why_silenced(silence, row["channel"])
            ringer.store.outbox.gathered.hush(row, silence, why, (now, until))
    return heard


def _silence(row: Row, silences: Sequence[Silence], ringer: Ringer) -> Silence | None:
    """Return the silence that is in force for an alert; one whose story can't be read is better told than held."""
    asked = any(silence.scope in ("region", "group") for silence in silences)
    story = _story(row, ringer) if asked else None
    places, groups = concerned(story) if story else (frozenset[str](), frozenset[str]())
    return silenced(silences, row["rule"], row["story_id"], places, groups)


def _story(row: Row, ringer: Ringer) -> Story | None:
    """Return the story of a gathered alert, `None` where it can't be read."""
    try:
        return ringer.store.story(row["story_id"])
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  as above
        say("fault", f"story {row['story_id']}: {error}", {"rule": row["rule"]}, level=logging.ERROR, trace=True)
    return None


def _batch(row: Row) -> tuple[str, str, int]:
    return row["channel"], row["kind"], row["silence_id"] or 0


def _tell(gathered: Sequence[Row], ringer: Ringer, now: datetime) -> int:
    """Owe these, which wait for one channel for one reason."""
    outbox, first = ringer.store.outbox, gathered[0]
    channel, kind = first["channel"], Kind(first["kind"])
    gone = bool(ringer.channels) and channel not in ringer.channels and bool(ringer.system)
    targets = ringer.system if gone else (channel,)
    single, newer = len(gathered) == 1, _by_now(gathered, ringer)
    if single and not gone and not newer and kind is not Kind.SILENCE:
        with outbox.sql.writing():
            outbox.gathered.let_go(first["id"], now)
    else:
        hush = _hush(ringer, first["silence_id"], now)
        message = _message(kind, gathered, newer, hush, STRAY.format(channel) if gone else "")
        with outbox.sql.writing():
            kept = [outbox.gathered.digest(kind, target, message, now) for target in targets]
            outbox.gathered.tell((row["id"] for row in gathered), kept[0])
            for digest, target in zip(kept, targets, strict=True):
                outbox.owe([target], now, digest_id=digest)
    what = f"{len(gathered)} alert{'s' * (not single)} that waited ({kind})"
    say("digest", f"{', '.join(targets)}: {what}", {"channels": targets, "kind": str(kind), "alerts": len(gathered)})
    return len(targets)


def _by_now(gathered: Sequence[Row], ringer: Ringer) -> dict[int, str]:
    """Return how their stories are headed now, by alert, where the figures have changed while they waited.

    Only the stories that a digest lists are asked, and of each its last alert.
    """
    last = {row["story_id"]: row for row in sorted(gathered, key=lambda row: row["alert_id"])}
    found: dict[int, str] = {}
    for row in sorted(last.values(), key=lambda row: row["created"], reverse=True)[:LINES]:
        if row["changed"] <= row["created"] or row["told_as"] == "roundup":
            continue
        story = _story(row, ringer)
        figures = [count.low if count else None for count in (story.killed, story.injured)] if story else []
        if story and figures != [row["killed"], row["injured"]]:
            found[row["alert_id"]] = headline(story)
    return found


def _message(kind: Kind, gathered: Sequence[Row], newer: Mapping[int, str], hush: Hush | None, note: str) -> Message:
    """Return the digest; one alert alone is told as it is, with what there is to say first."""
    if len(gathered) > 1:
        return compose_digest(kind, [_entry(row, newer.get(row["alert_id"], "")) for row in gathered], hush, note)
    row = gathered[0]
    by_now = newer.get(row["alert_id"], "")
    then = f"It rang for: {row['title']}" if by_now else ""
    parts = [note, hush.sentence if hush else "", then, row["body"]]
    return Message(by_now or row["title"], "\n\n".join(filter(None, parts)), row["severity"])


def _entry(row: Row, by_now: str) -> Entry:
    # A round-up's alerts are of as many events.
    event = f"{row['story_id']}/{row['alert_id']}" if row["told_as"] == "roundup" else str(row["story_id"])
    own = {name: row[name] for name in ("rule", "severity", "title", "url", "killed", "injured")}
    at, terms = rows.to_time(row["created"]) or rows.NEVER, row["terms"] or ""
    return Entry(
        alert=row["alert_id"], story=event, reason=Reason(row["reason"]), at=at, terms=terms, by_now=by_now, **own
    )


def _hush(ringer: Ringer, silence: int | None, now: datetime) -> Hush | None:
    row = None if silence is None else ringer.store.rulings.silences.one(silence)
    if row is None:
        return None
    begun, until, ended = (rows.to_time(row[name]) for name in ("begun", "until", "ended"))
    own = {name: row[name] for name in ("name", "author", "because")}
    return Hush(begun=begun or now, ended=ended or until or now, **own)
