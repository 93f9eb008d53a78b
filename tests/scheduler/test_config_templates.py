"""A channel's template is read and tried with the configuration: what is wrong in it is found out there."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from scheduler.cli import tocsin
from scheduler.config import ConfigError, load
from scheduler.reload import stamp

RULE = "rules:\n  - {name: R, when: {killed: 5}, notify: [desk]}\n"


def written(tmp_path, channel, **files):
    for name, content in files.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "config.yaml").write_text(f"channels:\n  desk: {channel}\n{RULE}")
    return tmp_path / "config.yaml"


def complaints(path):
    with pytest.raises(ConfigError) as error:
        load(path, {})
    return [(one.line, one.column, one.message) for one in error.value.problems]


def test_a_template_is_looked_for_beside_the_file_and_its_format_goes_by_its_name(tmp_path):
    path = written(tmp_path, "{url: 'json://localhost', template: mail.html}", mail__html="<b>{{ telling.what }}</b>")
    config = load(path, {})
    template = config.channels["desk"].template
    assert (template.name, template.source, template.format) == ("mail.html", "<b>{{ telling.what }}</b>", "html")
    assert (tmp_path / "mail.html").resolve() in config.files


def test_a_channel_without_a_template_has_none_and_a_list_of_files_without_it(tmp_path):
    config = load(written(tmp_path, "json://localhost"), {})
    assert config.channels["desk"].template is None
    assert config.files == ((tmp_path / "config.yaml").resolve(),)


def test_a_template_that_is_saved_is_seen(tmp_path):
    path = written(tmp_path, "{url: 'json://localhost', template: t.md}", t__md="{{ title }}")
    config = load(path, {})
    before = stamp(config, path)
    (tmp_path / "t.md").write_text("**{{ title }}**")
    assert stamp(config, path) != before
    assert load(path, {}) != config


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("\n\n{{ telling.nothing }}", "t.md:3: telling has no attribute 'nothing'"),
        ("{% if %}", "t.md:1: Expected an expression, got 'end of statement block'"),
        ("", "t.md: it writes nothing"),
        ("{{ title.__class__ }}", "t.md:1: access to attribute '__class__' of 'str' object is unsafe."),
        (b"\xff\xfe\x00", "'t.md' is not text in UTF-8"),
        (b"x" * 1_000_000, "t.md: it is longer than 100,000 characters"),
        (b"\xef\xbb\xbf{{ nothing }}", "t.md:1: 'nothing' is undefined"),
    ],
)
def test_what_is_wrong_in_a_template_is_told_where_the_template_is_named(tmp_path, content, says):
    path = written(tmp_path, "{url: 'json://localhost', template: t.md}", t__md=content)
    assert complaints(path) == [(2, 45, says)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing.md", "the template 'missing.md' can't be read: No such file or directory"),
        (".", "the template '.' can't be read: Is a directory"),
        ('"a\\0b"', "can't be read: embedded null byte"),
        ("7", "the template '7' can't be read: No such file or directory"),
        ("~nobody-of-this-name/t.md", "can't be read: "),
        ("шаблон.html", "the template 'шаблон.html' can't be read: No such file or directory"),
    ],
)
def test_a_template_that_is_not_there_is_told(tmp_path, name, says):
    found = complaints(written(tmp_path, f"{{url: 'json://localhost', template: {name}}}"))
    assert any(says in message for _, _, message in found)
    assert {line for line, _, _ in found} == {2}


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}", "''", "true", "1.5", "null"])
def test_a_template_that_is_no_name_is_refused(tmp_path, value):
    path = written(tmp_path, f"{{url: 'json://localhost', template: {value}}}")
    assert {line for line, _, _ in complaints(path)} == {2}


def test_every_problem_is_told_at_once_a_templates_among_them(tmp_path):
    path = written(tmp_path, "{url: 'json://localhost', template: t.txt, limt: 3/h}", t__txt="{{ nothing }}")
    assert len(complaints(path)) == 2


def test_the_timezone_of_messages_is_that_of_the_file(tmp_path):
    path = written(tmp_path, "json://localhost")
    assert load(path, {}).timezone == ""
    path.write_text(f"timezone: Europe/Berlin\n{path.read_text()}")
    assert load(path, {}).timezone == "Europe/Berlin"


def test_a_channel_is_tried_with_a_made_up_alert_that_says_so(tmp_path):
    path = written(tmp_path, "console://")
    shown = CliRunner().invoke(tocsin, ["test-channel", "desk", "-c", str(path)])
    assert shown.exit_code == 0
    for said in ("Test: Update: 11 killed", "killed 5 → 11", "https://wire.example/news/1", "Nothing has happened"):
        assert said in shown.output


def test_a_channel_is_tried_with_its_template_in_the_users_timezone(tmp_path):
    path = written(tmp_path, "{url: 'console://', template: t.txt}", t__txt="{{ telling.at | clock }}! {{ note }}")
    path.write_text(f"timezone: Asia/Dubai\n{path.read_text()}")
    shown = CliRunner().invoke(tocsin, ["test-channel", "desk", "-c", str(path)])
    assert "14:08 UTC+04! This is a test of the channel “desk”" in shown.output


def test_check_says_what_is_wrong_in_a_template_and_fails(tmp_path):
    path = written(tmp_path, "{url: 'console://', template: t.txt}", t__txt="a\n{{ telling.nothing }}")
    shown = CliRunner().invoke(tocsin, ["check", "-c", str(path)])
    assert shown.exit_code == 2
    assert "t.txt:2: telling has no attribute 'nothing'" in shown.output
