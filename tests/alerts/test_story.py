"""What the articles of one event say together."""

from dataclasses import replace

from alerts.story import Story
from crawler.facts import Facts
from crawler.facts.toll import Toll
from tests.fakes import NALCHIK, count, group, place, reading, story

SYRIA = ("SY-ID/idlib", "SY-ID", "SY")


def by(publisher, number=1, **facts):
    return reading(url=f"https://{publisher}.example/{number}", source=publisher, **facts)


def sided(killed, **sides):
    one = by(f"says{killed}", killed=killed)
    return replace(one, facts=replace(one.facts, toll=replace(one.facts.toll, **sides)))


def names(the_story, role="event"):
    return [one.name for one in the_story.places if one.role == role]


def test_a_story_without_facts_claims_nothing():
    unread = replace(reading(), facts=None)
    empty = story(unread)
    assert (empty.killed, empty.injured, empty.toll, empty.places, empty.groups, empty.disputed) == (
        None,
        None,
        None,
        (),
        (),
        None,
    )


def test_a_story_without_articles_claims_nothing():
    empty = Story(id=None, readings=())
    assert (empty.killed, empty.toll, empty.places, empty.disputed) == (None, None, (), None)


def test_whose_dead_they_are_is_said_by_the_article_whose_figure_stands():
    told = story(sided(3, civilians=3), sided(9, militants=9), sided(2, security=2))
    assert (told.toll.militants, told.toll.civilians, told.toll.security) == (9, 0, 0)


def test_publishers_count_once_whatever_their_outlets_and_their_copies():
    outlet = reading(url="https://a.example/2", source="A Sport", publisher="a")
    copied = by("b")
    told = story(by("a"), outlet, copied, by("c"), copies=[copied.article.url_key])
    assert told.publishers == ("a", "c")


def test_a_story_of_copies_alone_has_the_publisher_of_its_first():
    one, two = by("a"), by("b")
    assert story(one, two, copies=[one.article.url_key, two.article.url_key]).publishers == ("a",)


def test_places_of_most_publishers_come_first():
    right, other = place("Idlib", *SYRIA), place("Aleppo", "SY-AL", "SY")
    assert names(story(by("a", places=[right]), by("b", places=[right]), by("c", places=[other]))) == [
        "Idlib",
        "Aleppo",
    ]


def test_a_region_comes_before_its_country_though_more_publishers_give_that():
    region, country = place("Idlib", *SYRIA), place("Syria", "SY", kind="country")
    assert names(story(by("a", places=[region]), by("b", places=[country]), by("c", places=[country]))) == [
        "Idlib",
        "Syria",
    ]


def test_the_country_that_most_publishers_give_comes_before_a_region_of_another():
    most, other = place("Syria", "SY", kind="country"), place("Kabardino-Balkaria", *NALCHIK)
    assert names(story(by("a", places=[most]), by("b", places=[most]), by("c", places=[other]))) == [
        "Syria",
        "Kabardino-Balkaria",
    ]


def test_a_city_outlasts_a_newer_report_that_names_its_region():
    city = replace(place("Idlib city", *SYRIA, kind="city"), code="SY-ID")
    region = place("Idlib", *SYRIA[1:])
    assert names(story(by("a", places=[city]), by("b", places=[region]))) == ["Idlib city", "Idlib"]


def test_a_place_stands_once_in_each_role_with_the_newest_sentence():
    old, new = place("Idlib", *SYRIA), place("Idlib", *SYRIA, quote="It was in Idlib.")
    told = story(by("a", places=[old]), by("b", places=[new, replace(old, role="mentioned")]))
    assert [(one.role, one.quote) for one in told.places] == [
        ("event", "It was in Idlib."),
        ("mentioned", "It happened in Idlib."),
    ]


def test_a_group_stands_once_in_each_part_it_plays():
    actor, denies = group("is", "Islamic State"), group("is", "Islamic State", denied=True)
    told = story(by("a", groups=[actor, denies]), by("b", groups=[actor]), by("c", groups=[actor]))
    assert [one.denied for one in told.groups] == [False, True]


def test_three_publishers_outvote_no_place():
    right, other = place("Idlib", *SYRIA), place("Kabardino-Balkaria", *NALCHIK)
    told = story(by("a", places=[right]), by("b", places=[right]), by("c", places=[other]))
    assert "Kabardino-Balkaria" in names(told)


def test_a_publisher_who_writes_often_outvotes_nobody():
    right, other = place("Idlib", *SYRIA), place("Kabardino-Balkaria", *NALCHIK)
    told = story(*(by("a", n, places=[right]) for n in range(9)), by("b", places=[other]))
    assert "Kabardino-Balkaria" in names(told)


def test_copies_outvote_no_place():
    right, other = place("Idlib", *SYRIA), place("Kabardino-Balkaria", *NALCHIK)
    copies = [by(f"copy{n}", places=[right]) for n in range(9)]
    told = story(by("a", places=[right]), *copies, by("b", places=[other]), copies=[c.article.url_key for c in copies])
    assert "Kabardino-Balkaria" in names(told)


def test_a_place_without_a_country_is_never_a_mistake():
    sea = replace(place("Black Sea", "black-sea"), country=None)
    told = story(*(by(f"p{n}", places=[place("Idlib", *SYRIA)]) for n in range(5)), by("w", places=[sea]))
    assert "Black Sea" in names(told)


def test_actors_come_before_other_groups_and_the_newest_first():
    target = group("t", "Target", role="target")
    told = story(by("a", groups=[target, group("o", "Old")]), by("b", groups=[group("n", "New")]))
    assert [one.name for one in told.groups] == ["New", "Old", "Target"]


def test_a_denied_group_disputes_a_story_that_nothing_else_disputes():
    denied = group("is", "Islamic State", denied=True)
    assert story(by("a", groups=[denied])).disputed == "Islamic State was named."
    rival = replace(by("b"), facts=Facts(lang="en", toll=Toll(disputed="The army said six.")))
    assert story(rival, by("a", groups=[denied])).disputed == "The army said six."


def test_a_story_is_opened_when_its_first_article_was_fetched():
    assert story(by("a"), by("b")).opened == by("a").article.fetched


def test_what_is_worked_out_is_worked_out_once():
    told = story(*(by(f"p{n}", killed=n, places=[place("Idlib", *SYRIA)]) for n in range(300)))
    assert told.deaths is told.deaths
    assert told.places is told.places
    assert told.groups is told.groups
    assert told.publishers is told.publishers


def test_a_figure_keeps_who_claims_what():
    told = story(by("a", killed=5), by("b", killed=11), by("a", 2, killed=6))
    assert [(claim.publisher, claim.count) for claim in told.deaths.claims] == [("b", count(11)), ("a", count(6))]
