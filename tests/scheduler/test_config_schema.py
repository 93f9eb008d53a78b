"""The JSON Schema takes every configuration that Tocsin takes, and refuses mistakes of form."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from scheduler.cli import tocsin
from scheduler.config_schema import schema
from scheduler.config_yaml import read

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "config"
FOLDERS = sorted(path.parent for path in CASES.glob("*/config.yaml"))
GOOD = [ROOT / "config.yaml", *sorted((CASES / "good").glob("*.yaml"))]

# What a schema can't know: what names refer to, and which conditions hold together.
OF_MEANING = (
    "unknown region", "unknown armed group", "unknown channel", "unknown source", "unknown definition", "can never",
    "its own fallback", "in a circle",
    "uses itself", "with its definitions", "no rule tells", "no file fits", "in the environment", "secret file",
    "is no country", "bundled", "holds nothing", "already a name of", "'links' picks", "'javascript' renders",
)  # fmt: skip
# What it may know by its form, or not.
OF_EITHER = (
    "unknown timezone", "is already", "'${", "Apprise can't read", "RE2", "English letters", "matches even",
    "regular expression", "the first word", "the last word", "leave the *", "letter or digit", "letters nor digits",
    "has no cue", "is too short", "'spider' says", "armed group has no", "CSS selector", "invisible character",
    "at most 1d", "at least 1s", "a limit counts", "no rise", "whole day", "hours of the day", "hourly or daily",
    "in this address", "begins with http", "'url'", "no such home",
)  # fmt: skip


def problems(document, *, included=False):
    """Return what the schema says of a document as it is read."""
    return list(jsonschema.Draft202012Validator(schema(included=included)).iter_errors(document.data))


def test_the_schema_is_one():
    for included in (False, True):
        jsonschema.Draft202012Validator.check_schema(schema(included=included))


def test_the_schema_in_the_documents_is_what_the_grammar_says():
    assert json.loads((ROOT / "docs" / "config.schema.json").read_text()) == schema()


def test_the_command_prints_the_schema_wherever_it_is_installed():
    printed = CliRunner().invoke(tocsin, ["schema"])
    for_included = CliRunner().invoke(tocsin, ["schema", "--included"])

    assert printed.stdout == (ROOT / "docs" / "config.schema.json").read_text()
    assert json.loads(for_included.stdout) == schema(included=True)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_sound_configuration_fits_the_schema(path):
    assert problems(read(path.read_bytes())) == []


def cases():
    for path in sorted(CASES.glob("*.yaml")):
        document = read(path.read_bytes())
        if document.data is not None and not document.faults:
            yield pytest.param(path, document, id=path.stem)


@pytest.mark.parametrize(("path", "document"), list(cases()))
def test_a_mistake_of_form_is_refused_and_one_of_meaning_is_not(path, document):
    told = path.with_suffix(".txt").read_text().splitlines()
    of_form = [line for line in told if not any(words in line for words in OF_MEANING + OF_EITHER)]

    found = problems(document)

    assert found or not of_form
    if all(any(words in line for words in OF_MEANING) for line in told):
        assert [one.message for one in found] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_included_files_have_a_schema_of_their_own(folder):
    told = (CASES / f"{folder.name}.txt").read_text().splitlines() if folder.name != "good" else []
    for path in sorted((folder / "rules").glob("*.yaml")):
        document = read(path.read_bytes())
        of_form = [
            line
            for line in told
            if path.name + ":" in line and not any(words in line for words in OF_MEANING + OF_EITHER)
        ]
        if document.data is not None:
            assert bool(problems(document, included=True)) == bool(of_form)


def test_the_starter_names_the_schema_to_editors():
    first = (ROOT / "config.yaml").read_text().splitlines()[0]

    assert first == "# yaml-language-server: $schema=docs/config.schema.json"


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("rules: [{name: A, when: {killed: 5}, notify: a}]", False),
        ("rules: [{name: A, when: {killed: [5, '< 3']}, notify: [a, b]}]", False),
        ("rules: [{name: A, when: {killed: many}, notify: a}]", True),
        ("rules: [{name: A, when: {killed: []}, notify: a}]", True),
        ("rules: [{name: A, when: {any: []}, notify: a}]", True),
        ("rules: [{name: A, when: {not: {text: [[a]]}}, notify: a}]", True),
        ("rules: [{name: A, when: {of: civilians}, notify: a}]", True),
        ("rules: [{name: A, when: {killed: 5}, notify: a, hold: 2 minutes}]", True),
        ("rules: [{name: A, when: {killed: 5}, notify: a, digest: hourly, limit: 5/30m}]", False),
        ("channels: {a: 'console://', b: {url: 'console://', limit: 5/h}}", False),
        ("channels: {a: console}", True),
        ("sources: [https://example.org/rss, {url: '${FEED}', every: 5m}]", False),
        ("groups: [{name: A, aliases: {ru: [А, Б], en: C}}]", False),
        ("include: rules/*.yaml", False),
        ("colour: blue", True),
        ("[]", True),
    ],
)
def test_the_schema_knows_each_way_to_write_a_value(text, is_refused):
    assert bool(problems(read(text.encode()))) is is_refused
