"""A user's own groups and regions are read in articles, resolve in rules, and stand beside the bundled ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.facts.groups import read_groups
from crawler.facts.places import read_places
from crawler.gazetteer import gazetteer, groups
from crawler.gazetteer.own import NOTHING, adopt
from crawler.workers import Workers
from scheduler.config import Config, ConfigError, load
from scheduler.config_own import Known, named
from tests.world import GROUPS, config_of

GUARD = {
    "name": "Valley Guard",
    "parent": "Islamic State",
    "countries": ["Russia"],
    "aliases": {"en": ["Guardians of the Valley"], "ru": ["Стражи долины"]},
    "ambiguous_aliases": [{"alias": "VG", "near": ["militants"]}],
}
VALLEY = {"name": "Upper Valley", "members": ["Dagestan", "Nalchik"], "aliases": ["the High Dales"]}


@pytest.fixture(autouse=True)
def _adopted_by_nobody_else() -> Iterator[None]:
    yield
    adopt(NOTHING)


def config(path: Path, **fields: Any) -> Config:
    config_of(path / "config.yaml", **{"channels": {"desk": "console://"}, **fields})
    found = load(path / "config.yaml", {})
    adopt(found.own)
    return found


def told(when: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "R", "when": when, "notify": "desk"}]


def read_in_a_worker(text: str) -> list[str]:
    return [group.id for group in read_groups("", text, "en")]


def test_an_own_group_is_read_by_each_of_its_names_and_counts_for_its_parent(tmp_path: Path) -> None:
    config(tmp_path, groups=[GUARD])
    for text in ("The Guardians of the Valley killed two men.", "Стражи долины убили двоих.", "VG militants fired."):
        (group,) = read_groups("", text, "en")
        assert group.lineage == ("valley-guard", "islamic-state")
    assert read_groups("", "He drives a VG van.", "en") == ()


def test_a_rule_may_name_an_own_group_and_an_own_region(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        groups=[GUARD],
        regions=[VALLEY],
        rules=told({"group": "guardians of the valley", "region": "the High Dales", "mentions": "Upper Valley"}),
    )
    assert {key for part in found.rules[0].when.parts for key in part.needs().keys} == {
        ("group", "valley-guard"),
        ("mention", "upper-valley"),
        ("region", "upper-valley"),
    }


def test_a_place_in_an_own_region_lies_in_it_and_a_neighbour_does_not(tmp_path: Path) -> None:
    config(tmp_path, regions=[VALLEY])
    (nalchik, *_) = read_places("", "A bomb exploded in Nalchik, killing two.", "en")
    assert "upper-valley" in nalchik.within
    assert "upper-valley" in gazetteer().within("RU-DA")
    assert "upper-valley" not in gazetteer().within("RU-CE")
    (named_itself, *_) = read_places("", "A bomb exploded in the Upper Valley, killing two.", "en")
    assert named_itself.code == "upper-valley"


def test_the_id_of_a_bundled_group_adds_names_to_it(tmp_path: Path) -> None:
    before = groups().by_id["islamic-state"]
    config(tmp_path, groups=[{"id": "islamic-state", "aliases": ["the Black Standards"]}])
    (group,) = read_groups("", "The Black Standards killed two men.", "en")
    assert (group.id, group.name) == ("islamic-state", before.name)
    assert set(before.aliases) < set(groups().by_id["islamic-state"].aliases)


def test_what_a_process_adopted_its_workers_read_too(tmp_path: Path) -> None:
    config(tmp_path, groups=[GUARD])
    workers = Workers(1)
    try:
        found = asyncio.run(workers.run(read_in_a_worker, "The Guardians of the Valley killed two men."))
    finally:
        workers.close()
    assert found == ["valley-guard"]


def test_without_own_names_nothing_is_adopted(tmp_path: Path) -> None:
    assert not config(tmp_path).own
    assert groups().resolve("Valley Guard") is None


@pytest.mark.parametrize(
    "rows", [None, 5, "x", {}, [None], [5], [[]], [{}], [{"name": 5}], [{"name": "A", "aliases": 7}]]
)
def test_names_of_a_malformed_section_are_looked_for_without_a_crash(rows: Any) -> None:
    assert set(named(rows)) <= {"a"}


def test_a_slip_in_an_own_name_is_told_the_right_spelling() -> None:
    known = Known(GROUPS, named([GUARD]))
    assert "Valley Guard" in known.suggest("Valey Guard")
    assert known.resolve("valley guard").id == "valley-guard"
    assert known.resolve("Islamic State").id == "islamic-state"


def test_two_thousand_own_names_are_taken_and_more_are_refused(tmp_path: Path) -> None:
    many = [f"Guard {n} of the Valley" for n in range(2_000)]
    assert len(config(tmp_path, groups=[{"name": "G of the Valley", "aliases": many}]).own.groups[0].aliases) > 1_999
    with pytest.raises(ConfigError, match="more than 2,000 names"):
        config(tmp_path, groups=[{"name": "G of the Valley", "aliases": [*many, "Guard X of the Valley"]}])
