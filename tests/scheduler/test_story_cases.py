"""Streams of articles as data: the stories they form, the copies among them, and exactly the alerts that ring."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from alerts.rules import RuleSet
from crawler.article import Article
from crawler.reading import read_text
from crawler.source import Source
from scheduler.config import load
from scheduler.ringing import Ringer, release, ring
from scheduler.store import open_store

FOLDER = Path(__file__).parents[1] / "cases" / "stories"
CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf8"))]
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = timedelta(days=1)


def read(number, said, publishers):
    """Return an article as a worker hands it back."""
    came = MONDAY + timedelta(minutes=said.get("at", 0))
    url = f"https://{said['from'].lower().replace(' ', '')}.example/{said.get('url', number)}"
    return read_text(
        Article(
            url=url,
            url_key=url,
            source=said["from"],
            publisher=publishers.get(said["from"], said["from"]),
            title=said["title"],
            text=said["text"],
            published=MONDAY + timedelta(minutes=said.get("published", said.get("at", 0))),
            precision="minute",
            lang=said.get("lang", "en"),
            fetched=came,
        )
    ), came


def rules_of(case, folder):
    path = folder / "config.yaml"
    rules = [rule | {"notify": "desk"} for rule in case["rules"]]
    data = {"channels": {"desk": "console://"}, "rules": rules}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf8")
    return RuleSet(load(path, {}).rules)


def played(case, articles, folder, *, restarts):
    """Put the articles through the data path; with `restarts` the database is opened anew for each."""
    rules, path = rules_of(case, folder), folder / "t.db"
    publishers = case.get("publishers", {})
    sources = [
        Source(name=name, url=f"https://{name}.example/rss", publisher=publishers.get(name, name))
        for name in dict.fromkeys(said["from"] for said in articles)
    ]
    with ExitStack() as opened:
        store = opened.enter_context(closing(open_store(path)))
        store.sources.register(sources)
        for number, said in enumerate(articles, 1):
            reading, came = read(number, said, publishers)
            release(Ringer(store, rules, lambda came=came: came))
            ring(reading, Ringer(store, rules, lambda came=came: came))
            if restarts:
                opened.close()
                store = opened.enter_context(closing(open_store(path)))
        release(Ringer(store, rules, lambda: came + LATER))
        return {
            "articles": store.sql.rows("select id, url, story_id, copy_of from articles order by id"),
            "alerts": store.sql.rows("select rule, reason, killed, article_id, created from alerts order by id"),
        }


def outcome(case, articles, found):
    """Return stories, copies and alerts with articles by their number in the case."""
    urls = [read_url(number, said) for number, said in enumerate(articles, 1)]
    rows = {row["url"]: row for row in found["articles"]}
    ids = [row["story_id"] for row in (rows[url] for url in urls)]
    order = list(dict.fromkeys(ids))
    number_of = {row["id"]: urls.index(url) + 1 for url, row in rows.items()}
    came = [(MONDAY + timedelta(minutes=said.get("at", 0))).isoformat(timespec="milliseconds") for said in articles]
    return {
        "stories": [order.index(one) + 1 for one in ids],
        "copies": {
            number_of[row["id"]]: number_of[row["copy_of"]] for row in found["articles"] if row["copy_of"] is not None
        },
        "rings": [
            f"{sum(at <= row['created'] for at in came)}, {row['rule']}: {row['reason']}, {row['killed']}"
            for row in found["alerts"]
        ],
    }


def read_url(number, said):
    return f"https://{said['from'].lower().replace(' ', '')}.example/{said.get('url', number)}"


@pytest.mark.parametrize("restarts", [False, True], ids=["in one run", "with a restart after each article"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_what_a_stream_of_articles_comes_to(case, restarts, tmp_path):
    found = outcome(case, case["articles"], played(case, case["articles"], tmp_path, restarts=restarts))
    assert found == {"stories": case["stories"], "copies": case.get("copies", {}), "rings": case["rings"]}
