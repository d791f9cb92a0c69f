"""`EMAIL_URL` as django-environ reads it → an entry of Django's `MAILERS`."""

from typing import Any

TIMEOUT = 10
"""Seconds for each answer of a mail server; without a limit a worker could wait for ever."""

# django-environ still speaks of the EMAIL_* settings that MAILERS replaces.
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


def mailer_from(config: dict[str, Any]) -> dict[str, Any]:
    """Return `{"BACKEND", "OPTIONS"}`; a file backend takes the path alone, SMTP the rest."""
    # What follows the question mark in the URL comes apart from the rest.
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
