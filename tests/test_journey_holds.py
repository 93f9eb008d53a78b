"""An alert that waits for other reports, with the real daemon: whatever ends it, the alert comes, and comes once."""

from __future__ import annotations

import sqlite3

import pytest

from tests.test_journey import configure, daemon, publish, receiver, tocsin, until, wire  # noqa: F401

THEN = "2026-01-01T00:00:00.000+00:00"


@pytest.fixture
def folder(tmp_path, wire, receiver):  # noqa: F811
    configure(tmp_path, wire, receiver)
    config = (tmp_path / "config.yaml").read_text()
    (tmp_path / "config.yaml").write_text(config.replace("notify: hook}", "notify: hook, hold: 1h}"))
    publish(wire, "/a.html")
    return tmp_path


def rows(folder, sql):
    if not (folder / "tocsin.db").exists():
        return []
    db = sqlite3.connect(folder / "tocsin.db")
    try:
        with db:
            return db.execute(sql).fetchall()
    except sqlite3.OperationalError:  # the schema is just being made
        return []
    finally:
        db.close()


def let_an_hour_pass(folder):
    rows(folder, f"update holds set due = '{THEN}'")


def once(folder):
    process = tocsin(folder, "once")
    process.communicate(timeout=50)
    return process.returncode


def test_one_run_holds_what_the_next_one_tells(folder, receiver):  # noqa: F811
    assert (once(folder), receiver.got, len(rows(folder, "select * from holds"))) == (0, [], 1)
    assert (once(folder), receiver.got) == (0, [])

    let_an_hour_pass(folder)

    assert [once(folder), once(folder)] == [0, 0]
    assert len(receiver.got) == 1
    assert rows(folder, "select * from holds") == []


def test_what_was_held_when_the_daemon_was_killed_is_told_at_the_next_start(folder, receiver):  # noqa: F811
    with daemon(folder) as (process, _):
        until(lambda: rows(folder, "select * from holds"))
        process.kill()
        process.wait()
    let_an_hour_pass(folder)

    with daemon(folder):
        until(lambda: receiver.got)

    assert rows(folder, "select reason from decisions order by id") == [("held",), ("new",)]
    assert len(receiver.got) == 1
