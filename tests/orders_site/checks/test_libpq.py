"""Variables of PostgreSQL's client: those that it would obey besides `DATABASE_URL` are refused."""

from typing import Any

import pytest
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import pq

from orders_site.checks import libpq
from orders_site.conf.database import database_from, database_url

WHOLE = "postgres://shop:pw@db.example.com:5432/shop"
KNOWN = {each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}


def entry(url: str) -> dict[str, Any]:
    return database_from(database_url(url), {"lock_timeout": 5.0})


def test_only_variables_of_sign_in_and_encryption_are_permitted() -> None:
    """A variable that a newer libpq brings is refused until it is looked at."""
    of_options = {"PGHOSTADDR", "PGLOADBALANCEHOSTS", "PGSERVICE", "PGTARGETSESSIONATTRS"}
    assert set(libpq.obeyed(KNOWN, entry(WHOLE))) == of_options & KNOWN
    of_sessions = ["PGDATESTYLE", "PGGEQO", "PGTZ"]
    assert libpq.obeyed(of_sessions, entry(WHOLE)) == of_sessions


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("postgres:///shop", "PGHOST"),
        ("postgres://db.example.com/shop", "PGPORT"),
        ("postgres://db.example.com/shop", "PGUSER"),
        ("postgres://db.example.com/?service=shop", "PGDATABASE"),
    ],
)
def test_what_the_url_leaves_out_is_not_taken_from_the_environment(url: str, variable: str) -> None:
    assert libpq.obeyed([variable], entry(url)) == [variable]
    assert libpq.obeyed([variable], entry(WHOLE)) == []


@pytest.mark.parametrize("option", ["target_session_attrs=read-write", "hostaddr=192.0.2.1"])
def test_what_the_url_says_is_not_taken_from_the_environment(option: str) -> None:
    url = f"{WHOLE}?{option}"
    assert not libpq.obeyed([f"PG{option.partition('=')[0].replace('_', '').upper()}"], entry(url))


def test_django_passes_on_what_counts_as_said() -> None:
    config = entry(WHOLE) | {"TIME_ZONE": None, "CONN_MAX_AGE": 0}
    passed = DatabaseWrapper(config, "default").get_connection_params().keys()
    said = {
        each.envvar.decode()
        for each in pq.Conninfo.get_defaults()
        if each.envvar and each.keyword.decode() in passed
    }
    assert {"PGHOST", "PGOPTIONS", "PGCLIENTENCODING", "PGCONNECT_TIMEOUT"} <= said
    assert libpq.obeyed(said, config) == []
