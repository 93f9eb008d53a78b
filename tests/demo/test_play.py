"""`tocsin demo`, with the real daemon, from the first poll to the verdict."""

import subprocess
import sys
from datetime import UTC, datetime

import click

from scheduler.config import load
from scheduler.demo import script as scripts
from scheduler.demo.backstage import Daemon
from scheduler.demo.newsroom import Newsroom
from scheduler.demo.play import Show, write_config
from scheduler.demo.stage import Stage

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_demonstration_ends_by_itself_with_the_expected_alerts_and_no_other():
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", "demo"], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("North Caucasus militancy: new\n") == 2  # in the alert and in the table
    assert "Death toll in Nalchik operation rises to eleven" in done.stdout
    assert done.stdout.rstrip().endswith("as it should be.")
    assert "Traceback" not in done.stderr


def test_a_daemon_that_cannot_run_fails_the_demonstration_at_once(tmp_path):
    script, written = scripts.load(NOON), []
    with Newsroom(script.outlets, NOON) as newsroom:
        path = write_config(tmp_path, script, newsroom)
        show = Show(script, newsroom, Stage(lambda text: written.append(click.unstyle(text))), load(path, {}))
        path.write_text("rules: [\n")
        with Daemon(path) as daemon:
            problems = show.run(daemon)

        assert show.finish(problems) == 1
    assert "the daemon has ended" in " ".join(written)
    assert "config.yaml:" in " ".join(written)


def test_a_daemon_that_does_not_get_on_fails_the_demonstration_in_time(tmp_path):
    script, written = scripts.load(NOON), []
    with Newsroom(script.outlets, NOON) as newsroom:
        path = write_config(tmp_path, script, newsroom)
        config = load(path, {})
        path.write_text(path.read_text().replace("every: 1s", "every: 1h"))
        show = Show(script, newsroom, Stage(lambda text: written.append(click.unstyle(text))), config, limit=1.0)
        with Daemon(path) as daemon:
            problems = show.run(daemon)

        assert show.finish(problems) == 1
    assert [problem.startswith("after 1 seconds the daemon did not") for problem in problems] == [True]
    assert "Not as it should be: after 1 seconds" in " ".join(written)
