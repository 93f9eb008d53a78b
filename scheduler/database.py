"""A path -> the SQLite database there, ready and claimed; or why it can't be used, in words a person can act on."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from scheduler.migrations import migrations

BUSY = 5.0  # seconds to wait for another program's write before saying that the database is locked


class StoreError(Exception):
    """The database cannot be used; the text says why, for a person."""


def connect(path: Path) -> Database:
    """Open the database, make it or bring up its schema, and return it. Raises StoreError."""
    with in_plain_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY)
        try:
            return _prepared(Database(connection), path)
        except BaseException:
            connection.close()
            raise


def _prepared(db: Database, path: Path) -> Database:
    newer = {m.name for m in migrations.applied(db)} - {m.name for m in migrations._migrations}
    if newer:
        raise StoreError(
            f"{path} was written by a newer Tocsin (it has {', '.join(sorted(newer))}): install that version, "
            f"or use another file"
        )
    if db.table_names() and "articles" not in db.table_names() and not db.table("_sqlite_migrations").exists():
        raise StoreError(f"{path} is some other program's database: Tocsin needs a file of its own")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise StoreError(f"{path} is read-only: Tocsin must be able to write to it")
    db.enable_wal()
    db.execute("pragma foreign_keys = on")
    db.execute("pragma synchronous = full")  # an alert that was written survives a power cut, for 3 ms a commit
    if migrations.pending(db):
        migrations.apply(db)
    return db


@contextlib.contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what a person can act on."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "locked" in said:
            raise StoreError(f"{path} is locked by another program; close it, or wait until it is done") from error
        if "readonly" in said or "unable to open" in said:
            raise StoreError(f"{path} cannot be written: {said}") from error
        if "not a database" in said or "malformed" in said:
            raise StoreError(f"{path} is damaged or no SQLite database: {said}") from error
        raise StoreError(f"{path}: {said}") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror or error}") from error


@contextlib.contextmanager
def claim(path: Path) -> Iterator[None]:
    """Hold the database for this process: two daemons on one file would ring everything twice. Raises StoreError.

    The lock is the operating system's, so it goes with the process however that ends.
    """
    lock = path.with_name(path.name + ".lock")
    with in_plain_words(lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = open(lock, "a+", encoding="utf8")  # noqa: SIM115  closed below; "with" would close it before the error is made
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read(20).strip() or "unknown"
            raise StoreError(
                f"another Tocsin (process {holder}) is already running on {path}: stop it first"
            ) from error
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def holder(path: Path) -> int | None:
    """Return the process that holds the database (see `claim`), `None` where nobody does. Raises StoreError."""
    lock = path.with_name(path.name + ".lock")
    with in_plain_words(lock):
        try:
            handle = open(lock, encoding="utf8")  # noqa: SIM115  closed below
        except FileNotFoundError:
            return None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            number = handle.read(20).strip()
            return int(number) if number.isdecimal() else None
        return None


class Sql:
    """Plain statements on one database file, its mishaps in plain words.

    The library's own `query` makes a savepoint for each, and its `insert` looks the table up in the schema again: three
    times the statements, which the hot path would feel.
    """

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.path = db, path

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Look; raises StoreError."""
        with in_plain_words(self.path):
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Write all of it or nothing; raises StoreError."""
        with in_plain_words(self.path), self.db.atomic():
            yield

    def rows(self, sql: str, values: Any = ()) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        found = self.db.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def one(self, sql: str, values: Any = ()) -> dict[str, Any] | None:
        """Return the first row of a query."""
        return next(iter(self.rows(sql, values)), None)

    def do(self, sql: str, values: Any = ()) -> None:
        """Run a statement."""
        self.db.execute(sql, values)

    def insert(self, table: str, row: dict[str, Any]) -> int:
        """Insert a row and return its id."""
        self.insert_all(table, [row])
        return int(self.db.execute("select last_insert_rowid()").fetchone()[0])

    def insert_all(self, table: str, found: list[dict[str, Any]], *, or_replace: bool = False) -> None:
        """Insert rows of the same columns."""
        if found:
            columns, marks = ", ".join(f'"{name}"' for name in found[0]), ", ".join("?" * len(found[0]))
            verb = "insert or replace" if or_replace else "insert"
            sql = f"{verb} into {table} ({columns}) values ({marks})"
            self.db.conn.executemany(sql, [list(row.values()) for row in found])
