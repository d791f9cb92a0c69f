"""Locks of PostgreSQL: whether a session waits for one."""

from django.db import connection


def waits_for_a_lock() -> bool:
    """Return whether any session of the server waits for a lock that another one has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
