"""Examines the database for `manage.py doctor`: reachable, migrated, with the right time."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from apps.messaging.finding import Finding, broken, skipped, some, warning, well
from apps.messaging.operations import clock_difference
from apps.messaging.worker import heartbeat

NAME = "database"
_NAMED = 3


def findings() -> Iterator[Finding]:
    """Yield what is wrong with it; the first failure ends the examination."""
    asked_at = clock_difference.now()
    try:
        with connection.cursor() as cursor:
            is_sqlite = connection.vendor == "sqlite"
            # SQLite's clock is the one of this machine.
            cursor.execute("SELECT 1" if is_sqlite else "SELECT clock_timestamp()")
            said = cursor.fetchone()[0]
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        yield broken(NAME, reason, "start it, or correct DATABASE_URL")
        return
    answered_at = clock_difference.now()
    yield well(NAME, f"{connection.display_name} answers")
    if not is_sqlite:
        yield clock_difference.finding(
            "the database", asked_at=asked_at, said=said, answered_at=answered_at
        )
    try:
        pending = _pending()
    except ProgrammingError:
        yield skipped("migrations", "as this role may not read which are applied")
        pending = []
    if pending:
        seen = f"not applied: {some(pending, at_most=_NAMED)}"
        yield broken("migrations", seen, "manage.py migrate")
        return
    yield from _workers()


def _pending() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _workers() -> Iterator[Finding]:
    if missing := heartbeat.missing_workers():
        yield warning(
            "workers",
            f"no sign of life of {', '.join(missing)}",
            "start them, and read their log if they end",
        )
    else:
        yield well("workers", f"all {len(settings.WORKERS)} kinds are at work")
