"""Laws of the group table: every name resolves, a branch knows its parents, every cue can be met."""

from __future__ import annotations

import pytest

from crawler.gazetteer import ArmedGroup, GroupTable, gazetteer, groups
from crawler.gazetteer.names import key

EVERY = [pytest.param(group, id=group.id) for group in groups()]


@pytest.mark.parametrize("group", EVERY)
def test_every_group_resolves_by_its_id_and_each_of_its_names(group: ArmedGroup) -> None:
    assert groups().resolve(group.id) == group
    assert group.aliases or group.cues
    for name in (group.name, *group.aliases):
        found = groups().resolve(name)
        assert found is not None
        assert key(name) in {key(alias) for alias in (found.name, found.id, *found.aliases, *found.cues)}


@pytest.mark.parametrize("group", EVERY)
def test_every_parent_and_country_is_known(group: ArmedGroup) -> None:
    assert group.parent is None or group.parent in groups().by_id
    assert set(group.countries) <= gazetteer().by_code.keys()


@pytest.mark.parametrize("group", EVERY)
def test_every_cue_asks_for_something(group: ArmedGroup) -> None:
    for alias, cue in group.cues.items():
        assert alias.strip()
        assert cue.needs_something or cue.without or cue.not_after or cue.not_before or cue.never


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("ISIS", "islamic-state"),
        ("isis", "islamic-state"),
        ("Islamic State", "islamic-state"),
        ("ИГИЛ", "islamic-state"),
        ("داعش", "islamic-state"),
        ("Caucasus Emirate", "caucasus-emirate"),
        ("M23", "m23"),
        ("al shabaab", "al-shabaab"),
        ("Wagner", "wagner"),
        ("ETA", "eta"),
    ],
)
def test_any_name_resolves(name: str, group: str) -> None:
    found = groups().resolve(name)
    assert found
    assert found.id == group


@pytest.mark.parametrize("name", ["", "Salvation Choir", "\x00", "x" * 5_000])
def test_an_unknown_name_resolves_to_nothing(name: str) -> None:
    assert groups().resolve(name) is None


@pytest.mark.parametrize(
    ("slip", "meant"), [("Boko Harram", "Boko Haram"), ("Islamic Stat", "Islamic State"), ("Hizbolah", "Hezbollah")]
)
def test_a_slip_is_told_the_right_spelling(slip: str, meant: str) -> None:
    assert meant in groups().suggest(slip)


def test_a_branch_counts_for_its_parent_and_a_rival_does_not() -> None:
    assert groups().lineage("is-sinai") == ("is-sinai", "islamic-state")
    assert "islamic-state" not in groups().lineage("boko-haram")
    assert "islamic-state" not in groups().lineage("al-qaeda")


def test_an_unknown_group_has_no_lineage() -> None:
    with pytest.raises(KeyError):
        groups().lineage("nobody")


def test_a_lineage_ends_even_where_two_groups_name_each_other() -> None:
    pair = [
        ArmedGroup(id=one, name=one, parent=other, countries=(), aliases=(one,), cues={})
        for one, other in (("a", "b"), ("b", "a"))
    ]
    assert GroupTable(pair).lineage("a") == ("a", "b")
