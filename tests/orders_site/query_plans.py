"""PostgreSQL's plans for the queries of a function: their indexes, and the rows they read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

KINDS = ("SELECT", "UPDATE", "WITH")
REMOVERS = ("Filter", "Index Recheck")
PASSES_ON = {"Limit", "Subquery Scan", "Append", "Result"}
"""Nodes that ask those below for no more rows than they are asked for."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One query; `indexes` are used, `read_whole` are tables of which every row is read."""

    query: str
    indexes: set[str]
    read_whole: set[str]


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A table that a query read; `rows` counts also those that a filter has removed."""

    query: str
    table: str
    is_sequential: bool
    is_of_index_alone: bool
    rows: float


def scans_of(act: Callable[[], object]) -> list[Scan]:
    """Do it, run each of its SELECTs again, and return what they read."""
    queries = [query for query in _queries_of(act) if query.startswith("SELECT")]
    return [scan for query in queries for scan in _scans(query)]


def plans_of(act: Callable[[], object]) -> list[Plan]:
    """Do it, and return the plan of each query that reads or updates."""
    return [_plan(query) for query in _queries_of(act) if query.startswith(KINDS)]


def _queries_of(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured]


def _plan(query: str) -> Plan:
    nodes = list(_nodes(_explained(query), limited=False))
    return Plan(
        query=query,
        indexes={node["Index Name"] for node, _ in nodes if "Index Name" in node},
        read_whole={
            node["Relation Name"]
            for node, limited in nodes
            if node["Node Type"] == "Seq Scan" and not limited
        },
    )


def _scans(query: str) -> Iterator[Scan]:
    for node, _ in _nodes(_explained(query, "ANALYZE, TIMING OFF"), limited=False):
        if table := node.get("Relation Name"):
            removed = [node.get(f"Rows Removed by {what}", 0) for what in REMOVERS]
            yield Scan(
                query=query,
                table=table,
                is_sequential=node["Node Type"] == "Seq Scan",
                is_of_index_alone=node["Node Type"] == "Index Only Scan",
                rows=(node["Actual Rows"] + sum(removed)) * node["Actual Loops"],
            )


def _explained(query: str, *options: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        asked = ", ".join(["FORMAT JSON", *options])
        cursor.execute(f"EXPLAIN ({asked}) {query.replace('%', '%%')}", [])
        (found,) = cursor.fetchone()
    explained = json.loads(found) if isinstance(found, str) else found
    plan: dict[str, Any] = explained[0]["Plan"]
    return plan


def _nodes(node: dict[str, Any], *, limited: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield each node of the plan, and whether a LIMIT ends it early."""
    kind = node["Node Type"]
    yield node, limited
    below = kind == "Limit" or (limited and kind in PASSES_ON)
    for child in node.get("Plans", []):
        yield from _nodes(child, limited=below)
