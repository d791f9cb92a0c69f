"""What passes a point, as the lab shows it: of each kind of message the same few facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from django.apps import apps

from apps.messaging.events.delivery import Delivery
from apps.messaging.handling.judging import Arrived
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.rows import Claimed, Sent, shown_headers
from apps.messaging.pubsub.core_message import CoreMessage
from apps.notifications.mail_task import MailTask

type Fact = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Passing:
    """A message at a point: `channel` is its subject or queue, `holder` who has it in hand.

    `facts` are what else is known there: its place in the stream, the delay of the next try.
    """

    channel: str = ""
    holder: str = ""
    message_id: str = ""
    key: str = ""
    attempt: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


def passing(message: object, facts: Mapping[str, object]) -> Passing:
    """Describe a message and what its point tells of it. Raises `TypeError` for an unknown kind."""
    described = _described(message)
    told: dict[str, Fact] = {
        name: value for name, value in facts.items() if isinstance(value, str | int | float)
    }
    if isinstance(message, Claimed) and isinstance(sent := facts.get("sent"), Mapping):
        told["sequence"] = _sequence(sent.get(message.id))
    return replace(described, facts={**described.facts, **told})


def _sequence(outcome: object) -> Fact:
    return outcome.sequence if isinstance(outcome, Sent) else None


@singledispatch
def _described(message: object) -> Passing:
    raise TypeError(f"the lab knows nothing of a {type(message).__name__}")


@_described.register
def _core_message(message: CoreMessage) -> Passing:
    return Passing(
        channel=message.subject,
        holder=message.group,
        message_id=message.message_id,
        headers=message.headers,
        body=message.body,
    )


@_described.register
def _delivery(delivery: Delivery) -> Passing:
    return _arrived(delivery, sequence=delivery.sequence)


@_described.register
def _job(job: ReceivedJob) -> Passing:
    return _arrived(job, receipt_handle=job.receipt_handle)


def _arrived(message: Arrived, **facts: Fact) -> Passing:
    return Passing(
        channel=message.destination,
        holder=message.consumer,
        message_id=message.message_id,
        key=message.headers.get("ce-subject", ""),
        attempt=message.attempt,
        headers=message.headers,
        body=message.body,
        facts=facts,
    )


@_described.register(OutboxMessage)
def _recorded(row: OutboxMessage) -> Passing:
    return _outbox_row(row, json.loads(row.headers))


@_described.register
def _claimed(row: Claimed) -> Passing:
    return _outbox_row(row, shown_headers(row))


def _outbox_row(row: OutboxMessage | Claimed, headers: Mapping[str, str]) -> Passing:
    return Passing(
        channel=row.destination,
        holder=row.transport,
        message_id=str(row.message_id),
        key=row.key,
        headers=headers,
        body=row.body,
    )


@_described.register(DeadLetter)
def _letter(letter: DeadLetter) -> Passing:
    return Passing(
        channel=letter.destination,
        holder=letter.consumer,
        message_id=letter.message_id,
        key=letter.headers.get("ce-subject", ""),
        attempt=letter.attempts,
        headers=letter.headers,
        body=letter.body,
        facts={"letter": letter.pk},
    )


@_described.register
def _task(asked: MailTask) -> Passing:
    return Passing(channel=asked.task, body=json.dumps([asked.mail_id]))


# By its name: no app imports another one's models.
@_described.register(apps.get_model("notifications.Mail"))
def _mail(mail: Any) -> Passing:
    return Passing(
        channel="send_mail",
        message_id=mail.key,
        key=str(mail.order_id),
        attempt=mail.attempts,
        body=mail.subject,
    )
