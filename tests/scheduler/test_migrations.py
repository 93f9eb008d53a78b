"""An archive that an older Tocsin wrote is brought up to date with everything in it."""

from sqlite_utils import Database

from crawler.source import Bookmark
from scheduler.migrations import migrations
from scheduler.store import open_store
from tests.fakes import NOON, WIRE

THEN = "2026-11-22T12:00:00.000+00:00"


def older(path, step):
    db = Database(path)
    migrations.apply(db, stop_before=step)
    rows = {
        "sources": {"id": 1, "name": WIRE.name, "url": WIRE.url, "publisher": "P", "failures": 0},
        "stories": {"id": 1, "title": "T", "opened": THEN, "changed": "x"},
        "articles": {
            "id": 1, "url": "https://wire.example/1", "url_key": "https://wire.example/1",
            "source_id": 1, "story_id": 1,
            "title": "T", "text": "Text.", "fetched": THEN, "retry": 0, "placed": "",
        },
        "alerts": {
            "id": 1, "rule": "R", "story_id": 1, "article_id": 1, "reason": "new", "severity": "warning",
            "title": "11 killed",
            "body": "…", "created": THEN,
        },
        "deliveries": {
            "id": 1, "alert_id": 1, "channel": "desk", "state": "owed", "key": "k", "attempts": 2, "due": THEN,
        },
        "attempts": {"id": 1, "delivery_id": 1, "at": "x", "outcome": "owed", "detail": "HTTP 500"},
    }  # fmt: skip
    for table, row in rows.items():
        db.table(table).insert(row)
    db.execute("update sources set last_success = ?", [THEN])
    db.conn.commit()
    db.close()


def test_what_was_owed_before_the_update_is_owed_after_it_and_no_source_has_its_backlog_again(tmp_path):
    older(tmp_path / "t.db", "m005_sources_in_earnest")

    store = open_store(tmp_path / "t.db")

    (owed,) = store.outbox.owed(NOON)
    assert (owed.channel, owed.attempts, owed.key, owed.message.title) == ("desk", 2, "k", "11 killed")
    assert store.sources.bookmark(WIRE) == Bookmark(caught_up=True, last_success=NOON)
    assert store.sql.one("pragma integrity_check") == {"integrity_check": "ok"}
    assert store.sql.rows("pragma foreign_key_check") == []
    assert store.sql.rows("select detail from attempts") == [{"detail": "HTTP 500"}]
    store.close()


def test_an_archive_of_before_stories_were_indexed_keeps_its_articles_and_waits_for_nothing(tmp_path):
    older(tmp_path / "t.db", "m006_stories")

    store = open_store(tmp_path / "t.db")

    row = store.sql.one("select sketch, score, rival_story, rival_score, story_id from articles")
    assert row == {"sketch": None, "score": None, "rival_story": None, "rival_score": None, "story_id": 1}
    assert store.sql.rows("select kind from stories") == [{"kind": None}]
    assert store.sql.rows("select * from holds") == store.sql.rows("select * from corrections") == []
    assert store.sql.rows("pragma foreign_key_check") == []
    store.close()
