"""Compares two schemas of one message: what changed, and whether that breaks a reader or writer.

It is pure: two JSON Schemas in, verdicts out. A keyword that it does not know breaks if it changes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.messaging.contracts.declaring import ContractKind

type Schema = Mapping[str, Any]

_NOTES = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "deprecated"}
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_COMPARED = {"type", "enum", "properties", "required", "items", "default", *_LEAST, *_MOST}
_ANY_TYPE = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """One change. `field` is like `lines[].price`, and empty for the message itself.

    `narrows`: some messages of the old schema are invalid now. `widens`: some messages of the new
    one were invalid, or lack a field that a reader may use.
    """

    field: str
    what: str
    narrows: bool = False
    widens: bool = False

    def __str__(self) -> str:
        return f"{self.field or 'the message'} {self.what}"


def breaks(kind: ContractKind, change: SchemaChange) -> bool:
    """Return whether the change breaks a process that was not changed with it.

    Responders are deployed first: so the sender of a request may be old, and the reader of an
    answer. An event, a job or a broadcast meets both during a deploy: a new reader gets old
    messages, which may be stored for days, and an old reader gets new ones.
    """
    match kind:
        case ContractKind.REQUEST:
            return change.narrows
        case ContractKind.ANSWER:
            return change.widens
        case _:
            return change.narrows or change.widens


def changes_between(old: Schema, new: Schema) -> list[SchemaChange]:
    """Return each change of what is valid. Notes such as `title`, and `x-…`, are no changes."""
    return list(_changes("", _expanded(old, old, ()), _expanded(new, new, ())))


def _changes(field: str, old: Schema, new: Schema) -> Iterator[SchemaChange]:
    yield from _changes_of_set(field, "may be", _types(old), _types(new))
    if "enum" in old or "enum" in new:
        yield from _changes_of_set(field, "may be", _values(old), _values(new))
    for keyword in (*_LEAST, *_MOST):
        yield from _change_of_bound(field, keyword, old.get(keyword), new.get(keyword))
    yield from _changes_of_fields(field, old, new)
    if "items" in old and "items" in new:
        yield from _changes(f"{field}[]", old["items"], new["items"])
    elif ("items" in old) != ("items" in new):
        yield _change_of_other(field, "items", old, new)
    if "default" in old and "default" in new and old["default"] != new["default"]:
        what = f"has the default {new['default']!r}, and had {old['default']!r}"
        yield SchemaChange(field=field, what=what, narrows=True, widens=True)
    for keyword in sorted({*old, *new} - _COMPARED):
        if old.get(keyword) != new.get(keyword):
            yield _change_of_other(field, keyword, old, new)


def _changes_of_fields(field: str, old: Schema, new: Schema) -> Iterator[SchemaChange]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted({*before, *after, *was_required, *is_required}):
        inner = f"{field}.{name}" if field else name
        known, had_to, has_to = name in before, name in was_required, name in is_required
        if known and name not in after:
            yield SchemaChange(field=inner, what="is removed", widens=True)
        elif has_to and not had_to:
            what = "is required, and was optional" if known else "is new and required"
            yield SchemaChange(field=inner, what=what, narrows=True)
        elif had_to and not has_to:
            yield SchemaChange(field=inner, what="is optional, and was required", widens=True)
        elif not known:
            yield SchemaChange(field=inner, what="is new and optional")
        if known and name in after:
            yield from _changes(inner, before[name], after[name])


def _changes_of_set(
    field: str, says: str, old: frozenset[str] | None, new: frozenset[str] | None
) -> Iterator[SchemaChange]:
    """Yield what is gone and what is new; None is everything."""
    if old == new:
        return
    if old is None or new is None:
        named = ", ".join(sorted((old or frozenset()) | (new or frozenset())))
        what = f"{says} {named} only" if old is None else f"{says} more than {named}"
        yield SchemaChange(field=field, what=what, narrows=old is None, widens=new is None)
        return
    if gone := old - new:
        yield SchemaChange(
            field=field, what=f"{says} no {', '.join(sorted(gone))} any more", narrows=True
        )
    if more := new - old:
        yield SchemaChange(field=field, what=f"{says} {', '.join(sorted(more))} now", widens=True)


def _change_of_bound(
    field: str, keyword: str, old: float | None, new: float | None
) -> Iterator[SchemaChange]:
    if old == new:
        return
    sign = 1 if keyword in _LEAST else -1
    # Without a bound: below every lower bound, above every upper one.
    tighter = old is None or (new is not None and sign * new > sign * old)
    what = f"has {keyword} {_shown(new)}, and had {_shown(old)}"
    yield SchemaChange(field=field, what=what, narrows=tighter, widens=not tighter)


def _change_of_other(field: str, keyword: str, old: Schema, new: Schema) -> SchemaChange:
    what = f"has {keyword} {_shown(new.get(keyword))}, and had {_shown(old.get(keyword))}"
    return SchemaChange(field=field, what=what, narrows=keyword in new, widens=keyword in old)


def _types(schema: Schema) -> frozenset[str]:
    given = schema.get("type")
    if given is None:
        return _ANY_TYPE
    types = frozenset([given] if isinstance(given, str) else given)
    return types | {"integer"} if "number" in types else types


def _values(schema: Schema) -> frozenset[str] | None:
    return frozenset(map(_shown, schema["enum"])) if "enum" in schema else None


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, sort_keys=True)


def _expanded(schema: Any, root: Schema, within: tuple[str, ...]) -> Any:
    """Return the schema without notes and references; a reference to what it is within stays."""
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _NOTES or keyword.startswith("x-"):
            continue
        if keyword == "$ref" and value not in within:
            target = root["$defs"][str(value).removeprefix("#/$defs/")]
            found |= _expanded(target, root, (*within, value))
        elif keyword == "properties":
            found[keyword] = {name: _expanded(each, root, within) for name, each in value.items()}
        elif keyword == "const":
            found["enum"] = [value]
        elif isinstance(value, list) and keyword in {"anyOf", "oneOf", "allOf", "prefixItems"}:
            found[keyword] = [_expanded(each, root, within) for each in value]
        elif keyword in {"enum", "default", "required"}:
            found[keyword] = value
        else:
            found[keyword] = _expanded(value, root, within)
    return _without_null(found)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `anyOf` with one type and null as that type or null: `type: [string, null]`."""
    choices = schema.get("anyOf", [])
    others = [each for each in choices if each != {"type": "null"}]
    if len(choices) != 2 or len(others) != 1 or not isinstance(others[0].get("type"), str):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **others[0], "type": [others[0]["type"], "null"]}
