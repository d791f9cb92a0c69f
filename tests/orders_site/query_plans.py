"""PostgreSQL's plans for the queries of a function: their indexes, and the rows they read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

KINDS = ("SELECT", "UPDATE")
PASSES_ON = {"Limit", "Subquery Scan", "Append", "Result"}
"""Nodes that ask those below for no more rows than they are asked for."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One query; `indexes` are used, `read_whole` are tables of which every row is read."""

    query: str
    indexes: set[str]
    read_whole: set[str]


def plans_of(act: Callable[[], object]) -> list[Plan]:
    """Do it, and return the plan of each SELECT and UPDATE."""
    with CaptureQueriesContext(connection) as captured:
        act()
    queries = [each["sql"] for each in captured if each["sql"].startswith(KINDS)]
    return [_plan(query) for query in queries]


def _plan(query: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query.replace('%', '%%')}", [])
        (found,) = cursor.fetchone()
    explained = json.loads(found) if isinstance(found, str) else found
    nodes = list(_nodes(explained[0]["Plan"], limited=False))
    return Plan(
        query=query,
        indexes={node["Index Name"] for node, _ in nodes if "Index Name" in node},
        read_whole={
            node["Relation Name"]
            for node, limited in nodes
            if node["Node Type"] == "Seq Scan" and not limited
        },
    )


def _nodes(node: dict[str, Any], *, limited: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield each node of the plan, and whether a LIMIT ends it early."""
    kind = node["Node Type"]
    yield node, limited
    below = kind == "Limit" or (limited and kind in PASSES_ON)
    for child in node.get("Plans", []):
        yield from _nodes(child, limited=below)
