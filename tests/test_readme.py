"""The manual's commands do what it says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.config import load
from tests.scheduler.conftest import folder  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
MANUAL = README + (ROOT / "docs" / "stories.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", MANUAL, re.DOTALL)
COMMANDS = [
    line[2:] for kind, block in BLOCKS if kind == "console" for line in block.splitlines() if line.startswith("$ ")
]
MAKE = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines() if line]


def test_the_manual_has_commands():
    assert len(COMMANDS) > 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_manual_runs(command, folder):  # noqa: F811
    away = "once" in shlex.split(command)  # its sources are not there: it says so, keeps what it has, and ends with 1
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "HOOK_PASSWORD": "s3cr3t/word", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == int(away), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", MAKE)
def test_a_make_command_of_the_manual_exists(command):
    target = command.split()[1]

    assert f"\n{target}:" in (Path(__file__).resolve().parent.parent / "Makefile").read_text()


def test_the_manuals_configuration_is_accepted(tmp_path):
    whole, *additions = [block for kind, block in BLOCKS if kind == "yaml"]
    (tmp_path / "config.yaml").write_text("\n".join([whole, *additions]))

    config = load(tmp_path / "config.yaml", {})

    assert [rule.name for rule in config.rules] == ["North Caucasus militancy", "Any mass-casualty attack, confirmed"]
