"""What a person says about stories stands: articles split and merged by hand stay so, and ring nothing."""

from contextlib import closing
from datetime import timedelta

import pytest
from click.testing import CliRunner

from alerts.rules import RuleSet
from crawler.source import Source
from scheduler.cli import tocsin
from scheduler.corrections import CorrectionError
from scheduler.ringing import Ringer, ring
from scheduler.store import open_store
from tests.fakes import NOON, reading

BLAST = (
    "At least five people were killed on Tuesday when a bomb went off at the Gada market in Mubi, Adamawa, the "
    "emergency agency said. Salisu Bako, a trader of 41, told reporters that the stalls "
    "were opening when it happened."
)
AGAIN = (
    "Six people have died after Tuesday's explosion at the Gada market in Mubi in Nigeria's Adamawa state, said Salisu "
    "Bako of the traders' union, who was hurt himself and spoke from his hospital bed."
)
FERRY = "Nine passengers drowned when the ferry Lady Amihan sank off Zamboanga in rough seas, the coast guard said."
SOURCES = [Source(name=name, url=f"https://{name}.example/rss") for name in ("wire", "daily", "post")]


def said(number, source, title, text, **facts):
    return reading(title, text, url=f"https://{source}.example/{number}", source=source, **facts)


def ringer(store, now=NOON):
    return Ringer(store, RuleSet([]), lambda: now)


@pytest.fixture
def path(tmp_path):
    """A database with a story of three articles, the second a copy of the first, and a story of one."""
    path = tmp_path / "t.db"
    with closing(open_store(path)) as store:
        store.sources.register(SOURCES)
        ring(said(1, "wire", "Five killed in market blast in Mubi", BLAST, killed=5), ringer(store))
        ring(said(2, "daily", "Market blast in Nigeria", f"(WIRE) - {BLAST} Read more.", killed=5), ringer(store))
        ring(said(3, "post", "Toll of Mubi market blast rises to six", AGAIN, killed=6), ringer(store))
        ring(said(4, "post", "Ferry sinks off Zamboanga", FERRY, killed=9), ringer(store))
        assert stories(store) == {1: [1, 2, 3], 2: [4]}
    return path


def stories(store):
    found = {}
    for row in store.sql.rows("select id, story_id from articles order by id"):
        found.setdefault(row["story_id"], []).append(row["id"])
    return found


def test_split_articles_are_a_story_of_their_own_and_later_copies_go_with_them(path):
    with closing(open_store(path)) as store:
        own = store.corrections.split(1, [3], NOON)
        assert stories(store) == {1: [1, 2], own: [3], 2: [4]}
        ring(said(5, "daily", "Toll rises in Mubi", f"(POST) - {AGAIN} Read more.", killed=6), ringer(store))
        assert stories(store)[own] == [3, 5]


def test_the_copies_of_a_split_article_go_with_it(path):
    with closing(open_store(path)) as store:
        own = store.corrections.split(1, [1], NOON)
        assert stories(store) == {1: [3], own: [1, 2], 2: [4]}


def test_a_copy_that_is_split_from_its_original_is_a_copy_no_more(path):
    with closing(open_store(path)) as store:
        own = store.corrections.split(1, [2], NOON)
        assert store.story(own).publishers == ("daily",)
        assert store.sql.one("select copy_of from articles where id = 2") == {"copy_of": None}


def test_merged_stories_stay_merged_and_those_that_follow_join_them(path):
    with closing(open_store(path)) as store:
        store.corrections.merge(2, [1], NOON)
        assert stories(store) == {2: [1, 2, 3, 4]}
    with closing(open_store(path)) as store:
        ring(said(5, "daily", "Toll rises in Mubi", f"(POST) - {AGAIN} Read more.", killed=6), ringer(store))
        assert stories(store) == {2: [1, 2, 3, 4, 5]}


def test_merging_back_undoes_a_split(path):
    with closing(open_store(path)) as store:
        own = store.corrections.split(1, [3], NOON)
        store.corrections.merge(1, [own], NOON)
        assert stories(store) == {1: [1, 2, 3], 2: [4]}
        assert [row["kind"] for row in store.corrections.of(1)] == ["split", "merge"]


def test_a_daemon_that_runs_sees_what_was_put_right_beside_it(path):
    with closing(open_store(path)) as daemon, closing(open_store(path)) as by_hand:
        assert len(daemon.story(1).readings) == 3
        own = by_hand.corrections.split(1, [3], NOON)
        ring(said(5, "daily", "Toll rises in Mubi", f"(POST) - {AGAIN} Read more.", killed=6), ringer(daemon))
        assert stories(daemon) == {1: [1, 2], own: [3, 5], 2: [4]}
        assert len(daemon.story(1).readings) == 2


def test_an_article_that_is_being_placed_while_stories_are_put_right_is_placed_again(path):
    with closing(open_store(path)) as daemon, closing(open_store(path)) as by_hand:
        asked = []

        def now():
            if not asked:
                asked.append(by_hand.corrections.split(1, [3], NOON))
            return NOON

        again = said(5, "daily", "Toll rises in Mubi", f"(POST) - {AGAIN} Read more.", killed=6)
        ring(again, Ringer(daemon, RuleSet([]), now))
        assert stories(daemon)[asked[0]] == [3, 5]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda c: c.split(1, [4], NOON), "story 1 has no article 4"),
        (lambda c: c.split(9, [1], NOON), "story 9 has no article 1"),
        (lambda c: c.split(2, [4], NOON), "there is nothing to split it from"),
        (lambda c: c.split(1, [1, 3], NOON), "there is nothing to split it from"),
        (lambda c: c.merge(1, [1], NOON), "story 1 can't be merged with itself"),
        (lambda c: c.merge(1, [7], NOON), "there is no story 7"),
        (lambda c: c.merge(7, [1], NOON), "there is no story 7"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(path, wrong, why):
    with closing(open_store(path)) as store:
        with pytest.raises(CorrectionError, match=why):
            wrong(store.corrections)
        assert stories(store) == {1: [1, 2, 3], 2: [4]}
        assert store.corrections.of(1) == []


def test_a_story_that_was_merged_away_says_where(path):
    with closing(open_store(path)) as store:
        store.corrections.merge(2, [1], NOON + timedelta(hours=1))
        with pytest.raises(CorrectionError, match="story 1 was merged into 2"):
            store.corrections.merge(2, [1], NOON)


@pytest.fixture
def run(path, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("database: t.db\nchannels: {desk: 'console://'}\nsources: []\nrules: []\n")

    def run(*args):
        return CliRunner().invoke(tocsin, ["stories", *args, "-c", str(config)])

    return run


def test_the_list_names_every_story_and_says_what_stands(run):
    shown = run("--days", "36500").output
    assert "Five killed in market blast in" in shown
    assert "Ferry sinks off Zamboanga" in shown


def test_words_pick_stories_and_signs_are_words(run):
    assert "Ferry" in run("--days", "36500", "zamboanga").output
    assert "Five" not in run("--days", "36500", "zamboanga").output
    for odd in ('"', "* AND (", "title:x", "\x00"):
        assert run("--days", "36500", odd).exit_code == 0


def test_a_timeline_tells_how_each_article_was_placed_and_what_it_changed(run):
    shown = run("1").output
    for words in (
        "3 articles, independently by wire, post",
        "[copy of 1]",
        "killed 5 → 6",
        "likeness",
        "publishers 1 → 2",
    ):
        assert words in shown


def test_stories_are_put_right_from_the_command_line(run):
    assert "story 3 now holds what was split from story 1" in run("split", "1", "3").output
    assert "Put right by hand" in run("3").output
    assert "story 1 now holds story 3 too" in run("merge", "1", "3").output
    assert "was merged into story 1" in run("3").output


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("99",), 1, "story 99 is unknown"),
        (("split", "1", "99"), 2, "there is no article '99'"),
        (("split", "2", "4"), 2, "nothing to split it from"),
        (("merge", "1", "1"), 2, "can't be merged with itself"),
        (("split", "x", "4"), 2, "Invalid value"),
        (("split", "1"), 2, "Missing argument"),
    ],
)
def test_a_wrong_request_is_refused_in_plain_words(run, args, code, says):
    result = run(*args)
    assert result.exit_code == code
    assert says in result.output


def test_json_holds_the_whole_timeline(run):
    assert '"rival_score"' in run("1", "--json").output
    assert '"publishers": 2' in run("--json", "--days", "36500").output
