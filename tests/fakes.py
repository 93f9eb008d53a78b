"""Hand-written stand-ins: readings, rules and a channel, with only what a test cares about said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from alerts.message import Message
from alerts.story import Story
from crawler.article import Article, url_key
from crawler.facts import Facts, Group, Place
from crawler.facts.toll import Count, Toll
from crawler.reading import Reading
from crawler.source import Source

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

WIRE = Source(name="Example Wire", url="https://wire.example/rss", publisher="Example Group")
NALCHIK = ("RU-KB", "RU", "north-caucasus", "caucasus")


def count(low: int, high: int | None = None, *, approximate: bool = False, quote: str = "") -> Count:
    return Count(low=low, high=high or low, approximate=approximate, quote=quote or f"There were {low} of them.")


def place(name: str, *within: str, role: str = "event", kind: str = "admin1", quote: str = "") -> Place:
    code, country = within[0], within[0][:2]
    return Place(
        code=code,
        name=name,
        kind=kind,
        country=country,
        country_name=country,
        admin1=code,
        admin1_name=name,
        within=within,
        role=role,
        surface=name,
        start=0,
        end=len(name),
        field="text",
        quote=quote or f"It happened in {name}.",
    )


def group(id_: str, name: str, *parents: str, role: str = "actor", denied: bool = False) -> Group:
    return Group(
        id=id_, name=name, lineage=(id_, *parents), role=role, denied=denied, surface=name, quote=f"{name} was named."
    )


def reading(
    title: str = "Eleven militants killed in Nalchik",
    text: str = "Eleven militants were killed in an operation in Nalchik, officials said.",
    *,
    url: str = "https://wire.example/1",
    source: str = "Example Wire",
    publisher: str | None = None,
    killed: int | None = None,
    injured: int | None = None,
    places: Sequence[Place] = (),
    groups: Sequence[Group] = (),
    published: datetime | None = NOON,
    error: str | None = None,
    retry: bool = False,
) -> Reading:
    article = Article(
        url=url,
        url_key=url_key(url),
        source=source,
        publisher=publisher or source,
        title=title,
        text=text,
        published=published,
        precision="minute" if published else None,
        lang="en",
        fetched=NOON,
        error=error,
        retry=retry,
    )
    toll = Toll(killed=None if killed is None else count(killed), injured=None if injured is None else count(injured))
    return Reading(article, Facts(lang="en", toll=toll, places=tuple(places), groups=tuple(groups)))


def story(*readings: Reading, id_: int | None = 1, copies: Sequence[str] = ()) -> Story:
    return Story(id=id_, readings=readings, copies=frozenset(copies))


class Receiver:
    """A channel that keeps what it is sent, and answers as it is told: `None` accepts, text refuses, an exception is
    raised."""

    def __init__(self, *answers: str | Exception | None) -> None:
        self.answers, self.got = list(answers), list[tuple[str, Message]]()

    def __call__(self, url: str, message: Message) -> str | None:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            self.got.append((url, message))
        return answer


def ticking(start: datetime = NOON, step: timedelta = timedelta(seconds=1)) -> Callable[[], datetime]:
    """Return a clock that moves on by a step each time it is read."""
    moment = [start - step]

    def now() -> datetime:
        moment[0] += step
        return moment[0]

    return now
