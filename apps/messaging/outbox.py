"""Transactional outbox, the recording side: a message leaves if and only if its cause commits."""

import json
from functools import partial

from django.db import connection, transaction

from apps.messaging import relay_nudge
from apps.messaging.errors import OutsideTransaction
from apps.messaging.message import Event, Job, check_size, new_envelope
from apps.messaging.models import OutboxMessage
from apps.messaging.tracing import current_traceparent


def record(message: Event | Job, *, key: str) -> str:
    """Record a message to be sent after the commit; return its id (a UUID, `ce-id`).

    An `Event` goes to JetStream, a `Job` to its SQS queue. Messages of one `key` are stored in
    the order in which they were recorded; for that the caller holds the lock of the row that
    the key stands for. Delivery is at least once.

    Raises `OutsideTransaction`, and `MessageTooLarge` over 64 KiB.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    envelope = new_envelope(message, key=key, traceparent=current_traceparent())
    headers, body = envelope.to_headers(), message.to_json()
    check_size(body, headers)
    lane, destination = (
        (OutboxMessage.Lane.NATS, message.subject)
        if isinstance(message, Event)
        else (OutboxMessage.Lane.SQS, message.queue)
    )
    OutboxMessage.objects.create(
        message_id=envelope.id,
        lane=lane,
        destination=destination,
        key=key,
        headers=json.dumps(headers),
        body=body,
    )
    # Lost nudges cost the relay's poll interval, never a message.
    transaction.on_commit(partial(relay_nudge.send, lane), robust=True)
    return envelope.id
