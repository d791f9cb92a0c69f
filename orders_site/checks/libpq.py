"""System check of variables that libpq, PostgreSQL's client, obeys besides `DATABASE_URL`."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

_OF_DJANGO = {
    "host": "HOST",
    "port": "PORT",
    "user": "USER",
    "password": "PASSWORD",
    "dbname": "NAME",
}
"""Options that an entry of `DATABASES` has under a name of Django's."""
_BESIDES = {"PGDATESTYLE", "PGGEQO", "PGTZ"}
"""Variables of libpq that are settings of the session, and no options of the connection."""
_PERMITTED = {
    "PGAPPNAME",
    "PGCHANNELBINDING",
    "PGKRBSRVNAME",
    "PGMAXPROTOCOLVERSION",
    "PGMINPROTOCOLVERSION",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGREQUIREAUTH",
    "PGREQUIREPEER",
}
_PERMITTED_KINDS = ("PGSSL", "PGGSS")
"""How the client signs in and encrypts; orders_site.E023 reads PGSSLMODE."""


def errors() -> Iterator[CheckMessage]:
    for alias, config in settings.DATABASES.items():
        if "postgresql" not in config["ENGINE"]:
            continue
        for variable in obeyed(os.environ, config):
            yield Error(
                f"{variable} is set, and PostgreSQL's client would obey it for the database"
                f" {alias}: it could reach another server, or get other sessions.",
                hint="Unset it; if it is meant, write it into DATABASE_URL, as ?OPTION=VALUE.",
                id="orders_site.E035",
            )


def obeyed(given: Iterable[str], config: dict[str, Any]) -> list[str]:
    """Return the given variables that libpq would obey for this entry of `DATABASES`, sorted."""
    said = {"client_encoding", *config.get("OPTIONS", {})}
    said |= {option for option, name in _OF_DJANGO.items() if config.get(name)}
    known = import_string("psycopg.pq.Conninfo").get_defaults()
    unsaid = {
        each.envvar.decode() for each in known if each.envvar and each.keyword.decode() not in said
    }
    return [
        variable
        for variable in sorted((unsaid | _BESIDES) & set(given) - _PERMITTED)
        if not variable.startswith(_PERMITTED_KINDS)
    ]
