"""The text of a variable → its value; what makes no sense raises `ValueError`."""

import math
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import environ
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.messaging.nats_address import address

_YES = {"true", "on", "yes", "y", "1"}
_NO = {"false", "off", "no", "n", "0"}
_DATABASES = {"sqlite", "postgres", "postgresql", "pgsql", "psql"}
LIKE_NATS = (
    "like tls://USER:PASSWORD@HOST:4222, several with commas between, all of one scheme and user,"
    " and what is special in a password as %XX"
)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def at_least[N: (int, float)](reader: Callable[[str], N], least: N | None) -> Callable[[str], N]:
    """Return a reader for whom what is below makes no sense."""

    def read(text: str) -> N:
        number = reader(text)
        if least is not None and number < least:
            raise ValueError(text)
        return number

    return read


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError(text)
    return number


def yes_or_no(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise ValueError(text)
    return word in _YES


def matching(pattern: str) -> Callable[[str], str]:
    """Return a reader of texts that are like the pattern from their beginning to their end."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def database(url: str) -> dict[str, Any]:
    """Return an entry of `DATABASES`; of those that Django knows the two that this shop is for."""
    found = urlsplit(url)
    if found.scheme not in _DATABASES:
        raise ValueError(url)
    _ = found.port  # Raises where it is none.
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if not config["NAME"]:
        raise ValueError(url)
    return config


def email(url: str) -> dict[str, Any]:
    """Return django-environ's settings, the options behind the `?` as the types that they are."""
    found = urlsplit(url)
    is_smtp = found.scheme.startswith("smtp")
    if found.scheme not in environ.Env.EMAIL_SCHEMES or (is_smtp and not found.hostname):
        raise ValueError(url)
    _ = found.port
    config: dict[str, Any] = environ.Env.email_url_config(url)
    options = {name.upper(): value for name, value in parse_qsl(found.query)}
    for name, reader in {"TIMEOUT": finite, "USE_TLS": yes_or_no, "USE_SSL": yes_or_no}.items():
        if name in options:
            config.setdefault("OPTIONS", {})[name] = reader(options[name])
    return config


def http_url(text: str) -> str:
    """Without a path: what follows is ours."""
    found = _with_a_host(text)
    if found.scheme not in {"http", "https"} or found.path.strip("/") or found.query:
        raise ValueError(text)
    return text.rstrip("/")


def nats_urls(text: str) -> str:
    """Return each server's; a host alone, as NATS's own tools take it, is one of `nats://`."""
    parts = [part.strip() for part in text.split(",")]
    urls = [url if "://" in url else f"nats://{url}" for url in parts]
    for url in urls:
        _with_a_host(url)
    together = ",".join(urls)
    address(together)
    return together


def _with_a_host(url: str) -> SplitResult:
    found = urlsplit(url)
    if not _HOST.fullmatch(found.hostname or ""):
        raise ValueError(url)
    _ = found.port
    return found


def sender(text: str) -> str:
    """An address, with a name before it or not: `Shop <shop@example.com>`."""
    try:
        validate_email(parseaddr(text)[1])
    except ValidationError as error:
        raise ValueError(text) from error
    return text


def content(path: Path) -> str:
    """Return what is in the file, without an editor's newline at its end or mark at its start."""
    return path.read_text(encoding="utf-8-sig").removesuffix("\n")
