"""Queries that are compiled once: those by which each claim and each mark looks for rows.

Django builds a query again at each use. For those of a claim that took almost ten milliseconds of
processor time, which is more than PostgreSQL needed to answer them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.messaging.models import OutboxMessage

BEHIND = "behind"
"""Stands in a query for the token of a batch; a use with `behind` has that in its place."""

type Build = Callable[..., QuerySet[OutboxMessage, Any]]
type Compiled = tuple[str, tuple[Any, ...]]
"""A statement and its parameters."""


def rows_of(build: Build, *arguments: str | int, behind: str = "") -> list[tuple[Any, ...]]:
    """Return the rows of `build(*arguments)`, as the database has them: no field converts them."""
    statement, parameters = compiled(build, *arguments)
    token = behind or BEHIND
    with connection.cursor() as cursor:
        cursor.execute(statement, [token if each == BEHIND else each for each in parameters])
        return list(cursor.fetchall())


def have_rows(builds: Sequence[Build], transport: str) -> list[bool]:
    """Return of each `build(transport, 1)`, of one column, whether it has a row; by one statement.

    Each is a value, not an `EXISTS`: PostgreSQL would drop its order, and with it the index.
    """
    queries = [compiled(build, transport, 1) for build in builds]
    values = ", ".join(f"({statement}) IS NOT NULL" for statement, _ in queries)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {values}", [*chain(*(parameters for _, parameters in queries))])
        return [bool(each) for each in cursor.fetchone()]


@cache
def compiled(build: Build, *arguments: str | int) -> Compiled:
    """Return the statement of `build(*arguments)`, and its parameters."""
    statement, parameters = build(*arguments).query.sql_with_params()
    return statement, tuple(parameters)
