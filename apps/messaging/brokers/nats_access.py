"""The access of a connection to NATS: its servers, its user and its TLS."""

import ssl
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.brokers.nats_address import address

CREDENTIALS = "apps.messaging.brokers.nats_credentials"
"""Imported only if it is needed: it uses a package that most shops do not need."""


def access(url: str) -> dict[str, Any]:
    """Return nats-py's options for it: `servers`, the user's credentials, and `tls`.

    Only `PatchedClient` takes `tls` as a function, signs by an nkey without the package `nkeys`,
    and rejects a server of `tls://` without TLS.
    """
    where = address(url)
    security = settings.NATS_SECURITY
    who: dict[str, Any] = where.credentials
    if security["creds"]:
        who = import_string(f"{CREDENTIALS}.signing")(security["creds"])
    elif security["nkey"]:
        who = {"nkeys_seed": security["nkey"]}
    first = where.uses_tls and security["tls_first"]
    return {"servers": where.servers, **who, "tls": tls_context, "tls_handshake_first": first}


def trusting() -> ssl.SSLContext:
    """Return a context that only verifies the server, without our certificate. Raises `OSError`."""
    return ssl.create_default_context(cafile=settings.NATS_SECURITY["ca"] or None)


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies the server, by `NATS_CA_FILE` or this machine's own CAs.

    Raises `OSError` if a file is missing or invalid (`ssl.SSLError` is an `OSError`).
    """
    files = settings.NATS_SECURITY
    context = trusting()
    if files["cert"]:
        # Without a password OpenSSL would ask for it at the terminal, and wait.
        context.load_cert_chain(files["cert"], files["key"] or None, password="")
    return context
