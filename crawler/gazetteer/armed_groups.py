"""groups.yaml -> GroupTable: armed groups by any of their names, and which is a branch of which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from crawler.gazetteer.names import key
from crawler.gazetteer.own import Own, adopted
from crawler.gazetteer.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What an ambiguous alias needs around it; groups.yaml's head says what each means."""

    near: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    country: bool = False
    within: bool = False
    full: bool = False
    followed_by: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    word: bool = False
    never: bool = False

    @property
    def needs_something(self) -> bool:
        """Whether something must be there; else it is enough that nothing speaks against it."""
        return bool(self.near or self.text or self.country or self.full or self.followed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedGroup:
    """An armed actor: `aliases` are read as they stand (the name included), `cues` only under their condition.

    `parent` is the id of what it is a branch of, `countries` the ISO 3166-1 codes of where it mainly operates.
    """

    id: str
    name: str
    parent: str | None
    countries: tuple[str, ...]
    aliases: tuple[str, ...]
    cues: Mapping[str, Cue]

    def joined(self, added: ArmedGroup) -> ArmedGroup:
        """Return the group with another entry's names, countries and parent added to its own."""
        return replace(
            self,
            name=added.name or self.name,
            parent=added.parent or self.parent,
            countries=tuple(dict.fromkeys([*self.countries, *added.countries])),
            aliases=tuple(dict.fromkeys([*self.aliases, *added.aliases])),
            cues={**self.cues, **added.cues},
        )


class GroupTable:
    """Every armed group of the bundled table."""

    def __init__(self, groups: list[ArmedGroup]) -> None:
        self.by_id = {group.id: group for group in groups}
        self._named: dict[str, ArmedGroup] = {}
        self._spelling: dict[str, str] = {}
        for names in (
            _own_names,
            _cued_names,
        ):  # read without a cue, a name is that group's before it is another's with one
            for group in groups:
                for name in names(group):
                    self._named.setdefault(key(name), group)
                    self._spelling.setdefault(key(name), name)

    def __iter__(self) -> Iterator[ArmedGroup]:
        """All groups in the table's order."""
        return iter(self.by_id.values())

    def resolve(self, name: str) -> ArmedGroup | None:
        """Return the group of this id, name or alias, whatever its case and accents; `None` if there is none."""
        return self.by_id.get(name) or self._named.get(key(name))

    def suggest(self, name: str) -> list[str]:
        """Return up to three known names that this one may be a slip of, the likeliest first."""
        from rapidfuzz import process  # noqa: PLC0415  it brings numpy, 20 MiB, and only a slip needs it

        near = process.extract(key(name), self._spelling.keys(), limit=6, score_cutoff=70)
        return list(dict.fromkeys(self._spelling[found] for found, _, _ in near))[:3]

    def lineage(self, group_id: str) -> tuple[str, ...]:
        """Return the group's id and those of what it is a branch of, itself first; `KeyError` for an unknown id."""
        line = [group_id]
        while (parent := self.by_id[line[-1]].parent) and parent not in line:
            line.append(parent)
        return tuple(line)


def _own_names(group: ArmedGroup) -> tuple[str, ...]:
    return (*group.aliases, group.name)


def _cued_names(group: ArmedGroup) -> tuple[str, ...]:
    return tuple(group.cues)


def groups() -> GroupTable:
    """Return the bundled table with the groups that were adopted, read once."""
    return _with(adopted())


@lru_cache(maxsize=2)
def _with(own: Own) -> GroupTable:
    added = {group.id: group for group in own.groups}
    return GroupTable([*(added.pop(group.id, group) for group in bundled_groups()), *added.values()])


@lru_cache(maxsize=1)
def bundled_groups() -> GroupTable:
    """Return the bundled table alone, read once."""
    return GroupTable(list(_listed()))


def _listed() -> Iterator[ArmedGroup]:
    table = read_table("groups.yaml")
    return (_group(row, table["words"]) for row in table["groups"])


_INITIALS = Cue(country=True, full=True)


def _group(row: dict[str, Any], words: Mapping[str, list[str]]) -> ArmedGroup:
    initials = {str(alias): _INITIALS for alias in row.get("initials", ())}
    cues = initials | {str(cue["alias"]): _cue(cue, words) for cue in row.get("ambiguous_aliases", ())}
    listed = [str(alias) for names in row.get("aliases", {}).values() for alias in names]
    held = {key(alias) for alias in cues if not alias.isupper()}  # Al-Shabab needs what al-Shabab needs
    return ArmedGroup(
        id=row["id"],
        name=row["name"],
        parent=row["parent"],
        countries=tuple(row["countries"]),
        aliases=tuple(dict.fromkeys(alias for alias in [row["name"], *listed] if _needs_no_cue(alias, cues, held))),
        cues=cues,
    )


def _needs_no_cue(alias: str, cues: Mapping[str, Cue], held: set[str]) -> bool:
    return alias not in cues and (alias.isupper() or key(alias) not in held)


def _cue(row: dict[str, Any], words: Mapping[str, list[str]]) -> Cue:
    kept: dict[str, Any] = {
        name: value if isinstance(value, bool) else tuple(_spelled_out(map(str, value), words))
        for name, value in row.items()
        if name != "alias"
    }
    return Cue(**kept)


def _spelled_out(listed: Iterable[str], words: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the words of a list; `@name` in it stands for the list of that name at the table's head."""
    for word in listed:
        if word.startswith("@"):
            yield from words[word[1:]]
        else:
            yield word
