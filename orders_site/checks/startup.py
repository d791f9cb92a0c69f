"""System checks: settings that contradict each other or their purpose, and how to correct them.

`manage.py` lists the findings; `web` and the workers do not start if one is an error.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, run_checks
from django.core.checks import Warning as Caution

from apps.messaging.brokers.nats_address import address
from orders_site.checks import aws, libpq, links, pictures, times, web
from orders_site.conf.local_hosts import is_local

KEY_LENGTH = 50


def contradictions(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return all errors and warnings about the settings."""
    return [
        *_exposure(),
        *_nats(),
        *_database(),
        *pictures.errors(),
        *libpq.errors(),
        *aws.errors(),
        *links.errors(),
        *times.errors(),
        *web.errors(),
    ]


def require_valid_settings(*, serving_pages: bool = False) -> None:
    """End the process if the settings have an error, one line for each, as `manage.py` does."""
    found = run_checks(tags=[Tags.security])
    if serving_pages:
        found += [*web.errors_of_pages(), *pictures.errors_of_writing()]
    _end_if_serious(found)


def require_folder_of_pictures() -> None:
    """End a process that stores pictures if their folder cannot be written to."""
    _end_if_serious(pictures.errors_of_writing())


def _end_if_serious(found: Iterable[CheckMessage]) -> None:
    if errors := [each for each in found if each.is_serious()]:
        sys.exit("\n".join(map(line_of, errors)))


def line_of(found: CheckMessage) -> str:
    """Return the message, its hint and its id in one line."""
    whose = f"{found.obj}: " if found.obj else ""
    return " ".join(f"{whose}{found.msg} {found.hint or ''} ({found.id})".split())


def _exposure() -> Iterator[CheckMessage]:
    """Check that nothing of the demo or of debugging is reachable from outside."""
    public = sorted(host for host in settings.ALLOWED_HOSTS if not is_local(host))
    if settings.DEMO and public:
        yield Error(
            f"DEMO is true and ALLOWED_HOSTS has a public host: {', '.join(public)}.",
            hint="Set DEMO=false and what .env.example names, or serve on 127.0.0.1 alone.",
            id="orders_site.E001",
        )
    if settings.DEBUG and public:
        yield Error(
            f"DEBUG is true and ALLOWED_HOSTS has a public host: {', '.join(public)}.",
            hint="Set DEBUG=false: an error would show settings and source code to anybody.",
            id="orders_site.E002",
        )
    if not settings.DEMO and "apps.lab" in settings.INSTALLED_APPS:
        yield Error(
            "The lab is on where DEMO is not: anybody could stop a worker or lose a message.",
            hint='Remove "apps.lab" from INSTALLED_APPS.',
            id="orders_site.E013",
        )
    former = {"SECRET_KEY_FALLBACKS": settings.SECRET_KEY_FALLBACKS}
    for name, keys in ({"SECRET_KEY": [settings.SECRET_KEY]} | former).items():
        if not settings.DEMO and any(map(_is_known_or_short, keys)):
            yield Error(
                f"{name} is too short, or one that anybody can read in an example.",
                hint=f"Set {name}, or {name}_FILE, to fifty random characters.",
                id="orders_site.E003",
            )


def _nats() -> Iterator[CheckMessage]:
    if settings.STREAM_REPLICAS not in (1, 3, 5):
        yield Error(
            f"STREAM_REPLICAS={settings.STREAM_REPLICAS}: JetStream keeps at most 5 copies, and an "
            "even number survives no more deaths.",
            hint="Set it to 1, 3 or 5, and no higher than the number of NATS servers.",
            id="orders_site.E007",
        )
    has_user = any(settings.NATS_SECURITY[name] for name in links.USERS)
    if not (settings.DEMO or has_user or address(settings.NATS_URL).credentials):
        yield Caution(
            "NATS_URL names no user: any client of the server could publish and read anything.",
            hint="Run NATS with deploy/nats.conf, and give each service its own user.",
            id="orders_site.W002",
        )


def _database() -> Iterator[CheckMessage]:
    if not settings.DEMO and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Caution(
            "DATABASE_URL is SQLite, which works for one machine and one relay only.",
            hint="Set DATABASE_URL to a PostgreSQL server.",
            id="orders_site.W003",
        )


def _is_known_or_short(key: str) -> bool:
    return key.startswith(("replace-this", "django-insecure-")) or len(key) < KEY_LENGTH
