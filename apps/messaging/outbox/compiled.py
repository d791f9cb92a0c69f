"""Queries that are compiled once: those by which each claim looks for rows.

Django builds a query again at each use. For these five that took almost ten milliseconds of
processor time, which is more than PostgreSQL needed to answer them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.messaging.models import OutboxMessage

BEHIND = "behind"
"""Stands in a query for the token of a batch; a use with `behind` has that in its place."""

type Build = Callable[..., QuerySet[OutboxMessage, Any]]


def rows_of(build: Build, *arguments: str | int, behind: str = "") -> list[tuple[Any, ...]]:
    """Return the rows of `build(*arguments)`, as the database has them: no field converts them."""
    statement, parameters = _compiled(build, *arguments)
    token = behind or BEHIND
    with connection.cursor() as cursor:
        cursor.execute(statement, [token if each == BEHIND else each for each in parameters])
        return list(cursor.fetchall())


@cache
def _compiled(build: Build, *arguments: str | int) -> tuple[str, tuple[Any, ...]]:
    statement, parameters = build(*arguments).query.sql_with_params()
    return statement, tuple(parameters)
