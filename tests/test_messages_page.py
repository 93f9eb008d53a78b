"""The page on messages says what is so."""

import re
from dataclasses import fields
from pathlib import Path

from alerts.rendering import write
from alerts.samples import sample
from alerts.sandbox import LONGEST, STEPS
from alerts.telling import Telling
from alerts.templating import tried
from alerts.webtext import prose

PAGE = (Path(__file__).parent.parent / "docs" / "messages.md").read_text()


def test_its_template_passes_and_tells_the_alert():
    (source,) = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    for name in ("t.txt", "t.md", "t.html"):
        assert "11 killed" in tried(name, source).of(sample()).body


def test_every_name_that_it_gives_is_one_and_every_one_is_given():
    table = PAGE.split("| name | is |")[1].split("\n\n")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.count("|") > 1]
    named = {name.split(".")[-1] for cell in first for name in re.findall(r"`(?:telling)?\.(\w+)`", cell)}
    for name in named:
        assert hasattr(sample().telling, name)
    assert {field.name for field in fields(Telling)} - named <= {"severity", "at", "title", "more", "copies"}


def test_its_filters_are_there():
    times = "{{ telling.at | clock }} {{ telling.at | stamp }}"
    source = f"{times} {{{{ telling.reports[0] | time }}}} {{{{ telling.reports[0].url | host }}}}"
    assert "wire.example" in write(source, "text", sample()).body


def test_its_limits_and_examples_are_those_of_the_code():
    assert f"{STEPS:,} steps" in PAGE
    assert f"{LONGEST:,} characters" in PAGE
    assert prose("@everyone") in PAGE
    assert prose("https://evil.example") in PAGE
