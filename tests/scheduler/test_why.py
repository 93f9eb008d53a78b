"""Why did this ring, why didn't that: the whole trail of an article or a story, on one screen."""

from contextlib import closing
from datetime import timedelta

import pytest

from alerts.rules import RuleSet
from crawler.article import url_key
from scheduler.config import load
from scheduler.ringing import Ringer, ring
from scheduler.store import open_store
from tests.fakes import NALCHIK, NOON, place, reading

MORE = """\
  - {name: Thirty, when: {killed: ">= 30"}, notify: desk}
  - {name: Off, when: {title: coup}, notify: desk, enabled: false}
"""


def words(printed):
    """Return what was printed as one line, however wide the terminal is."""
    return " ".join(printed.split())


@pytest.fixture
def edited(folder):
    """The folder with two more rules, and a later report of thirteen dead."""
    path = folder / "config.yaml"
    path.write_text(path.read_text() + MORE)
    config = load(path, {"HOOK_PASSWORD": "s3cr3t/word"})
    with closing(open_store(config.database)) as store:
        text = (
            "Thirteen militants were killed in Chegem on Sunday, the committee said later. Recruits had gone to Syria."
        )
        told = {"killed": 13, "places": [place("Kabardino-Balkaria", *NALCHIK)]}
        ringer = Ringer(store, RuleSet(config.rules), lambda: NOON + timedelta(hours=1))
        ring(reading("Thirteen militants killed", text, url="https://other.example/4", source="Other", **told), ringer)
    return folder


def test_the_first_sentence_says_what_rang_and_what_became_of_it(call):
    assert "It rang: North Caucasus (new) → desk: owed" in call("why", "1")


def test_the_first_sentence_says_why_nothing_rang(call):
    assert "Nothing rang: North Caucasus: already told, told at 22 Nov" in words(call("why", "2"))
    assert "Nothing rang: no rule holds" in call("why", "3")


def test_rules_that_do_not_hold_take_a_line_with_their_nearest_miss_and_the_others_are_told_in_full(edited, call):
    printed = words(call("why", "1"))
    assert "✗ Thirty does not hold: 11 killed, the rule wants >= 30" in printed
    assert "✗ Off does not hold: switched off; no title has it" in printed
    assert '✓ killed: ">= 5" — 11 killed' in printed
    assert printed.index("Rule North Caucasus: holds") < printed.index("Thirty does not hold")
    assert "Rule Thirty: does not hold" in call("why", "1", "--full")
    assert "Rule Thirty: does not hold" in call("why", "1", "--rule", "Thirty")


def test_an_ordinary_trail_fits_one_screen(edited, call):
    assert len(call("why", "1").splitlines()) <= 50


def test_a_story_tells_its_changes_and_why_it_did_not_ring_again(edited, call):
    printed = words(call("why", "story:1"))
    assert "Story 1: Eleven militants killed in Chegem (3 articles, 2 publishers)" in printed
    assert "killed 11 → 13" in printed
    assert "It rang: North Caucasus (new) → desk: owed" in printed
    assert printed.count("already told: told at 22 Nov 12:00 UTC; the rule tells a story once") == 2
    trail = call("why", "story:1", "--json")
    assert [rule["name"] for rule in trail["rules"]] == ["North Caucasus", "Syria", "Thirty", "Off"]
    assert [one["reason"] for one in trail["rules"][0]["decisions"]] == ["new", "already told", "already told"]
    assert trail["rules"][2]["nearest_miss"].startswith("13 killed, the rule wants >= 30")


def test_what_a_rule_decided_that_is_no_longer_there_is_told_all_the_same(folder, call):
    path = folder / "config.yaml"
    path.write_text(path.read_text().replace("name: North Caucasus", "name: Renamed"))
    printed = words(call("why", "1"))
    assert "Rule North Caucasus: is no longer in the configuration" in printed
    assert "alert 1 to desk is owed; not tried yet" in printed
    assert "nothing was decided when the article came: the rule is newer, or was different then" in printed


def test_an_alert_that_was_told_in_a_digest_shows_the_digests_attempts(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        row = {"kind": "limit", "channel": "desk", "severity": "info", "title": "2 alerts", "body": "", "created": "x"}
        digest = store.sql.insert("digests", row)
        store.sql.do("update deliveries set state = 'digested', digest_id = ?", [digest])
        store.outbox.owe(["desk"], NOON, digest_id=digest)
        own = store.sql.one("select max(id) as id from deliveries")["id"]
        attempt = {"delivery_id": own, "at": "2026-11-22T13:00:00.000+00:00", "outcome": "sent", "detail": "accepted"}
        store.sql.insert_all("attempts", [attempt])
    assert "alert 1 to desk is digested; " in call("why", "1")
    assert "sent: accepted" in call("why", "1")


def test_what_waits_for_a_digest_says_until_when(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.sql.do("update deliveries set state = 'gathered', due = '2026-11-23T07:00:00.000+00:00'")
    assert "waits for a digest until 23 Nov" in call("why", "1")


def test_a_hold_is_shown_with_its_story(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.rulings.holds.wait("Syria", 1, 1, NOON, NOON + timedelta(minutes=2))
    assert "Syria waits for other reports until" in call("why", "story:1")


def test_an_address_that_was_listed_and_never_kept_says_by_whom(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        row = {
            "source_id": 1,
            "url_key": url_key("https://nowhere.example/menu"),
            "seen": "2026-11-22T12:00:00.000+00:00",
        }
        store.sql.insert_all("entries", [row])
    assert "Example Wire listed it, last on 2026-11-22 12:00 UTC" in call("why", "https://nowhere.example/menu", code=1)


def test_an_address_of_a_known_host_names_its_source_and_how_that_is(folder, call):
    assert "the source Example Wire is on that host, and was not polled yet" in call(
        "why", "http://127.0.0.1:9/x", code=1
    )
    assert "no source of the configuration is at nowhere.example" in call("why", "https://nowhere.example/x", code=1)


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        ("story:99", 1, "story 99 is not in"),
        ("story:" + "9" * 400, 1, "is not in"),
        ("story:x", 1, "no article 'story:x'"),
        ("story:", 1, "no article 'story:'"),
        ("http://[", 1, "no article 'http://['"),
        ("https://пример.рф/новость", 1, "no source of the configuration is at пример.рф"),
        ("https://x.example/\x1b[31m\u202e", 1, "no article 'https://x.example/[31m'"),
        ("①", 1, "no article '①'"),
    ],
)
def test_a_question_that_has_no_answer_says_so(call, asked, code, says):
    assert says in call("why", asked, code=code)


def test_a_story_that_was_merged_away_says_into_which(call):
    call("stories", "merge", "2", "1")
    assert "story 1 was merged into story 2" in call("why", "story:1", code=1)
    assert "(3 articles" in call("why", "story:2")


def test_an_archive_of_an_older_version_says_what_brings_it_up_to_date(folder, call):
    with closing(open_store(folder / "tocsin.db")) as store, store.sql.writing():
        store.sql.do("delete from _sqlite_migrations where name = (select max(name) from _sqlite_migrations)")
    assert "was written by an older Tocsin" in call("why", "1", code=1)
