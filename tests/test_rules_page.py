"""What docs/rules.md shows is what Tocsin does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from alerts.phrases import Phrasebook
from alerts.rules import describe
from scheduler.config import load
from scheduler.config_model import Quiet, Rule
from scheduler.config_values import word
from scheduler.config_when import When

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "rules.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FILES = {block.split()[1]: block for block in BLOCKS if block.startswith("# ")}
WHOLE = [block for block in BLOCKS if block not in FILES.values()]
FRAME = 'channels:\n  desk: {url: "console://", system: true}\n'
ROWS = re.findall(
    r"^\| `(\S.*?)` \| (.*?) \| (.*?) \|$", PAGE.partition("## Words")[2].partition("## Def")[0], re.MULTILINE
)


@pytest.mark.parametrize("block", WHOLE, ids=lambda block: block.split("\n")[0][:40])
def test_an_example_of_the_page_is_accepted_as_it_stands(block, tmp_path):
    (tmp_path / "config.yaml").write_text(FRAME + block)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    config = load(tmp_path / "config.yaml", {})

    assert config.rules
    assert all(describe(rule).startswith("Rings when ") for rule in config.rules)


def test_the_page_has_examples_of_files():
    assert (len(WHOLE), len(FILES)) == (6, 2)


@pytest.mark.parametrize(("written", "finds", "misses"), ROWS, ids=[row[0] for row in ROWS])
def test_a_word_of_the_page_finds_what_it_says_and_no_more(written, finds, misses):
    term = word(yaml.safe_load(written.replace("\\|", "|")) if written[0] in "\"'" else written.replace("\\|", "|"))
    book = Phrasebook([term.key])

    assert [text for text in finds.split(" ; ") if not book.scan(text, "ru")] == []
    assert [text for text in misses.split(" ; ") if book.scan(text, "ru")] == []


def test_the_page_shows_many_ways_to_write_a_word():
    assert len(ROWS) >= 15


@pytest.mark.parametrize("model", [When, Rule, Quiet])
def test_the_page_explains_every_key(model):
    keys = [field.alias or name for name, field in model.model_fields.items()]

    assert [key for key in keys if f"`{key}" not in PAGE] == []
