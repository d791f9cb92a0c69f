"""Connections to SQLite: a thread keeps its own for some seconds."""

import os
from pathlib import Path

from tests.support.python import run_python

STEPS = """
import workers
from django.db import connection
from apps.messaging.worker.threads import with_fresh_connections
def step():
    connection.ensure_connection()
    return connection.connection
first = with_fresh_connections(step)
second = with_fresh_connections(step)
connection.close_at = 0
third = with_fresh_connections(step)
print(first is second, second is third)
"""


def test_a_connection_to_sqlite_is_kept_until_it_is_too_old(tmp_path: Path) -> None:
    variables = {
        "DJANGO_SETTINGS_MODULE": "orders_site.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
    }
    answer = run_python("-c", STEPS, env=os.environ | variables, check=True)
    assert answer.stdout.split() == ["True", "False"]
