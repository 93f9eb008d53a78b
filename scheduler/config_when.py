"""A block of conditions of config.yaml as a pydantic model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo, field_validator

from alerts.conditions import Comparison
from alerts.conditions_facts import Side, Target
from alerts.conditions_words import Term
from scheduler import config_shapes as shapes
from scheduler import config_values as values
from scheduler.config_block import AtLeastOne, Block, Flag, Several
from scheduler.config_world import fault

Comparisons = Annotated[tuple[Annotated[Comparison, PlainValidator(values.compared), shapes.COMPARISON], ...], Several]
Places = Annotated[tuple[Annotated[Target, PlainValidator(values.region), shapes.TEXT], ...], Several]
ArmedGroups = Annotated[tuple[Annotated[Target, PlainValidator(values.group), shapes.TEXT], ...], Several]
Sides = Annotated[tuple[Annotated[Side, PlainValidator(values.side), shapes.SIDE], ...], Several]
Terms = Annotated[tuple[Annotated[Term, PlainValidator(values.word), shapes.TEXT], ...], Several]
Languages = Annotated[tuple[Annotated[str, PlainValidator(values.language), shapes.LANGUAGE], ...], Several]
SourceNames = Annotated[tuple[Annotated[str, PlainValidator(values.source), shapes.TEXT], ...], Several]
Definitions = Annotated[tuple[Annotated[str, PlainValidator(values.definition), shapes.TEXT], ...], Several]


class When(Block):
    """Conditions that must all hold; a list as a value means any of it."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "dependentRequired": {"of": ["killed"], "branches": ["group"]}}
    )

    region: Places = Field((), description="where it happened: a country, a first-level region, a city, a macro-region")
    mentions: Places = Field((), description="a region named anywhere")
    group: ArmedGroups = Field((), description="an armed group or a branch of it is named, or any at all: any")
    branches: Annotated[bool, PlainValidator(values.switch), shapes.SWITCH] = Field(
        True, description="whether branches of 'group' count; no for the group itself alone"
    )
    killed: Comparisons = Field((), description='how many were killed: ">= 5", "< 3", or a bare number for at least')
    injured: Comparisons = Field((), description="how many were injured")
    casualties: Comparisons = Field((), description="how many were killed or injured, together")
    of: Sides = Field((), description="whose dead 'killed' counts")
    text: Terms = Field(
        (),
        description='title or text has a word, "several words", prefix*, ~word in any form, or /a regular expression/',
    )
    title: Terms = Field((), description="the title has one of these, written as for 'text'")
    language: Languages = Field((), description="an article is in this language (ISO 639-1)")
    source: SourceNames = Field((), description="an article is from this source")
    publishers: Comparisons = Field((), description="how many publishers report it independently")
    disputed: Flag | None = Field(None, description="whether somebody denies or rivals a claim")
    definition: Definitions = Field((), description="a block of 'definitions', by its name")
    all_: Annotated[tuple[When, ...], BeforeValidator(values.blocks), AtLeastOne()] = Field(
        (), alias="all", description="blocks that must all hold"
    )
    any_: Annotated[tuple[When, ...], BeforeValidator(values.blocks), AtLeastOne()] = Field(
        (), alias="any", description="blocks of which one must hold"
    )
    not_: Annotated[tuple[When, ...], Several] = Field(
        (), alias="not", description="a block, or blocks, that must not hold"
    )

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
