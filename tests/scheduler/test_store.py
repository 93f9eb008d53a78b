"""The database: everything one article causes is there whole, or not at all."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils import Database

from alerts.delivery import Outcome, State
from alerts.message import Alert, Message
from alerts.placing import Placing
from alerts.policy import Decision, Reason
from crawler.source import Bookmark, Source, Validators
from scheduler.archive import open_archive
from scheduler.database import StoreError, claim
from scheduler.store import TRIES, Earlier, open_store
from tests.fakes import NALCHIK, NOON, WIRE, group, place, reading

OPENS = Placing(story=None, copy_of=None, score=0.0, why="a new story")


def full():
    return reading(
        killed=11,
        injured=0,
        places=[place("Kabardino-Balkaria", *NALCHIK)],
        groups=[group("iskp", "Islamic State – Khorasan Province", "islamic-state", denied=True)],
        publisher="Example Group",
    )


def found_in(path, words, limit):
    with closing(open_archive(path)) as archive:
        return archive.search(words, limit)


def ruling(*channels, rule="Militancy"):
    alert = Alert(
        rule=rule,
        reason=Reason.NEW,
        killed=11,
        injured=None,
        message=Message("11 killed", "…", "warning"),
        notify=channels,
    )
    return Decision(rule=rule, reason=Reason.NEW, explanation="first"), alert


def test_a_reading_comes_back_as_it_was_kept(store):
    store.keep(full(), OPENS, [], NOON)

    assert store.story(1).readings == (full(),)


def test_an_article_its_facts_its_alert_and_what_is_owed_are_written_together_or_not_at_all(store):
    broken = Alert(
        rule="Militancy",
        reason=Reason.NEW,
        killed=1,
        injured=None,
        message=Message(None, None, "info"),
        notify=("desk",),
    )  # type: ignore[arg-type]

    with pytest.raises(StoreError):
        store.keep(full(), OPENS, [(Decision(rule="Militancy", reason=Reason.NEW, explanation=""), broken)], NOON)

    assert {
        t: store.db.table(t).count for t in ("articles", "facts", "stories", "alerts", "deliveries")
    } == dict.fromkeys(("articles", "facts", "stories", "alerts", "deliveries"), 0)
    assert not store.sources.knows("https://wire.example/1")


def test_an_alert_owes_one_delivery_to_each_channel_until_it_is_recorded(store):
    store.keep(full(), OPENS, [ruling("desk", "phone")], NOON)
    first, second = store.outbox.owed(NOON)

    store.outbox.record(Outcome(delivery=first.id, state=State.SENT, detail="accepted", at=NOON))
    later = NOON + timedelta(minutes=1)
    store.outbox.record(Outcome(delivery=second.id, state=State.OWED, detail="HTTP 500", at=NOON, due=later))

    assert (first.channel, second.channel, first.message.title) == ("desk", "phone", "11 killed")
    assert first.key != second.key
    assert store.outbox.owed(NOON) == []
    assert [(d.id, d.attempts, d.key) for d in store.outbox.owed(later)] == [(second.id, 1, second.key)]


def test_what_was_told_of_a_story_is_its_last_alert_by_rule(store):
    store.keep(full(), OPENS, [ruling("desk")], NOON)

    told = store.told(store.story(1))

    assert (told["Militancy"].killed, told["Militancy"].injured, told["Militancy"].at) == (11, None, NOON)


def test_an_article_kept_again_replaces_itself_and_its_facts(store):
    store.keep(full(), OPENS, [], NOON)
    own = store.earlier(full().article).story.id

    store.keep(reading("Corrected", killed=12), Placing(story=own, copy_of=None, score=1, why="read again"), [], NOON)

    kept = store.story(1).readings
    assert [(r.article.title, r.facts.toll.killed.low, r.facts.places) for r in kept] == [("Corrected", 12, ())]
    assert [row["title"] for row in found_in(store.sql.path, "corrected", 5)] == ["Corrected"]


def test_what_an_edited_article_said_before_is_kept_as_a_revision_and_who_brought_it_first_stays(store):
    store.sources.register([Source(name="Other", url="https://other.example/rss")])
    store.keep(full(), OPENS, [], NOON, "part of the backlog")
    earlier = store.earlier(full().article)
    edited = reading("Twelve killed", "Twelve were killed.", source="Other", killed=12)
    placing = Placing(story=earlier.story.id, copy_of=None, score=1, why="read again")

    store.keep(edited, placing, [], NOON + timedelta(hours=1), earlier.quiet)

    (before,) = store.sql.rows("select * from revisions")
    assert (before["title"], before["replaced"][:16]) == (full().article.title, "2026-11-22T13:00")
    assert json.loads(before["facts"])["killed"] == 11
    (kept,) = store.story(1).readings
    assert (kept.article.title, kept.article.source, kept.article.fetched) == ("Twelve killed", "Example Wire", NOON)
    assert store.earlier(edited.article) == Earlier(
        story=earlier.story, same=True, failed=False, quiet="part of the backlog"
    )


def test_the_very_same_words_under_another_address_are_found_however_old(store):
    words = "Security forces killed eleven militants in an operation near Nalchik. " * 5
    store.keep(reading("Eleven killed!", words), OPENS, [], NOON - timedelta(days=300))

    twin = store.twin(reading("eleven  KILLED", words.upper(), url="https://wire.example/new").article)

    assert (twin.url_key, twin.story_id, twin.fetched) == ("https://wire.example/1", 1, NOON)
    assert store.twin(reading("Twelve killed", words).article) is None
    assert store.twin(reading("Live", "Short.").article) is None


def test_a_page_that_failed_for_the_moment_is_unknown_until_it_was_tried_often_enough(store):
    store.sources.turn_page(WIRE, Bookmark(etag='"1"'), NOON)
    failed, known = reading(error="timed out", retry=True), []
    for _ in range(TRIES):
        earlier = store.earlier(failed.article)
        own = earlier.story.id if earlier else None
        store.keep(failed, Placing(story=own, copy_of=None, score=0, why=""), [], NOON)
        known.append((store.sources.knows(failed.article.url_key), store.sources.bookmark(WIRE).etag))

    assert known == [(False, None)] * (TRIES - 1) + [(True, '"1"')]


def test_a_bookmark_comes_back_as_it_was_kept(store):
    mark = Bookmark(
        etag='W/"ü"',
        last_modified="x",
        body_hash="h",
        next_poll=NOON,
        last_poll=NOON,
        last_success=NOON,
        last_new=NOON,
        failures=2,
        failing_since=NOON,
        error="HTTP 500",
        kind="sitemap",
        parts=(("https://wire.example/news.xml", Validators(etag='"2"', body_hash="h")),),
        caught_up=True,
        interval=timedelta(minutes=7, milliseconds=500),
        gap=timedelta(hours=3),
        ttl=timedelta(hours=1),
        rhythm=(1.5, 0.0, 1763812800.125),
    )
    store.sources.turn_page(WIRE, mark, NOON)
    store.sources.register([WIRE])

    assert store.sources.bookmark(WIRE) == mark


def test_a_source_with_a_new_address_starts_with_no_bookmark(store):
    store.sources.turn_page(WIRE, Bookmark(etag='"1"', failures=3, caught_up=True), NOON)
    store.sources.register([Source(name="Example Wire", url="https://wire.example/new.xml")])

    assert store.sources.bookmark(WIRE) == Bookmark()


def test_a_report_is_placed_by_what_was_kept_in_the_window_and_after_a_restart_too(tmp_path):
    path = tmp_path / "t.db"
    with closing(open_store(path)) as store:
        store.sources.register([WIRE])
        store.keep(full(), OPENS, [], NOON)
    like, unlike = reading(url="https://b.example/2"), reading("Budget", "Parliament votes.", url="https://b.example/3")
    with closing(open_store(path)) as store:
        assert store.place(like, NOON).story == 1
        assert store.place(unlike, NOON).story is None
        assert store.place(like, NOON + timedelta(days=15)).story is None
        assert store.place(reading("", '"(* AND ﷽ \x00'), NOON).story is None


def test_a_sketch_that_another_version_kept_is_made_anew(tmp_path):
    path = tmp_path / "t.db"
    with closing(open_store(path)) as store:
        store.sources.register([WIRE])
        store.keep(full(), OPENS, [], NOON)
        with store.sql.writing():
            store.sql.do("update articles set sketch = ?", [b"\xff of another time"])
    with closing(open_store(path)) as store:
        assert store.place(reading(url="https://b.example/2"), NOON).story == 1


@pytest.mark.parametrize(
    "words",
    ['"', "* * *", "a AND OR NOT", "title:x", 'ne"ar(', "боевик*", "", "x" * 5000, "\x00", '"killed in Nalchik"'],
)
def test_any_words_can_be_searched(store, words):
    store.keep(full(), OPENS, [], NOON)

    assert len(found_in(store.sql.path, words, 5)) <= 1


@pytest.mark.parametrize(
    ("words", "found"),
    [("nalchik", 1), ("Nalch*", 1), ('"in an operation"', 1), ("nalchik grozny", 0), ('"operation an in"', 0)],
)
def test_a_search_finds_every_word_prefix_and_phrase(store, words, found):
    store.keep(full(), OPENS, [], NOON)

    assert len(found_in(store.sql.path, words, 5)) == found


def test_the_file_opens_with_readable_views(store):
    store.keep(full(), OPENS, [ruling("desk")], NOON)

    db = Database(store.sql.path)
    latest, alert = next(db.query("select * from latest_articles")), next(db.query("select * from alert_log"))
    story, health = next(db.query("select * from story_list")), next(db.query("select * from source_health"))
    db.close()
    assert (latest["publisher"], latest["killed"], latest["happened_in"]) == ("Example Group", 11, "Kabardino-Balkaria")
    assert (alert["rule"], alert["deliveries"]) == ("Militancy", "desk owed")
    assert (story["articles"], story["killed"], story["alerts"], health["name"]) == (1, 11, 1, "Example Wire")


def test_every_reference_is_enforced(store):
    with pytest.raises(sqlite3.IntegrityError):
        store.db.table("deliveries").insert({"alert_id": 99, "channel": "desk", "state": "owed", "key": "k"})


def test_a_database_of_a_newer_tocsin_is_refused_and_left_alone(store):
    store.db.table("_sqlite_migrations").insert(
        {"migration_set": "tocsin", "name": "m999_future", "applied_at": "2030"}
    )

    with pytest.raises(StoreError, match=r"newer Tocsin.*m999_future"):
        open_store(store.sql.path)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("my notes, not a database, and long enough to be looked at " * 20)

    with pytest.raises(StoreError, match="no SQLite database"):
        open_store(path)
    assert path.read_text().startswith("my notes")


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    db = Database(tmp_path / "other.db")
    db.table("people").insert({"name": "Ann"})
    db.close()

    with pytest.raises(StoreError, match="other program's database"):
        open_store(tmp_path / "other.db")


def test_a_read_only_database_says_so(store):
    store.db.execute("pragma query_only = on")
    with pytest.raises(StoreError, match="cannot be written"):
        store.keep(full(), OPENS, [], NOON)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only file")
def test_a_read_only_file_says_so(store):
    store.sql.path.chmod(0o444)

    with pytest.raises(StoreError, match="read-only"):
        open_store(store.sql.path)


def test_a_locked_database_says_so_and_loses_nothing(store, monkeypatch):
    store.db.execute("pragma busy_timeout = 10")
    other = sqlite3.connect(store.sql.path)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="locked by another program"):
        store.keep(full(), OPENS, [ruling("desk")], NOON)
    other.rollback()
    other.close()

    store.keep(full(), OPENS, [ruling("desk")], NOON)
    assert len(store.outbox.owed(NOON)) == 1


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be used"):
        open_store(tmp_path / "file" / "t.db")


def test_a_second_process_cannot_claim_the_same_database_and_learns_who_has_it(tmp_path):
    code = (
        "import sys, pathlib; from scheduler.database import claim\n"
        "with claim(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path / "t.db"], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=f"process {other.pid}"), claim(tmp_path / "t.db"):
            pass
        other.kill()

    with claim(tmp_path / "t.db"):
        pass  # a killed process holds nothing


def test_a_database_that_is_not_there_yet_says_how_to_make_it(tmp_path):
    with pytest.raises(StoreError, match="tocsin run"):
        open_archive(tmp_path / "none.db")
