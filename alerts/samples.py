"""Made-up alerts: one that has all that an alert can have, and one that has as little as there can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from alerts.rendering import Page, plain_text
from alerts.telling import Ground, Party, Report, Step, Telling

SAMPLE_AT = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)


def sample(zone: tzinfo = UTC) -> Page:
    """Return a made-up alert that has all that an alert can have."""
    later = SAMPLE_AT + timedelta(minutes=42)
    wires = [
        ("Example Wire", "wire", later),
        ("Example Herald", "herald", later - timedelta(minutes=20)),
        ("Agence Exemple", "agence", SAMPLE_AT),
    ]
    titles = (
        "Toll in Exampleville blast rises to 11",
        "Eleven killed by blast in Exampleville",
        "Onze morts à Exampleville",
    )
    telling = Telling(
        rule="Example rule",
        severity="critical",
        reason="toll rose",
        explanation="killed 5 → 11",
        kind="Update",
        at=later,
        figures=("11 killed", "about 20 injured"),
        place="Exampleville (Example Region, XX)",
        groups=(Party(name="Example Front", denied=True),),
        publishers=3,
        title=titles[0],
        steps=(
            Step(what="killed 5 → 11", at=later, publisher="Example Wire"),
            Step(what="Example Front: denied", at=later, publisher="Agence Exemple"),
        ),
        quotes=("The number of those killed by the blast has risen to 11, the hospital said.",),
        reports=tuple(
            Report(publisher=name, title=title, url=f"https://{host}.example/news/1", time=time)
            for title, (name, host, time) in zip(titles, wires, strict=True)
        ),
        copies=2,
        grounds=(Ground(condition="killed >= 5", found="11 killed"),),
    )
    return Page(
        title=telling.first_line, body=plain_text(telling, zone), severity="critical", telling=telling, zone=zone
    )


def least() -> Page:
    """Return a made-up alert of an article of which nothing is known but that it is there."""
    telling = Telling(
        rule="Example rule",
        severity="info",
        reason="new",
        at=SAMPLE_AT,
        reports=(Report(publisher="Example Wire", title="", url="", time=SAMPLE_AT, dated=True),),
    )
    return Page(title=telling.first_line, body=plain_text(telling), severity="info", telling=telling)
