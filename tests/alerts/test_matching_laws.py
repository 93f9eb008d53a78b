"""Many rules matched together against a matcher that does what the documentation says, with loops alone.

Rules and articles are drawn from small vocabularies, so that rules do hold.
"""

from __future__ import annotations

import operator
import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.conditions import All, AnyOf, Not, comparison
from alerts.conditions_facts import ByGroup, Disputed, InRegion, Tally, Target
from alerts.conditions_words import FromSource, Language, Publishers, Words, term
from alerts.rules import Rule, RuleSet, match
from tests.alerts.test_rules import a_story

FORMS = {
    "attack": {"en": ["attack", "attacks", "attacked", "attacker"]},
    "взрыв": {lang: ["взрыв", "взрыва", "взрывы"] for lang in ("en", "ru", "tr", None)},
    "saldırı": {"tr": ["saldırı", "saldırıda"]},
}  # of the words below, what a ~word finds in a text of a language; an English attacker has the stem of an attack
WORDS = [
    *("attack", "attacks", "attacked", "attacker", "market", "police", "café", "CAFE", "Bombing", "bombs", "don't"),
    *("взрыв", "взрыва", "взрывы", "Взрывник", "ёлка", "елка", "saldırı", "saldırıda", "SALDIRI", "爆炸", "爆", "2024"),
]
TERMS = [
    *("attack", "ATTACK", "attack*", "market", "cafe", "café*", "bomb*", "~attack", "~взрыв", "~saldırı", "взрыв"),
    *(
        "police attack",
        "attack market",
        "~attack market",
        "market att*",
        "елка",
        "saldiri",
        "爆炸",
        "爆",
        "don't",
        "2024",
    ),
    *("/attack(s|ed)/", "/bomb.*market/", "/^police/", "/20\\d\\d/", "/(?-i)Bomb/"),
]
BETWEEN = [" ", " ", " ", ", ", "-", " – ", "  "]
PLACES = [["SY-ID", "SY", "levant"], ["SY", "levant"], ["RU-DA", "RU", "caucasus"], ["RU", "caucasus"], ["ML", "sahel"]]
REGIONS = ["SY", "SY-ID", "levant", "RU", "caucasus", "ML"]
LINES = [["iskp", "is"], ["is"], ["jnim", "aq"], ["aq"]]
GROUPS = ["is", "iskp", "aq", "jnim"]
SIDES = ["civilians", "security", "militants"]
SIGNS = {">=": operator.ge, ">": operator.gt, "==": operator.eq, "<": operator.lt, "<=": operator.le}


def some(chance, values, most=3):
    return [chance.choice(values) for _ in range(chance.randint(1, most))]


def a_text(chance, most):
    """Return sentences of words: each begins with a capital, no word of it is an abbreviation."""
    sentences = []
    for _ in range(chance.randint(0, most)):
        first, *rest = some(chance, WORDS, 6)
        sentences.append(first.title() + "".join(chance.choice(BETWEEN) + word for word in rest))
    return "".join(f"{one}{chance.choice(['. ', '! ', '.' + chr(10) * 2])}" for one in sentences).strip()


def an_article(chance):
    said = {
        "title": a_text(chance, 1),
        "text": a_text(chance, 3),
        "lang": chance.choice(["en", "en", "ru", "tr", None]),
        "source": chance.choice(["wire", "paper", "radio"]),
        "publisher": chance.choice(["Wire", "Paper", "Radio"]),
        "copy": chance.random() < 0.2,
        "unread": chance.random() < 0.1,
        "places": [
            {"name": within[0], "within": within, "role": chance.choice(["event", "mentioned"])}
            for within in some(chance, PLACES, 2)[: chance.randint(0, 2)]
        ],
        "groups": [
            {"name": line[0], "lineage": line, "denied": chance.random() < 0.2}
            for line in some(chance, LINES, 2)[: chance.randint(0, 2)]
        ],
    }
    for figure in ("killed", "injured"):
        if chance.random() < 0.6:
            said[figure] = chance.randint(0, 6)
    for side in SIDES:
        if chance.random() < 0.3:
            said[side] = chance.randint(0, 4)
    if chance.random() < 0.2:
        said["disputed"] = "It was denied."
    return said


def a_story_of(chance):
    return [an_article(chance) for _ in range(chance.randint(1, 4))]


def numbers(chance):
    return [f"{chance.choice(list(SIGNS))} {chance.randint(0, 6)}" for _ in range(chance.choice([1, 1, 1, 2]))]


LEAVES = {
    "text": lambda chance: {"text": some(chance, TERMS)},
    "title": lambda chance: {"title": some(chance, TERMS)},
    "killed": lambda chance: {"killed": numbers(chance)},
    "injured": lambda chance: {"injured": numbers(chance)},
    "casualties": lambda chance: {"casualties": numbers(chance)},
    "of": lambda chance: {"killed": numbers(chance), "of": sorted(set(some(chance, SIDES, 2)))},
    "region": lambda chance: {"region": some(chance, REGIONS)},
    "mentions": lambda chance: {"mentions": some(chance, REGIONS)},
    "group": lambda chance: {"group": some(chance, GROUPS)},
    "any group": lambda _: {"group": ["any"]},
    "itself": lambda chance: {"group": some(chance, GROUPS), "branches": False},
    "publishers": lambda chance: {"publishers": numbers(chance)},
    "language": lambda chance: {"language": some(chance, ["en", "ru", "tr"], 2)},
    "source": lambda chance: {"source": some(chance, ["wire", "paper", "radio"], 2)},
    "disputed": lambda chance: {"disputed": chance.random() < 0.5},
}


def a_line(chance, depth=2):
    """Return one line of a `when:`, as a user writes it."""
    kind = chance.choice([*LEAVES, *LEAVES, "any", "all", "not", "text", "title"] if depth else [*LEAVES])
    if kind == "not":
        return {"not": a_line(chance, depth - 1)}
    if kind in ("any", "all"):
        return {kind: [a_line(chance, depth - 1) for _ in range(chance.randint(1, 3))]}
    return LEAVES[kind](chance)


def a_when(chance):
    return [a_line(chance) for _ in range(chance.choice([1, 1, 2, 3]))]


def condition(line):
    """Return a line as the engine has it."""
    (kind, wanted), *more = line.items()
    if kind in ("any", "all"):
        return (AnyOf if kind == "any" else All)(tuple(map(condition, wanted)))
    if kind == "not":
        return Not(condition(wanted))
    if kind in ("text", "title"):
        return Words(kind, kind, tuple(map(term, wanted)))
    if kind == "group":
        return ByGroup(kind, tuple(Target(one, one) for one in wanted if one != "any"), not more)
    if kind in ("region", "mentions"):
        return InRegion(kind, tuple(Target(one, one) for one in wanted), kind == "mentions")
    if kind == "disputed":
        return Disputed(kind, wanted)
    if kind in ("language", "source"):
        return (Language if kind == "language" else FromSource)(kind, tuple(wanted))
    compared = tuple(map(comparison, wanted))
    return (
        Publishers(kind, compared) if kind == "publishers" else Tally(kind, kind, compared, tuple(line.get("of", ())))
    )


def a_rule(chance, name="R"):
    when = a_when(chance)
    return when, Rule(name=name, when=All(tuple(map(condition, when))), notify=("desk",))


def plain(text):
    """Return a text without what doesn't matter: case, accents, the dots of ё and of Turkish i."""
    bare = "".join("й" if char == "й" else unicodedata.normalize("NFD", char)[0] for char in text.lower())
    return bare.replace("ı", "i").replace("\u0307", "")


def words_of(text):
    """Return the words: letters and digits in a row; a Chinese character is a word."""
    found, word = [], ""
    for char in plain(text):
        if char.isalnum() and not "一" <= char <= "龥":
            word += char
            continue
        found += [one for one in (word, char) if one.isalnum()]
        word = ""
    return [*found, word] if word else found


def is_word(word, listed, lang, prefix, inflected):
    if prefix:
        return word.startswith(listed)
    forms = next((FORMS[one] for one in FORMS if plain(one) == listed), {}) if inflected else {}
    return word in [plain(form) for form in forms.get(lang, [listed])]


def has_term(written, text, lang):
    """Whether a word or phrase stands in one sentence of the text, or an expression matches it."""
    if written[0] == "/":
        source = written[1:-1]
        return (
            bool(text) and re.search(source.removeprefix("(?-i)"), text, 0 if "(?-i)" in source else re.I) is not None
        )
    inflected, star = written[0] == "~", written[-1] == "*"
    listed = words_of(written)
    for sentence in re.split(r"[.!]\s+", text):
        words = words_of(sentence)
        for start in range(len(words) - len(listed) + 1):
            pairs = list(zip(words[start:], listed, strict=False))
            if all(is_word(w, one, lang, star and one is listed[-1], inflected) for w, one in pairs):
                return True
    return False


def compares(wanted, number):
    return number is not None and any(SIGNS[one.split()[0]](number, int(one.split()[1])) for one in wanted)


def figure(name, articles):
    """Return the highest figure that is claimed: no article here says that it corrects another."""
    return max((said[name] for said in articles if name in said), default=None)


def dead_of(sides, articles):
    """Return the most dead of the sides that one article counts; 0 where the newest says that nobody died."""
    most, none_died = 0, None
    for said in reversed(articles):
        if "killed" in said:
            none_died = said["killed"] == 0 if none_died is None else none_died
            most = max(most, sum(said.get(side, 0) for side in sides))
    return most or (0 if none_died else None)


def casualties(articles):
    both = [one for one in (figure("killed", articles), figure("injured", articles)) if one is not None]
    return sum(both) if both else None


def placed(kind, wanted, read):
    places = [place for said in read for place in said["places"] if kind == "mentions" or place["role"] == "event"]
    return any(code in place["within"] for code in wanted for place in places)


def grouped(line, read):
    lines = [group["lineage"] for said in read for group in said["groups"]]
    lines = [lineage[:1] for lineage in lines] if "branches" in line else lines
    return (
        bool(lines) if line["group"] == ["any"] else any(one in lineage for one in line["group"] for lineage in lines)
    )


def disputed(read):
    return any("disputed" in said or any(group["denied"] for group in said["groups"]) for said in read)


def publishers(story):
    return len({said["publisher"] for said in story if not said["copy"]}) or 1


def worded(fields, wanted, story):
    return any(has_term(one, said[field], said["lang"]) for one in wanted for said in story for field in fields)


MEANINGS = {
    "all": lambda line, story, _: all(holds(one, story) for one in line["all"]),
    "any": lambda line, story, _: any(holds(one, story) for one in line["any"]),
    "not": lambda line, story, _: not holds(line["not"], story),
    "text": lambda line, story, _: worded(["title", "text"], line["text"], story),
    "title": lambda line, story, _: worded(["title"], line["title"], story),
    "killed": lambda line, _, read: compares(
        line["killed"], dead_of(line["of"], read) if "of" in line else figure("killed", read)
    ),
    "injured": lambda line, _, read: compares(line["injured"], figure("injured", read)),
    "casualties": lambda line, _, read: compares(line["casualties"], casualties(read)),
    "region": lambda line, _, read: placed("region", line["region"], read),
    "mentions": lambda line, _, read: placed("mentions", line["mentions"], read),
    "group": lambda line, _, read: grouped(line, read),
    "publishers": lambda line, story, _: compares(line["publishers"], publishers(story)),
    "language": lambda line, story, _: any(said["lang"] in line["language"] for said in story),
    "source": lambda line, story, _: any(said["source"] in line["source"] for said in story),
    "disputed": lambda line, _, read: disputed(read) == line["disputed"],
}


def holds(line, story):
    """Whether a line holds by its plain meaning; nothing but words is read of an article without facts."""
    return MEANINGS[next(iter(line))](line, story, [said for said in story if not said["unread"]])


CHANCE = st.randoms(use_true_random=False)


@given(CHANCE)
def test_rules_hold_where_their_plain_meaning_does(chance):
    story, rules = a_story_of(chance), [a_rule(chance, str(number)) for number in range(chance.randint(1, 4))]
    meant = [rule.name for when, rule in rules if all(holds(line, story) for line in when)]
    together = RuleSet(rule for _, rule in rules)

    assert [found.rule for found in together.matches(a_story(*story))] == meant
    assert [found.rule for found in together.explain(a_story(*story)) if found.met] == meant


@pytest.mark.parametrize("kind", LEAVES)
def test_every_condition_holds_where_its_plain_meaning_does(kind):
    chance = random.Random(kind)
    outcomes = set()
    for _ in range(200):
        line, story = LEAVES[kind](chance), a_story_of(chance)
        rule = Rule(name="R", when=All((condition(line),)), notify=("desk",))
        outcomes.add(holds(line, story))

        assert (bool(RuleSet([rule]).matches(a_story(*story))), line, story) == (holds(line, story), line, story)
    assert outcomes == {True, False}


@pytest.mark.parametrize("seed", range(20))
def test_a_rule_is_judged_among_fifty_others_as_alone(seed):
    chance = random.Random(seed)
    rules = [a_rule(chance, str(number))[1] for number in range(51)]
    together = RuleSet(rules)
    held = 0
    for _ in range(5):
        story = a_story(*a_story_of(chance))
        alone = [match(rule, story) for rule in rules]
        held += sum(found.met for found in alone)

        assert together.explain(story) == alone
        assert together.matches(story) == [found for found in alone if found.met]
    assert held > 5


@given(CHANCE)
def test_a_rule_that_is_added_changes_nothing_for_the_others(chance):
    rules = [a_rule(chance, str(number))[1] for number in range(chance.randint(1, 4))]
    story, more = a_story(*a_story_of(chance)), a_rule(chance, "more")[1]
    place = chance.randint(0, len(rules))
    with_it = RuleSet([*rules[:place], more, *rules[place:]])

    assert [found for found in with_it.matches(story) if found.rule != "more"] == RuleSet(rules).matches(story)
    assert [found for found in with_it.explain(story) if found.rule != "more"] == RuleSet(rules).explain(story)


@given(CHANCE)
def test_what_is_remembered_of_a_story_changes_nothing_as_it_grows(chance):
    rules = [a_rule(chance, str(number))[1] for number in range(3)]
    said, lasting = a_story_of(chance), RuleSet(rules)
    for number in range(1, len(said) + 1):
        story = a_story(*said[:number])

        assert lasting.matches(story) == RuleSet(rules).matches(story)
    assert lasting.explain(story) == RuleSet(rules).explain(story)
