"""A folder with a configuration and an archive of two stories, and a way to call commands in it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from click.testing import CliRunner

from alerts.rules import RuleSet
from crawler.gazetteer.own import NOTHING, adopt
from scheduler.cli import tocsin
from scheduler.config import load
from scheduler.pipeline import Ringer, ring
from scheduler.store import open_store
from tests.fakes import NALCHIK, WIRE, group, place, reading, ticking
from tests.scheduler.running import BASE, Running

CONFIG = """\
contact: you@example.org
channels:
  desk: console://
  hook: json://user:${HOOK_PASSWORD}@127.0.0.1:9/
sources:
  - {name: Example Wire, url: "http://127.0.0.1:9/wire.xml", publisher: Example Group}
  - {name: Other, url: "http://127.0.0.1:9/other.xml"}
rules:
  - name: North Caucasus
    when: {region: North Caucasus, killed: ">= 5"}
    notify: desk
  - name: Syria
    when: {region: Syria}
    notify: [desk, hook]
"""


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "t.db")
    opened.sources.register([WIRE])
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with config.yaml and tocsin.db: a report that rang, its copy, and one that concerns no rule."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOK_PASSWORD", "s3cr3t/word")
    (tmp_path / "config.yaml").write_text(CONFIG)
    config = load(tmp_path / "config.yaml", {"HOOK_PASSWORD": "s3cr3t/word"})
    store = open_store(config.database)
    store.sources.register(config.sources)
    ringer = Ringer(store, RuleSet(config.rules), ticking())
    text = (
        "Security forces killed eleven militants in Chegem on Sunday, the committee said. Recruits had gone to Syria. "
        * 2
    )
    places = [place("Kabardino-Balkaria", *NALCHIK), place("Syria", "SY", role="mentioned", kind="country")]
    told = {"killed": 11, "places": places, "groups": [group("islamic-state", "Islamic State", denied=True)]}
    ring(reading("Eleven militants killed in Chegem", text, **told), ringer)
    ring(reading("Militants killed", text, url="https://other.example/2", source="Other", **told), ringer)
    ring(
        reading("Праздник в Нальчике", "В Нальчике прошёл праздник.", url="https://other.example/3", source="Other"),
        ringer,
    )
    store.close()
    return tmp_path


@pytest.fixture
def call(folder):
    """Return a function that runs a command line in the folder and returns its result, JSON parsed where asked for."""

    def run(*args, given=None, code=0):
        result = CliRunner().invoke(tocsin, args, input=given)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return json.loads(result.stdout) if "--json" in args else result.output

    return run


@pytest.fixture
def running(tmp_path, caplog):
    caplog.set_level("INFO", "tocsin")
    (tmp_path / "config.yaml").write_text(BASE)
    with closing(open_store(tmp_path / "t.db")) as opened:
        yield Running(tmp_path, opened)
    adopt(NOTHING)
