"""`DATABASE_URL` as django-environ reads it → an entry of Django's `DATABASES`."""

from typing import Any


def database_from(config: dict[str, Any]) -> dict[str, Any]:
    """Return it with what SQLite and PostgreSQL need to serve several processes at once."""
    if config["ENGINE"] != "django.db.backends.sqlite3":
        return config | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None}
    # IMMEDIATE takes the write lock at BEGIN: a deferred transaction that reads and then
    # writes fails at once with "database is locked", whatever the timeout.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return config | {"OPTIONS": options}
