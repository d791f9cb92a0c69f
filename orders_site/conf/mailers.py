"""`EMAIL_URL` as django-environ reads it → an entry of Django's `MAILERS`, and a mail's claim."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ

from orders_site.conf.readers import Nonsense, finite, yes_or_no

TIMEOUT = 10
"""Seconds to wait for each answer of a mail server."""
ANSWERS = 17
"""So many waits has the longest conversation with a mail server, each of them up to the timeout:
a connection to two addresses; greeting, EHLO, STARTTLS, the TLS handshake, EHLO; five for three
ways to sign in, of which the server accepts the last; MAIL, RCPT, DATA, the text, QUIT."""
HOUR = 3600
LONGEST_CLAIM = timedelta(seconds=300)
"""The mail of a worker that died waits for the end of its claim. It is also the longest of other
processes, which may have another timeout: a claim with a later end was set by a wrong clock."""
OWN_WORK = timedelta(seconds=20)
"""For a sender's own statements, before and after the conversation."""

# django-environ still returns the EMAIL_* settings that MAILERS replaces.
_OPTIONS = {
    "EMAIL_FILE_PATH": "file_path",
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_TIMEOUT": "timeout",
}

_READERS = {"TIMEOUT": finite, "USE_TLS": yes_or_no, "USE_SSL": yes_or_no}
"""Options that may follow the question mark of the URL."""


def email_url(url: str) -> dict[str, Any]:
    """Return django-environ's settings, with known options only, each converted to its type.

    Raises `ValueError`, and `Nonsense` if the mistake can be named without showing a password.
    """
    found = urlsplit(url)
    is_smtp = found.scheme.startswith("smtp")
    if found.fragment or "@" in found.path:
        raise Nonsense("special characters of a password are written as %XX")
    if found.scheme not in environ.Env.EMAIL_SCHEMES or found.port == 0:
        raise ValueError
    if is_smtp and not found.hostname:
        raise Nonsense("it names no host")
    if is_smtp and not unquote(found.netloc.rpartition("@")[0]).isascii():
        raise Nonsense("user and password are ASCII: Python's smtplib sends no others")
    asked = parse_qsl(found.query, keep_blank_values=True)
    texts = {name.upper().removeprefix("EMAIL_"): text for name, text in asked}
    if unknown := sorted(texts.keys() - (_READERS.keys() if is_smtp else set())):
        raise Nonsense(f"it has no option {', '.join(unknown)}")
    options = {name: _READERS[name](text) for name, text in texts.items()}
    config: dict[str, Any] = environ.Env.email_url_config(found._replace(query="").geturl())
    config["OPTIONS"] = options
    if found.scheme == "filemail" and not config["EMAIL_FILE_PATH"]:
        raise Nonsense("it names no folder")
    if options.get("USE_SSL") and options.get("USE_TLS", config.get("EMAIL_USE_TLS")):
        raise Nonsense("it can be only one of use_tls and use_ssl")
    return config


def mailer_from(config: dict[str, Any]) -> dict[str, Any]:
    """Return `{"BACKEND", "OPTIONS"}`; a file backend gets only the path, SMTP the rest."""
    # Options from the URL's query are kept apart from the rest.
    asked = {f"EMAIL_{name}": value for name, value in config.get("OPTIONS", {}).items()}
    given = {"EMAIL_TIMEOUT": TIMEOUT} | config | asked
    wanted = {new: given[old] for old, new in _OPTIONS.items() if given.get(old) not in (None, "")}
    backend = config["EMAIL_BACKEND"]
    if "smtp" in backend:
        wanted.pop("file_path", None)
    elif "filebased" in backend:
        wanted = {"file_path": wanted["file_path"]}
    else:
        wanted = {}
    return {"BACKEND": backend, "OPTIONS": wanted}


def claim_of(mailer: Mapping[str, Any]) -> timedelta:
    """Return how long one sender has a mail to itself: longer than the whole conversation.

    A mail that goes to a file, to the console or to memory waits for no server.
    """
    timeout = mailer.get("OPTIONS", {}).get("timeout", 0) if "smtp" in mailer["BACKEND"] else 0
    # A check rejects an hour. A huge number would overflow here, before the check.
    return OWN_WORK + ANSWERS * timedelta(seconds=min(timeout, HOUR))
