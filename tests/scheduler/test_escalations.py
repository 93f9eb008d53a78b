"""An alert that nobody acknowledges goes to the next channel, once for each step, whatever is restarted."""

from contextlib import closing
from datetime import timedelta

import pytest

from alerts.rules import RuleSet
from scheduler.config import load
from scheduler.digests import release_gathered
from scheduler.ringing import Ringer, ring
from scheduler.store import open_store
from tests.fakes import NALCHIK, NOON, WIRE, place, reading

CONFIG = """
channels: {desk: "console://", phone: "json://127.0.0.1:9/", boss: "json://127.0.0.1:9/boss"}
rules:
  - name: Caucasus
    when: {region: North Caucasus}
    notify: desk
    tell_again: {killed: "+5"}
    escalate: [{after: 15m, to: phone}, {after: 1h, to: [boss, phone]}]
"""


class Desk:
    """A store that is opened anew for each question, as after a crash, and the time."""

    def __init__(self, folder, text=CONFIG):
        self.folder, self.path, self.now = folder, folder / "config.yaml", NOON
        self.path.write_text(text)

    def load(self):
        return load(self.path, {})

    def __call__(self, work):
        with closing(open_store(self.folder / "tocsin.db")) as store:
            store.sources.register([WIRE])
            config = self.load()
            channels = {channel.name: channel.limit for channel in config.channels.values()}
            return work(Ringer(store, RuleSet(config.rules), lambda: self.now, channels=channels))

    def report(self, killed, number=1):
        told = {"killed": killed, "places": [place("Kabardino-Balkaria", *NALCHIK)]}
        text = f"An operation in Nalchik killed {killed} militants on Sunday, officials said in report {number}."
        self(
            lambda ringer: ring(reading("Militants killed", text, url=f"https://wire.example/{number}", **told), ringer)
        )

    def later(self, **time):
        self.now += timedelta(**time)
        return self(lambda r: r.store.escalations.escalate(r.rules, r.channels, self.now))

    def owed(self):
        sql = "select channel, kind, terms, note from deliveries order by id"
        return self(
            lambda r: [(row["channel"], row["terms"]) for row in r.store.sql.rows(sql) if row["kind"] == "escalation"]
        )

    def ack(self, by="Ann"):
        return self(lambda r: r.store.escalations.acknowledge(1, by, self.now))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_each_step_is_owed_once_when_its_time_has_come(desk):
    desk.report(6)
    assert [desk.later(minutes=14), desk.later(minutes=1), desk.later(minutes=5)] == [0, 1, 0]
    assert desk.owed() == [("phone", "0")]
    assert [desk.later(minutes=40), desk.later(minutes=1), desk.later(hours=10)] == [2, 0, 0]
    assert desk.owed() == [("phone", "0"), ("boss", "1"), ("phone", "1")]


def test_the_message_says_that_nobody_acknowledged_it_and_how_to(desk):
    desk.report(6)
    desk.later(minutes=15)
    (letter,) = desk(lambda r: [one.letter for one in r.store.outbox.owed(desk.now) if one.channel == "phone"])
    assert "Not acknowledged for 15 minutes; 'tocsin ack 1' acknowledges it." in letter.body
    assert "6 killed" in letter.title


def test_what_is_acknowledged_escalates_no_further_and_a_later_alert_escalates_anew(desk):
    desk.report(6)
    desk.later(minutes=15)
    assert (desk.ack(), desk.ack()) == (1, 0)
    assert desk.later(hours=2) == 0
    desk.report(16, 2)
    assert desk.later(minutes=15) == 1
    assert desk.owed()[-1] == ("phone", "0")


def test_an_alert_of_days_ago_is_nobodys_emergency(desk):
    desk.report(6)
    assert desk.later(days=3) == 0


def test_a_channel_or_rule_that_is_gone_is_passed_over_and_one_that_is_switched_off_too(desk):
    desk.report(6)
    desk.path.write_text(CONFIG.replace(', boss: "json://127.0.0.1:9/boss"', "").replace("[boss, phone]", "phone"))
    assert desk.later(hours=1) == 2
    desk.path.write_text(CONFIG.replace("    notify: desk", "    notify: desk\n    enabled: false"))
    assert desk.later(hours=1) == 0
    desk.path.write_text('channels: {desk: "console://"}\nrules: []')
    assert desk.later(hours=1) == 0


def test_what_is_gathered_does_not_escalate_until_it_is_told(tmp_path):
    desk = Desk(tmp_path, CONFIG.replace("    tell_again", "    digest: hourly\n    tell_again"))
    desk.now = NOON + timedelta(minutes=5)
    desk.report(6)
    assert desk.later(minutes=50) == 0
    desk.now += timedelta(minutes=6)
    desk(lambda r: release_gathered(r, desk.now))
    assert (desk.later(minutes=14), desk.later(minutes=2)) == (0, 1)


def test_ack_names_who_and_says_what_there_is_not(folder, call):
    assert "story 1: 1 alert acknowledged by Ann" in call("ack", "1", "--by", "Ann")
    assert "nothing that was not acknowledged before acknowledged by Борис" in call("ack", "story:1", "--by", "Борис")
    for wrong in ("2", "story:9", "9" * 300, "story:", "x:1", "", "\x1b[31m1"):
        assert "there is no alert" in call("ack", wrong, code=2)
    assert len(call("ack", "1", "--by", "x" * 10_000)) < 200


def test_ack_by_a_user_without_a_name_is_kept(folder, call, monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert "story 1: 1 alert acknowledged by unknown" in call("ack", "1")
