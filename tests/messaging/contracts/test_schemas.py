"""The schema of a message allows what its decoder reads, and nothing that the decoder rejects."""

import json
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import Field

from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.contracts.schemas import schema_of, shared_schemas
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import Currency, Money, Payload, Text
from tests.fuzz.generated_input import JSON, quick
from tests.messaging.support.generated_json import invalid, valid


class Leaf(Payload):
    name: Text
    grams: Annotated[Money, Field(gt=0, le=Decimal("99.5"))]


class Chest(Payload):
    id: UUID
    kind: Literal["chest"] = "chest"
    price: Annotated[Money, Field(ge=Decimal("0.01"))]
    currency: Currency | None = None
    number: Annotated[int, Field(strict=True, ge=1, lt=2**63)]
    leaves: Annotated[tuple[Leaf, ...], Field(min_length=1)]


CHEST = Contract(
    kind=ContractKind.EVENT,
    address="chests.packed",
    payload=Chest,
    producers=("packer",),
    consumers=("shipper",),
)
SCHEMA = schema_of(CHEST)
IS_VALID = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True).is_valid


def is_read(body: str) -> bool:
    try:
        Chest.read(body)
    except MessageUnreadable:
        return False
    return True


def test_it_is_a_valid_schema_with_those_who_write_and_read_the_message() -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (SCHEMA["x-producers"], SCHEMA["x-consumers"]) == (["packer"], ["shipper"])


def test_money_has_the_step_and_the_range_of_its_digits() -> None:
    assert SCHEMA["properties"]["price"] == {
        "type": "number",
        "multipleOf": 0.01,
        "minimum": 0.01,
        "maximum": 9_999_999_999.99,
    }
    grams = SCHEMA["$defs"]["Leaf"]["properties"]["grams"]
    assert (grams["exclusiveMinimum"], grams["maximum"]) == (0, 99.5)


@quick(200)
@given(value=valid(SCHEMA, SCHEMA))
def test_a_generated_message_is_read_and_written_as_a_valid_one(value: Any) -> None:
    assert IS_VALID(value)
    assert IS_VALID(json.loads(Chest.read(json.dumps(value)).to_json()))


@quick(300)
@given(value=invalid(SCHEMA, SCHEMA))
def test_a_message_that_breaks_a_rule_of_the_schema_is_not_read(value: Any) -> None:
    assert not IS_VALID(value)
    assert not is_read(json.dumps(value))


@quick(200)
@given(value=JSON | some.dictionaries(some.sampled_from(sorted(SCHEMA["properties"])), JSON))
def test_of_any_json_the_valid_is_read(value: Any) -> None:
    assert is_read(json.dumps(value)) or not IS_VALID(value)


@pytest.mark.parametrize(
    "lenient",
    [{"price": "9.99"}, {"id": "0d5f1b0e5d0e4a539c0e0a8f5f2f8f10"}],
    ids=["a number in quotes", "a UUID without hyphens"],
)
def test_a_form_that_is_read_beside_the_schema_is_written_as_a_valid_one(lenient: Any) -> None:
    leaf = {"name": "green", "grams": 2.5}
    value = {"id": "0d5f1b0e-5d0e-4a53-9c0e-0a8f5f2f8f10", "price": 9.99, "number": 7}
    value |= {"leaves": [leaf]} | lenient
    assert not IS_VALID(value)
    assert IS_VALID(json.loads(Chest.read(json.dumps(value)).to_json()))


def test_messages_in_one_document_refer_to_what_they_share() -> None:
    shared = shared_schemas([CHEST], "#/components/schemas/{model}")
    assert set(shared) == {"Chest", "Leaf"}
    items = shared["Chest"]["properties"]["leaves"]["items"]
    assert items == {"$ref": "#/components/schemas/Leaf"}
