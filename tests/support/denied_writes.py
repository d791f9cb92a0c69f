"""A database that answers a SELECT and accepts no writes, as with a full disk."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


@contextmanager
def writes_denied() -> Iterator[None]:
    """Let every connection that other threads open from now on read, and write nothing.

    PostgreSQL itself refuses, and in such a session for ever, as after a real outage.
    """
    test_thread = threading.get_ident()
    refusing = threading.Event()
    refusing.set()

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if refusing.is_set() and sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    def be_full(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if threading.get_ident() == test_thread:
            return
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = on")
        else:
            connection.execute_wrappers.append(refuse)

    connection_created.connect(be_full)
    try:
        yield
    finally:
        connection_created.disconnect(be_full)
        refusing.clear()
