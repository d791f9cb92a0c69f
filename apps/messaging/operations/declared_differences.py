"""Compares a stream or a durable as NATS has it with its declaration, field by field."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from apps.messaging.finding import Finding, broken

PROVISION = "manage.py provision"
_OF_A_STREAM = (
    *("subjects", "storage", "retention", "discard", "max_age", "max_bytes"),
    *("num_replicas", "duplicate_window"),
)
_OF_A_DURABLE = ("ack_policy", "ack_wait", "max_deliver", "max_ack_pending")


class Unanswered(NamedTuple):
    """NATS does not answer at all to a user who may not ask."""

    name: str


async def of_stream(
    manager: JetStreamContext, declared: StreamConfig
) -> Finding | Unanswered | None:
    """Return what is wrong with the stream, or None. Raises `ServiceUnavailableError`."""
    name = f"stream {declared.name}"
    try:
        found = (await manager.stream_info(declared.name or "")).config
    except nats.errors.TimeoutError:
        return Unanswered(name)
    except APIError as error:
        return _not_there(name, error)
    return _differs(name, _differences(_OF_A_STREAM, declared, found))


async def of_durable(
    manager: JetStreamContext, stream: str, declared: ConsumerConfig
) -> Finding | Unanswered | None:
    """Return what is wrong with the durable, or None. Raises `ServiceUnavailableError`."""
    name = f"durable {declared.durable_name}"
    try:
        found = (await manager.consumer_info(stream, declared.durable_name or "")).config
    except nats.errors.TimeoutError:
        return Unanswered(name)
    except APIError as error:
        return _not_there(name, error)
    fields = _differences(_OF_A_DURABLE, declared, found)
    if _subjects(found) != _subjects(declared):
        fields.append(_field("filter_subjects", _subjects(declared), _subjects(found)))
    return _differs(name, fields)


def _not_there(name: str, error: APIError) -> Finding:
    if isinstance(error, ServiceUnavailableError):
        raise error
    reason = "is missing" if isinstance(error, NotFoundError) else str(error.description)
    return broken(name, reason, PROVISION)


def _differs(name: str, fields: list[str]) -> Finding | None:
    return broken(name, f"is not as declared: {', '.join(fields)}", PROVISION) if fields else None


def _differences(names: Iterable[str], declared: Any, found: Any) -> list[str]:
    return [
        _field(name, getattr(declared, name), getattr(found, name))
        for name in names
        if _plain(getattr(declared, name)) != _plain(getattr(found, name))
    ]


def _field(name: str, wanted: Any, found: Any) -> str:
    return f"{name} is {_plain(found)}, not {_plain(wanted)}"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _subjects(config: ConsumerConfig) -> list[str]:
    """Return what the durable receives; the server has another field for a single subject."""
    single = [config.filter_subject] if config.filter_subject else []
    return sorted(config.filter_subjects or single)
