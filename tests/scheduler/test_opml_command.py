"""`tocsin opml import` and `export`: lists of feeds in and out, with nothing lost in silence and no secret out."""

from __future__ import annotations

import os
import re

import pytest
from click.testing import CliRunner
from lxml import etree

from scheduler.cli import tocsin
from scheduler.commands.opml import without_secrets
from scheduler.config import load

LIST = """\
<opml version="2.0"><body>
<outline text="News"><outline text="Wire: all # of it" xmlUrl="https://a.example/rss"/>
<outline text="Wire: all # of it" xmlUrl="https://b.example/rss"/></outline>
<outline xmlUrl="https://c.example/news/rss?x=1"/>
</body></opml>
"""


@pytest.fixture
def opml(tmp_path, monkeypatch):
    """Call `tocsin opml` in an empty folder; return exit code, what it printed and what it said on the side."""
    monkeypatch.chdir(tmp_path)

    def call(*args, given=None):
        result = CliRunner().invoke(tocsin, ["opml", *args], input=given)
        assert "Traceback" not in result.output
        return result.exit_code, result.stdout, result.stderr

    return call


def outline(text):
    return f'<opml version="2.0"><body>\n{text}\n</body></opml>'


def sources(folder, printed, environ=None):
    (folder / "pasted.yaml").write_text(printed)
    return load(folder / "pasted.yaml", environ or {}).sources


def test_a_list_becomes_sources_to_paste(opml, tmp_path):
    (tmp_path / "feeds.opml").write_text(LIST)

    code, printed, said = opml("import", "feeds.opml")

    assert (code, said) == (0, "3 sources to paste, nothing left out\n")
    assert [(one.name, one.url) for one in sources(tmp_path, printed)] == [
        ("Wire: all # of it", "https://a.example/rss"),
        ("Wire: all # of it (2)", "https://b.example/rss"),
        ("c.example/news/rss", "https://c.example/news/rss?x=1"),
    ]
    assert [line.strip() for line in printed.splitlines() if line.strip().startswith("#")] == [
        "# News",
        "# in no folder",
    ]


def test_a_list_can_come_from_standard_input(opml, tmp_path):
    code, printed, _ = opml("import", "-", given=LIST)

    assert code == 0
    assert len(sources(tmp_path, printed)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "<outline text='A' xmlUrl='ftp://a.example/rss'/>",
            "'A' can't be a source: a source is an address that begins",
        ),
        (
            "<outline text='A' xmlUrl='javascript:alert(1)'/>",
            "'A' can't be a source: a source is an address that begins",
        ),
        (
            "<outline text='A' xmlUrl='file:///etc/passwd'/>",
            "'A' can't be a source: a source is an address that begins",
        ),
        ("<outline text='A' xmlUrl='https://a.example/a b'/>", "'A' can't be a source: there is a space"),
        (
            f"<outline text='A' xmlUrl='https://a.example/{'x' * 3000}'/>",
            "'A' can't be a source: this address is longer",
        ),
        ("<outline text='A' xmlUrl='https://a.example:99999999/'/>", "'A' can't be a source"),
        ("<outline text='A' htmlUrl='https://a.example/'/>", "'A' has no feed, only a page (https://a.example/)"),
        ("<outline text='A&#27;[2J&#10;x'/>", "has no address"),
        (
            "<outline xmlns:t='urn:tocsin:source' text='A' xmlUrl='https://a.example/' t:kind='fed'/>",
            "did you mean feed?",
        ),
        (
            "<outline xmlns:t='urn:tocsin:source' text='A' t:spider='os.system()'/>",
            "the dotted path of a Scrapy spider",
        ),
    ],
)
def test_what_is_no_source_is_told_with_its_line(opml, tmp_path, text, said):
    code, printed, told = opml("import", "-", given=outline(text + "<outline text='B' xmlUrl='https://b.example/'/>"))

    assert code == 1
    first, last = told.splitlines()
    assert first.startswith("-:2: ")
    assert said in first
    assert first.isprintable()
    assert last == "1 source to paste, 1 left out"
    assert [one.name for one in sources(tmp_path, printed)] == ["B"]


def test_an_address_that_stands_twice_is_told_and_taken_once(opml, tmp_path):
    text = "<outline text='A' xmlUrl='https://a.example/rss'/><outline text='B' xmlUrl='http://a.example/rss/'/>"
    code, printed, said = opml("import", "-", given=outline(text))

    assert (code, said.splitlines()[0]) == (0, "-:2: 'B' is the one of line 2 once more")
    assert [one.name for one in sources(tmp_path, printed)] == ["A"]


def test_an_address_that_asks_for_a_secret_is_printed_as_a_comment(opml, tmp_path):
    text = "<outline text='A' xmlUrl='https://thief.example/?x=${SMTP_PASSWORD}'/>"
    code, printed, said = opml("import", "-", given=outline(text))

    assert code == 1
    assert "'A' asks for a secret of yours" in said
    assert "# - {name: A, " in printed
    assert sources(tmp_path, printed, {"SMTP_PASSWORD": "hunter22"}) == ()


def test_what_a_list_may_ask_for_is_remarked_on(opml):
    text = (
        "<outline xmlns:t='urn:tocsin:source' text='A' xmlUrl='https://a.example/' t:private='true'/>"
        "<outline xmlns:t='urn:tocsin:source' text='B' t:spider='theirs.Spider'/>"
    )
    _, printed, _ = opml("import", "-", given=outline(text))

    assert "private: true}  # may reach private networks\n" in printed
    assert re.search(r"spider: theirs.Spider} +# runs this class\n", printed)


def test_what_is_in_the_configuration_already_becomes_a_comment(opml, tmp_path):
    (tmp_path / "config.yaml").write_text(
        "sources:\n  - {name: Wire, url: 'https://a.example/rss/'}\n  - https://d.example/\n"
    )

    code, printed, said = opml("import", "-", given=LIST.replace("Wire: all # of it", "Wire"))

    assert (code, said) == (0, "2 sources to paste, 1 already in config.yaml, nothing left out\n")
    assert '  # - {name: Wire, url: "https://a.example/rss"}' in printed
    whole = (tmp_path / "config.yaml").read_text() + printed.removeprefix("sources:\n")
    assert [one.name for one in sources(tmp_path, whole)] == ["Wire", "d.example", "Wire (2)", "c.example/news/rss"]


def test_a_configuration_with_problems_is_gone_without(opml, tmp_path):
    (tmp_path / "config.yaml").write_text("sorces: []\n")

    code, printed, said = opml("import", "-", given=LIST)

    assert code == 0
    assert "config.yaml has 1 problem ('tocsin check'): it is not used here" in said
    assert len(sources(tmp_path, printed)) == 3


def test_a_configuration_that_was_named_has_to_be_right(opml):
    assert opml("import", "-", "-c", "none.yaml", given=LIST)[0] == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "it is empty"),
        ("<rss/>", "it is a feed, not a list of feeds"),
        ("<html><body>", "it is a web page"),
        ("hello", "it is not XML"),
        ("<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml/>", "it declares entities"),
    ],
)
def test_what_is_no_opml_ends_with_2(opml, given, said):
    code, printed, told = opml("import", "-", given=given)

    assert (code, printed) == (2, "")
    assert told.startswith(f"-: {said}")


@pytest.mark.parametrize("name", ["none.opml", "."])
def test_a_file_that_cannot_be_read_ends_with_2(opml, name):
    code, _, said = opml("import", name)

    assert code == 2
    assert f"{name} can't be read" in said


def test_a_list_without_feeds_is_a_list_of_no_sources(opml, tmp_path):
    code, printed, said = opml("import", "-", given="<opml version='2.0'><body/></opml>")

    assert (code, printed, said) == (0, "sources: []\n", "0 sources to paste, nothing left out\n")


def test_a_list_larger_than_a_configuration_says_so(opml):
    text = "".join(f"<outline text='A' xmlUrl='https://a.example/{n}/{'x' * 1000}'/>" for n in range(1000))
    code, printed, said = opml("import", "-", given=outline(text))

    assert (code, len(printed.splitlines())) == (0, 1001)
    assert "this is more than a configuration may hold: 1 MB\n" in said


def test_a_list_that_breaks_off_gives_what_it_has_and_ends_with_1(opml, tmp_path):
    code, printed, said = opml("import", "-", given=LIST[: LIST.index("<outline xmlUrl")])

    assert code == 1
    assert "damaged or breaks off" in said
    assert len(sources(tmp_path, printed)) == 2


CONFIG = """\
sources:
  - https://a.example/rss
  - {name: Map, url: https://b.example/news.xml, kind: sitemap, every: 5m, publisher: "Group, Ltd", backlog: alert}
  - {name: Page, url: https://c.example/, links: "h2 > a", private: true}
  - {name: Rendered, url: https://d.example/, javascript: true, kind: page}
  - {name: Own, spider: mine.Spider, every: 1h}
  - {name: 12, url: https://e.example/12}
"""


def test_the_configurations_sources_come_back_from_an_exported_list(opml, tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    before = load(tmp_path / "config.yaml", {}).sources

    code, exported, said = opml("export")
    assert (code, said) == (0, "")
    (tmp_path / "config.yaml").unlink()
    code, printed, _ = opml("import", "-", given=exported)

    assert code == 0
    assert sources(tmp_path, printed) == before


def test_a_feed_is_exported_as_other_readers_know_it(opml, tmp_path):
    (tmp_path / "config.yaml").write_text("sources: [{name: 'A & B', url: https://a.example/rss, publisher: P}]\n")

    root = etree.fromstring(opml("export")[1].encode())

    assert root.get("version") == "2.0"
    said = dict(root.find("body/outline").attrib)
    assert {key: said[key] for key in ("text", "title", "type", "xmlUrl", "category")} == {
        "text": "A & B",
        "title": "A & B",
        "type": "rss",
        "xmlUrl": "https://a.example/rss",
        "category": "P",
    }


def test_no_secret_is_exported(opml, tmp_path, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "s3cr3t/word")
    (tmp_path / "key").write_text("filed-s3cr3t")
    (tmp_path / "config.yaml").write_text(
        "sources:\n"
        "  - {name: A, url: 'https://me:${FEED_KEY}@a.example/rss'}\n"
        "  - {name: B, url: 'https://me:hunter22@b.example/rss'}\n"
        "  - {name: C, url: 'https://c.example/rss?token=hunter22&lang=en'}\n"
        "  - {name: D, url: 'https://d.example/rss?k=${file:key}'}\n"
    )

    code, printed, said = opml("export")

    assert code == 0
    assert not [secret for secret in ("s3cr3t", "hunter22") if secret in printed + said]
    assert "me:${FEED_KEY}@a.example" in printed
    assert "?token=***&amp;lang=en" in printed
    assert said == "secrets are left out of the addresses of: B, C\n"


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (
            "https://a.example/rss?channel_id=UCabcdef123456&author=7",
            "https://a.example/rss?channel_id=UCabcdef123456&author=7",
        ),
        ("https://a.example/@user/rss", "https://a.example/@user/rss"),
        ("https://ghp_12345@a.example/", "https://***@a.example/"),
        ("https://me:pa%40ss@a.example/", "https://me:***@a.example/"),
        ("https://a.example/?key=x1&monkey=2", "https://a.example/?key=***&monkey=2"),
        ("https://a.example/?q=1&API-Key=x1#top", "https://a.example/?q=1&API-Key=***#top"),
        ("https://a.example/?auth=${A}", "https://a.example/?auth=${A}"),
    ],
)
def test_a_secret_in_an_address_is_known_by_its_place(url, plain):
    row, hides = without_secrets({"name": "A", "url": url})

    assert row == {"name": "A", "url": plain}
    assert hides == (url != plain)


def test_the_starter_configuration_goes_out_and_comes_back(opml, tmp_path):
    starter = os.path.join(os.path.dirname(__file__), "..", "..", "config.yaml")

    code, exported, _ = opml("export", "-c", starter)
    assert code == 0
    code, printed, _ = opml("import", "-", given=exported)

    assert code == 0
    assert sources(tmp_path, printed) == load(tmp_path.__class__(starter), {}).sources
