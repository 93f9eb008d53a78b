"""A rule that no story could meet is known beforehand, and no other is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.conditions import All, AnyOf, Comparison, Not
from alerts.conditions_facts import Tally, Target
from alerts.conditions_words import Language, Publishers, Words, term
from alerts.phrases import Phrasebook
from alerts.satisfiable import MAX_WAYS, contradiction
from tests.world import rule_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "satisfiable.yaml").read_text("utf-8"))
WITHIN = {"RU-KB": ("RU-KB", "RU", "north-caucasus", "caucasus"), "north-caucasus": ("north-caucasus", "caucasus")}
LINEAGE = {"iskp": ("iskp", "islamic-state")}


def clash(folder, when):
    """Return what is wrong with a block; beside another way to ring, the configuration takes it."""
    (block, _) = rule_of(folder, {"any": [when, {"mentions": "Iraq"}]}).when.parts[0].parts
    return contradiction(
        block if isinstance(block, All) else All((block,)),
        lambda code: WITHIN.get(code, (code,)),
        lambda id_: LINEAGE.get(id_, (id_,)),
    )


@pytest.mark.parametrize("case", CASES["never"], ids=lambda case: case["why"])
def test_a_rule_that_can_never_ring_is_known_by_what_it_wants(case, tmp_path):
    assert clash(tmp_path, case["when"]) == case["wants"]


@pytest.mark.parametrize("when", CASES["possible"], ids=str)
def test_a_rule_that_may_ring_is_left_alone(when, tmp_path):
    assert clash(tmp_path, when) is None


def test_a_rule_with_too_many_ways_to_meet_it_is_taken_to_be_possible():
    pair = AnyOf((Tally("a", "killed", (Comparison(">", 1),)), Tally("b", "injured", (Comparison(">", 1),))))
    impossible = Tally("killed: < 0", "killed", (Comparison("<", 0),))
    ways = MAX_WAYS.bit_length() - 1

    assert contradiction(All((impossible, *[pair] * ways)))
    assert contradiction(All((impossible, *[pair] * (ways + 1)))) is None


def test_ten_thousand_listed_words_are_weighed_against_as_many_excluded_ones():
    listed = tuple(term(f"word{n}") for n in range(10_000))
    excluded = tuple(term(f"word{n}*") for n in range(9_999, -1, -1))
    when = All((Words("text: […]", "text", listed), Not(Words("text: [… *]", "text", excluded))))

    assert contradiction(when) == "text: […] and not text: [… *]"


COMPARISONS = st.builds(Comparison, st.sampled_from((">=", ">", "==", "<", "<=")), st.integers(0, 4))
LEAVES = st.one_of(
    st.builds(lambda c: Tally("killed", "killed", (c,)), COMPARISONS),
    st.builds(lambda c: Publishers("publishers", (c,)), COMPARISONS),
    st.builds(lambda c: Language("language", (c,)), st.sampled_from("ab")),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def holds(condition, killed, publishers, languages):
    """Judge a tree plainly."""
    match condition:
        case All():
            return all(holds(part, killed, publishers, languages) for part in condition.parts)
        case AnyOf():
            return any(holds(part, killed, publishers, languages) for part in condition.parts)
        case Not():
            return not holds(condition.part, killed, publishers, languages)
        case Language():
            return bool(languages & set(condition.codes))
        case Publishers():
            return any(one.holds(publishers) for one in condition.comparisons)
    return any(one.holds(killed) for one in condition.comparisons)


@given(TREES)
def test_exactly_those_trees_are_called_impossible_that_no_combination_of_facts_meets(tree):
    worlds = (
        (killed, publishers, set(languages))
        for killed in (None, *range(7))
        for publishers in range(1, 7)
        for languages in ("", "a", "b", "ab")
    )

    assert (contradiction(All((tree,))) is None) == any(holds(tree, *world) for world in worlds)


PARTS = ("car", "ca", "bomb", "bombs", "взрыв", "взрыва", "爆炸", "爆", "C++", "don't", "ё")
PHRASES = st.builds(
    lambda tilde, parts, star: f"{tilde}{' '.join(parts)}{'' if tilde or parts[-1][-1] == '+' else star}",
    st.sampled_from(("", "~")),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3),
    st.sampled_from(("", "*")),
)


@given(
    PHRASES, PHRASES, st.lists(st.sampled_from([*PARTS, ". ", ", "]), max_size=6), st.sampled_from(("en", "ru", None))
)
@settings(max_examples=60, deadline=None)  # a dictionary is opened for each
def test_a_word_is_said_to_cover_another_only_where_every_text_with_that_has_it(asked, excluded, text, lang):
    wanted, unwanted = term(asked), term(excluded)
    when = All((Words("text: asked", "text", (wanted,)), Not(Words("text: excluded", "text", (unwanted,)))))
    found = Phrasebook([wanted.key, unwanted.key]).scan(" ".join([*text, asked.strip("~*"), *text]), lang)

    if contradiction(when):
        assert wanted.key not in found or unwanted.key in found


def test_a_target_is_its_own_holder_where_nothing_more_is_known(tmp_path):
    when = rule_of(tmp_path, {"region": "Syria", "publishers": 1}).when
    twin = Not(type(when.parts[0])("region: Syria", (Target("SY", "Syria"),)))

    assert contradiction(All((*when.parts, twin))) == "region: Syria and not region: Syria"
