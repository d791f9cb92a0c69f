"""Finds a demo's folder that a later version of this repository has made."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.db.migrations.loader import MigrationLoader

SECONDS = 2.0
"""For the database's lock, if a demo runs."""


def unknown_migrations(folder: Path) -> list[str]:
    """Return the migrations of the folder's database that no app here has, like `orders.0009_x`.

    Those that are missing there are no obstacle: the demo applies them.
    """
    file = folder / "db.sqlite3"
    if not file.exists():
        return []
    known = MigrationLoader(None).disk_migrations
    return [f"{app}.{name}" for app, name in _applied(file) if (app, name) not in known]


def _applied(file: Path) -> list[tuple[str, str]]:
    # Read-only: else SQLite would make an empty database, or a journal.
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as database:
        database.execute(f"PRAGMA busy_timeout = {round(SECONDS * 1000)}")
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'"
        if not database.execute(tables).fetchone():
            return []
        rows = database.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [(app, name) for app, name in rows]
