"""The database at an earlier migration; afterwards, also after an error, it is migrated again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def migrated_back(app: str, name: str) -> Iterator[Apps]:
    """Migrate `app` back to `name`, yield the models of then; at the end migrate to the newest."""
    executor = MigrationExecutor(connection)
    executor.migrate([(app, name)])
    try:
        yield executor.loader.project_state([(app, name)]).apps
    finally:
        newest = MigrationExecutor(connection)
        newest.migrate(newest.loader.graph.leaf_nodes(app))
