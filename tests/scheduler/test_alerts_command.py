"""Alerts can be looked at and marked, beside a running daemon, and the last word on a rule and a story counts."""

from contextlib import closing

import pytest

from scheduler import marks
from scheduler.archive import open_archive
from scheduler.store import open_store

ALL = ("--days", "36500")


def marked(folder):
    with closing(open_archive(folder / "tocsin.db")) as archive:
        return marks.verdicts(archive)


def test_alerts_are_listed_the_newest_first_and_shown_whole(call):
    assert "North Caucasus" in call("alerts", *ALL)
    (row,) = call("alerts", *ALL, "--json")["alerts"]
    assert (row["id"], row["rule"], row["reason"], row["mark"]) == (1, "North Caucasus", "new", None)
    whole = call("alerts", "1")
    assert "11 killed, Kabardino-Balkaria" in whole
    assert "to desk: owed; not tried yet" in whole
    assert "tocsin why 1" in whole
    assert call("alerts", "1", "--json")["attempts"][0]["channel"] == "desk"
    assert "no alert of the rule 'Syria'" in call("alerts", *ALL, "--rule", "Syria")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("gathered", "to desk: gathered; waits for a digest until "),
        ("muted", "to desk: muted\n"),
        ("digested", "to desk: digested; told in a digest"),
        ("dead", "to desk: dead; not tried yet"),
    ],
)
def test_what_became_of_a_delivery_is_said_in_its_own_words(call, folder, state, said):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.db.execute("update deliveries set state = ?", [state])
    assert said in call("alerts", "1")
    (row,) = call("status", "--json")["deliveries"]
    assert (row["waiting"], row["dead"]) == (int(state == "gathered"), int(state == "dead"))


def test_the_last_mark_of_a_rule_and_a_story_counts(call, folder):
    assert call("alerts", "mark", "1", "wrong", "--because", "a drill").startswith("North Caucasus: story 1 ")
    call("alerts", "mark", "1", "right")
    assert marked(folder) == {("North Caucasus", 1): "right"}
    assert "right" in call("alerts", *ALL)


@pytest.mark.parametrize("what", ["3", "https://other.example/3", "story:2"])
def test_a_story_that_a_rule_missed_is_marked_by_article_address_or_story(call, folder, what):
    call("alerts", "mark", what, "missed", "--rule", "Syria", "--because", "праздник")
    assert marked(folder) == {("Syria", 2): "missed"}
    assert "missed by Syria: story 2 “Праздник в Нальчике” (праздник)" in call("alerts", *ALL)
    assert [row["story_id"] for row in call("alerts", *ALL, "--json")["missed"]] == [2]


def test_a_backtest_reckons_precision_and_recall_from_the_marks(call):
    call("alerts", "mark", "1", "right")
    call("alerts", "mark", "3", "missed", "--rule", "North Caucasus")
    told = call("backtest", "--days", "3650", "--json")
    assert told["rules"][0]["marks"] == {"right": 1, "wrong": 0, "missed": 1, "precision": 1.0, "recall": 0.5}
    assert told["rules"][1]["marks"] is None
    assert "0.50 (1 of 2)" in call("backtest", "--days", "3650")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["2", "right"], "there is no alert '2'"),
        (["9" * 400, "right"], "there is no alert"),
        (["x\x1b[31m", "wrong"], "there is no alert 'x[31m'"),
        (["", "wrong"], "there is no alert ''"),
        (["٣", "wrong"], "there is no alert"),
        (["1", "perhaps"], "'perhaps' is not one of"),
        (["1", "right", "--rule", "Syria"], "alert 1 is one of 'North Caucasus', not of 'Syria'"),
        (["3", "missed"], "say which rule missed it: --rule NAME; there is North Caucasus, Syria"),
        (["3", "missed", "--rule", "R"], "there is no rule 'R'; there is North Caucasus, Syria"),
        (["77", "missed", "--rule", "Syria"], "there is no article or story '77'"),
        (["story:77", "missed", "--rule", "Syria"], "there is no article or story 'story:77'"),
        (["story:" + "9" * 99, "missed", "--rule", "Syria"], "there is no article or story"),
    ],
)
def test_what_can_not_be_marked_is_said_and_nothing_is_kept(call, folder, words, said):
    assert said in call("alerts", "mark", *words, code=2)
    assert marked(folder) == {}


def test_a_mark_follows_its_article_when_stories_are_merged(call, folder):
    call("alerts", "mark", "1", "right")
    call("stories", "merge", "2", "1")
    assert marked(folder) == {("North Caucasus", 2): "right"}


def test_a_huge_note_is_cut_and_kept_on_one_line(call, folder):
    call("alerts", "mark", "1", "wrong", "--because", "line\n" * 10_000)
    (row,) = call("alerts", *ALL, "--json")["alerts"]
    assert len(row["note"]) <= 500
    assert "\n" not in row["note"]
