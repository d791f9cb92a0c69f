"""`DATABASE_URL` as django-environ reads it → an entry of Django's `DATABASES`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import environ
from django.utils.module_loading import import_string

from orders_site.conf.readers import Nonsense

IN_MEMORY = "sqlite://:memory:"
SQLITE = "django.db.backends.sqlite3"
NO_LIMIT_ON_SQLITE = 86_400
"""Seconds. SQLite cannot wait for ever; to it, 0 means not to wait at all."""
KEPT_SECONDS = 10
"""For connections to SQLite. A new one takes ten times as long as a short query, since it reads the
schema again; a file system that has become read-only is noticed by a new one."""
_SCHEMES = {"sqlite", "postgres", "postgresql", "pgsql", "psql"}
# Beside PostgreSQL's own.
_DJANGOS_OPTIONS = {"assume_role"}

PATIENCE = {
    "connect_timeout": 3,
    # A server that vanished behind a cable is noticed within half a minute, not within hours.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""For PostgreSQL, in seconds, the last in milliseconds. The URL may set each: `?keepalives=0`."""


def database_url(url: str) -> dict[str, Any]:
    """Return django-environ's entry of `DATABASES`, of the two databases that this shop is for.

    Raises `ValueError`, and `Nonsense` if the mistake can be named without showing a password.
    """
    found = urlsplit(url)
    if found.scheme not in _SCHEMES:
        raise ValueError
    if url != IN_MEMORY:
        (_check_sqlite if found.scheme == "sqlite" else _check_postgresql)(found)
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if not config["NAME"] and "service" not in config.get("OPTIONS", {}):
        raise Nonsense("it names no database")
    return config


def _check_sqlite(url: SplitResult) -> None:
    if url.netloc or not url.path.strip("/"):
        raise Nonsense(f"write three slashes before its path, or {IN_MEMORY}")
    if url.query:
        raise Nonsense("SQLite has no options here; DATABASE_LOCK_SECONDS sets its timeout")


def _check_postgresql(url: SplitResult) -> None:
    if url.fragment or "@" in url.path + url.query:
        raise Nonsense("special characters of a password are written as %XX")
    # A cluster has several hosts, with commas between.
    for host in url.netloc.rpartition("@")[2].split(","):
        if urlsplit(f"//{host}").port == 0:
            raise ValueError
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    # Imported here by name: a process that needs no PostgreSQL needs no psycopg either.
    known = import_string("psycopg.pq.Conninfo").get_defaults()
    names = {each.keyword.decode() for each in known} | _DJANGOS_OPTIONS
    if unknown := sorted(options.keys() - names):
        raise Nonsense(f"PostgreSQL has no option {', '.join(unknown)}")
    for name in PATIENCE.keys() & options.keys():
        if not options[name].isdecimal():
            raise Nonsense(f"its option {name} is no whole number")


def database_from(config: dict[str, Any], limits: Mapping[str, float]) -> dict[str, Any]:
    """Return the entry with options for several processes at once, for SQLite or PostgreSQL.

    `limits` are PostgreSQL's, in seconds; `options` in the URL override them. SQLite has only that
    of a lock.
    """
    if config["ENGINE"] != SQLITE:
        options = config.get("OPTIONS", {})
        if "postgresql" in config["ENGINE"]:
            ours = [f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items()]
            said = " ".join([*ours, options.get("options", "")]).strip()
            options = PATIENCE | options | {"options": said}
        return config | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None, "OPTIONS": options}
    # IMMEDIATE takes the write lock at BEGIN: a deferred transaction that reads and then
    # writes fails at once with "database is locked", whatever the timeout.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": limits["lock_timeout"] or NO_LIMIT_ON_SQLITE,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return config | {"CONN_MAX_AGE": KEPT_SECONDS, "OPTIONS": options}
