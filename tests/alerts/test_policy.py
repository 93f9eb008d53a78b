"""When a match is worth telling."""

from datetime import timedelta

import pytest

from alerts.conditions import All
from alerts.policy import Reason, Told, decide
from alerts.rules import Rule, TellAgain
from tests.fakes import NOON, reading, story


def rule(**again):
    return Rule(name="R", when=All(()), notify=("desk",), tell_again=TellAgain(**again) if again else None)


def told(killed=5, injured=None):
    return Told(at=NOON, killed=killed, injured=injured)


def test_what_was_never_told_is_new():
    decision = decide(rule(), story(reading(killed=5)), None, NOON)

    assert (decision.reason, decision.tells) == (Reason.NEW, True)


@pytest.mark.parametrize(
    ("again", "before", "after", "reason"),
    [
        ({}, 5, 500, Reason.ALREADY_TOLD),
        ({"killed": "+5"}, 5, 9, Reason.ALREADY_TOLD),
        ({"killed": "+5"}, 5, 10, Reason.TOLL_ROSE),
        ({"killed": "x2"}, 5, 9, Reason.ALREADY_TOLD),
        ({"killed": "x2"}, 5, 10, Reason.TOLL_ROSE),
        ({"killed": "x1.5"}, 4, 6, Reason.TOLL_ROSE),
        ({"killed": "x2"}, 0, 0, Reason.ALREADY_TOLD),
        ({"killed": "x2"}, 0, 1, Reason.TOLL_ROSE),
        ({"killed": "+5"}, None, 4, Reason.ALREADY_TOLD),
        ({"killed": "+5"}, None, 5, Reason.TOLL_ROSE),
        ({"killed": "+5"}, 5, None, Reason.ALREADY_TOLD),
        ({"killed": "+5"}, 11, 5, Reason.ALREADY_TOLD),
    ],
)
def test_a_toll_is_told_again_only_when_it_rose_by_the_rules_step(again, before, after, reason):
    assert decide(rule(**again), story(reading(killed=after)), told(before), NOON).reason is reason


def test_injuries_have_a_step_of_their_own():
    decision = decide(rule(injured="+10"), story(reading(killed=5, injured=30)), told(5, 20), NOON)

    assert (decision.reason, decision.explanation) == (Reason.TOLL_ROSE, "injured 20 → 30")


@pytest.mark.parametrize(("hours", "reason"), [(5, Reason.ALREADY_TOLD), (6, Reason.REPEAT)])
def test_a_story_that_goes_on_is_told_again_after_the_rules_time(hours, reason):
    decision = decide(rule(every=timedelta(hours=6)), story(reading()), told(), NOON + timedelta(hours=hours))

    assert decision.reason is reason


def test_a_decision_not_to_tell_says_what_it_waits_for():
    decision = decide(rule(killed="+5"), story(reading(killed=6)), told(5), NOON)

    assert decision.explanation == "told at 22 Nov 12:00 UTC; tells again at killed +5 (killed 5 then, 6 now)"
