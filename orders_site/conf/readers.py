"""Readers: each takes a variable's text and returns its value, or raises `ValueError`."""

import math
import os
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.messaging.brokers.nats_address import address

_YES = {"true", "on", "yes", "y", "1"}
_NO = {"false", "off", "no", "n", "0"}
LIKE_NATS = (
    "like tls://USER:PASSWORD@HOST:4222, several with commas between, all of one scheme and user,"
    " and special characters of a password as %XX"
)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


class Nonsense(ValueError):
    """Says what is wrong. Its text is shown to the operator, so it holds no part of a secret."""


def on_one_line(text: str) -> str:
    """Return the text unchanged.

    Raises `Nonsense` if it holds a line break, a tab, or a byte that is not UTF-8, which Python
    reads as half of a surrogate pair.
    """
    if any(sign in text for sign in "\n\r\t\x00"):
        raise Nonsense("it holds a line break or a tab")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Nonsense("it holds bytes that are not UTF-8")
    return text


def words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def bounded[N: (int, float)](
    reader: Callable[[str], N], wanted: str, least: N | None, most: N | None
) -> tuple[Callable[[str], N], str]:
    """Return a reader that rejects numbers outside the bounds, and what it accepts in words."""

    def read(text: str) -> N:
        number = reader(text)
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValueError(text)
        return number

    bounds = "" if least is None else f", {least} or more"
    if most is not None:
        bounds = f"{bounds.removesuffix(' or more')} to {most}" if bounds else f", at most {most}"
    return read, wanted + bounds


def file(text: str) -> str:
    """Return the path of a file that can be opened."""
    try:
        with Path(text).open("rb"):
            return text
    except OSError as error:
        raise ValueError(text) from error


def touched(text: str) -> str:
    """Return the path of a file that this process may create or update."""
    path = Path(text)
    place = path if path.is_file() else path.parent
    if path.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise ValueError(text)
    return text


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


def each(reader: Callable[[str], str]) -> Callable[[str], list[str]]:
    """Return a reader of comma-separated words, each of which `reader` must accept."""
    return lambda text: [reader(word) for word in words(text)]


def matching(pattern: str) -> Callable[[str], str]:
    """Return a reader of texts that match the whole pattern."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def http_url(text: str) -> str:
    """Return an HTTP URL without a path; callers append theirs."""
    found = _with_a_host(text)
    if found.scheme not in {"http", "https"} or found.path.strip("/") or found.query:
        raise ValueError(text)
    return text.rstrip("/")


def queue_url(text: str) -> str:
    """Return the URL of an SQS queue: the account and the queue follow the host."""
    found = _with_a_host(text)
    if found.scheme not in {"http", "https"} or not re.fullmatch(r"/\d+/[\w-]+", found.path):
        raise ValueError(text)
    return text


def store_url(text: str) -> str:
    """Return the URL of a store of rate counts; its host may be absent, as in `memory://`."""
    found = urlsplit(text)
    if "://" not in text or found.port == 0 or found.fragment or "@" in found.path:
        raise ValueError(text)
    return text


def nats_urls(text: str) -> str:
    """Return comma-separated server URLs; a bare host gets `nats://`, as NATS's own tools do it."""
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
    if found.port == 0:
        raise ValueError(url)
    return found


def sender(text: str) -> str:
    """Return a mail address, with or without a name: `Shop <shop@example.com>`."""
    try:
        validate_email(parseaddr(text)[1])
        mail_domain(text)
    except (ValidationError, UnicodeError) as error:
        raise ValueError(text) from error
    return text


def mail_domain(sender: str) -> str:
    """Return the domain of a sender as a header holds it: in ASCII (RFC 5890)."""
    return parseaddr(sender)[1].rpartition("@")[2].encode("idna").decode()


def content(path: Path) -> str:
    """Return the file's text without trailing newlines and without a byte order mark."""
    return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
