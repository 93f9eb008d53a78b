"""A user's template can only write, and not for ever; a bad one is found out before it is needed."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from alerts.rendering import TEMPLATES, TemplateFaultError
from alerts.samples import least, sample
from alerts.templating import tried
from tests.alerts.hostile import founding, hostile, texts

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "templates.yaml").read_text())
TEXTS = texts()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["source"][:50].encode("unicode_escape").decode())
@pytest.mark.parametrize("name", ["t.html", "t.md", "t.txt"])
def test_a_bad_template_is_refused_with_its_line(name, case):
    with pytest.raises(TemplateFaultError, match=re.escape(case["says"])) as fault:
        tried(name, case["source"])
    assert fault.value.line == case["line"]


def test_a_template_as_large_as_a_book_is_refused():
    with pytest.raises(TemplateFaultError, match="longer than"):
        tried("t.txt", "x" * 100_001)


@pytest.mark.parametrize("depth", [200, 5_000])
@pytest.mark.parametrize("piece", ["{% if true %}", "{% for a in 'a' %}"])
def test_a_template_that_nests_without_end_is_refused_or_written(piece, depth):
    end = "{% endif %}" if "if" in piece else "{% endfor %}"
    with pytest.raises(TemplateFaultError):
        tried("t.txt", piece * depth + "x" + end * (depth - 1))
    with contextlib.suppress(TemplateFaultError):
        assert tried("t.txt", piece * depth + "x" + end * depth).of(sample()).body == "x"


@pytest.mark.parametrize("name", [path.name for path in TEMPLATES.iterdir()])
def test_a_user_can_begin_with_the_built_in_templates(name):
    assert tried(name, (TEMPLATES / name).read_text()).of(founding().page).body


@pytest.mark.parametrize(("name", "form"), [("a.html", "html"), ("a.MD", "markdown"), ("a.txt", "text"), ("a", "text")])
def test_the_format_goes_by_the_files_name(name, form):
    assert tried(name, "{{ title }}").of(sample()).format == form


@pytest.mark.parametrize("web", TEXTS.values(), ids=TEXTS.keys())
def test_a_users_template_needs_no_care_to_escape_the_web(web):
    page = hostile(web).page
    source = (
        "<p title='{{ telling.title }}'>{{ telling.quotes | join }}<a href='{{ telling.reports[0].url }}'>x</a></p>"
    )
    body = tried("t.html", source).of(page).body
    tree = etree.fromstring(body, etree.HTMLParser())
    assert [part.tag for part in tree.iter()] == ["html", "body", "p", "a"]
    assert tree.find(".//a").get("href") == "https://wire.example/1"
    marked = tried("t.md", "**{{ telling.title }}** {{ telling.title | link(telling.reports[0].url) }}").of(page).body
    assert not re.search(r"(?<!\\)[<`_~|]|@", marked)


def test_a_template_is_given_all_that_an_alert_tells():
    source = """{{ title }}|{{ severity }}|{{ telling.figures | join("+") }}|{{ telling.place }}
{% for party in telling.groups %}{{ party.name }}{{ " denies" if party.denied else "" }}{% endfor %}
{% for report in telling.reports %}{{ loop.index }} {{ report.publisher }} {{ report | time }} {{ report.url | host }}
{% endfor %}{{ telling.story }} {{ telling.at | clock }} {{ telling.snooze }}{{ note }}"""
    assert tried("t.txt", source).of(founding().page).body.splitlines() == [
        "Update: 11 killed, 2 injured, Kabardino-Balkaria (RU) · Islamic State (denied) · 3 publishers"
        "|critical|11 killed+2 injured|Kabardino-Balkaria (RU)",
        "Islamic State denies1 Example Herald 22 Nov 2026 12:41 UTC herald.example",
        "2 Пример 22 Nov 2026 12:26 UTC пример.рф",
        "3 Example Wire 22 Nov 2026 12:00 UTC wire.example",
        "41 12:42 UTC tocsin silence add --story 41 --for 2h --because seen",
    ]


def test_a_template_that_fails_only_on_some_alerts_fails_there_with_its_line():
    template = tried(
        "t.txt", "\n{{ telling.first_line }}\n{% if telling.story == 41 %}{{ telling.nothing }}{% endif %}"
    )
    assert template.of(replace(founding().page, telling=replace(founding().telling, story=40))).body
    with pytest.raises(TemplateFaultError) as fault:
        template.of(founding().page)
    assert fault.value.line == 3


def test_what_is_left_out_of_one_template_is_not_in_another():
    assert tried("a.txt", "{{ title }}!").of(least()).body == f"{least().title}!"
    assert tried("b.txt", "{{ title }}?").of(least()).body == f"{least().title}?"


SIGNS = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "=",
    "~",
    "*",
    "+",
    "(",
    ")",
    "[",
    "]",
    ".",
    "|",
    ",",
    "'",
    '"',
    "\n",
    "-",
    "<",
]
WORDS = ["if", "else", "endif", "for", "endfor", "in", "set", "1", "0", "title", "telling", "reports[0]", "url", "loop"]
MORE = ["range", "first", "join", "replace", "__class__", "x", "not", "and", "or", "is", "defined"]
PIECES = st.sampled_from([*SIGNS, *WORDS, *MORE])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=60), st.sampled_from(["t.html", "t.md", "t.txt"]))
def test_any_text_is_a_template_that_writes_or_one_that_is_refused(source, name):
    with contextlib.suppress(TemplateFaultError):
        assert tried(name, source).of(founding().page).body
