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


WIRE = (
    "At least eleven people were killed on Tuesday when a bomb went off at the Gada market in Mubi, in Nigeria's "
    "Adamawa state, the emergency agency said.",
    "Salisu Bako, a trader of 41, said that the blast came as the stalls were opening at 9:20 a.m. and that he "
    "was thrown against a wall. Thirty people were taken to the general hospital.",
    "The market was closed and soldiers searched lorries on the road to Yola. Governor Musa Dogara visited the "
    "wounded and promised to pay for their treatment.",
    "No group has claimed the attack. Mubi was held for some weeks by insurgents several years ago and has been "
    "quiet since the army retook it.",
)
OWN = (
    "A bomb killed eleven traders at the Gada market of Mubi, in the north-east of Nigeria, on Tuesday morning. "
    "Our reporter saw burned stalls and a crater. Salisu Bako, who sells cloth there, wept.",
    "Eleven dead, thirty in hospital: the bomb that went off on Tuesday at the Gada market in Mubi, Adamawa, was "
    "hidden in a sack of onions, a police officer told this newspaper.",
    "Families in Mubi, Nigeria, buried eleven dead on Tuesday evening, hours after the explosion at the Gada "
    "market. Musa Dogara, the governor of Adamawa, attended.",
)


def wired(number):
    """Return the wire's report as the outlet of this number prints it: headlined anew, cut, with furniture or lead."""
    text = "\n\n".join(WIRE[: 2 + number % 3])
    headlines = ("Market blast kills eleven in Nigeria", "Nigeria: bomb at market in Mubi", "Eleven dead in Mubi blast")
    if number % 4 == 1:
        text = f"Subscribe to our newsletter. Share this story.\n\n{text}\n\nRead also: the weather. © Outlet {number}"
    if number % 5 == 2:
        text = f"Shock and grief after an attack in Adamawa, as our desk reports from agencies.\n\n{text}"
    return {"from": f"Outlet {number}", "title": headlines[number % 3], "text": text}


def test_a_burst_of_forty_outlets_rings_once_and_counts_who_reports_for_himself(tmp_path):
    rules = [
        {"name": "Nigeria", "when": {"region": "Nigeria", "killed": ">= 5"}, "tell_again": {"killed": "+5"}},
        {"name": "Four", "when": {"region": "Nigeria", "publishers": ">= 4"}},
    ]
    articles = [wired(number) for number in range(37)]
    for place, text in zip((9, 19, 29), OWN, strict=True):
        articles.insert(place, {"from": f"Own {place}", "title": f"Mubi on Tuesday {place}", "text": text})
    articles = [said | {"at": number} for number, said in enumerate(articles)]
    found = outcome({}, articles, played({"rules": rules}, articles, tmp_path, restarts=False))
    assert found["stories"] == [1] * 40
    assert sorted(found["copies"]) == [n for n in range(2, 41) if n not in (10, 20, 30)]
    assert [ring.split(":")[0] + ring.split(":")[1] for ring in found["rings"]] == [
        "1, Nigeria new, 11",
        "30, Four confirmed, 11",
    ]
