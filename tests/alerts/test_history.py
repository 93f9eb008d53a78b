"""What a story's articles added to it, and what of that is news since it was told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.history import history, news
from alerts.story import Story
from crawler.facts import Facts
from crawler.facts.toll import Toll
from tests.fakes import NALCHIK, NOON, group, place, reading

SYRIA = ("SY-ID/idlib", "SY-ID", "SY")


def report(number, publisher=None, minutes=None, **facts):
    """One article, published and fetched some minutes after noon; ten for each number unless said otherwise."""
    publisher = publisher or f"outlet {number}"
    text = f"There were {facts.get('killed')} of them."
    one = reading(url=f"https://wire.example/{number}", source=publisher, text=text, **facts)
    moment = NOON + timedelta(minutes=10 * number if minutes is None else minutes)
    return replace(one, article=replace(one.article, published=moment, fetched=moment))


def a_story(*reports, copies=()):
    return Story(id=1, readings=reports, copies=frozenset(reports[n].article.url_key for n in copies))


def says(changes):
    return [change.what for change in changes]


def since(minutes, *reports, killed=None, injured=None, copies=()):
    return news(a_story(*reports, copies=copies), NOON + timedelta(minutes=minutes), killed, injured)


def test_a_story_is_opened_by_its_first_article():
    (first,) = history(a_story(report(1)))
    assert (first.kind, first.publisher, first.url) == ("opened", "outlet 1", "https://wire.example/1")


def test_an_article_whose_page_could_not_be_read_changes_nothing():
    unread = replace(report(2, "outlet 1"), facts=None)
    assert says(history(a_story(report(1), unread))) == ["opened"]


def test_changes_stand_in_the_order_their_articles_came_with_their_sentences():
    changes = history(a_story(report(1, killed=5), report(2, killed=11, injured=3)))
    assert [(c.what, c.publisher, c.quote) for c in changes] == [
        ("opened", "outlet 1", ""),
        ("5 killed", "outlet 1", "There were 5 of them."),
        ("publishers 1 → 2: outlet 2", "outlet 2", ""),
        ("killed 5 → 11", "outlet 2", "There were 11 of them."),
        ("3 injured", "outlet 2", "There were 3 of them."),
    ]


def test_a_change_is_dated_by_its_article_where_that_says_the_minute():
    exact, rough = report(1, killed=5), report(2, killed=6)
    rough = replace(rough, article=replace(rough.article, precision="day", fetched=NOON + timedelta(hours=3)))
    at = {change.what: change.at for change in history(a_story(exact, rough))}
    assert at["5 killed"] == NOON + timedelta(minutes=10)
    assert at["killed 5 → 6"] == NOON + timedelta(hours=3)


def test_a_copy_is_no_publisher_and_yet_its_facts_count():
    changes = history(a_story(report(1, killed=5), report(2, killed=8), copies=[1]))
    assert says(changes) == ["opened", "5 killed", "killed 5 → 8"]


def test_a_finer_place_is_a_change_and_a_coarser_one_is_none():
    coarse, fine = place("North Caucasus", *NALCHIK[1:]), place("Kabardino-Balkaria", *NALCHIK)
    changes = history(a_story(report(1, places=[coarse]), report(2, places=[fine]), report(3, places=[coarse])))
    assert [change.what for change in changes if change.kind == "place"] == [
        "happened in North Caucasus",
        "happened in Kabardino-Balkaria",
    ]


def test_another_place_is_a_change_and_a_mention_of_one_is_none():
    there, elsewhere = place("Idlib", *SYRIA), place("Kabardino-Balkaria", *NALCHIK, role="mentioned")
    changes = history(a_story(report(1, places=[elsewhere, there])))
    assert [change.what for change in changes if change.kind == "place"] == ["happened in Idlib"]


def test_a_place_that_was_outvoted_is_no_change():
    right = [report(n, places=[place("Idlib", *SYRIA)]) for n in range(4)]
    changes = history(a_story(*right, report(5, places=[place("Kabardino-Balkaria", *NALCHIK)])))
    assert [change.what for change in changes if change.kind == "place"] == ["happened in Idlib"]


def test_a_group_is_a_change_when_it_is_named_and_when_it_denies():
    named, denies = group("is", "Islamic State"), group("is", "Islamic State", denied=True)
    changes = history(a_story(report(1, groups=[named]), report(2, groups=[named]), report(3, groups=[denies])))
    assert [(c.kind, c.what) for c in changes if c.kind in ("group", "denied")] == [
        ("group", "Islamic State is named"),
        ("denied", "Islamic State: denied"),
    ]


def test_a_dispute_is_told_once_with_its_sentence():
    disputed = Facts(lang="en", toll=Toll(disputed="The army denied it."))
    changes = history(a_story(report(1), *(replace(report(n), facts=disputed) for n in (2, 3))))
    assert [(c.publisher, c.quote) for c in changes if c.kind == "disputed"] == [("outlet 2", "The army denied it.")]


def test_nothing_is_news_of_a_story_that_did_not_change():
    assert since(15, report(1, killed=5), report(2, "outlet 1", killed=5), killed=5) == ()


def test_what_was_known_when_it_was_told_is_no_news():
    assert says(since(25, report(1, killed=5), report(2, killed=7), report(3, killed=9), killed=7)) == [
        "killed 7 → 9",
        "publishers 2 → 3: outlet 3",
    ]


def test_rises_in_a_row_are_one_change_by_the_last():
    rising = [report(n, "Wire", killed=n) for n in range(1, 30)]
    (change,) = since(15, *rising, killed=1)
    assert (change.what, change.url, change.quote) == (
        "killed 1 → 29",
        "https://wire.example/29",
        "There were 29 of them.",
    )


def test_a_correction_between_rises_stays_a_change_of_its_own():
    reports = [report(1, "Wire", killed=8), report(2, "Wire", killed=11), report(3, "Wire", killed=9)]
    changes = since(15, *reports, report(4, "Wire", killed=10), killed=8)
    assert says(changes) == [
        "corrected: killed 11 → 9, its publisher alone had the higher figure",
        "killed 8 → 11",
        "killed 9 → 10",
    ]


def test_many_publishers_are_one_change_that_names_three():
    (change,) = since(15, *(report(n) for n in range(1, 40)))
    assert change.what == "publishers 1 → 39: outlet 2, outlet 3, outlet 4 and 35 more"


def test_the_article_that_rings_is_news_though_it_was_fetched_before_the_last_alert():
    slow = report(2, "Wire", minutes=12, killed=11)
    assert says(since(15, report(1, "Wire", killed=5), slow, killed=5)) == ["killed 5 → 11"]


def test_what_an_alert_told_of_slower_articles_is_not_lost():
    slow = report(2, "Wire", minutes=12, killed=8)
    assert says(since(15, report(1, "Wire", killed=5), slow, report(3, "Wire", killed=11), killed=5)) == [
        "killed 5 → 11"
    ]


def test_a_first_figure_after_the_alert_is_a_figure():
    assert says(since(15, report(1, "Wire"), report(2, "Wire", killed=0, injured=4))) == ["0 killed", "4 injured"]


@pytest.mark.parametrize(
    ("killed", "what"),
    [(4, "corrected: killed 11 → 4, a report was edited"), (14, "killed 11 → 14"), (11, None)],
)
def test_an_edit_of_the_only_report_changes_what_was_told(killed, what):
    assert says(since(15, report(2, killed=killed), killed=11)) == ([what] if what else [])


def test_an_edit_that_takes_its_figure_away_leaves_that_of_another_report():
    (change,) = [c for c in since(25, report(1, killed=5), report(3), killed=11) if c.kind != "publisher"]
    assert (change.what, change.publisher) == ("corrected: killed 11 → 5, a report was edited", "outlet 1")


def test_an_edit_after_which_nobody_claims_a_figure_is_no_fault():
    assert since(5, report(1), killed=11) == ()


def test_a_correction_is_told_before_all_else_and_publishers_last():
    denies = group("is", "Islamic State", denied=True)
    last = report(3, "Wire", killed=8, places=[place("Idlib", *SYRIA)], groups=[denies])
    disputed = replace(last.facts.toll, disputed="The army denied it.")
    last = replace(last, facts=replace(last.facts, toll=disputed))
    kinds = [change.kind for change in since(25, report(1, "Wire", killed=11), report(2), last, killed=11)]
    assert kinds == ["corrected", "denied", "disputed", "place"]
