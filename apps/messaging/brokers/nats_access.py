"""How a connection gets in at NATS: at which servers, as whom, and behind which TLS."""

import ssl
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.brokers.nats_address import address

CREDENTIALS = "apps.messaging.brokers.nats_credentials"
"""Loaded where it is needed alone: it takes a package that most shops do without."""


def access(url: str) -> dict[str, Any]:
    """Return nats-py's options for it: `servers`, who we are, and `tls`.

    `PatchedClient` alone takes `tls` as a function, and refuses a server of `tls://` without TLS.
    """
    where = address(url)
    security = settings.NATS_SECURITY
    who: dict[str, Any] = where.credentials
    if security["creds"]:
        who = import_string(f"{CREDENTIALS}.signing")(security["creds"])
    first = where.uses_tls and security["tls_first"]
    return {"servers": where.servers, **who, "tls": tls_context, "tls_handshake_first": first}


def trusting() -> ssl.SSLContext:
    """Return one that knows who vouches for the server, and nothing of us. Raises `OSError`."""
    return ssl.create_default_context(cafile=settings.NATS_SECURITY["ca"] or None)


def tls_context() -> ssl.SSLContext:
    """Return one that verifies the server, by `NATS_CA_FILE` or what this machine trusts.

    Raises `OSError` where a file is gone or is none (`ssl.SSLError` is one).
    """
    files = settings.NATS_SECURITY
    context = trusting()
    if files["cert"]:
        # Without a password OpenSSL would ask for it at the terminal, and wait.
        context.load_cert_chain(files["cert"], files["key"] or None, password="")
    return context
