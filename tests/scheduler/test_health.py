"""How well a source is, in words, and when that is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.source import Bookmark
from scheduler.health import Health, Page, Standing, State, changes, clock, judge, long, reminder
from scheduler.rhythm import DAY, Rhythm
from tests.fakes import NOON

MINUTE, HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def mark(gap=HOUR, quiet=MINUTE, watched=60, awake=range(168), **own):
    """A source that published every `gap` for so many days, in some hours of the week, the last time `quiet` ago."""
    articles = watched * DAY / gap.total_seconds()
    week = tuple(articles / len(awake) if hour in awake else 0.0 for hour in range(168))
    last = NOON - quiet
    rhythm = Rhythm((NOON - watched * A_DAY).timestamp(), last.timestamp(), watched * DAY, week=week)
    known = {"gap": gap, "last_new": last, "last_success": NOON, "last_poll": NOON, "rhythm": rhythm.packed}
    return Bookmark(**(known | own))


def failing(polls, since, error="timed out after 30 s", **own):
    return mark(failures=polls, failing_since=NOON - since, error=error, last_success=NOON - since, **own)


def pages(*runs):
    """Pages, newest first: each run is how many, with text or not, dated or not."""
    kinds = [(text, dated) for many, text, dated in runs for _ in range(many)]
    return [Page(NOON - number * MINUTE, text, dated) for number, (text, dated) in enumerate(kinds)]


WORKING = [day * 24 + hour for day in range(5) for hour in range(8, 18)]  # hours of the week; NOON is a Sunday's


@pytest.mark.parametrize(
    ("bookmark", "state"),
    [
        (Bookmark(), State.NEW),
        (Bookmark(last_success=NOON, last_new=NOON), State.NEW),
        (mark(), State.WELL),
        (replace(mark(), gap=None, rhythm=()), State.NEW),
        (failing(1, A_DAY * 30), State.WELL),
        (failing(2, 5 * HOUR), State.WELL),
        (failing(2, 6 * HOUR), State.BROKEN),
        (failing(2, A_DAY, gap=30 * A_DAY), State.WELL),
        (failing(3, 10 * MINUTE), State.BROKEN),
        (failing(3, 10 * MINUTE, rhythm=()), State.BROKEN),
        (Bookmark(failures=2, failing_since=NOON - A_DAY, error="HTTP 500"), State.NEW),
        (Bookmark(failures=3, failing_since=NOON - A_DAY, error="HTTP 500"), State.BROKEN),
        (mark(quiet=A_DAY), State.SILENT),
        (mark(gap=MINUTE, quiet=2 * HOUR), State.WELL),
        (mark(gap=MINUTE, quiet=4 * HOUR), State.SILENT),
        (mark(gap=30 * A_DAY, quiet=90 * A_DAY, watched=600), State.WELL),
        (mark(gap=30 * A_DAY, quiet=900 * A_DAY, watched=600), State.SILENT),
        (mark(gap=20 * MINUTE, quiet=42 * HOUR, awake=WORKING), State.WELL),
        (mark(gap=20 * MINUTE, quiet=42 * HOUR), State.SILENT),
        (mark(gap=20 * MINUTE, quiet=70 * HOUR, awake=WORKING), State.SILENT),
        (mark(gap=20 * MINUTE, quiet=47 * HOUR, watched=4), State.WELL),
        (mark(gap=20 * MINUTE, quiet=49 * HOUR, watched=4), State.SILENT),
        (mark(quiet=A_DAY, last_success=NOON - A_DAY + MINUTE, failures=1, failing_since=NOON), State.WELL),
    ],
)
def test_a_source_is_judged_by_its_own_pace(bookmark, state):
    assert judge(bookmark, (), NOON).state is state


def test_a_lull_that_was_met_before_is_no_silence():
    lulled = mark(quiet=A_DAY)
    rhythm = replace(Rhythm.unpacked(lulled.rhythm), lull=20.0)

    assert judge(lulled, (), NOON).state is State.SILENT
    assert judge(replace(lulled, rhythm=rhythm.packed), (), NOON).state is State.WELL


@pytest.mark.parametrize(
    ("bookmark", "fault", "state"),
    [
        (mark(), "its selector finds nothing", State.DEGRADED),
        (failing(1, HOUR), "its feed has turned into a web page", State.WELL),
        (failing(3, HOUR), "its feed has turned into a web page", State.DEGRADED),
        (failing(3, HOUR), None, State.BROKEN),
    ],
)
def test_a_listing_that_comes_but_is_not_what_it_was_is_degraded_and_not_broken(bookmark, fault, state):
    assert judge(bookmark, (), NOON, fault).state is state


@pytest.mark.parametrize(
    ("recent", "state"),
    [
        ([], State.WELL),
        (pages((9, False, False)), State.WELL),
        (pages((60, True, True)), State.WELL),
        (pages((10, False, True), (50, True, True)), State.DEGRADED),
        (pages((10, True, False), (50, True, True)), State.DEGRADED),
        (pages((5, False, True), (55, True, True)), State.DEGRADED),
        (pages((4, False, True), (56, True, True)), State.WELL),
        (pages((60, False, True)), State.WELL),
        (pages((60, True, False)), State.WELL),
        (pages((8, False, True), (2, True, True), *[(1, False, True), (1, True, True)] * 25), State.WELL),
        (pages((10, False, True), (5, True, True)), State.WELL),
    ],
)
def test_pages_that_are_suddenly_without_text_or_date_degrade_a_source_and_those_that_always_were_do_not(recent, state):
    assert judge(mark(), recent, NOON).state is state


def test_pages_remain_bad_when_nobody_remembers_the_good_ones_and_are_well_again_when_they_are():
    was = judge(mark(), pages((10, False, True), (50, True, True)), NOON)
    later = NOON + A_DAY
    all_bad = [replace(page, fetched=later) for page in pages((60, False, True))]
    half_good = all_bad[:4] + [replace(page, has_text=True) for page in all_bad[4:10]] + all_bad[10:]

    bad = judge(mark(), all_bad, later, was=was)

    assert (bad.state, bad.since) == (State.DEGRADED, was.since)
    assert judge(mark(), half_good[::-1][:10], later, was=bad).state is State.DEGRADED
    assert judge(mark(), half_good, later, was=bad).state is State.WELL


def test_a_source_whose_pages_never_had_text_is_well_again_when_its_listing_is():
    never = pages((60, False, True))
    was = judge(mark(), never, NOON, "its selector finds nothing")

    assert was.state is State.DEGRADED
    assert judge(mark(), never, NOON + HOUR, was=was).state is State.WELL


@pytest.mark.parametrize(
    ("bookmark", "recent", "fault", "why"),
    [
        (
            mark(gap=40 * MINUTE, quiet=2 * A_DAY),
            [],
            None,
            "nothing new for 2 days; usually something every 40 minutes",
        ),
        (
            failing(7, HOUR),
            [],
            None,
            f"failing since {clock(NOON - HOUR)} (7 polls in a row): timed out after 30 s",
        ),
        (
            failing(3, HOUR, error="it is a web page"),
            [],
            "its feed has turned into a web page",
            f"failing since {clock(NOON - HOUR)} (3 polls in a row): its feed has turned into a web page",
        ),
        (mark(), [], "its selector finds nothing", f"its selector finds nothing (since {clock(NOON)})"),
        (
            mark(),
            pages((10, False, True), (49, True, True), (1, False, True)),
            None,
            "the last 10 pages had no readable text; usually 2 % have none",
        ),
        (
            mark(),
            pages((7, True, False), (53, True, True)),
            None,
            "7 of the last 10 pages had no date; usually 0 % have none",
        ),
        (mark(quiet=20 * MINUTE), [], None, "something every 60 minutes; the last 20 minutes ago"),
        (Bookmark(), [], None, "its pace is not known yet"),
    ],
)
def test_the_reason_is_a_sentence_that_its_reader_can_use(bookmark, recent, fault, why):
    assert judge(bookmark, recent, NOON, fault).why == why


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "minute"),
        (-HOUR, "minute"),
        (MINUTE, "minute"),
        (40 * MINUTE, "40 minutes"),
        (90 * MINUTE, "90 minutes"),
        (2 * HOUR, "2 hours"),
        (36 * HOUR, "36 hours"),
        (48 * HOUR, "2 days"),
        (400 * A_DAY, "400 days"),
    ],
)
def test_a_length_of_time_is_told_as_a_person_would(length, words):
    assert long(length) == words


def test_what_is_well_stays_well_since_the_same_time_and_what_was_not_is_well_since_now():
    well, broken = Health(State.NEW, "", NOON - A_DAY), Health(State.BROKEN, "", NOON - A_DAY)

    assert judge(mark(), (), NOON, was=well).since == NOON - A_DAY
    assert judge(mark(), (), NOON, was=broken).since == NOON


def standing(name="Example Wire", state=State.BROKEN, since=2 * HOUR, told=None, ago=None, **own):
    told_at = None if ago is None else NOON - ago
    return Standing(name=name, state=state, why="why", since=NOON - since, told=told, told_at=told_at, **own)


BROKEN, SILENT, DEGRADED, WELL, NEW = State.BROKEN, State.SILENT, State.DEGRADED, State.WELL, State.NEW


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (standing(state=WELL), None),
        (standing(state=NEW), None),
        (standing(state=BROKEN), BROKEN),
        (standing(state=SILENT), SILENT),
        (standing(state=DEGRADED), DEGRADED),
        (standing(state=BROKEN, told=BROKEN, ago=30 * HOUR), None),
        (standing(state=BROKEN, told=WELL, ago=11 * MINUTE), BROKEN),
        (standing(state=WELL, told=BROKEN, ago=30 * HOUR), WELL),
        (standing(state=NEW, told=BROKEN, ago=30 * HOUR), WELL),
        (standing(state=WELL, told=BROKEN, ago=30 * HOUR, since=59 * MINUTE), None),
        (standing(state=WELL, told=WELL, ago=30 * HOUR), None),
        (standing(state=SILENT, told=BROKEN, ago=59 * MINUTE), None),
        (standing(state=SILENT, told=BROKEN, ago=61 * MINUTE), SILENT),
    ],
)
def test_each_change_is_told_once_and_a_recovery_only_where_trouble_was_told_and_it_held_for_an_hour(source, told):
    notice = changes([source], NOON)

    assert (notice and notice.told) == (told and {"Example Wire": told})


def test_a_source_that_comes_and_goes_rings_once():
    told, told_at, rung = None, None, 0
    for number in range(100):
        now = NOON + number * 15 * MINUTE
        state = BROKEN if number % 4 < 2 else WELL  # half an hour each
        since = now - number % 2 * 15 * MINUTE
        notice = changes(
            [Standing(name="A", state=state, why="", since=since, told=told, told_at=told_at), standing("B", WELL)], now
        )
        if notice:
            rung, told, told_at = rung + 1, notice.told["A"], now

    assert rung == 1


def test_all_changes_stand_in_one_notice_and_the_next_waits_ten_minutes():
    sources = [
        standing("Example Wire"),
        standing("Other"),
        standing("Ministry", SILENT),
        standing("Back", WELL, told=DEGRADED, ago=11 * MINUTE),
        standing("Fine", WELL),
    ]
    notice = changes(sources, NOON)

    assert notice.title == "2 sources broken, 1 silent, 1 recovered: Example Wire, Other, Ministry, Back"
    assert notice.body.splitlines() == [
        "Example Wire is broken: why",
        "Other is broken: why",
        "Ministry is silent: why",
        "Back has recovered; it was degraded: why",
    ]
    assert notice.severity == "warning"
    assert notice.told == {"Example Wire": BROKEN, "Other": BROKEN, "Ministry": SILENT, "Back": WELL}
    assert changes([*sources, standing("Told", told=BROKEN, ago=9 * MINUTE)], NOON) is None


def test_good_news_alone_is_no_warning():
    notice = changes([standing(state=WELL, told=BROKEN, ago=A_DAY)], NOON)

    assert (notice.title, notice.severity) == ("1 source recovered: Example Wire", "info")


@pytest.mark.parametrize(
    ("down", "up", "far", "cut_off"),
    [
        (5, 5, MINUTE, True),
        (4, 6, MINUTE, False),
        (3, 0, MINUTE, False),
        (4, 0, MINUTE, True),
        (5, 5, 3 * HOUR, False),
    ],
)
def test_when_half_of_all_sources_stop_at_once_the_first_line_says_that_it_is_our_own_connection(
    down, up, far, cut_off
):
    sources = [standing(f"S{number}", since=number * far) for number in range(down)]
    sources += [standing(f"W{number}", WELL) for number in range(up)]
    notice = changes(sources, NOON)

    assert ("this machine's own connection" in notice.body.splitlines()[0]) is cut_off
    assert notice.severity == ("critical" if cut_off else "warning")


def test_a_source_that_fails_but_is_not_broken_yet_counts_for_that():
    failing_now = [standing(f"F{number}", WELL, failing_since=NOON - MINUTE) for number in range(4)]
    notice = changes([standing(), *failing_now, *(standing(f"W{number}", WELL) for number in range(3))], NOON)

    assert notice.body.splitlines()[0].startswith("5 of 8 sources stopped answering at about the same time")
    assert notice.told == {"Example Wire": BROKEN}


def test_while_we_are_cut_off_a_notice_an_hour_is_enough():
    told = [standing(f"T{number}", told=BROKEN, ago=59 * MINUTE) for number in range(5)]

    assert changes([*told, standing("More")], NOON) is None
    assert changes([*(replace(one, told_at=NOON - HOUR) for one in told), standing("More")], NOON).told == {
        "More": BROKEN
    }


def test_a_reminder_lists_only_what_is_still_down_a_day_after_it_was_told():
    sources = [
        standing("Example Wire", told=BROKEN, ago=A_DAY),
        standing("Ministry", SILENT, told=SILENT, ago=3 * HOUR),
        standing("Back", WELL, told=BROKEN, ago=2 * A_DAY),
        standing("Not told", BROKEN),
        standing("Fine", WELL),
    ]
    notice = reminder(sources, NOON)

    assert notice.title == "Still down: 1 source broken, 1 silent: Example Wire, Ministry"
    assert notice.told == {"Example Wire": BROKEN, "Ministry": SILENT}
    assert reminder(sources, NOON - MINUTE) is None
    assert reminder([replace(one, told_at=NOON) for one in sources], NOON) is None


@pytest.mark.parametrize("sources", [[], [standing(state=WELL)], [standing(state=WELL, told=BROKEN, ago=9 * A_DAY)]])
def test_where_nothing_is_down_there_is_no_reminder(sources):
    assert reminder(sources, NOON) is None


def test_a_thousand_sources_make_a_notice_that_still_fits():
    notice = changes([standing(f"Source number {number:04}\nof {'many ' * 40}") for number in range(1000)], NOON)

    assert len(notice.title) <= 120
    assert notice.title.endswith("and 999 more")
    assert "\n" not in notice.title
    assert len(notice.body.splitlines()) == 27
    assert notice.body.endswith("… and 975 more: `tocsin status` shows them all.")
    assert len(notice.told) == 1000


def test_nothing_is_told_of_no_sources():
    assert changes([], NOON) is None
