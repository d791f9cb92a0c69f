"""The commands of a pattern, with the addresses at which a terminal finds this shop's brokers."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString

from apps.lab import source
from apps.lab.patterns.pattern import Pattern

ON_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
ACCOUNT = "123456789012"
"""What SQS's stand-ins put into the URL of each queue."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A command as it can be copied, and the lines of a program that do the same."""

    does: str
    line: SafeString
    sdk: SafeString
    note: str


def commands(pattern: Pattern) -> list[Shown]:
    return [
        Shown(
            does=each.does,
            line=source.shell(placed(each.line)),
            sdk=source.python(placed(each.sdk)),
            note=each.note,
        )
        for each in pattern.terminal
    ]


def before_sdk(pattern: Pattern) -> SafeString:
    return source.python(placed(pattern.before_sdk))


def exports() -> SafeString:
    """Return the lines that make a shell's `nats` and `aws` speak to this shop."""
    values = {
        "NATS_URL": nats_url(),
        "AWS_ENDPOINT_URL": sqs_url(),
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_DEFAULT_REGION": settings.AWS_REGION,
        "Q": _queue_url("jobs"),
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return source.shell("\n".join(lines))


def placed(text: str) -> str:
    """Put the addresses in, as they are on the machine on which this page is read."""
    for name, value in {
        "@nats": nats_url(),
        "@sqs": sqs_url(),
        "@queue": _queue_url("jobs"),
        "@celery": _queue_url("celery"),
        "@port": str(urlsplit(sqs_url()).port),
    }.items():
        text = text.replace(name, value)
    return text


def nats_url() -> str:
    """Return the address outside of containers; in those, NATS has a user for the developer."""
    url: str = settings.NATS_URL
    if urlsplit(url).hostname in ON_THIS_MACHINE:
        return url
    return f"nats://developer:demo@127.0.0.1:{settings.NATS_PORT}"


def sqs_url() -> str:
    url: str = settings.AWS_ENDPOINT_URL
    if urlsplit(url).hostname in ON_THIS_MACHINE:
        return url
    return f"http://127.0.0.1:{settings.AWS_PORT}"


def _queue_url(name: str) -> str:
    return f"{sqs_url()}/{ACCOUNT}/{name}"
