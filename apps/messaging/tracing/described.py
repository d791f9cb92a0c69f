"""Names and attributes of spans, by OpenTelemetry's semantic conventions.

The conventions for messaging are still in development; these names are those of version 1.4x, which
`opentelemetry-semantic-conventions` lists.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.request import split_domain_port

from apps.messaging.hooks.steps import RowToSend
from apps.messaging.names import PREFIX

NATS, SQS = "nats", "aws_sqs"
KEY, ATTEMPT = f"{PREFIX}.message.key", f"{PREFIX}.message.attempt"
STREAM, SEQUENCE = f"{PREFIX}.nats.stream", f"{PREFIX}.nats.sequence"
"""The conventions have no attributes for these four."""
type Attributes = dict[str, str | int]


def operation(name: str, kind: str, system: str, destination: str) -> Attributes:
    """Return what each span of messaging has; `kind` is the conventions' type of the operation."""
    return {
        "messaging.system": system,
        "messaging.operation.name": name,
        "messaging.operation.type": kind,
        "messaging.destination.name": destination,
    }


def processed(message: Any) -> Attributes:
    """Return the attributes of handling one message, of whatever class."""
    headers: Mapping[str, str] = message.headers
    found = operation("process", "process", system_of(message), destination_of(message))
    found |= _said(
        {
            "messaging.consumer.group.name": consumer_of(message),
            "messaging.message.id": str(getattr(message, "message_id", "")),
            KEY: headers.get("ce-subject", ""),
        }
    )
    found["messaging.message.body.size"] = _size(message.body)
    found[ATTEMPT] = getattr(message, "attempt", 1)
    if stream := getattr(message, "stream", ""):
        found[STREAM] = stream
        found[SEQUENCE] = message.sequence
    return found


def processed_batch(messages: list[Any]) -> Attributes:
    """Return the attributes of handling several in one transaction."""
    first = messages[0]
    found = operation("process", "process", system_of(first), destination_of(first))
    if len({destination_of(each) for each in messages}) > 1:
        del found["messaging.destination.name"]
    found["messaging.consumer.group.name"] = consumer_of(first)
    found["messaging.batch.message_count"] = len(messages)
    return found


def sent(rows: Sequence[RowToSend]) -> Attributes:
    """Return the attributes of sending rows of one destination."""
    first = rows[0]
    found = operation("send", "send", system_of(first), first.destination)
    if len(rows) > 1:
        return found | {"messaging.batch.message_count": len(rows)}
    found["messaging.message.body.size"] = _size(first.body)
    return found | _said({"messaging.message.id": str(first.message_id), KEY: first.key})


def received(queue: str, *, count: int) -> Attributes:
    """Return the attributes of a poll that has received jobs."""
    found = operation("receive", "receive", SQS, queue)
    return found | ({"messaging.batch.message_count": count} if count > 1 else {})


def requested(request: HttpRequest) -> Attributes:
    """Return the attributes of an HTTP request, without its query."""
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return {
        "http.request.method": request.method or "",
        "url.path": request.path,
        "url.scheme": request.scheme or "",
    } | _said({"server.address": host.strip("[]")})


def rpc(subject: str) -> Attributes:
    """Return the attributes of a question, on both sides."""
    return {
        "rpc.system.name": NATS,
        "rpc.method": subject,
        "messaging.system": NATS,
        "messaging.destination.name": subject,
    }


def system_of(message: Any) -> str:
    """Return the messaging system that carries the message."""
    return system_named(str(getattr(message, "transport", "")))


def system_named(transport: str) -> str:
    """Return the messaging system of a transport: `sqs`, or one of NATS."""
    return SQS if transport == "sqs" else NATS


def destination_of(message: Any) -> str:
    """Return its subject or queue."""
    return str(getattr(message, "destination", "") or message.subject)


def consumer_of(message: Any) -> str:
    """Return the durable, the group or the queue that it came to; empty if it has none."""
    return str(getattr(message, "consumer", "") or getattr(message, "group", ""))


def _said(attributes: Mapping[str, str]) -> Attributes:
    return {name: value for name, value in attributes.items() if value}


def _size(body: bytes | str) -> int:
    return len(body.encode() if isinstance(body, str) else body)
