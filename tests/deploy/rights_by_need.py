"""Grants a role each right when its work is refused without it.

At the end the role has exactly the rights that the work needs, found in one run.
"""

import re
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import DatabaseError, connection

type Owner = psycopg.Connection[Any]

COLUMNS = {
    ("catalog_product", "UPDATE"): "stock",
    ("django_session", "SELECT"): "expire_date",
    ("orders_order", "UPDATE"): "status, reason, ended_at",
}
"""Rights of which some columns are enough."""
HELD = """
    SELECT relname || ' ' || privilege_type || coalesce(' ' || attname, '') FROM (
        SELECT relname, NULL AS attname, (aclexplode(relacl)).* FROM pg_class
        UNION ALL
        SELECT relname, attname, (aclexplode(attacl)).* FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
    ) AS rights WHERE grantee = %s::regrole
"""


def held(owner: Owner, role: str) -> list[str]:
    """Return each right of the role: table, kind, and the column if it is for one."""
    return sorted(right for (right,) in owner.execute(HELD, [role]))


class Giving:
    """Gives the role the right that a statement was refused for, and runs it again."""

    def __init__(self, owner: Owner, role: str) -> None:
        self._owner, self._role = owner, role
        self._given: set[tuple[str, str]] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        while True:
            session = connection.connection
            in_transaction = not session.autocommit or connection.in_atomic_block
            if in_transaction:
                session.execute("SAVEPOINT before_it")
            try:
                return execute(sql, *rest)
            except DatabaseError as error:
                table = re.match("permission denied for table (\\w+)", str(error))
                if table is None:
                    raise
                if in_transaction:
                    session.execute("ROLLBACK TO SAVEPOINT before_it")
                self._give(table[1], sql)

    def _give(self, table: str, sql: str) -> None:
        target = re.match(rf'\s*(INSERT|UPDATE|DELETE)\s+(INTO|FROM)?\s*"?{table}\b', sql)
        verbs = [target[1]] if target else []
        right = next(
            right for right in (*verbs, "SELECT", "UPDATE") if (table, right) not in self._given
        )
        self._given.add((table, right))
        columns = COLUMNS.get((table, right))
        what = f"{right} ({columns})" if columns else right
        self._owner.execute(f"GRANT {what} ON {table} TO {self._role}".encode())
