"""`python -m tests.bench backtest`: CPU of trying the starter's rules on an archive of 100,000 articles, from stored facts."""

from __future__ import annotations

import os
import random
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.backtest import Trial
from alerts.rules import RuleSet
from crawler.facts import Facts, Group, Place
from crawler.facts.toll import Count, Toll
from crawler.gazetteer import gazetteer, groups
from scheduler import rows
from scheduler.archive import open_archive
from scheduler.config import load
from scheduler.replay import Replay, tried
from scheduler.store import open_store
from tests.bench import stories as made

ARTICLES, DAYS, OUTLETS = 100_000, 30, 400
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WHERE = (
    "UA",
    "RU-DA",
    "SY",
    "IQ",
    "ML",
    "NG-BO",
    "SO",
    "SD",
    "PK",
    "FR",
    "US",
    "DE",
    "JP",
    "BR",
    "IN",
    "MX",
    "GB",
    "KE",
)
WHO = ("islamic-state", "al-shabaab", "boko-haram", "pkk")


class World:
    """Made facts: half of the articles place an event, four of ten count dead or injured, one of eight names a group."""

    def __init__(self):
        self.chance = random.Random(5)
        known = gazetteer().by_code
        self.regions = [known[code] for code in WHERE if code in known]
        self.groups = [one for id_, one in groups().by_id.items() if id_ in WHO] or list(groups().by_id.values())[:4]

    def facts(self):
        chance = self.chance
        killed = min(int(1 / (chance.random() + 0.004)), 250)
        count = Count(low=killed, high=killed, approximate=False, quote=f"The blast killed {killed} people.")
        toll = Toll(killed=count if chance.random() < 0.35 else None, injured=count if chance.random() < 0.2 else None)
        places = [
            self.place("event" if n == 0 and chance.random() < 0.5 else "mentioned")
            for n in range(chance.choice((1, 2, 3, 5)))
        ]
        named = [self.group()] if chance.random() < 0.12 else []
        return Facts(lang="en", toll=toll, places=tuple(places), groups=tuple(named))

    def place(self, role):
        region = self.chance.choice(self.regions)
        country = gazetteer().by_code.get(region.code[:2])
        return Place(
            code=region.code, name=region.name, kind=region.kind, country=region.code[:2], country_name=country and country.name,
            admin1=None, admin1_name=None, within=gazetteer().within(region.code), role=role, surface=region.name, start=10, end=17,
            field="text", quote=f"It happened near {region.name}, officials said on Monday.",
        )  # fmt: skip

    def group(self):
        one = self.chance.choice(self.groups)
        return Group(
            id=one.id,
            name=one.name,
            lineage=(one.id,),
            role="actor",
            denied=False,
            surface=one.name,
            quote=f"{one.name} said so.",
        )


def fill(path):
    """Write the archive: of 100 articles 62 open a story, the others join one of the last 2,000."""
    world, store = World(), open_store(path)
    chance, start, step = world.chance, NOW - timedelta(days=DAYS), timedelta(days=DAYS) / ARTICLES
    with store.sql.writing():
        store.sql.insert_all(
            "sources",
            [{"name": f"o{n}", "url": f"https://o{n}.example", "publisher": f"Outlet {n}"} for n in range(OUTLETS)],
        )
    opened = 0
    for first in range(0, ARTICLES, 5_000):
        with store.sql.writing():
            for number, article in zip(range(first, first + 5_000), source(), strict=False):
                when = start + number * step
                if opened < 10 or chance.random() < 0.62:
                    opened += 1
                    story = opened
                    moment = rows.to_text(when)
                    store.sql.insert_all(
                        "stories", [{"id": story, "title": article.title, "opened": moment, "changed": moment}]
                    )
                else:
                    story = max(1, opened - int(chance.expovariate(1 / 300)))
                row = rows.article_row(
                    replace(
                        article, url=f"https://o.example/{number}", url_key=f"k{number}", fetched=when, published=when
                    )
                )
                row |= {
                    "id": number + 1,
                    "source_id": 1 + number % OUTLETS,
                    "story_id": story,
                    "retry": 0,
                    "placed": "made",
                }
                store.sql.insert_all("articles", [row])
                facts = world.facts()
                store.sql.insert_all("facts", [rows.facts_row(number + 1, facts)])
                store.sql.insert_all("article_places", [rows.place_row(number + 1, one) for one in facts.places])
                store.sql.insert_all("article_groups", [rows.group_row(number + 1, one) for one in facts.groups])
    store.close()


_SOURCE = None


def source():
    """Return the one endless run of made articles."""
    global _SOURCE  # noqa: PLW0603  one run over all chunks
    _SOURCE = _SOURCE or made.articles()
    return _SOURCE


def backtest():
    """CPU of a replay of 30 days, 100,000 articles, with the starter's rules."""
    config = load(Path(__file__).parents[2] / "config.yaml", os.environ)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get("TOCSIN_BENCH_ARCHIVE") or Path(folder) / "archive.db")
        if not path.exists():
            fill(path)
        archive, trial = open_archive(path), Trial(RuleSet(config.rules))
        begun = time.process_time()
        since = NOW - timedelta(days=DAYS)
        articles, stories = tried(Replay(archive, since), [trial], since, NOW)
        spent = time.process_time() - begun
        archive.close()
    rate = f"{1000 * spent / articles:.2f} ms an article"
    print(
        f"{'backtest of 30 days':<44} {spent:6.1f} s of CPU for {articles:,} articles in {stories:,} stories, {len(trial.rang):,} alerts; {rate}; limit 60 s"
    )


if __name__ == "__main__":
    backtest()
