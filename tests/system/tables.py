"""The demo's database, read by plain SQL: SQLite's file, or a server where the tests have one."""

import sqlite3
from contextlib import closing
from typing import Any

import psycopg

from tests.demo.running import RunningDemo


def rows(demo: RunningDemo, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return all rows; `%s` stands for a value."""
    return _run(demo, query, values)


def count(demo: RunningDemo, table: str) -> int:
    ((number,),) = rows(demo, f"SELECT count(*) FROM {table}")
    return int(number)


def change(demo: RunningDemo, statement: str, *values: Any) -> None:
    """Write directly to the table: no service, no event, no broadcast."""
    _run(demo, statement, values)


def _run(demo: RunningDemo, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    url = demo.environment.get("DEMO_DATABASE_URL")
    if url:
        with psycopg.connect(url.replace("postgres://", "postgresql://")) as server:
            cursor = server.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []
    file = demo.folder / "demo" / "db.sqlite3"
    with closing(sqlite3.connect(file, timeout=60)) as database, database:
        return database.execute(query.replace("%s", "?"), values).fetchall()
