"""Variables of the environment → typed values; one that cannot be read ends the process by a line.

Each may come from a file instead: SECRET_KEY_FILE=/run/secrets/secret_key. An editor's or `echo`'s
newline at the end of that file is no part of the value.
"""

import builtins
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

_YES = {"true", "on", "yes", "y", "1"}
_NO = {"false", "off", "no", "n", "0"}
_REQUIRED: Any = object()


class Unreadable(SystemExit):
    """A variable is missing or makes no sense.

    Whoever starts a process, by manage.py, granian or Celery, then sees one line and no traceback.
    """


class Environment:
    """Reads what was given, and else the defaults; its methods are named as django-environ's."""

    def __init__(
        self,
        given: Mapping[builtins.str, builtins.str],
        defaults: Mapping[builtins.str, builtins.str] | None = None,
    ) -> None:
        self._given = given
        self._defaults = defaults or {}

    def with_defaults(self, defaults: Mapping[builtins.str, builtins.str]) -> "Environment":
        return type(self)(self._given, defaults)

    def str(self, name: builtins.str, default: builtins.str = _REQUIRED) -> builtins.str:
        return self._read(name, builtins.str, "a text", default)

    def list(
        self, name: builtins.str, default: builtins.list[builtins.str] = _REQUIRED
    ) -> builtins.list[builtins.str]:
        return self._read(name, _words, "words between commas", default)

    def int(self, name: builtins.str, default: builtins.int = _REQUIRED) -> builtins.int:
        return self._read(name, builtins.int, "a whole number", default, shown=True)

    def port(self, name: builtins.str, default: builtins.int) -> builtins.int:
        return self._read(name, _port, "a port from 1 to 65535", default, shown=True)

    def float(self, name: builtins.str, default: builtins.float = _REQUIRED) -> builtins.float:
        return self._read(name, _finite, "a number such as 1.5", default, shown=True)

    def bool(self, name: builtins.str, default: builtins.bool = _REQUIRED) -> builtins.bool:
        return self._read(name, _yes_or_no, "true or false", default, shown=True)

    def choice(
        self, name: builtins.str, choices: Sequence[builtins.str], default: builtins.str = _REQUIRED
    ) -> builtins.str:
        """Return one of the choices, whether it was written in capitals or not."""
        by_name = {choice.casefold(): choice for choice in choices}
        wanted = f"one of {', '.join(choices)}"
        return self._read(name, lambda text: by_name[text.casefold()], wanted, default, shown=True)

    def database(self, name: builtins.str) -> dict[builtins.str, Any]:
        """Return an entry of `DATABASES`. What is wrong is not shown: it may be a password."""
        return self._read(name, _database, "like postgres://USER:PASSWORD@HOST:5432/NAME")

    def email(self, name: builtins.str) -> dict[builtins.str, Any]:
        return self._read(name, _email, "like smtp+tls://USER:PASSWORD@HOST:587")

    def text_of(self, name: builtins.str) -> tuple[builtins.str, builtins.str] | None:
        """Return what was given, after the name of the variable that gave it, or None."""
        if path := self._given.get(f"{name}_FILE"):
            return f"{name}_FILE", _content(f"{name}_FILE", Path(path))
        return (name, self._given[name]) if name in self._given else None

    def _read[T](
        self,
        name: builtins.str,
        reader: Callable[[builtins.str], T],
        wanted: builtins.str,
        default: T = _REQUIRED,
        *,
        shown: builtins.bool = False,
    ) -> T:
        source, text = self.text_of(name) or (name, self._defaults.get(name))
        if text is None and default is not _REQUIRED:
            return default
        if text is None:
            raise Unreadable(f"{name} is not set: .env.example says what it is for.")
        if not text and (shown or default is _REQUIRED):
            raise Unreadable(f"{source} is empty: it must be {wanted}.")
        try:
            return reader(text)
        except (ValueError, KeyError):
            value = f"={text}" if shown else ""
            raise Unreadable(f"{source}{value} cannot be read: it must be {wanted}.") from None


def _content(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{variable}={path} cannot be read: {error}") from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError(text)
    return number


def _yes_or_no(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise ValueError(text)
    return word in _YES


def _database(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in environ.Env.DB_SCHEMES:
        raise ValueError
    config: dict[str, Any] = environ.Env.db_url_config(url)
    return config


def _email(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in environ.Env.EMAIL_SCHEMES:
        raise ValueError
    config: dict[str, Any] = environ.Env.email_url_config(url)
    return config
