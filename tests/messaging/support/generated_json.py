"""Values that a JSON Schema allows, and values that it does not, for the keywords of ours."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as some

type Values = some.SearchStrategy[Any]

# Half of an emoji (a surrogate) is in no text that UTF-8 could bring.
_TEXT = some.characters(exclude_categories=["Cs"])
_OTHER_TYPES: dict[str, Values] = {
    "object": some.sampled_from([None, 1, "text", [1]]),
    "array": some.sampled_from([None, 1, "text", {}]),
    "string": some.sampled_from([None, 1, 1.5, True, [], {}]),
    # A decoder reads a number in quotes, and true as 1: these are left out.
    "integer": some.sampled_from([None, "text", "", 1.5, [], {}]),
    "number": some.sampled_from([None, "text", "", [], {}]),
}

_BREAKERS: list[tuple[str, Callable[[Any], Any]]] = [
    ("minimum", lambda least: least - 1),
    ("exclusiveMinimum", lambda bound: bound),
    ("maximum", lambda most: most + 1),
    ("exclusiveMaximum", lambda bound: bound),
    ("multipleOf", lambda step: 1 + step / 8),
    ("pattern", lambda _: "a\x00b"),
    ("minLength", lambda least: "x" * (least - 1)),
    ("maxLength", lambda most: "x" * (most + 1)),
    ("minItems", lambda _: []),
]
"""Keyword → a value that breaks it; none of our patterns allows NUL."""


def valid(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Values:
    """Return the values that the schema allows; `root` has the `$defs` that it refers to."""
    match schema:
        case {"$ref": str(name)}:
            found = valid(_definition(name, root), root)
        case {"const": value}:
            found = some.just(value)
        case {"anyOf": list(choices)}:
            found = some.one_of([valid(each, root) for each in choices])
        case {"type": "object"}:
            found = _objects(schema, root)
        case {"type": "array", "items": items}:
            least, most = schema.get("minItems", 0), min(5, schema.get("maxItems", 5))
            found = some.lists(valid(items, root), min_size=least, max_size=most)
        case {"type": "number" | "integer"}:
            found = _numbers(schema)
        case {"type": "string"}:
            found = _texts(schema)
        case {"type": "null"}:
            found = some.none()
        case _:
            raise NotImplementedError(schema)
    return found


def invalid(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Values:
    """Return values that break one rule of the schema, at any depth."""
    match schema:
        case {"$ref": str(name)}:
            return invalid(_definition(name, root), root)
        case {"const": _}:
            return some.sampled_from([None, 1, "another"])
        case {"anyOf": list(choices)}:
            # What breaks the rule of the one that is not null, and is not null either.
            (other,) = [each for each in choices if each != {"type": "null"}]
            return invalid(other, root).filter(lambda value: value is not None)
        case {"type": str(kind)}:
            return some.one_of([_OTHER_TYPES[kind], *_rule_breakers(schema, root)])
    raise NotImplementedError(schema)


def _objects(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Values:
    fields = {name: valid(each, root) for name, each in schema["properties"].items()}
    needed = {name: fields[name] for name in schema.get("required", [])}
    optional = {name: each for name, each in fields.items() if name not in needed}
    # A field that the schema does not name is allowed.
    return some.fixed_dictionaries(
        needed, optional=optional | {"of_a_newer_sender": some.integers()}
    )


def _numbers(schema: Mapping[str, Any]) -> Values:
    step = schema.get("multipleOf", 1)
    least, most = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + step
    if "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - step
    scale = round(1 / step)
    whole = some.integers(*(None if at is None else round(at * scale) for at in (least, most)))
    return whole if scale == 1 else whole.map(lambda number: number / scale)


def _texts(schema: Mapping[str, Any]) -> Values:
    if "pattern" in schema:
        # In Python `$` is also before a last line break.
        return some.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
    return some.text(_TEXT, min_size=least, max_size=most)


def _rule_breakers(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[Values]:
    found = [some.just(breaker(schema[rule])) for rule, breaker in _BREAKERS if rule in schema]
    if "properties" in schema:
        found += _broken_fields(schema, root)
    if "items" in schema:
        found.append(some.tuples(invalid(schema["items"], root)).map(list))
    if "maxItems" in schema:
        size = schema["maxItems"] + 1
        found.append(some.lists(valid(schema["items"], root), min_size=size, max_size=size))
    return found


def _broken_fields(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[Values]:
    """Return objects that lack a required field, or in which one field is invalid."""
    whole = valid(schema, root)
    without = [whole.map(partial(_without, name)) for name in schema.get("required", [])]
    wrong = [
        some.tuples(whole, some.fixed_dictionaries({name: invalid(each, root)})).map(_merged)
        for name, each in schema["properties"].items()
    ]
    return [*without, *wrong]


def _without(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {key: value[key] for key in value if key != name}


def _merged(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return both[0] | both[1]


def _definition(name: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = root["$defs"][name.removeprefix("#/$defs/")]
    return found
