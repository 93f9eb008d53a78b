"""When a match is worth telling."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy import Arrival, Decision, Reason, Told, correct, decide, decide_passage, release
from alerts.rules import match
from tests.fakes import NOON, group, place, reading, story
from tests.world import rule_of

KILLED = {"killed": ">= 5"}
PUBLISHERS = {"killed": ">= 5", "publishers": ">= 2"}


@pytest.fixture
def rule(tmp_path):
    """Return a maker of rules, through the configuration's own door."""

    def make(when=None, **fields):
        return rule_of(tmp_path, when or {"killed": ">= 0"}, **fields)

    return make


def told(killed=5, injured=None, **more):
    return Told(at=NOON, killed=killed, injured=injured, **more)


def other(number=2, **facts):
    """Return a report of another publisher."""
    return reading(url=f"https://other.example/{number}", source=f"Other {number}", **facts)


def decided(rule, now_is, before=None, told=None, now=NOON, **arrival):
    return decide(rule, match(rule, now_is), now_is, told, now, Arrival(before=before, **arrival))


def test_a_story_that_an_article_opens_is_new(rule):
    decision = decided(rule(), story(reading(killed=5)))

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
def test_a_toll_is_told_again_only_when_it_rose_by_the_rules_step(again, before, after, reason, rule):
    one = rule({"region": "Syria"}, **({"tell_again": again} if again else {}))
    now_is = story(reading(killed=after, places=[place("Syria", "SY")]))

    assert decided(one, now_is, told=told(before)).reason is reason


def test_injuries_have_a_step_of_their_own(rule):
    decision = decided(rule(tell_again={"injured": "+10"}), story(reading(killed=5, injured=30)), told=told(5, 20))

    assert (decision.reason, decision.explanation) == (Reason.TOLL_ROSE, "injured 20 → 30")


@pytest.mark.parametrize(("hours", "reason"), [(5, Reason.ALREADY_TOLD), (6, Reason.REPEAT)])
def test_a_story_that_goes_on_is_told_again_after_the_rules_time(hours, reason, rule):
    later = NOON + timedelta(hours=hours)

    assert decided(rule(tell_again={"every": "6h"}), story(reading(killed=5)), told=told(), now=later).reason is reason


def test_a_copy_is_no_sign_that_a_story_goes_on(rule):
    copied = story(reading(killed=5), other(killed=5), copies=["https://other.example/2"])
    assert copied.newest.article.url_key in copied.copies

    later = NOON + timedelta(hours=9)

    assert decided(rule(tell_again={"every": "6h"}), copied, told=told(), now=later).reason is Reason.ALREADY_TOLD


def test_a_decision_not_to_tell_says_what_it_waits_for(rule):
    decision = decided(rule(tell_again={"killed": "+5"}), story(reading(killed=6)), told=told(5))

    assert decision.explanation == "told at 22 Nov 12:00 UTC; tells again at killed +5 (killed 5 then, 6 now)"


@pytest.mark.parametrize(
    ("when", "first", "then", "says"),
    [
        (KILLED, {"killed": 3}, {"killed": 6}, 'killed: ">= 5" holds now: 6 killed, by Other 2\'s report'),
        (
            {"region": "Syria", "killed": 5},
            {"killed": 6},
            {"places": [place("Syria", "SY")]},
            "region: Syria holds now: happened in Syria, by Other 2's report",
        ),
        (
            {"any": [{"killed": 5}, {"group": "ISKP"}], "language": "en"},
            {"killed": 1},
            {"groups": [group("iskp", "ISKP")]},
            "group: ISKP holds now: names ISKP, by Other 2's report",
        ),
        (PUBLISHERS, {"killed": 3}, {"killed": 6}, 'killed: ">= 5" holds now: 6 killed; publishers: ">= 2" holds now'),
    ],
)
def test_a_rule_that_facts_make_hold_now_says_which_and_by_whose_report(when, first, then, says, rule):
    before = story(reading(**first))
    decision = decided(rule(when), replace(before, readings=(*before.readings, other(**then))), before)

    assert decision.reason is Reason.NOW_MATCHES
    assert decision.explanation.startswith(says)


def test_a_second_publisher_confirms_a_story_that_lacked_nothing_else(rule):
    before = story(reading(killed=6))
    decision = decided(rule(PUBLISHERS), story(*before.readings, other(killed=6)), before)

    assert decision.reason is Reason.CONFIRMED
    assert "2 publishers: Example Wire, Other 2" in decision.explanation


@pytest.mark.parametrize("copies", [["https://other.example/2"], []], ids=["a copy", "an outlet of the same publisher"])
def test_a_copy_and_another_outlet_of_one_publisher_confirm_nothing(copies, rule):
    second = reading(
        url="https://other.example/2", source="Other 2", publisher=None if copies else "Example Wire", killed=6
    )

    assert not match(rule(PUBLISHERS), story(reading(killed=6), second, copies=copies)).met


# what was taken in quietly, and rules that are newer than a story


@pytest.mark.parametrize(
    ("then", "hours", "reason"),
    [
        (reading(url="https://wire.example/2", killed=6), 1, Reason.FOLLOW_UP),
        (reading(url="https://wire.example/2", killed=7), 1, Reason.NEW),
        (reading(url="https://wire.example/2", killed=6, injured=1), 1, Reason.NEW),
        (reading(url="https://wire.example/2"), 1, Reason.FOLLOW_UP),
        (other(killed=6), 23, Reason.NEW),
        (other(killed=6), 25, Reason.FOLLOW_UP),
        (other(killed=7), 24 * 7, Reason.NEW),
    ],
    ids=[
        "the same again", "a toll that rose", "the injured too", "a funeral", "somebody else the same day",
        "somebody else later", "a toll that rose in a week",
    ],
)  # fmt: skip
def test_a_story_that_a_rule_never_told_of_rings_for_news_and_for_no_mere_follow_up(then, hours, reason, rule):
    before = story(reading(killed=6))
    decision = decided(rule(KILLED), story(*before.readings, then), before, now=NOON + timedelta(hours=hours))

    assert decision.reason is reason


def test_a_story_that_had_no_article_before_is_new(rule):
    assert decided(rule({"not": {"text": "film"}}), story(reading()), story()).reason is Reason.NEW


def test_what_is_no_news_rings_for_nothing_and_says_why(rule):
    decision = decided(rule(KILLED), story(reading(killed=6)), quiet="part of the backlog")

    assert (decision.reason, decision.tells, decision.explanation) == (Reason.QUIET, False, "part of the backlog")


# corrections


def corrected(one, killed, was=11, told_=None, **facts):
    before, now_is = story(reading(killed=was)), story(reading(killed=killed, **facts))
    return correct(one, match(one, now_is), now_is, told_ or told(was), before)


def test_a_toll_that_is_corrected_below_the_rules_threshold_is_taken_back(rule):
    decision = corrected(rule(KILLED), 4)

    assert (decision.reason, decision.tells) == (Reason.CORRECTED, True)
    assert decision.explanation == "killed 11 → 4, the rule wants >= 5"


@pytest.mark.parametrize(
    ("when", "killed", "told_"),
    [
        (KILLED, 5, told(11)),
        (KILLED, None, told(11)),
        (KILLED, 4, told(11, reason=Reason.CORRECTED)),
        ({"killed": 5, "text": "siege"}, 11, told(11)),
        ({"text": "siege"}, 4, told(11)),
        ({"not": {"killed": "<= 20"}}, 4, told(11)),
        ({"any": [{"killed": 5}, {"language": "en"}]}, 4, told(11)),
    ],
    ids=["it still holds", "no figure any more", "taken back before", "a word is gone", "no figure is asked for",
         "an exception", "another condition holds"],
)  # fmt: skip
def test_nothing_is_taken_back_but_for_a_lower_figure_that_the_rule_asks_for(when, killed, told_, rule):
    assert corrected(rule(when), killed, told_=told_) is None


def test_what_was_told_before_a_rise_that_is_corrected_is_taken_back_too(rule):
    decision = corrected(rule(KILLED), 4, was=11, told_=told(5))

    assert decision.explanation == "killed 11 → 4, the rule wants >= 5"


def test_a_correction_in_what_is_no_news_rings_for_nothing(rule):
    one, now_is = rule(KILLED), story(reading(killed=4))

    assert correct(one, match(one, now_is), now_is, told(11), None, "old news").reason is Reason.QUIET


def test_a_rule_that_was_taken_back_tells_again_when_it_holds_again(rule):
    decision = decided(rule(KILLED), story(reading(killed=6)), story(), told(4, reason=Reason.CORRECTED))

    assert decision.reason is Reason.NOW_MATCHES
    assert decision.explanation == "killed 4 → 6, after the correction told at 22 Nov 12:00 UTC"


# waiting


def test_the_first_alert_of_a_rule_with_a_hold_waits(rule):
    decision = decided(rule(KILLED, hold="2m"), story(reading(killed=6)))

    assert (decision.reason, decision.tells, decision.due) == (Reason.HELD, False, NOON + timedelta(minutes=2))
    assert decision.explanation == "new; waits for other reports until 22 Nov 12:02:00 UTC"


def test_what_waits_does_not_begin_to_wait_anew(rule):
    before, due = story(reading(killed=6)), NOON + timedelta(minutes=2)
    decision = decided(rule(KILLED, hold="2m"), story(*before.readings, other(killed=60)), before, due=due)

    assert (decision.reason, decision.due) == (Reason.HELD, None)


def test_what_was_told_is_told_again_without_waiting(rule):
    one = rule(KILLED, hold="2m", tell_again={"killed": "+5"})

    assert decided(one, story(reading(killed=11)), told=told(6)).reason is Reason.TOLL_ROSE


def test_what_is_no_news_does_not_wait(rule):
    assert decided(rule(KILLED, hold="2m"), story(reading(killed=6)), quiet="old news").reason is Reason.QUIET


@pytest.mark.parametrize(
    ("now_is", "told_", "reason", "says"),
    [
        (
            story(reading(killed=6), other(killed=7)),
            None,
            Reason.NEW,
            "held since 22 Nov 12:00:00 UTC, by now reported by 2 publishers: Example Wire, Other 2",
        ),
        (
            story(reading(killed=4)),
            None,
            Reason.WITHDRAWN,
            'held since 22 Nov 12:00:00 UTC, then killed: ">= 5" no longer holds: 4 killed, the rule wants >= 5',
        ),
        (
            story(reading(killed=6)),
            told(),
            Reason.ALREADY_TOLD,
            "told at 22 Nov 12:00 UTC; it was held since before that",
        ),
    ],
)
def test_what_waited_is_judged_by_the_story_as_it_is_when_the_time_is_up(now_is, told_, reason, says, rule):
    one = rule(KILLED, hold="2m")
    decision = release(one, match(one, now_is), now_is, told_, NOON)

    assert (decision.reason, decision.explanation) == (reason, says)


# round-ups


@pytest.mark.parametrize(
    ("own", "before", "quiet", "reason"),
    [
        (None, None, None, Reason.NEW),
        (12, None, None, Reason.FOLLOW_UP),
        (12, told(), "old news", Reason.FOLLOW_UP),
        (None, told(), None, Reason.ALREADY_TOLD),
        (None, None, "old news", Reason.QUIET),
    ],
)
def test_an_event_in_a_round_up_rings_unless_it_has_a_story_or_the_round_up_rang_or_is_no_news(
    own, before, quiet, reason, rule
):
    decision = decide_passage(rule(KILLED, hold="2m"), own, before, 4, quiet)

    assert (decision.reason, decision.due) == (reason, None)
    assert "12" in decision.explanation or own is None


def test_what_a_thousand_publishers_report_is_explained_on_one_line(rule):
    one, crowd = rule(KILLED, hold="2m"), story(*(other(number, killed=6) for number in range(1000)))
    decision = release(one, match(one, crowd), crowd, None, NOON)

    assert decision.explanation.endswith("1000 publishers: Other 0, Other 1, Other 2, Other 3, Other 4 and 995 more")


# laws


TOLLS = st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=12)
STEPS = st.one_of(st.none(), st.sampled_from(["+1", "+5", "+20", "x1.1", "x2", "x10"]))


def run(rule, tolls):
    """Return what one rule decides while articles come in, an hour apart; what the newest says is the story's toll."""
    last, before, decisions = None, None, []
    for hour, toll in enumerate(tolls):
        now, now_is = NOON + timedelta(hours=hour), story(reading(killed=toll))
        found = match(rule, now_is)
        decision = (
            decide(rule, found, now_is, last, now, Arrival(before=before))
            if found.met
            else last and correct(rule, found, now_is, last, before)
        )
        if decision and decision.tells:
            last = Told(at=now, killed=toll, injured=None, reason=decision.reason)
        decisions.append(decision)
        before = now_is
    return decisions


def rule_with(folder, step, threshold=1):
    return rule_of(folder, {"killed": f">= {threshold}"}, **({"tell_again": {"killed": step}} if step else {}))


@given(TOLLS, STEPS)
def test_the_same_story_and_the_same_past_give_the_same_decision(tmp_path_factory, tolls, step):
    rule = rule_with(tmp_path_factory.getbasetemp(), step)

    assert run(rule, tolls) == run(rule, tolls)


@given(TOLLS, STEPS, st.integers(0, 30))
def test_no_rule_tells_one_story_twice_as_new_and_none_begins_with_an_update(tmp_path_factory, tolls, step, threshold):
    rung = [
        decision.reason
        for decision in run(rule_with(tmp_path_factory.getbasetemp(), step, threshold), tolls)
        if decision and decision.tells
    ]
    first = {Reason.NEW, Reason.NOW_MATCHES, Reason.CONFIRMED}

    assert rung.count(Reason.NEW) <= 1
    assert not rung or rung[0] in first
    assert Reason.NEW not in rung[1:]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=15), st.integers(1, 40))
def test_a_toll_that_only_rises_rings_no_more_often_than_its_step_fits_in(tmp_path_factory, tolls, step):
    rising = sorted(tolls)
    rung = [d.reason for d in run(rule_with(tmp_path_factory.getbasetemp(), f"+{step}"), rising) if d and d.tells]

    assert rung[0] is Reason.NEW
    assert len(rung) - 1 == rung.count(Reason.TOLL_ROSE) <= (rising[-1] - rising[0]) // step


@given(TOLLS, STEPS)
def test_without_a_rise_by_the_step_or_a_correction_nothing_is_told_again(tmp_path_factory, tolls, step):
    decisions = run(rule_with(tmp_path_factory.getbasetemp(), step), [min(t or 0, 3) + 1 for t in tolls])
    reasons = {decision.reason for decision in decisions[1:] if isinstance(decision, Decision) and decision.tells}

    assert reasons <= ({Reason.TOLL_ROSE} if step in ("+1", "x1.1", "x2") else set())
