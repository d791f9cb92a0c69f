"""Inbox, the receiving twin of the outbox: delivered at least once, effective once."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from django.db import connection, transaction

from apps.messaging.hooks.measuring import counted
from apps.messaging.message import SOURCE, Envelope
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, InboxEntry

# One statement, so that a duplicate costs no savepoint: while another delivery of the message
# is being handled, the database makes this one wait for its outcome. Both databases name the
# columns of VALUES column1, column2 and so on.
_ENTER = f"""
    INSERT INTO {InboxEntry._meta.db_table} (consumer, message_id, key)
    SELECT %s, column1, column2 FROM (VALUES {{rows}}) AS arrived
    WHERE NOT EXISTS (
        SELECT 1 FROM {DeadLetter._meta.db_table}
        WHERE consumer = %s AND identity = column3 AND state = '{DeadLetter.State.DROPPED}'
    )
    ORDER BY column4  -- Without it, the database's plan would choose the order of the locks.
    ON CONFLICT (consumer, message_id) DO NOTHING RETURNING message_id
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
    with transaction.atomic():
        if idle_seconds and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_MAY_BE_IDLE, [f"{round(idle_seconds * 1000)}ms"])
        yield bool(_enter({message: key}))


@contextmanager
def all_entered(messages: Mapping[MessageAt, str]) -> Iterator[set[str]]:
    """Yield the ids of those that their consumer has for the first time; the block handles them.

    `messages` maps each message, all of one consumer and no two of one id, to its key. The entries
    and the effects of the block are one transaction, as with `entered`.
    """
    with transaction.atomic():
        yield _enter(messages)


def _enter(messages: Mapping[MessageAt, str]) -> set[str]:
    (consumer,) = {message.consumer for message in messages}
    # In a fixed order, so that two processes with common messages cannot deadlock.
    rows = sorted((each.message_id, key, each.identity) for each, key in messages.items())
    places = ", ".join(f"(%s, %s, %s, {place})" for place in range(len(rows)))
    values = [consumer, *chain.from_iterable(rows), consumer]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER.format(rows=places), values)
        new = {message_id for (message_id,) in cursor.fetchall()}
    counted("duplicates", consumer, by=len(messages) - len(new))
    return new


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
