"""What a rule lacked in a story is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alerts.rules import match
from alerts.turns import nearest_miss
from tests.alerts.test_rules import a_story
from tests.world import rule_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "nearest_miss.yaml").read_text("utf-8"))
STORY = {
    "title": "Blast in the north",
    "text": "An explosion hit the market.",
    "killed": 4,
    "places": [{"name": "Dagestan", "within": ["RU-DA", "RU", "north-caucasus"]}],
}


def nearest(when, tmp_path, *articles):
    return nearest_miss(match(rule_of(tmp_path, when), a_story(*(articles or [STORY]))))


@pytest.mark.parametrize(
    ("when", "line"),
    [
        ({"killed": ">= 5"}, "4 killed, the rule wants >= 5 (“It was 4.”)"),
        ({"killed": 5, "text": "market"}, "4 killed, the rule wants >= 5 (“It was 4.”)"),
        ({"text": "film"}, "no article has it, the rule wants text: film"),
        ({"not": {"text": "market"}}, "has “market”, which the rule rules out (“An explosion hit the market.”)"),
        ({"any": [{"text": "film"}, {"killed": 5}]}, "4 killed, the rule wants >= 5 (“It was 4.”)"),
        (
            {"any": [{"text": "film", "title": "film"}, {"group": "any"}]},
            "names no armed group, the rule wants group: any",
        ),
        ({"all": [{"text": "film"}, {"text": "market"}]}, "no article has it, the rule wants text: film"),
        (
            {"text": "film", "killed": 5},
            "2 conditions: no article has it, the rule wants text: film; 4 killed, the rule wants >= 5",
        ),
        (
            {"text": "a", "title": "a", "language": "ru", "source": "paper", "killed": 1},
            "4 conditions: no article has it, the rule wants text: a; no title has it, the rule wants title: a; "
            "written in en, the rule wants language: ru; and 1 more",
        ),
    ],
)  # fmt: skip
def test_the_nearest_miss_is_what_fewest_conditions_lack(when, line, tmp_path):
    assert nearest(when, tmp_path) == line


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["when"]))
def test_each_condition_says_what_the_story_has_and_what_the_rule_wants(case, tmp_path):
    assert nearest(case["when"], tmp_path, case.get("article", {})) == case["line"]


def test_every_condition_has_its_words():
    assert {key for case in CASES for key in case["when"]} >= {
        *("region", "mentions", "group", "branches", "killed", "injured", "casualties", "of", "publishers"),
        *("disputed", "text", "title", "language", "source", "not"),
    }


def test_a_long_story_names_the_first_of_its_publishers_and_sources(tmp_path):
    articles = [{"publisher": f"Paper {n}", "source": ["wire", "paper"][n % 2]} for n in range(12)]

    line = nearest({"publishers": 20}, tmp_path, *articles)

    assert line.startswith("12 publishers (Paper 0, Paper 1, ")
    assert line.endswith("Paper 7 and 4 more), the rule wants >= 20")


def test_a_rule_that_holds_lacks_nothing(tmp_path):
    assert nearest({"killed": 4, "not": {"text": "film"}}, tmp_path) is None


def test_the_line_stays_short_whatever_the_rule_lists(tmp_path):
    line = nearest({"text": [f"word{number}" for number in range(5_000)]}, tmp_path)

    assert line.endswith("…")
    assert len(line) < 250
