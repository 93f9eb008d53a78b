"""A block of conditions of config.yaml as a pydantic model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, field_validator

from alerts.conditions import Comparison
from alerts.conditions_facts import Side, Target
from alerts.conditions_words import Term
from scheduler import config_values as values
from scheduler.config_block import Block, Flag, Several
from scheduler.config_world import fault

Comparisons = Annotated[tuple[Annotated[Comparison, PlainValidator(values.compared)], ...], Several]
Places = Annotated[tuple[Annotated[Target, PlainValidator(values.region)], ...], Several]
ArmedGroups = Annotated[tuple[Annotated[Target, PlainValidator(values.group)], ...], Several]
Terms = Annotated[tuple[Annotated[Term, PlainValidator(values.word)], ...], Several]


class When(Block):
    """A block of conditions that must all hold."""

    region: Places = ()
    mentions: Places = ()
    group: ArmedGroups = ()
    branches: Annotated[bool, PlainValidator(values.switch)] = True
    killed: Comparisons = ()
    injured: Comparisons = ()
    casualties: Comparisons = ()
    of: Annotated[tuple[Annotated[Side, PlainValidator(values.side)], ...], Several] = ()
    text: Terms = ()
    title: Terms = ()
    language: Annotated[tuple[Annotated[str, PlainValidator(values.language)], ...], Several] = ()
    source: Annotated[tuple[Annotated[str, PlainValidator(values.source)], ...], Several] = ()
    publishers: Comparisons = ()
    disputed: Flag | None = None
    definition: Annotated[tuple[Annotated[str, PlainValidator(values.definition)], ...], Several] = ()
    all_: Annotated[tuple[When, ...], BeforeValidator(values.blocks)] = Field(default=(), alias="all")
    any_: Annotated[tuple[When, ...], BeforeValidator(values.blocks)] = Field(default=(), alias="any")
    not_: Annotated[tuple[When, ...], Several] = Field(default=(), alias="not")

    @field_validator("branches")
    @classmethod
    def _of_a_group(cls, branches: bool, info: ValidationInfo) -> bool:
        if not info.data.get("group", True):
            raise fault("'branches' says whether those of 'group' count; there is no 'group' beside it")
        return branches

    @field_validator("of")
    @classmethod
    def _beside_killed(cls, sides: tuple[Side, ...], info: ValidationInfo) -> tuple[Side, ...]:
        if not info.data.get("killed", True):
            raise fault("'of' says whose dead 'killed' counts; there is no 'killed' beside it")
        return sides

    def blocks(self) -> Iterator[When]:
        """Return the block and every block in it."""
        yield self
        for inner in (*self.all_, *self.any_, *self.not_):
            yield from inner.blocks()
