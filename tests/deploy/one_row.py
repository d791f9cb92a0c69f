"""Each kind of access to a table, as one role, by a statement that reads or changes a row.

All of it happens in one transaction of the server's superuser, which is rolled back: each table has
one row there, made without regard to foreign keys, and `SET ROLE` gives the rights of a role.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.deploy.postgresql_shop import Shop

type Row = dict[str, str]
"""Column → its value as text, which the server reads as the column's type."""

COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
SEQUENCES = "SELECT relname FROM pg_class WHERE relkind = 'S'"
VALUES = {
    "bigint": "1",
    "boolean": "false",
    "character varying": "x",
    "date": "2026-01-01",
    "double precision": "1",
    "integer": "1",
    "jsonb": "{}",
    "numeric": "1",
    "smallint": "1",
    "text": "x",
    "timestamp with time zone": "2026-01-01T00:00:00Z",
    "uuid": "7b7d9bd1-1111-4111-8111-111111111111",
}


class OneRowEach:
    """The shop's tables with one row in each, and what a role may do with these."""

    def __init__(self, session: "psycopg.Connection[Any]") -> None:
        self._session = session
        self._rows: dict[str, Row] = defaultdict(dict)
        for table, column, kind in session.execute(COLUMNS):
            self._rows[table][column] = VALUES[kind]
        self._sequences = [name for (name,) in session.execute(SEQUENCES)]

    def fill(self) -> None:
        """Put one row into each table, in place of its rows; rules for the values do not hold."""
        for table, name in self._session.execute(CHECKS).fetchall():
            self._session.execute(_of("ALTER TABLE {} DROP CONSTRAINT {}", table, name))
        # A replica neither checks a foreign key nor follows one.
        self._session.execute("SET LOCAL session_replication_role = replica")
        for table, row in self._rows.items():
            self._session.execute(_of("DELETE FROM {}", table))
            self._session.execute(_insert(table, row), [*row.values()])
        self._session.execute("SET LOCAL session_replication_role = origin")

    def allowed(self, role: str) -> set[str]:
        """Try everything, and return the rights that the role has: table, kind, column if any."""
        return {
            right
            for table, row in self._rows.items()
            for right in [*self._of_columns(role, table, row), *self._of_rows(role, table, row)]
        } | {right for name in self._sequences for right in self._of_a_sequence(role, name)}

    def _of_columns(self, role: str, table: str, row: Row) -> Iterator[str]:
        for column, value in row.items():
            if self._may(role, _of("SELECT {1} FROM {0}", table, column)):
                yield f"{table} SELECT {column}"
            if self._may(role, _of("UPDATE {0} SET {1} = %s", table, column), [value]):
                yield f"{table} UPDATE {column}"

    def _of_rows(self, role: str, table: str, row: Row) -> Iterator[str]:
        if self._may(role, _of("DELETE FROM {}", table)):
            yield f"{table} DELETE"
        room = _of("DELETE FROM {}", table)
        if self._may(role, _insert(table, row), [*row.values()], after=room):
            yield f"{table} INSERT"

    def _of_a_sequence(self, role: str, name: str) -> Iterator[str]:
        state = self._session.execute(_of("SELECT last_value, is_called FROM {}", name)).fetchone()
        assert state
        if self._may(role, _of("SELECT last_value FROM {}", name)):
            yield f"{name} SELECT"
        # To where it is: a rollback does not undo it.
        if self._may(role, _of("SELECT setval(%s, %s, %s)"), [name, *state]):
            yield f"{name} UPDATE"

    def _may(
        self,
        role: str,
        statement: sql.Composed,
        values: list[Any] | None = None,
        *,
        after: sql.Composed | None = None,
    ) -> bool:
        """Run it as the role and undo it. Fail if it is accepted, but for no row or two."""
        with self._session.transaction(force_rollback=True):
            if after:
                self._session.execute(after)
            self._session.execute(_of("SET LOCAL ROLE {}", role))
            try:
                done = self._session.execute(statement, values)
            except psycopg.errors.InsufficientPrivilege:
                return False
            assert done.rowcount == 1, statement
            return True


@contextmanager
def one_row_each(shop: Shop) -> Iterator[OneRowEach]:
    """Fill the tables as the superuser; after the block they are as before."""
    url = f"postgres://postgres@127.0.0.1:{shop.port}/shop"
    with psycopg.connect(url) as session, session.transaction(force_rollback=True):
        tables = OneRowEach(session)
        tables.fill()
        yield tables


def _insert(table: str, row: Row) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    places = sql.SQL(", ").join(sql.Placeholder() * len(row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, places)


def _of(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
