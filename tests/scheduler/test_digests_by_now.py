"""What waited is told with what has become of it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.store import Store
from tests.scheduler.gathering import HOUR, MORNING, Daemon, event

THEN, NOW = "7 killed, Market1kala (RU) · 1 publisher", "9 killed, Market1kala (RU) · 1 publisher"


@pytest.fixture
def night(tmp_path):
    """A daemon at night that gathered an alert, and then a report of two more dead, for which its rule is silent."""
    made = Daemon(tmp_path)
    made.ring(event(1, 7), event(1, 9, url="https://e.example/later"))
    assert made.states() == ["gathered"]
    yield made
    made.store.close()


def test_an_alert_alone_is_headed_by_what_is_known_now_and_says_for_what_it_rang(night):
    assert night.release(MORNING) == 1
    (body,) = night.bodies()
    assert body.startswith(f"It rang for: {THEN}\n\nNight: new\n")
    assert (night.sent(), night.states()) == ({"phone": [NOW]}, ["digested"])


def test_in_a_digest_the_line_of_a_story_says_what_is_known_by_now(night):
    night.ring(event(2, 6))
    night.release(MORNING)
    (body,) = night.bodies()
    assert f"{THEN}\nby now: {NOW}\nNight: new" in body
    assert body.count("by now: ") == 1


def test_a_silence_that_ends_tells_what_is_known_by_now(night):
    night.store.rulings.silences.add("rule", ("Night", "Night"), ("anna", "drill"), night.now, MORNING + HOUR)
    assert night.release(MORNING) == 0
    night.release(MORNING + HOUR + timedelta(seconds=1))
    (body,) = night.bodies()
    assert body.startswith("Night was silenced for ")
    assert f"\n\nIt rang for: {THEN}\n\n" in body
    assert night.sent() == {"phone": [NOW]}


def test_what_has_not_changed_or_can_not_be_read_is_told_as_it_is(night, monkeypatch, caplog):
    night.ring(event(2, 6))

    def broken(store, story):
        raise ValueError(f"story {story} is damaged")

    monkeypatch.setattr(Store, "story", broken)
    night.release(MORNING)
    (body,) = night.bodies()
    assert THEN in body
    assert "by now" not in body
    assert "is damaged" in caplog.text
