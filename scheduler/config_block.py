"""What every block of config.yaml has in common: unknown keys are refused, and a block is a mapping."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, field_validator, model_validator

from scheduler import config_values as values
from scheduler.config_world import fault

Text = Annotated[str, PlainValidator(values.text)]
Flag = Annotated[bool, PlainValidator(values.flag)]
Several = BeforeValidator(values.listed)


class Block(BaseModel):
    """A mapping in the file; no complaint of it shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

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
