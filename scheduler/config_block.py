"""What every block of config.yaml has in common: unknown keys are refused, and a block is a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from scheduler import config_shapes as shapes
from scheduler import config_values as values
from scheduler.config_world import fault

Text = Annotated[str, PlainValidator(values.text), shapes.TEXT]
Flag = Annotated[bool, PlainValidator(values.flag), shapes.FLAG]


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """Marks a tuple that may be written as one value or as a list of at least one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check a lone value as a list of it."""
        return core_schema.no_info_before_validator_function(values.listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Say both ways to write it."""
        item = handler(schema)["items"]
        return {"oneOf": [item, {"type": "array", "items": item, "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class AtLeastOne:
    """Says to editors that a list is not empty; `config_values.blocks` says it to the user."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Add it to the list's own schema."""
        return {**handler(schema), "minItems": 1}


Several = OneOrMany()


class Block(BaseModel):
    """A mapping in the file; no complaint of it shows a value."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        json_schema_extra={"minProperties": 1},
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_something(cls, value: Any) -> Any:
        """Refuse a key with nothing behind it: it was meant to say something."""
        if value is None:
            raise fault("this is empty")
        return value

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, value: Any) -> Any:
        return values.mapping(value)
