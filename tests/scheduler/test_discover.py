"""`tocsin discover`: what is printed loads, what is said is said beside it, and every end has its exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.survey import Found, Survey
from crawler.wire import Unreachable
from scheduler.cli import tocsin
from scheduler.commands.discover import ago, lines, remark_on, report, say_notes, why_not
from scheduler.config import load
from scheduler.config_lines import Line, sources_block
from tests import site

NOW = datetime.now(UTC).replace(microsecond=0)
LINK = '<link rel=alternate type=application/rss+xml href="/rss.xml">'
PAGE = f'<html><head><meta property="og:site_name" content="{{}}">{LINK}</head></html>'


@pytest.fixture
def wire():
    with site.serve() as served:
        yield served


@pytest.fixture
def discover(tmp_path):
    """Call the command in a process of its own, as there is one reactor in each; the first delay is none."""
    (tmp_path / "config.yaml").write_text("contact: desk@example.org\ndelay: 0s\n")

    def start(*args):
        command = [sys.executable, "-m", "scheduler", "discover", *args]
        env = {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONWARNINGS": "ignore"}
        return subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def call(*args):
        process = start(*args)
        printed, said = process.communicate(timeout=60)
        assert "Traceback" not in said
        return process.returncode, printed, said

    call.start = start
    return call


def feed(wire, title, count=30):
    items = [site.Item(f"Report {n}", wire.url(f"/{n}"), NOW - timedelta(hours=2 + n)) for n in range(count)]
    wire.feed("/rss.xml", items, publisher=title)


def sources(folder, printed):
    (folder / "pasted.yaml").write_text(printed)
    return load(folder / "pasted.yaml", {}).sources


def test_what_is_printed_is_a_configuration_that_passes(discover, wire, tmp_path):
    wire.page("/", PAGE.format("The &quot;Wire&quot;: news # all"))
    feed(wire, 'It\'s "the" Wire: #1 🚨')
    wire.page("/robots.txt", f"Sitemap: {wire.url('/gone.xml')}", "text/plain")

    code, printed, said = discover(wire.url("/"), "--private")

    assert code == 0
    (source,) = sources(tmp_path, printed)
    assert (source.name, source.url, source.private) == ('It\'s "the" Wire: #1 🚨', wire.url("/rss.xml"), True)
    assert "# feed, 30 entries, newest 2 hours ago, en\n" in printed
    assert f"{wire.url('/gone.xml')} is no use: HTTP 404 (Not Found)" in said
    assert 'The "Wire": news # all: one source (' in said
    assert "desk@example.org" in wire.asked[0].headers["user-agent"]
    assert "\x1b" not in said


def test_a_private_address_needs_the_users_word(discover, wire):
    code, printed, said = discover(wire.url("/"))

    assert (code, printed) == (1, "")
    assert said.startswith(f"tocsin: {wire.url('/')}: it leads to a private address")
    assert "'tocsin discover --private' looks there" in said
    assert not wire.hits


@pytest.mark.parametrize(
    ("error", "bare", "said"),
    [
        (
            Unreachable("refused", passing=True),
            True,
            "refused; without encryption: 'tocsin discover http://a.example/'",
        ),
        (Unreachable("refused", passing=True), False, "refused"),
        (Unreachable("HTTP 403 (Forbidden)", passing=False), True, "HTTP 403 (Forbidden)"),
    ],
)
def test_a_site_that_is_not_there_says_what_else_to_try(error, bare, said):
    assert why_not(error, "https://a.example/", bare=bare) == said


def test_a_signal_ends_it_with_what_was_found(discover, wire):
    wire.page("/", PAGE.format("Wire"))
    feed(wire, "Wire")
    wire.page("/robots.txt", f"Sitemap: {wire.url('/silent.xml')}", "text/plain")
    wire.on("/silent.xml", site.silent)
    process = discover.start(wire.url("/"), "--private")
    until = time.monotonic() + 30
    while not wire.hits["/silent.xml"] and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert wire.url("/rss.xml") in printed
    assert re.search(r"stopped after \d requests", said)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "url",
    ["", "   ", "ftp://example.org/", "mailto:desk@example.org", "file:///etc/passwd", "https://", "http://[::1",
     "https://exa mple.org/", "javascript:alert(1)", "https://example.org:99999999/", "\x1b[2J", "x" * 5000],
)  # fmt: skip
def test_what_is_no_address_ends_with_2(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(tocsin, ["discover", "--", url])

    assert result.exit_code == 2
    assert "can't be looked at" in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


def test_a_configuration_that_was_named_has_to_be_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(tocsin, ["discover", "example.org", "-c", "none.yaml"]).exit_code == 2


# What is printed


def test_json_says_the_same_to_a_program():
    survey = Survey("Site", (found(newest=NOW, lang="en"), found(title="", kind="page")), False, 7, (("u", "gone"),))

    told = report(survey, True)

    assert json.loads(json.dumps(told)) == told
    assert {key: told[key] for key in ("site", "direct", "requests", "missing", "unseen", "stopped")} == {
        "site": "Site",
        "direct": False,
        "requests": 7,
        "missing": [{"url": "u", "reason": "gone"}],
        "unseen": [],
        "stopped": False,
    }
    assert [one["name"] for one in told["found"]] == ["Wire", "Site"]
    assert told["found"][0] == {
        "name": "Wire",
        "url": "https://example.org/rss",
        "private": True,
        "what": "feed",
        "how": "named by the page",
        "entries": 3,
        "newest": NOW.isoformat(),
        "language": "en",
        "title": "Wire",
        "problem": None,
    }


@pytest.mark.parametrize(
    ("survey", "said"),
    [
        (Survey("", ()), "tocsin: https://example.org/ has no feed, sitemap or section that 0 requests could find; "),
        (Survey("S", (), missing=(("u\x1b[2J", "r"),)), "u [2J is no use: r"),
        (
            Survey("S", (), unseen=("a", "b", "c", "d")),
            "4 more that the site names or links to were not looked at: a, b, c, …",
        ),
        (Survey("", (), asked=3, stopped=True), "stopped after 3 requests"),
    ],
)
def test_what_was_not_found_is_said_beside_it(survey, said, capsys):
    say_notes("https://example.org/", survey)

    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("survey", "said"),
    [
        (lambda: Survey("", (found(),), direct=True), "https://example.org/ is itself a feed"),
        (lambda: Survey("Wire", (found(),), asked=3), "Wire: one source (3 requests)"),
        (
            lambda: Survey("", (found(), found()), asked=9),
            "https://example.org/: 2 sources, the best first, the others",
        ),
    ],
)
def test_what_was_found_is_summed_up_beside_it(survey, said, capsys):
    say_notes("https://example.org/", survey())

    assert capsys.readouterr().err.startswith(said)


def found(url="https://example.org/rss", kind="feed", **more):
    return Found(url=url, kind=kind, **{"how": "named by the page", "entries": 3, "title": "Wire", **more})


@pytest.mark.parametrize(
    "title", ["x" * 5000, 'a "b": c # d', "a\nb\r\n- c: d", "🚨 👩‍🚒", "${HOME}", "\x1b[2J", "", "\u200b"]
)
def test_any_title_of_a_stranger_can_be_pasted(title, tmp_path):
    survey = Survey(title, (found(title=title), found("https://example.org/2", "page", title=title, problem=title)))

    items = lines(survey, False, None, NOW)
    everything = [Line(row=item.row, remark=item.remark) for item in items]

    assert len(sources(tmp_path, sources_block(items))) == 1
    assert [one.kind for one in sources(tmp_path, sources_block(everything))] == [None, "page"]


def test_a_strangers_address_asks_for_no_secret_of_the_users(tmp_path):
    survey = Survey("Wire", (found("https://thief.example/?x=${SMTP_PASSWORD}&y=${file:/etc/passwd}"),))

    (source,) = sources(tmp_path, sources_block(lines(survey, False, None, NOW)))

    assert source.url == "https://thief.example/?x=$%7BSMTP_PASSWORD}&y=$%7Bfile:/etc/passwd}"


def test_the_best_is_a_line_and_the_others_are_comments(tmp_path):
    survey = Survey("Wire", (found(), found("https://example.org/map", "sitemap", news=True, title="")))

    printed = sources_block(lines(survey, False, None, NOW))

    assert [line.strip()[:4] for line in printed.splitlines()] == ["sour", "- {n", "# - "]
    assert "name: Wire (2), " in printed
    assert "kind: sitemap" in printed


def test_what_is_in_the_configuration_is_a_comment_that_says_so(tmp_path):
    (tmp_path / "config.yaml").write_text("sources: [{name: Mine, url: 'https://www.example.org/rss/'}]\n")
    survey = Survey("Wire", (found(), found("https://example.org/other", title="Mine")))

    printed = sources_block(lines(survey, False, load(tmp_path / "config.yaml", {}), NOW))

    assert printed.startswith("sources: []\n  # - {name: Wire, ")
    assert "# already in config.yaml as 'Mine'" in printed
    assert "name: Mine (2)" in printed


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        ({"newest": NOW - timedelta(minutes=12), "lang": "en"}, "feed, 3 entries, newest 12 minutes ago, en"),
        ({"entries": 1}, "feed, 1 entry, without dates"),
        ({"entries": 0}, "feed, no entries"),
        ({"kind": "sitemap", "news": True, "newest": NOW}, "news sitemap, 3 entries, newest just now"),
        ({"kind": "page"}, "page, 3 entries, without dates"),
        ({"kind": "page", "how": "section"}, "section, 3 entries, without dates"),
        ({"problem": "the feed is damaged"}, "feed, 3 entries, without dates; the feed is damaged"),
    ],
)
def test_a_remark_says_what_it_is_how_much_and_how_fresh(more, remark):
    assert remark_on(found(**more), NOW) == remark


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(minutes=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=900), "2 years ago"),
    ],
)
def test_an_age_is_told_as_people_do(age, said):
    assert ago(age) == said
