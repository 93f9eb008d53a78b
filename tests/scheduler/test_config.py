"""config.yaml is read whole, or every problem is said where it stands.

In tests/cases/config the name of a file, or of a folder with config.yaml and what that includes, says what is wrong in
it, and the text beside it what the user is told.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config import ConfigError, describe, load
from scheduler.config_yaml import MAX_BYTES
from tests.world import GROUPS, REGIONS, config_of

CASES = Path(__file__).parent.parent / "cases" / "config"
BAD = sorted(CASES.glob("*.yaml")) + sorted(path for path in CASES.glob("*/config.yaml") if path.parent.name != "good")
ENVIRON = {"SMTP_PASSWORD": "s3cr3t/p@ss", "EMPTY": ""}


def read(path, **options):
    return load(path, ENVIRON, regions=lambda: REGIONS, groups=lambda: GROUPS, **options)


def said(path, **options):
    with pytest.raises(ConfigError) as caught:
        read(path, **options)
    return caught.value.problems


@pytest.fixture
def written(tmp_path):
    def write(**fields):
        config_of(tmp_path / "config.yaml", **fields)
        return tmp_path / "config.yaml"

    return write


def a_rule(**fields):
    return {"name": "Syria", "when": {"region": "Syria"}, "notify": "desk", **fields}


def case(path):
    """Return the name of a bad configuration."""
    return path.stem if path.parent == CASES else path.parent.name


@pytest.mark.parametrize("path", BAD, ids=case)
def test_a_bad_configuration_says_what_is_wrong_where(path):
    try:
        problems = read(path, valid_url=lambda url: not url.startswith("slak:")).warnings
    except ConfigError as error:
        problems = error.problems
    inside = "" if path.parent == CASES else f"{path.parent}/"

    told = [str(problem).removeprefix(inside or f"{path}:") for problem in problems]
    assert told == (CASES / f"{case(path)}.txt").read_text().splitlines()


def test_there_are_as_many_expectations_as_bad_configurations():
    assert len(BAD) >= 250
    assert {path.stem for path in CASES.glob("*.txt")} == {case(path) for path in BAD}


def test_a_problem_prints_as_a_place_that_editors_can_open():
    problem = said(CASES / "unknown-key-of-when.yaml")[0]

    assert str(problem) == f"{CASES}/unknown-key-of-when.yaml:6:7: unknown key 'kiled' of when, did you mean killed?"


def test_no_message_shows_a_secret(written):
    url = "slak://TsecretA/TsecretB"
    path = written(
        channels={"a": url, "b": "mailtos://user:${SMTP_PASSWORD}@h", "c": {"url": url, "x": 1}, "d": "TsecretA"},
        sources=["ftp://user:TsecretA@example.org/rss"],
    )

    text = "\n".join(map(str, said(path, valid_url=lambda _: False)))

    assert [secret for secret in ("Tsecret", "s3cr3t", "p@ss") if secret in text] == []
    assert text.count("\n") == 5


def test_the_contracts_sample_is_read_as_it_says():
    config = read(CASES / "good" / "contract.yaml")
    unnamed, wire = config.sources
    first, second = config.rules

    assert config.database == CASES / "good" / "tocsin.db"
    assert config.contact == "you@example.org"
    assert config.delay == timedelta(seconds=1)
    assert [(c.name, c.system) for c in config.channels.values()] == [
        ("desk", False),
        ("email", False),
        ("phone", False),
    ]
    assert (unnamed.name, unnamed.publisher, unnamed.every) == (
        "www.example.org/rss.xml",
        "www.example.org/rss.xml",
        None,
    )
    assert (wire.name, wire.publisher, wire.every) == ("Example Wire", "Example Group", timedelta(minutes=5))
    assert (first.notify, first.severity, first.tell_again.killed) == (("desk", "email"), "critical", "+5")
    assert (second.notify, second.severity, second.tell_again) == (("phone",), "warning", None)
    assert (first.hold, second.hold) == (None, timedelta(minutes=2))
    assert [part.written for part in first.when.parts] == [
        "region: North Caucasus",
        "group: [Islamic State, Caucasus Emirate]",
        'killed: ">= 5"',
    ]


def test_the_contracts_sample_is_said_in_plain_words():
    assert [describe(rule) for rule in read(CASES / "good" / "contract.yaml").rules] == [
        "Rings when it happened in North Caucasus, and Islamic State or Caucasus Emirate (or a branch) is named, and at"
        " least 5 people were killed; tells desk and email (critical); again when 5 more are killed.",
        "Rings when at least 20 people were killed, and at least 2 publishers report it, and (the text has attack,"
        " bombing, “opened fire” or explo… or any armed group is named), unless the text has anniversary, film or"
        " “video game”; tells phone; waits 2 minutes for other reports before the first alert; once for a story; quiet"
        " from 22:00 to 07:00 (Europe/Berlin) unless at least 50 people were killed; at most 10 an hour, the rest in"
        " one digest.",
    ]


def test_a_secret_fills_its_place_in_a_url_whatever_signs_it_has():
    config = read(CASES / "good" / "contract.yaml")

    assert config.channels["email"].url == "mailtos://user:s3cr3t%2Fp%40ss@smtp.example.org?to=desk@example.org"


def test_a_secret_is_read_from_a_file_beside_the_configuration_without_its_last_line_break(tmp_path, written):
    (tmp_path / "token").write_text("abcd1234\n")

    config = read(written(channels={"chat": "gotify://host/${file:token}"}))

    assert config.channels["chat"].url == "gotify://host/abcd1234"
    assert "abcd1234" in config.secrets


def test_every_secret_is_known_for_masking_in_each_of_its_spellings(written):
    channels = {
        "mail": "mailtos://user:${SMTP_PASSWORD}@smtp.example.org?to=desk@example.org",
        "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "hook": "json://me:hush-hush@example.org/path?+X-Api-Key=open-sesame&-token=abra",
    }
    secrets = read(written(channels=channels)).secrets

    hidden = {"s3cr3t/p@ss", "s3cr3t%2Fp%40ss", "T1JJ3T3L2", "A1BRTD4JD", "TIiajkdnlazkcOXrIdevi7FQ", "hush-hush"}
    assert hidden | {"open-sesame", "abra"} <= set(secrets)
    assert {"smtp.example.org", "example.org", "desk@example.org", "path"} & set(secrets) == set()
    assert list(secrets) == sorted(secrets, key=lambda secret: (-len(secret), secret))


def test_a_configuration_does_not_show_its_secrets_when_printed():
    config = read(CASES / "good" / "contract.yaml")

    assert [secret for secret in config.secrets if secret in f"{config!r} {config.channels!r}"] == []


def test_no_and_on_and_norway_are_text(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "channels: {no: 'console://', on: 'console://'}\n"
        "rules: [{name: off, when: {text: [no, on, 1:30, 007, 2.50], language: no}, notify: [no, on]}]\n"
    )
    rule = read(tmp_path / "config.yaml").rules[0]

    assert (rule.name, rule.notify) == ("off", ("no", "on"))
    assert [term.written for term in rule.when.parts[0].terms] == ["no", "on", "1:30", "007", "2.50"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("30s", 30), ("5m", 300), ("6h", 21_600), ("1d", 86_400), (" 2 h ", 7200)]
)
def test_a_time_is_a_number_and_a_unit(text, seconds, written):
    config = read(written(sources=[{"url": "https://example.org/rss", "every": text}], delay=text))

    assert (config.sources[0].every, config.delay) == (timedelta(seconds=seconds),) * 2


def test_requests_to_one_host_may_follow_each_other_at_once(written):
    assert read(written(contact="me@example.org", delay="0s")).delay == timedelta(0)


def test_sources_without_a_name_get_one_each_from_their_address(written):
    urls = [
        "https://example.org/rss",
        "https://example.org/rss?lang=ru",
        "https://example.org/rss?lang=uk",
        "https://user:hush-hush@example.org/",
        {"name": "example.org/rss (2)", "url": "https://other.example.org"},
    ]
    config = read(written(sources=urls))

    names = ["example.org/rss", "example.org/rss (3)", "example.org/rss (4)", "example.org", "example.org/rss (2)"]
    assert [source.name for source in config.sources] == names
    assert "hush-hush" in config.secrets


def test_a_name_made_from_an_address_holds_no_secret(written):
    config = read(written(sources=["https://example.org/${SMTP_PASSWORD}/rss"]))

    assert (config.sources[0].name, config.sources[0].url) == (
        "example.org/${SMTP_PASSWORD}/rss",
        "https://example.org/s3cr3t/p@ss/rss",
    )


def test_a_channel_may_hear_of_tocsins_own_troubles(written):
    config = read(written(channels={"desk": {"url": "console://", "system": True}, "phone": "ntfys://n.example/t"}))

    assert {name: channel.system for name, channel in config.channels.items()} == {"desk": True, "phone": False}


def test_a_rule_that_is_switched_off_is_read_and_said_to_be(written):
    config = read(written(channels={"desk": "console://"}, rules=[a_rule(enabled=False)]))

    assert config.rules[0].enabled is False
    assert describe(config.rules[0]).startswith("Switched off; would ring when it happened in Syria; tells desk;")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"killed": "+1"}, "again when 1 more is killed"),
        ({"killed": 5}, "again when 5 more are killed"),
        ({"injured": "x2"}, "again when 2 times as many are injured"),
        (
            {"killed": "x1.5", "every": "6h"},
            "again when 1.5 times as many are killed or after 6 hours while it is reported",
        ),
    ],
)
def test_when_a_rule_tells_again_is_said_in_words(step, words, written):
    config = read(written(channels={"desk": "console://"}, rules=[a_rule(tell_again=step)]))

    assert describe(config.rules[0]).endswith(f"; {words}.")


def test_the_bundled_gazetteer_knows_the_contracts_regions_and_groups():
    config = load(CASES / "good" / "contract.yaml", ENVIRON)

    assert [target.code for part in config.rules[0].when.parts[:2] for target in part.targets] == [
        "north-caucasus",
        "islamic-state",
        "caucasus-emirate",
    ]


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    problem = said(tmp_path / "config.yaml")[0]

    assert str(problem) == f"{tmp_path}/config.yaml:1:1: the file can't be read: No such file or directory"


def test_a_folder_is_a_problem(tmp_path):
    assert said(tmp_path)[0].message == "the file can't be read: Is a directory"


def test_a_file_that_is_too_large_is_a_problem(tmp_path):
    (tmp_path / "config.yaml").write_bytes(b"# large\n" * (MAX_BYTES // 8 + 1))

    assert said(tmp_path / "config.yaml")[0].message == "the file is larger than 1 MB; that is no configuration"


def test_a_thousand_wrong_names_are_all_said(written):
    rules = [a_rule(name=str(n), when={"region": f"Nowhere {n}"}) for n in range(1000)]

    assert len(said(written(channels={"desk": "console://"}, rules=rules))) == 1000


def test_reading_a_configuration_loads_neither_the_crawler_nor_the_channels_nor_the_clock():
    code = (
        "import sys, pathlib; from scheduler.config import load\n"
        "load(pathlib.Path(sys.argv[1]), {'SMTP_PASSWORD': 'x'})\n"
        "print([m for m in ('scrapy', 'twisted', 'apprise', 'apscheduler', 'trafilatura') if m in sys.modules])"
    )
    path = str(CASES / "good" / "contract.yaml")
    result = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


WORDS = [
    "rules",
    "sources",
    "channels",
    "when",
    "name",
    "any",
    "not",
    "killed",
    "text",
    "region",
    "notify",
    "desk",
    "Syria",
]
SIGNS = [
    ": ",
    ":\n",
    "\n",
    "  ",
    "    ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    '"',
    "'",
    "|",
    ">",
    "#",
    "? ",
    "\\",
    "\t",
    "\r",
    "~",
]
ODD = [
    "&a",
    "*a",
    "!t",
    "---",
    "...",
    "%YAML 1.1\n",
    "<<",
    "/(/",
    "${",
    "${A}",
    ">= 5",
    "5m",
    "\ufeff",
    "\u2028",
    "\x85",
    "0x",
]
YAML_ISH = st.lists(st.sampled_from([*WORDS, *SIGNS, *ODD]), max_size=40).map("".join)


def problems_of(path):
    """Return the problems of a file that may have none."""
    try:
        read(path)
    except ConfigError as error:
        return error.problems
    return []


@given(st.binary(max_size=300) | YAML_ISH.map(str.encode))
def test_any_bytes_give_a_configuration_or_problems_inside_the_file(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    path.write_bytes(raw)
    lines = len(raw.decode("utf-8-sig", "replace").splitlines()) + 1

    problems = problems_of(path)

    assert all(1 <= p.line <= lines and p.column >= 1 and p.message.isprintable() for p in problems)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([">= 5", "Syria", "any", "/a/", "5m"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["region", "group", "killed", "of", "text", "any", "all", "not", "url"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
KEYS = ["name", "when", "notify", "severity", "tell_again", "hold", "enabled"]


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, VALUES)), VALUES)
def test_any_values_give_a_configuration_or_problems(tmp_path_factory, rule, source):
    path = tmp_path_factory.getbasetemp() / "values.yaml"
    config_of(path, channels={"desk": "console://"}, sources=[source], rules=[{**a_rule(), **rule}])

    problems = problems_of(path)

    assert all(problem.message.isprintable() for problem in problems)
    assert problems or describe(read(path).rules[0]).endswith(".")
