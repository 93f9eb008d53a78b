"""`groups:` and `regions:` of config.yaml -> the user's own armed groups and regions, beside the bundled ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, field_validator, model_validator

from alerts.conditions_facts import Target
from crawler.gazetteer import ArmedGroup, Cue, Region
from crawler.gazetteer.armed_groups import bundled_groups
from crawler.gazetteer.macros import MacroRegion
from crawler.gazetteer.names import key
from crawler.gazetteer.own import Own
from scheduler import config_shapes as shapes
from scheduler import config_values as values
from scheduler.config_block import Block, Flag, Several, Text
from scheduler.config_world import Groups, Regions, fault, nearest, world_of
from scheduler.config_yaml import shown

_SHORT = 3  # letters: a word in lower case that is no longer is read in every other sentence
_LONGEST = 100
_COUNTRY = 2
_NAMES = 2_000  # that one configuration may add
_TOO_MANY = f"these are more than {_NAMES:,} names"


def alias(value: Any) -> str:
    """Return a name to read in articles."""
    name = values.text(value)
    if len(name) > _LONGEST:
        raise fault(f"this name is longer than {_LONGEST} characters")
    folded = key(name)
    if not folded:
        raise fault(f"'{shown(name)}' has neither letters nor digits")
    if len(folded) <= _SHORT and name.islower():
        raise fault(
            f"'{shown(name)}' is too short to be told from other words: write it in capitals or give it a cue under "
            "'ambiguous_aliases'"
        )
    return name


def several_aliases(value: Any) -> tuple[str, ...]:
    """Return names, listed or sorted by language as in the bundled tables."""
    by_language = value if isinstance(value, dict) else {"": value}
    listed = [name for names in by_language.values() for name in values.listed(names)]
    if len(listed) > _NAMES:
        raise fault(_TOO_MANY)
    return tuple(dict.fromkeys(map(alias, listed)))


def country_code(value: Any, info: ValidationInfo) -> str:
    """Return a country's code."""
    found = values.region(value, info)
    if len(found.code) != _COUNTRY:
        raise fault(f"'{shown(found.name)}' is no country")
    return found.code


def parent_id(value: Any, info: ValidationInfo) -> str:
    """Return the id of a group that this one is a branch of."""
    found = values.group(value, info)
    if not found.code:
        raise fault("'any' is no armed group")
    return found.code


def member_code(value: Any, info: ValidationInfo) -> str:
    """Return the code of a place that lies in the region."""
    return values.region(value, info).code


def partly(value: Any, info: ValidationInfo) -> dict[str, tuple[str, ...]]:
    """Return for a member that is wider than the region the names of its places that lie in it."""
    rows = values.mapping(value)
    return {member_code(code, info): tuple(map(values.text, values.listed(names))) for code, names in rows.items()}


Aliases = Annotated[tuple[str, ...], PlainValidator(several_aliases), shapes.NAMES]
Members = Annotated[tuple[Annotated[str, PlainValidator(member_code), shapes.TEXT], ...], Several]
Words = Annotated[tuple[Text, ...], Several]


class OwnCue(Block):
    """What an ambiguous alias needs around it, as in the bundled table."""

    alias: Text
    near: Words = ()
    text: Words = ()
    country: Flag = False
    full: Flag = False
    within: Flag = False
    followed_by: Words = ()
    without: Words = ()
    not_after: Words = ()
    not_before: Words = ()
    word: Flag = False
    never: Flag = False

    @model_validator(mode="after")
    def _asks_for_something(self) -> OwnCue:
        if not (
            self.cue().needs_something or self.within or self.without or self.not_after or self.not_before or self.never
        ):
            raise fault(f"'{shown(self.alias)}' has no cue: say what must be near it, or list it under 'aliases'")
        return self

    def cue(self) -> Cue:
        """Return the cue as the table has it."""
        return Cue(**{name: getattr(self, name) for name in type(self).model_fields if name != "alias"})


class OwnGroup(Block):
    """One item of `groups:`; the id of a bundled group adds names to that."""

    name: Text = ""
    id: Text = ""
    parent: Annotated[str, PlainValidator(parent_id), shapes.TEXT] | None = None
    countries: Annotated[tuple[Annotated[str, PlainValidator(country_code), shapes.TEXT], ...], Several] = ()
    aliases: Aliases = ()
    ambiguous_aliases: Annotated[tuple[OwnCue, ...], BeforeValidator(values.rows)] = ()
    related: Words = ()
    note: Text = ""

    @model_validator(mode="after")
    def _is_somebody(self, info: ValidationInfo) -> OwnGroup:
        bundled = world_of(info).bundled_groups()
        if not self.name and not (self.id and bundled.resolve(self.id)):
            raise fault("this armed group has no 'name'")
        twin = bundled.resolve(self.name) if self.name and not self.id else None
        if twin is not None:
            raise fault(f"'{shown(self.name)}' is a bundled armed group; to add names to it, write 'id: {twin.id}'")
        return self

    @field_validator("aliases")
    @classmethod
    def _nobody_elses(cls, aliases: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in aliases:
            owner = world_of(info).bundled_groups().resolve(name)
            if owner is not None and owner.id != info.data.get("id"):
                raise fault(f"'{shown(name)}' is already a name of {owner.name}")
        return aliases


class OwnRegion(Block):
    """One item of `regions:`."""

    name: Text
    id: Text = ""
    members: Members = ()
    wide: Members = ()
    only: Annotated[Mapping[str, tuple[str, ...]], PlainValidator(partly), shapes.PARTLY] = Field(default_factory=dict)
    places: Members = ()
    countries: Annotated[tuple[Annotated[str, PlainValidator(country_code), shapes.TEXT], ...], Several] = ()
    aliases: Aliases = ()
    people: Aliases = ()
    note: Text = ""

    @model_validator(mode="after")
    def _holds_something(self, info: ValidationInfo) -> OwnRegion:
        if not (self.members or self.places or self.only):
            raise fault("this region holds nothing: add 'members' with countries, regions or cities")
        for name in filter(None, (self.id, self.name)):
            twin = world_of(info).bundled_regions().resolve(name)
            if twin is not None and "/" not in twin.code and key(name) in (key(twin.name), key(twin.code)):
                raise fault(f"'{shown(name)}' is a bundled region; choose another name")
        return self


class Known:
    """Names of bundled things and the user's own, which go first."""

    def __init__(self, bundled: Groups | Regions, own: Mapping[str, Target]) -> None:
        self._bundled, self._own = bundled, own

    def resolve(self, name: str, /) -> Any:
        """Return what has this name."""
        own = self._own.get(key(name))
        return _Entry(own) if own is not None else self._bundled.resolve(name)

    def suggest(self, name: str, /) -> Sequence[str]:
        """Return names like this one."""
        near = nearest(name, [target.name for target in self._own.values()])
        return [*near, *self._bundled.suggest(name)] if self._own else self._bundled.suggest(name)


class _Entry:
    """One of the user's own names, as the bundled tables would give it."""

    def __init__(self, target: Target) -> None:
        self.id = self.code = target.code
        self.name = target.name


def named(rows: Any) -> dict[str, Target]:
    """Return the user's own entries by every name, as they stand: rules may use them though one has a fault."""
    found: dict[str, Target] = {}
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or not isinstance(row.get("name"), str):
            continue
        target = Target(_id(str(row.get("id") or ""), row["name"]), row["name"].strip())
        for name in (target.name, target.code, *_strings(row.get("aliases"))):
            found.setdefault(key(name), target)
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _id(stated: str, name: str) -> str:
    return stated.strip() or "-".join(key(name).split())


def tables(groups: Iterable[OwnGroup], regions: Iterable[OwnRegion]) -> Own:
    """Return the checked entries in the bundled tables' form."""
    return Own(groups=tuple(map(_group, groups)), regions=tuple(map(_region, regions)))


def _group(own: OwnGroup) -> ArmedGroup:
    known = bundled_groups().by_id.get(own.id) if own.id else None
    cues = {cue.alias: cue.cue() for cue in own.ambiguous_aliases}
    names = [name for name in dict.fromkeys([own.name, *own.aliases]) if name and name not in cues]
    added = ArmedGroup(
        id=_id(own.id, own.name),
        name=own.name,
        parent=own.parent,
        countries=own.countries,
        aliases=tuple(names),
        cues=cues,
    )
    return added if known is None else known.joined(added)


def _region(own: OwnRegion) -> tuple[Region, MacroRegion]:
    code = _id(own.id, own.name)
    holds = MacroRegion(
        id=code,
        members=tuple(dict.fromkeys([*own.members, *own.places])),
        only=dict(own.only),
        places=(),
        countries=own.countries,
    )
    return Region(code=code, name=own.name, kind="macro", names=own.aliases, people=own.people), holds
