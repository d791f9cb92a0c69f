"""`DATABASE_URL` as django-environ reads it → an entry of Django's `DATABASES`."""

from typing import Any

PATIENCE = {
    "connect_timeout": 3,
    # A server that vanished behind a cable is noticed within half a minute, not within hours.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""For PostgreSQL: seconds, but for the last. Each may stand in the URL: `?connect_timeout=9`."""


def database_from(config: dict[str, Any]) -> dict[str, Any]:
    """Return it with what SQLite and PostgreSQL need to serve several processes at once."""
    if config["ENGINE"] != "django.db.backends.sqlite3":
        options = config.get("OPTIONS", {})
        if "postgresql" in config["ENGINE"]:
            options = PATIENCE | options
        return config | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None, "OPTIONS": options}
    # IMMEDIATE takes the write lock at BEGIN: a deferred transaction that reads and then
    # writes fails at once with "database is locked", whatever the timeout.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return config | {"OPTIONS": options}
