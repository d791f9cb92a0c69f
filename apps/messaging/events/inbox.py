"""Inbox, the receiving twin of the outbox: delivered at least once, effective once."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from apps.messaging.message import SOURCE, Envelope
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, InboxEntry

# One statement, so that a duplicate costs no savepoint: while another delivery of the message
# is being handled, the database makes this one wait for its outcome.
_ENTER = f"""
    INSERT INTO {InboxEntry._meta.db_table} (consumer, message_id, key)
    SELECT %s, %s, %s WHERE NOT EXISTS (
        SELECT 1 FROM {DeadLetter._meta.db_table}
        WHERE consumer = %s AND identity = %s AND state = '{DeadLetter.State.DROPPED}'
    ) ON CONFLICT (consumer, message_id) DO NOTHING
"""


def unique_id(envelope: Envelope) -> str:
    """Return the id of an event for its entries here, and for those who compare with them.

    CloudEvents makes an id unique only together with its source. For our own source it is the id
    alone, as older processes write it, which may run beside this one.
    """
    if envelope.source == SOURCE:
        return envelope.id
    # A digest, since a source may be longer than the column.
    digest = hashlib.sha256(envelope.source.encode("utf-8", "backslashreplace")).hexdigest()
    return f"{envelope.id} {digest[:32]}"


_MAY_BE_IDLE = "SELECT set_config('idle_in_transaction_session_timeout', %s, true)"


@contextmanager
def entered(
    message: MessageAt, *, key: str = "", idle_seconds: float | None = None
) -> Iterator[bool]:
    """Yield whether this consumer has the message for the first time; the block handles it if so.

    Yields False also if the message of this identity is a dead letter that was dropped.

    The entry and the block's effects are one transaction: both are stored, or neither. So after a
    crash at any instruction the message can safely be delivered again.

    `idle_seconds` is how long the block may leave PostgreSQL without a statement, if it is not
    `DATABASE_IDLE_SECONDS`.
    """
    consumer, message_id, identity = message
    with transaction.atomic():
        with connection.cursor() as cursor:
            if idle_seconds and connection.vendor == "postgresql":
                cursor.execute(_MAY_BE_IDLE, [f"{round(idle_seconds * 1000)}ms"])
            cursor.execute(_ENTER, [consumer, message_id, key, consumer, identity])
            is_new = cursor.rowcount > 0
        yield is_new


def handled_since(since: datetime, *, consumer: str) -> dict[str, str]:
    """Return unique id → key of the messages that this consumer has handled since then."""
    entries = InboxEntry.objects.filter(consumer=consumer, handled_at__gte=since)
    return dict(entries.values_list("message_id", "key").iterator())


def mark_handled(messages: Mapping[str, str], *, consumer: str) -> None:
    """Enter messages whose effects the caller's transaction has written by other means.

    `messages` maps unique id → key.
    It waits for messages that the consumer is handling at this moment. From then on the consumer
    skips them all.
    """
    InboxEntry.objects.bulk_create(
        (
            InboxEntry(consumer=consumer, message_id=id, key=key)
            # Insert in a fixed order, so that two concurrent callers cannot deadlock.
            for id, key in sorted(messages.items())
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
