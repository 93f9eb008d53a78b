"""Hours, limits, digests, definitions and included files are read as they are meant."""

from __future__ import annotations

import os
from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.conditions import All, AnyOf, walk
from alerts.hours import Digest, Limit, Quiet
from alerts.rules import describe, match
from alerts.story import Story
from scheduler import config_hours
from scheduler.config import ConfigError, load
from scheduler.config_include import MAX_FILES, MAX_LOOKED_AT, IncludeError, included
from tests.fakes import place, reading
from tests.world import GROUPS, REGIONS, config_of, rule_of

CASES = Path(__file__).resolve().parent.parent / "cases" / "config"
BERLIN = "Europe/Berlin"


def read(path):
    return load(path, {}, regions=lambda: REGIONS, groups=lambda: GROUPS)


def a_rule(name="R", **fields):
    return {"name": name, "when": {"region": "Syria"}, "notify": "desk", **fields}


def config(folder, *rules, **fields):
    config_of(folder / "config.yaml", channels={"desk": "console://"}, rules=list(rules), **fields)
    return read(folder / "config.yaml")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("22:00-07:00", time(22), time(7)),
        ("9:30 - 17:05", time(9, 30), time(17, 5)),
        ("18:00–24:00", time(18), time(0)),
        ("00:00-06:00", time(0), time(6)),
        ("22:00 to 07:00", time(22), time(7)),
    ],
)
def test_quiet_hours_are_two_times_of_the_day(written, start, end, tmp_path):
    rule = rule_of(tmp_path, {"region": "Syria"}, quiet={"hours": written, "timezone": BERLIN})

    assert rule.quiet == Quiet(start=start, end=end, timezone=BERLIN)


def test_what_rings_in_quiet_hours_is_a_block_like_any_other(tmp_path):
    unless = {"killed": ">= 50", "any": [{"region": "Syria"}, {"group": "any"}]}
    rule = rule_of(tmp_path, {"region": "Syria"}, quiet={"hours": "22:00-07:00", "timezone": "UTC", "except": unless})

    assert rule.quiet.unless == rule_of(tmp_path, unless).when
    assert "unless at least 50 people were killed, and (it happened in Syria or any armed group is named)" in describe(
        rule
    )


@pytest.mark.parametrize(
    ("written", "number", "per", "said"),
    [
        ("10/h", 10, timedelta(hours=1), "at most 10 an hour"),
        ("1/m", 1, timedelta(minutes=1), "at most 1 a minute"),
        (" 50 / d ", 50, timedelta(days=1), "at most 50 a day"),
        ("5/30m", 5, timedelta(minutes=30), "at most 5 in 30 minutes"),
        ("2000/31d", 2000, timedelta(days=31), "at most 2,000 in 31 days"),
    ],
)
def test_a_limit_is_a_number_of_alerts_in_a_time(written, number, per, said, tmp_path):
    rule = rule_of(tmp_path, {"region": "Syria"}, limit=written)

    assert rule.limit == Limit(number=number, per=per)
    assert f"; {said}, the rest in one digest." in describe(rule)


def test_a_channel_has_a_limit_of_its_own(tmp_path):
    path = tmp_path / "config.yaml"
    config_of(path, channels={"desk": {"url": "console://", "limit": "3/h"}, "log": "console://"}, rules=[])

    channels = read(path).channels

    assert (channels["desk"].limit, channels["log"].limit) == (Limit(number=3, per=timedelta(hours=1)), None)


@pytest.mark.parametrize(
    ("written", "digest", "said"),
    [
        ("hourly", Digest(timezone="Asia/Kathmandu"), "gathered into one digest an hour"),
        (
            "daily 08:00",
            Digest(timezone="Asia/Kathmandu", at=time(8)),
            "gathered into one digest a day at 08:00 (Asia/Kathmandu)",
        ),
        (
            "daily  7:30 Europe/Berlin",
            Digest(timezone=BERLIN, at=time(7, 30)),
            "gathered into one digest a day at 07:30 (Europe/Berlin)",
        ),
    ],
)
def test_a_digest_comes_hourly_or_daily(written, digest, said, tmp_path):
    (rule,) = config(tmp_path, a_rule(digest=written), timezone="Asia/Kathmandu").rules

    assert rule.digest == digest
    assert describe(rule).endswith(f"; {said}.")


def test_digest_and_limit_and_quiet_hours_may_stand_together(tmp_path):
    (rule,) = config(tmp_path, a_rule(digest="hourly", limit="1/h", quiet={"hours": "1:00-2:00"}), timezone="UTC").rules

    assert (rule.digest.timezone, rule.limit.number, rule.quiet.timezone) == ("UTC", 1, "UTC")


def test_hours_without_a_timezone_are_those_of_the_file_and_else_of_this_machine(tmp_path, monkeypatch):
    rules = [a_rule("A", quiet={"hours": "1:00-2:00", "timezone": "UTC"}), a_rule("B", quiet={"hours": "1:00-2:00"})]
    monkeypatch.setattr(config_hours, "local_zone", lambda: "Pacific/Chatham")

    stated = config(tmp_path, *rules, timezone=BERLIN).rules
    unstated = config(tmp_path, *rules).rules

    assert [rule.quiet.timezone for rule in (*stated, *unstated)] == ["UTC", BERLIN, "UTC", "Pacific/Chatham"]


def test_this_machine_has_a_timezone_that_the_database_knows():
    assert config_hours.timezone(config_hours.local_zone()) == config_hours.local_zone()


DEFINITIONS = {
    "attack": {"text": ["attack", "bombing"], "not": {"text": "drill"}},
    "deadly": {"definition": "attack", "killed": 3},
    "unused": {"killed": 1},
}


def test_a_definition_stands_for_its_block(tmp_path):
    plain = config(tmp_path, a_rule(when=DEFINITIONS["attack"])).rules[0].when
    (rule,) = config(tmp_path, a_rule(when={"definition": "attack"}), definitions=DEFINITIONS).rules

    assert rule.when.parts == (All(plain.parts, written="definition: attack"),)
    assert describe(rule).startswith("Rings when (the text has attack or bombing, and not (the text has drill));")


def test_a_finding_of_a_definition_names_it_and_shows_what_is_inside(tmp_path):
    when = {"definition": ["deadly", "unused"], "region": "Syria"}
    (rule,) = config(tmp_path, a_rule(when=when), definitions=DEFINITIONS).rules
    story_of = reading("A bombing", "A bombing in Aleppo.", killed=2, places=[place("Syria", "SY", kind="country")])
    either, _ = match(rule, Story(id="s", readings=(story_of,))).findings
    deadly, unused = either.children

    assert (either.condition, either.met) == ("definition: [deadly, unused]", True)
    assert (deadly.condition, deadly.met) == ("definition: deadly", False)
    assert [child.condition for child in deadly.children] == ["definition: attack", "killed: 3"]
    assert [child.met for child in deadly.children] == [True, False]
    assert (unused.condition, unused.met) == ("definition: unused", True)


def test_a_definition_is_used_in_any_block(tmp_path):
    when = {"any": [{"definition": "attack"}, {"not": {"definition": "deadly"}}]}
    quiet = {"hours": "1:00-2:00", "timezone": "UTC", "except": {"definition": "deadly"}}
    (rule,) = config(tmp_path, a_rule(when=when, quiet=quiet), definitions=DEFINITIONS).rules

    named = [part.written for part in walk(rule.when) if "definition" in part.written]
    assert named == ["definition: attack", "definition: deadly", "definition: attack"]
    assert isinstance(rule.when.parts[0], AnyOf)
    assert rule.quiet.unless.parts[0].written == "definition: deadly"


def test_a_definition_is_built_once_however_many_rules_use_it(tmp_path):
    rules = [a_rule(f"R{n}", when={"region": "Syria", "definition": "attack"}) for n in range(100)]

    when = [rule.when for rule in config(tmp_path, *rules, definitions=DEFINITIONS).rules]

    assert len({id(one.parts[1].parts[0]) for one in when}) == 1


def write(folder, **files):
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MAIN = """\
include: {pattern}
channels: {{desk: "console://"}}
rules: [{{name: Main, when: {{region: Syria}}, notify: desk}}]
"""
LIST = "- {{name: {name}, when: {{definition: deadly}}, notify: desk}}\n"


def names(folder, pattern):
    (folder / "config.yaml").write_text(MAIN.format(pattern=pattern))
    return [rule.name for rule in read(folder / "config.yaml").rules]


def test_included_files_add_rules_and_definitions_in_the_order_of_their_names(tmp_path):
    write(
        tmp_path, rules__b=LIST.format(name="B"), rules__a=LIST.format(name="A"), rules__deep__c=LIST.format(name="C")
    )
    write(tmp_path, rules__defs="definitions: {deadly: {killed: 5}}\nrules: " + LIST.format(name="D")[2:].join("[]"))

    assert names(tmp_path, "rules/*.yaml") == ["Main", "A", "B", "D"]
    assert names(tmp_path, "rules/**/*.yaml") == ["Main", "A", "B", "C", "D"]
    assert names(tmp_path, "[rules/defs.yaml, 'rules/[ab].yaml', rules/a.yaml]") == ["Main", "D", "A", "B"]
    assert names(tmp_path, f"{tmp_path}/rules/d*.yaml") == ["Main", "D"]


def test_the_files_read_and_the_patterns_are_told_to_whoever_watches_them(tmp_path):
    write(tmp_path, rules__a="definitions: {deadly: {killed: 5}}\n", rules__b=LIST.format(name="B"))
    names(tmp_path, "./rules/*.yaml")

    found = read(tmp_path / "config.yaml")

    assert found.files == (tmp_path / "config.yaml", tmp_path / "rules" / "a.yaml", tmp_path / "rules" / "b.yaml")
    assert found.includes == (f"{tmp_path}/rules/*.yaml",)
    assert tuple(included(found.includes[0])) == found.files[1:]


def test_a_configuration_does_not_include_itself(tmp_path):
    write(tmp_path, other="definitions: {deadly: {killed: 5}}\n")

    assert names(tmp_path, "'*.yaml'") == ["Main"]


def test_hidden_files_pipes_and_links_that_go_round_are_left_alone(tmp_path):
    write(tmp_path, rules__a="definitions: {deadly: {killed: 5}}\n", rules__deep__b=LIST.format(name="B"))
    (tmp_path / "rules" / ".hidden.yaml").write_text("[")
    (tmp_path / "rules" / "folder.yaml").mkdir()
    (tmp_path / "rules" / "deep" / "round").symlink_to(tmp_path / "rules")
    (tmp_path / "rules" / "broken.yaml").symlink_to(tmp_path / "nowhere.yaml")
    os.mkfifo(tmp_path / "rules" / "pipe.yaml")

    assert names(tmp_path, "rules/**/*.yaml") == ["Main", "B"]


def test_a_pattern_that_names_too_much_is_refused(tmp_path):
    (tmp_path / "many").mkdir()
    for n in range(MAX_FILES + 1):
        (tmp_path / "many" / f"{n}.yaml").touch()

    with pytest.raises(ConfigError, match=r"'many/\*.yaml': this is more than 1,000 files$"):
        names(tmp_path, "many/*.yaml")


def test_a_pattern_does_not_walk_a_whole_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("scheduler.config_include.MAX_LOOKED_AT", 50)
    for n in range(60):
        (tmp_path / str(n)).mkdir()

    with pytest.raises(IncludeError, match="more than"):
        included(f"{tmp_path}/**/*.yaml")
    assert MAX_LOOKED_AT == 20_000


def test_an_included_file_that_can_not_be_read_is_a_problem_of_the_pattern(tmp_path):
    write(tmp_path, rules__a="rules: []\n")
    (tmp_path / "rules" / "a.yaml").write_bytes(b"#\n" * 500_001)

    with pytest.raises(ConfigError) as caught:
        names(tmp_path, "rules/*.yaml")

    assert [p.message for p in caught.value.problems] == ["the file is larger than 1 MB; that is no configuration"]


def test_every_problem_of_every_file_is_said_at_once(tmp_path):
    write(tmp_path, rules__a="- {name: A, when: {killd: 1}, notify: desk}\n", rules__b="- {name: Main}\n")
    with pytest.raises(ConfigError) as caught:
        names(tmp_path, "rules/*.yaml")

    assert [(p.path.name, p.line) for p in caught.value.problems] == [("a.yaml", 1), *[("b.yaml", 1)] * 3]


def test_a_configuration_with_every_key_is_read_and_said_in_words():
    whole = CASES / "good" / "whole.yaml"
    found = load(whole, {"SMTP_PASSWORD": "xyzzy"})
    everything, numbered, other = found.rules

    assert (numbered.name, numbered.digest, other.name) == (
        "2024",
        Digest(timezone="Asia/Kathmandu"),
        "From another file",
    )
    assert other.quiet == Quiet(start=time(13), end=time(14, 30), timezone="Asia/Kathmandu")
    assert found.files == (whole, whole.parent / "rules" / "more.yaml")
    assert len(everything.when.parts) == 11
    assert describe(everything).endswith(
        "; at most 10 an hour, the rest in one digest; gathered into one digest a day at 08:00 (Asia/Kathmandu)."
    )
