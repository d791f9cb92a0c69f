"""Transactional outbox, the recording side: a message leaves if and only if its cause commits."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import batched

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from apps.messaging.errors import OutsideTransaction
from apps.messaging.hooks.steps import created
from apps.messaging.message import (
    MAX_MESSAGE_BYTES,
    MESSAGE_ID,
    Event,
    Job,
    check_size,
    new_envelope,
)
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import wakeup

INSERTED_AT_ONCE = 500
_MESSAGE_ID = OutboxMessage._meta.get_field("message_id")
# `lane` is the column of `transport` (models.py).
_INSERT = f"""
    INSERT INTO {OutboxMessage._meta.db_table}
        (message_id, lane, destination, key, headers, body, lease_token, tries, error)
    VALUES {{rows}} RETURNING id
"""
_ROW = "(%s, %s, %s, %s, %s, %s, '', 0, '')"
ROOM_FOR_REDRIVE = 256
"""Bytes for the headers of a redrive, so that a message that was sent can be sent again."""


def record(message: Event | Job, *, key: str) -> str:
    """Record a message to be sent after the commit; return its id (a UUID, `ce-id`).

    An `Event` goes to JetStream, a `Job` to its SQS queue. Messages of one `key` are stored in
    the order in which they were recorded; for that the caller must hold the lock of the row that
    the key identifies. Delivery is at least once.

    Raises `OutsideTransaction`, and `MessageTooLarge` over 64 KiB less `ROOM_FOR_REDRIVE`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    row = _row_of(message, key)
    _store([row])
    return str(row.message_id)


def record_all(messages: Iterable[tuple[Event | Job, str]]) -> list[str]:
    """Record messages, each with its key, by one statement; return their ids in the same order.

    The rest is as with `record`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    rows = [_row_of(message, key) for message, key in messages]
    _store(rows)
    return [str(row.message_id) for row in rows]


def record_raw(
    *, transport: str, destination: str, key: str, headers: Mapping[str, str], body: str
) -> None:
    """Record a message that was sent before, to send it again unchanged.

    Only its `Nats-Msg-Id` is new: the stream would take the old one for a duplicate.

    Raises `OutsideTransaction`, and `MessageTooLarge` over 64 KiB.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    _store([_row(uuid.uuid4(), transport, destination, key=key, headers=headers, body=body)])


def revive(*, message_id: str) -> bool:
    """Make a dead row sendable again; return whether there was one."""
    dead = OutboxMessage.objects.filter(message_id=message_id, dead_at__isnull=False)
    transport = dead.values_list("transport", flat=True).first()
    dead.update(dead_at=None, tries=0, error="", not_before=None, postponed_since=None)
    if transport:
        _wake_up_after_commit(transport)
    return bool(transport)


def discard(rows: QuerySet[OutboxMessage]) -> int:
    """Delete those of these rows that are unsent, so that later rows of their key can be sent.

    A row that is being sent now may still arrive. Returns how many were deleted.
    """
    return rows.filter(sent_at=None).delete()[0]


def keys_on_the_way(keys: Collection[str], *, sent_within: timedelta) -> set[str]:
    """Return those of these keys that have a row which was not sent yet, is dead, or was sent in
    this time.
    """
    late = Q(sent_at=None) | Q(sent_at__gt=Now() - sent_within)
    return set(OutboxMessage.objects.filter(late, key__in=keys).values_list("key", flat=True))


def _row_of(message: Event | Job, key: str) -> OutboxMessage:
    transport, destination = (
        (OutboxMessage.Transport.JETSTREAM, message.subject)
        if isinstance(message, Event)
        else (OutboxMessage.Transport.SQS, message.queue)
    )
    traceparent = created("create", destination, transport=transport, key=key)
    envelope = new_envelope(message, key=key, traceparent=traceparent)
    headers, body = envelope.to_headers(), message.to_json()
    check_size(body, headers, at_most=MAX_MESSAGE_BYTES - ROOM_FOR_REDRIVE)
    id = uuid.UUID(envelope.id)
    return _row(id, transport, destination, key=key, headers=headers, body=body)


def _row(
    id: uuid.UUID, transport: str, destination: str, *, headers: Mapping[str, str], **row: str
) -> OutboxMessage:
    check_size(row["body"], {**headers, MESSAGE_ID: str(id)})
    return OutboxMessage(
        message_id=id,
        transport=transport,
        destination=destination,
        headers=json.dumps(headers),
        **row,
    )


def _store(rows: Sequence[OutboxMessage]) -> None:
    for some in batched(rows, INSERTED_AT_ONCE):
        _insert(some)
    for row in rows:
        row.reached("outbox.recorded")
    for transport in {row.transport for row in rows}:
        _wake_up_after_commit(transport)


def _insert(rows: Sequence[OutboxMessage]) -> None:
    """Insert rows by one statement, and give each its id.

    The statement is written out: for a single row, Django takes longer to build it than the
    database to run it, and each order waits for that.
    """
    values = [
        value
        for row in rows
        for value in (
            _MESSAGE_ID.get_db_prep_value(row.message_id, connection),
            *(row.transport, row.destination, row.key, row.headers, row.body),
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(rows=", ".join([_ROW] * len(rows))), values)
        for row, (id,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = id


def _wake_up_after_commit(transport: str) -> None:
    # A lost wake-up costs the relay's poll interval, never a message.
    transaction.on_commit(partial(wakeup.send, transport), robust=True)
