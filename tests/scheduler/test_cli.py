"""What the commands say, and with which exit code."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from scheduler.cli import COMMANDS, LazyGroup, tocsin


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_as_the_overview_does(name):
    result = CliRunner().invoke(tocsin, [name, "--help"])

    assert result.exit_code == 0
    assert name in CliRunner().invoke(tocsin, ["--help"]).output


def test_the_overview_imports_no_command():
    code = (
        "import sys\nfrom scheduler.cli import main\nsys.argv = ['tocsin', '--help']\n"
        "try: main()\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert not [
        heavy for heavy in ("scrapy", "apprise", "pydantic", "sqlite_utils", "trafilatura") if f"'{heavy}'" in printed
    ]


def test_a_misspelt_command_is_told_the_nearest_right_one():
    result = CliRunner().invoke(tocsin, ["statsu"])

    assert result.exit_code == 2
    assert "did you mean 'status'?" in result.output


def test_the_group_has_only_what_is_in_the_table():
    assert LazyGroup().get_command(None, "nothing") is None


def test_status_says_what_was_read_what_rang_and_what_is_owed(call):
    printed = call("status")

    assert "3 articles, 2 stories, 1 alert in" in printed
    assert "Example Wire" in printed
    assert "not polled yet" in printed
    told = call("status", "--json")
    assert [rule["name"] for rule in told["rules"]] == ["North Caucasus", "Syria"]
    assert [(row["channel"], row["owed"]) for row in told["deliveries"]] == [("desk", 1)]


def test_why_tells_the_whole_trail_of_an_article_that_rang(call):
    printed = " ".join(call("why", "https://wire.example/1?utm_source=x").split())  # as wide as the terminal

    for part in (
        "Eleven militants",
        "killed: 11",
        "happened in Kabardino-Balkaria < Russia, in North Caucasus, ",
        "read from “Kabardino-Balkaria” at ",
        "(denied)",
        "holds",
        "does not hold",
        "alert 1 to desk is owed",
    ):
        assert part in printed


def test_why_tells_why_a_copy_did_not_ring(call):
    trail = call("why", "2", "--json")

    assert trail["story"]["placed"].startswith("a copy")
    assert [d["reason"] for rule in trail["rules"] for d in rule["decisions"]] == ["already told"]


def test_why_can_be_asked_of_one_rule(call):
    trail = call("why", "1", "--rule", "Syria", "--json")

    assert [(rule["name"], rule["holds"]) for rule in trail["rules"]] == [("Syria", False)]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("why", "999"), 1, "no article '999'"),
        (("why", "9" * 400), 1, "no article"),
        (("why", "https://nowhere.example/"), 1, "no article"),
        (("why", ""), 1, "no article ''"),
        (("why", "1", "--rule", "Nope"), 2, "has no rule 'Nope'; it has: North Caucasus, Syria"),
        (("search", "zebra"), 0, "no article holds all of these words"),
        (("search",), 2, "Missing argument"),
        (("once", "Nope"), 2, "has no source 'Nope'; it has: Example Wire, Other"),
        (("test-channel", "nope"), 2, "has no channel 'nope'; it has: desk, hook"),
        (("status", "-c", "none.yaml"), 2, "none.yaml"),
    ],
)
def test_a_question_without_an_answer_says_what_to_ask(call, args, code, says):
    assert says in call(*args, code=code)


def test_a_search_finds_words_in_any_script(call):
    assert [row["title"] for row in call("search", "праздник", "--json")] == ["Праздник в Нальчике"]
    assert "Eleven militants" in call("search", "eleven militants", "chegem")


def test_a_channel_can_be_tried_and_its_secret_is_never_shown(call):
    assert "desk: accepted" in call("test-channel", "desk")
    refused = call("test-channel", "hook", code=1)
    assert "s3cr3t" not in refused


def test_check_says_every_rule_in_plain_words(call):
    printed = call("check")

    assert "2 sources, 2 channels, 2 rules" in printed
    assert "North Caucasus" in printed
    assert "s3cr3t" not in printed


def test_check_says_how_often_each_rule_would_have_rung(call):
    printed = " ".join(call("check", "--days", "3650").split())
    checked = call("check", "--json", "--days", "3650")

    assert "It would have rung once since 22 Nov, when the archive begins." in printed
    assert "It would not have rung since 22 Nov, when the archive begins." in printed
    assert [(rule["name"], rule["alerts"]) for rule in checked["rules"]] == [("North Caucasus", 1), ("Syria", 0)]
    assert checked["since"].startswith("2026-11-22")


def test_check_needs_no_archive_to_say_what_the_rules_are(call, folder):
    (folder / "tocsin.db").unlink()

    assert "How often they would have rung is not known: there is no database" in call("check")
    assert "rung" not in call("check", "--days", "0")
    (folder / "tocsin.db").write_bytes(b"no database")
    assert "How often they would have rung is not known" in call("check")


def test_check_lists_every_problem_and_exits_with_2(call, folder):
    (folder / "config.yaml").write_text(
        "channels: {desk: 'nonsense'}\nrules:\n  - {name: A, when: {kiled: 5}, notify: dsk}\n"
    )

    printed = call("check", code=2)
    assert printed.count("config.yaml:") >= 3
    assert "did you mean killed?" in printed


def test_looking_without_a_database_says_how_to_make_one(call, folder):
    (folder / "tocsin.db").unlink()

    assert "'tocsin run' or 'tocsin once' makes it" in call("status", code=1)


def lines(call, command, *rows, code=0):
    given = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
    return [json.loads(line) for line in call("lines", *command, given=given, code=code).splitlines()]


def test_lines_answer_one_for_one_in_order_and_skip_nothing(call):
    rows = [
        {"id": "a", "url": "https://m.example.org/x?utm_source=y"},
        "not json\n",
        {"id": 3},
        "[1]\n",
        {"id": "b", "url": "ftp://x"},
        '"\\ud800"\n',
    ]

    out = lines(call, ["urlkey"], *rows, code=1)

    assert [row["id"] for row in out] == ["a", None, 3, None, "b", None]
    assert ["error" in row for row in out] == [False, True, True, True, True, True]
    assert out[2]["error"] == "'url' is missing"


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff\xfe{}\n",
        b'{"id": 1, "text": 5}\n',
        b'{"id": 1, "text": "x", "published": 5}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_that_is_not_what_it_should_be_gets_its_error_in_place(call, bad):
    out = [json.loads(line) for line in call("lines", "facts", given=bad, code=1).splitlines()]

    assert len(out) == 1
    assert out[0]["error"]


def test_every_toponym_of_a_line_is_told_with_its_offsets_and_coordinates(call):
    text = "Shells fell on Nalchik. Nalchik is in Russia."
    (row,) = lines(call, ["places"], {"id": 7, "text": text})

    assert row["id"] == 7
    assert [text[place["start"] : place["end"]] for place in row["places"]] == ["Nalchik", "Nalchik", "Russia"]
    assert set(row["places"][0]) == {"start", "end", "name", "code", "country", "admin1", "lat", "lon"}
    assert [place["code"] for place in row["places"]] == ["RU-KB/nalchik", "RU-KB/nalchik", "RU"]


def test_places_answers_one_for_one_whatever_the_lines_hold(call):
    rows = [
        {"id": "empty", "text": ""},
        "{broken\n",
        {"id": "none"},
        {"id": "number", "text": 5},
        {"id": "null", "text": None},
        "[]\n",
        {"id": "ru", "text": "В Грозном тихо."},
        {"id": "huge", "text": "It rained in Paris. " * 20_000},
        {"id": "odd", "text": "\x00\ud800 \u202e Paris\u0301 "},
    ]
    out = lines(call, ["places"], *rows, code=1)

    assert [row["id"] for row in out] == ["empty", None, "none", "number", "null", None, "ru", "huge", "odd"]
    assert ["error" in row for row in out] == [False, True, True, True, True, True, False, False, False]
    assert [len(row.get("places", ())) for row in out][6:8] == [1, 20_000]


@pytest.mark.parametrize(
    "published", ["2026-11-22", "2026-11-22T10:00:00+03:00", "05-January-2015", "6-May-20", "", "some day", None]
)
def test_a_date_in_any_form_or_none_at_all_keeps_no_line_from_being_read(call, published):
    (row,) = lines(call, ["facts"], {"id": 1, "text": "Five soldiers were killed in Gao.", "published": published})

    assert row["killed"] == 5


def test_facts_have_the_contracts_form(call):
    (row,) = lines(
        call, ["facts"], {"id": 7, "text": "Five soldiers were killed and two injured in an ambush in Gao on Monday."}
    )

    assert set(row) >= {
        "id",
        "lang",
        "killed",
        "killed_max",
        "injured",
        "injured_max",
        "approximate",
        "by",
        "disputed",
        "places",
        "groups",
        "quotes",
    }
    assert (row["id"], row["killed"], row["injured"], row["by"]["security"]) == (7, 5, 2, 5)
    assert "Five soldiers" in row["quotes"]["killed"]


def test_match_names_the_rules_that_hold_with_their_evidence(call):
    text = (
        "Security forces killed eleven militants in an operation in Kabardino-Balkaria on Sunday, the committee said."
    )
    hit, miss = lines(
        call,
        ["match"],
        {"id": 1, "text": text},
        {"id": 2, "text": "Parliament in Paris voted on the budget on Monday."},
    )

    assert [rule["name"] for rule in hit["rules"]] == ["North Caucasus"]
    assert any("eleven" in (finding["quote"] or "") for finding in hit["rules"][0]["evidence"])
    assert miss["rules"] == []


def test_read_takes_a_page_apart(call):
    html = (
        '<html lang="en"><head><title>T | Site</title></head><body><article><h1>Blast in Gao</h1><p>'
        + "Five people died. " * 30
        + "</p></article></body></html>"
    )
    (row,) = lines(call, ["read"], {"id": 1, "url": "https://www.example.org/a/", "html": html})

    assert (row["title"], row["lang"], row["url_key"]) == ("Blast in Gao", "en", row["url_key"])
    assert "Five people died." in row["text"]
