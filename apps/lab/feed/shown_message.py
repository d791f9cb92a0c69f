"""A message at a hook as the lab shows it: one shape for every kind of message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from django.apps import apps

from apps.messaging.events.delivery import Delivery
from apps.messaging.handling.judging import Attempt
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.rows import Claimed, Sent, shown_headers
from apps.messaging.pubsub.core_message import CoreMessage

type Attribute = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message at a hook: `destination` is its subject or queue.

    `consumer` is the durable, group or queue that handles it; of an outbox row, its transport.
    `attributes` are what else is known at the hook: its sequence in the stream, the seconds until
    the next try.
    """

    destination: str = ""
    consumer: str = ""
    message_id: str = ""
    key: str = ""
    attempt: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def shown_message(message: object, attributes: Mapping[str, object]) -> ShownMessage:
    """Return how a message is shown, with the attributes of its hook.

    Raises `TypeError` for an unknown kind of message.
    """
    described = _described(message)
    known: dict[str, Attribute] = {
        name: value for name, value in attributes.items() if isinstance(value, str | int | float)
    }
    if isinstance(message, Claimed) and isinstance(sent := attributes.get("sent"), Mapping):
        known["sequence"] = _sequence(sent.get(message.id))
    return replace(described, attributes={**described.attributes, **known})


def _sequence(outcome: object) -> Attribute:
    return outcome.sequence if isinstance(outcome, Sent) else None


@singledispatch
def _described(message: object) -> ShownMessage:
    raise TypeError(f"the lab cannot show a {type(message).__name__}")


@_described.register
def _core_message(message: CoreMessage) -> ShownMessage:
    return ShownMessage(
        destination=message.subject,
        consumer=message.group,
        message_id=message.message_id,
        key=message.headers.get("ce-subject", ""),
        headers=message.headers,
        body=message.body,
    )


@_described.register
def _delivery(delivery: Delivery) -> ShownMessage:
    return _arrived(delivery, sequence=delivery.sequence)


@_described.register
def _job(job: ReceivedJob) -> ShownMessage:
    return _arrived(job, receipt_handle=job.receipt_handle)


def _arrived(message: Attempt, **attributes: Attribute) -> ShownMessage:
    return ShownMessage(
        destination=message.destination,
        consumer=message.consumer,
        message_id=message.message_id,
        key=message.headers.get("ce-subject", ""),
        attempt=message.attempt,
        headers=message.headers,
        body=message.body,
        attributes=attributes,
    )


@_described.register(OutboxMessage)
def _recorded(row: OutboxMessage) -> ShownMessage:
    return _outbox_row(row, json.loads(row.headers))


@_described.register
def _claimed(row: Claimed) -> ShownMessage:
    return _outbox_row(row, shown_headers(row))


def _outbox_row(row: OutboxMessage | Claimed, headers: Mapping[str, str]) -> ShownMessage:
    return ShownMessage(
        destination=row.destination,
        consumer=row.transport,
        message_id=str(row.message_id),
        key=row.key,
        headers=headers,
        body=row.body,
    )


@_described.register(DeadLetter)
def _letter(letter: DeadLetter) -> ShownMessage:
    return ShownMessage(
        destination=letter.destination,
        consumer=letter.consumer,
        message_id=letter.message_id,
        key=letter.headers.get("ce-subject", ""),
        attempt=letter.attempts,
        headers=letter.headers,
        body=letter.body,
        attributes={"letter": letter.pk},
    )


# By its name: no app imports the models of another.
@_described.register(apps.get_model("notifications.Mail"))
def _mail(mail: Any) -> ShownMessage:
    return ShownMessage(
        destination="send_mail",
        message_id=mail.key,
        key=str(mail.order_id),
        attempt=max(mail.attempts, 1),  # the one to come, while it is due
        body=mail.subject,
    )
