"""How long a process waits for SQLite's only write lock: `DATABASE_LOCK_SECONDS`, as elsewhere."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from orders_site.conf.database import NO_LIMIT_ON_SQLITE
from tests.support.python import run_python

WAIT = """
import json, time, workers
from django.db import OperationalError, transaction
begun = time.monotonic()
try:
    with transaction.atomic():
        error = ""
except OperationalError as locked:
    error = str(locked)
print(json.dumps([error, time.monotonic() - begun]))
"""
SHOW = """
import workers
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA busy_timeout")
    print(cursor.fetchone()[0] / 1000)
"""


def output_of(program: str, database: Path, **variables: str) -> str:
    ours = {
        "DJANGO_SETTINGS_MODULE": "orders_site.settings",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    return run_python("-c", program, env=os.environ | ours | variables, check=True).stdout


def test_a_lock_that_another_process_holds_is_waited_for_as_set(tmp_path: Path) -> None:
    database = tmp_path / "shop.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        error, seconds = json.loads(output_of(WAIT, database, DATABASE_LOCK_SECONDS="0.5"))
    assert error == "database is locked"
    assert 0.4 < seconds < 10, "the default is twenty"


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 20),
        ({"DATABASE_LOCK_SECONDS": "7.5"}, 7.5),
        ({"DATABASE_LOCK_SECONDS": "0"}, NO_LIMIT_ON_SQLITE),
    ],
    ids=str,
)
def test_sqlite_has_a_default_of_its_own(
    tmp_path: Path, variables: dict[str, str], seconds: float
) -> None:
    assert float(output_of(SHOW, tmp_path / "shop.sqlite3", **variables)) == seconds
