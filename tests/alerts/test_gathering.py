"""Each alert goes its way to each channel: at once, or with a reason why not and a time when it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.conditions import All
from alerts.gathering import STANDS, Bell, Kind, Rung, Sent, Silence, Standing, Waiting, routes
from alerts.hours import Digest, Limit, Quiet
from alerts.local_time import quiet_until
from alerts.policy import Reason
from alerts.rules import Rule
from tests.fakes import NOON

NIGHT = NOON + timedelta(hours=11)  # 23:00 UTC
MORNING = NOON + timedelta(hours=19)  # 07:00 UTC
HOUR = timedelta(hours=1)
QUIET = Quiet(start=time(22), end=time(7), timezone="UTC")
DAILY = Digest(timezone="UTC", at=time(8))
TEN = Limit(number=10, per=HOUR)
REGIONS, GROUPS = frozenset({"RU-KB", "RU", "north-caucasus"}), frozenset({"iskp", "islamic-state"})


def rule(name="Militancy", severity="warning", notify=("phone",), **own):
    return Rule(name=name, when=All(()), notify=notify, severity=severity, **own)


def bell(of=None, **own):
    given = {"reason": Reason.NEW, "killed": 11, "story": 7, "regions": REGIONS, "groups": GROUPS}
    return Bell(rule=of or rule(), **given | own)


def silence(scope, value, hours=2, id_=1):
    return Silence(
        id=id_, scope=scope, value=value, name=value, author="anna", because="exercise",
        begun=NOON - HOUR, until=NOON + hours * HOUR,
    )  # fmt: skip


def waiting(**own):
    given = {"rule": "Militancy", "channel": "phone", "kind": Kind.QUIET, "due": MORNING, "terms": "22:00–07:00"}
    return Waiting(**given | own)


def rung(**own):
    given = {"rule": "Mass casualty", "channel": "phone", "at": NOON - HOUR, "killed": 11, "injured": None}
    return Rung(**{"reason": Reason.NEW} | given | own)


def way(one, now=NOON, **standing):
    """Return the one way that an alert goes to its one channel, `None` for at once."""
    ((*found,),) = routes([one], Standing(**standing), now)
    return found[0] if found else None


def kinds(*bells, now=NOON, **standing):
    return [[(one.channel, one.kind) for one in found] for found in routes(bells, Standing(**standing), now)]


def test_an_alert_that_nothing_holds_goes_to_every_channel_at_once():
    assert kinds(bell(rule(notify=("desk", "phone")))) == [[]]


def test_in_quiet_hours_an_alert_waits_until_they_end_and_says_so():
    found = way(bell(rule(quiet=QUIET)), NIGHT)

    assert (found.kind, found.due, found.terms) == (Kind.QUIET, MORNING, "22:00–07:00")
    assert found.explanation == "phone: it is quiet, 22:00–07:00 UTC; told when that ends, at 23 Nov 07:00 UTC"
    assert way(bell(rule(quiet=QUIET)), NOON) is None


def test_what_quiet_hours_except_rings_in_the_night():
    assert way(bell(rule(quiet=QUIET), urgent=True), NIGHT) is None


def test_a_digest_gathers_until_its_hour_whatever_is_urgent():
    found = way(bell(rule(digest=DAILY, quiet=QUIET), urgent=True))

    assert (found.kind, found.due, found.terms) == (Kind.DIGEST, NOON + 20 * HOUR, "daily at 08:00")


@pytest.mark.parametrize(
    ("own", "standing"),
    [
        ({"digest": Digest(timezone="UTC")}, {}),
        ({"limit": TEN}, {"sent": {("Militancy", "phone"): Sent(10, NIGHT - 2 * HOUR)}}),
        ({}, {"silences": [silence("rule", "Militancy", 12)]}),
    ],
    ids=["digest", "limit", "silence"],
)
def test_what_would_be_told_in_quiet_hours_waits_until_they_end(own, standing):
    found = way(bell(rule(quiet=QUIET, **own)), NIGHT - 1.5 * HOUR, **standing)

    assert found.due == MORNING
    assert found.explanation.endswith("; then it is quiet until 23 Nov 07:00 UTC")


def test_the_limit_of_a_rule_is_counted_for_each_channel_by_itself():
    sent = {("Militancy", "phone"): Sent(10, NOON - HOUR / 2), ("Militancy", "desk"): Sent(9, NOON - HOUR / 2)}
    both = rule(limit=TEN, notify=("desk", "phone"))

    assert kinds(bell(both), sent=sent) == [[("phone", Kind.LIMIT)]]


def test_past_a_limit_an_alert_waits_until_the_first_that_it_counts_is_as_old_as_its_time():
    found = way(bell(rule(limit=TEN)), sent={("Militancy", "phone"): Sent(10, NOON - HOUR / 4)})

    assert (found.due, found.terms) == (NOON + HOUR * 3 / 4, "10 in 1 hour")
    assert (
        "alerts of this rule as its limit allows, 10 in 1 hour; there is room at 22 Nov 12:45 UTC" in found.explanation
    )


def test_of_two_limits_that_are_reached_the_later_one_counts():
    sent = {("Militancy", "phone"): Sent(10, NOON - HOUR / 2), ("", "phone"): Sent(20, NOON - HOUR)}
    limits = {"phone": Limit(number=20, per=6 * HOUR)}

    found = way(bell(rule(limit=TEN)), sent=sent, limits=limits)

    assert (found.due, found.terms) == (NOON + 5 * HOUR, "20 in 6 hours")


def test_alerts_of_one_article_fill_a_limit_too():
    rules = [rule(f"R{n}") for n in range(4)]

    found = kinds(*map(bell, rules), limits={"phone": Limit(number=2, per=HOUR)}, sent={("", "phone"): Sent()})

    assert found == [[], [], [("phone", Kind.LIMIT)], [("phone", Kind.LIMIT)]]


@pytest.mark.parametrize(
    ("scope", "value", "held"),
    [
        ("rule", "Militancy", True), ("rule", "Other", False), ("rule", "7", False),
        ("region", "north-caucasus", True), ("region", "SY", False), ("region", "iskp", False),
        ("group", "islamic-state", True), ("group", "al-qaeda", False),
        ("story", "7", True), ("story", "77", False), ("story", "None", False),
    ],
)  # fmt: skip
def test_a_silence_holds_back_what_it_names_and_nothing_else(scope, value, held):
    found = way(bell(), silences=[silence(scope, value)])

    assert (found is not None) == held
    if found:
        assert (found.kind, found.due, found.silence) == (Kind.SILENCE, NOON + 2 * HOUR, 1)
        assert found.explanation.endswith("is silenced until 22 Nov 14:00 UTC by anna: exercise")


def test_no_silence_of_a_story_holds_back_one_that_has_no_number_yet():
    assert way(bell(story=None), silences=[silence("story", "None")]) is None


def test_of_several_silences_the_one_that_lasts_longest_holds():
    found = way(bell(), silences=[silence("rule", "Militancy", 5, id_=1), silence("region", "RU", 3, id_=2)])

    assert found.silence == 1


def test_a_critical_rule_mutes_the_weaker_ones_on_its_story_in_whatever_order_they_stand():
    weak, strong, info = bell(), bell(rule("Mass casualty", "critical")), bell(rule("All", "info"))

    assert kinds(weak, strong, info) == [[("phone", Kind.MUTED)], [], [("phone", Kind.MUTED)]]
    assert "the critical rule 'Mass casualty' told of this story" in way(weak, rung=[rung()]).explanation


def test_a_critical_rule_mutes_only_where_it_rings_itself():
    strong = bell(rule("Mass casualty", "critical", notify=("desk",)))

    assert kinds(bell(rule(notify=("phone", "desk"))), strong) == [[("desk", Kind.MUTED)], []]


@pytest.mark.parametrize(
    ("own", "quiet"),
    [({"quiet": QUIET}, True), ({"digest": DAILY}, True), ({}, False)],
    ids=["quiet hours", "digest", "at once"],
)
def test_a_critical_rule_that_waits_mutes_nobody(own, quiet):
    found = kinds(bell(), bell(rule("Mass casualty", "critical", **own)), now=NIGHT)

    assert (found[0] == []) == quiet


@pytest.mark.parametrize(
    ("told", "one", "muted"),
    [
        ({}, {}, True),
        ({}, {"reason": Reason.TOLL_ROSE}, True),
        ({}, {"reason": Reason.TOLL_ROSE, "killed": 12}, False),
        ({}, {"injured": 3}, False),
        ({"injured": 3}, {"injured": 3}, True),
        ({}, {"killed": None}, True),
        ({"killed": None}, {}, False),
        ({}, {"reason": Reason.CORRECTED, "killed": 2}, False),
        ({"reason": Reason.CORRECTED}, {}, False),
        ({}, {"reason": Reason.CONFIRMED}, False),
        ({"at": NOON - STANDS}, {}, True),
        ({"at": NOON - STANDS - HOUR}, {}, False),
        ({"at": NOON + STANDS + HOUR}, {}, False),
        ({"channel": "desk"}, {}, False),
        ({"event": 1}, {}, False),
    ],
)
def test_what_a_critical_rule_told_mutes_what_says_no_more_while_it_stands(told, one, muted):
    assert (way(bell(**one), rung=[rung(**told)]) is not None) == muted


def test_a_confirmation_that_a_critical_rule_tells_too_is_muted():
    strong, weak = (bell(one, reason=Reason.CONFIRMED) for one in (rule("Mass casualty", "critical"), rule()))

    assert kinds(weak, strong, rung=[rung()]) == [[("phone", Kind.MUTED)], []]


def test_a_critical_rule_that_takes_back_what_it_told_mutes_no_more():
    back = bell(rule("Mass casualty", "critical"), reason=Reason.CORRECTED, killed=2)

    assert kinds(bell(killed=2), back, rung=[rung()]) == [[], []]


def test_no_critical_rule_mutes_another():
    assert kinds(bell(rule("A", "critical")), bell(rule("B", "critical")), rung=[rung()]) == [[], []]


def test_the_events_of_a_roundup_mute_only_themselves():
    strong = rule("Mass casualty", "critical")

    found = kinds(bell(event=0), bell(strong, event=1), bell(event=1))

    assert found == [[], [], [("phone", Kind.MUTED)]]


def test_a_later_alert_on_a_story_waits_with_the_first_and_with_its_reason():
    before = waiting(kind=Kind.LIMIT, due=NOON + HOUR, terms="10 in 1 hour", silence=None)

    found = way(bell(reason=Reason.TOLL_ROSE), waiting=[before])

    assert (found.kind, found.due, found.terms) == (Kind.LIMIT, NOON + HOUR, "10 in 1 hour")


@pytest.mark.parametrize(
    ("before", "one"),
    [({}, {"urgent": True}), ({"rule": "Other"}, {}), ({"channel": "desk"}, {})],
    ids=["urgent", "another rule", "another channel"],
)
def test_what_waits_keeps_back_no_other_alert(before, one):
    assert way(bell(**one), waiting=[waiting(**before)]) is None


def test_a_correction_of_what_waits_waits_with_it():
    assert way(bell(reason=Reason.CORRECTED), waiting=[waiting()]).due == MORNING


LIMITS = st.builds(Limit, number=st.integers(1, 5), per=st.timedeltas(timedelta(seconds=1), timedelta(days=31)))
HOURS = st.builds(Quiet, start=st.times(), end=st.times(), timezone=st.sampled_from(["UTC", "Europe/Berlin"]))
DIGESTS = st.builds(Digest, timezone=st.just("Asia/Kolkata"), at=st.none() | st.times())
SILENCES = st.builds(silence, st.just("rule"), st.sampled_from(["A", "B"]), st.integers(1, 99))
RULES = st.builds(
    rule,
    st.sampled_from("ABC"),
    st.sampled_from(["info", "warning", "critical"]),
    st.sampled_from([("phone",), ("desk", "phone")]),
    quiet=st.none() | HOURS,
    limit=st.none() | LIMITS,
    digest=st.none() | DIGESTS,
)
BELLS = st.builds(
    bell,
    RULES,
    reason=st.sampled_from([Reason.NEW, Reason.TOLL_ROSE, Reason.CORRECTED]),
    killed=st.none() | st.integers(0, 20),
    urgent=st.booleans(),
)
SENT = st.builds(Sent, st.integers(0, 5), st.timedeltas(-HOUR, 50 * HOUR).map(lambda ago: NOON - ago))
STANDINGS = st.builds(
    Standing,
    silences=st.lists(SILENCES, max_size=2),
    limits=st.fixed_dictionaries({"phone": st.none() | LIMITS, "desk": st.none() | LIMITS}),
    sent=st.dictionaries(st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["phone", "desk"])), SENT),
    waiting=st.lists(st.builds(waiting, rule=st.sampled_from("ABC")), max_size=2),
    rung=st.lists(st.builds(rung, killed=st.integers(0, 20)), max_size=2),
)
JUMPS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


@given(st.lists(BELLS, max_size=6), STANDINGS, JUMPS)
@settings(max_examples=300, deadline=None)
def test_whatever_the_clock_does_every_alert_is_sent_or_has_a_time_or_is_muted_by_a_critical_rule(
    bells, standing, jump
):
    now = NOON + jump
    for one, found in zip(bells, routes(bells, standing, now), strict=True):
        assert len({way.channel for way in found}) == len(found)
        assert {way.channel for way in found} <= set(one.rule.notify)
        for way in found:
            assert way.explanation.startswith(f"{way.channel}: ")
            assert (way.due is None) == (way.kind is Kind.MUTED)
            muted = way.kind is Kind.MUTED
            assert not muted or (one.rule.severity != "critical" and one.reason is not Reason.CORRECTED)


@given(st.lists(BELLS, max_size=6), STANDINGS, JUMPS)
@settings(max_examples=300, deadline=None)
def test_nothing_waits_longer_than_what_it_waits_for(bells, standing, jump):
    now, day = NOON + jump, timedelta(hours=26)
    for one, found in zip(bells, routes(bells, standing, now), strict=True):
        limits = [limit for limit in (one.rule.limit, *standing.limits.values()) if limit]
        longest = {
            Kind.QUIET: day,
            Kind.DIGEST: 2 * day,
            Kind.LIMIT: max((limit.per for limit in limits), default=HOUR) + day,
        }
        fresh = [way for way in found if way.kind in longest and "before, until" not in way.explanation]
        assert all(way.due <= now + longest[way.kind] for way in fresh)


@given(st.lists(BELLS, max_size=6), STANDINGS)
@settings(max_examples=300, deadline=None)
def test_nothing_rings_in_its_quiet_hours_but_what_is_urgent_and_nothing_is_told_in_them(bells, standing):
    for one, found in zip(bells, routes(bells, standing, NIGHT), strict=True):
        quiet, elsewhere = one.rule.quiet, {way.channel for way in found}
        if quiet is None or one.urgent:
            continue
        if quiet_until(quiet, NIGHT):
            assert elsewhere == set(one.rule.notify)
        told = [way.due for way in found if way.due and "before, until" not in way.explanation]
        assert all(quiet_until(quiet, due) in (None, due) or quiet.start == quiet.end for due in told)


@given(st.integers(1, 5), st.integers(0, 9), st.integers(1, 12))
def test_no_article_lets_more_alerts_through_than_the_limit(number, sent, rung_now):
    limit = Limit(number=number, per=HOUR)
    bells = [bell(rule(f"R{n}")) for n in range(rung_now)]
    before = {("", "phone"): Sent(min(sent, number), NOON - HOUR / 2)}

    found = kinds(*bells, limits={"phone": limit}, sent=before)

    assert found.count([]) == min(max(number - sent, 0), rung_now)


@given(st.lists(BELLS, max_size=6), STANDINGS)
def test_the_order_of_weaker_rules_never_changes_what_a_critical_one_does(bells, standing):
    critical = [one for one in bells if one.rule.severity == "critical"]
    weaker = [one for one in bells if one.rule.severity != "critical"]
    turned = [*reversed(weaker), *critical]

    first = dict(zip(map(id, bells), routes(bells, standing, NOON), strict=True))
    second = dict(zip(map(id, turned), routes(turned, standing, NOON), strict=True))

    assert [first[id(one)] for one in critical] == [second[id(one)] for one in critical]


def test_a_silence_that_has_no_reason_is_told_without_one():
    found = way(bell(), silences=[replace(silence("rule", "Militancy"), because="")])

    assert found.explanation.endswith("by anna")
