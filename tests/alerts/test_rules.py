"""Which rules hold for a story, and what is found for each line of them: tests/cases/rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alerts.conditions import All, AnyOf, Comparison, Not
from alerts.conditions_facts import ByGroup, Disputed, InRegion, Tally, Target
from alerts.conditions_words import FromSource, Language, Publishers, Words, term
from alerts.phrases import Phrasebook
from alerts.rules import Rule, RuleSet, describe, match
from alerts.story import Story
from crawler.article import Article
from crawler.facts import Facts, Group, Place, Toll
from crawler.facts.toll import Count
from crawler.reading import Reading
from tests.world import rule_of

FILES = sorted((Path(__file__).parent.parent / "cases" / "rules").glob("*.yaml"))
CASES = [case for path in FILES for case in yaml.safe_load(path.read_text("utf-8"))]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_count(figure, approximate=False):
    low, high = figure if isinstance(figure, list) else (figure, figure)
    return Count(low=low, high=high, approximate=approximate, quote=f"It was {low}.")


def a_place(name, within, role="event"):
    where = dict.fromkeys(("country", "country_name", "admin1", "admin1_name"))
    span = {"surface": name, "start": 0, "end": len(name), "field": "text", "quote": f"There is {name}."}
    return Place(code=within[0], name=name, kind="admin1", within=tuple(within), role=role, **where, **span)


def a_group(name, lineage, denied=False):
    lineage = tuple(lineage)
    return Group(id=lineage[0], name=name, lineage=lineage, role="actor", denied=denied, surface=name, quote=f"{name}.")


def a_reading(number=0, **said):
    article = Article(
        url=f"https://wire.example/{number + 1}",
        url_key=f"wire.example/{number + 1}",
        source=said.get("source", "wire"),
        publisher=said.get("publisher", "Wire"),
        title=said.get("title", ""),
        text=said.get("text", ""),
        published=NOON,
        precision="minute",
        lang=said.get("lang", "en"),
        fetched=NOON,
    )
    counts = {
        name: a_count(said[name], said.get("approximate", False)) for name in ("killed", "injured") if name in said
    }
    sides = {name: said.get(name, 0) for name in ("civilians", "security", "militants")}
    facts = Facts(
        lang=article.lang,
        toll=Toll(**counts, **sides, disputed=said.get("disputed")),
        places=tuple(a_place(**place) for place in said.get("places", ())),
        groups=tuple(a_group(**group) for group in said.get("groups", ())),
    )
    return Reading(article, None if said.get("unread") else facts)


def a_story(*articles):
    readings = tuple(a_reading(number, **said) for number, said in enumerate(articles))
    copies = frozenset(r.article.url_key for r, said in zip(readings, articles, strict=True) if said.get("copy"))
    return Story(id=None, readings=readings, copies=copies)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_a_rule_means_what_it_says(case, tmp_path):
    rule, story = rule_of(tmp_path, case["when"]), a_story(*case["story"])
    result = match(rule, story)

    assert result.met is case["met"]
    assert result == RuleSet([rule]).explain(story)[0]
    assert [m.rule for m in RuleSet([rule]).matches(story)] == (["R"] if case["met"] else [])
    for name, got in [
        ("found", [finding.found for finding in result.findings]),
        ("each", [finding.met for finding in result.findings]),
        ("conditions", [finding.condition for finding in result.findings]),
        ("inner", [[child.found for child in finding.children] for finding in result.findings]),
        ("quote", result.findings[0].quote),
        ("url", result.findings[0].url),
    ]:
        assert got == case.get(name, got)


def test_there_are_cases_of_every_condition():
    keys = {key for case in CASES for key in case["when"]}

    assert keys == {
        "region", "mentions", "group", "killed", "injured", "casualties", "of", "publishers", "disputed",
        "text", "title", "language", "source", "any", "all", "not",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("when", "article", "quote"),
    [
        ({"killed": 5}, {"killed": 11}, "It was 11."),
        ({"injured": 50}, {"injured": 11}, "It was 11."),
        ({"casualties": 5}, {"killed": 11, "injured": 3}, "It was 11."),
        ({"killed": 5, "of": "militants"}, {"killed": 11, "militants": 8}, "It was 11."),
        ({"region": "Syria"}, {"places": [{"name": "Syria", "within": ["SY"]}]}, "There is Syria."),
        (
            {"region": "Syria"},
            {"places": [{"name": "Syria", "within": ["SY"], "role": "mentioned"}]},
            "There is Syria.",
        ),
        ({"group": "any"}, {"groups": [{"name": "ISKP", "lineage": ["iskp"]}]}, "ISKP."),
        ({"group": "al-Qaeda"}, {"groups": [{"name": "ISKP", "lineage": ["iskp"]}]}, "ISKP."),
        ({"disputed": True}, {"disputed": "It was denied."}, "It was denied."),
        ({"not": {"killed": 5}}, {"killed": 11}, "It was 11."),
        ({"any": [{"group": "any"}, {"killed": 5}]}, {"killed": 11}, "It was 11."),
    ],
)
def test_what_was_read_from_a_sentence_is_found_with_it_and_its_article(when, article, quote, tmp_path):
    finding = match(rule_of(tmp_path, when), a_story({}, article)).findings[0]

    assert (finding.quote, finding.url) == (quote, "https://wire.example/2")


def test_a_rule_that_is_switched_off_never_holds_but_is_explained(tmp_path):
    rules = RuleSet([rule_of(tmp_path, {"killed": 5}, enabled=False)])
    story = a_story({"killed": 11})

    assert rules.matches(story) == []
    assert [result.met for result in rules.explain(story)] == [True]


def test_rules_that_hold_come_in_the_users_order(tmp_path):
    names = ["zebra", "ant", "mole", "bee"]
    whens = [{"text": "attack"}, {"not": {"text": "film"}}, {"killed": 5}, {"text": "film"}]
    rules = RuleSet(rule_of(tmp_path, when, name=name) for name, when in zip(names, whens, strict=True))

    assert [m.rule for m in rules.matches(a_story({"text": "An attack.", "killed": 5}))] == ["zebra", "ant", "mole"]
    assert [rule.name for rule in rules] == names
    assert (len(rules), rules["ant"].name) == (4, "ant")


def counting_scans(monkeypatch):
    """Count the texts that are looked through from now on."""
    texts, scan = [], Phrasebook._scan
    monkeypatch.setattr(Phrasebook, "_scan", lambda book, text, lang: texts.append(text) or scan(book, text, lang))
    return texts


def test_no_text_is_looked_through_for_rules_whose_facts_are_missing(tmp_path, monkeypatch):
    whens = [
        {"text": "attack", "killed": 5},
        {"any": [{"all": [{"title": "attack", "group": "any"}]}, {"text": "film", "region": "Syria"}]},
        {"not": {"text": "film"}, "injured": 3},
    ]
    rules = RuleSet(rule_of(tmp_path, when, name=str(n)) for n, when in enumerate(whens))
    looked = counting_scans(monkeypatch)

    assert rules.matches(a_story({"title": "Attack", "text": "An attack.", "killed": 4})) == []
    assert looked == []
    assert [m.rule for m in rules.matches(a_story({"title": "Attack", "text": "An attack.", "killed": 5}))] == ["0"]
    assert sorted(looked) == ["An attack.", "Attack"]


def test_an_article_is_looked_through_once_for_all_rules_and_stories_of_it(tmp_path, monkeypatch):
    rules = RuleSet(rule_of(tmp_path, {"text": word}, name=word) for word in ("attack", "film"))
    articles = [{"text": f"Attack {number}."} for number in range(20)]
    looked = counting_scans(monkeypatch)
    for number in range(1, 21):
        assert [m.rule for m in rules.matches(a_story(*articles[:number]))] == ["attack"]

    assert sorted(looked) == sorted(article["text"] for article in articles)


def test_of_many_rules_with_words_of_their_own_and_one_threshold_few_are_looked_at(monkeypatch):
    killed = Tally("killed", "killed", (Comparison(">=", 5),))
    words = [Words("text", "text", tuple(term(f"word{number:04}{end}") for end in "abc")) for number in range(5_000)]
    rules = RuleSet(Rule(name=one.terms[0].key, when=All((killed, one)), notify=("desk",)) for one in words)
    looked, holds = [], Words.holds
    monkeypatch.setattr(Words, "holds", lambda one, view: looked.append(one) or holds(one, view))

    assert [m.rule for m in rules.matches(a_story({"text": "It was word0007b.", "killed": 9}))] == ["word0007a"]
    assert looked == [words[7]]


def test_what_a_rule_found_is_looked_for_when_it_is_asked_for(tmp_path, monkeypatch):
    rules = RuleSet([rule_of(tmp_path, {"text": "attack"})])
    hits, hit = [], Phrasebook.hit
    monkeypatch.setattr(Phrasebook, "hit", lambda *said: hits.append(said) or hit(*said))
    found = rules.matches(a_story({"text": "An attack."}))[0]

    assert (found.met, hits) == (True, [])
    assert found.findings[0].quote == "An attack."
    assert found.findings is found.findings


def test_no_rules_hold_for_nothing():
    assert RuleSet([]).matches(a_story({"text": "An attack."})) == []


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"killed": 1}, " when at least 1 person was killed"),
        ({"killed": 5, "of": "militants"}, " when at least 5 militants were killed"),
        ({"killed": 1, "of": "security"}, " when at least 1 member of the security forces was killed"),
        (
            {"killed": 9, "of": ["civilians", "militants"]},
            " when at least 9 civilians or militants together were killed",
        ),
        ({"casualties": ["== 0", "< 1000"]}, " when exactly 0 or fewer than 1,000 people were killed or injured"),
        ({"mentions": ["Syria", "Iraq"], "language": "ru"}, " when Syria or Iraq is named, and an article is in ru"),
        ({"title": ["/x+/", "bomb*"]}, " when the title has something that fits /x+/ or bomb…"),
        ({"source": ["wire", "paper"], "disputed": False}, " when wire or paper reports it, and nobody disputes it"),
        ({"disputed": True, "publishers": "<= 1"}, " when a claim is disputed, and at most 1 publisher reports it"),
        ({"not": {"text": "film"}}, " for every story, unless the text has film"),
        (
            {"not": [{"text": "a"}, {"group": "any"}]},
            " for every story, unless the text has a or any armed group is named",
        ),
        ({"all": [{"not": {"text": "a"}}, {"text": "b"}]}, " when (the text has b, and not (the text has a))"),
    ],
)
def test_a_rule_is_said_in_a_sentence(when, words, tmp_path):
    assert describe(rule_of(tmp_path, when)) == f"Rings{words}; tells desk; once for a story."


TEXTS = st.text(st.sampled_from("ab -'’,.\n爆é\u0301\ud800"), max_size=12)
NUMBERS = st.integers(0, 4)
COMPARISONS = st.builds(Comparison, st.sampled_from([">=", ">", "==", "<", "<="]), NUMBERS)
CODES = st.sampled_from(["SY", "RU", "RU-KB"])
TARGETS = st.lists(st.builds(Target, CODES, CODES), min_size=1, max_size=2).map(tuple)
TERMS = st.lists(st.sampled_from(["a", "b", "a b", "ab*", "/a+b/", "爆", "é"]).map(term), min_size=1, max_size=3).map(
    tuple
)
LEAVES = st.one_of(
    st.builds(InRegion, st.just("region"), TARGETS, st.booleans()),
    st.builds(ByGroup, st.just("group"), TARGETS | st.just(())),
    st.builds(Tally, st.just("killed"), st.sampled_from(["killed", "injured", "casualties"]), st.tuples(COMPARISONS)),
    st.builds(Tally, st.just("of"), st.just("killed"), st.tuples(COMPARISONS), st.just(("civilians",))),
    st.builds(Words, st.just("text"), st.sampled_from(["text", "title"]), TERMS),
    st.builds(Language, st.just("language"), st.sampled_from([("en",), ("ru", "uk")])),
    st.builds(FromSource, st.just("source"), st.sampled_from([("wire",), ("paper",)])),
    st.builds(Publishers, st.just("publishers"), st.tuples(COMPARISONS)),
    st.builds(Disputed, st.just("disputed"), st.booleans()),
)
BLOCKS = st.sampled_from([All, AnyOf])


def combined(inner):
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(lambda kind, parts: kind(parts), BLOCKS, parts)


TREES = st.recursive(LEAVES, combined, max_leaves=6)
WHENS = st.lists(TREES, min_size=1, max_size=3).map(lambda parts: All(tuple(parts)))
WITHIN = st.lists(CODES, min_size=1)
ROLES = st.sampled_from(["event", "mentioned"])
ARTICLES = st.fixed_dictionaries(
    {"title": TEXTS, "text": TEXTS},
    optional={
        "killed": NUMBERS,
        "injured": NUMBERS,
        "civilians": NUMBERS,
        "lang": st.sampled_from(["en", "uk", None]),
        "source": st.sampled_from(["wire", "paper"]),
        "publisher": st.sampled_from(["Wire", "Other"]),
        "copy": st.booleans(),
        "unread": st.booleans(),
        "disputed": st.just("No."),
        "places": st.lists(st.fixed_dictionaries({"name": CODES, "within": WITHIN, "role": ROLES})),
        "groups": st.lists(st.fixed_dictionaries({"name": CODES, "lineage": WITHIN})),
    },
)  # fmt: skip


@given(st.lists(WHENS, min_size=1, max_size=4), st.lists(ARTICLES, min_size=1, max_size=3))
def test_rules_matched_together_hold_as_they_do_alone(whens, articles):
    rules = [Rule(name=str(number), when=when, notify=("desk",)) for number, when in enumerate(whens)]
    story = a_story(*articles)
    alone = [match(rule, story) for rule in rules]

    assert RuleSet(rules).explain(story) == alone
    assert RuleSet(rules).matches(story) == [result for result in alone if result.met]
    assert all(describe(rule).endswith(".") for rule in rules)
