"""The daemon backstage is the real one, heard line by line and never left behind."""

import os

from scheduler.demo.backstage import Daemon

CONFIG = """\
channels: {desk: "console://"}
sources: ["http://127.0.0.1:9/feed.xml"]
rules: [{name: Syria, when: {region: Syria}, notify: desk}]
"""


def lines_until(daemon, wanted):
    """Return the daemon's lines up to the first that is wanted; fails when it says nothing for a minute."""
    heard = []
    while not heard or not wanted(heard[-1]):
        line = daemon.line(60.0)
        assert line is not None, f"nothing came after {heard}"
        heard.append(line)
    return heard


def test_the_daemon_is_heard_and_stops_cleanly_when_asked(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)

    with Daemon(tmp_path / "config.yaml") as daemon:
        heard = lines_until(daemon, lambda line: line.event == "poll")
        pid = daemon._process.pid
        assert daemon.running
        assert daemon.stop() == 0

    assert "start" in [line.event for line in heard]
    assert heard[-1].fields["error"]
    assert heard[-1].at is not None
    assert not daemon.running
    assert not os.path.exists(f"/proc/{pid}/fd")


def test_a_daemon_that_cannot_start_says_why_and_is_known_to_be_gone(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG.replace("region: Syria", "region: Nowhereland"))

    with Daemon(tmp_path / "config.yaml") as daemon:
        heard = lines_until(daemon, lambda line: "1 problem" in line.text)
        daemon._process.wait(60.0)
        code = daemon.stop()

    assert code == 2
    assert not daemon.running
    assert heard[0].event == "error"
    assert "Nowhereland" in heard[0].text
