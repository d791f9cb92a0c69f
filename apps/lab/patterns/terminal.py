"""The commands of a pattern, with the addresses of this shop's brokers."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString

from apps.lab.patterns import source
from apps.lab.patterns.pattern import Command, Pattern
from apps.lab.terminal.interpreter import understands
from apps.lab.terminal.words import logical_lines
from apps.messaging.brokers import addresses
from apps.messaging.brokers.nats_address import address


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A command to copy, and the lines of a program that do the same.

    `runs` is whether the terminal in the page understands it.
    """

    does: str
    line: SafeString
    runs: bool
    sdk: SafeString
    js: SafeString
    note: str


def commands(pattern: Pattern) -> list[Shown]:
    return shown(pattern.terminal)


def shown(commands: Iterable[Command]) -> list[Shown]:
    return [
        Shown(
            does=each.does,
            line=source.shell(placed(each.line)),
            runs=all(map(understands, logical_lines(placed(each.line)))),
            sdk=source.python(placed(each.sdk)),
            js=source.javascript(placed(each.js)),
            note=each.note,
        )
        for each in commands
    ]


def before_sdk(pattern: Pattern) -> SafeString:
    return source.python(placed(pattern.before_sdk))


def before_js(pattern: Pattern) -> SafeString:
    return source.javascript(placed(pattern.before_js))


def before_js_3(pattern: Pattern) -> SafeString:
    return source.javascript(placed(pattern.before_js_3))


def exports() -> SafeString:
    """Return the lines that set a shell's `nats` and `aws` to this shop."""
    values = addresses.variables(site="SHOP_URL", queue="jobs")
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return source.shell("\n".join([*lines, addresses.WITHOUT_PROXY]))


def placed(text: str) -> str:
    """Replace the placeholders by the addresses that the reader's machine can reach."""
    for name, value in {
        "@connect": _connect_options(),
        "@python": _connect_arguments(),
        "@region": settings.AWS_REGION,
        "@sqs": addresses.sqs_url(),
        "@queue": addresses.shell_queue_url("jobs"),
        "@celery": addresses.shell_queue_url("celery"),
        "@port": str(urlsplit(addresses.sqs_url()).port),
    }.items():
        text = text.replace(name, value)
    return text


def _connect_options() -> str:
    """Return the options of JavaScript's `connect`, which takes no user from a URL."""
    where = address(addresses.nats_url())
    options = {"servers": urlsplit(where.servers[0]).netloc}
    if where.user is not None and where.password is not None:
        options |= {"user": where.user, "pass": where.password}
    return ", ".join(f"{name}: {json.dumps(value)}" for name, value in options.items())


def _connect_arguments() -> str:
    """Return the arguments of Python's `connect`, which does not unescape a URL's user."""
    where = address(addresses.nats_url())
    given = [f"{name}={json.dumps(value)}" for name, value in where.credentials.items()]
    return ", ".join([json.dumps(where.servers[0]), *given])
