"""What a person gets to read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.conditions import All
from alerts.message import clean, compose, figure, headline
from alerts.policy import Decision, Reason, Told
from alerts.rules import Match, Rule
from alerts.story import Story
from crawler.facts.toll import Toll
from tests.fakes import NALCHIK, NOON, count, group, place, reading, story


def test_the_headline_is_what_a_lock_screen_needs():
    first = reading(
        killed=11, places=[place("Kabardino-Balkaria", *NALCHIK)], groups=[group("islamic-state", "Islamic State")]
    )
    second = reading(
        url="https://b.example/2", source="Other", groups=[group("islamic-state", "Islamic State", denied=True)]
    )

    assert (
        headline(story(first, second)) == "11 killed, Kabardino-Balkaria (RU) · Islamic State (denied) · 2 publishers"
    )


def test_a_group_is_not_named_beside_a_branch_of_it():
    branch = group("sinai-province", "Sinai Province", "islamic-state")
    above = group("islamic-state", "Islamic State")
    assert headline(story(reading(killed=2, groups=[above, branch]))) == "2 killed · Sinai Province · 1 publisher"
    denied = replace(above, denied=True)
    both = "2 killed · Islamic State (denied), Sinai Province · 1 publisher"
    assert headline(story(reading(killed=2, groups=[denied, branch]))) == both


def test_every_fact_of_the_first_line_has_its_sentence():
    denial = replace(group("is", "Islamic State", role="mentioned", denied=True), quote="It was not Islamic State.")
    told = reading(killed=4, injured=9, groups=[group("is", "Islamic State"), denial])
    message = composed(story(told), Reason.NEW)
    assert message.title == "4 killed, 9 injured · Islamic State (denied) · 1 publisher"
    assert message.telling.quotes == ("There were 4 of them.", "There were 9 of them.", "It was not Islamic State.")
    nobody = composed(story(reading(killed=0, injured=0)), Reason.NEW)
    assert nobody.telling.quotes == ()


def test_a_story_without_a_toll_is_headed_by_its_title():
    assert headline(story(reading("Talks open in Geneva", "Talks opened."))) == "Talks open in Geneva · 1 publisher"


def test_an_article_without_title_toll_or_place_still_has_a_headline():
    assert headline(story(reading("", ""))) == "1 publisher"


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("two\nlines\tand  gaps", "two lines and gaps"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("bell\x07 and\x00 nul", "bell and nul"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_text_from_the_web_becomes_one_plain_line(dirty, tidy):
    assert clean(dirty) == tidy


def test_an_endless_sentence_is_cut_at_a_word():
    assert clean("word " * 1000).endswith("word…")
    assert len(clean("word " * 1000)) <= 300


@pytest.mark.parametrize(
    ("claim", "says"), [(count(11), "11"), (count(11, 14), "11–14"), (count(12, approximate=True), "about 12")]
)
def test_a_figure_says_what_is_known_of_it(claim, says):
    assert figure(claim) == says


def composed(the_story, reason, told=None):
    rule = Rule(name="R", when=All(()), notify=("desk",))
    decision = Decision(rule="R", reason=reason, explanation="killed 5 → 11")
    return compose(rule, decision, Match(rule="R", met=True, findings=()), the_story, told).message


def later(one, hours):
    moment = NOON + timedelta(hours=hours)
    return replace(one, article=replace(one.article, published=moment, fetched=moment + timedelta(minutes=1)))


def test_an_update_says_what_changed_since_it_was_told_and_by_whom():
    first, second = reading(killed=5), later(reading(url="https://tass.example/2", source="TASS", killed=11), 2)
    told = Told(at=NOON + timedelta(minutes=5), killed=5, injured=None)

    message = composed(story(first, second), Reason.TOLL_ROSE, told)

    assert "“There were 11 of them.”" in message.body
    assert message.title == "Update: 11 killed · 2 publishers"
    assert message.body.splitlines()[:2] == ["killed 5 → 11 (TASS, 14:00 UTC)", "publishers 1 → 2: TASS (14:00 UTC)"]


def test_a_first_alert_is_no_update_and_tells_no_changes():
    message = composed(story(reading(killed=5)), Reason.NEW)
    assert message.title == "5 killed · 1 publisher"
    assert message.body.startswith("R: new")


def test_a_correction_does_not_look_like_a_new_event():
    first = reading(killed=11)
    second = later(
        reading(
            "Toll revised",
            source="B",
            text="The toll was revised. There were 4 of them.",
            url="https://b.example/2",
            killed=4,
        ),
        26,
    )
    told = Told(at=NOON + timedelta(hours=1), killed=11, injured=None)

    message = composed(story(first, second), Reason.CORRECTED, told)

    assert message.title == "Corrected: 4 killed · 2 publishers"
    says = "corrected: killed 11 → 4, the article says that it corrects the figure"
    assert message.body.startswith(f"{says} (B, 14:00 UTC)")
    assert "“There were 4 of them.”" in message.body  # the rule holds no more, and finds nothing to quote


def test_changes_of_another_day_bear_their_date():
    first, second, third = (
        reading(killed=5),
        reading(url="https://b.example/2", source="B", killed=7),
        reading(killed=7),
    )
    stories = story(first, later(second, 2), later(third, 30))
    message = composed(stories, Reason.REPEAT, Told(at=NOON + timedelta(minutes=5), killed=5, injured=None))
    assert message.body.splitlines()[0] == "killed 5 → 7 (B, 22 Nov 14:00 UTC)"


def test_an_update_after_a_day_of_rises_stays_short():
    rises = [later(reading(url=f"https://b.example/{n}", source=f"p{n}", killed=n), n) for n in range(1, 60)]
    message = composed(story(*rises), Reason.TOLL_ROSE, Told(at=NOON + timedelta(hours=2.5), killed=2, injured=None))
    assert message.body.split("\n\n")[0].splitlines() == [
        "killed 2 → 59 (p59, 23:00 UTC)",
        "publishers 2 → 59: p3, p4, p5 and 54 more (23:00 UTC)",
    ]


def test_a_correction_to_none_is_headed_by_the_report_that_makes_it():
    first = reading(killed=3)
    second = later(reading("Nobody killed, police say", "An earlier report said 3.", url="https://b.example/2"), 2)
    second = replace(second, facts=replace(second.facts, toll=Toll(killed=count(0, quote="An earlier report said 3."))))
    message = composed(story(first, second), Reason.CORRECTED, Told(at=NOON, killed=3, injured=None))
    assert message.title == "Corrected: Nobody killed, police say · 1 publisher"
    assert message.body.startswith("corrected: killed 3 → 0, the article says that it corrects the figure")


def test_who_reports_and_where_is_plain_text():
    dirty = reading(source="Evil\u202e Desk\x07", url="https://evil.example/\u202egpj")
    message = composed(story(dirty), Reason.NEW)
    assert "Evil Desk, 22 Nov 2026" in message.body
    assert not any(c in message.body for c in "\u202e\x07")


def test_an_address_is_never_cut():
    long = "https://wire.example/" + "a" * 900
    assert long in composed(story(reading(url=long)), Reason.NEW).body


def test_a_city_called_as_its_region_is_named_once():
    kabul = replace(place("Kabul", "AF-KAB/kabul", "AF-KAB", "AF", kind="city"), admin1_name="Kabul")
    assert headline(story(reading(killed=20, places=[kabul]))) == "20 killed, Kabul (AF) · 1 publisher"


def test_copies_are_counted_and_not_listed_as_reports():
    copies = [reading(url=f"https://copy.example/{n}", source=f"copy {n}") for n in range(3)]
    keys = frozenset(copy.article.url_key for copy in copies)
    message = composed(Story(id=1, readings=(reading(), *copies), copies=keys), Reason.NEW)
    assert "… and 3 copies of them" in message.body
    assert "copy.example" not in message.body


def test_a_long_story_lists_its_newest_reports():
    many = [reading(url=f"https://x.example/{n}", source=f"s{n}") for n in range(12)]
    message = composed(story(*many), Reason.NEW)
    assert "https://x.example/11" in message.body
    assert "https://x.example/0\n" not in message.body
    assert "… and 7 more" in message.body


def test_a_country_that_one_publisher_of_many_gives_is_named_only():
    right = [
        reading(url=f"https://r.example/{n}", source=f"r{n}", places=[place("Mubi", "NG-AD", "NG")]) for n in range(4)
    ]
    wrong = reading(url="https://w.example", source="w", places=[place("Mobile", "US-AL", "US")])
    roles = {one.name: one.role for one in story(*right, wrong).places}
    assert roles == {"Mubi": "event", "Mobile": "mentioned"}


def test_a_finer_place_of_one_publisher_stays():
    right = [
        reading(url=f"https://r.example/{n}", source=f"r{n}", places=[place("Adamawa", "NG-AD", "NG")])
        for n in range(4)
    ]
    finer = reading(url="https://f.example", source="f", places=[place("Mubi", "NG-AD/mubi", "NG-AD", "NG")])
    assert [one.name for one in story(*right, finer).places if one.role == "event"][-1] == "Mubi"
