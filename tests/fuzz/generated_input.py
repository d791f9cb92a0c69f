"""Generated input of foreign clients: bytes, text, any JSON."""

import json
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some

from tests.plugins.selection import ON_POSTGRESQL

# Half of an emoji (a surrogate) is in no text that UTF-8 or SQS could bring.
TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=40) | some.just("a\x00b")
# Values that a database, a header or a column may reject.
NASTY = some.sampled_from(["\x00", "A\x00", "x" * 300, 0, -1, 2**31, 2**63, 10**15, 10**400, 1e308])
JSON: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | TEXT | NASTY,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
ODD = some.builds(
    str.__mul__,
    some.sampled_from(["[", '{"a":', "1", '"\\ud800"', "\ufeff{}"]),
    some.integers(1, 99),
)
"""Unfinished JSON, long numbers, half an emoji or byte order marks, repeated."""
BYTES = (
    some.binary(max_size=60)
    | TEXT.map(str.encode)
    | JSON.map(lambda value: json.dumps(value).encode())
    | ODD.map(str.encode)
)


def quick(examples: int = 100) -> settings:
    """The same examples each time, so that every run gives the same result.

    `FUZZ=10000` looks further.
    """
    return settings(
        max_examples=int(os.environ.get("FUZZ", fewer_on_postgresql(examples))),
        deadline=None,
        derandomize="FUZZ" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def fewer_on_postgresql(examples: int) -> int:
    """Return fewer examples on PostgreSQL, where each takes three times as long."""
    return min(examples, max(12, examples // 6)) if ON_POSTGRESQL else examples


def shaped_like(valid: dict[str, Any]) -> some.SearchStrategy[bytes]:
    """Return bodies with the right fields, in which some hold anything."""
    changed = some.dictionaries(some.sampled_from(sorted(valid)), JSON | NASTY, max_size=2)
    return changed.map(lambda some_of_it: json.dumps(valid | some_of_it).encode())
