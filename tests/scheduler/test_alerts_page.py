"""The page on what becomes of an alert says what is so: its commands run, its rules are read, its words are used."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from alerts.gathering import Kind
from scheduler.config import load

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def test_the_commands_of_the_page_run_one_after_the_other(call):
    commands = [line[2:] for kind, block in BLOCKS if kind == "console" for line in block.splitlines()]

    said = [call(*shlex.split(command)[1:]) for command in commands]

    assert len(said) == 4
    assert "region North Caucasus" in said[2]


def test_the_rules_of_the_page_are_accepted(tmp_path):
    texts = [block for kind, block in BLOCKS if kind == "yaml"]
    found = []
    for text in texts:
        channels = "{desk: 'console://', phone: 'console://', boss: 'console://'}"
        (tmp_path / "config.yaml").write_text(f"channels: {channels}\n{text}")
        found += load(tmp_path / "config.yaml", {}).rules

    night, daily, militancy = found
    assert (night.quiet.timezone, night.limit.number, daily.digest.at.hour) == ("Europe/Berlin", 10, 8)
    assert [step.to for step in militancy.escalate] == [("phone",), ("phone", "boss")]


@pytest.mark.parametrize("kind", Kind)
def test_every_reason_is_explained_by_the_name_that_is_recorded(kind):
    assert f"| `{kind}` |" in PAGE
