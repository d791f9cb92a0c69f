"""Which change of a message breaks which process: the rules, by kind and direction."""

from typing import Any

import pytest

from apps.messaging.contracts.compatibility import breaks, changes_between
from apps.messaging.contracts.declaring import ContractKind

EVENT, REQUEST, ANSWER = ContractKind.EVENT, ContractKind.REQUEST, ContractKind.ANSWER
STORED_OR_OLD = [EVENT, ContractKind.JOB, ContractKind.OFFER, ContractKind.BROADCAST]
"""Kinds of which an old reader meets new messages, and a new reader old ones."""

TEXT, WHOLE, NOTHING = {"type": "string"}, {"type": "integer"}, {"type": "null"}


def message(required: list[str] | None = None, /, **fields: Any) -> dict[str, Any]:
    """Return the schema of an object; all its fields are required unless others are named."""
    needed = [*fields] if required is None else required
    return {"type": "object", "properties": fields, "required": needed}


def wrapped(field: Any) -> dict[str, Any]:
    return message(tea=field)


BOTH = {EVENT, REQUEST, ANSWER}
NARROWED, WIDENED = {EVENT, REQUEST}, {EVENT, ANSWER}
RULES: list[tuple[str, Any, Any, str, set[ContractKind]]] = [
    ("new optional", message(), message([], tea=TEXT), "tea is new and optional", set()),
    ("new required", message(), message(tea=TEXT), "tea is new and required", NARROWED),
    ("removed", message(tea=TEXT), message(), "tea is removed", WIDENED),
    ("optional removed", message([], tea=TEXT), message(), "tea is removed", WIDENED),
    (
        "made optional",
        message(tea=TEXT),
        message([], tea=TEXT),
        "tea is optional, and was required",
        WIDENED,
    ),
    (
        "made required",
        message([], tea=TEXT),
        message(tea=TEXT),
        "tea is required, and was optional",
        NARROWED,
    ),
    ("longer text", {"maxLength": 5}, {"maxLength": 9}, "tea has maxLength 9, and had 5", WIDENED),
    ("shorter text", {"maxLength": 9}, {"maxLength": 5}, "maxLength 5, and had 9", NARROWED),
    ("a first limit", {}, {"maxItems": 5}, "tea has maxItems 5, and had none", NARROWED),
    ("no limit", {"minimum": 0}, {}, "tea has minimum none, and had 0", WIDENED),
    ("a higher minimum", {"minimum": 0}, {"minimum": 1}, "minimum 1, and had 0", NARROWED),
    ("a lower minimum", {"minimum": 1}, {"minimum": 0}, "minimum 0, and had 1", WIDENED),
    ("null too", TEXT, {"anyOf": [TEXT, NOTHING]}, "tea may be null now", WIDENED),
    ("null no more", {"anyOf": [TEXT, NOTHING]}, TEXT, "tea may be no null any more", NARROWED),
    ("numbers", WHOLE, {"type": "number"}, "tea may be number now", WIDENED),
    ("whole numbers", {"type": "number"}, WHOLE, "tea may be no number any more", NARROWED),
    ("any type", TEXT, {}, "integer, null, number, object now", WIDENED),
    ("one more value", {"enum": [1]}, {"enum": [1, 2]}, "tea may be 2 now", WIDENED),
    ("one value less", {"enum": [1, 2]}, {"enum": [1]}, "may be no 2 any more", NARROWED),
    ("a constant", TEXT, TEXT | {"const": "a"}, 'tea may be "a" only', NARROWED),
    ("no constant", {"const": "a"}, {}, 'tea may be more than "a"', WIDENED),
    ("a pattern", TEXT, TEXT | {"pattern": "a"}, 'pattern "a", and had none', NARROWED),
    ("no pattern", TEXT | {"pattern": "a"}, TEXT, 'none, and had "a"', WIDENED),
    ("another pattern", {"pattern": "a"}, {"pattern": "b"}, 'pattern "b", and had "a"', BOTH),
    ("another step", {"multipleOf": 1}, {"multipleOf": 0.01}, "tea has multipleOf", BOTH),
    ("another default", {"default": 1}, {"default": 2}, "default 2, and had 1", BOTH),
    ("closed", {}, {"additionalProperties": False}, "additionalProperties false", NARROWED),
    ("any other keyword", {"uniqueKeys": 1}, {"uniqueKeys": 2}, "tea has uniqueKeys 2", BOTH),
    ("text in a list", {"items": TEXT}, {"items": WHOLE}, "tea[] may be integer now", WIDENED),
    ("items at last", {}, {"items": TEXT}, "tea has items", NARROWED),
]


@pytest.mark.parametrize(
    ("old", "new", "says", "broken"), [row[1:] for row in RULES], ids=[row[0] for row in RULES]
)
def test_a_change_breaks_by_the_direction_of_the_message(
    old: Any, new: Any, says: str, broken: set[ContractKind]
) -> None:
    if "properties" not in old:
        old, new = wrapped(old), wrapped(new)
    changes = changes_between(old, new)
    (change,) = [each for each in changes if says in str(each)]
    assert {kind for kind in (EVENT, REQUEST, ANSWER) if breaks(kind, change)} == broken
    assert {breaks(kind, change) for kind in STORED_OR_OLD} == {bool(broken)}


@pytest.mark.parametrize(
    "new",
    [
        message(tea=TEXT),
        message(tea=TEXT | {"title": "Tea", "description": "Hot.", "examples": ["green"]}),
        message(tea=TEXT) | {"title": "A cup", "$schema": "other", "x-consumers": ["drinker"]},
        message(tea={"$ref": "#/$defs/Tea"}) | {"$defs": {"Tea": TEXT}},
    ],
    ids=["the same", "notes", "notes of the message", "by reference"],
)
def test_what_allows_the_same_is_no_change(new: Any) -> None:
    assert changes_between(message(tea=TEXT), new) == []


def test_a_field_may_have_the_name_of_a_keyword() -> None:
    old = message(title=TEXT, default=TEXT, enum=TEXT)
    (change,) = changes_between(old, message(title=WHOLE, default=TEXT, enum=TEXT))[:1]
    assert str(change) == "title may be no string any more"


def test_a_change_within_a_list_names_the_way_to_the_field() -> None:
    def order(line: Any) -> dict[str, Any]:
        lines = {"type": "array", "items": {"$ref": "#/$defs/Line"}}
        return message(lines=lines) | {"$defs": {"Line": line}}

    (change,) = changes_between(order(message(sku=TEXT, price=WHOLE)), order(message(sku=TEXT)))
    assert str(change) == "lines[].price is removed"


def test_a_change_of_another_choice_is_noticed_through_its_reference() -> None:
    def choice(inner: Any) -> dict[str, Any]:
        choices = [{"$ref": "#/$defs/Tea"}, TEXT, NOTHING]
        return wrapped({"anyOf": choices}) | {"$defs": {"Tea": inner}}

    (change,) = changes_between(choice(message(cups=WHOLE)), choice(message(cups=TEXT)))
    assert change.field == "tea"
    assert breaks(EVENT, change)


def test_a_schema_that_contains_itself_is_compared() -> None:
    def tree(leaf: Any) -> dict[str, Any]:
        node = message(leaf=leaf, next={"$ref": "#/$defs/Node"})
        return wrapped({"$ref": "#/$defs/Node"}) | {"$defs": {"Node": node}}

    assert changes_between(tree(TEXT), tree(TEXT)) == []
    assert [each.field for each in changes_between(tree(TEXT), tree(WHOLE))] == ["tea.leaf"] * 2
