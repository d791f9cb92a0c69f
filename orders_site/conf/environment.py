"""Reads environment variables as typed values; an invalid one ends the process with one line.

Each may come from a file instead: SECRET_KEY_FILE=/run/secrets/secret_key. An editor's or `echo`'s
newline at the end of that file is no part of the value.
"""

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orders_site.conf import readers
from orders_site.conf.database import database_url
from orders_site.conf.mailers import email_url
from orders_site.conf.unreadable import Unreadable, content_of

_REQUIRED: Any = object()


class Environment:
    """Reads variables, or else their defaults; its methods are named as in django-environ."""

    def __init__(
        self,
        given: Mapping[builtins.str, builtins.str],
        defaults: Mapping[builtins.str, builtins.str] | None = None,
        names: Mapping[builtins.str, builtins.str] | None = None,
    ) -> None:
        self._given = given
        self._defaults = defaults or {}
        self._names = names or {}

    def with_defaults(
        self,
        defaults: Mapping[builtins.str, builtins.str],
        names: Mapping[builtins.str, builtins.str],
    ) -> "Environment":
        """Return a copy with these defaults; `names` has the name under which each was given."""
        return type(self)(self._given, defaults, names)

    def require_unset(self, names: Iterable[builtins.str], because: builtins.str) -> None:
        """End the process if one of these is set: other software would obey it."""
        for name in names:
            if self._given.get(name):
                raise Unreadable(f"{name} is set, and {because}: unset it.")

    def str(self, name: builtins.str, default: builtins.str = _REQUIRED) -> builtins.str:
        return self._read(name, builtins.str, "a text", default)

    def int(
        self,
        name: builtins.str,
        default: builtins.int = _REQUIRED,
        *,
        at_least: builtins.int | None = None,
        at_most: builtins.int | None = None,
    ) -> builtins.int:
        read, wanted = readers.bounded(builtins.int, "a whole number", at_least, at_most)
        return self._read(name, read, wanted, default, shown=True)

    def port(self, name: builtins.str, default: builtins.int) -> builtins.int:
        return self._read(name, readers.port, "a port from 1 to 65535", default, shown=True)

    def float(
        self,
        name: builtins.str,
        default: builtins.float = _REQUIRED,
        *,
        at_least: builtins.float | None = None,
        at_most: builtins.float | None = None,
    ) -> builtins.float:
        read, wanted = readers.bounded(readers.finite, "a number such as 1.5", at_least, at_most)
        return self._read(name, read, wanted, default, shown=True)

    def bool(self, name: builtins.str, default: builtins.bool = _REQUIRED) -> builtins.bool:
        return self._read(name, readers.yes_or_no, "true or false", default, shown=True)

    def like(
        self,
        name: builtins.str,
        pattern: builtins.str,
        wanted: builtins.str,
        default: builtins.str = _REQUIRED,
    ) -> builtins.str:
        """Return a text that matches the whole regular expression.

        If the default is empty, an empty text is valid too.
        """
        read, empty = readers.matching(pattern), "" if default == "" else None
        return self._read(name, read, wanted, default, shown=True, empty=empty)

    def site(self, name: builtins.str, default: builtins.str) -> builtins.str:
        """Return the address of a site, below a prefix or not, or nothing."""
        reader = readers.matching(r"(https?://[\w.:\[\]-]+(/[\w./-]*)?)?")
        return self._read(name, reader, "like https://shop.example.com", default, empty="")

    def each_like(
        self,
        name: builtins.str,
        pattern: builtins.str,
        wanted: builtins.str,
        default: builtins.list[builtins.str] = _REQUIRED,
    ) -> builtins.list[builtins.str]:
        """Return comma-separated words, each of which matches the whole regular expression."""
        reader = readers.each(readers.matching(pattern))
        empty = None if default is _REQUIRED else default
        return self._read(name, reader, wanted, default, shown=True, empty=empty)

    def key(self, name: builtins.str) -> builtins.str:
        """Return a part of AWS's credentials, which go into a header; empty if none is given."""
        return self._read(name, readers.matching(r"[!-~]*"), "letters without blanks", "")

    def choice(
        self, name: builtins.str, choices: Sequence[builtins.str], default: builtins.str = _REQUIRED
    ) -> builtins.str:
        """Return one of the choices; upper and lower case are equal."""
        by_name = {choice.casefold(): choice for choice in choices}
        wanted = f"one of {', '.join(choices)}"
        return self._read(name, lambda text: by_name[text.casefold()], wanted, default, shown=True)

    def database(self, name: builtins.str) -> dict[builtins.str, Any]:
        """Return an entry of `DATABASES`. The error hides the value: it may have a password."""
        wanted = "like postgres://USER:PASSWORD@HOST:5432/NAME or sqlite:////FOLDER/FILE"
        return self._read(name, database_url, wanted)

    def email(self, name: builtins.str) -> dict[builtins.str, Any]:
        wanted = "like smtp+tls://USER:PASSWORD@HOST:587?timeout=10"
        return self._read(name, email_url, wanted)

    def file(self, name: builtins.str) -> builtins.str:
        """Return the path of a file that can be read, or nothing where none was given."""
        wanted = "a file that this process may read"
        return self._read(name, readers.file, wanted, "", shown=True, empty="")

    def touched(self, name: builtins.str) -> builtins.str:
        wanted = "a file in a folder that this process may write to"
        return self._read(name, readers.touched, wanted, "", shown=True, empty="")

    def sender(self, name: builtins.str, default: builtins.str) -> builtins.str:
        return self._read(name, readers.sender, "an address like shop@example.com", default)

    def region(self, name: builtins.str) -> builtins.str:
        return self.like(name, "[a-z0-9-]+", "a region such as eu-west-2")

    def http_url(self, name: builtins.str, default: builtins.str) -> builtins.str:
        """Return the URL without a slash at its end; the default if an empty text is given."""
        return self._read(name, readers.http_url, "like https://HOST:PORT", default, empty=default)

    def queue_url(self, name: builtins.str) -> builtins.str:
        """Return the URL of a queue of SQS's, or nothing."""
        wanted = "like https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE"
        return self._read(name, readers.queue_url, wanted, "", shown=True, empty="")

    def store(self, name: builtins.str, default: builtins.str) -> builtins.str:
        """Return the URL of a store of counts. It is not shown: see `database`."""
        wanted = "memory:// or like redis://:PASSWORD@HOST:6379/0"
        return self._read(name, readers.store_url, wanted, default)

    def nats(self, name: builtins.str, default: builtins.str = _REQUIRED) -> builtins.str:
        """Return each server's URL, with commas between. None is shown: see `database`."""
        empty = None if default is _REQUIRED else default
        return self._read(name, readers.nats_urls, readers.LIKE_NATS, default, empty=empty)

    def text_of(self, name: builtins.str) -> tuple[builtins.str, builtins.str] | None:
        """Return what was given, after the name of the variable that gave it, or None."""
        if path := self._given.get(f"{name}_FILE"):
            return f"{name}_FILE", content_of(f"{name}_FILE", Path(path))
        return (name, self._given[name]) if name in self._given else None

    def _read[T](
        self,
        name: builtins.str,
        reader: Callable[[builtins.str], T],
        wanted: builtins.str,
        default: T = _REQUIRED,
        *,
        shown: builtins.bool = False,
        empty: T | None = None,
    ) -> T:
        """Return what the reader makes of it; `empty` is what no text at all means, if anything."""
        ours = (self._names.get(name, name), self._defaults.get(name))
        source, text = self.text_of(name) or ours
        if text is None and default is not _REQUIRED:
            return default
        if not text and default == "":
            empty = default
        if not text and empty is not None:
            source, text = ours
            if not text:
                return empty
        if text is None:
            raise Unreadable(f"{name} is not set: see .env.example; in a demo: make manage ARGS=…")
        if not text and (shown or default is _REQUIRED):
            raise Unreadable(f"{source} is empty: it must be {wanted}.")
        try:
            return reader(readers.on_one_line(text))
        except (ValueError, KeyError) as error:
            value = f"={text}" if shown and text.isprintable() else ""
            why = f"{error}; " if isinstance(error, readers.Nonsense) else ""
            raise Unreadable(f"{source}{value} cannot be read: {why}it must be {wanted}.") from None
