"""The texts, read and judged by the real data path, come to what the script says; and a difference is noticed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.delivery import Outcome as Attempt
from alerts.delivery import State
from alerts.rules import RuleSet
from crawler.article import Article, url_key
from crawler.facts import read_facts
from crawler.page import read_page
from crawler.reading import Reading
from scheduler.archive import open_archive
from scheduler.config import load
from scheduler.demo import script as scripts
from scheduler.demo.newsroom import Newsroom, article_page
from scheduler.demo.play import write_config
from scheduler.demo.script import Outcome
from scheduler.demo.verdict import judge
from scheduler.pipeline import Ringer, ring
from scheduler.store import open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCRIPT = scripts.load(NOW)
URLS = {slug: f"http://127.0.0.1:1/{slug}.html" for scene in SCRIPT.scenes for slug in scene.publish}


def read(slug):
    """Return a piece as a worker hands it back after it fetched the page."""
    piece = SCRIPT.pieces[slug]
    outlet = next(outlet for outlet in SCRIPT.outlets if outlet.slug == piece.outlet)
    page = read_page(article_page(piece, outlet, URLS[slug], NOW).encode(), URLS[slug], "text/html; charset=utf-8")
    article = Article(
        url=URLS[slug],
        url_key=url_key(URLS[slug]),
        source=outlet.name,
        publisher=outlet.publisher,
        title=page.title,
        text=page.text,
        published=page.published,
        precision=page.precision,
        lang=page.lang,
        fetched=NOW,
    )
    return Reading(article, read_facts(page.title, page.text, page.lang, page.published))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the configuration after the whole script went through the data path and every message was sent."""
    with Newsroom(SCRIPT.outlets, NOW) as newsroom:
        config = load(write_config(tmp_path_factory.mktemp("demo"), SCRIPT, newsroom), {})
    store = open_store(config.database)
    store.sources.register(config.sources)
    for slug in URLS:
        ring(read(slug), Ringer(store, RuleSet(config.rules), lambda: NOW))
    for delivery in store.outbox.owed(NOW):
        store.outbox.record(Attempt(delivery=delivery.id, state=State.SENT, detail="accepted", at=NOW))
    store.close()
    return config


@pytest.fixture
def verdict_on(shown):
    """Return a function that judges the show by a script."""
    archive = open_archive(shown.database)
    yield lambda script, urls=URLS: judge(archive, script, urls, shown.rules)
    archive.close()


def test_what_the_texts_come_to_is_what_the_script_says(verdict_on):
    verdict = verdict_on(SCRIPT)

    assert verdict.problems == ()
    assert [line.piece for line in verdict.lines if line.fate == "rang"] == [outcome.piece for outcome in SCRIPT.rings]
    assert all(line.expected for line in verdict.lines)


def test_a_quiet_rule_says_which_condition_it_missed(verdict_on):
    why = {(line.piece, line.rule): line.why for line in verdict_on(SCRIPT).lines if line.fate == "quiet"}

    assert why[("syria-mentioned", "Syria")].startswith("misses region: Syria")
    assert why[("anniversary", "Mass casualties")].startswith('misses killed: ">= 100"')


def test_an_alert_that_nobody_expected_is_a_problem(verdict_on):
    script = replace(SCRIPT, rings=SCRIPT.rings[:1])

    assert any("toll rose" in p and "should not have" in p for p in verdict_on(script).problems)


@pytest.mark.parametrize(
    ("field", "outcome", "problem"),
    [
        ("rings", Outcome(rule="Syria", piece="first-report", reason="new"), "did not ring"),
        ("held", Outcome(rule="Syria", piece="grain-port", reason="already told"), "should have been held"),
        ("quiet", Outcome(rule="North Caucasus militancy", piece="first-report"), "should have been quiet"),
    ],
)
def test_something_expected_that_did_not_come_is_a_problem(verdict_on, field, outcome, problem):
    script = replace(SCRIPT, **{field: (*getattr(SCRIPT, field), outcome)})

    assert any(outcome.rule in p and p.endswith(problem) for p in verdict_on(script).problems)


def test_an_alert_that_gives_another_figure_than_the_text_has_is_a_problem(verdict_on):
    script = replace(SCRIPT, rings=(SCRIPT.rings[0], replace(SCRIPT.rings[1], says="killed 5 → 12")))

    assert any(problem.endswith("not “killed 5 → 12”") for problem in verdict_on(script).problems)


def test_the_order_of_the_alerts_matters(verdict_on):
    script = replace(SCRIPT, rings=SCRIPT.rings[::-1])

    assert verdict_on(script).problems == ("the alerts rang in another order, or more than once",)


def test_a_piece_that_was_never_read_is_a_problem(verdict_on):
    urls = URLS | {"grain-port": "http://127.0.0.1:1/elsewhere.html"}

    assert any("never read" in problem for problem in verdict_on(SCRIPT, urls).problems)


def test_an_alert_that_was_not_sent_is_a_problem(shown, tmp_path):
    source = open_archive(shown.database)
    copy = tmp_path / "copy.db"
    source.db.execute("vacuum into ?", [str(copy)])
    source.db.close()
    store = open_store(copy)
    first = store.db.query("select min(id) as id from deliveries")
    store.outbox.record(Attempt(delivery=next(iter(first))["id"], state=State.DEAD, detail="no such address", at=NOW))
    store.close()
    archive = open_archive(copy)

    problems = judge(archive, SCRIPT, URLS, shown.rules).problems

    archive.close()
    assert any("did not reach desk: no such address" in problem for problem in problems)
