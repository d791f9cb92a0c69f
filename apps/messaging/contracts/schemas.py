"""JSON Schema (2020-12) of a message, derived from the pydantic class that decodes it.

The schema says what our producers write. A decoder also reads some other forms of the same values,
such as a number in quotes or a UUID without hyphens. No producer may rely on these.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
    models_json_schema,
)
from pydantic_core import core_schema

from apps.messaging.contracts.declaring import Contract

DIALECT = "https://json-schema.org/draft/2020-12/schema"
UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
"""A format alone is a note in this dialect: most validators do not look at it."""
_MODE: JsonSchemaMode = "validation"


class WireSchema(GenerateJsonSchema):
    """Pydantic's schema, more exact: what it accepts, the decoder accepts too."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Return the range and the step of a number with so many digits."""
        found: dict[str, Any] = {"type": "number"}
        places = schema.get("decimal_places")
        least, most = schema.get("ge"), schema.get("le")
        if places is not None:
            found["multipleOf"] = _number(Decimal(1).scaleb(-places))
            if digits := schema.get("max_digits"):
                limit = Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
                least = -limit if least is None else max(least, -limit)
                most = limit if most is None else min(most, limit)
        bounds = {
            "minimum": least,
            "maximum": most,
            "exclusiveMinimum": schema.get("gt"),
            "exclusiveMaximum": schema.get("lt"),
        }
        return found | {name: _number(at) for name, at in bounds.items() if at is not None}

    def uuid_schema(self, schema: core_schema.UuidSchema) -> JsonSchemaValue:
        """Return the form with hyphens, as a pattern too."""
        return {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out a field's title, which is its name once more."""
        return False


def schema_of(contract: Contract) -> dict[str, Any]:
    """Return the schema of a message, with the names of those who write and read it."""
    schema = contract.payload.model_json_schema(schema_generator=WireSchema, mode=_MODE)
    return {
        "$schema": DIALECT,
        "x-producers": [*contract.producers],
        "x-consumers": [*contract.consumers],
    } | schema


def shared_schemas(contracts: Sequence[Contract], template: str) -> dict[str, Any]:
    """Return name of class → schema, for these messages and all that they contain.

    `template` is how one refers to another, with `{model}` for the name.
    """
    models = {each.payload: None for each in contracts}
    _, schema = models_json_schema(
        [(model, _MODE) for model in models], ref_template=template, schema_generator=WireSchema
    )
    found: dict[str, Any] = schema.get("$defs", {})
    return found


def _number(value: Decimal | float) -> int | float:
    return int(value) if value == int(value) else float(value)
