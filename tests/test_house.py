"""The house stays as it was drawn: sizes, documents, and who may know what."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scheduler.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(path for room in ("crawler", "alerts", "scheduler") for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
TOP_LEVEL = {
    "alerts", "crawler", "docs", "scheduler", "tests", "config.yaml", "constraints.txt", "pyproject.toml", "Makefile",
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE.md",
}  # fmt: skip


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=name)
def test_no_file_outgrows_what_a_newcomer_can_read(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_function_outgrows_a_screen(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_module_says_first_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("word", ["sqlite3", "sqlite_utils"])
def test_only_the_store_its_schema_and_the_archive_know_sql(word):
    knowing = {name(path) for path in CODE if re.search(rf"^\s*(import|from) {word}\b", path.read_text(), re.MULTILINE)}

    assert knowing <= {"scheduler/database.py", "scheduler/store.py", "scheduler/migrations.py", "scheduler/archive.py"}


def test_every_command_is_in_the_manual():
    manual = (ROOT / "README.md").read_text()

    assert [command for command in COMMANDS if f"tocsin {command}" not in manual] == []


def test_only_what_belongs_there_stands_at_the_top():
    made = {"build", "dist", "tocsin.egg-info"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - made

    assert {entry for entry in found - TOP_LEVEL if not entry.endswith((".db", ".db-wal", ".db-shm", ".lock"))} == set()
    assert TOP_LEVEL - found == set()


def test_every_lint_exception_in_the_code_gives_its_reason():
    bare = [
        f"{name(path)}:{n}"
        for path in CODE
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# noqa: [A-Z0-9, ]+$", line)
    ]

    assert bare == []
