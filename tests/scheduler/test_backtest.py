"""A backtest tells what the daemon told, what other rules would have, and how rules do against a person's marks."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from alerts.backtest import Rang, Score, Trial, difference, replay, score
from alerts.policy import Reason
from scheduler.archive import open_archive
from scheduler.commands.backtest_words import sparkline
from scheduler.commands.lines import article_of
from scheduler.replay import Replay, tried
from scheduler.replay_lines import Lines
from scheduler.store import open_store
from tests.fakes import NOON
from tests.scheduler.test_story_cases import CASES, MONDAY, played, read, rules_of

LONG_AGO, FOREVER = MONDAY - timedelta(days=1), datetime.max.replace(tzinfo=UTC)
COUNTS = "select rule, reason, killed, injured, story_id, article_id, created from alerts order by created, rule, id"


def replayed(folder, rules, **how):
    with closing(open_archive(folder / "t.db")) as archive:
        trial = Trial(rules)
        tried(Replay(archive, LONG_AGO, **how), [trial], LONG_AGO, FOREVER)
        told = archive.rows(COUNTS, [])
    return trial.rang, told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_the_archive_replayed_by_the_same_rules_rings_what_rang(case, tmp_path):
    played(case, case["articles"], tmp_path, restarts=False)
    rang, told = replayed(tmp_path, rules_of(case, tmp_path))
    assert [(a.rule, str(a.reason), a.story, a.article) for a in sorted(rang, key=lambda a: (a.at, a.rule))] == [
        (row["rule"], row["reason"], row["story_id"], row["article_id"]) for row in told
    ]
    assert rang or not told


ONCE = [case for case in CASES if not any("url" in said for said in case["articles"])]  # a file has an article once


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case["law"].replace(" ", "-"))
def test_a_file_of_the_same_articles_rings_what_rang(case, tmp_path):
    articles = [{name: value for name, value in said.items() if name != "published"} for said in case["articles"]]
    played(case, articles, tmp_path, restarts=False)
    rules = rules_of(case, tmp_path)
    _, told = replayed(tmp_path, rules)
    path, trial = tmp_path / "articles.jsonl", Trial(rules)
    path.write_text(
        "".join(map(line, [read(n, one, case.get("publishers", {}))[0] for n, one in enumerate(articles, 1)]))
    )
    lines = Lines(path, article_of, pytest.fail)
    assert len(list(replay(lines, lines, [trial], lines.own))) == len(articles)
    trial.release(FOREVER, lines)
    assert [(a.rule, str(a.reason), a.article) for a in sorted(trial.rang, key=lambda a: (a.at, a.rule))] == [
        (row["rule"], row["reason"], row["article_id"]) for row in told
    ]


def line(reading):
    """Return an article as a line of a file."""
    article = reading.article
    row = {name: getattr(article, name) for name in ("url", "title", "text", "lang")}
    row |= {"source": article.publisher, "published": article.published.isoformat()}
    return json.dumps(row) + "\n"


@pytest.fixture
def tried_on(call):
    """Return a function that runs a backtest over all that the folder's archive may hold, whatever day it is."""
    return lambda *words, code=0: call("backtest", "--days", "3650", *words, code=code)


def test_what_came_in_quietly_rings_only_where_it_is_asked_for_and_is_counted_else(folder, tried_on):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.sql.do("update articles set quiet = 'part of the backlog'")
    plain, loud = tried_on("--json"), tried_on("--json", "--backlog")
    assert [(rule["alerts"], rule["quiet"]) for rule in plain["rules"]] == [(0, 1), (0, 0)]
    assert [(rule["alerts"], rule["quiet"]) for rule in loud["rules"]] == [(1, 0), (0, 0)]
    assert "Taken in quietly (a source's backlog, old news), so not rung: 1 story for North Caucasus" in tried_on()


def test_a_backtest_writes_nothing(folder, tried_on):
    before = (folder / "tocsin.db").read_bytes()
    assert "North Caucasus" in tried_on()
    assert (folder / "tocsin.db").read_bytes() == before


def test_the_difference_says_for_each_alert_what_the_other_rules_lack(folder, tried_on):
    other = (folder / "config.yaml").read_text().replace(">= 5", ">= 12")
    (folder / "other.yaml").write_text(other)
    now_rings = tried_on("--against", "other.yaml")
    assert "Against other.yaml: 1 more, 0 fewer, 0 the same" in now_rings
    assert "by other.yaml: 11 killed, the rule wants >= 12" in now_rings
    no_longer = tried_on("-c", "other.yaml", "--against", "config.yaml", "--json")
    ((sign, rule, why),) = [(one["sign"], one["rule"], one["why"]) for one in no_longer["difference"]]
    assert (sign, rule, why.partition(" (")[0]) == ("-", "North Caucasus", "11 killed, the rule wants >= 12")


@pytest.mark.parametrize("edit", ["when: {killed: 12}", "{killed: 12}", "{any: [killed: 12]}"])
def test_an_edit_is_tried_without_being_saved(folder, tried_on, edit):
    told = tried_on("--rule", "North Caucasus", "--try", edit)
    assert "Against config.yaml as it is: 0 more, 1 fewer, 0 the same" in told
    assert "now: 11 killed, the rule wants >= 12" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--try", "killed: 3"], "--try edits the rule of --rule"),
        (["--rule", "Nowhere"], "has no rule 'Nowhere'; it has: North Caucasus, Syria"),
        (["--rule", "Syria", "--try", "when: {grop: any}"], "--try: unknown key 'grop' of when, did you mean group?"),
        (["--rule", "Syria", "--try", "{killed: 3, grop: any}"], "--try: unknown key 'grop' of when, did you mean"),
        (["--rule", "Syria", "--try", "{killed: 3, notify: x}"], "--try: unknown key 'notify' of when"),
        (["--rule", "Syria", "--try", "when: [1"], "--try:1:"),
        (["--rule", "Syria", "--try", ""], "this should be keys of a rule"),
        (["--rule", "Syria", "--try", "- да"], "this should be keys of a rule"),
        (["--rule", "Syria", "--try", "name: North Caucasus", "--against", "x.yaml"], "not --against"),
        (["--articles", "nowhere.jsonl"], "nowhere.jsonl can't be read: No such file or directory"),
        (["--articles", "."], "can't be read: Is a directory"),
        (["--against", "nowhere.yaml"], "the file can't be read"),
        (["--days", "0"], "0 is not in the range"),
    ],
)
def test_what_can_not_be_tried_is_said(folder, call, words, said):
    assert said in call("backtest", *words, code=2)


def test_bad_lines_of_a_file_are_told_by_number_and_the_rest_is_tried(folder, tried_on):
    good = json.dumps(
        {"text": "Seven people were killed in Grozny, Chechnya, on Monday, police said.", "published": "2026-11-20"}
    )
    bad = ["[]", "{", '{"text": 3}', '{"id": 1}', "\xff", "[" * 100_000, '{"text": "", "title": null}', "Ж" * 50]
    raw = "\n".join([good, *bad, "", good]).encode("latin1", "replace")
    (folder / "f.jsonl").write_bytes(raw)
    told = tried_on("--articles", "f.jsonl", code=1)
    assert "f.jsonl:2: the line is not a JSON object" in told
    assert "f.jsonl:6: the line is not UTF-8" in told
    assert "7 killed, Grozny" in told


def test_an_empty_archive_and_an_empty_file_say_so(folder, tried_on):
    with closing(open_store(folder / "new.db")):
        pass
    text = (folder / "config.yaml").read_text()
    (folder / "new.yaml").write_text(f"database: new.db\n{text}")
    assert "0 articles in 0 stories" in tried_on("-c", "new.yaml")
    (folder / "f.jsonl").write_bytes(b"")
    assert "0 articles in 0 stories" in tried_on("--articles", "f.jsonl")


@pytest.mark.parametrize(
    ("verdicts", "rang", "expected"),
    [
        ({}, [1, 2], Score(right=0, wrong=0, missed=0)),
        ({1: "right", 2: "wrong", 3: "missed"}, [1, 2], Score(right=1, wrong=1, missed=1)),
        ({1: "right", 2: "wrong", 3: "missed"}, [3], Score(right=1, wrong=0, missed=1)),
        ({1: "right"}, [], Score(right=0, wrong=0, missed=1)),
        ({1: "wrong"}, [1, 1, 1], Score(right=0, wrong=1, missed=0)),
    ],
)
def test_a_rule_is_scored_by_stories_against_the_marks(verdicts, rang, expected):
    marks = {("R", story): verdict for story, verdict in verdicts.items()} | {("other", 1): "wrong"}
    assert score(marks, "R", rang) == expected


def test_precision_and_recall_are_those_of_the_field_and_none_of_nothing():
    found = Score(right=3, wrong=1, missed=2)
    assert (found.precision, found.recall) == (0.75, 0.6)
    assert (Score(right=0, wrong=0, missed=0).precision, Score(right=0, wrong=0, missed=0).recall) == (None, None)


def rang(rule, story, at):
    return Rang(
        rule=rule, reason=Reason.NEW, explanation="", story=story, article=story, at=NOON + timedelta(minutes=at),
        headline="", title="", url="", elsewhere=f"{rule} {story}",
    )  # fmt: skip


def test_alerts_of_one_rule_on_one_story_are_counted_against_each_other():
    ours = [rang("R", 1, 0), rang("R", 1, 9), rang("R", 2, 1), rang("S", 3, 2)]
    theirs = [rang("R", 1, 5), rang("R", 4, 3), rang("S", 3, 2)]
    assert [(one.sign, one.why, one.alert.at.minute) for one in difference(ours, theirs)] == [
        ("+", "R 2", 1),
        ("-", "R 4", 3),
        ("+", "R 1", 9),
    ]
    assert difference(ours, ours) == []


@pytest.mark.parametrize(
    ("numbers", "bars"), [([], ""), ([0, 0], "··"), ([0, 1, 4], "·▂█"), ([7], "█"), ([1] * 60, "█" * 30)]
)
def test_a_sparkline_has_a_bar_for_each_day(numbers, bars):
    assert sparkline(numbers) == bars
