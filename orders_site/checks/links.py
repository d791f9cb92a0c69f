"""System checks of links to other servers: each verifies them by TLS, unless less is permitted."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.utils.module_loading import import_string

from apps.messaging.brokers import nats_access
from apps.messaging.brokers.addresses import ON_THIS_MACHINE
from apps.messaging.brokers.nats_address import address

_VERIFIED = {"verify-ca", "verify-full"}
"""Values of PostgreSQL's `sslmode` by which the server's certificate is verified."""
USERS = {"creds": "read", "nkey": "read_nkey"}
"""The files of `NATS_SECURITY` that name a user, each with its reader."""
AWS = ".amazonaws.com"
_DATABASE_MEND = "Add ?sslmode=verify-full&sslrootcert=/FOLDER/ca.pem to DATABASE_URL."
_MAIL_MEND = "Let EMAIL_URL begin with smtp+tls:// (port 587) or smtp+ssl:// (port 465)."


def errors() -> Iterator[CheckMessage]:
    yield from _of_files()
    yield from _of_users()
    if settings.DEMO:
        return
    for server, what, hint in _not_secured():
        if server not in settings.PLAINTEXT_LINKS:
            yield Error(
                f"{what}: anybody on the way can read and change the traffic, passwords too.",
                hint=f"{hint} On a private network where this is intended, add {server} to"
                " PLAINTEXT_LINKS.",
                id="orders_site.E023",
            )
    for url in filter(lambda url: _is_elsewhere(url, "http"), _of_visitors()):
        yield Caution(
            f"{url} is plaintext: anybody on the way reads sessions, and the links in mails.",
            hint="Let SITE_URL and CSRF_TRUSTED_ORIGINS begin with https://.",
            id="orders_site.W007",
        )


def _not_secured() -> Iterator[tuple[str, str, str]]:
    """Yield for each link without TLS, or whose TLS accepts any server, what an error of it says.

    These are its word in PLAINTEXT_LINKS, the problem and the hint.
    """
    where = address(settings.NATS_URL)
    if not where.uses_tls and not where.hosts <= ON_THIS_MACHINE:
        yield "nats", "NATS_URL is nats://", "Let it begin with tls://."
    for alias, options in _databases():
        if problem := _database_problem(options):
            yield "postgres", f"The database {alias} {problem}", _DATABASE_MEND
    for name in ("AWS_ENDPOINT_URL", "CELERY_QUEUE_URL"):
        url = getattr(settings, name)
        # The real SQS without TLS is an error in any case: orders_site.E017.
        if _is_elsewhere(url, "http") and not (urlsplit(url).hostname or "").endswith(AWS):
            yield "sqs", f"{name} is http://", "Let it begin with https://."
    for alias, mailer in settings.MAILERS.items():
        if _mails_in_the_clear(mailer):
            yield "mail", f"The mail server {alias} is used without TLS", _MAIL_MEND
    if _is_elsewhere(settings.RATE_LIMIT_STORAGE, "redis"):
        yield "redis", "RATE_LIMIT_STORAGE is redis://", "Let it begin with rediss://."
    if any(_is_elsewhere(url, "http") for url in (settings.TRACES_URL, settings.LOGS_URL)):
        yield "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT is http://", "Let it begin with https://."


def _of_visitors() -> set[str]:
    """Return the addresses at which visitors reach the shop."""
    return {settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS}


def _databases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the options of each PostgreSQL that is reached through a network."""
    for alias, config in settings.DATABASES.items():
        if "postgresql" in config["ENGINE"] and _is_by_network(config):
            yield alias, config.get("OPTIONS", {})


def _is_by_network(config: dict[str, Any]) -> bool:
    """Return whether a host is another machine; a service's file may name one, so it counts."""
    options = config.get("OPTIONS", {})
    # libpq connects to `hostaddr`, whatever `host` is; Django's HOST wins over the option.
    hosts = options.get("hostaddr") or config.get("HOST") or options.get("host") or ""
    named = "service" in options and not hosts
    return named or any(
        host and not host.startswith("/") and host not in ON_THIS_MACHINE
        for host in hosts.split(",")
    )


def _mode(options: dict[str, Any]) -> str:
    return str(options.get("sslmode") or os.environ.get("PGSSLMODE") or "prefer")


def _database_problem(options: dict[str, Any]) -> str:
    """Return why the link may be read; empty if the server is verified."""
    mode = _mode(options)
    # With a root certificate libpq treats `require` as `verify-ca`.
    if mode in _VERIFIED or (mode == "require" and options.get("sslrootcert")):
        return ""
    if mode == "require":
        return "has sslmode=require, so that any server with TLS is accepted as it"
    return "may be used without TLS"


def _mails_in_the_clear(mailer: dict[str, Any]) -> bool:
    options = mailer.get("OPTIONS", {})
    secured = options.get("use_tls") or options.get("use_ssl")
    host = options.get("host", "localhost")
    return "smtp" in mailer["BACKEND"] and not secured and host not in ON_THIS_MACHINE


def _is_elsewhere(url: str, scheme: str) -> bool:
    found = urlsplit(url)
    return found.scheme == scheme and found.hostname not in ON_THIS_MACHINE


def _of_files() -> Iterator[CheckMessage]:
    """Check that the files of `NATS_..._FILE`, which are readable, have the right content."""
    security = settings.NATS_SECURITY
    if security["key"] and not security["cert"]:
        yield _no_use("there is no NATS_CERT_FILE that it would belong to", "key")
        return
    to_blame: tuple[str, ...] = ("ca",)
    try:
        nats_access.trusting()
        to_blame = ("cert", "key")
        nats_access.tls_context()
    except OSError as error:  # `ssl.SSLError` is an OSError.
        yield _no_use(str(error), *to_blame)


def _of_users() -> Iterator[CheckMessage]:
    """Check that one user is named, and that its file can be read."""
    given = [name for name in USERS if settings.NATS_SECURITY[name]]
    if len(given) > 1:
        yield _no_use("a process connects as one user, and each of them names one", *given)
    elif given and address(settings.NATS_URL).credentials:
        yield _no_use("NATS_URL names a user already; leave one of them out", *given)
    for name in given:
        try:
            import_string(f"{nats_access.CREDENTIALS}.{USERS[name]}")(settings.NATS_SECURITY[name])
        except (ImportError, OSError, ValueError) as error:
            yield _no_use(str(error), name)


def _no_use(why: str, *names: str) -> Error:
    """Return the error. `names` are keys of `NATS_SECURITY`; it shows those that are set."""
    given = [(name, path) for name in names if (path := settings.NATS_SECURITY[name])]
    shown = ", ".join(f"NATS_{name.upper()}_FILE={path}" for name, path in given)
    return Error(
        f"{shown} cannot be used: {why}.",
        hint="docs/production.md says what each of them holds.",
        id="orders_site.E026",
    )
